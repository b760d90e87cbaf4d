package store

import (
	"testing"
	"time"

	"jinlin/model"
)

// TestListsOfHeldTextsUseTheirIndexes looks at the list of a few units and at whom to remind, on a
// table of two thousand items.
func TestListsOfHeldTextsUseTheirIndexes(t *testing.T) {
	p, ctx, now := newPlanner(t), t.Context(), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	rows := make([]*model.ModerationItem, 2000)
	for i := range rows {
		at := now.Add(time.Duration(i) * time.Minute)
		rows[i] = &model.ModerationItem{
			ID: model.NewID[model.ModerationItem](at), Kind: model.ModeratedMessage, ObjectID: model.ID[any]{15: byte(1 + i%200)}, ObjectVersion: i,
			UnitID: model.UnitID{15: byte(1 + i%100)}, WriterID: model.UserID{15: 1}, Status: model.TextHeld, HeldAt: at, RemindAt: &at,
		}
	}
	if err := p.ModerationItems.Add(ctx, rows...); err != nil {
		t.Fatal(err)
	}
	p.countAnew("moderation_items")
	page := model.Page{After: &model.Cursor{At: now.Add(time.Hour), ID: rows[60].ID}}
	query := ahead(p.ModerationItems.list(ctx, []model.UnitID{{15: 1}, {15: 2}, {15: 3}}, model.TextHeld), "held_at", page)
	p.finds("held texts", "moderation_items_by_unit", func() error { return run[model.ModerationItem](query) })
	p.along("held texts of many units", "moderation_items_in_turn", func() error {
		many := make([]model.UnitID, 40)
		for i := range many {
			many[i] = model.UnitID{15: byte(1 + i)}
		}
		return run[model.ModerationItem](ahead(p.ModerationItems.list(ctx, many, model.TextHeld), "held_at", page))
	})
	p.finds("units to remind", "moderation_items_by_reminder", func() error {
		_, err := p.ModerationItems.ListUnitsDue(ctx, now.Add(20*time.Minute), 200)
		return err
	})
	p.finds("what waits in a unit", "moderation_items_by_unit", func() error {
		_, err := p.ModerationItems.ListHeld(ctx, model.UnitID{15: 1}, 100)
		return err
	})
}
