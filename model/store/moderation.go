package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// ModerationItems are texts that wait for a person, or waited. There is one for each
// version of a text; a second one is ErrDuplicate.
type ModerationItems struct{ table[model.ModerationItem] }

// Get reads one. Fault: not_found.
func (t ModerationItems) Get(ctx context.Context, id model.ModerationItemID) (model.ModerationItem, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByObject reads the item of one version of a text. Fault: not_found.
func (t ModerationItems) GetByObject(ctx context.Context, kind model.ModerationKind, object model.ID[any], version int) (model.ModerationItem, error) {
	return t.one(ctx, "kind = ? AND object_id = ? AND object_version = ?", kind, object, version)
}

// ListByObject are the items of one object in one state, at most a thousand.
func (t ModerationItems) ListByObject(ctx context.Context, kind model.ModerationKind, object model.ID[any], status model.ModerationStatus) ([]model.ModerationItem, error) {
	return all[model.ModerationItem](t.read(ctx).Where("kind = ? AND object_id = ? AND status = ?", kind, object, status).
		Order("object_version").Limit(model.MaxRequestEvents))
}

// List pages the items of some units in one state, what has waited longest first.
func (t ModerationItems) List(ctx context.Context, units []model.UnitID, status model.ModerationStatus, page model.Page) (model.Listing[model.ModerationItem], error) {
	return after(t.list(ctx, units, status), "held_at", page,
		func(i model.ModerationItem) model.Cursor { return model.Cursor{At: i.HeldAt, ID: i.ID} })
}

func (t ModerationItems) list(ctx context.Context, units []model.UnitID, status model.ModerationStatus) *gorm.DB {
	index := "moderation_items_in_turn"
	if len(units) <= fewUnits {
		index = "moderation_items_by_unit"
	}
	return t.along(t.read(ctx), "moderation_items", index).Where("unit_id IN ? AND status = ?", units, status)
}

// SaveDecided writes what became of an item, if it is still held.
func (t ModerationItems) SaveDecided(ctx context.Context, i model.ModerationItem) (bool, error) {
	return t.set(ctx, map[string]any{"status": i.Status, "reason": i.Reason, "decided_at": i.DecidedAt, "remind_at": nil},
		"id = ? AND status = ?", i.ID, model.TextHeld)
}

// ListUnitsDue are units whose people are to hear of what waits, at most limit.
func (t ModerationItems) ListUnitsDue(ctx context.Context, at time.Time, limit int) (units []model.UnitID, err error) {
	err = t.due(ctx, at).Distinct().Limit(limit).Pluck("unit_id", &units).Error
	return units, named(plain(err))
}

func (t ModerationItems) due(ctx context.Context, at time.Time) *gorm.DB {
	return t.read(ctx).Where("remind_at <= ?", at)
}

// ListHeld are what waits in a unit without its text, what people are to hear of next coming first;
// at most limit.
func (t ModerationItems) ListHeld(ctx context.Context, unit model.UnitID, limit int) ([]model.ModerationItem, error) {
	return all[model.ModerationItem](t.read(ctx).Omit("text").Where("unit_id = ? AND status = ?", unit, model.TextHeld).
		Order("remind_at, id").Limit(limit))
}

// SaveReminded says when people hear of an item next, unless they heard meanwhile or it does not
// wait there any more.
func (t ModerationItems) SaveReminded(ctx context.Context, i model.ModerationItem, next time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"remind_at": next}, "id = ? AND unit_id = ? AND status = ? AND remind_at = ?",
		i.ID, i.UnitID, model.TextHeld, i.RemindAt)
}

// SaveSealed takes who sent an upload out of its item, where a sealed identity stands for them.
func (t ModerationItems) SaveSealed(ctx context.Context, item model.ModerationItemID, who, sealed model.UserID) error {
	_, err := t.set(ctx, map[string]any{"writer_id": sealed}, "id = ? AND writer_id = ?", item, who)
	return err
}

// ModerationEvents are the arrows moderation items went. They are added and read.
type ModerationEvents struct{ table[model.ModerationEvent] }

// List are an item's events, oldest first.
func (t ModerationEvents) List(ctx context.Context, item model.ModerationItemID) ([]model.ModerationEvent, error) {
	return all[model.ModerationEvent](t.read(ctx).Where("item_id = ?", item).Order("id").Limit(model.MaxLimit))
}

// SaveSealed takes who sent an upload out of its item's events, the same.
func (t ModerationEvents) SaveSealed(ctx context.Context, item model.ModerationItemID, who, sealed model.UserID) error {
	_, err := t.set(ctx, map[string]any{"actor_id": sealed}, "item_id = ? AND actor_id = ?", item, who)
	return err
}
