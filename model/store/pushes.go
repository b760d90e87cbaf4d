package store

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
)

// PushPlans say when a unit's news goes out each day.
type PushPlans struct{ table[model.PushPlan] }

// Get reads one. Fault: not_found, which for a branch means the default plan.
func (t PushPlans) Get(ctx context.Context, unit model.UnitID) (model.PushPlan, error) {
	return t.one(ctx, "unit_id = ?", unit)
}

// ListAll reads every plan that was ever made; at most one a unit.
func (t PushPlans) ListAll(ctx context.Context) ([]model.PushPlan, error) {
	return all[model.PushPlan](t.read(ctx).Order("unit_id"))
}

// SaveChanged writes a plan, if the version is still the one that was read.
func (t PushPlans) SaveChanged(ctx context.Context, p model.PushPlan) (bool, error) {
	return t.set(ctx, map[string]any{
		"at": p.At, "subscribe": p.Subscribe, "quiet_from": p.QuietFrom, "quiet_until": p.QuietUntil,
		"enabled": p.Enabled, "updated_at": t.c.now(), "version": p.Version + 1,
	}, "unit_id = ? AND version = ?", p.UnitID, p.Version)
}

// PushSlots are what became of the daily slots.
type PushSlots struct{ table[model.PushSlot] }

// ListByDate are the slots of a day that have been decided, one a unit.
func (t PushSlots) ListByDate(ctx context.Context, day model.Date) ([]model.PushSlot, error) {
	return all[model.PushSlot](t.read(ctx).Where("date = ?", day).Order("unit_id"))
}

// GetFirst is the first slot that was ever decided. Fault: not_found.
func (t PushSlots) GetFirst(ctx context.Context) (model.PushSlot, error) {
	slots, err := all[model.PushSlot](t.read(ctx).Order("date, unit_id").Limit(1))
	if err == nil && len(slots) == 0 {
		return model.PushSlot{}, fault.ErrNotFound
	}
	if err != nil {
		return model.PushSlot{}, err
	}
	return slots[0], nil
}

// Pushes are the units' news on their way.
type Pushes struct{ table[model.Push] }

// Get reads one. Fault: not_found.
func (t Pushes) Get(ctx context.Context, id model.PushID) (model.Push, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByDate reads a unit's push of a day. Fault: not_found.
func (t Pushes) GetByDate(ctx context.Context, unit model.UnitID, day model.Date) (model.Push, error) {
	return t.one(ctx, "unit_id = ? AND date = ?", unit, day)
}

// List pages a unit's pushes, newest first.
func (t Pushes) List(ctx context.Context, unit model.UnitID, page model.Page) (model.Listing[model.Push], error) {
	return newest(t.read(ctx).Where("unit_id = ?", unit), page, func(p model.Push) [16]byte { return p.ID })
}

// SaveMoved writes the state, if the version is still the one that was read.
func (t Pushes) SaveMoved(ctx context.Context, p model.Push) (bool, error) {
	return t.set(ctx, map[string]any{"status": p.Status, "finished_at": p.FinishedAt, "version": p.Version + 1},
		"id = ? AND version = ?", p.ID, p.Version)
}

// PushEvents are the arrows pushes went. They are added and read.
type PushEvents struct{ table[model.PushEvent] }

// List are a push's events, oldest first.
func (t PushEvents) List(ctx context.Context, push model.PushID) ([]model.PushEvent, error) {
	return all[model.PushEvent](t.read(ctx).Where("push_id = ?", push).Order("at, id").Limit(model.MaxLimit))
}
