package imports

import (
	"context"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// tree is the units of today, by name, and which of them lie within an import's unit.
type tree struct {
	today     model.Date
	tops      []model.UnitID
	units     map[model.UnitID]model.Unit
	byName    map[string][]model.UnitID
	covers    map[model.UnitID][]model.Cover           // by what is covered
	buildings map[model.UnitID]map[string]model.UnitID // of the estates that were loaded, by plain name
}

func (p *pass) worker(ctx context.Context, s *store.Store) (worker, error) {
	t, err := p.svc.readTree(ctx, s, p.imp.UnitID)
	if err != nil {
		return nil, err
	}
	return p.kind.begin(p, t), nil
}

func (s *Service) readTree(ctx context.Context, from *store.Store, top model.UnitID) (*tree, error) {
	t := &tree{
		today: model.DateOf(from.Now()), units: map[model.UnitID]model.Unit{}, byName: map[string][]model.UnitID{},
		covers: map[model.UnitID][]model.Cover{}, buildings: map[model.UnitID]map[string]model.UnitID{},
	}
	ground, err := s.org.Ground(ctx, top)
	if err != nil {
		return nil, err
	}
	for _, unit := range ground {
		t.tops = append(t.tops, unit.ID)
	}
	kinds := slices.DeleteFunc(slices.Clone(model.Kinds), func(k model.UnitKind) bool { return k == model.Building })
	units, err := from.Units.ListAll(ctx, kinds...)
	if err != nil {
		return nil, err
	}
	for _, unit := range units {
		if unit.In(t.today) {
			t.add(unit)
		}
	}
	covers, err := from.Covers.ListLed(ctx, t.today)
	for _, cover := range covers {
		t.covers[cover.CoveredID] = append(t.covers[cover.CoveredID], cover)
	}
	return t, err
}

func (t *tree) add(unit model.Unit) {
	t.units[unit.ID] = unit
	t.byName[unit.Name] = append(t.byName[unit.Name], unit.ID)
}

// within says whether a unit lies in the unit of the import.
func (t *tree) within(id model.UnitID) bool {
	for range 16 {
		if slices.Contains(t.tops, id) {
			return true
		}
		if id = t.units[id].ParentID; id.IsZero() {
			return false
		}
	}
	return false
}

// find finds a unit by its name, or by names from above down to it: 南城社区/虹桥小区.
// It must lie within the import's unit.
func (t *tree) find(text string, kinds ...model.UnitKind) (model.Unit, *fault.Error) {
	names := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/／>＞", r) })
	if len(names) == 0 {
		return model.Unit{}, ErrUnknown
	}
	var found []model.Unit
	outside := false
	for _, id := range t.byName[strings.TrimSpace(names[len(names)-1])] {
		unit := t.units[id]
		if !slices.Contains(kinds, unit.Kind) || !t.under(unit, names[:len(names)-1]) {
			continue
		}
		if t.within(id) {
			found = append(found, unit)
		} else {
			outside = true
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return model.Unit{}, ErrTwo
	case outside:
		return model.Unit{}, ErrOutside
	}
	return model.Unit{}, ErrUnknown
}

// under says whether the names, from above down, are met on the way up.
func (t *tree) under(unit model.Unit, names []string) bool {
	for unit, ok := t.units[unit.ParentID]; ok && len(names) > 0; unit, ok = t.units[unit.ParentID] {
		if unit.Name == strings.TrimSpace(names[len(names)-1]) {
			names = names[:len(names)-1]
		}
	}
	return len(names) == 0
}

// child finds a unit by what it is and stands below.
func (t *tree) child(parent model.UnitID, kind model.UnitKind, name string) (model.Unit, bool) {
	for _, id := range t.byName[name] {
		if u := t.units[id]; u.ParentID == parent && u.Kind == kind {
			return u, true
		}
	}
	return model.Unit{}, false
}

// path is a unit's name as find takes it, with its parent's.
func (t *tree) path(id model.UnitID) string {
	unit := t.units[id]
	if unit.Kind == model.Building {
		return unit.Name
	}
	if len(t.byName[unit.Name]) > 1 {
		return t.units[unit.ParentID].Name + "/" + unit.Name
	}
	return unit.Name
}

// load reads the buildings of estates that are not known yet.
func (t *tree) load(ctx context.Context, s *store.Store, estates []model.UnitID) error {
	var fresh []model.UnitID
	for _, estate := range estates {
		if _, known := t.buildings[estate]; !known && !estate.IsZero() && !slices.Contains(fresh, estate) {
			fresh = append(fresh, estate)
		}
	}
	rows, err := s.Units.ListBelow(ctx, fresh, model.Building, t.today)
	if err != nil {
		return err
	}
	for _, estate := range fresh {
		t.buildings[estate] = map[string]model.UnitID{}
	}
	for _, row := range rows {
		t.units[row.ID] = row
		t.buildings[row.ParentID][plainBuilding(row.Name)] = row.ID
	}
	return nil
}

// plainBuilding brings the ways to write a building to one: 3号楼, 3栋, 三号楼 and 3.
func plainBuilding(name string) string {
	name = strings.TrimSpace(name)
	for _, word := range []string{"楼", "栋", "幢", "座", "号"} {
		name = strings.TrimSuffix(name, word)
	}
	return model.PlainPlace(name)
}

// claimName holds the name of a new unit, so that nobody else makes it too. Fault: busy,
// when somebody has just done so; the next try finds their unit.
func claimName(ctx context.Context, tx *store.Store, unit model.Unit) error {
	n := model.UnitName{ParentID: unit.ParentID, Kind: unit.Kind, Name: unit.Name, UnitID: unit.ID}
	err := tx.UnitNames.Add(ctx, &n)
	if !isDuplicate(err) {
		return err
	}
	held, err := tx.UnitNames.Get(ctx, n)
	if err != nil {
		return fault.ErrBusy.Because(err)
	}
	holder, err := tx.Units.Get(ctx, held.UnitID)
	if err != nil || holder.ValidTo == nil || *holder.ValidTo > model.DateOf(tx.Now()) {
		return fault.ErrBusy.Because(err)
	}
	taken, err := tx.UnitNames.TakeOver(ctx, n, held.UnitID)
	if err == nil && !taken {
		err = fault.ErrBusy
	}
	return err
}
