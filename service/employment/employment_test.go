package employment_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/employment"
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

// world is a community of two estates, each led by a branch, and a grid.
type world struct {
	storetest.World
	*employment.Service
	told *told

	town, community, estate, elsewhere, grid, building model.UnitID
	branch                                             model.UnitID
	secretary, other, worker, gridWorker               model.Actor
	chen, li                                           model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, told: &told{}}
	w.Service = employment.New(s, access.New(s, units), units, w.told, true)
	w.town = w.Unit(model.Town, w.Unit(model.County, model.UnitID{}))
	w.community = w.Unit(model.Community, w.town)
	w.estate, w.elsewhere, w.grid = w.Unit(model.Estate, w.community), w.Unit(model.Estate, w.community), w.Unit(model.Grid, w.community)
	w.building = w.Unit(model.Building, w.estate)
	second := w.Unit(model.Branch, w.community)
	w.branch = w.Unit(model.Branch, w.community)
	w.Cover(w.branch, w.estate)
	w.Cover(second, w.elsewhere)
	w.secretary, w.other = w.Staff(model.Secretary, w.branch), w.Staff(model.Secretary, second)
	w.worker, w.gridWorker = w.Staff(model.CommunityWorker, w.community), w.Staff(model.GridWorker, w.grid)
	w.chen, w.li = w.Person("小陈"), w.Person("李师傅")
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func (w *world) registers(who model.Actor, area model.UnitID) model.Employment {
	w.T.Helper()
	e, err := w.Register(w.T.Context(), who, employment.Work{Area: area, Kind: "courier", Platform: " 邮政 "})
	w.Must(err)
	w.Clock.Move(time.Millisecond) // steps are listed in order of time
	return e
}

// areas is in how many areas somebody verifiably works.
func (w *world) areas(who model.Actor) int {
	w.T.Helper()
	rows, err := w.Store.Employments.ListVerified(w.T.Context(), who.User)
	w.Must(err)
	return len(rows)
}

func TestStaffOfTheAreaVerify(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.registers(w.chen, w.estate)
		if e.Status != model.EmploymentPending || e.Platform != "邮政" || w.areas(w.chen) != 0 {
			t.Fatalf("%+v", e)
		}
		for _, who := range []model.Actor{w.other, w.gridWorker} {
			_, err := w.Approve(t.Context(), who, e.ID, "")
			w.ExpectFault(err, fault.ErrNotFound)
		}
		_, err := w.Approve(t.Context(), w.li, e.ID, "")
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Reject(t.Context(), w.secretary, e.ID, " ")
		w.ExpectFault(err, fault.ErrInvalid)
		c, err := w.Approve(t.Context(), w.secretary, e.ID, "")
		w.Must(err)
		if c.Status != model.EmploymentVerified || c.Nickname != "小陈" || c.Stage != model.StageServed || w.areas(w.chen) != 1 {
			t.Fatalf("%+v", c)
		}
		_, err = w.Reject(t.Context(), w.secretary, e.ID, "搞错了")
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.Clock.Move(time.Millisecond)
		_, err = w.Remove(t.Context(), w.worker, e.ID, "已离职")
		w.Must(err)
		if w.areas(w.chen) != 0 || len(w.told.notices) != 2 {
			t.Fatalf("told %+v", w.told.notices)
		}
		steps, err := w.Store.EmploymentEvents.ListByEmployment(t.Context(), e.ID)
		w.Must(err)
		if len(steps) != 3 || steps[0].FromStatus != "" || steps[2].ToStatus != model.EmploymentEnded || steps[2].Reason != "已离职" {
			t.Fatalf("%+v", steps)
		}
		if audits, err := w.Store.Audit.List(t.Context(), model.Page{}); err != nil || len(audits.Items) != 2 {
			t.Fatalf("%+v %v", audits, err)
		}
		if again := w.registers(w.chen, w.estate); again.Status != model.EmploymentPending {
			t.Fatalf("who comes back: %+v", again)
		}
	})
}

func TestNobodyVerifiesTheirOwnWork(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.registers(w.secretary, w.estate)
		_, err := w.Approve(t.Context(), w.secretary, e.ID, "")
		w.ExpectFault(err, employment.ErrOwn)
	})
}

func TestAWorkAreaMustBeOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, work := range []employment.Work{
			{Area: w.building, Kind: "courier"},
			{Area: w.branch, Kind: "courier"},
			{Area: model.UnitID{1}, Kind: "courier"},
			{Kind: "courier"},
			{Area: w.estate, Kind: "pilot"},
			{Area: w.estate},
		} {
			_, err := w.Register(t.Context(), w.chen, work)
			w.ExpectFault(err, fault.ErrInvalid)
		}
		for _, area := range []model.UnitID{w.estate, w.grid, w.community, w.town} {
			w.registers(w.chen, area)
		}
		_, err := w.Register(t.Context(), model.Actor{}, employment.Work{Area: w.estate, Kind: "courier"})
		w.ExpectFault(err, fault.ErrUnauthenticated)
	})
}

func TestTheFormIsAConsentUnlessItWasTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.registers(w.chen, w.estate)
		said, err := w.Store.Consents.Latest(t.Context(), w.chen.User, model.PurposeEmployment)
		w.Must(err)
		if !said.InForce() || said.Channel != model.ConsentOnForm {
			t.Fatalf("%+v", said)
		}
		w.Clock.Move(time.Millisecond)
		w.Must(w.Store.Consents.Add(t.Context(), &model.Consent{
			ID: model.NewID[model.Consent](w.Clock.Now()), UserID: w.chen.User, Purpose: model.PurposeEmployment, Version: 1,
			Channel: model.ConsentInApp, At: w.Clock.Now(),
		}))
		_, err = w.Register(t.Context(), w.chen, employment.Work{Area: w.grid, Kind: "courier"})
		w.ExpectFault(err, store.ErrConsentRequired)
		w.Must(w.Store.Employments.DeleteByUser(t.Context(), w.chen.User))
		if mine, err := w.Mine(t.Context(), w.chen, model.Page{}); err != nil || len(mine.Items) != 0 {
			t.Fatalf("%+v %v", mine, err)
		}
	})
}

func TestWhoLeavesHasNothingMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.registers(w.chen, w.estate)
		_, err := w.Approve(t.Context(), w.secretary, e.ID, "")
		w.Must(err)
		w.ExpectFault(w.Leave(t.Context(), w.li, e.ID), fault.ErrNotFound)
		w.Must(w.Leave(t.Context(), w.chen, e.ID))
		if w.areas(w.chen) != 0 {
			t.Fatal("still has rights")
		}
		w.ExpectFault(w.Leave(t.Context(), w.chen, e.ID), fault.ErrIllegalTransition)
		w.registers(w.chen, w.estate)
		if mine, err := w.Mine(t.Context(), w.chen, model.Page{}); err != nil || len(mine.Items) != 2 || mine.Items[1].Status != model.EmploymentEnded {
			t.Fatalf("%+v %v", mine, err)
		}
	})
}

func TestStaffSeeTheirOwnGround(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, second := w.registers(w.chen, w.estate), w.registers(w.li, w.grid)
		see := func(who model.Actor, page model.Page) model.Listing[employment.Case] {
			t.Helper()
			cases, err := w.Cases(t.Context(), who, model.EmploymentPending, page)
			w.Must(err)
			return cases
		}
		all := see(w.worker, model.Page{Limit: 1})
		if len(all.Items) != 1 || all.Items[0].ID != first.ID || all.Next == nil {
			t.Fatalf("%+v", all)
		}
		if rest := see(w.worker, model.Page{After: all.Next}); len(rest.Items) != 1 || rest.Items[0].ID != second.ID {
			t.Fatalf("%+v", rest)
		}
		if mine := see(w.gridWorker, model.Page{}); len(mine.Items) != 1 || mine.Items[0].ID != second.ID {
			t.Fatalf("%+v", mine)
		}
		if none := see(w.other, model.Page{}); len(none.Items) != 0 {
			t.Fatalf("%+v", none)
		}
		_, err := w.Cases(t.Context(), w.chen, model.EmploymentPending, model.Page{})
		w.ExpectFault(err, fault.ErrForbidden)
	})
}

