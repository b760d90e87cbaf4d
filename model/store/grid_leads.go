package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// GridLeads are who leads which grid, by time.
type GridLeads struct{ table[model.GridLead] }

// GetOn reads who leads a grid on a day. Fault: not_found.
func (t GridLeads) GetOn(ctx context.Context, grid model.UnitID, day model.Date) (model.GridLead, error) {
	return t.one(ctx, "grid_id = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", grid, day, day)
}

// GetLive reads who leads a grid, or is to, and no end of it is known. Fault: not_found.
func (t GridLeads) GetLive(ctx context.Context, grid model.UnitID) (model.GridLead, error) {
	return t.one(ctx, "grid_id = ? AND live = ?", grid, true)
}

// ListAfter are those of a grid who lead it after a day, or from then on: few, because each is
// a decision of somebody.
func (t GridLeads) ListAfter(ctx context.Context, grid model.UnitID, day model.Date) ([]model.GridLead, error) {
	return all[model.GridLead](lasting(t.read(ctx), day).Where("grid_id = ?", grid).Order("id").Limit(model.MaxLimit))
}

// ListOn are all who lead a grid on a day, one a grid.
func (t GridLeads) ListOn(ctx context.Context, day model.Date) ([]model.GridLead, error) {
	return all[model.GridLead](onDay(t.read(ctx), day))
}

// ListByUser are the grids that somebody leads on a day or later.
func (t GridLeads) ListByUser(ctx context.Context, user model.UserID, day model.Date) ([]model.GridLead, error) {
	return all[model.GridLead](lasting(t.read(ctx), day).Where("user_id = ?", user).Order("id"))
}

// lasting narrows to what is not over on a day, or before it began.
func lasting(q *gorm.DB, day model.Date) *gorm.DB {
	return q.Where("(valid_to IS NULL OR valid_to > ? AND valid_to > valid_from)", day)
}

// List pages who has led a grid, newest first: all of them, or on a day.
func (t GridLeads) List(ctx context.Context, grid model.UnitID, day model.Date, page model.Page) (model.Listing[model.GridLead], error) {
	q := t.read(ctx).Where("grid_id = ?", grid)
	if day != "" {
		q = onDay(q, day)
	}
	return newest(q, page, func(l model.GridLead) [16]byte { return l.ID })
}

// SaveRelieved ends on a day who would lead a grid beyond it and has begun by then.
func (t GridLeads) SaveRelieved(ctx context.Context, grid model.UnitID, on model.Date, by model.UserID) error {
	_, err := t.set(ctx, map[string]any{"valid_to": on, "live": nil, "ended_by": by},
		"grid_id = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", grid, on, on)
	return err
}

// SaveEnded ends one whose end is not known, and says whether that was so.
func (t GridLeads) SaveEnded(ctx context.Context, id model.GridLeadID, on model.Date, by model.UserID, reason string) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "live": nil, "ended_by": by, "reason": reason}, "id = ? AND live = ?", id, true)
}

// SaveUserEnded ends today all that somebody leads, and what they were to lead.
func (t GridLeads) SaveUserEnded(ctx context.Context, user model.UserID, today model.Date) error {
	leads, err := t.ListByUser(ctx, user, today)
	if err != nil {
		return err
	}
	return t.cut(ctx, leads, today)
}

// SaveGridEnded ends on a day who would lead a grid beyond it, and what was to begin later.
func (t GridLeads) SaveGridEnded(ctx context.Context, grid model.UnitID, on model.Date) error {
	leads, err := t.ListAfter(ctx, grid, on)
	if err != nil {
		return err
	}
	return t.cut(ctx, leads, on)
}

// cut ends leads on a day; what had not begun by then has never been.
func (t GridLeads) cut(ctx context.Context, leads []model.GridLead, on model.Date) error {
	for _, l := range leads {
		if _, err := t.set(ctx, map[string]any{"valid_to": max(on, l.ValidFrom), "live": nil}, "id = ?", l.ID); err != nil {
			return err
		}
	}
	return nil
}
