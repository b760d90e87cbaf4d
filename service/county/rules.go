package county

import (
	"fmt"
	"slices"

	"jinlin/model"
)

// checks are the rules of the organisation. Of what a rule forbids, much cannot happen any
// more because unique keys stand before it; the checks see the rest, and what was there
// before the keys.
var checks = []check{
	among("branch_estates", branchEstates, model.Branch),
	among("branch_community", branchCommunity, model.Branch),
	among("joint_branch_grid", jointBranchGrid, model.Branch),
	among("estate_branch", estateBranch, model.Estate),
	among("group_grid", groupGrid, model.Group),
	{rule: "building_grid", find: misplaced},
	among("grid_community", gridCommunity, model.Grid),
	among("unit_parent", unitParent, model.Kinds...),
	among("unit_superior", unitSuperior, model.Committee, model.Organisation, model.Branch, model.Group),
	among("place_party", placeParty, model.County, model.Town, model.Community),
	ofPosts(among("branch_secretary", branchSecretary, model.Branch)),
	ofPosts(among("secretary_grant", secretaryGrant, model.Branch)),
	ofPosts(among("grid_lead", gridLead, model.Grid)),
	counted("member_building", unplaced),
	counted("work_left_behind", leftOpen),
}

// branchEstates: a single branch leads one estate, a joint one two or more.
func branchEstates(p *Picture, b model.Unit) string {
	n := len(p.Under(b.ID, model.Estate))
	switch {
	case b.BranchType == model.SingleBranch && n != 1:
		return fmt.Sprintf("单建党支部「%s」管理%d个小区，应当恰好管理1个。", b.Name, n)
	case b.BranchType == model.JointBranch && n < 2:
		return fmt.Sprintf("联合党支部「%s」管理%d个小区，至少应当管理2个。", b.Name, n)
	}
	return ""
}

// branchCommunity: what a branch leads lies in its own community.
func branchCommunity(p *Picture, b model.Unit) string {
	for _, e := range p.Under(b.ID, model.Estate) {
		if e.ParentID != b.ParentID {
			return fmt.Sprintf("党支部「%s」管理的「%s」不在同一个社区。", b.Name, e.Name)
		}
	}
	return ""
}

// jointBranchGrid: a joint branch and a grid are bound one to one, and the grid holds all
// buildings of its estates and no others.
func jointBranchGrid(p *Picture, b model.Unit) string {
	if b.BranchType != model.JointBranch {
		return ""
	}
	grids := p.Under(b.ID, model.Grid)
	if len(grids) != 1 {
		return fmt.Sprintf("联合党支部「%s」绑定了%d个网格，应当恰好绑定1个。", b.Name, len(grids))
	}
	if n := len(p.Over(grids[0].ID, model.Branch)); n != 1 {
		return fmt.Sprintf("网格「%s」同时绑定了%d个联合党支部。", grids[0].Name, n)
	}
	for _, e := range p.estates[grids[0].ID] {
		if !p.Leads(b.ID, e) {
			return fmt.Sprintf("联合党支部「%s」的网格含有「%s」的楼栋，该小区不归它管理。", b.Name, p.units[e].Name)
		}
	}
	var led []model.UnitID
	for _, e := range p.Under(b.ID, model.Estate) {
		led = append(led, e.ID)
	}
	for _, g := range p.GridsOf(led) {
		if g.ID != grids[0].ID {
			return fmt.Sprintf("联合党支部「%s」的小区有楼栋划入了别的网格「%s」。", b.Name, g.Name)
		}
	}
	return ""
}

// estateBranch: one branch leads an estate. One that was just handed over has a month's time.
func estateBranch(p *Picture, e model.Unit) string {
	switch n := len(p.Over(e.ID, model.Branch)); {
	case n == 0 && e.HandoverOn != nil && p.day <= branchBy(*e.HandoverOn):
		return ""
	case n == 0:
		return fmt.Sprintf("「%s」没有党支部管理。", e.Name)
	case n > 1:
		return fmt.Sprintf("「%s」同时由%d个党支部管理，应当只有1个。", e.Name, n)
	}
	return ""
}

