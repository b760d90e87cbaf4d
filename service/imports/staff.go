package imports

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/grant"
)

// roleWords are the words of a file of staff for roles.
var roleWords = map[string]string{
	"县级管理员": "county_clerk", "县委组织部": "county_clerk", "部门工作人员": "department_officer", "镇党委工作人员": "town_committee", "镇党委": "town_committee",
	"兼职委员": "part_time_member", "社区工作者": "community_worker", "社区干部": "community_worker", "网格员": "grid_worker", "支部书记": "secretary", "党支部书记": "secretary",
	"党小组长": "group_leader", "支部党员": "branch_member", "党员": "branch_member", "积分超市管理员": "shop_keeper", "超市管理员": "shop_keeper", "审计员": "auditor",
}

// roleNote are the words that people read, in place of others for the same.
const roleNote = "县级管理员、部门工作人员、镇党委工作人员、兼职委员、社区工作者、网格员、支部书记、党小组长、支部党员、积分超市管理员、审计员"

var staffKind = &kind{
	title: "工作人员", action: access.StaffImport, key: []int{1, 2, 3},
	columns: []column{
		{name: "姓名", required: true, most: 32, mask: model.MaskName, note: "用于核对，不会公开", example: "示例：张三"},
		{name: "手机号", also: phoneColumn.also, required: true, plain: mobile, mask: model.MaskPhone, note: "本人微信绑定的 11 位手机号；绑定后角色生效", example: "13800000000"},
		{name: "单位", also: []string{"所在单位", "工作单位"}, required: true, note: "任职的单位；有同名单位时写成“上级/名称”", example: "南城社区"},
		{name: "角色", also: []string{"职务", "岗位"}, required: true, plain: choice(roleWords), mask: roleWord, note: roleNote, example: "社区工作者"},
		{name: "起始日期", also: []string{"任职日期"}, plain: date, note: "不填则自导入之日起；不能早于今天", example: ""},
	},
	begin: func(p *pass, t *tree) worker {
		return &staffWorker{tree: t, naming: p.svc.grants.Naming(model.Actor{User: p.imp.ActorID})}
	},
}

func roleWord(slug string) string {
	for word, role := range roleWords {
		if role == slug && slices.Contains(splitWords(roleNote), word) {
			return word
		}
	}
	return slug
}

// What can be wrong with a line is what can be wrong with giving a role.
var _ = lineFaultsToo(grant.ErrOwnRole, grant.ErrWrongUnit, grant.ErrFromPast, access.ErrNotTheirs, store.ErrUnitEnded)

// staffWorker names people for roles, by the rules of package grant.
type staffWorker struct {
	endless
	tree   *tree
	naming *grant.Naming
}

func (w *staffWorker) look(ctx context.Context, s *store.Store, lines []line) ([]finding, error) {
	return w.each(lines, func(n grant.Named) (grant.Outcome, *grant.Named, error) { return w.naming.Foresee(ctx, s, n) })
}

func (w *staffWorker) put(ctx context.Context, tx *store.Store, lines []line) ([]finding, error) {
	return w.each(lines, func(n grant.Named) (grant.Outcome, *grant.Named, error) { return w.naming.Name(ctx, tx, n) })
}

func (w *staffWorker) each(lines []line, name func(grant.Named) (grant.Outcome, *grant.Named, error)) ([]finding, error) {
	found := make([]finding, len(lines))
	for i, l := range lines {
		named := grant.Named{Name: l.Cells[0], Phone: l.Cells[1], Role: model.Role(l.Cells[3]), From: model.Date(l.Cells[4])}
		unit, wr := w.unit(l.Cells[2], named.Role)
		if wr != nil {
			found[i] = wrong(wr, "单位")
			continue
		}
		named.UnitID = unit.ID
		outcome, before, err := name(named)
		if found[i], err = w.found(outcome, before, err); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// unit finds where somebody can have a role. A unit of another kind is not unknown.
func (w *staffWorker) unit(name string, role model.Role) (model.Unit, *fault.Error) {
	unit, wr := w.tree.find(name, access.Posts[role].In...)
	if wr == ErrUnknown {
		if _, other := w.tree.find(name, model.Kinds...); other == nil {
			wr = grant.ErrWrongUnit
		}
	}
	return unit, wr
}

// found is what an outcome means for a line.
func (w *staffWorker) found(outcome grant.Outcome, before *grant.Named, err error) (finding, error) {
	for f, column := range map[*fault.Error]string{
		grant.ErrOwnRole: "手机号", grant.ErrWrongUnit: "单位", grant.ErrFromPast: "起始日期", access.ErrNotTheirs: "角色", store.ErrUnitEnded: "单位",
	} {
		if errors.Is(err, f) {
			return wrong(f, column), nil
		}
	}
	if errors.Is(err, fault.ErrNotFound) || errors.Is(err, fault.ErrForbidden) {
		return wrong(ErrOutside, "单位"), nil
	}
	f := finding{change: Added}
	switch outcome {
	case grant.Nothing:
		f.change = Unchanged
	case grant.Alters:
		f.change = Changed
	}
	if before != nil {
		f.before = []string{before.Name, before.Phone, w.tree.path(before.UnitID), string(before.Role), string(before.From)}
	}
	return f, err
}
