package store

import (
	"strings"
	"testing"
	"time"

	"jinlin/model"
)

// TestListsOfPaperUseTheirIndexes looks at the lists of boxes, openings, slips and absentees.
func TestListsOfPaperUseTheirIndexes(t *testing.T) {
	p, ctx, now := newPlanner(t), t.Context(), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(1 + n%40)} }
	hash := func(n int) []byte { return []byte(strings.Repeat(string(rune('a'+n%26)), 32)) }
	ids := make([][16]byte, listRows)
	for i := range ids {
		ids[i] = model.NewID[model.Unit](now.Add(time.Duration(i) * time.Minute))
	}
	fill(p, "boxes", p.Boxes.Add, func(i int) model.Box {
		return model.Box{ID: ids[i], BranchID: unit(i), EstateID: unit(i), DueOn: "2026-11-30", CreatedAt: now, Version: 1}
	})
	fill(p, "box_openings", p.BoxOpenings.Add, func(i int) model.BoxOpening {
		return model.BoxOpening{ID: ids[i], BoxID: ids[i%40], BranchID: unit(i), EstateID: unit(i), OpenedBy: ids[0], OpenedAt: now}
	})
	fill(p, "slip_books", p.SlipBooks.Add, func(i int) model.SlipBook {
		return model.SlipBook{ID: ids[i], BranchID: unit(i), First: int64(i + 1), Last: int64(i + 1), PrintedBy: ids[0], CreatedAt: now}
	})
	fill(p, "slips", p.Slips.Add, func(i int) model.Slip {
		return model.Slip{Number: model.NewSlipNumber(int64(i + 1)), BookID: ids[i], BranchID: unit(i), CodeHash: hash(i), OpeningID: ids[i%40]}
	})
	fill(p, "absentees", p.Absentees.Add, func(i int) model.Absentee {
		return model.Absentee{
			ID: ids[i], RequestID: ids[i], NameSealed: []byte{1}, PhoneSealed: []byte{1}, PhoneHash: hash(i), CodeHash: hash(i), EnteredBy: ids[0], CreatedAt: now,
		}
	})
	page := model.Page{Limit: 3, After: &model.Cursor{ID: ids[listRows/2]}}
	for _, check := range []struct {
		name, key string
		list      func() error
	}{
		{"boxes of a branch", "boxes_by_branch", func() error { return listing(p.Boxes.List(ctx, []model.UnitID{unit(1)}, "", page)) }},
		{"overdue boxes", "boxes_by_branch", func() error { return listing(p.Boxes.List(ctx, []model.UnitID{unit(1)}, "2026-12-01", page)) }},
		{"missed openings", "boxes_by_told", func() error { _, err := p.Boxes.ListMissed(ctx, model.ToldTeam, "2026-12-01", 3); return err }},
		{"openings of a box", "box_openings_by_box", func() error { return listing(p.BoxOpenings.ListByBox(ctx, ids[1], page)) }},
		{"slips of an opening", "slips_by_opening", func() error { _, err := p.Slips.ListByOpening(ctx, ids[1]); return err }},
		{"entered with a number", "absentees_by_phone", func() error { return listing(p.Absentees.ListByPhone(ctx, [][]byte{hash(1), hash(2)}, model.Page{})) }},
	} {
		p.finds(check.name, check.key, check.list)
	}
}
