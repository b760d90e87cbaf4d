package restructuring

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/county"
)

// shape is what a plan comes to on a day: what there is to do, how the county looks
// afterwards, and what would be wrong with that.
type shape struct {
	plan          model.RestructuringPlan
	day           model.Date
	before, after *county.Picture

	founded   []model.Unit
	changed   []change
	dissolved []model.Unit
	heirs     map[model.UnitID][]model.UnitID // of dissolved branches, the main one first
	moved     []estateMove
	grids     []gridMove
	groups    []groupMove
	served    []service
	wrong     []fault.Field
}

type change struct{ before, after model.Unit }

// estateMove is an estate that goes from all that lead it to another branch; to is zero
// where it shall have none.
type estateMove struct {
	estate model.Unit
	from   []model.Unit
	to     model.UnitID
}

// gridMove binds a joint branch to a grid, which gets all buildings of the branch's estates.
type gridMove struct {
	branch, grid model.UnitID
	estates      []model.UnitID
	from         []model.Unit // branches that were bound to it
	left         []model.Unit // grids to which the branch was bound
}

// groupMove takes a group to another branch; to is zero where it ends.
type groupMove struct {
	group model.Unit
	to    model.UnitID
}

// service is a station that serves a branch from now on.
type service struct{ station, branch model.UnitID }

// outline works a plan out on a picture of its day.
func outline(p *county.Picture, r model.Restructuring, day model.Date) *shape {
	sh := &shape{plan: r.Planned(), day: day, before: p, after: p.Clone(), heirs: map[model.UnitID][]model.UnitID{}}
	for i, b := range sh.plan.Branches {
		sh.branch(fmt.Sprintf("branches[%d]", i), b)
	}
	for i, d := range sh.plan.Dissolved {
		if u, stands := sh.standing(fmt.Sprintf("dissolved[%d].branchId", i), d.BranchID); stands {
			sh.dissolved = append(sh.dissolved, u)
		}
	}
	if len(sh.wrong) > 0 { // what it was made for has gone: the rest would only confuse
		return sh
	}
	sh.moveEstates()
	sh.bindGrids()
	sh.findHeirs()
	sh.keepStations()
	for _, d := range sh.dissolved {
		sh.after.End(d.ID)
	}
	sh.moveGroups()
	for _, o := range sh.after.Worse(p) {
		sh.wrong = append(sh.wrong, fault.Field{Path: o.Unit.Name, Code: o.Rule, Message: fault.Text{
			ZH: o.Sentence, EN: fmt.Sprintf("%s %q would break the rule %s.", o.Unit.Kind, o.Unit.Name, o.Rule),
		}})
	}
	return sh
}

// standing finds a unit of the plan on the day.
func (sh *shape) standing(path string, id model.UnitID) (model.Unit, bool) {
	u, stands := sh.before.Unit(id)
	if !stands {
		name := sh.before.Name(id)
		sh.wrong = append(sh.wrong, fault.Field{Path: path, Code: "unit_ended", Message: fault.Text{
			ZH: fmt.Sprintf("「%s」在生效日期已不存在。", name), EN: fmt.Sprintf("%q does not exist on that day.", name),
		}})
	}
	return u, stands
}

// branch puts a planned branch into the picture.
func (sh *shape) branch(path string, b model.PlannedBranch) {
	for i, e := range b.Estates {
		if _, stands := sh.standing(fmt.Sprintf("%s.estateIds[%d]", path, i), e); !stands {
			return
		}
	}
	if !b.GridID.IsZero() {
		if _, stands := sh.standing(path+".gridId", b.GridID); !stands {
			return
		}
	}
	if b.New {
		u := sh.newUnit(b)
		sh.founded = append(sh.founded, u)
		sh.after.Set(u)
		return
	}
	was, stands := sh.standing(path+".id", b.ID)
	if !stands {
		return
	}
	now := was
	now.Name, now.BranchType = cmp.Or(b.Name, was.Name), cmp.Or(b.Type, was.BranchType)
	now.Address, now.Phone = cmp.Or(b.Address, was.Address), cmp.Or(b.Phone, was.Phone)
	if now != was {
		sh.changed = append(sh.changed, change{was, now})
		sh.after.Set(now)
	}
}

// newUnit is a branch that begins on the day, in the community of its estates.
func (sh *shape) newUnit(b model.PlannedBranch) model.Unit {
	first, _ := sh.before.Unit(b.Estates[0])
	u := model.Unit{
		ID: b.ID, ParentID: first.ParentID, Kind: model.Branch, Name: b.Name, BranchType: b.Type,
		Address: cmp.Or(b.Address, first.Address), Phone: b.Phone, ValidFrom: sh.day,
	}
	for _, o := range sh.before.Over(first.ParentID, model.Organisation) {
		u.SuperiorID = o.ID
	}
	return u
}