// groupGrid: a group works in one grid, which covers buildings of its branch's estates.
func groupGrid(p *Picture, g model.Unit) string {
	grids := p.Under(g.ID, model.Grid)
	if len(grids) != 1 {
		return fmt.Sprintf("党小组「%s」绑定了%d个网格，应当恰好绑定1个。", g.Name, len(grids))
	}
	if len(p.Over(grids[0].ID, model.Group)) > 1 {
		return fmt.Sprintf("网格「%s」有不止一个党小组。", grids[0].Name)
	}
	if !slices.ContainsFunc(p.estates[grids[0].ID], func(e model.UnitID) bool { return p.Leads(g.SuperiorID, e) }) {
		return fmt.Sprintf("党小组「%s」所在的网格「%s」没有本支部小区的楼栋。", g.Name, grids[0].Name)
	}
	return ""
}

// gridCommunity: a grid belongs to one community and covers buildings of it.
func gridCommunity(p *Picture, g model.Unit) string {
	for _, e := range p.estates[g.ID] {
		if estate, stands := p.units[e]; stands && estate.ParentID != g.ParentID {
			return fmt.Sprintf("网格「%s」含有另一社区「%s」的楼栋。", g.Name, estate.Name)
		}
	}
	return ""
}

// unitParent: every unit but the county hangs below one that exists and is of the right kind.
func unitParent(p *Picture, u model.Unit) string {
	want := u.Kind.Parent()
	if want == "" {
		return ""
	}
	parent, stands := p.units[u.ParentID]
	switch {
	case !stands && p.ended[u.ParentID].Name != "":
		return fmt.Sprintf("「%s」的上级单位「%s」已经撤销。", u.Name, p.ended[u.ParentID].Name)
	case !stands || parent.Kind != want:
		return fmt.Sprintf("「%s」不在应当隶属的单位之下。", u.Name)
	}
	return ""
}

// unitSuperior: the same in the Party's tree.
func unitSuperior(p *Picture, u model.Unit) string {
	superior, stands := p.units[u.SuperiorID]
	if !stands || superior.Kind != u.Kind.Superior() {
		return fmt.Sprintf("「%s」没有上级党组织。", u.Name)
	}
	return ""
}

var partyOf = map[model.UnitKind]model.UnitKind{
	model.County: model.Department, model.Town: model.Committee, model.Community: model.Organisation,
}

// placeParty: county, town and community each have their Party unit.
func placeParty(p *Picture, place model.Unit) string {
	if len(p.Over(place.ID, partyOf[place.Kind])) != 1 {
		return fmt.Sprintf("「%s」没有设立相应的党组织。", place.Name)
	}
	return ""
}

// branchSecretary: secretaries in post are as many as branches, one each.
func branchSecretary(p *Picture, b model.Unit) string {
	switch t, taken := p.posts[b.ID]; {
	case !taken:
		return fmt.Sprintf("党支部「%s」书记空缺。", b.Name)
	case t.Status != model.TenureInPost:
		return fmt.Sprintf("党支部「%s」书记停职，暂无人履职。", b.Name)
	}
	return ""
}

// secretaryGrant: whoever is in post acts as secretary, and nobody else does.
func secretaryGrant(p *Picture, b model.Unit) string {
	t, signs := p.posts[b.ID], p.signs[b.ID]
	if t.Status == model.TenureInPost && !slices.Contains(signs, t.UserID) {
		return fmt.Sprintf("党支部「%s」在任书记没有书记权限。", b.Name)
	}
	if slices.ContainsFunc(signs, func(u model.UserID) bool { return t.Status != model.TenureInPost || u != t.UserID }) {
		return fmt.Sprintf("党支部「%s」有人持有书记权限但不在任。", b.Name)
	}
	return ""
}

// gridLead: a grid has a lead, who is a grid or community worker of its community.
func gridLead(p *Picture, g model.Unit) string {
	lead, led := p.leads[g.ID]
	if !led {
		return fmt.Sprintf("网格「%s」没有牵头人。", g.Name)
	}
	if !slices.ContainsFunc(p.works[lead], func(u model.UnitID) bool { return u == g.ParentID || p.units[u].ParentID == g.ParentID }) {
		return fmt.Sprintf("网格「%s」的牵头人已不是本社区的网格员或社区工作者。", g.Name)
	}
	return ""
}
