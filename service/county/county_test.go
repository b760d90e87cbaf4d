package county_test

import (
	"errors"
	"slices"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/county"
	"jinlin/service/org"
)

func TestUnitsAreFoundedWhereTheirKindBelongs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		found := func(f county.Founding) (model.Unit, error) { return w.Found(t.Context(), w.clerk, f) }
		grid, err := found(county.Founding{Kind: model.Grid, Name: " 第三网格 ", ParentID: w.here, Phone: "0350-0000001"})
		if err != nil || grid.Name != "第三网格" || grid.ValidFrom != "2026-11-23" {
			t.Fatalf("%+v, %v", grid, err)
		}
		department, err := found(county.Founding{Kind: model.Department, Name: "组织部", ParentID: w.county})
		w.Must(err)
		committee, err := found(county.Founding{Kind: model.Committee, Name: "镇党委", ParentID: w.town, SuperiorID: department.ID})
		w.Must(err)
		if leads := w.covering(w.town, model.Committee, "2026-11-23"); !slices.Equal(leads, []model.UnitID{committee.ID}) {
			t.Errorf("the committee does not lead its town: %v", leads)
		}
		for _, is := range []struct {
			founding county.Founding
			want     *fault.Error
		}{
			{county.Founding{Kind: model.Branch, Name: "x", ParentID: w.here}, county.ErrOnlyByRestructuring},
			{county.Founding{Kind: model.County, Name: "x", ParentID: w.here}, fault.ErrInvalid},
			{county.Founding{Kind: model.Building, Name: "x", ParentID: w.here}, fault.ErrInvalid},
			{county.Founding{Kind: model.Grid, Name: "x", ParentID: w.here, SuperiorID: committee.ID}, fault.ErrInvalid},
			{county.Founding{Kind: model.Organisation, Name: "x", ParentID: w.here, SuperiorID: department.ID}, fault.ErrInvalid},
			{county.Founding{Kind: model.Organisation, Name: "x", ParentID: w.here}, fault.ErrInvalid},
			{county.Founding{Kind: model.Committee, Name: "x", ParentID: w.town, SuperiorID: department.ID}, county.ErrCovered},
			{county.Founding{Kind: model.Grid, Name: "x", ParentID: model.NewID[model.Unit](w.Clock.Now())}, fault.ErrNotFound},
			{county.Founding{Kind: model.Grid, Name: "x", ParentID: w.here, HandoverOn: &grid.ValidFrom}, fault.ErrInvalid},
		} {
			if _, err := found(is.founding); !errors.Is(err, is.want) {
				t.Errorf("%+v: %v; want %v", is.founding, err, is.want)
			}
		}
		_, err = w.Found(t.Context(), w.secretary, county.Founding{Kind: model.Grid, Name: "x", ParentID: w.here})
		w.ExpectFault(err, fault.ErrForbidden)
	})
}

func TestABuildingGivenToAnotherGridLeavesTheOneBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		moved := []model.UnitID{w.buildings[1], w.buildings[0]}
		for range 2 { // the second time changes nothing
			_, err := w.Service.Cover(t.Context(), w.clerk, w.grids[1], moved, "2026-12-01")
			w.Must(err)
		}
		for day, want := range map[model.Date]model.UnitID{"2026-11-30": w.grids[0], "2026-12-01": w.grids[1]} {
			if got := w.covering(w.buildings[0], model.Grid, day); !slices.Equal(got, []model.UnitID{want}) {
				t.Errorf("on %s it lies in %v", day, got)
			}
		}
		for range 3 { // to and fro on one day
			for _, grid := range w.grids {
				_, err := w.Service.Cover(t.Context(), w.clerk, grid, w.buildings[2:3], "")
				w.Must(err)
			}
		}
		if got := w.covering(w.buildings[2], model.Grid, "2026-11-23"); !slices.Equal(got, w.grids[1:]) {
			t.Errorf("it lies in %v", got)
		}
		_, err := w.Service.Cover(t.Context(), w.clerk, w.groups[0], w.grids[1:], "") // a group has one grid, and a grid one group
		w.Must(err)
		if a, b := w.covering(w.grids[0], model.Group, "2026-11-23"), w.covering(w.grids[1], model.Group, "2026-11-23"); len(a) != 0 || !slices.Equal(b, w.groups[:1]) {
			t.Errorf("%v and %v", a, b)
		}
	})
}

func TestWhatMayNotBeCoveredIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elsewhere := w.Unit(model.Building, w.Unit(model.Estate, w.there))
		for _, is := range []struct {
			unit, covered model.UnitID
			from          model.Date
			want          *fault.Error
		}{
			{w.grids[0], elsewhere, "", fault.ErrInvalid},
			{w.grids[0], w.estate, "", fault.ErrInvalid},
			{w.branch, w.estate, "", county.ErrOnlyByRestructuring},
			{w.grids[0], w.buildings[3], "2026-11-22", org.ErrPast},
			{w.grids[0], model.NewID[model.Unit](w.Clock.Now()), "", fault.ErrInvalid},
		} {
			_, err := w.Service.Cover(t.Context(), w.clerk, is.unit, []model.UnitID{is.covered}, is.from)
			if !errors.Is(err, is.want) {
				t.Errorf("%v; want %v", err, is.want)
			}
		}
		w.ExpectFault(w.Release(t.Context(), w.clerk, w.branch, w.estate, ""), county.ErrOnlyByRestructuring)
		w.ExpectFault(w.Release(t.Context(), w.clerk, w.grids[0], w.buildings[3], ""), fault.ErrNotFound)
		w.Must(w.Release(t.Context(), w.clerk, w.grids[0], w.buildings[0], ""))
		if got := w.covering(w.buildings[0], model.Grid, "2026-11-23"); len(got) != 0 {
			t.Errorf("it still lies in %v", got)
		}
	})
}

