package api_test

import (
	"testing"

	"jinlin/api/apitest"
	"jinlin/model"
)

// appointed signs a persona in and gives it a role in a unit.
func appointed(t *testing.T, s *apitest.Server, persona string, role model.Role, unit model.UnitID) *apitest.Person {
	t.Helper()
	p := s.SignIn(t, persona)
	user, err := model.ParseID[model.User](p.ID)
	if err != nil {
		t.Fatal(err)
	}
	now := s.Clock.Now()
	grant := model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: role, UnitID: unit, ValidFrom: now, CreatedAt: now}
	if err := s.Store.Grants.Add(t.Context(), &grant); err != nil {
		t.Fatal(err)
	}
	return p
}

// top is the county above a unit.
func top(t *testing.T, s *apitest.Server, id model.UnitID) model.UnitID {
	t.Helper()
	for {
		unit, err := s.Store.Units.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if unit.Kind == model.County {
			return id
		}
		id = unit.ParentID
	}
}

type unitAnswer struct {
	ID, ParentID, Name, Phone, ValidFrom string
	ValidTo                              *string
}

func TestAUnitIsChangedFromADayOnAndAnyDayCanBeAskedFor(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	estate := estateLedBy(t, s, s.SignIn(t, "secretary-hongqiao"))
	clerk, anybody := appointed(t, s, "clerk-county", model.CountyClerk, top(t, s, estate)), s.Anybody(t)
	path := "/v1/units/" + estate.String()
	tag := anybody.Get(path).Want(200).Header.Get("ETag")
	planned := map[string]any{"name": "虹桥新苑", "handoverOn": "2026-11-01", "effectiveOn": "2027-01-01"}
	s.SignIn(t, "resident-wang").Patch(path, planned, "If-Match: "+tag).Refused(403, "forbidden")
	next := clerk.Patch(path, planned, "If-Match: "+tag).Want(200).Header.Get("ETag")
	clerk.Patch(path, planned, "If-Match: "+tag).Refused(412, "changed_meanwhile")
	if next == tag || next == "" {
		t.Errorf("the tag stayed %s", tag)
	}
	for day, want := range map[string]string{"": "estate", "?asOf=2026-12-31": "estate", "?asOf=2027-01-01": "虹桥新苑"} {
		var unit unitAnswer
		if anybody.Get(path + day).Want(200).Into(&unit); unit.Name != want {
			t.Errorf("%s: %q", day, unit.Name)
		}
	}
	anybody.Get(path+"?asOf=2019-12-31").Refused(404, "not_found")
	anybody.Get(path+"?asOf=yesterday").Refused(400, "invalid")
	anybody.Get("/v1/units?asOf=2026-13-01").Refused(400, "invalid")
	clerk.Patch(path, map[string]any{"name": "x", "effectiveOn": "2026-01-01"}).Refused(400, "in_the_past")
	var facts struct {
		Facts []struct{ Field, Value, ValidFrom string }
	}
	anybody.Get(path + "/facts").Want(200).Into(&facts)
	if len(facts.Facts) != 2+1+2 {
		t.Errorf("%+v", facts)
	}
}

func TestAGridIsFoundedCoversBuildingsAndIsClosed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	estate := estateLedBy(t, s, s.SignIn(t, "secretary-hongqiao"))
	clerk := appointed(t, s, "clerk-county", model.CountyClerk, top(t, s, estate))
	place, err := s.Store.Units.Get(t.Context(), estate)
	if err != nil {
		t.Fatal(err)
	}
	var grid, building unitAnswer
	founding := map[string]any{"kind": "grid", "name": "第一网格", "parentId": place.ParentID}
	clerk.Post("/v1/units", founding, "Idempotency-Key: g").Want(201).Into(&grid)
	var again unitAnswer
	if clerk.Post("/v1/units", founding, "Idempotency-Key: g").Want(201).Into(&again); again.ID != grid.ID {
		t.Error("two grids for one key")
	}
	clerk.Post("/v1/units", map[string]any{"kind": "building", "name": "1号楼", "parentId": estate}).Want(201).Into(&building)
	clerk.Post("/v1/units", map[string]any{"kind": "branch", "name": "x", "parentId": place.ParentID}).Refused(400, "invalid")
	clerk.Post("/v1/units/"+grid.ID+"/covers", map[string]any{"coveredIds": []string{building.ID}}).Want(200)
	var covered struct{ Items []unitAnswer }
	s.Anybody(t).Get("/v1/units/" + grid.ID + "/covers").Want(200).Into(&covered)
	if len(covered.Items) != 1 || covered.Items[0].ID != building.ID {
		t.Errorf("%+v", covered)
	}
	clerk.Delete("/v1/units/" + grid.ID + "/covers/" + building.ID).Want(204)
	clerk.Delete("/v1/units/"+grid.ID+"/covers/"+building.ID).Refused(404, "not_found")
	clerk.Post("/v1/units/"+estate.String()+"/closure", nil).Refused(409, "unit_in_use")
	clerk.Post("/v1/units/"+grid.ID+"/closure", map[string]any{"on": "2026-12-01"}).Want(200).Into(&grid)
	if grid.ValidTo == nil || *grid.ValidTo != "2026-12-01" {
		t.Errorf("%+v", grid)
	}
}

func TestTheChecksAndTheCoverageOfACounty(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	clerk := s.SignIn(t, "clerk-county")
	var checks struct {
		Items []struct{ Rule, Sentence string }
		Next  *string
	}
	if clerk.Get("/v1/organisation/checks").Want(200).Into(&checks); len(checks.Items) != 0 {
		t.Errorf("the demo county breaks rules: %+v", checks.Items)
	}
	clerk.Get("/v1/organisation/checks?rule=nonsense").Refused(400, "invalid")
	s.SignIn(t, "resident-wang").Get("/v1/organisation/checks").Refused(403, "forbidden")
	var counties struct{ Items []unitAnswer }
	clerk.Get("/v1/units?kind=county").Want(200).Into(&counties)
	var coverage struct {
		Estates, Grids, Buildings, BuildingsInGrids int
		GridsWithoutGroup, BuildingsWithoutGrid     []unitAnswer
	}
	clerk.Get("/v1/units/" + counties.Items[0].ID + "/coverage").Want(200).Into(&coverage)
	if coverage.Estates != 204 || coverage.Buildings < 900 || coverage.BuildingsInGrids != coverage.Buildings ||
		len(coverage.GridsWithoutGroup) != 0 || len(coverage.BuildingsWithoutGrid) != 0 {
		t.Errorf("%+v", coverage)
	}
}
