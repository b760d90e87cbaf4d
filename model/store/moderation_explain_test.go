package store

import (
	"testing"
	"time"

	"jinlin/model"
)

// TestTheListOfHeldTextsUsesItsIndex looks at the list of a few units, on a table of two
// thousand items.
func TestTheListOfHeldTextsUsesItsIndex(t *testing.T) {
	c := &conn{now: model.SystemClock}
	if err := c.openMySQL(Options{URL: migratedDatabase(t), MaxConns: 4, Clock: model.SystemClock}); err != nil {
		t.Fatal(err)
	}
	s, ctx, now := bind(c), t.Context(), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	defer s.Close()
	rows := make([]*model.ModerationItem, 2000)
	for i := range rows {
		at := now.Add(time.Duration(i) * time.Minute)
		rows[i] = &model.ModerationItem{
			ID: model.NewID[model.ModerationItem](at), Kind: model.ModeratedMessage, ObjectID: model.ID[any]{15: byte(1 + i%200)}, ObjectVersion: i,
			UnitID: model.UnitID{15: byte(1 + i%100)}, WriterID: model.UserID{15: 1}, Status: model.TextHeld, HeldAt: at,
		}
	}
	if err := s.ModerationItems.Add(ctx, rows...); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Exec("ANALYZE TABLE moderation_items").Error; err != nil {
		t.Fatal(err)
	}
	page := model.Page{After: &model.Cursor{At: now.Add(time.Hour), ID: rows[60].ID}}
	query := ahead(s.ModerationItems.list(ctx, []model.UnitID{{15: 1}, {15: 2}, {15: 3}}, model.TextHeld), "held_at", page)
	for _, step := range explain[model.ModerationItem](t, c, query) {
		if step.Key == nil || *step.Key != "moderation_items_by_unit" || step.Type == "ALL" || step.Type == "index" {
			t.Errorf("not along its index: %+v", step)
		}
	}
}
