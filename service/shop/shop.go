// Package shop is the love-points supermarket: goods for points.
//
// A redemption reserves goods: stock is taken, points are held, and the person gets a
// pick-up code, all in one transaction or not at all. At the till the code hands the goods
// over and the shop gets the points. Until then the person or the shop may cancel; after
// seven days the reservation lapses; both give stock and points back. The person is told of
// each of these that they did not do themselves, and sent the code. After the hand-over
// goods may be returned, all or some, never more than were handed over.
//
// Stock moves by one conditional relative statement with a movement beside it, so it is
// never below zero and always the sum of its movements. A monthly limit per person is a
// counter that moves the same way; what is cancelled, lapsed or returned does not count.
//
// A pick-up code is eight characters that are not mistaken for one another, chosen at
// random from 850 thousand million. It is kept as a keyed hash, by which the till finds it,
// and sealed, so that its owner can be shown it again. A keeper hands over at their own
// shop only, and the request rate of a person makes guessing hopeless.
package shop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
	"jinlin/service/points"
)

// KeepFor is how long goods are kept for whoever reserved them.
const KeepFor = 7 * 24 * time.Hour

// LapseJob ends a reservation whose time is over; its payload is the redemption's id.
const LapseJob = "shop.lapse"

var (
	// ErrOutOfStock is a fault: there are not so many.
	ErrOutOfStock = fault.Define(fault.Conflict, "out_of_stock",
		"库存不足。", "There are not enough in stock.")
	// ErrLimitReached is a fault: the person has had as many as one may in a month.
	ErrLimitReached = fault.Define(fault.Conflict, "limit_reached",
		"已达到本月兑换上限。", "You have reached this month's limit for these goods.")
	// ErrTooMany is a fault: more than were handed over would come back.
	ErrTooMany = fault.Define(fault.Conflict, "too_many_returned",
		"退回数量超过已领取数量。", "More would come back than was handed over.")
)

// Service runs the shops.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	points  *points.Service
	notices Notices
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, p *points.Service, notices Notices) *Service {
	return &Service{store: s, access: a, org: o, points: p, notices: notices}
}

// NewGoods are goods to be put on the shelf.
type NewGoods struct {
	UnitID         model.UnitID
	Name           string
	Price          int64 // points apiece
	Stock          int64
	PerPersonMonth int64 // 0 is no limit
}

// AddGoods puts new goods on the shelf of a unit's shop.
// Faults: unauthenticated, forbidden, not_found, unit_ended.
func (s *Service) AddGoods(ctx context.Context, actor model.Actor, n NewGoods) (model.Goods, error) {
	if err := s.access.Require(ctx, actor, access.ShopManage, n.UnitID); err != nil {
		return model.Goods{}, err
	}
	if n.Name = strings.TrimSpace(n.Name); n.Name == "" {
		return model.Goods{}, fault.InvalidField("name", "required", "请填写物品名称。", "Name the goods.")
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Goods, error) {
		if _, err := tx.Units.GetStanding(ctx, n.UnitID, model.DateOf(tx.Now())); err != nil {
			return model.Goods{}, err
		}
		goods := model.Goods{
			ID: model.NewID[model.Goods](tx.Now()), UnitID: n.UnitID, Name: n.Name, Price: n.Price, Stock: n.Stock,
			PerPersonMonth: n.PerPersonMonth, CreatedAt: tx.Now(),
		}
		if err := tx.Goods.Add(ctx, &goods); err != nil {
			return goods, err
		}
		if err := moved(ctx, tx, movement{goods: goods.ID, delta: n.Stock, reason: "上架", by: actor.User}); err != nil {
			return goods, err
		}
		return goods, audit.Record(ctx, tx, actor, audit.Act{
			Action: "shop.goods", ObjectKind: "goods", ObjectID: goods.ID, Unit: goods.UnitID,
			Detail: fmt.Sprintf("%d at %d points", goods.Stock, goods.Price),
		})
	})
}

// MoveStock adds or takes away stock by hand.
// Faults: unauthenticated, forbidden, not_found, out_of_stock.
func (s *Service) MoveStock(ctx context.Context, actor model.Actor, id model.GoodsID, delta int64, reason string) (model.Goods, error) {
	if delta == 0 {
		return model.Goods{}, fault.InvalidField("delta", "too_small", "数量不能为零。", "Nothing would move.")
	}
	goods, err := access.Find(ctx, s.access, actor, access.ShopManage, s.store.Goods.Get, id)
	if err != nil {
		return goods, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Goods, error) {
		if err := moveStock(ctx, tx, movement{goods: id, delta: delta, reason: reason, by: actor.User}); err != nil {
			return model.Goods{}, err
		}
		if err := audit.Record(ctx, tx, actor, audit.Act{
			Action: "shop.stock", ObjectKind: "goods", ObjectID: id, Unit: goods.UnitID, Detail: fmt.Sprintf("%+d", delta),
		}); err != nil {
			return model.Goods{}, err
		}
		return tx.Goods.Get(ctx, id)
	})
}

// movement is a change of stock.
type movement struct {
	goods      model.GoodsID
	redemption model.RedemptionID
	delta      int64
	reason     string
	by         model.UserID
}

// moveStock changes the stock and writes the movement. Fault: out_of_stock.
func moveStock(ctx context.Context, tx *store.Store, m movement) (err error) {
	ok := true
	switch {
	case m.delta < 0:
		ok, err = tx.Goods.TakeStock(ctx, m.goods, -m.delta)
	case m.delta > 0:
		ok, err = tx.Goods.GiveStock(ctx, m.goods, m.delta)
	}
	if err != nil {
		return err
	}
	if !ok {
		return ErrOutOfStock
	}
	return moved(ctx, tx, m)
}

func moved(ctx context.Context, tx *store.Store, m movement) error {
	return tx.StockMovements.Add(ctx, &model.StockMovement{
		ID: model.NewID[model.StockMovement](tx.Now()), GoodsID: m.goods, RedemptionID: m.redemption,
		Delta: m.delta, Reason: m.reason, ActorID: m.by, At: tx.Now(),
	})
}

// Goods pages what the people of an estate can get, newest first: the goods of every shop
// of the estate, of its branch and its station, and of all above. Fault: not_found.
func (s *Service) Goods(ctx context.Context, estate model.UnitID, page model.Page) (model.Listing[model.Goods], error) {
	units, err := s.shopsOf(ctx, estate)
	if err != nil {
		return model.Listing[model.Goods]{}, err
	}
	return s.store.Goods.List(ctx, units, page)
}

// shopsOf are the units whose shops serve an estate. A station is not above the estate: it
// serves the branch that leads it, so what reaches each unit that reaches the estate counts.
func (s *Service) shopsOf(ctx context.Context, estate model.UnitID) ([]model.UnitID, error) {
	near, err := s.org.Reach(ctx, estate)
	if err != nil {
		return nil, err
	}
	shops := slices.Clone(near)
	for _, unit := range near {
		further, err := s.org.Reach(ctx, unit)
		if err != nil {
			return nil, err
		}
		for _, u := range further {
			if !slices.Contains(shops, u) {
				shops = append(shops, u)
			}
		}
	}
	return shops, nil
}

// GoodsByID reads several goods, to name them.
func (s *Service) GoodsByID(ctx context.Context, ids []model.GoodsID) (map[model.GoodsID]model.Goods, error) {
	rows, err := s.store.Goods.ListByID(ctx, ids)
	goods := map[model.GoodsID]model.Goods{}
	for _, row := range rows {
		goods[row.ID] = row
	}
	return goods, err
}
