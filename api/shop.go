package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/shop"
)

const shopTag = "Shop"

func (a *API) shopRoutes() {
	handle(a, operation{
		id: "listGoods", method: http.MethodGet, path: "/v1/shop/goods", tag: shopTag, public: true,
		summary: "What the people of an estate can get for points",
	}, a.listGoods)
	handle(a, operation{
		id: "addGoods", method: http.MethodPost, path: "/v1/shop/goods", tag: shopTag, once: true,
		status: http.StatusCreated, summary: "Put new goods on the shelf",
	}, a.addGoods)
	handle(a, operation{
		id: "moveStock", method: http.MethodPost, path: "/v1/shop/goods/{id}/stock", tag: shopTag, once: true,
		summary: "Add or take away stock by hand",
	}, a.moveStock)
	handle(a, operation{
		id: "redeem", method: http.MethodPost, path: "/v1/shop/redemptions", tag: shopTag, once: true,
		status: http.StatusCreated, summary: "Reserve goods for points",
	}, a.redeem)
	handle(a, operation{
		id: "listMyRedemptions", method: http.MethodGet, path: "/v1/me/redemptions", tag: shopTag,
		summary: "My redemptions with their pick-up codes, newest first",
	}, a.listMyRedemptions)
	handle(a, operation{
		id: "listRedemptions", method: http.MethodGet, path: "/v1/shop/redemptions", tag: shopTag,
		summary: "What a shop has to prepare and hand over",
	}, a.listRedemptions)
	handle(a, operation{
		id: "getRedemption", method: http.MethodGet, path: "/v1/shop/redemptions/{id}", tag: shopTag,
		summary: "One redemption; its owner sees the pick-up code",
	}, a.getRedemption)
	handle(a, operation{
		id: "prepareRedemption", method: http.MethodPost, path: "/v1/shop/redemptions/{id}/readiness", tag: shopTag, once: true,
		summary: "Say that the goods wait at the till",
	}, a.prepareRedemption)
	handle(a, operation{
		id: "cancelRedemption", method: http.MethodPost, path: "/v1/shop/redemptions/{id}/cancellation", tag: shopTag, once: true,
		summary: "Cancel before the hand-over",
	}, a.cancelRedemption)
	handle(a, operation{
		id: "handOver", method: http.MethodPost, path: "/v1/shop/handovers", tag: shopTag, once: true,
		summary: "Hand goods over to whoever shows the pick-up code",
	}, a.handOver)
	handle(a, operation{
		id: "returnGoods", method: http.MethodPost, path: "/v1/shop/redemptions/{id}/returns", tag: shopTag, once: true,
		summary: "Take handed-over goods back, all or some",
	}, a.returnGoods)
	handle(a, operation{
		id: "getDaySheet", method: http.MethodGet, path: "/v1/shop/day-sheet", tag: shopTag,
		summary: "What the till did in a day",
	}, a.getDaySheet)
}

type limitsBody struct {
	PerPersonMonth int64 `json:"perPersonMonth,omitempty" minimum:"1" maximum:"1000" doc:"Most pieces a person and calendar month"`
}

type goodsOut struct {
	ID     model.GoodsID `json:"id"`
	Name   string        `json:"name"`
	UnitID model.UnitID  `json:"unitId" doc:"Whose shop it is in"`
	Price  int64         `json:"price" doc:"Points apiece"`
	Stock  int64         `json:"stock"`
	Limits limitsBody    `json:"limits"`
}

func goodsFrom(g model.Goods) goodsOut {
	return goodsOut{ID: g.ID, Name: g.Name, UnitID: g.UnitID, Price: g.Price, Stock: g.Stock, Limits: limitsBody{g.PerPersonMonth}}
}

type listGoodsIn struct {
	Paging
	EstateID model.UnitID `query:"estateId" required:"true"`
}

