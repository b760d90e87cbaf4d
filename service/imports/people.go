package imports

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/roster"
)

var (
	nameColumn  = column{name: "姓名", required: true, most: 32, mask: model.MaskName, example: "张三"}
	phoneColumn = column{name: "手机号", also: []string{"联系电话", "手机", "电话", "手机号码", "联系方式"}, plain: phone, mask: model.MaskPhone, note: "11 位手机号，也可填座机", example: "13800000000"}
)

// relations are the words of a roster for what its people are to their flat.
var relations = map[string]string{
	"业主": "owner", "户主": "owner", "产权人": "owner", "租户": "tenant", "租客": "tenant", "承租人": "tenant",
	"家属": "family", "家庭成员": "family", "家人": "family", "owner": "owner", "tenant": "tenant", "family": "family",
}

var residentKind = &kind{
	title: "居民花名册", action: access.RosterImport, key: []int{0, 1, 2, 3, 4, 5}, endable: true,
	columns: []column{
		estateColumn, buildingColumn, stairwellColumn, roomColumn, nameColumn, phoneColumn,
		{name: "身份", also: []string{"与户主关系", "居住身份", "关系"}, plain: choice(relations), note: "业主、租户或家属", example: "业主"},
	},
	begin: func(p *pass, t *tree) worker {
		return newRosterWorker(p, t, model.ResidentRoster, func(c []string) spoken {
			return spoken{estate: c[0], building: c[1], line: roster.Line{
				Kind: model.ResidentRoster, Stairwell: c[2], Room: c[3], Name: c[4], Phone: c[5], Relation: c[6],
			}}
		}, func(w *rosterWorker, e roster.Entry) []string {
			return []string{w.tree.path(e.EstateID), w.tree.path(e.BuildingID), e.Stairwell, e.Room, e.Name, e.Phone, e.Relation}
		})
	},
}

var memberKind = &kind{
	title: "党员花名册", action: access.RosterImport, key: []int{0, 1, 2, 7, 8, 9, 10}, endable: true,
	columns: []column{
		{name: "党支部", also: []string{"所在党支部", "支部", "支部名称"}, required: true, note: "党支部名称", example: "示例：虹桥小区党支部"},
		nameColumn, phoneColumn,
		{name: "入党日期", also: []string{"入党时间"}, plain: date, past: true, mask: hidden, note: "如 1998-07-01", example: "1998-07-01"},
		{name: "党员类型", also: []string{"人员类别"}, plain: choice(map[string]string{"正式党员": "正式党员", "预备党员": "预备党员", "正式": "正式党员", "预备": "预备党员"}), mask: hidden, note: "正式党员或预备党员", example: "正式党员"},
		{name: "党内职务", also: []string{"职务"}, most: 32, mask: hidden, note: "没有可不填", example: "组织委员"},
		{name: "工作单位", also: []string{"单位"}, mask: hidden, note: "在职党员填写", example: "县第一中学"},
		optional(estateColumn, "居住的小区，编入楼栋用"), optional(buildingColumn, "如 3号楼"), stairwellColumn, optional(roomColumn, "如 301"),
	},
	begin: func(p *pass, t *tree) worker {
		return newRosterWorker(p, t, model.PartyRoster, func(c []string) spoken {
			return spoken{branch: c[0], estate: c[7], building: c[8], line: roster.Line{
				Kind: model.PartyRoster, Name: c[1], Phone: c[2], Stairwell: c[9], Room: c[10],
				Member: roster.Member{JoinedOn: model.Date(c[3]), Probation: c[4] == "预备党员", Duty: c[5], WorksAt: c[6]},
			}}
		}, memberCells)
	},
}

func optional(c column, note string) column {
	c.required, c.note = false, note
	if c.name == estateColumn.name {
		c.example = "虹桥小区"
	}
	return c
}

func memberCells(w *rosterWorker, e roster.Entry) []string {
	sort := "正式党员"
	if e.Member.Probation {
		sort = "预备党员"
	}
	return []string{
		w.tree.path(e.BranchID), e.Name, e.Phone, string(e.Member.JoinedOn), sort, e.Member.Duty, e.Member.WorksAt,
		w.tree.path(e.EstateID), w.tree.path(e.BuildingID), e.Stairwell, e.Room,
	}
}

// spoken is a line with the names of its places.
type spoken struct {
	branch, estate, building string
	line                     roster.Line
}

// rosterWorker brings in rosters: of residents by estate, of members by branch.
type rosterWorker struct {
	tree   *tree
	batch  model.RosterBatchID
	roster model.RosterKind
	kind   *kind
	speak  func(cells []string) spoken
	cells  func(*rosterWorker, roster.Entry) []string
	named  map[[16]byte]bool     // beginnings of the keys of lines that were looked at
	scopes map[model.UnitID]bool // estates or branches that they are about
}

