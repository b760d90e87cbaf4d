package imports

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

var (
	estateColumn    = column{name: "小区", also: []string{"小区名称", "所在小区"}, required: true, note: "小区名称；有同名小区时写成“社区/小区”", example: "示例：虹桥小区"}
	buildingColumn  = column{name: "楼栋", also: []string{"楼号", "楼栋号", "幢", "栋"}, required: true, plain: buildingName, note: "如 3号楼", example: "3号楼"}
	stairwellColumn = column{name: "单元", also: []string{"单元号"}, plain: place, note: "如 2；没有单元的楼可不填", example: "2"}
	roomColumn      = column{name: "房号", also: []string{"室号", "门牌号", "户号"}, required: true, plain: place, note: "如 301", example: "301"}
)

// buildingName is a building's name of at most 64 letters; a bare number gets its 号楼.
func buildingName(text string) (string, *fault.Error) {
	text = whole(text)
	plain := plainBuilding(text)
	if plain == "" {
		return "", ErrRequired
	}
	if plain == model.PlainPlace(text) {
		return plain + "号楼", nil
	}
	return text, nil
}

var householdKind = &kind{
	title: "房屋", action: access.PlacesImport, key: []int{0, 1, 2, 3}, endable: true,
	columns: []column{estateColumn, buildingColumn, stairwellColumn, roomColumn},
	begin: func(p *pass, t *tree) worker {
		return &householdWorker{
			tree: t, stairwells: map[model.UnitID]map[string]model.Stairwell{}, named: map[model.HouseholdID]bool{}, estates: map[model.UnitID]bool{},
		}
	},
}

// lone is the stairwell of buildings that have no stairwells of their own.
const lone = "1"

type householdWorker struct {
	tree       *tree
	stairwells map[model.UnitID]map[string]model.Stairwell // by building and name
	named      map[model.HouseholdID]bool                  // by lines that were looked at
	estates    map[model.UnitID]bool                       // the same
}

// door is where a line leads.
type door struct {
	line      line
	estate    model.UnitID
	building  string
	stairwell string
	room      string
	finding   finding

	buildingID  model.UnitID      // zero while there is none
	stairwellID model.StairwellID // the same
}

// doors finds estate, building and stairwell of each line, as far as there are any.
func (w *householdWorker) doors(ctx context.Context, s *store.Store, lines []line) ([]*door, error) {
	doors := make([]*door, len(lines))
	var estates []model.UnitID
	for i, l := range lines {
		d := &door{line: l, building: l.Cells[1], stairwell: l.Cells[2], room: l.Cells[3]}
		if d.stairwell == "" {
			d.stairwell = lone
		}
		if estate, wr := w.tree.find(l.Cells[0], model.Estate); wr != nil {
			d.finding = wrong(wr, estateColumn.name)
		} else {
			d.estate = estate.ID
			w.estates[estate.ID] = true
			estates = append(estates, estate.ID)
		}
		doors[i] = d
	}
	if err := w.tree.load(ctx, s, estates); err != nil {
		return nil, err
	}
	return doors, w.enter(ctx, s, doors)
}

// enter finds buildings and stairwells.
func (w *householdWorker) enter(ctx context.Context, s *store.Store, doors []*door) error {
	var fresh []model.UnitID
	for _, d := range doors {
		d.buildingID = w.tree.buildings[d.estate][plainBuilding(d.building)]
		if _, known := w.stairwells[d.buildingID]; !known && !d.buildingID.IsZero() {
			w.stairwells[d.buildingID] = map[string]model.Stairwell{}
			fresh = append(fresh, d.buildingID)
		}
	}
	rows, err := s.Stairwells.ListByBuildings(ctx, fresh)
	if err != nil {
		return err
	}
	for _, row := range rows {
		w.stairwells[row.BuildingID][row.Name] = row
	}
	for _, d := range doors {
		d.stairwellID = w.stairwells[d.buildingID][d.stairwell].ID
	}
	return nil
}

type flat struct {
	stairwell model.StairwellID
	room      string
}

// standing are the households of the stairwells that lines name.
func standing(ctx context.Context, s *store.Store, doors []*door) (map[flat]model.HouseholdID, error) {
	var stairwells []model.StairwellID
	met := map[model.StairwellID]bool{}
	for _, d := range doors {
		if !d.stairwellID.IsZero() && !met[d.stairwellID] {
			met[d.stairwellID] = true
			stairwells = append(stairwells, d.stairwellID)
		}
	}
	rows, err := s.Households.ListByStairwells(ctx, stairwells)
	found := map[flat]model.HouseholdID{}
	for _, row := range rows {
		found[flat{row.StairwellID, row.Room}] = row.ID
	}
	return found, err
}

