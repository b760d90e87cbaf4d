package shop_test

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
	"jinlin/service/shop"
)

// world is an estate with its branch, whose station has a love-points supermarket.
type world struct {
	storetest.World
	*shop.Service
	points                             *points.Service
	county, estate, branch, station    model.UnitID
	clerk, keeper, elsewhere, wang, li model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	rights := access.New(s, units)
	pushes := push.New(s, rights, units, nil, push.Settings{})
	ledger := points.New(s, rights, pushes, false)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, points: ledger, Service: shop.New(s, rights, units, ledger, pushes)}
	w.county = w.Unit(model.County, model.UnitID{})
	community := w.Unit(model.Community, w.county)
	w.estate, w.branch, w.station = w.Unit(model.Estate, community), w.Unit(model.Branch, community), w.Unit(model.Station, community)
	w.Cover(w.branch, w.estate)
	w.Cover(w.station, w.branch)
	w.clerk, w.keeper = w.Staff(model.CountyClerk, w.county), w.Staff(model.ShopKeeper, w.station)
	w.elsewhere = w.Staff(model.ShopKeeper, w.Unit(model.Station, community))
	w.wang, w.li = w.Person("居民"), w.Person("居民")
	_, err := ledger.Fill(t.Context(), w.clerk, points.Filling{Sponsor: "红星超市", UnitID: w.county, Points: 1_000_000, Backing: "大米"})
	w.Must(err)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

var references atomic.Int64

func (w *world) earns(p model.Actor, n int64) {
	w.T.Helper()
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		posted, err := w.points.Earn(w.T.Context(), tx, model.Earning{
			User: p.User, Points: n, UnitID: w.branch, Cause: model.CauseAttendance, Reference: fmt.Sprintf("attendance/%d", references.Add(1)),
		})
		if err == nil && !posted {
			err = points.ErrPoolExhausted
		}
		return err
	}))
}

func (w *world) stocks(price, stock, perMonth int64) model.Goods {
	w.T.Helper()
	goods, err := w.AddGoods(w.T.Context(), w.keeper, shop.NewGoods{UnitID: w.station, Name: "洗衣液", Price: price, Stock: stock, PerPersonMonth: perMonth})
	w.Must(err)
	return goods
}

func (w *world) redeems(p model.Actor, g model.Goods, n int64) shop.Reservation {
	w.T.Helper()
	r, err := w.Redeem(w.T.Context(), p, g.ID, n)
	w.Must(err)
	return r
}

// expect compares what somebody has and what is on the shelf.
func (w *world) expect(p model.Actor, available, held int64, g model.Goods, stock int64) {
	w.T.Helper()
	b, err := w.points.Balance(w.T.Context(), p.User)
	w.Must(err)
	now, err := w.Store.Goods.Get(w.T.Context(), g.ID)
	w.Must(err)
	if b.Available != available || b.Held != held || now.Stock != stock {
		w.T.Fatalf("has %d, holds %d, the shelf has %d; want %d, %d and %d", b.Available, b.Held, now.Stock, available, held, stock)
	}
}

func (w *world) verified() {
	w.T.Helper()
	_, err := w.points.Verify(w.T.Context())
	w.Must(err)
	_, err = w.Verify(w.T.Context())
	w.Must(err)
}

func (w *world) moves(id model.RedemptionID) (moves []string) {
	w.T.Helper()
	events, err := w.Store.RedemptionEvents.ListOf(w.T.Context(), id)
	w.Must(err)
	for _, e := range events {
		moves = append(moves, fmt.Sprintf("%s>%s %+d", e.FromStatus, e.ToStatus, e.Quantity))
	}
	return moves
}
