package points_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/push"
)

// world is a county with one community, estate and branch, and the people of these tests.
type world struct {
	storetest.World
	*points.Service
	county, community, estate, branch model.UnitID
	clerk, town, secretary, wang, li  model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	rights := access.New(s, units)
	pushes := push.New(s, rights, units, nil, push.Settings{})
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: points.New(s, rights, pushes, true)}
	w.county = w.Unit(model.County, model.UnitID{})
	w.community = w.Unit(model.Community, w.county)
	w.estate = w.Unit(model.Estate, w.community)
	w.branch = w.Unit(model.Branch, w.community)
	w.Cover(w.branch, w.estate)
	w.clerk, w.town, w.secretary = w.Staff(model.CountyClerk, w.county), w.Staff(model.TownCommittee, w.county), w.Staff(model.Secretary, w.branch)
	w.wang, w.li = w.Person("居民"), w.Person("居民")
	return w
}

// filled makes a pool of the branch, or adds to it.
func (w *world) filled(n int64) points.FilledPool {
	w.T.Helper()
	pool, err := w.Fill(w.T.Context(), w.clerk, points.Filling{Sponsor: "红星超市", UnitID: w.branch, Points: n, Backing: "大米 40 袋"})
	w.Must(err)
	return pool
}

var references atomic.Int64

// earns has somebody earn points by a service of its own.
func (w *world) earns(p model.Actor, n int64) (posted bool) {
	w.T.Helper()
	return w.earnsFor(p, n, fmt.Sprintf("attendance/%d", references.Add(1)))
}

func (w *world) earnsFor(p model.Actor, n int64, reference string) (posted bool) {
	w.T.Helper()
	posted, err := w.tryEarn(p, n, reference)
	w.Must(err)
	return posted
}

func (w *world) tryEarn(p model.Actor, n int64, reference string) (posted bool, err error) {
	err = w.inTx(func(tx *store.Store) (err error) {
		posted, err = w.Earn(w.T.Context(), tx, model.Earning{User: p.User, Points: n, UnitID: w.branch, Cause: model.CauseAttendance, Reference: reference, By: w.secretary})
		return err
	})
	return posted, err
}

func (w *world) inTx(do func(tx *store.Store) error) error {
	return w.Store.InTx(w.T.Context(), do)
}

func (w *world) holds(p model.Actor, n int64, reference string) error {
	return w.inTx(func(tx *store.Store) error {
		return w.Hold(w.T.Context(), tx, points.Holding{User: p.User, Points: n, UnitID: w.branch, Reference: reference, By: p.User})
	})
}

// expect compares what somebody has.
func (w *world) expect(p model.Actor, available, held int64) {
	w.T.Helper()
	b, err := w.Balance(w.T.Context(), p.User)
	w.Must(err)
	if b.Available != available || b.Held != held {
		w.T.Fatalf("has %d and holds %d; want %d and %d", b.Available, b.Held, available, held)
	}
}

// verified checks every invariant.
func (w *world) verified() points.Report {
	w.T.Helper()
	report, err := w.Verify(w.T.Context())
	w.Must(err)
	return report
}
