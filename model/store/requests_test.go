package store_test

import (
	"errors"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func TestAnInboxOfSeveralUnitsIsPagedWithoutGapsOrDoubles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		unit := func(n int) model.UnitID { return model.UnitID{15: byte(n)} }
		var rows []*model.Request
		for i := range 60 {
			r := &model.Request{
				ID: model.NewID[model.Request](s.Now()), SubmitterID: model.UserID{15: 1}, EstateID: unit(1),
				BranchID: unit(10 + i%3), CommunityID: unit(20 + i%2), Status: model.RequestScreened, WaitsFor: model.PartyStaff,
				DueAt: s.Now().Add(time.Duration(i/7) * time.Hour), Open: true, CreatedAt: s.Now(), UpdatedAt: s.Now(),
			}
			r.Receipt = r.ID.String()[4:]
			rows = append(rows, r)
		}
		if err := s.Requests.Add(t.Context(), rows...); err != nil {
			t.Fatal(err)
		}
		units := []model.Unit{{ID: unit(10), Kind: model.Branch}, {ID: unit(20), Kind: model.Community}} // they overlap
		seen, last := map[model.RequestID]bool{}, time.Time{}
		for page := (model.Page{Limit: 7}); ; {
			listing, err := s.Requests.ListInbox(t.Context(), units, store.RequestFilter{Open: true}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range listing.Items {
				if seen[r.ID] || r.DueAt.Before(last) {
					t.Fatalf("%s twice or out of order", r.ID)
				}
				seen[r.ID], last = true, r.DueAt
			}
			if page.After = listing.Next; page.After == nil {
				break
			}
		}
		if len(seen) != 40 { // 20 of the branch, 30 of the community, 10 of both
			t.Errorf("%d requests seen, want 40", len(seen))
		}
		_, err := s.Requests.ListInbox(t.Context(), units, store.RequestFilter{Open: true}, model.Page{After: &model.Cursor{ID: rows[0].ID}})
		if !errors.Is(err, model.ErrInvalidCursor) {
			t.Errorf("a cursor of another list: %v", err)
		}
	})
}
