package demo_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/demo"
	"jinlin/service/org"
	"jinlin/service/wechat/sandbox"
)

func load(t *testing.T, s *store.Store) demo.Report {
	t.Helper()
	report, err := demo.Load(t.Context(), s)
	if err != nil || report.AlreadyLoaded {
		t.Fatalf("%+v, %v", report, err)
	}
	return report
}

// county is what the database holds, read back.
type county struct {
	t     *testing.T
	s     *store.Store
	today model.Date
	units map[model.UnitID]model.Unit // today's, buildings too
	above map[model.UnitID][]model.UnitID
	below map[model.UnitID][]model.UnitID
}

func readCounty(t *testing.T, s *store.Store) *county {
	c := &county{
		t: t, s: s, today: model.DateOf(s.Now()), units: map[model.UnitID]model.Unit{},
		above: map[model.UnitID][]model.UnitID{}, below: map[model.UnitID][]model.UnitID{},
	}
	rows, err := s.Units.ListAll(t.Context(), model.Kinds...)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range rows {
		if !u.In(c.today) {
			continue
		}
		c.units[u.ID] = u
		covers, err := s.Covers.ListCovered(t.Context(), u.ID, c.today, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, cover := range covers {
			c.above[cover.CoveredID] = append(c.above[cover.CoveredID], u.ID)
			c.below[u.ID] = append(c.below[u.ID], cover.CoveredID)
		}
	}
	return c
}

func (c *county) of(kind model.UnitKind) []model.Unit {
	return slices.Collect(func(yield func(model.Unit) bool) {
		for u := range maps.Values(c.units) {
			if u.Kind == kind && !yield(u) {
				return
			}
		}
	})
}

// coverers are the units of a kind that cover one.
func (c *county) coverers(id model.UnitID, kind model.UnitKind) []model.UnitID {
	return slices.DeleteFunc(slices.Clone(c.above[id]), func(id model.UnitID) bool { return c.units[id].Kind != kind })
}

// covered are the units of a kind that one covers.
func (c *county) covered(id model.UnitID, kind model.UnitKind) []model.UnitID {
	return slices.DeleteFunc(slices.Clone(c.below[id]), func(id model.UnitID) bool { return c.units[id].Kind != kind })
}

// holders are the people in a post of a unit today.
func (c *county) holders(unit model.UnitID, role model.Role) []model.UserID {
	grants, err := c.s.Grants.ListByUnit(c.t.Context(), unit, role, c.s.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	var people []model.UserID
	for _, g := range grants {
		people = append(people, g.UserID)
	}
	return people
}

// wasGridWorker says whether somebody had that role, until a day.
func (c *county) wasGridWorker(person model.UserID) bool {
	past, err := c.s.Grants.List(c.t.Context(), store.GrantFilter{User: person, Role: model.GridWorker}, model.Page{Limit: model.MaxLimit})
	if err != nil {
		c.t.Fatal(err)
	}
	return len(past.Items) > 0 && !slices.ContainsFunc(past.Items, func(g model.Grant) bool { return g.ValidTo == nil })
}

// leads are who leads which grid today.
func (c *county) leads() map[model.UnitID][]model.UserID {
	rows, err := c.s.GridLeads.ListOn(c.t.Context(), c.today)
	if err != nil {
		c.t.Fatal(err)
	}
	leads := map[model.UnitID][]model.UserID{}
	for _, l := range rows {
		leads[l.GridID] = append(leads[l.GridID], l.UserID)
	}
	return leads
}

func (c *county) livesIn(person model.UserID, branch model.UnitID) bool {
	homes, err := c.s.Residences.ListByUser(c.t.Context(), person)
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.ContainsFunc(homes, func(r model.Residence) bool {
		return r.Status == model.ResidenceVerified && slices.Contains(c.below[branch], r.EstateID)
	})
}

func wantCount(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, and the article says %d", what, got, want)
	}
}

func TestTheDemoCounty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		report := load(t, s)
		t.Run("has the figures of the article", func(t *testing.T) { figures(t, s, report) })
		for what, check := range map[string]func(t *testing.T, s *store.Store){
			"joins the two trees": trees, "answers which branch is mine": myBranch, "gives the personas their posts and homes": posts,
			"has a ledger that adds up": ledgerAddsUp, "has requests in many states": requestStates,
			"has articles in every state": articleStates, "has had its news pushed": newsPushed, "has activities before and after": activitiesBeforeAndAfter,
			"has a door for everybody": doors, "has a mailroom with some of everything": mailroom,
			"leaves no work over": nothingLeftOver, "is not loaded again": again,
		} {
			t.Run(what, func(t *testing.T) { check(t, s) })
		}
	})
}

