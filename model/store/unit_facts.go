package store

import (
	"context"

	"jinlin/model"
)

// UnitFacts are what units were, are and will be. Values are replaced on the day on which
// they begin only; otherwise a fact ends and another begins.
type UnitFacts struct{ table[model.UnitFact] }

// ListOf is the whole history of a unit, by field and time.
func (t UnitFacts) ListOf(ctx context.Context, unit model.UnitID) ([]model.UnitFact, error) {
	return all[model.UnitFact](t.read(ctx).Where("unit_id = ?", unit).Order("field, valid_from").Limit(10 * model.MaxLimit))
}

// ListOn are the facts of some units on a day, in no order.
func (t UnitFacts) ListOn(ctx context.Context, units []model.UnitID, day model.Date) ([]model.UnitFact, error) {
	if len(units) == 0 {
		return nil, nil
	}
	return all[model.UnitFact](onDay(t.read(ctx), day).Where("unit_id IN ?", units))
}

// GetOn is the fact of a field on a day. Fault: not_found, where the field has none.
func (t UnitFacts) GetOn(ctx context.Context, unit model.UnitID, field model.UnitField, day model.Date) (model.UnitFact, error) {
	return t.one(ctx, "unit_id = ? AND field = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", unit, field, day, day)
}

// ListDue are facts whose day has come and that their units do not say yet, oldest first.
func (t UnitFacts) ListDue(ctx context.Context, day model.Date, limit int) ([]model.UnitFact, error) {
	return all[model.UnitFact](t.read(ctx).Where("applied = ? AND valid_from <= ?", false, day).
		Order("valid_from, unit_id, field").Limit(limit))
}

// SaveEnd ends a fact on a day.
func (t UnitFacts) SaveEnd(ctx context.Context, f model.UnitFact, on model.Date) error {
	_, err := t.set(ctx, map[string]any{"valid_to": on}, factKey, f.UnitID, f.Field, f.ValidFrom)
	return err
}

// SaveValue replaces what a fact says.
func (t UnitFacts) SaveValue(ctx context.Context, f model.UnitFact) error {
	_, err := t.set(ctx, map[string]any{"value": f.Value, "changed_by": f.ChangedBy}, factKey, f.UnitID, f.Field, f.ValidFrom)
	return err
}

// SaveApplied notes that the unit says it now, and says whether it had not before.
func (t UnitFacts) SaveApplied(ctx context.Context, f model.UnitFact) (bool, error) {
	return t.set(ctx, map[string]any{"applied": true}, factKey+" AND applied = ?", f.UnitID, f.Field, f.ValidFrom, false)
}

const factKey = "unit_id = ? AND field = ? AND valid_from = ?"

// listHolding are the units that a field's facts tie to a value on a day.
func (t UnitFacts) listHolding(ctx context.Context, field model.UnitField, value string, day model.Date) (units []model.UnitID, err error) {
	err = onDay(t.read(ctx), day).Where("field = ? AND value = ?", field, value).Limit(MaxBatch).Pluck("unit_id", &units).Error
	return units, named(plain(err))
}
