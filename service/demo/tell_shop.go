package demo

import (
	"context"

	"jinlin/model"
	"jinlin/service/shop"
)

// errand is somebody's way to a love-points supermarket, and how far it has come.
type errand struct {
	persona string
	estate  string
	goods   string
	daysAgo int
	end     model.RedemptionStatus
}

var errands = []errand{
	{"resident-wang", hongqiao, "食用盐两袋", 3, model.RedemptionHandedOver},
	{"resident-wang", hongqiao, "抽纸一提", 1, model.RedemptionReserved},
	{"resident-li", hongqiao, "洗衣液一瓶", 1, model.RedemptionHandedOver},
	{"resident-li", hongqiao, "食用盐两袋", 2, model.RedemptionReturned},
	{"courier-chen", hongqiao, "免费理发一次", 2, model.RedemptionCancelled},
	{"courier-chen", hongqiao, "食用盐两袋", 1, model.RedemptionReady},
	{"resident-zhao", tianyue, "抽纸一提", 2, model.RedemptionReserved},
}

// writeShop stocks the shelves and sends people there.
func (t *teller) writeShop() {
	stocked := map[string]model.GoodsID{}
	for i, s := range shelves {
		t.Goods++
		t.on(-12, 9, i, s.name, func(ctx context.Context) error {
			goods, err := t.shop.AddGoods(ctx, t.actor(shopPersona[s.estate]), shop.NewGoods{
				UnitID: t.unitOf(s.estate), Name: s.name, Price: s.price, Stock: s.stock, PerPersonMonth: s.perMonth,
			})
			stocked[s.estate+s.name] = goods.ID
			return err
		})
	}
	t.on(-2, 9, 0, "a delivery", func(ctx context.Context) error {
		_, err := t.shop.MoveStock(ctx, t.actor(shopPersona[hongqiao]), stocked[hongqiao+"食用盐两袋"], 40, "补货")
		return err
	})
	for i, e := range errands {
		t.Redemptions++
		t.writeErrand(e, i, stocked)
	}
}

// writeErrand: reserved in the morning; what follows happens in the afternoon.
func (t *teller) writeErrand(e errand, i int, stocked map[string]model.GoodsID) {
	who, keeper := t.actor(e.persona), t.actor(shopPersona[e.estate])
	var r shop.Reservation
	t.on(-e.daysAgo, 10, i, e.goods, func(ctx context.Context) (err error) {
		r, err = t.shop.Redeem(ctx, who, stocked[e.estate+e.goods], 1)
		return err
	})
	t.on(-e.daysAgo, 15, i, e.goods, func(ctx context.Context) (err error) {
		switch e.end {
		case model.RedemptionReady:
			_, err = t.shop.Prepare(ctx, keeper, r.Redemption.ID)
		case model.RedemptionCancelled:
			_, err = t.shop.Cancel(ctx, who, r.Redemption.ID)
		case model.RedemptionHandedOver, model.RedemptionReturned:
			_, err = t.shop.HandOver(ctx, keeper, r.PickupCode)
		}
		return err
	})
	if e.end == model.RedemptionReturned {
		t.on(-e.daysAgo, 17, i, e.goods, func(ctx context.Context) error {
			_, err := t.shop.TakeBack(ctx, keeper, r.Redemption.ID, 1)
			return err
		})
	}
}
