package store_test

import (
	"errors"
	"fmt"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func stairwell(s *store.Store, building model.UnitID, name string) *model.Stairwell {
	return &model.Stairwell{
		ID: model.NewID[model.Stairwell](s.Now()), EstateID: model.UnitID{15: 1}, BuildingID: building, Name: name,
		ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: s.Now(),
	}
}

func household(s *store.Store, at *model.Stairwell, room string) *model.Household {
	return &model.Household{
		ID: model.NewID[model.Household](s.Now()), EstateID: at.EstateID, BuildingID: at.BuildingID, StairwellID: at.ID, Room: room,
		ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: s.Now(),
	}
}

func TestAHouseholdIsFoundByItsDoorWhileItStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		building, ctx := model.NewID[model.Unit](s.Now()), t.Context()
		second := stairwell(s, building, "2")
		home := household(s, second, "301")
		if err := errors.Join(s.Stairwells.Add(ctx, second), s.Households.Add(ctx, home)); err != nil {
			t.Fatal(err)
		}
		if err := s.Stairwells.Add(ctx, stairwell(s, building, "2")); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("a second stairwell of that name: %v", err)
		}
		if err := s.Households.Add(ctx, household(s, second, "301")); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("a second household behind that door: %v", err)
		}
		if found, err := s.Households.Find(ctx, building, "2", "301"); err != nil || found.ID != home.ID {
			t.Errorf("%+v, %v", found, err)
		}
		for range 2 { // a door may come and go more than once
			if ended, err := s.Households.SaveEnded(ctx, home.ID, "2026-01-01"); err != nil || !ended {
				t.Fatalf("%t, %v", ended, err)
			}
			if _, err := s.Households.Find(ctx, building, "2", "301"); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("it has ended: %v", err)
			}
			home = household(s, second, "301")
			if err := s.Households.Add(ctx, home); err != nil {
				t.Fatal(err)
			}
		}
		if ended, err := s.Households.SaveEnded(ctx, model.NewID[model.Household](s.Now()), "2026-01-01"); err != nil || ended {
			t.Errorf("an unknown one ended: %t, %v", ended, err)
		}
	})
}

func TestADoorCodeOpensOneStairwellUntilItIsRotated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		ctx := t.Context()
		first, second := stairwell(s, model.UnitID{15: 9}, "1"), stairwell(s, model.UnitID{15: 9}, "2")
		if err := s.Stairwells.Add(ctx, first, second); err != nil {
			t.Fatal(err)
		}
		code := func(text string) []byte { return s.Keys().Index("stairwells.door_code", text) }
		if saved, err := s.Stairwells.SaveDoorCode(ctx, *first, code("one")); err != nil || !saved {
			t.Fatalf("%t, %v", saved, err)
		}
		if saved, err := s.Stairwells.SaveDoorCode(ctx, *first, code("other")); err != nil || saved {
			t.Errorf("a rotation that had read the version before: %t, %v", saved, err)
		}
		if _, err := s.Stairwells.SaveDoorCode(ctx, *second, code("one")); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("one code on two doors: %v", err)
		}
		found, err := s.Stairwells.GetByDoorCode(ctx, [][]byte{code("one")})
		if err != nil || found.ID != first.ID || found.DoorCodeVersion != 1 {
			t.Errorf("%+v, %v", found, err)
		}
		if saved, err := s.Stairwells.SaveDoorCode(ctx, found, code("two")); err != nil || !saved {
			t.Fatalf("%t, %v", saved, err)
		}
		if _, err := s.Stairwells.GetByDoorCode(ctx, [][]byte{code("one")}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the code before: %v", err)
		}
		if ended, err := s.Stairwells.SaveEnded(ctx, first.ID, "2026-01-01"); err != nil || !ended {
			t.Fatalf("%t, %v", ended, err)
		}
		if _, err := s.Stairwells.GetByDoorCode(ctx, [][]byte{code("two")}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a stairwell that is no more: %v", err)
		}
	})
}

func TestHouseholdsAreListedByPlaceAndDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		ctx, building := t.Context(), model.UnitID{15: 7}
		first, second := stairwell(s, building, "1"), stairwell(s, building, "2")
		var homes []*model.Household
		for i := range 130 {
			at := first
			if i%2 == 1 {
				at = second
			}
			homes = append(homes, household(s, at, fmt.Sprint(i)))
		}
		if err := errors.Join(s.Stairwells.Add(ctx, first, second), s.Households.Add(ctx, homes...)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Households.SaveEnded(ctx, homes[0].ID, "2026-01-01"); err != nil {
			t.Fatal(err)
		}
		for name, is := range map[string]struct {
			filter store.HouseholdFilter
			want   int
		}{
			"estate":            {store.HouseholdFilter{Estate: first.EstateID, Day: "2026-06-01"}, 129},
			"estate, last year": {store.HouseholdFilter{Estate: first.EstateID, Day: "2025-06-01"}, 130},
			"building":          {store.HouseholdFilter{Building: building, Day: "2026-06-01"}, 129},
			"stairwell":         {store.HouseholdFilter{Stairwell: first.ID, Day: "2026-06-01"}, 64},
			"before all":        {store.HouseholdFilter{Building: building, Day: "2019-06-01"}, 0},
		} {
			seen := map[model.HouseholdID]bool{}
			for page := (model.Page{Limit: 30}); ; {
				rows, err := s.Households.List(ctx, is.filter, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows.Items {
					seen[row.ID] = true
				}
				if page.After = rows.Next; page.After == nil {
					break
				}
			}
			n, err := s.Households.Count(ctx, is.filter)
			if len(seen) != is.want || n != int64(is.want) || err != nil {
				t.Errorf("%s: %d seen, %d counted, %v; want %d", name, len(seen), n, err, is.want)
			}
		}
		standing, err := s.Stairwells.ListByBuildings(ctx, []model.UnitID{building})
		if err != nil || len(standing) != 2 {
			t.Errorf("%v, %v", standing, err)
		}
		behind, err := s.Households.ListByStairwells(ctx, []model.StairwellID{first.ID, second.ID})
		if err != nil || len(behind) != 129 {
			t.Errorf("%d, %v", len(behind), err)
		}
	})
}
