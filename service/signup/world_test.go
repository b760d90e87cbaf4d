package signup_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/activity"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/push"
	"jinlin/service/signup"
	"jinlin/service/wechat"
)

// world is an estate and its branch, with a secretary, and activities of that branch.
type world struct {
	storetest.World
	*signup.Service
	activities     *activity.Service
	points         *till
	estate, branch model.UnitID
	secretary      model.Actor
}

// till stands for the ledger: it counts what it is asked to post.
type till struct {
	earned atomic.Int32
	last   atomic.Pointer[model.Earning]
	empty  atomic.Bool
}

func (p *till) Earn(_ context.Context, _ *store.Store, e model.Earning) (bool, error) {
	p.earned.Add(1)
	p.last.Store(&e)
	return !p.empty.Load(), nil
}

// allPass stands for WeChat.
type allPass struct{}

func (allPass) CheckText(context.Context, wechat.TextCheck) wechat.Verdict {
	return wechat.Verdict{Suggest: wechat.Pass}
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	rights := access.New(s, units)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, points: &till{}, activities: activity.New(s, rights, units, moderation.New(s, rights, units, allPass{}), nil)}
	w.Service = signup.New(s, rights, units, w.points, push.New(s, rights, units, nil, push.Settings{}))
	county := w.Unit(model.County, model.UnitID{})
	w.estate, w.branch = w.Unit(model.Estate, county), w.Unit(model.Branch, county)
	w.Cover(w.branch, w.estate)
	w.secretary = w.Staff(model.Secretary, w.branch)
	return w
}

// publish publishes an activity of two hours that begins tomorrow at ten.
func (w *world) publish(capacity int, change ...func(*activity.Plan)) model.ActivityID {
	w.T.Helper()
	start := w.Clock.Now().Add(24 * time.Hour)
	plan := activity.Plan{
		Title: "清扫楼道", Place: "3 号楼", StartsAt: start, EndsAt: start.Add(2 * time.Hour),
		SignUpOpensAt: w.Clock.Now(), SignUpClosesAt: start, Capacity: capacity, WaitingList: true, CheckInMinutes: activity.DefaultCheckIn,
	}
	for _, c := range change {
		c(&plan)
	}
	a, err := w.activities.Draft(w.T.Context(), w.secretary, w.branch, plan)
	w.Must(err)
	_, err = w.activities.Publish(w.T.Context(), w.secretary, a.ID)
	w.Must(err)
	return a.ID
}

func (w *world) read(id model.ActivityID) model.Activity {
	w.T.Helper()
	a, err := w.Store.Activities.Get(w.T.Context(), id)
	w.Must(err)
	return a
}

func (w *world) joins(p model.Actor, id model.ActivityID) signup.Joined {
	w.T.Helper()
	joined, err := w.Join(w.T.Context(), p, id, signup.Party{})
	w.Must(err)
	return joined
}

// balanced checks that the counters are what the rows say.
func (w *world) balanced(id model.ActivityID) model.Activity {
	w.T.Helper()
	a := w.read(id)
	taken, err := w.Store.SignUps.CountPlaces(w.T.Context(), id)
	w.Must(err)
	waiting := w.waiting(id)
	if a.PlacesLeft < 0 || int(taken) != a.Capacity-a.PlacesLeft || len(waiting) != a.Waiting {
		w.T.Fatalf("%d of %d places left and %d waiting; the rows take %d and %d wait", a.PlacesLeft, a.Capacity, a.Waiting, taken, len(waiting))
	}
	return a
}

func (w *world) waiting(id model.ActivityID) []model.SignUp {
	w.T.Helper()
	rows, err := w.Store.SignUps.ListWaiting(w.T.Context(), id, 1000)
	w.Must(err)
	return rows
}

// state is where a person's sign-up is.
func (w *world) state(p model.Actor, id model.ActivityID) model.SignUpState {
	w.T.Helper()
	row, err := w.Store.SignUps.GetByPerson(w.T.Context(), id, p.User)
	w.Must(err)
	return row.State
}
