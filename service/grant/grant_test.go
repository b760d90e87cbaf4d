package grant_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/grant"
	"jinlin/service/org"
	"jinlin/service/tenure"
)

// told keeps who was told of what.
type told struct {
	mu      sync.Mutex
	notices []model.Notice
}

func (n *told) Tell(_ context.Context, _ *store.Store, notice model.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notices = append(n.notices, notice)
	return nil
}

// last is what somebody was told last.
func (n *told) last(who model.Actor) string {
	for _, notice := range slices.Backward(n.notices) {
		if notice.User == who.User {
			return notice.Title.ZH
		}
	}
	return ""
}

// world is a county with two clerks, an auditor and two towns, and a branch in the first.
type world struct {
	storetest.World
	*grant.Service
	access *access.Service
	org    *org.Service
	told   *told

	county, town, community, branch, elsewhere model.UnitID
	clerk, second, member, elder               model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, org: org.New(s), told: &told{}}
	w.access = access.New(s, w.org)
	w.Service = grant.New(s, w.access, w.org, w.told, true)
	w.county = w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, w.county)
	w.community = w.Unit(model.Community, w.town)
	w.branch = w.Unit(model.Branch, w.community)
	w.elsewhere = w.Unit(model.Branch, w.Unit(model.Community, w.Unit(model.Town, w.county)))
	w.clerk, w.second, w.member = w.Staff(model.CountyClerk, w.county), w.Staff(model.CountyClerk, w.county), w.Staff(model.TownCommittee, w.town)
	w.elder = w.Person("郭志强")
	return w
}

func (w *world) gives(by model.Actor, role model.Role, unit model.UnitID) (model.Grant, error) {
	return w.Give(w.T.Context(), by, grant.Giving{UserID: w.elder.User, Role: role, UnitID: unit})
}

// may says whether the elder may do something.
func (w *world) may(action access.Action, unit model.UnitID) bool {
	return w.access.Require(w.T.Context(), w.elder, action, unit) == nil
}

func (w *world) at(d time.Duration) *time.Time {
	at := w.Clock.Now().Add(d)
	return &at
}

func TestARoleFromItsBeginningToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g, err := w.gives(w.member, model.Secretary, w.branch)
		w.Must(err)
		if !w.may(access.MailboxHandle, w.branch) || w.may(access.MailboxHandle, w.elsewhere) || w.told.last(w.elder) != "您有新的工作角色" {
			t.Fatalf("%+v, told %q", g, w.told.last(w.elder))
		}
		w.Clock.Move(time.Minute)
		w.Must(w.End(t.Context(), w.clerk, g.ID))
		w.Must(w.End(t.Context(), w.clerk, g.ID))
		if w.may(access.MailboxHandle, w.branch) || w.told.last(w.elder) != "工作角色已终止" || len(w.told.notices) != 2 {
			t.Fatalf("%+v", w.told.notices)
		}
		list, err := w.List(t.Context(), w.clerk, grant.Filter{UserID: w.elder.User}, model.Page{})
		w.Must(err)
		if len(list.Items) != 1 || list.Items[0].EndedBy != w.clerk.User || list.Items[0].GrantedBy != w.member.User || w.StatusOf(list.Items[0]) != model.GrantEnded {
			t.Fatalf("%+v", list.Items)
		}
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		if len(record.Items) != 2 || record.Items[0].Action != "grant.end" || record.Items[1].Action != "grant.give" || !strings.Contains(record.Items[1].Detail, "secretary to ") {
			t.Fatalf("%+v", record.Items)
		}
	})
}

func TestADatedRoleBeginsAndEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		give := grant.Giving{UserID: w.elder.User, Role: model.ShopKeeper, UnitID: w.branch, From: w.at(time.Hour), To: w.at(3 * time.Hour)}
		g, err := w.Give(t.Context(), w.clerk, give)
		w.Must(err)
		for i, want := range []model.GrantStatus{model.GrantPlanned, model.GrantInForce, model.GrantInForce, model.GrantEnded} {
			if got := w.StatusOf(g); got != want || w.may(access.ShopHandOver, w.branch) != (want == model.GrantInForce) {
				t.Errorf("after %d h: %s instead of %s", i, got, want)
			}
			if _, err := w.gives(w.clerk, model.ShopKeeper, w.branch); want != model.GrantEnded {
				if !errors.Is(err, grant.ErrGranted) {
					t.Errorf("after %d h: %v", i, err)
				}
			} else if err != nil {
				t.Errorf("once it has ended: %v", err)
			}
			w.Clock.Move(time.Hour)
		}
	})
}

