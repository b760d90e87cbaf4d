package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
	"jinlin/model/fault"
)

func isMissing(err error) bool { return errors.Is(err, fault.ErrNotFound) }

// Goods are what the love-points supermarkets have.
type Goods struct{ table[model.Goods] }

// Get reads one. Fault: not_found.
func (t Goods) Get(ctx context.Context, id model.GoodsID) (model.Goods, error) {
	return t.one(ctx, "id = ?", id)
}

// ListByID reads several, in no order.
func (t Goods) ListByID(ctx context.Context, ids []model.GoodsID) ([]model.Goods, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.Goods](t.read(ctx).Where("id IN ?", ids))
}

// List pages the goods of several units, newest first.
func (t Goods) List(ctx context.Context, units []model.UnitID, page model.Page) (model.Listing[model.Goods], error) {
	return newest(t.read(ctx).Where("unit_id IN ?", units), page, func(g model.Goods) [16]byte { return g.ID })
}

// ListAfter reads a batch in order of ids, starting after one of them.
func (t Goods) ListAfter(ctx context.Context, id model.GoodsID, limit int) ([]model.Goods, error) {
	return all[model.Goods](t.read(ctx).Where("id > ?", id[:]).Order("id").Limit(limit))
}

// TakeStock takes pieces that are there and says whether they were.
func (t Goods) TakeStock(ctx context.Context, id model.GoodsID, pieces int64) (bool, error) {
	return t.set(ctx, map[string]any{"stock": gorm.Expr("stock - ?", pieces)}, "id = ? AND stock >= ?", id, pieces)
}

// GiveStock puts pieces on the shelf and says whether there are such goods.
func (t Goods) GiveStock(ctx context.Context, id model.GoodsID, pieces int64) (bool, error) {
	return t.set(ctx, map[string]any{"stock": gorm.Expr("stock + ?", pieces)}, "id = ?", id)
}

// StockMovements can be added to and read, nothing else.
type StockMovements struct{ table[model.StockMovement] }

// StockSum is what the movements of goods add up to.
type StockSum struct {
	GoodsID model.GoodsID
	Pieces  int64
}

// ListSums adds up the movements of several goods.
func (t StockMovements) ListSums(ctx context.Context, ids []model.GoodsID) (sums []StockSum, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = t.read(ctx).Select("goods_id, SUM(delta) AS pieces").Where("goods_id IN ?", ids).Group("goods_id").Scan(&sums).Error
	return sums, named(plain(err))
}

// GoodsMonths count limited goods by person and month.
type GoodsMonths struct{ table[model.GoodsMonth] }

// TakeOfMonth counts pieces against a monthly limit and says whether they fitted.
func (t GoodsMonths) TakeOfMonth(ctx context.Context, m model.GoodsMonth, pieces, limit int64) (bool, error) {
	take := func() (bool, error) {
		return t.set(ctx, map[string]any{"taken": gorm.Expr("taken + ?", pieces)},
			"goods_id = ? AND user_id = ? AND month = ? AND taken + ? <= ?", m.GoodsID, m.UserID, m.Month, pieces, limit)
	}
	if took, err := take(); took || err != nil {
		return took, err
	}
	m.Taken = 0
	if err := t.Add(ctx, &m); err != nil && !errors.Is(err, ErrDuplicate) {
		return false, err
	}
	return take() // it is there now: ours, or one that somebody else has just made
}

// GiveOfMonth takes pieces off the count again and says whether they were in it.
func (t GoodsMonths) GiveOfMonth(ctx context.Context, m model.GoodsMonth, pieces int64) (bool, error) {
	return t.set(ctx, map[string]any{"taken": gorm.Expr("taken - ?", pieces)},
		"goods_id = ? AND user_id = ? AND month = ? AND taken >= ?", m.GoodsID, m.UserID, m.Month, pieces)
}

// Redemptions are goods reserved for points.
type Redemptions struct{ table[model.Redemption] }

// Get reads one. Fault: not_found.
func (t Redemptions) Get(ctx context.Context, id model.RedemptionID) (model.Redemption, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByCode finds one by the hashes of its pick-up code under all keys. Fault: not_found.
func (t Redemptions) GetByCode(ctx context.Context, hashes [][]byte) (model.Redemption, error) {
	return t.one(ctx, "code_hash IN ?", hashes)
}

// ListByUser pages a person's redemptions, newest first.
func (t Redemptions) ListByUser(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.Redemption], error) {
	return newest(t.read(ctx).Where("user_id = ?", user), page, redemptionID)
}

// ListByUnit pages a shop's redemptions in a status, newest first.
func (t Redemptions) ListByUnit(ctx context.Context, unit model.UnitID, status model.RedemptionStatus, page model.Page) (model.Listing[model.Redemption], error) {
	return newest(t.read(ctx).Where("unit_id = ? AND status = ?", unit, status), page, redemptionID)
}

// ListAfter reads a batch in order of ids, starting after one of them.
func (t Redemptions) ListAfter(ctx context.Context, id model.RedemptionID, limit int) ([]model.Redemption, error) {
	return all[model.Redemption](t.read(ctx).Where("id > ?", id[:]).Order("id").Limit(limit))
}

func redemptionID(r model.Redemption) [16]byte { return r.ID }

// SaveMoved moves a redemption on if it still is where it was read, and says whether it was.
func (t Redemptions) SaveMoved(ctx context.Context, r model.Redemption, to model.RedemptionStatus, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"status": to, "updated_at": at}, "id = ? AND status = ?", r.ID, r.Status)
}

// TakeReturn counts pieces that came back, if no more than were handed over have now, and
// says whether that was so.
func (t Redemptions) TakeReturn(ctx context.Context, id model.RedemptionID, pieces int64, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"returned": gorm.Expr("returned + ?", pieces), "updated_at": at},
		"id = ? AND status = ? AND returned + ? <= quantity", id, model.RedemptionHandedOver, pieces)
}

// RedemptionEvents can be added to and read, nothing else.
type RedemptionEvents struct{ table[model.RedemptionEvent] }

// ListOf are a redemption's moves, in no order.
func (t RedemptionEvents) ListOf(ctx context.Context, id model.RedemptionID) ([]model.RedemptionEvent, error) {
	return all[model.RedemptionEvent](t.read(ctx).Where("redemption_id = ?", id).Limit(10 * model.MaxLimit))
}

// DaySum is what one sort of goods did in a day at the till.
type DaySum struct {
	GoodsID        model.GoodsID
	UnitID         model.UnitID
	HandedOver     int64
	Returned       int64
	PointsTaken    int64
	PointsReturned int64
}

// ListDay adds up a day's hand-overs and returns by goods, in order of goods.
func (t RedemptionEvents) ListDay(ctx context.Context, day model.Date) (sums []DaySum, err error) {
	out, back := "from_status <> 'handed_over' AND to_status = 'handed_over'", "from_status = 'handed_over'"
	sum := func(when, what, name string) string {
		return "SUM(CASE WHEN " + when + " THEN " + what + " ELSE 0 END) AS " + name
	}
	err = t.read(ctx).Select("goods_id, unit_id, "+sum(out, "quantity", "handed_over")+", "+sum(back, "-quantity", "returned")+
		", "+sum(out, "points", "points_taken")+", "+sum(back, "-points", "points_returned")).
		Where("day = ? AND (to_status = 'handed_over' OR from_status = 'handed_over')", day).
		Group("goods_id, unit_id").Order("goods_id").Scan(&sums).Error
	return sums, named(plain(err))
}
