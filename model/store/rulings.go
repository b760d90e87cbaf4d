package store

import (
	"context"

	"gorm.io/gorm/clause"

	"jinlin/model"
)

// ClockPolicies are what units lay down about clocks.
type ClockPolicies = Rulings[model.ClockPolicy, *model.ClockPolicy]

// DispatchRules are whose team units have get requests.
type DispatchRules = Rulings[model.DispatchRule, *model.DispatchRule]

// Rulings are the versions of what units lay down. They can be added and read.
type Rulings[T any, P model.RulingIn[T]] struct{ table[T] }

// ListNewest are the newest versions of some units, those that ended it too. A unit has a few
// dozen at most: one a category.
func (t Rulings[T, P]) ListNewest(ctx context.Context, units ...model.UnitID) ([]T, error) {
	own := clause.Table{Name: clause.CurrentTable}
	return all[T](t.read(ctx).Where("unit_id IN ?", units).
		Where("version = (SELECT MAX(n.version) FROM ? n WHERE n.unit_id = ?.unit_id AND n.category = ?.category)", own, own, own).
		Order("category, unit_id").Limit(MaxBatch))
}

// Get reads the newest version; version 0, ended, when there is none.
func (t Rulings[T, P]) Get(ctx context.Context, unit model.UnitID, category string) (row T, err error) {
	rows, err := all[T](t.read(ctx).Where("unit_id = ? AND category = ?", unit, category).Order("version DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		*P(&row).Ruled() = model.Ruling{UnitID: unit, Category: category, Ended: true}
		return row, err
	}
	return rows[0], nil
}