// moveEstates finds which estates are led by others afterwards.
func (sh *shape) moveEstates() {
	to := map[model.UnitID]model.UnitID{}
	for _, d := range sh.dissolved {
		for _, e := range sh.before.Under(d.ID, model.Estate) {
			to[e.ID] = model.UnitID{}
		}
	}
	for _, b := range sh.plan.Branches {
		if b.Estates != nil {
			for _, e := range sh.before.Under(b.ID, model.Estate) {
				to[e.ID] = model.UnitID{}
			}
		}
	}
	for _, b := range sh.plan.Branches {
		for _, e := range b.Estates {
			to[e] = b.ID
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(to), model.UnitID.Compare) {
		estate, _ := sh.before.Unit(id)
		m := estateMove{estate: estate, from: sh.before.Over(id, model.Branch), to: to[id]}
		if len(m.from) == 1 && m.from[0].ID == m.to {
			continue
		}
		sh.moved = append(sh.moved, m)
		for _, from := range m.from {
			sh.after.Take(from.ID, id)
		}
		if !m.to.IsZero() {
			sh.after.Put(m.to, id)
		}
	}
}

// bindGrids binds joint branches to their grids, and lets go of those of branches that
// became single ones.
func (sh *shape) bindGrids() {
	for _, b := range sh.plan.Branches {
		now, _ := sh.after.Unit(b.ID)
		bound := sh.after.Under(b.ID, model.Grid)
		g := gridMove{branch: b.ID, grid: b.GridID}
		switch {
		case b.GridID.IsZero() && now.BranchType == model.JointBranch && len(bound) == 1:
			g.grid = bound[0].ID // new estates come into the grid that it has
		case b.GridID.IsZero() && (now.BranchType == model.JointBranch || len(bound) == 0):
			continue
		}
		for _, other := range bound {
			if other.ID != g.grid {
				g.left = append(g.left, other)
				sh.after.Take(b.ID, other.ID)
			}
		}
		if !g.grid.IsZero() {
			sh.bindGrid(&g)
		}
		sh.grids = append(sh.grids, g)
	}
}

func (sh *shape) bindGrid(g *gridMove) {
	for _, other := range sh.after.Over(g.grid, model.Branch) {
		if other.ID != g.branch {
			g.from = append(g.from, other)
			sh.after.Take(other.ID, g.grid)
		}
	}
	for _, e := range sh.after.Under(g.branch, model.Estate) {
		g.estates = append(g.estates, e.ID)
	}
	sh.after.Put(g.branch, g.grid)
	sh.after.Regrid(g.grid, g.estates)
}

// findHeirs finds who takes over from dissolved branches: the successor named first, then
// whoever leads one of their estates.
func (sh *shape) findHeirs() {
	for _, d := range sh.plan.Dissolved {
		heirs := []model.UnitID{d.SuccessorID}
		for _, e := range sh.before.Under(d.BranchID, model.Estate) {
			for _, leader := range sh.after.Over(e.ID, model.Branch) {
				if !slices.Contains(heirs, leader.ID) && leader.ID != d.BranchID {
					heirs = append(heirs, leader.ID)
				}
			}
		}
		if _, stands := sh.after.Unit(d.SuccessorID); !stands {
			sh.standing("dissolved.successorId", d.SuccessorID)
		}
		sh.heirs[d.BranchID] = heirs
	}
}

// keepStations lets the stations of dissolved branches serve those of their successors that
// none serves.
func (sh *shape) keepStations() {
	for _, d := range sh.dissolved {
		stations := sh.before.Over(d.ID, model.Station)
		for _, heir := range sh.heirs[d.ID] {
			if _, stands := sh.after.Unit(heir); !stands || len(sh.after.Over(heir, model.Station)) > 0 {
				continue
			}
			for _, station := range stations {
				sh.after.Put(station.ID, heir)
				sh.served = append(sh.served, service{station.ID, heir})
			}
		}
	}
}

// moveGroups lets groups follow their grids, where they had a place before.
func (sh *shape) moveGroups() {
	for _, g := range sh.before.Of(model.Group) {
		if !fits(sh.before, g) && !sh.ends(g.SuperiorID) && !sh.ends(g.ParentID) || fits(sh.after, g) {
			continue
		}
		m := groupMove{group: g}
		for _, grid := range sh.before.Under(g.ID, model.Grid) {
			m.to = sh.leaderOf(grid.ID)
		}
		sh.groups = append(sh.groups, m)
		if m.to.IsZero() {
			sh.after.End(g.ID)
			continue
		}
		g.ParentID, g.SuperiorID = m.to, m.to
		sh.after.Set(g)
	}
}

// fits says whether a group works in a grid with buildings of its branch.
func fits(p *county.Picture, g model.Unit) bool {
	_, stands := p.Unit(g.SuperiorID)
	return stands && slices.ContainsFunc(p.Under(g.ID, model.Grid), func(grid model.Unit) bool {
		return slices.ContainsFunc(p.EstatesIn(grid.ID), func(e model.UnitID) bool { return p.Leads(g.SuperiorID, e) })
	})
}

func (sh *shape) ends(branch model.UnitID) bool {
	return slices.ContainsFunc(sh.dissolved, func(d model.Unit) bool { return d.ID == branch })
}

// leaderOf is the single branch that leads an estate of a grid afterwards; zero where there
// is none: joint branches have no groups.
func (sh *shape) leaderOf(grid model.UnitID) model.UnitID {
	for _, e := range sh.after.EstatesIn(grid) {
		for _, b := range sh.after.Over(e, model.Branch) {
			if b.BranchType == model.SingleBranch {
				return b.ID
			}
		}
	}
	return model.UnitID{}
}

// handOver is the work of a dissolved branch on its way.
func (sh *shape) handOver(branch model.UnitID) model.HandOver {
	h := model.HandOver{From: branch, To: sh.heirs[branch][0], ByHome: map[model.UnitID]model.UnitID{}}
	for _, e := range sh.before.Under(branch, model.Estate) {
		for _, leader := range sh.after.Over(e.ID, model.Branch) {
			h.ByHome[e.ID] = leader.ID
		}
	}
	return h
}