func figures(t *testing.T, s *store.Store, r demo.Report) {
	c := readCounty(t, s)
	single, joint, small, residents := 0, 0, 0, 0
	tenures, err := s.Tenures.ListInPost(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sources := map[model.SecretarySource]int{}
	for _, tenure := range tenures {
		sources[tenure.Source]++
	}
	secretaries, workers := map[model.UserID]bool{}, map[model.UserID]bool{}
	for _, b := range c.of(model.Branch) {
		if b.BranchType == model.SingleBranch {
			single++
		} else {
			joint++
			small += len(c.covered(b.ID, model.Estate))
		}
		for _, person := range c.holders(b.ID, model.Secretary) {
			secretaries[person] = true
			if c.livesIn(person, b.ID) {
				residents++
			}
		}
	}
	for _, community := range c.of(model.Community) {
		for _, person := range c.holders(community.ID, model.CommunityWorker) {
			if c.wasGridWorker(person) {
				workers[person] = true
			}
		}
	}
	branches, err := s.Units.ListAll(t.Context(), model.Branch)
	former := slices.DeleteFunc(branches, func(u model.Unit) bool { return u.BranchType != model.FormerBranch })
	if err != nil || slices.ContainsFunc(former, func(u model.Unit) bool { return u.In(c.today) }) {
		t.Errorf("a former organisation still exists, or %v", err)
	}
	wantCount(t, "counties", len(c.of(model.County)), 1)
	wantCount(t, "estates", len(c.of(model.Estate)), 204)
	wantCount(t, "former organisations", len(former), 198)
	wantCount(t, "branches", single+joint, 159)
	wantCount(t, "single branches", single, 127)
	wantCount(t, "joint branches", joint, 32)
	wantCount(t, "small estates", small, 77)
	wantCount(t, "secretaries", len(secretaries), 159)
	wantCount(t, "resident members among them", residents, 23)
	wantCount(t, "retired cadres among them", len(secretaries)-residents, 136)
	wantCount(t, "retired cadres in post", sources[model.RetiredCadre], 136)
	wantCount(t, "resident members in post", sources[model.ResidentMember], 23)
	wantCount(t, "grid workers who became community workers", len(workers), 27)
	wantCount(t, "stations", len(c.of(model.Station)), 52)
	if n := len(c.of(model.Building)); n < 950 || n > 1050 || n != r.Buildings {
		t.Errorf("%d buildings, the report says %d", n, r.Buildings)
	}
	said := demo.Report{
		Towns: 3, Communities: 12, Estates: 204, SmallEstates: 77, Buildings: r.Buildings, FormerOrganisations: 198, Branches: 159,
		SingleBranches: 127, JointBranches: 32, Secretaries: 159, RetiredCadres: 136, ResidentMembers: 23, Grids: len(c.of(model.Grid)),
		GridWorkers: 27, Stations: 52, Residents: 300, Week: r.Week,
		Groups: len(c.of(model.Group)), Stairwells: r.Stairwells, Households: 12 * r.Stairwells,
	}
	if r != said {
		t.Errorf("the report says %+v", r)
	}
}

func trees(t *testing.T, s *store.Store) {
	c := readCounty(t, s)
	for _, b := range c.of(model.Branch) {
		if n := len(c.holders(b.ID, model.Secretary)); n != 1 {
			t.Errorf("%s has %d secretaries", b.Name, n)
		}
		c.checkBranch(b)
	}
	for _, e := range c.of(model.Estate) {
		if n := len(c.coverers(e.ID, model.Branch)); n != 1 {
			t.Errorf("%s is led by %d branches", e.Name, n)
		}
	}
	for _, b := range c.of(model.Building) {
		grids := c.coverers(b.ID, model.Grid)
		if len(grids) != 1 || c.units[grids[0]].ParentID != c.units[b.ParentID].ParentID {
			t.Errorf("%s of %s lies in %d grids, or in another community's", b.Name, c.units[b.ParentID].Name, len(grids))
		}
	}
	leads := c.leads()
	for _, g := range c.of(model.Grid) {
		works := append(c.holders(g.ID, model.GridWorker), c.holders(g.ParentID, model.CommunityWorker)...)
		if lead := leads[g.ID]; len(lead) != 1 || !slices.Contains(works, lead[0]) {
			t.Errorf("%s is led by %d, or by somebody who does not work there", g.Name, len(lead))
		}
	}
	for _, g := range c.of(model.Group) {
		grids := c.covered(g.ID, model.Grid)
		if len(grids) != 1 || g.ParentID != g.SuperiorID || c.units[g.SuperiorID].BranchType != model.SingleBranch {
			t.Errorf("%s works in %d grids below %q", g.Name, len(grids), c.units[g.SuperiorID].Name)
		}
	}
	for _, b := range c.of(model.Branch) {
		for want, unit := range []model.UnitKind{model.Organisation, model.Committee, model.Department} {
			if b = c.units[b.SuperiorID]; b.Kind != unit {
				t.Fatalf("step %d up the Party's tree is a %q", want+1, b.Kind)
			}
		}
	}
	for _, station := range c.of(model.Station) {
		if len(c.below[station.ID]) == 0 || station.Hours == "" || station.Address == "" || station.Phone == "" {
			t.Errorf("%s serves nobody or cannot be found: %+v", station.Name, station)
		}
	}
}

// checkBranch: a single branch leads one estate; a joint one several of one community,
// and one grid covers all their buildings and no others.
func (c *county) checkBranch(b model.Unit) {
	estates := c.covered(b.ID, model.Estate)
	grids := map[model.UnitID]bool{}
	for _, building := range c.of(model.Building) {
		if slices.Contains(estates, building.ParentID) {
			for _, grid := range c.coverers(building.ID, model.Grid) {
				grids[grid] = true
			}
		}
	}
	for _, e := range estates {
		if c.units[e].ParentID != b.ParentID {
			c.t.Errorf("%s leads %s of another community", b.Name, c.units[e].Name)
		}
	}
	for grid := range grids {
		for _, building := range c.below[grid] {
			if !slices.Contains(estates, c.units[building].ParentID) {
				c.t.Errorf("%s crosses the bounds of %s", c.units[grid].Name, b.Name)
			}
		}
	}
	switch {
	case b.BranchType == model.SingleBranch && len(estates) == 1 && len(grids) >= 1:
	case b.BranchType == model.JointBranch && len(estates) >= 2 && len(grids) == 1 && grids[c.covered(b.ID, model.Grid)[0]]:
	default:
		c.t.Errorf("%s branch %s leads %d estates over %d grids", b.BranchType, b.Name, len(estates), len(grids))
	}
}

func myBranch(t *testing.T, s *store.Store) {
	units := org.New(s)
	estates, err := s.Units.ListAll(t.Context(), model.Estate)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range estates {
		contact, err := units.Contact(t.Context(), e.ID)
		if err != nil || contact.Secretary == "" || contact.Station == nil || contact.Branch.Phone == "" {
			t.Fatalf("%s: %+v, %v", e.Name, contact, err)
		}
	}
}

func posts(t *testing.T, s *store.Store) {
	for persona, want := range map[string]string{
		"clerk-county": "county_clerk 定襄县", "town-jinchang": "town_committee 晋昌镇", "worker-nancheng": "community_worker 南城社区",
		"grid-hongqiao": "grid_worker 虹桥小区网格", "secretary-hongqiao": "secretary 虹桥小区党支部", "secretary-tianyue": "secretary 天悦华庭党支部",
		"shop-hongqiao": "shop_keeper 虹桥小区党支部", "auditor": "auditor 定襄县", "officer-housing": "department_officer 定襄县住房和城乡建设局",
		"resident-wang": "verified 虹桥小区", "resident-li": "verified 虹桥小区", "resident-zhao": "verified 天悦华庭", "courier-chen": "",
	} {
		if got := post(t, s, persona); got != want {
			t.Errorf("%s is %q and should be %q", persona, got, want)
		}
	}
}

// post is a persona's only grant, or their only home, in words.
func post(t *testing.T, s *store.Store, persona string) string {
	t.Helper()
	ctx := t.Context()
	account, err := s.WeChat.GetByOpenID(ctx, sandbox.OpenID(persona))
	if err != nil {
		t.Fatal(persona, err)
	}
	grants, err := s.Grants.ListByUser(ctx, account.UserID)
	if err != nil {
		t.Fatal(err)
	}
	homes, err := s.Residences.ListByUser(ctx, account.UserID)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(grants) == 1 && len(homes) == 0:
		return string(grants[0].Role) + " " + name(t, s, grants[0].UnitID)
	case len(grants) == 0 && len(homes) == 1:
		return string(homes[0].Status) + " " + name(t, s, homes[0].EstateID)
	case len(grants)+len(homes) == 0:
		return ""
	}
	return "too many"
}