func (a *API) listGoods(ctx context.Context, _ model.Actor, in *listGoodsIn) (*body[list[goodsOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	goods, err := a.Shop.Goods(ctx, in.EstateID, page)
	if err != nil {
		return nil, err
	}
	return listed(goods, goodsFrom), nil
}

type addGoodsIn struct {
	Body struct {
		Name   string       `json:"name" minLength:"1" maxLength:"64"`
		UnitID model.UnitID `json:"unitId" doc:"Whose shop: a station, a branch, an estate"`
		Price  int64        `json:"price" minimum:"1" maximum:"100000" doc:"Points apiece"`
		Stock  int64        `json:"stock" minimum:"0" maximum:"1000000"`
		Limits *limitsBody  `json:"limits,omitempty"`
	}
}

func (a *API) addGoods(ctx context.Context, actor model.Actor, in *addGoodsIn) (*body[goodsOut], error) {
	n := shop.NewGoods{UnitID: in.Body.UnitID, Name: in.Body.Name, Price: in.Body.Price, Stock: in.Body.Stock}
	if in.Body.Limits != nil {
		n.PerPersonMonth = in.Body.Limits.PerPersonMonth
	}
	goods, err := a.Shop.AddGoods(ctx, actor, n)
	if err != nil {
		return nil, err
	}
	return &body[goodsOut]{Body: goodsFrom(goods)}, nil
}

type moveStockIn struct {
	ID   model.GoodsID `path:"id"`
	Body struct {
		Delta  int64  `json:"delta" minimum:"-1000000" maximum:"1000000" doc:"Negative takes away"`
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (a *API) moveStock(ctx context.Context, actor model.Actor, in *moveStockIn) (*body[goodsOut], error) {
	goods, err := a.Shop.MoveStock(ctx, actor, in.ID, in.Body.Delta, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &body[goodsOut]{Body: goodsFrom(goods)}, nil
}

type redeemIn struct {
	Body struct {
		GoodsID  model.GoodsID `json:"goodsId"`
		Quantity int64         `json:"quantity" minimum:"1" maximum:"1000"`
	}
}

type redemptionOut struct {
	ID         model.RedemptionID     `json:"id"`
	GoodsID    model.GoodsID          `json:"goodsId"`
	UnitID     model.UnitID           `json:"unitId"`
	Quantity   int64                  `json:"quantity"`
	Points     int64                  `json:"points"`
	Returned   int64                  `json:"returned" doc:"Pieces that came back"`
	Status     model.RedemptionStatus `json:"status" enum:"reserved,ready,handed_over,cancelled,lapsed,returned"`
	PickupCode string                 `json:"pickupCode,omitempty" doc:"For its owner, until the hand-over"`
	ExpiresAt  time.Time              `json:"expiresAt" doc:"When the reservation lapses"`
	CreatedAt  time.Time              `json:"createdAt"`
}

func redemptionFrom(r shop.Reservation) redemptionOut {
	m := r.Redemption
	return redemptionOut{
		ID: m.ID, GoodsID: m.GoodsID, UnitID: m.UnitID, Quantity: m.Quantity, Points: m.Points(), Returned: m.Returned,
		Status: m.Status, PickupCode: r.PickupCode, ExpiresAt: m.ExpiresAt, CreatedAt: m.CreatedAt,
	}
}

// redeemed renders what became of a redemption.
func redeemed(r model.Redemption, err error) (*body[redemptionOut], error) {
	return reserved(shop.Reservation{Redemption: r}, err)
}

func reserved(r shop.Reservation, err error) (*body[redemptionOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[redemptionOut]{Body: redemptionFrom(r)}, nil
}

func (a *API) redeem(ctx context.Context, actor model.Actor, in *redeemIn) (*body[redemptionOut], error) {
	return reserved(a.Shop.Redeem(ctx, actor, in.Body.GoodsID, in.Body.Quantity))
}

type listMyRedemptionsIn struct{ Paging }

func (a *API) listMyRedemptions(ctx context.Context, actor model.Actor, in *listMyRedemptionsIn) (*body[list[redemptionOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	mine, err := a.Shop.Mine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(mine, redemptionFrom), nil
}

type listRedemptionsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true" doc:"Whose shop"`
	Status string       `query:"status" enum:"reserved,ready,handed_over,cancelled,lapsed,returned" default:"reserved"`
}

func (a *API) listRedemptions(ctx context.Context, actor model.Actor, in *listRedemptionsIn) (*body[list[redemptionOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	waiting, err := a.Shop.Waiting(ctx, actor, in.UnitID, model.RedemptionStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(waiting, redemptionFrom), nil
}

type redemptionIn struct {
	ID model.RedemptionID `path:"id"`
}

func (a *API) getRedemption(ctx context.Context, actor model.Actor, in *redemptionIn) (*body[redemptionOut], error) {
	return reserved(a.Shop.Redemption(ctx, actor, in.ID))
}

func (a *API) prepareRedemption(ctx context.Context, actor model.Actor, in *redemptionIn) (*body[redemptionOut], error) {
	return redeemed(a.Shop.Prepare(ctx, actor, in.ID))
}

func (a *API) cancelRedemption(ctx context.Context, actor model.Actor, in *redemptionIn) (*body[redemptionOut], error) {
	return redeemed(a.Shop.Cancel(ctx, actor, in.ID))
}

type handOverIn struct {
	Body struct {
		PickupCode string `json:"pickupCode" minLength:"8" maxLength:"16" doc:"As shown; small letters, spaces and hyphens are forgiven"`
	}
}

func (a *API) handOver(ctx context.Context, actor model.Actor, in *handOverIn) (*body[redemptionOut], error) {
	return redeemed(a.Shop.HandOver(ctx, actor, in.Body.PickupCode))
}

type returnGoodsIn struct {
	ID   model.RedemptionID `path:"id"`
	Body struct {
		Quantity int64 `json:"quantity" minimum:"1" maximum:"1000"`
	}
}

func (a *API) returnGoods(ctx context.Context, actor model.Actor, in *returnGoodsIn) (*body[redemptionOut], error) {
	return redeemed(a.Shop.TakeBack(ctx, actor, in.ID, in.Body.Quantity))
}

type getDaySheetIn struct {
	Date string `query:"date" format:"date" doc:"Today if left out"`
}

type daySheetOut struct {
	Date  model.Date     `json:"date" format:"date"`
	Items []sheetLineOut `json:"items"`
	Total SheetFigures   `json:"total" doc:"The cash-up"`
}

type sheetLineOut struct {
	GoodsID model.GoodsID `json:"goodsId"`
	Name    string        `json:"name"`
	SheetFigures
}

// SheetFigures are what is counted on a day sheet.
// It is exported because huma looks into exported embedded structs only.
type SheetFigures struct {
	HandedOver     int64 `json:"handedOver" doc:"Pieces"`
	Returned       int64 `json:"returned" doc:"Pieces"`
	PointsTaken    int64 `json:"pointsTaken"`
	PointsReturned int64 `json:"pointsReturned"`
	Points         int64 `json:"points" doc:"Taken less returned"`
}

func figures(l shop.Line) SheetFigures {
	return SheetFigures{
		HandedOver: l.HandedOver, Returned: l.Returned, PointsTaken: l.PointsTaken, PointsReturned: l.PointsReturned,
		Points: l.PointsTaken - l.PointsReturned,
	}
}

func (a *API) getDaySheet(ctx context.Context, actor model.Actor, in *getDaySheetIn) (*body[daySheetOut], error) {
	sheet, err := a.Shop.DaySheet(ctx, actor, model.Date(in.Date))
	if err != nil {
		return nil, err
	}
	out := daySheetOut{Date: sheet.Date, Items: []sheetLineOut{}, Total: figures(sheet.Total)}
	for _, line := range sheet.Lines {
		out.Items = append(out.Items, sheetLineOut{GoodsID: line.Goods.ID, Name: line.Goods.Name, SheetFigures: figures(line)})
	}
	return &body[daySheetOut]{Body: out}, nil
}
