package imports

import (
	"context"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
)

// unitKinds are the words for what can be imported as units. Buildings come with their
// households. A branch comes in with estates that no branch leads yet; whatever gives an
// estate to another branch, merges or dissolves branches is a restructuring.
var unitKinds = map[string]string{
	"镇": "town", "乡": "town", "乡镇": "town", "街道": "town", "社区": "community", "小区": "estate", "网格": "grid",
	"党群服务站": "station", "服务站": "station", "党支部": "branch", "支部": "branch", "党小组": "group",
}

var unitKind = &kind{
	title: "组织单位", action: access.PlacesImport, key: []int{0, 1, 2},
	columns: []column{
		{name: "类型", required: true, plain: choice(unitKinds), mask: kindWord, note: "镇、社区、小区、网格、党群服务站、党支部或党小组", example: "示例：小区"},
		{name: "名称", required: true, note: "同一上级下不重名", example: "虹桥小区"},
		{name: "上级", also: []string{"上级单位", "所属单位"}, required: true, note: "镇填县，社区填镇，小区、网格、服务站、党支部填社区，党小组填党支部；同名时写成“上级/名称”", example: "南城社区"},
		{name: "支部类型", plain: choice(map[string]string{"单建": "single", "联合": "joint", "单建党支部": "single", "联合党支部": "joint"}), note: "党支部填写：单建或联合", example: ""},
		{name: "地址", most: 128, example: "晋昌镇南城社区虹桥街 1 号"},
		{name: "电话", plain: phone, note: "对外公开的值班电话", example: "0350-6020000"},
		{name: "服务时间", most: 128, example: "周一至周五 8:30—17:30"},
		{name: "所辖", also: []string{"领导或覆盖", "覆盖"}, most: 512, note: "党支部填所领导的小区，党小组填网格，服务站填所服务的党支部；多个用顿号分开", example: ""},
		{name: "起始日期", also: []string{"成立日期"}, plain: date, past: true, note: "不填则为导入当天", example: "2025-07-01"},
	},
	begin: func(p *pass, t *tree) worker { return &unitWorker{tree: t, by: p.imp.ActorID} },
}

func kindWord(slug string) string {
	for _, word := range []string{"镇", "社区", "小区", "网格", "党群服务站", "党支部", "党小组"} {
		if unitKinds[word] == slug {
			return word
		}
	}
	return slug
}

// unitWorker keeps the tree up to date with what lines add, so that a unit can stand below
// one of an earlier line.
type unitWorker struct {
	endless
	tree *tree
	by   model.UserID
}

// unitLine is what a line does: makes a unit or changes one, and has it lead others.
type unitLine struct {
	finding
	unit   model.Unit
	covers []*model.Cover
}

func (w *unitWorker) look(_ context.Context, s *store.Store, lines []line) ([]finding, error) {
	return w.each(lines, s, func(unitLine) error { return nil })
}

func (w *unitWorker) put(ctx context.Context, tx *store.Store, lines []line) ([]finding, error) {
	return w.each(lines, tx, func(u unitLine) error {
		switch u.change {
		case Added:
			if err := claimName(ctx, tx, u.unit); err != nil {
				return err
			}
			if err := tx.Units.Add(ctx, &u.unit); err != nil {
				return err
			}
		case Changed:
			if err := w.amend(ctx, tx, u.unit); err != nil {
				return err
			}
		}
		for _, cover := range u.covers {
			if err := ours(tx.Covers.Put(ctx, cover)); err != nil {
				return err
			}
		}
		return nil
	})
}

// amend lets a unit say from today on how it is reached.
func (w *unitWorker) amend(ctx context.Context, tx *store.Store, said model.Unit) error {
	unit, err := tx.Units.GetLocked(ctx, said.ID)
	if err != nil {
		return err
	}
	_, err = org.Amend(ctx, tx, unit, org.Amendment{By: w.by, Fields: map[model.UnitField]string{
		model.FieldAddress: said.Address, model.FieldPhone: said.Phone, model.FieldHours: said.Hours,
	}})
	return err
}

func (w *unitWorker) each(lines []line, s *store.Store, do func(unitLine) error) ([]finding, error) {
	found := make([]finding, len(lines))
	for i, l := range lines {
		u := w.judge(l, s)
		if found[i] = u.finding; u.wrong != nil {
			continue
		}
		if err := do(u); err != nil {
			return nil, err
		}
		if w.tree.units[u.unit.ID] = u.unit; u.change == Added {
			w.tree.add(u.unit)
		}
		for _, cover := range u.covers {
			w.tree.covers[cover.CoveredID] = append(w.tree.covers[cover.CoveredID], *cover)
		}
	}
	return found, nil
}