func newRosterWorker(p *pass, t *tree, r model.RosterKind, speak func([]string) spoken, cells func(*rosterWorker, roster.Entry) []string) worker {
	return &rosterWorker{
		tree: t, batch: model.RosterBatchID(p.imp.ID), roster: r, kind: p.kind, speak: speak, cells: cells,
		named: map[[16]byte]bool{}, scopes: map[model.UnitID]bool{},
	}
}

// resolve finds the places of lines. It gives the lines that are right, and where each of
// them stands among the findings.
func (w *rosterWorker) resolve(ctx context.Context, s *store.Store, lines []line) (right []roster.Line, at []int, found []finding, err error) {
	found = make([]finding, len(lines))
	said := make([]spoken, len(lines))
	var estates []model.UnitID
	for i, l := range lines {
		said[i] = w.speak(l.Cells)
		found[i] = w.locate(&said[i])
		estates = append(estates, said[i].line.EstateID)
	}
	if err := w.tree.load(ctx, s, estates); err != nil {
		return nil, nil, nil, err
	}
	for i := range lines {
		l := &said[i].line
		if found[i].wrong == nil && said[i].building != "" {
			id, there := w.tree.buildings[l.EstateID][plainBuilding(said[i].building)]
			if l.BuildingID = id; !there {
				found[i] = wrong(ErrUnknown, buildingColumn.name)
			}
		}
		if found[i].wrong != nil {
			continue
		}
		scope := l.EstateID
		if w.roster == model.PartyRoster {
			scope = l.BranchID
		}
		w.scopes[scope] = true
		right, at = append(right, *l), append(at, i)
	}
	return right, at, found, nil
}

// locate finds branch and estate. Where a member lives may lie outside the import's unit.
func (w *rosterWorker) locate(s *spoken) finding {
	if w.roster == model.PartyRoster {
		branch, wr := w.tree.find(s.branch, model.Branch)
		if wr != nil {
			return wrong(wr, "党支部")
		}
		s.line.BranchID = branch.ID
	}
	if s.estate == "" {
		if s.building != "" || s.line.Room != "" {
			return wrong(ErrRequired, estateColumn.name)
		}
		return finding{}
	}
	estate, wr := w.tree.find(s.estate, model.Estate)
	if wr != nil {
		return wrong(wr, estateColumn.name)
	}
	s.line.EstateID = estate.ID
	return finding{}
}

func (w *rosterWorker) look(ctx context.Context, s *store.Store, lines []line) ([]finding, error) {
	right, at, found, err := w.resolve(ctx, s, lines)
	if err != nil {
		return nil, err
	}
	differences, err := roster.Compare(ctx, s, right)
	if err != nil {
		return nil, err
	}
	for i, d := range differences {
		found[at[i]] = judged(d.Change)
		if d.Before != nil {
			found[at[i]].before = w.cells(w, *d.Before)
		}
		w.named[[16]byte(d.Key)] = true
	}
	return found, nil
}

func judged(c roster.Change) finding {
	if c == roster.Doubled {
		return finding{wrong: ErrRepeated}
	}
	return finding{change: Change(c)}
}

func (w *rosterWorker) put(ctx context.Context, tx *store.Store, lines []line) ([]finding, error) {
	right, at, found, err := w.resolve(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	changes, err := roster.Put(ctx, tx, w.batch, right)
	if err != nil {
		return nil, err
	}
	for i, change := range changes {
		found[at[i]] = judged(change)
	}
	return found, nil
}

func (w *rosterWorker) missing(ctx context.Context, s *store.Store, each func(absent) error) error {
	for _, unit := range sorted(w.scopes) {
		scope := roster.Scope{Kind: w.roster, EstateID: unit}
		if w.roster == model.PartyRoster {
			scope = roster.Scope{Kind: w.roster, BranchID: unit}
		}
		var after model.RosterEntryID
		for {
			entries, err := roster.Standing(ctx, s, scope, after)
			if err != nil {
				return err
			}
			for _, e := range entries {
				after = e.ID
				if w.named[[16]byte(e.Key)] {
					continue
				}
				if err := each(absent{id: e.ID, shown: func() map[string]string { return w.kind.masked(w.cells(w, e)) }}); err != nil {
					return err
				}
			}
			if len(entries) < store.MaxBatch {
				break
			}
		}
	}
	return nil
}

func (w *rosterWorker) end(ctx context.Context, tx *store.Store, gone []absent) (int, error) {
	ids := make([]model.RosterEntryID, len(gone))
	for i, g := range gone {
		ids[i] = g.id
	}
	return tx.RosterEntries.SaveEnded(ctx, ids, w.tree.today)
}