func TestWhatNobodyMayGive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		worker := w.Staff(model.CommunityWorker, w.community)
		gone := w.Unit(model.Branch, w.community)
		unit, today := w.Read(gone), model.DateOf(w.Clock.Now())
		unit.ValidTo = &today
		if saved, err := w.Store.Units.SaveChanged(t.Context(), unit); err != nil || !saved {
			t.Fatal(saved, err)
		}
		for what, c := range map[string]struct {
			by   model.Actor
			give grant.Giving
			want error
		}{
			"nobody signed in":           {model.Actor{}, grant.Giving{Role: model.Secretary, UnitID: w.branch}, fault.ErrUnauthenticated},
			"a resident":                 {w.elder, grant.Giving{Role: model.Secretary, UnitID: w.branch}, fault.ErrForbidden},
			"a worker":                   {worker, grant.Giving{Role: model.GroupLeader, UnitID: w.branch}, fault.ErrForbidden},
			"in another town":            {w.member, grant.Giving{Role: model.Secretary, UnitID: w.elsewhere}, fault.ErrNotFound},
			"in the county":              {w.member, grant.Giving{Role: model.CountyClerk, UnitID: w.county}, fault.ErrNotFound},
			"a role above their own":     {w.member, grant.Giving{Role: model.CountyClerk, UnitID: w.town}, access.ErrNotTheirs},
			"their own role":             {w.member, grant.Giving{Role: model.TownCommittee, UnitID: w.town}, access.ErrNotTheirs},
			"who looks after them":       {w.member, grant.Giving{Role: model.Auditor, UnitID: w.town}, access.ErrNotTheirs},
			"to themselves":              {w.clerk, grant.Giving{UserID: w.clerk.User, Role: model.Secretary, UnitID: w.branch}, grant.ErrOwnRole},
			"a clerk of a town":          {w.clerk, grant.Giving{Role: model.CountyClerk, UnitID: w.town}, fault.ErrInvalid},
			"in a dissolved branch":      {w.clerk, grant.Giving{Role: model.Secretary, UnitID: gone}, store.ErrUnitEnded},
			"to nobody":                  {w.clerk, grant.Giving{UserID: model.NewID[model.User](w.Clock.Now()), Role: model.Secretary, UnitID: w.branch}, fault.ErrInvalid},
			"since yesterday":            {w.clerk, grant.Giving{Role: model.Secretary, UnitID: w.branch, From: w.at(-24 * time.Hour)}, fault.ErrInvalid},
			"until before its beginning": {w.clerk, grant.Giving{Role: model.Secretary, UnitID: w.branch, To: w.at(-time.Second)}, fault.ErrInvalid},
			"a role that does not exist": {w.clerk, grant.Giving{Role: "emperor", UnitID: w.branch}, access.ErrNotTheirs},
		} {
			if c.give.UserID.IsZero() {
				c.give.UserID = w.elder.User
			}
			if _, err := w.Give(t.Context(), c.by, c.give); !errors.Is(err, c.want) {
				t.Errorf("%s: %v instead of %v", what, err, c.want)
			}
		}
		if grants, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User); err != nil || len(grants) != 0 || len(w.told.notices) != 0 {
			t.Errorf("%+v, %v", grants, err)
		}
	})
}

func TestNobodyEndsARoleAboveTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		auditor := w.Staff(model.Auditor, w.town)
		colleague := w.Staff(model.TownCommittee, w.town)
		end := func(by, of model.Actor) error {
			grants, err := w.Store.Grants.ListByUser(t.Context(), of.User)
			w.Must(err)
			return w.End(t.Context(), by, grants[0].ID)
		}
		w.ExpectFault(end(w.member, w.clerk), fault.ErrNotFound)
		w.ExpectFault(end(w.member, auditor), access.ErrNotTheirs)
		w.ExpectFault(end(w.member, colleague), access.ErrNotTheirs)
		w.ExpectFault(end(auditor, w.member), fault.ErrForbidden)
		w.Must(end(w.clerk, colleague))
	})
}

func TestARoleOverTheCountyTakesTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g, err := w.gives(w.clerk, model.CountyClerk, w.county)
		w.Must(err)
		confirm := func(by model.Actor) error {
			_, err := w.Confirm(t.Context(), by, g.ID)
			return err
		}
		if !g.Pending || w.may(access.OrgManage, w.branch) || w.told.last(w.elder) != "" || w.told.last(w.second) == "" || w.told.last(w.clerk) != "" {
			t.Fatalf("%+v, %+v", g, w.told.notices)
		}
		_, err = w.gives(w.second, model.CountyClerk, w.county)
		w.ExpectFault(err, grant.ErrGranted)
		waiting, err := w.List(t.Context(), w.second, grant.Filter{Pending: true}, model.Page{})
		if err != nil || len(waiting.Items) != 1 || waiting.Items[0].ID != g.ID {
			t.Fatalf("%+v, %v", waiting, err)
		}
		w.ExpectFault(confirm(w.clerk), grant.ErrNotSecond)
		w.ExpectFault(confirm(w.elder), fault.ErrForbidden)
		w.ExpectFault(confirm(w.member), fault.ErrForbidden)
		w.Clock.Move(time.Hour)
		w.Must(confirm(w.second))
		w.ExpectFault(confirm(w.second), fault.ErrIllegalTransition)
		g, err = w.Store.Grants.Get(t.Context(), g.ID)
		if err != nil || g.ConfirmedBy != w.second.User || !g.ValidFrom.Equal(w.Clock.Now()) || !w.may(access.OrgManage, w.branch) || w.told.last(w.elder) == "" {
			t.Fatalf("%+v, %v", g, err)
		}
	})
}

func TestAProposalThatWasTakenBackCannotBeConfirmed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g, err := w.gives(w.clerk, model.Auditor, w.county)
		w.Must(err)
		w.Must(w.End(t.Context(), w.clerk, g.ID))
		_, err = w.Confirm(t.Context(), w.second, g.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		if w.may(access.AuditRead, w.branch) || w.told.last(w.elder) != "" {
			t.Errorf("%+v", w.told.notices)
		}
	})
}

func TestTheLastClerkStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		until := w.at(time.Hour)
		w.Must(w.Store.Grants.Add(t.Context(), &model.Grant{ // somebody with an end is nobody to rely on
			ID: model.NewID[model.Grant](w.Clock.Now()), UserID: w.elder.User, Role: model.CountyClerk, UnitID: w.county,
			ValidFrom: w.Clock.Now(), ValidTo: until, CreatedAt: w.Clock.Now(),
		}))
		held := func(who model.Actor) model.GrantID {
			grants, err := w.Store.Grants.ListByUser(t.Context(), who.User)
			w.Must(err)
			return grants[0].ID
		}
		first, last := held(w.second), held(w.clerk)
		w.Must(w.End(t.Context(), w.clerk, first))
		w.ExpectFault(w.End(t.Context(), w.clerk, last), grant.ErrLastClerk)
		w.ExpectFault(w.End(t.Context(), w.elder, last), grant.ErrLastClerk)
		w.Must(w.End(t.Context(), w.clerk, held(w.elder)))
	})
}

func TestEndingASecretarysRoleSuspendsTheTenure(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tenures, ctx := tenure.New(w.Store, w.access, w.org), t.Context()
		acting, err := w.gives(w.member, model.Secretary, w.branch)
		w.Must(err)
		made, err := tenures.Propose(ctx, w.member, tenure.Proposal{BranchID: w.branch, UserID: w.elder.User, Name: "郭志强", Source: model.ResidentMember})
		w.Must(err)
		for _, standard := range model.Standards {
			_, err = tenures.Judge(ctx, w.member, made.ID, tenure.Judgement{Standard: standard, Met: true})
			w.Must(err)
		}
		_, err = tenures.Approve(ctx, w.clerk, made.ID, "")
		w.Must(err)
		made, err = tenures.Start(ctx, w.clerk, made.ID)
		if err != nil || made.GrantID != acting.ID {
			t.Fatalf("who acted as secretary goes on by another grant: %+v, %v", made, err)
		}
		w.Must(w.End(ctx, w.clerk, acting.ID))
		made, err = w.Store.Tenures.Get(ctx, made.ID)
		if err != nil || made.Status != model.TenureSuspended || made.PostBranchID != w.branch || w.may(access.MailboxHandle, w.branch) {
			t.Fatalf("%+v, %v", made, err)
		}
		_, err = tenures.Resume(ctx, w.clerk, made.ID)
		if err != nil || !w.may(access.MailboxHandle, w.branch) {
			t.Fatal(err)
		}
	})
}

