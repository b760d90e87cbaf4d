package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// BuildingFilter says which buildings of a day, in order of ids.
type BuildingFilter struct {
	Estates []model.UnitID // nil: of the whole county
	Day     model.Date
	After   model.UnitID
	Limit   int
}

// BuildingRow is a building and how many of something it has.
type BuildingRow struct {
	ID       model.UnitID
	Name     string
	ParentID model.UnitID
	N        int
}

// buildings is the query of the filter, in table u.
func (t Units) buildings(ctx context.Context, f BuildingFilter) *gorm.DB {
	q := t.c.reads.WithContext(ctx).Table("units AS u").
		Where("u.kind = ? AND u.valid_from <= ? AND (u.valid_to IS NULL OR u.valid_to > ?)", model.Building, f.Day, f.Day)
	if f.Estates != nil {
		q = q.Where("u.parent_id IN ?", f.Estates)
	}
	if !f.After.IsZero() {
		q = q.Where("u.id > ?", f.After)
	}
	return q
}

func rows(q *gorm.DB, f BuildingFilter) (found []BuildingRow, err error) {
	err = q.Order("u.id").Limit(f.Limit).Scan(&found).Error
	return found, named(plain(err))
}

// CountBuildings counts the buildings of a day.
func (t Units) CountBuildings(ctx context.Context, f BuildingFilter) (n int64, err error) {
	err = t.buildings(ctx, f).Count(&n).Error
	return n, named(plain(err))
}

const gridsOver = `LEFT JOIN (SELECT c.covered_id AS building, c.unit_id AS grid FROM covers c JOIN units g ON g.id = c.unit_id
	WHERE g.kind = 'grid' AND c.valid_from <= ? AND (c.valid_to IS NULL OR c.valid_to > ?)) AS o ON o.building = u.id`

// ListMisplaced are buildings that do not lie in exactly one grid; N is in how many they do.
func (t Units) ListMisplaced(ctx context.Context, f BuildingFilter) ([]BuildingRow, error) {
	return rows(t.buildings(ctx, f).Joins(gridsOver, f.Day, f.Day).Select("u.id, u.name, u.parent_id, COUNT(o.grid) AS n").
		Group("u.id, u.name, u.parent_id").Having("COUNT(o.grid) <> 1"), f)
}

// CountInGrids counts the buildings that lie in some grid.
func (t Units) CountInGrids(ctx context.Context, f BuildingFilter) (n int64, err error) {
	err = t.buildings(ctx, f).Joins(gridsOver, f.Day, f.Day).Where("o.grid IS NOT NULL").Distinct("u.id").Count(&n).Error
	return n, named(plain(err))
}

const placedMember = "SELECT 1 FROM roster_entries r WHERE r.building_id = u.id AND r.kind = ? AND r.live_key IS NOT NULL"

// ListWithoutMember are buildings in which no Party member is placed.
func (t Units) ListWithoutMember(ctx context.Context, f BuildingFilter) ([]BuildingRow, error) {
	return rows(t.buildings(ctx, f).Select("u.id, u.name, u.parent_id, 0 AS n").
		Where("NOT EXISTS ("+placedMember+")", model.PartyRoster), f)
}

// CountWithMember counts the buildings in which a Party member is placed.
func (t Units) CountWithMember(ctx context.Context, f BuildingFilter) (n int64, err error) {
	err = t.buildings(ctx, f).Where("EXISTS ("+placedMember+")", model.PartyRoster).Count(&n).Error
	return n, named(plain(err))
}

// GridUse is a grid that covers buildings of an estate.
type GridUse struct{ GridID, EstateID model.UnitID }

// ListGridUses say which grids cover buildings of which estates on a day; nil estates are all.
func (t Units) ListGridUses(ctx context.Context, estates []model.UnitID, day model.Date) (uses []GridUse, err error) {
	q := t.buildings(ctx, BuildingFilter{Estates: estates, Day: day}).Joins(gridsOver, day, day).Where("o.grid IS NOT NULL")
	err = q.Distinct("o.grid AS grid_id, u.parent_id AS estate_id").Scan(&uses).Error
	return uses, named(plain(err))
}

// Unplaced is a branch and how many of its Party members live in no building, or in one of
// an estate it does not lead.
type Unplaced struct {
	BranchID           model.UnitID
	Nowhere, Elsewhere int
}

// ListUnplaced adds up the Party members whose placement is missing or wrong, by branch.
func (t RosterEntries) ListUnplaced(ctx context.Context, day model.Date) (found []Unplaced, err error) {
	led := `EXISTS (SELECT 1 FROM units b JOIN covers c ON c.covered_id = b.parent_id WHERE b.id = roster_entries.building_id
		AND c.unit_id = roster_entries.branch_id AND c.valid_from <= ? AND (c.valid_to IS NULL OR c.valid_to > ?))`
	err = t.read(ctx).Select(`branch_id, SUM(CASE WHEN building_id IS NULL THEN 1 ELSE 0 END) AS nowhere,
		SUM(CASE WHEN building_id IS NOT NULL THEN 1 ELSE 0 END) AS elsewhere`).
		Where("kind = ? AND live_key IS NOT NULL AND branch_id IS NOT NULL", model.PartyRoster).
		Where("(building_id IS NULL OR NOT "+led+")", day, day).Group("branch_id").Order("branch_id").Scan(&found).Error
	return found, named(plain(err))
}

// RequestsLeft is how many open requests stand with a branch.
type RequestsLeft struct {
	BranchID model.UnitID
	N        int
}

// ListLeftOpen counts the open requests of branches that have ended, by branch.
func (t Requests) ListLeftOpen(ctx context.Context, day model.Date) (left []RequestsLeft, err error) {
	err = t.read(ctx).Select("branch_id, COUNT(*) AS n").Where("open = ?", true).
		Where("branch_id IN (SELECT id FROM units WHERE kind = ? AND valid_to <= ?)", model.Branch, day).
		Group("branch_id").Order("branch_id").Scan(&left).Error
	return left, named(plain(err))
}