func (w *unitWorker) judge(l line, s *store.Store) (u unitLine) {
	kind := model.UnitKind(l.Cells[0])
	parent, wr := w.tree.find(l.Cells[2], kind.Parent())
	if wr != nil {
		u.finding = wrong(wr, "上级")
		return u
	}
	from := w.tree.today
	if l.Cells[8] != "" {
		from = model.Date(l.Cells[8])
	}
	unit, known := w.tree.child(parent.ID, kind, l.Cells[1])
	if !known {
		u.change = Added
		unit = model.Unit{
			ID: model.NewID[model.Unit](s.Now()), ParentID: parent.ID, SuperiorID: w.superior(kind, parent), Kind: kind, Name: l.Cells[1],
			BranchType: model.BranchType(l.Cells[3]), ValidFrom: from, CreatedAt: s.Now(),
		}
		if kind == model.Branch && unit.BranchType == "" {
			u.finding = wrong(ErrRequired, "支部类型")
			return u
		}
	} else {
		u.change = Unchanged
		u.before = w.cells(unit)
	}
	for i, into := range map[int]*string{4: &unit.Address, 5: &unit.Phone, 6: &unit.Hours} {
		if l.Cells[i] != "" && *into != l.Cells[i] { // an empty cell says nothing
			*into = l.Cells[i]
			if known {
				u.change = Changed
			}
		}
	}
	u.unit = unit
	return w.leads(u, l.Cells[7], max(from, unit.ValidFrom))
}

// superior is where a new unit stands in the Party's tree.
func (w *unitWorker) superior(kind model.UnitKind, parent model.Unit) model.UnitID {
	switch kind {
	case model.Group:
		return parent.ID
	case model.Branch:
		for _, cover := range w.tree.covers[parent.ID] {
			if w.tree.units[cover.UnitID].Kind == model.Organisation {
				return cover.UnitID
			}
		}
	}
	return model.UnitID{}
}

// leads finds what the unit leads or covers beyond what it does already.
func (w *unitWorker) leads(u unitLine, names string, from model.Date) unitLine {
	const column = "所辖"
	for _, name := range splitWords(names) {
		covered, wr := w.tree.find(name, coveredBy(u.unit.Kind)...)
		if wr != nil {
			u.finding = wrong(wr, column)
			return u
		}
		present := w.tree.covers[covered.ID]
		if slices.ContainsFunc(present, func(c model.Cover) bool { return c.UnitID == u.unit.ID }) {
			continue
		}
		cover := model.NewCover(u.unit, covered, max(from, covered.ValidFrom))
		if cover.SoleBy != nil && slices.ContainsFunc(present, func(c model.Cover) bool { return w.tree.units[c.UnitID].Kind == u.unit.Kind }) ||
			cover.SoleOf != nil && w.coversOne(u, covered.Kind) {
			u.finding = wrong(ErrLed, column)
			return u
		}
		u.covers = append(u.covers, cover)
		if u.change == Unchanged {
			u.change = Changed
		}
	}
	return u
}

// splitWords takes names apart that stand in one cell.
func splitWords(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return strings.ContainsRune("、,，;；", r) })
}

// coversOne says whether the unit already covers one of that kind.
func (w *unitWorker) coversOne(u unitLine, kind model.UnitKind) bool {
	for covered, covers := range w.tree.covers {
		if w.tree.units[covered].Kind == kind && slices.ContainsFunc(covers, func(c model.Cover) bool { return c.UnitID == u.unit.ID }) {
			return true
		}
	}
	return slices.ContainsFunc(u.covers, func(c *model.Cover) bool { return w.tree.units[c.CoveredID].Kind == kind })
}

func coveredBy(kind model.UnitKind) (kinds []model.UnitKind) {
	for _, covered := range model.Kinds {
		if kind.Covers(covered) && covered != model.Building {
			kinds = append(kinds, covered)
		}
	}
	return kinds
}

func (w *unitWorker) cells(u model.Unit) []string {
	return []string{string(u.Kind), u.Name, w.tree.path(u.ParentID), string(u.BranchType), u.Address, u.Phone, u.Hours, "", string(u.ValidFrom)}
}
