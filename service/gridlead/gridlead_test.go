package gridlead_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/gridlead"
	"jinlin/service/org"
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

// world is a community with two grids, a worker in each and one of the whole community.
type world struct {
	storetest.World
	*gridlead.Service
	org  *org.Service
	told *told

	community, elsewhere, grid, next   model.UnitID
	clerk, xing, qi, neighbour, nobody model.Actor
}

const today model.Date = "2026-11-23"

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, org: org.New(s), told: &told{}}
	w.Service = gridlead.New(s, access.New(s, w.org), w.org, w.told)
	county := w.Unit(model.County, model.UnitID{})
	town := w.Unit(model.Town, county)
	w.community, w.elsewhere = w.Unit(model.Community, town), w.Unit(model.Community, town)
	w.grid, w.next = w.Unit(model.Grid, w.community), w.Unit(model.Grid, w.community)
	w.clerk, w.xing, w.qi = w.Staff(model.CountyClerk, county), w.Staff(model.GridWorker, w.grid), w.Staff(model.CommunityWorker, w.community)
	w.neighbour, w.nobody = w.Staff(model.CommunityWorker, w.elsewhere), w.Person("居民")
	return w
}

func (w *world) appoints(who model.Actor, from model.Date) model.GridLead {
	w.T.Helper()
	w.Clock.Move(time.Millisecond) // ids are in order of time
	l, err := w.Appoint(w.T.Context(), w.clerk, w.grid, who.User, from)
	w.Must(err)
	return l
}

// leadOn is who leads the grid on a day, the zero id for nobody.
func (w *world) leadOn(day model.Date) model.UserID {
	w.T.Helper()
	list, err := w.List(w.T.Context(), w.clerk, w.grid, day, model.Page{})
	w.Must(err)
	if len(list.Items) > 1 {
		w.T.Fatalf("%d lead on %s", len(list.Items), day)
	}
	if len(list.Items) == 0 {
		return model.UserID{}
	}
	return list.Items[0].UserID
}

// led checks who leads on which days.
func (w *world) led(want map[model.Date]model.Actor) {
	w.T.Helper()
	for day, who := range want {
		if got := w.leadOn(day); got != who.User {
			w.T.Errorf("on %s %s leads and should be %s", day, got, who.User)
		}
	}
}

func TestOneLeadFollowsAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.appoints(w.xing, "")
		if first.ValidFrom != today || len(w.told.notices) != 1 {
			t.Errorf("%+v, %+v", first, w.told.notices)
		}
		w.appoints(w.qi, today.AddDays(10))
		w.led(map[model.Date]model.Actor{today.AddDays(-1): {}, today: w.xing, today.AddDays(9): w.xing, today.AddDays(10): w.qi, "2030-01-01": w.qi})
		if len(w.told.notices) != 3 || w.told.notices[2].User != w.xing.User || w.told.notices[2].Title.ZH != "您不再担任网格牵头人" {
			t.Errorf("%+v", w.told.notices)
		}
		_, err := w.Appoint(t.Context(), w.clerk, w.grid, w.qi.User, today.AddDays(20))
		w.ExpectFault(err, gridlead.ErrLeads)
		_, err = w.Appoint(t.Context(), w.clerk, w.grid, w.xing.User, today.AddDays(5))
		w.ExpectFault(err, gridlead.ErrPlanned)
		w.Clock.Move(time.Millisecond)
		ended, err := w.End(t.Context(), w.clerk, w.grid, "", "另有安排") // who has not begun never leads
		if err != nil || *ended.ValidTo != today.AddDays(10) || ended.Reason != "另有安排" {
			t.Errorf("%+v, %v", ended, err)
		}
		w.led(map[model.Date]model.Actor{today: w.xing, today.AddDays(9): w.xing, today.AddDays(10): {}})
		w.appoints(w.qi, today.AddDays(5)) // before the end that was known
		w.led(map[model.Date]model.Actor{today.AddDays(4): w.xing, today.AddDays(5): w.qi})
		page, err := w.List(t.Context(), w.xing, w.grid, "", model.Page{Limit: 2})
		w.Must(err)
		rest, err := w.List(t.Context(), w.xing, w.grid, "", model.Page{Limit: 2, After: page.Next})
		if err != nil || len(page.Items) != 2 || len(rest.Items) != 1 || rest.Items[0].ID != first.ID {
			t.Errorf("%d and %+v, %v", len(page.Items), rest.Items, err)
		}
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		if err != nil || len(record.Items) != 4 || record.Items[1].Action != "grid.lead_end" {
			t.Errorf("%+v, %v", record.Items, err)
		}
	})
}

