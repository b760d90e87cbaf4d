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
	"jinlin/service/signup"
	"jinlin/service/wechat"
)

// world is an estate and its branch, with a secretary, and activities of that branch.
type world struct {
	t     testing.TB
	store *store.Store
	clock *storetest.Clock
	*signup.Service
	activities     *activity.Service
	points         *till
	estate, branch model.UnitID
	secretary      model.Actor
}

// till stands for the ledger: it counts what it is asked to post.
type till struct {
	earned atomic.Int32
	last   atomic.Pointer[signup.Earning]
	empty  atomic.Bool
}

func (p *till) Earn(_ context.Context, _ *store.Store, e signup.Earning) (bool, error) {
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
	w := &world{t: t, store: s, clock: clock, points: &till{}, activities: activity.New(s, rights, units, moderation.New(s, allPass{}), nil)}
	w.Service = signup.New(s, rights, units, w.points)
	county := w.unit(model.County, model.UnitID{})
	w.estate, w.branch = w.unit(model.Estate, county), w.unit(model.Branch, county)
	w.must(s.Covers.Add(t.Context(), &model.Cover{UnitID: w.branch, CoveredID: w.estate, ValidFrom: "2026-01-01"}))
	w.secretary = w.people(1)[0]
	w.must(s.Grants.Add(t.Context(), &model.Grant{
		ID: model.NewID[model.Grant](clock.Now()), UserID: w.secretary.User, Role: model.Secretary, UnitID: w.branch,
		ValidFrom: clock.Now(), CreatedAt: clock.Now(),
	}))
	w.must(s.WeChat.Add(t.Context(), &model.WeChatAccount{OpenID: "o-secretary", UserID: w.secretary.User, CreatedAt: clock.Now(), LastSeenAt: clock.Now()}))
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) unit(kind model.UnitKind, parent model.UnitID) model.UnitID {
	u := model.Unit{ID: model.NewID[model.Unit](w.clock.Now()), ParentID: parent, Kind: kind, Name: string(kind), ValidFrom: "2026-01-01", CreatedAt: w.clock.Now()}
	w.must(w.store.Units.Add(w.t.Context(), &u))
	return u.ID
}

func (w *world) people(n int) []model.Actor {
	users, actors := make([]*model.User, n), make([]model.Actor, n)
	for i := range users {
		now := w.clock.Now()
		users[i] = &model.User{ID: model.NewID[model.User](now), Nickname: "居民", Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
		actors[i] = model.Actor{User: users[i].ID}
	}
	w.must(w.store.Users.Add(w.t.Context(), users...))
	return actors
}

// publish publishes an activity of two hours that begins tomorrow at ten.
func (w *world) publish(capacity int, change ...func(*activity.Plan)) model.ActivityID {
	w.t.Helper()
	start := w.clock.Now().Add(24 * time.Hour)
	plan := activity.Plan{
		Title: "清扫楼道", Place: "3 号楼", StartsAt: start, EndsAt: start.Add(2 * time.Hour),
		SignUpOpensAt: w.clock.Now(), SignUpClosesAt: start, Capacity: capacity, WaitingList: true, CheckInMinutes: activity.DefaultCheckIn,
	}
	for _, c := range change {
		c(&plan)
	}
	a, err := w.activities.Draft(w.t.Context(), w.secretary, w.branch, plan)
	w.must(err)
	_, err = w.activities.Publish(w.t.Context(), w.secretary, a.ID)
	w.must(err)
	return a.ID
}

func (w *world) read(id model.ActivityID) model.Activity {
	w.t.Helper()
	a, err := w.store.Activities.Get(w.t.Context(), id)
	w.must(err)
	return a
}

func (w *world) joins(p model.Actor, id model.ActivityID) signup.Joined {
	w.t.Helper()
	joined, err := w.Join(w.t.Context(), p, id, signup.Party{})
	w.must(err)
	return joined
}

// balanced checks that the counters are what the rows say.
func (w *world) balanced(id model.ActivityID) model.Activity {
	w.t.Helper()
	a := w.read(id)
	taken, err := w.store.SignUps.CountPlaces(w.t.Context(), id)
	w.must(err)
	waiting := w.waiting(id)
	if a.PlacesLeft < 0 || int(taken) != a.Capacity-a.PlacesLeft || len(waiting) != a.Waiting {
		w.t.Fatalf("%d of %d places left and %d waiting; the rows take %d and %d wait", a.PlacesLeft, a.Capacity, a.Waiting, taken, len(waiting))
	}
	return a
}

func (w *world) waiting(id model.ActivityID) []model.SignUp {
	w.t.Helper()
	rows, err := w.store.SignUps.ListWaiting(w.t.Context(), id, 1000)
	w.must(err)
	return rows
}

// state is where a person's sign-up is.
func (w *world) state(p model.Actor, id model.ActivityID) model.SignUpState {
	w.t.Helper()
	row, err := w.store.SignUps.GetByPerson(w.t.Context(), id, p.User)
	w.must(err)
	return row.State
}
