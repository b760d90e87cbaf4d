package county_test

import (
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/county"
	"jinlin/service/org"
)

// world is a county of one town with two communities: in the first an estate of four
// buildings in two grids, led by a branch with two groups.
type world struct {
	storetest.World
	*county.Service
	org *org.Service

	county, town, here, there model.UnitID
	estate, branch            model.UnitID
	buildings                 []model.UnitID
	grids, groups             []model.UnitID
	clerk, secretary          model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, org: units, Service: county.New(s, access.New(s, units), units)}
	w.county = w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, w.county)
	w.here, w.there = w.Unit(model.Community, w.town), w.Unit(model.Community, w.town)
	w.estate = w.Unit(model.Estate, w.here)
	for range 4 {
		w.buildings = append(w.buildings, w.Unit(model.Building, w.estate))
	}
	w.branch = w.branchOf(w.here, model.SingleBranch, w.estate)
	for i := range 2 {
		grid, group := w.Unit(model.Grid, w.here), w.Unit(model.Group, w.branch)
		w.World.Cover(grid, w.buildings[2*i])
		w.World.Cover(grid, w.buildings[2*i+1])
		w.World.Cover(group, grid)
		w.grids, w.groups = append(w.grids, grid), append(w.groups, group)
	}
	w.clerk, w.secretary = w.Staff(model.CountyClerk, w.county), w.Staff(model.Secretary, w.branch)
	return w
}

// branchOf adds a branch that leads estates.
func (w *world) branchOf(community model.UnitID, kind model.BranchType, estates ...model.UnitID) model.UnitID {
	w.T.Helper()
	now := w.Clock.Now()
	b := model.Unit{ID: model.NewID[model.Unit](now), ParentID: community, Kind: model.Branch, BranchType: kind, Name: "党支部", ValidFrom: "2020-01-01", CreatedAt: now}
	w.Must(w.Store.Units.Add(w.T.Context(), &b))
	for _, estate := range estates {
		w.World.Cover(b.ID, estate)
	}
	return b.ID
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

// covering are the units of a kind that cover one on a day.
func (w *world) covering(id model.UnitID, kind model.UnitKind, day model.Date) (ids []model.UnitID) {
	w.T.Helper()
	covers, err := w.Store.Covers.ListCovering(w.T.Context(), id, day)
	w.Must(err)
	for _, c := range covers {
		if w.Read(c.UnitID).Kind == kind {
			ids = append(ids, c.UnitID)
		}
	}
	return ids
}
