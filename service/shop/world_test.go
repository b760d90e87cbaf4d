package shop_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/shop"
)

// world is an estate with its branch, whose station has a love-points supermarket.
type world struct {
	t     testing.TB
	store *store.Store
	clock *storetest.Clock
	*shop.Service
	points                             *points.Service
	county, estate, branch, station    model.UnitID
	clerk, keeper, elsewhere, wang, li model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	rights := access.New(s, units)
	ledger := points.New(s, rights, false)
	w := &world{t: t, store: s, clock: clock, points: ledger, Service: shop.New(s, rights, units, ledger)}
	w.county = w.unit(model.County, model.UnitID{})
	community := w.unit(model.Community, w.county)
	w.estate, w.branch, w.station = w.unit(model.Estate, community), w.unit(model.Branch, community), w.unit(model.Station, community)
	w.must(s.Covers.Add(t.Context(),
		&model.Cover{UnitID: w.branch, CoveredID: w.estate, ValidFrom: "2026-01-01"},
		&model.Cover{UnitID: w.station, CoveredID: w.branch, ValidFrom: "2026-01-01"}))
	w.clerk, w.keeper = w.staff(model.CountyClerk, w.county), w.staff(model.ShopKeeper, w.station)
	w.elsewhere = w.staff(model.ShopKeeper, w.unit(model.Station, community))
	w.wang, w.li = w.person(), w.person()
	_, err := ledger.Fill(t.Context(), w.clerk, points.Filling{Sponsor: "红星超市", UnitID: w.county, Points: 1_000_000, Backing: "大米"})
	w.must(err)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) expectFault(err error, want *fault.Error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Fatalf("got %v; want %s", err, want.Code)
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

var references atomic.Int64

func (w *world) earns(p model.Actor, n int64) {
	w.t.Helper()
	w.must(w.store.InTx(w.t.Context(), func(tx *store.Store) error {
		posted, err := w.points.Earn(w.t.Context(), tx, points.Earning{
			User: p.User, Points: n, UnitID: w.branch, Cause: "attendance", Reference: fmt.Sprintf("attendance/%d", references.Add(1)),
		})
		if err == nil && !posted {
			err = points.ErrPoolExhausted
		}
		return err
	}))
}

func (w *world) stocks(price, stock, perMonth int64) model.Goods {
	w.t.Helper()
	goods, err := w.AddGoods(w.t.Context(), w.keeper, shop.NewGoods{UnitID: w.station, Name: "洗衣液", Price: price, Stock: stock, PerPersonMonth: perMonth})
	w.must(err)
	return goods
}

func (w *world) redeems(p model.Actor, g model.Goods, n int64) shop.Reservation {
	w.t.Helper()
	r, err := w.Redeem(w.t.Context(), p, g.ID, n)
	w.must(err)
	return r
}

// expect compares what somebody has and what is on the shelf.
func (w *world) expect(p model.Actor, available, held int64, g model.Goods, stock int64) {
	w.t.Helper()
	b, err := w.points.Balance(w.t.Context(), p.User)
	w.must(err)
	now, err := w.store.Goods.Get(w.t.Context(), g.ID)
	w.must(err)
	if b.Available != available || b.Held != held || now.Stock != stock {
		w.t.Fatalf("has %d, holds %d, the shelf has %d; want %d, %d and %d", b.Available, b.Held, now.Stock, available, held, stock)
	}
}

func (w *world) verified() {
	w.t.Helper()
	_, err := w.points.Verify(w.t.Context())
	w.must(err)
	_, err = w.Verify(w.t.Context())
	w.must(err)
}

func (w *world) moves(id model.RedemptionID) (moves []string) {
	w.t.Helper()
	events, err := w.store.RedemptionEvents.ListOf(w.t.Context(), id)
	w.must(err)
	for _, e := range events {
		moves = append(moves, fmt.Sprintf("%s>%s %+d", e.FromStatus, e.ToStatus, e.Quantity))
	}
	return moves
}