func TestAListShowsWhatWasInForceThenAndOnlyWhatIsTheirs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, err := w.gives(w.clerk, model.Secretary, w.branch)
		w.Must(err)
		_, err = w.gives(w.clerk, model.Secretary, w.elsewhere)
		w.Must(err)
		began := model.DateOf(w.Clock.Now())
		w.Clock.Move(48 * time.Hour)
		w.Must(w.End(t.Context(), w.clerk, first.ID))
		w.Clock.Move(48 * time.Hour)
		count := func(by model.Actor, f grant.Filter) int {
			t.Helper()
			f.Role = model.Secretary
			list, err := w.List(t.Context(), by, f, model.Page{})
			w.Must(err)
			return len(list.Items)
		}
		today := model.DateOf(w.Clock.Now())
		for what, c := range map[string][2]int{
			"all":                {count(w.clerk, grant.Filter{}), 2},
			"the town's":         {count(w.member, grant.Filter{}), 1},
			"a unit's":           {count(w.clerk, grant.Filter{UnitID: w.town}), 1},
			"on the first day":   {count(w.clerk, grant.Filter{AsOf: began}), 2},
			"the day before":     {count(w.clerk, grant.Filter{AsOf: began.AddDays(-1)}), 0},
			"on its last day":    {count(w.clerk, grant.Filter{AsOf: began.AddDays(2)}), 2},
			"today":              {count(w.clerk, grant.Filter{AsOf: today}), 1},
			"today, in the town": {count(w.member, grant.Filter{AsOf: today}), 0},
		} {
			if c[0] != c[1] {
				t.Errorf("%s: %d instead of %d", what, c[0], c[1])
			}
		}
		_, err = w.List(t.Context(), w.member, grant.Filter{UnitID: w.elsewhere}, model.Page{})
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.List(t.Context(), w.elder, grant.Filter{}, model.Page{})
		w.ExpectFault(err, fault.ErrForbidden)
		page, err := w.List(t.Context(), w.clerk, grant.Filter{}, model.Page{Limit: 3})
		w.Must(err)
		rest, err := w.List(t.Context(), w.clerk, grant.Filter{}, model.Page{Limit: 3, After: page.Next})
		if err != nil || len(page.Items) != 3 || len(rest.Items) != 2 {
			t.Errorf("%d and %d, %v", len(page.Items), len(rest.Items), err)
		}
	})
}

func TestNoRoleIsLostAmongMany(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		now := w.Clock.Now()
		var rows []*model.Grant
		for i := range model.MaxLimit + 20 {
			g := &model.Grant{
				ID: model.NewID[model.Grant](now.Add(time.Duration(i) * time.Second)), UserID: w.elder.User, Role: model.ShopKeeper, UnitID: w.elsewhere,
				ValidFrom: now.Add(-time.Hour), CreatedAt: now,
			}
			if i < model.MaxLimit {
				g.ValidTo = &now
			}
			rows = append(rows, g)
		}
		rows[len(rows)-1].UnitID = w.branch
		w.Must(w.Store.Grants.Add(t.Context(), rows...))
		if !w.may(access.ShopHandOver, w.branch) {
			t.Error("the last of many grants counts for nothing")
		}
	})
}

func TestEveryRoleHasANameForPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		units := map[model.UnitKind]model.UnitID{
			model.County: w.county, model.Town: w.town, model.Community: w.community, model.Branch: w.branch,
			model.Grid: w.Unit(model.Grid, w.community), model.Group: w.Unit(model.Group, w.branch),
		}
		for _, role := range model.Roles {
			_, err := w.gives(w.clerk, role, units[access.Posts[role].In[0]])
			w.Must(err)
			if last := w.told.notices[len(w.told.notices)-1]; strings.Contains(last.Text.ZH, "的角色") || strings.ContainsAny(last.Text.ZH+last.Text.EN, "{}") {
				t.Errorf("%s: %s", role, last.Text.ZH)
			}
		}
	})
}
