package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// Stairwells are the entrances of buildings.
type Stairwells struct{ table[model.Stairwell] }

// Get reads one, also one that has ended. Fault: not_found.
func (t Stairwells) Get(ctx context.Context, id model.StairwellID) (model.Stairwell, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByName finds the one of that name in a building. Fault: not_found.
func (t Stairwells) GetByName(ctx context.Context, building model.UnitID, name string) (model.Stairwell, error) {
	return t.one(ctx, "building_id = ? AND name = ? AND live = ?", building, name, true)
}

// GetByDoorCode finds the one whose present code has that hash under some key. Fault: not_found.
func (t Stairwells) GetByDoorCode(ctx context.Context, hashes [][]byte) (model.Stairwell, error) {
	return t.one(ctx, "door_code_hash IN ? AND live = ?", hashes, true)
}

// ListByBuilding pages a building's stairwells of a day, oldest first.
func (t Stairwells) ListByBuilding(ctx context.Context, building model.UnitID, day model.Date, page model.Page) (model.Listing[model.Stairwell], error) {
	return oldest(onDay(t.read(ctx), day).Where("building_id = ?", building), page, func(s model.Stairwell) [16]byte { return s.ID })
}

// ListByBuildings are the standing stairwells of some buildings, for imports, in no order.
func (t Stairwells) ListByBuildings(ctx context.Context, buildings []model.UnitID) ([]model.Stairwell, error) {
	if len(buildings) == 0 {
		return nil, nil
	}
	return all[model.Stairwell](t.read(ctx).Where("building_id IN ? AND live = ?", buildings, true))
}

// SaveDoorCode puts a new code in the place of the one that was read, and says whether it
// still was that one. ErrDuplicate when another stairwell has the code.
func (t Stairwells) SaveDoorCode(ctx context.Context, s model.Stairwell, hash model.Digest) (bool, error) {
	return t.set(ctx, map[string]any{"door_code_hash": hash, "door_code_key": t.c.keys.Mark(), "door_code_version": gorm.Expr("door_code_version + 1")},
		"id = ? AND live = ? AND door_code_version = ?", s.ID, true, s.DoorCodeVersion)
}

// SaveEnded ends one that stands, with its code, and says whether it stood.
func (t Stairwells) SaveEnded(ctx context.Context, id model.StairwellID, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "live": nil, "door_code_hash": nil}, "id = ? AND live = ?", id, true)
}

// Households are the flats behind the stairwells: up to a million.
type Households struct{ table[model.Household] }

// Get reads one, also one that has ended. Fault: not_found.
func (t Households) Get(ctx context.Context, id model.HouseholdID) (model.Household, error) {
	return t.one(ctx, "id = ?", id)
}

// Find finds a household by its door: building, stairwell's name, room. Fault: not_found.
func (t Households) Find(ctx context.Context, building model.UnitID, stairwell, room string) (model.Household, error) {
	var row model.Household
	err := t.read(ctx).Joins("JOIN stairwells s ON s.id = households.stairwell_id").
		Where("s.building_id = ? AND s.name = ? AND s.live = ?", building, stairwell, true).
		Where("households.room = ? AND households.live = ?", room, true).Take(&row).Error
	return row, named(plain(err))
}

// HouseholdFilter says which households of a day; one of the ids is given.
type HouseholdFilter struct {
	Estate, Building model.UnitID
	Stairwell        model.StairwellID
	Day              model.Date
}

func (f HouseholdFilter) apply(q *gorm.DB) *gorm.DB {
	q = onDay(q, f.Day)
	switch {
	case !f.Stairwell.IsZero():
		return q.Where("stairwell_id = ?", f.Stairwell)
	case !f.Building.IsZero():
		return q.Where("building_id = ?", f.Building)
	}
	return q.Where("estate_id = ?", f.Estate)
}

// List pages the households of a stairwell, building or estate, oldest first.
func (t Households) List(ctx context.Context, f HouseholdFilter, page model.Page) (model.Listing[model.Household], error) {
	return oldest(f.apply(t.read(ctx)), page, func(h model.Household) [16]byte { return h.ID })
}

// Count counts the households of a stairwell, building or estate.
func (t Households) Count(ctx context.Context, f HouseholdFilter) (n int64, err error) {
	err = f.apply(t.read(ctx)).Count(&n).Error
	return n, named(plain(err))
}

// ListByStairwells are the standing households of some stairwells, for imports, in no order.
func (t Households) ListByStairwells(ctx context.Context, stairwells []model.StairwellID) ([]model.Household, error) {
	if len(stairwells) == 0 {
		return nil, nil
	}
	return all[model.Household](t.read(ctx).Where("stairwell_id IN ? AND live = ?", stairwells, true))
}

// SaveEnded ends one that stands and says whether it stood.
func (t Households) SaveEnded(ctx context.Context, id model.HouseholdID, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "live": nil}, "id = ? AND live = ?", id, true)
}

// SaveBuildingEnded ends every household of a building, and its stairwells.
func (t Households) SaveBuildingEnded(ctx context.Context, building model.UnitID, on model.Date) error {
	end := map[string]any{"valid_to": on, "live": nil}
	if _, err := t.set(ctx, end, "building_id = ? AND live = ?", building, true); err != nil {
		return err
	}
	end["door_code_hash"] = nil
	_, err := Stairwells{table[model.Stairwell]{t.c}}.set(ctx, end, "building_id = ? AND live = ?", building, true)
	return err
}
