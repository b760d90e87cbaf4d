package points_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/points"
)

// world is a county with one community, estate and branch, and the people of these tests.
type world struct {
	t     testing.TB
	store *store.Store
	clock *storetest.Clock
	*points.Service
	county, community, estate, branch model.UnitID
	clerk, town, secretary, wang, li  model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{t: t, store: s, clock: clock, Service: points.New(s, access.New(s, units), true)}
	w.county = w.unit(model.County, model.UnitID{})
	w.community = w.unit(model.Community, w.county)
	w.estate = w.unit(model.Estate, w.community)
	w.branch = w.unit(model.Branch, w.community)
	w.must(s.Covers.Add(t.Context(), &model.Cover{UnitID: w.branch, CoveredID: w.estate, ValidFrom: "2026-01-01"}))
	w.clerk, w.town, w.secretary = w.staff(model.CountyClerk, w.county), w.staff(model.TownCommittee, w.county), w.staff(model.Secretary, w.branch)
	w.wang, w.li = w.person(), w.person()
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

func (w *world) person() model.Actor {
	u := model.User{ID: model.NewID[model.User](w.clock.Now()), Nickname: "居民", Locale: "zh", CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(), Version: 1}
	w.must(w.store.Users.Add(w.t.Context(), &u))
	return model.Actor{User: u.ID}
}

func (w *world) staff(role model.Role, unit model.UnitID) model.Actor {
	p := w.person()
	w.must(w.store.Grants.Add(w.t.Context(), &model.Grant{
		ID: model.NewID[model.Grant](w.clock.Now()), UserID: p.User, Role: role, UnitID: unit,
		ValidFrom: w.clock.Now().Add(-time.Hour), CreatedAt: w.clock.Now(),
	}))
	return p
}

func (w *world) livesIn(p model.Actor, estate model.UnitID) {
	w.must(w.store.Residences.Add(w.t.Context(), &model.Residence{
		ID: model.NewID[model.Residence](w.clock.Now()), UserID: p.User, EstateID: estate, BuildingID: estate,
		Status: model.ResidenceVerified, CreatedAt: w.clock.Now(),
	}))
}

// filled makes a pool of the branch, or adds to it.
func (w *world) filled(n int64) points.FilledPool {
	w.t.Helper()
	pool, err := w.Fill(w.t.Context(), w.clerk, points.Filling{Sponsor: "红星超市", UnitID: w.branch, Points: n, Backing: "大米 40 袋"})
	w.must(err)
	return pool
}

var references atomic.Int64

// earns has somebody earn points by a service of its own.
func (w *world) earns(p model.Actor, n int64) (posted bool) {
	w.t.Helper()
	return w.earnsFor(p, n, fmt.Sprintf("attendance/%d", references.Add(1)))
}

func (w *world) earnsFor(p model.Actor, n int64, reference string) (posted bool) {
	w.t.Helper()
	posted, err := w.tryEarn(p, n, reference)
	w.must(err)
	return posted
}

func (w *world) tryEarn(p model.Actor, n int64, reference string) (posted bool, err error) {
	err = w.inTx(func(tx *store.Store) (err error) {
		posted, err = w.Earn(w.t.Context(), tx, points.Earning{User: p.User, Points: n, UnitID: w.branch, Cause: "attendance", Reference: reference, By: w.secretary})
		return err
	})
	return posted, err
}

func (w *world) inTx(do func(tx *store.Store) error) error {
	return w.store.InTx(w.t.Context(), do)
}

func (w *world) holds(p model.Actor, n int64, reference string) error {
	return w.inTx(func(tx *store.Store) error {
		return w.Hold(w.t.Context(), tx, points.Holding{User: p.User, Points: n, UnitID: w.branch, Reference: reference, By: p.User})
	})
}

// expect compares what somebody has.
func (w *world) expect(p model.Actor, available, held int64) {
	w.t.Helper()
	b, err := w.Balance(w.t.Context(), p.User)
	w.must(err)
	if b.Available != available || b.Held != held {
		w.t.Fatalf("has %d and holds %d; want %d and %d", b.Available, b.Held, available, held)
	}
}

// verified checks every invariant.
func (w *world) verified() points.Report {
	w.t.Helper()
	report, err := w.Verify(w.t.Context())
	w.must(err)
	return report
}