func TestALeadOfTodayGivesWayToAnotherOfToday(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.appoints(w.xing, "")
		w.appoints(w.qi, "")
		w.led(map[model.Date]model.Actor{today: w.qi, today.AddDays(1): w.qi})
		_, err := w.End(t.Context(), w.clerk, w.grid, today.AddDays(3), "调离")
		w.Must(err)
		w.led(map[model.Date]model.Actor{today.AddDays(2): w.qi, today.AddDays(3): {}})
		_, err = w.End(t.Context(), w.clerk, w.grid, "", "调离")
		w.ExpectFault(err, gridlead.ErrNobody)
	})
}

func TestWhoCannotLead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		over := w.Clock.Now().Add(time.Hour)
		leaving := w.Person("临时工")
		w.Must(w.Store.Grants.Add(t.Context(), &model.Grant{
			ID: model.NewID[model.Grant](w.Clock.Now()), UserID: leaving.User, Role: model.GridWorker, UnitID: w.grid,
			ValidFrom: w.Clock.Now(), ValidTo: &over, CreatedAt: w.Clock.Now(),
		}))
		proposed := w.Person("待确认")
		w.Must(w.Store.Grants.Add(t.Context(), &model.Grant{
			ID: model.NewID[model.Grant](w.Clock.Now()), UserID: proposed.User, Role: model.GridWorker, UnitID: w.grid, Pending: true,
			ValidFrom: w.Clock.Now(), CreatedAt: w.Clock.Now(),
		}))
		for what, c := range map[string]struct {
			by, who model.Actor
			unit    model.UnitID
			from    model.Date
			want    error
		}{
			"somebody without a post":       {w.clerk, w.nobody, w.grid, "", fault.ErrInvalid},
			"of another community":          {w.clerk, w.neighbour, w.grid, "", fault.ErrInvalid},
			"whose role is not confirmed":   {w.clerk, proposed, w.grid, "", fault.ErrInvalid},
			"whose role will have ended":    {w.clerk, leaving, w.grid, today.AddDays(1), fault.ErrInvalid},
			"since yesterday":               {w.clerk, w.xing, w.grid, today.AddDays(-1), org.ErrPast},
			"a community":                   {w.clerk, w.qi, w.community, "", fault.ErrNotFound},
			"appointed by a grid worker":    {w.xing, w.xing, w.grid, "", fault.ErrForbidden},
			"appointed by another's worker": {w.neighbour, w.xing, w.grid, "", fault.ErrNotFound},
			"appointed by nobody":           {model.Actor{}, w.xing, w.grid, "", fault.ErrUnauthenticated},
		} {
			if _, err := w.Appoint(t.Context(), c.by, c.unit, c.who.User, c.from); !errors.Is(err, c.want) {
				t.Errorf("%s: %v instead of %v", what, err, c.want)
			}
		}
		_, err := w.End(t.Context(), w.clerk, w.grid, "", " ")
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.End(t.Context(), w.clerk, w.grid, today.AddDays(-1), "调离")
		w.ExpectFault(err, org.ErrPast)
		if w.leadOn(today) != (model.UserID{}) || len(w.told.notices) != 0 {
			t.Errorf("%+v", w.told.notices)
		}
	})
}

func TestWhoeverWorksInTheNextGridLeads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.Staff(model.GridWorker, w.next)
		worker := func() model.UserID {
			t.Helper()
			found, err := w.org.WorkerOf(t.Context(), w.grid)
			w.Must(err)
			return found.User
		}
		if worker() != w.xing.User {
			t.Error("a grid that nobody leads has no worker")
		}
		w.appoints(other, "")
		if worker() != other.User {
			t.Error("the lead is not the grid's worker")
		}
		grants, err := w.Store.Grants.ListByUser(t.Context(), other.User)
		w.Must(err)
		w.Must(w.Store.Grants.SaveEnded(t.Context(), grants[0].ID, w.Clock.Now()))
		if worker() != w.xing.User {
			t.Error("whoever works there no more leads")
		}
	})
}

func TestWhatALeadLeavesBehind(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.appoints(w.xing, "")
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.xing.User)
		w.Must(err)
		ends := func(kept ...model.Grant) int {
			t.Helper()
			n, err := w.CountPersonalWork(t.Context(), w.Store, model.Departure{Grant: grants[0], Kept: kept})
			w.Must(err)
			return n
		}
		there := model.Grant{Role: model.CommunityWorker, UnitID: w.community}
		away := model.Grant{Role: model.CommunityWorker, UnitID: w.elsewhere}
		keeper := model.Grant{Role: model.ShopKeeper, UnitID: w.community}
		if alone, kept, other := ends(), ends(there), ends(away, keeper); alone != 1 || kept != 0 || other != 1 {
			t.Errorf("%d alone, %d with a role that reaches the grid, %d with others", alone, kept, other)
		}
		_, err = w.End(t.Context(), w.clerk, w.grid, "", "调离")
		w.Must(err)
		if n := ends(); n != 0 {
			t.Errorf("%d after it ended", n)
		}
	})
}