// TestTwoGridsTakeOneBuildingAtOnce: whoever is second takes it from the first.
func TestTwoGridsTakeOneBuildingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		building := w.Unit(model.Building, w.estate)
		w.AtOnce(16, func(i int) error {
			_, err := w.Service.Cover(t.Context(), w.clerk, w.grids[i%2], []model.UnitID{building}, "")
			return err
		})
		if got := w.covering(building, model.Grid, "2026-11-23"); len(got) != 1 {
			t.Errorf("it lies in %d grids", len(got))
		}
	})
}

func TestAUnitIsClosedWhenNothingHangsOnIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		closing := func(id model.UnitID) error {
			_, err := w.Close(t.Context(), w.clerk, id, "2026-12-01")
			return err
		}
		w.ExpectFault(closing(w.branch), county.ErrOnlyByRestructuring)
		w.ExpectFault(closing(w.estate), county.ErrStillStands)
		s := &model.Stairwell{ID: model.NewID[model.Stairwell](w.Clock.Now()), EstateID: w.estate, BuildingID: w.buildings[0], Name: "1", ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: w.Clock.Now()}
		w.Must(w.Store.Stairwells.Add(t.Context(), s))
		for _, building := range w.buildings {
			w.Must(closing(building))
		}
		if got, err := w.Store.Stairwells.Get(t.Context(), s.ID); err != nil || got.ValidTo == nil || *got.ValidTo != "2026-12-01" {
			t.Errorf("%+v, %v", got, err)
		}
		w.ExpectFault(closing(w.buildings[0]), org.ErrUnitEnded)
		w.ExpectFault(closing(w.estate), county.ErrStillStands) // a branch leads it
		w.Must(closing(w.groups[0]))
		lead := &model.GridLead{
			ID: model.NewID[model.GridLead](w.Clock.Now()), GridID: w.grids[0], UserID: w.clerk.User, ValidFrom: "2020-01-01", Live: model.Lasting(), AppointedBy: w.clerk.User,
			CreatedAt: w.Clock.Now(),
		}
		w.Must(w.Store.GridLeads.Add(t.Context(), lead))
		w.Must(closing(w.grids[0]))
		if led, err := w.Store.GridLeads.List(t.Context(), w.grids[0], "", model.Page{}); err != nil || led.Items[0].ValidTo == nil || *led.Items[0].ValidTo != "2026-12-01" {
			t.Errorf("%+v, %v", led, err)
		}
		if got := w.covering(w.grids[0], model.Group, "2026-12-01"); len(got) != 0 {
			t.Errorf("covered after its end by %v", got)
		}
	})
}

func TestADepartmentIsClosedWhenNothingIsReferredToIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		department, now := w.Unit(model.Department, w.county), w.Clock.Now()
		r := model.Referral{
			ID: model.NewID[model.Referral](now), RequestID: model.NewID[model.Request](now), DepartmentID: department, Status: model.ReferralAgreed, Live: model.Lasting(),
			AskedBy: w.secretary.User, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		w.Must(w.Store.Referrals.Add(t.Context(), &r))
		_, err := w.Close(t.Context(), w.clerk, department, "2026-12-01")
		w.ExpectFault(err, county.ErrReferredTo)
		w.Must(w.Store.Referrals.SaveEnded(t.Context(), r.ID, now))
		_, err = w.Close(t.Context(), w.clerk, department, "2026-12-01")
		w.Must(err)
	})
}

func TestAChangeNamesTheVersionItHasSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		name, seen := "虹桥网格", 0
		unit, err := w.Change(t.Context(), w.clerk, w.grids[0], &seen, county.Change{Name: &name})
		if err != nil || unit.Name != name || unit.Changes != 1 {
			t.Fatalf("%+v, %v", unit, err)
		}
		_, err = w.Change(t.Context(), w.clerk, w.grids[0], &seen, county.Change{Name: &name})
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		_, err = w.Change(t.Context(), w.clerk, w.grids[0], nil, county.Change{ParentID: &w.town})
		w.ExpectFault(err, fault.ErrInvalid)
		day := model.Date("2026-11-01")
		_, err = w.Change(t.Context(), w.clerk, w.grids[0], nil, county.Change{HandoverOn: &day})
		w.ExpectFault(err, fault.ErrInvalid)
		unit, err = w.Change(t.Context(), w.clerk, w.estate, nil, county.Change{HandoverOn: &day, ParentID: &w.there, On: "2027-01-01"})
		if err != nil || unit.ParentID != w.here || unit.HandoverOn != nil {
			t.Errorf("a planned change shows at once: %+v, %v", unit, err)
		}
		_, err = w.Change(t.Context(), w.secretary, w.estate, nil, county.Change{Name: &name})
		w.ExpectFault(err, fault.ErrForbidden)
	})
}