func (w *householdWorker) look(ctx context.Context, s *store.Store, lines []line) ([]finding, error) {
	doors, err := w.doors(ctx, s, lines)
	if err != nil {
		return nil, err
	}
	flats, err := standing(ctx, s, doors)
	if err != nil {
		return nil, err
	}
	out := make([]finding, len(doors))
	for i, d := range doors {
		if d.finding.wrong == nil {
			d.finding.change = Added
			if id, stands := flats[flat{d.stairwellID, d.room}]; stands {
				d.finding.change = Unchanged
				w.named[id] = true
			}
		}
		out[i] = d.finding
	}
	return out, nil
}

func (w *householdWorker) put(ctx context.Context, tx *store.Store, lines []line) ([]finding, error) {
	doors, err := w.doors(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	if err := w.build(ctx, tx, doors); err != nil {
		return nil, err
	}
	flats, err := standing(ctx, tx, doors)
	if err != nil {
		return nil, err
	}
	out := make([]finding, len(doors))
	var fresh []*model.Household
	for i, d := range doors {
		if d.finding.wrong == nil {
			d.finding.change = Unchanged
			key := flat{d.stairwellID, d.room}
			if _, stands := flats[key]; !stands {
				d.finding.change = Added
				h := &model.Household{
					ID: model.NewID[model.Household](tx.Now()), EstateID: d.estate, BuildingID: d.buildingID, StairwellID: d.stairwellID,
					Room: d.room, ValidFrom: w.tree.today, Live: model.Lasting(), CreatedAt: tx.Now(),
				}
				flats[key] = h.ID
				fresh = append(fresh, h)
			}
		}
		out[i] = d.finding
	}
	return out, ours(tx.Households.Add(ctx, fresh...))
}

// ours turns a key that somebody else has just taken into a fault that may be tried again.
func ours(err error) error {
	if isDuplicate(err) {
		return fault.ErrBusy.Because(err)
	}
	return err
}

// build makes the buildings and stairwells that lines name and that are not there.
func (w *householdWorker) build(ctx context.Context, tx *store.Store, doors []*door) error {
	for _, d := range doors {
		if d.finding.wrong != nil || !d.buildingID.IsZero() {
			continue
		}
		known := w.tree.buildings[d.estate]
		if id, made := known[plainBuilding(d.building)]; made {
			d.buildingID = id
			continue
		}
		estate := w.tree.units[d.estate]
		unit := model.Unit{
			ID: model.NewID[model.Unit](tx.Now()), ParentID: d.estate, Kind: model.Building, Name: d.building,
			Address: trim(estate.Address+d.building, 128), ValidFrom: w.tree.today, CreatedAt: tx.Now(),
		}
		if err := claimName(ctx, tx, unit); err != nil {
			return err
		}
		if err := tx.Units.Add(ctx, &unit); err != nil {
			return err
		}
		w.tree.units[unit.ID], known[plainBuilding(d.building)], d.buildingID = unit, unit.ID, unit.ID
		w.stairwells[unit.ID] = map[string]model.Stairwell{}
	}
	var fresh []*model.Stairwell
	for _, d := range doors {
		if d.finding.wrong != nil {
			continue
		}
		known := w.stairwells[d.buildingID]
		if _, there := known[d.stairwell]; !there {
			row := model.Stairwell{
				ID: model.NewID[model.Stairwell](tx.Now()), EstateID: d.estate, BuildingID: d.buildingID, Name: d.stairwell,
				ValidFrom: w.tree.today, Live: model.Lasting(), CreatedAt: tx.Now(),
			}
			known[d.stairwell] = row
			fresh = append(fresh, &row)
		}
		d.stairwellID = known[d.stairwell].ID
	}
	return ours(tx.Stairwells.Add(ctx, fresh...))
}

func trim(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

func (w *householdWorker) missing(ctx context.Context, s *store.Store, each func(absent) error) error {
	for _, estate := range sorted(w.estates) {
		var after model.HouseholdID
		for {
			rows, err := s.Households.ListStanding(ctx, estate, after)
			if err != nil {
				return err
			}
			for _, row := range rows {
				after = row.ID
				if w.named[row.ID] {
					continue
				}
				if err := each(absent{id: row.ID, shown: func() map[string]string { return w.shown(row) }}); err != nil {
					return err
				}
			}
			if len(rows) < store.MaxBatch {
				break
			}
		}
	}
	return nil
}

func (w *householdWorker) shown(h model.Household) map[string]string {
	stairwell := ""
	for name, s := range w.stairwells[h.BuildingID] {
		if s.ID == h.StairwellID {
			stairwell = name
		}
	}
	return householdKind.masked([]string{w.tree.path(h.EstateID), w.tree.units[h.BuildingID].Name, stairwell, h.Room})
}

func (w *householdWorker) end(ctx context.Context, tx *store.Store, gone []absent) (int, error) {
	ids := make([]model.HouseholdID, len(gone))
	for i, g := range gone {
		ids[i] = g.id
	}
	return tx.Households.SaveAllEnded(ctx, ids, w.tree.today)
}

func sorted(set map[model.UnitID]bool) []model.UnitID {
	var ids []model.UnitID
	for id := range set {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, model.UnitID.Compare)
	return ids
}
