package org_test

import (
	"errors"
	"slices"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/org"
)

// county is a small county: one town, two communities, a single branch, a joint branch of
// two estates, a grid over one building, a station, and the Party's tree beside it.
type county struct {
	t *testing.T
	s *store.Store

	county, town, nancheng, kangle, hongqiao, dongchen1, dongchen2, building, single, joint, grid, station model.UnitID

	department, committee, organisation, group model.UnitID
}

func build(t *testing.T, s *store.Store) *county {
	t.Helper()
	c := &county{t: t, s: s}
	c.county = c.unit(model.County, model.UnitID{}, "定襄县")
	c.town = c.unit(model.Town, c.county, "晋昌镇")
	c.nancheng, c.kangle = c.unit(model.Community, c.town, "南城社区"), c.unit(model.Community, c.town, "康乐社区")
	c.hongqiao, c.dongchen1, c.dongchen2 = c.unit(model.Estate, c.nancheng, "虹桥小区"), c.unit(model.Estate, c.kangle, "东辰一区"), c.unit(model.Estate, c.kangle, "东辰二区")
	c.building = c.unit(model.Building, c.hongqiao, "1号楼")
	c.single, c.joint = c.unit(model.Branch, c.nancheng, "虹桥小区党支部"), c.unit(model.Branch, c.kangle, "东辰小区联合党支部")
	c.grid, c.station = c.unit(model.Grid, c.nancheng, "虹桥一网格"), c.unit(model.Station, c.nancheng, "虹桥小区党群服务站")
	c.department, c.committee = c.unit(model.Department, c.county, "定襄县委组织部"), c.unit(model.Committee, c.town, "晋昌镇党委")
	c.organisation, c.group = c.unit(model.Organisation, c.nancheng, "南城社区党委"), c.unit(model.Group, c.single, "第一党小组")
	for covered, unit := range map[model.UnitID]model.UnitID{
		c.hongqiao: c.single, c.dongchen1: c.joint, c.dongchen2: c.joint, c.building: c.grid, c.single: c.station,
		c.county: c.department, c.town: c.committee, c.nancheng: c.organisation, c.grid: c.group,
	} {
		if err := s.Covers.Add(t.Context(), &model.Cover{UnitID: unit, CoveredID: covered, ValidFrom: "2025-01-01"}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *county) unit(kind model.UnitKind, parent model.UnitID, name string) model.UnitID {
	c.t.Helper()
	u := model.Unit{ID: model.NewID[model.Unit](c.s.Now()), ParentID: parent, Kind: kind, Name: name, ValidFrom: "2025-01-01", CreatedAt: c.s.Now()}
	if err := c.s.Units.Add(c.t.Context(), &u); err != nil {
		c.t.Fatal(err)
	}
	return u.ID
}

func TestWithinFollowsParentsAndCovers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		for _, is := range []struct {
			unit, top model.UnitID
			want      bool
		}{
			{c.building, c.county, true},
			{c.building, c.nancheng, true},
			{c.building, c.single, true},
			{c.building, c.grid, true},
			{c.hongqiao, c.single, true},
			{c.hongqiao, c.hongqiao, true},
			{c.single, c.nancheng, true},
			{c.hongqiao, c.kangle, false},
			{c.hongqiao, c.joint, false},
			{c.nancheng, c.hongqiao, false},
			{c.dongchen2, c.joint, true},
			{c.hongqiao, c.grid, false},
			{c.county, c.town, false},
			{c.building, c.department, true},
			{c.building, c.committee, true},
			{c.building, c.organisation, true},
			{c.building, c.group, true},
			{c.single, c.committee, true},
			{c.group, c.single, true},
			{c.group, c.organisation, true},
			{c.hongqiao, c.group, false},
			{c.dongchen1, c.organisation, false},
			{c.hongqiao, c.station, false},
		} {
			if got, err := o.Within(t.Context(), is.unit, is.top); got != is.want || err != nil {
				t.Errorf("%s within %s: %t, %v", is.unit, is.top, got, err)
			}
		}
		if _, err := o.Within(t.Context(), model.NewID[model.Unit](s.Now()), c.county); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("an unknown unit: %v", err)
		}
	})
}

// TestBelowIsWhateverIsWithin holds the way down against the way up, for every two units.
func TestBelowIsWhateverIsWithin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		c.must(s.Covers.Add(t.Context(), &model.Cover{UnitID: c.grid, CoveredID: c.dongchen2, ValidFrom: "2025-01-01"})) // and its group with it
		all := []model.UnitID{
			c.county, c.town, c.nancheng, c.kangle, c.hongqiao, c.dongchen1, c.dongchen2, c.single, c.joint, c.grid, c.station,
			c.department, c.committee, c.organisation, c.group,
		}
		met := 0
		for _, top := range append([]model.UnitID{c.building}, all...) {
			below, err := o.Below(t.Context(), top)
			c.must(err)
			met += len(below)
			for _, unit := range all {
				within, err := o.Within(t.Context(), unit, top)
				c.must(err)
				if within != slices.Contains(below, unit) {
					t.Errorf("%s within %s: %t", c.name(unit), c.name(top), within)
				}
			}
		}
		if met < 2*len(all) {
			t.Errorf("only %d units were below others", met)
		}
	})
}

func (c *county) name(id model.UnitID) string {
	unit, err := c.s.Units.Get(c.t.Context(), id)
	c.must(err)
	return unit.Name
}

func TestAPartyUnitStandsOnWhatItLeads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		for unit, want := range map[model.UnitID]model.UnitID{
			c.department: c.county, c.committee: c.town, c.organisation: c.nancheng, c.group: c.grid, c.single: c.single, c.town: c.town,
		} {
			ground, err := o.Ground(t.Context(), unit)
			if err != nil || len(ground) != 1 || ground[0].ID != want {
				t.Errorf("%+v, %v", ground, err)
			}
		}
		estates, err := o.EstatesOf(t.Context(), c.committee)
		if err != nil || len(estates) != 3 {
			t.Errorf("%v, %v", estates, err)
		}
	})
}

func TestWhoLeadsAnEstateAndWhomABranchReaches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		contact, err := o.Contact(t.Context(), c.hongqiao)
		if err != nil || contact.Branch.ID != c.single || contact.Station == nil || contact.Station.ID != c.station {
			t.Errorf("%+v, %v", contact, err)
		}
		if grid, err := o.GridOf(t.Context(), c.building); grid != c.grid || err != nil {
			t.Errorf("%s, %v", grid, err)
		}
		estates, err := o.EstatesOf(t.Context(), c.joint)
		if err != nil || len(estates) != 2 || !slices.Contains(estates, c.dongchen1) {
			t.Errorf("%v, %v", estates, err)
		}
		reach, err := o.Reach(t.Context(), c.hongqiao)
		for _, id := range []model.UnitID{c.hongqiao, c.single, c.nancheng, c.town, c.county} {
			if !slices.Contains(reach, id) {
				t.Errorf("%s does not reach the estate; %v", id, err)
			}
		}
		if slices.Contains(reach, c.joint) {
			t.Error("another community's branch reaches the estate")
		}
		lonely := c.unit(model.Estate, c.kangle, "无名小区")
		o.Forget()
		if _, err := o.BranchOf(t.Context(), lonely); !errors.Is(err, org.ErrNoBranch) {
			t.Errorf("an estate without a branch: %v", err)
		}
	})
}