// came has somebody come to an activity that earns so many points, so many days ago.
func (w *world) came(who model.Actor, points int, daysAgo int) {
	w.T.Helper()
	now := w.Clock.Now()
	at := now.AddDate(0, 0, -daysAgo)
	a := model.Activity{
		ID: model.NewID[model.Activity](at), UnitID: w.branch, State: model.ActivityFinished, Title: "巡逻", StartsAt: at, EndsAt: at.Add(time.Hour),
		SignUpOpensAt: at, SignUpClosesAt: at, Capacity: 9, PlacesLeft: 8, Points: points, Audience: model.OpenAudience, CreatedBy: w.secretary.User, CreatedAt: at, UpdatedAt: at, Version: 1,
	}
	w.Must(w.Store.Activities.Add(w.T.Context(), &a))
	w.Must(w.Store.SignUps.Add(w.T.Context(), &model.SignUp{
		ID: model.NewID[model.SignUp](now), ActivityID: a.ID, UserID: who.User, State: model.SignUpConfirmed, Places: 1, Details: []byte{}, CreatedAt: at, UpdatedAt: at,
	}))
}

func TestAStageFollowsFromWhatSomebodyHasComeTo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.registers(w.chen, w.estate)
		stage := func() model.Stage {
			t.Helper()
			cases, err := w.Cases(t.Context(), w.secretary, model.EmploymentPending, model.Page{})
			w.Must(err)
			return cases.Items[0].Stage
		}
		w.came(w.chen, 0, 1) // what one is given
		w.came(w.li, 20, 1)
		if got := stage(); got != model.StageServed {
			t.Fatal(got)
		}
		for _, ago := range []int{200, 150, 100, 20, 10} {
			w.came(w.chen, 20, ago)
			if got := stage(); got != model.StageVolunteer {
				t.Fatalf("%d days ago: %s", ago, got)
			}
		}
		w.came(w.chen, 20, 1)
		if got := stage(); got != model.StageRegular {
			t.Fatal(got)
		}
	})
}

func TestEightWhoRegisterAtOnceRegisterOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		work := employment.Work{Area: w.estate, Kind: "courier"}
		done := w.AtOnce(8, func(int) error {
			_, err := w.Register(t.Context(), w.chen, work)
			return err
		}, employment.ErrRegistered)
		if mine, err := w.Mine(t.Context(), w.chen, model.Page{}); done != 1 || err != nil || len(mine.Items) != 1 {
			t.Fatalf("%d, %+v, %v", done, mine, err)
		}
	})
}

// What the race above would see if the area were looked for and then added.
func TestPowerLookingFirstRegistersTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var looked sync.WaitGroup
		looked.Add(8)
		w.AtOnce(8, func(int) error {
			mine, err := w.Mine(t.Context(), w.chen, model.Page{})
			looked.Done()
			looked.Wait()
			if err != nil || len(mine.Items) > 0 {
				return err
			}
			now := w.Clock.Now()
			return w.Store.Employments.Add(t.Context(), &model.Employment{ // without the mark that makes it unique
				ID: model.NewID[model.Employment](now), UserID: w.chen.User, UnitID: w.estate, Kind: "courier", Status: model.EmploymentPending, CreatedAt: now,
			})
		})
		if mine, err := w.Mine(t.Context(), w.chen, model.Page{}); err != nil || len(mine.Items) < 2 {
			t.Fatalf("%d rows: the race is too weak to see anything (%v)", len(mine.Items), err)
		}
	})
}

func TestStaffWhoDecideAtOnceDecideOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.registers(w.chen, w.estate)
		done := w.AtOnce(8, func(i int) error {
			if i%2 == 0 {
				_, err := w.Approve(t.Context(), w.secretary, e.ID, "")
				return err
			}
			_, err := w.Reject(t.Context(), w.worker, e.ID, "不认识")
			return err
		}, fault.ErrIllegalTransition)
		steps, err := w.Store.EmploymentEvents.ListByEmployment(t.Context(), e.ID)
		if w.Must(err); done != 1 || len(steps) != 2 || len(w.told.notices) != 1 {
			t.Fatalf("%d decided, steps %+v", done, steps)
		}
	})
}