func name(t *testing.T, s *store.Store, id model.UnitID) string {
	t.Helper()
	unit, err := s.Units.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return unit.Name
}

// doors: whoever lives somewhere lives in a household that exists.
func doors(t *testing.T, s *store.Store) {
	users, err := s.WeChat.GetByOpenID(t.Context(), sandbox.OpenID("resident-wang"))
	if err != nil {
		t.Fatal(err)
	}
	homes, err := s.Residences.ListByUser(t.Context(), users.UserID)
	if err != nil || len(homes) != 1 {
		t.Fatalf("%v, %v", homes, err)
	}
	h := homes[0]
	if _, err := s.Households.Find(t.Context(), h.BuildingID, model.PlainPlace(h.Stairwell), model.PlainPlace(h.Room)); err != nil {
		t.Errorf("%s %s: %v", h.Stairwell, h.Room, err)
	}
}

func again(t *testing.T, s *store.Store) {
	for range 2 {
		report, err := demo.Load(t.Context(), s)
		if err != nil || !report.AlreadyLoaded {
			t.Fatalf("%+v, %v", report, err)
		}
	}
}

func TestADatabaseWithPeopleIsLeftAsItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		now := s.Now()
		if err := s.Users.Add(t.Context(), &model.User{ID: model.NewID[model.User](now), Nickname: "居民", Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}); err != nil {
			t.Fatal(err)
		}
		report, err := demo.Load(t.Context(), s)
		if err != nil || !report.AlreadyLoaded {
			t.Fatalf("%+v, %v", report, err)
		}
		if units, err := s.Units.ListAll(t.Context(), model.County); err != nil || len(units) != 0 {
			t.Fatalf("%d counties, %v", len(units), err)
		}
	})
}

func TestOfFourLoadersOneLoads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		reports, errs := make([]demo.Report, 4), make([]error, 4)
		var wg sync.WaitGroup
		for i := range reports {
			wg.Go(func() { reports[i], errs[i] = demo.Load(t.Context(), s) })
		}
		wg.Wait()
		loaded := 0
		for i, r := range reports {
			if errs[i] != nil {
				t.Error(errs[i])
			} else if !r.AlreadyLoaded {
				loaded++
			}
		}
		if estates, err := s.Units.Count(t.Context(), store.UnitFilter{Kind: model.Estate, AsOf: model.DateOf(s.Now())}); err != nil || loaded != 1 || estates != 204 {
			t.Fatalf("%d loaded, %d estates, %v", loaded, estates, err)
		}
	})
}

// TestALoadCutOffLeavesNothing: the process dies somewhere in the load, which the database
// sees as a connection that ends in the middle of a transaction.
func TestALoadCutOffLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		ctx, cut := context.WithCancel(t.Context())
		defer cut()
		statements := 0
		dying := s.At(func() time.Time { // every INSERT asks the time
			if statements++; statements == 8 {
				cut()
			}
			return s.Now()
		})
		if _, err := demo.Load(ctx, dying); err == nil {
			t.Fatal("survived")
		}
		load(t, s)
	})
}
