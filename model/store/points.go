package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// PointsPools are what can be earned.
type PointsPools struct{ table[model.PointsPool] }

// Get reads one. Fault: not_found.
func (t PointsPools) Get(ctx context.Context, id model.PoolID) (model.PointsPool, error) {
	return t.one(ctx, "id = ?", id)
}

// GetBySponsor finds a sponsor's pool of a unit. Fault: not_found.
func (t PointsPools) GetBySponsor(ctx context.Context, unit model.UnitID, sponsor string) (model.PointsPool, error) {
	return t.one(ctx, "unit_id = ? AND sponsor = ?", unit, sponsor)
}

// ListByUnits are the pools of several units, oldest first.
func (t PointsPools) ListByUnits(ctx context.Context, units []model.UnitID) ([]model.PointsPool, error) {
	if len(units) == 0 {
		return nil, nil
	}
	return all[model.PointsPool](t.read(ctx).Where("unit_id IN ?", units).Order("id").Limit(10 * model.MaxLimit))
}

// ListOf are a unit's pools, oldest first, starting after one of them.
func (t PointsPools) ListOf(ctx context.Context, unit model.UnitID, after model.PoolID, limit int) ([]model.PointsPool, error) {
	return all[model.PointsPool](t.read(ctx).Where("unit_id = ? AND id > ?", unit, after[:]).Order("id").Limit(limit))
}

// PointsLots are what earnings left, by age.
type PointsLots struct{ table[model.PointsLot] }

// ListSpendable are an account's lots that still have points, the first to run out first.
func (t PointsLots) ListSpendable(ctx context.Context, account model.AccountID, limit int) ([]model.PointsLot, error) {
	return all[model.PointsLot](t.read(ctx).Where("account_id = ? AND remaining > 0", account).Order("expires_on, id").Limit(limit))
}

// ListOf are the lots that a transaction made.
func (t PointsLots) ListOf(ctx context.Context, transaction model.LedgerTransactionID) ([]model.PointsLot, error) {
	return all[model.PointsLot](t.read(ctx).Where("transaction_id = ?", transaction).Order("id"))
}

// ListEnded are lots that have points on a day on which they should be no more, the
// oldest first, starting after one of them.
func (t PointsLots) ListEnded(ctx context.Context, day model.Date, after model.PointsLot, limit int) ([]model.PointsLot, error) {
	return all[model.PointsLot](t.read(ctx).Where("expires_on <= ? AND remaining > 0", day).
		Where("expires_on >= ? AND (expires_on > ? OR id > ?)", after.ExpiresOn, after.ExpiresOn, after.ID[:]).
		Order("expires_on, id").Limit(limit))
}

// LotEnding is how many points of an account end on some day.
type LotEnding struct {
	AccountID model.AccountID
	Points    int64
}

// ListEnding says whose points end on a day, in order of accounts, starting after one of them.
func (t PointsLots) ListEnding(ctx context.Context, day model.Date, after model.AccountID, limit int) (endings []LotEnding, err error) {
	err = t.read(ctx).Select("account_id, SUM(remaining) AS points").Where("expires_on = ? AND remaining > 0 AND account_id > ?", day, after[:]).
		Group("account_id").Order("account_id").Limit(limit).Scan(&endings).Error
	return endings, named(plain(err))
}

// ListAfter reads a batch in order of ids, starting after one of them.
func (t PointsLots) ListAfter(ctx context.Context, id model.LotID, limit int) ([]model.PointsLot, error) {
	return all[model.PointsLot](t.read(ctx).Where("id > ?", id[:]).Order("id").Limit(limit))
}

// TakeFromLot takes points from a lot that has enough and says whether it had.
func (t PointsLots) TakeFromLot(ctx context.Context, id model.LotID, points int64) (bool, error) {
	return t.set(ctx, map[string]any{"remaining": gorm.Expr("remaining - ?", points)}, "id = ? AND remaining >= ?", id, points)
}

// TakeExpired takes points that ran out and says whether the lot still had them.
func (t PointsLots) TakeExpired(ctx context.Context, id model.LotID, points int64) (bool, error) {
	return t.set(ctx, map[string]any{"expired": gorm.Expr("expired + ?", points), "remaining": gorm.Expr("remaining - ?", points)},
		"id = ? AND remaining >= ?", id, points)
}

// GiveToLot gives points back to the lot they came from and says whether it had room.
func (t PointsLots) GiveToLot(ctx context.Context, id model.LotID, points int64) (bool, error) {
	return t.set(ctx, map[string]any{"remaining": gorm.Expr("remaining + ?", points)},
		"id = ? AND remaining + expired + ? <= points", id, points)
}

// LotSum is how many points of an account end on a day.
type LotSum struct {
	ExpiresOn model.Date
	Points    int64
}

// ListEnds says how many of an account's points end on which day, the nearest days first.
func (t PointsLots) ListEnds(ctx context.Context, account model.AccountID, limit int) (sums []LotSum, err error) {
	err = t.read(ctx).Select("expires_on, SUM(remaining) AS points").Where("account_id = ? AND remaining > 0", account).
		Group("expires_on").Order("expires_on").Limit(limit).Scan(&sums).Error
	return sums, named(plain(err))
}

// CountRemaining adds up what an account's lots still have.
func (t PointsLots) CountRemaining(ctx context.Context, account model.AccountID) (sum int64, err error) {
	err = t.read(ctx).Select("COALESCE(SUM(remaining), 0)").Where("account_id = ?", account).Scan(&sum).Error
	return sum, named(plain(err))
}

// PointsEarnings are services that earned points; the waiting ones are debts.
type PointsEarnings struct{ table[model.PointsEarning] }

// Get reads one. Fault: not_found.
func (t PointsEarnings) Get(ctx context.Context, id model.ID[model.PointsEarning]) (model.PointsEarning, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByReference finds one by what it was for. Fault: not_found.
func (t PointsEarnings) GetByReference(ctx context.Context, reference string) (model.PointsEarning, error) {
	return t.one(ctx, "reference = ?", reference)
}

// ListWaiting reads a batch of debts, oldest first, starting after one of them.
func (t PointsEarnings) ListWaiting(ctx context.Context, after model.ID[model.PointsEarning], limit int) ([]model.PointsEarning, error) {
	return all[model.PointsEarning](t.read(ctx).
		Where("status = ? AND id > ?", model.EarningWaiting, after[:]).Order("id").Limit(limit))
}

// CountWaiting counts the debts.
func (t PointsEarnings) CountWaiting(ctx context.Context) (int64, error) {
	return t.count(ctx, "status = ?", model.EarningWaiting)
}

// SaveOutcome writes what the day's limit left of an earning just added.
func (t PointsEarnings) SaveOutcome(ctx context.Context, id model.ID[model.PointsEarning], points int64, status model.EarningStatus) error {
	_, err := t.set(ctx, map[string]any{"points": points, "status": status}, "id = ?", id)
	return err
}

// SaveSettled marks a debt as posted and says whether it was waiting.
func (t PointsEarnings) SaveSettled(ctx context.Context, id model.ID[model.PointsEarning], at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"status": model.EarningPosted, "settled_at": at}, "id = ? AND status = ?", id, model.EarningWaiting)
}

// PointsDays count what people earn in a day.
type PointsDays struct{ table[model.PointsDay] }

// Get reads one, making it if need be.
func (t PointsDays) Get(ctx context.Context, user model.UserID, day model.Date) (model.PointsDay, error) {
	row, err := t.one(ctx, "user_id = ? AND day = ?", user, day)
	if !isMissing(err) {
		return row, err
	}
	row = model.PointsDay{UserID: user, Day: day}
	if err := t.Add(ctx, &row); !errors.Is(err, ErrDuplicate) {
		return row, err
	}
	return t.one(ctx, "user_id = ? AND day = ?", user, day)
}

// TakeOfDay counts points against a day's limit and says whether they fitted.
func (t PointsDays) TakeOfDay(ctx context.Context, user model.UserID, day model.Date, points, limit int64) (bool, error) {
	return t.set(ctx, map[string]any{"earned": gorm.Expr("earned + ?", points)},
		"user_id = ? AND day = ? AND earned + ? <= ?", user, day, points, limit)
}

// PointsHolds set points aside.
type PointsHolds struct{ table[model.PointsHold] }

// GetByReference finds one by what it is for. Fault: not_found.
func (t PointsHolds) GetByReference(ctx context.Context, reference string) (model.PointsHold, error) {
	return t.one(ctx, "reference = ?", reference)
}

// ListAfter reads a batch in order of ids, starting after one of them.
func (t PointsHolds) ListAfter(ctx context.Context, id model.ID[model.PointsHold], limit int) ([]model.PointsHold, error) {
	return all[model.PointsHold](t.read(ctx).Where("id > ?", id[:]).Order("id").Limit(limit))
}

// CountOpen adds up what a person's open holds set aside.
func (t PointsHolds) CountOpen(ctx context.Context, user model.UserID) (sum int64, err error) {
	err = t.read(ctx).Select("COALESCE(SUM(points), 0)").Where("user_id = ? AND status = ?", user, model.HoldOpen).Scan(&sum).Error
	return sum, named(plain(err))
}

// SaveResolved ends an open hold and says whether it was open.
func (t PointsHolds) SaveResolved(ctx context.Context, id model.ID[model.PointsHold], status model.HoldStatus, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"status": status, "resolved_at": at}, "id = ? AND status = ?", id, model.HoldOpen)
}

// TakeReturn counts points given back after a capture and says whether no more than were
// taken have now come back.
func (t PointsHolds) TakeReturn(ctx context.Context, id model.ID[model.PointsHold], points int64) (bool, error) {
	return t.set(ctx, map[string]any{"returned": gorm.Expr("returned + ?", points)},
		"id = ? AND status = ? AND returned + ? <= points", id, model.HoldCaptured, points)
}

// PointsHoldLots say from which lots a hold took.
type PointsHoldLots struct{ table[model.PointsHoldLot] }

// ListOf are a hold's parts, in no order.
func (t PointsHoldLots) ListOf(ctx context.Context, hold model.ID[model.PointsHold]) ([]model.PointsHoldLot, error) {
	return all[model.PointsHoldLot](t.read(ctx).Where("hold_id = ?", hold))
}

// TakeReturn counts points given back to the lot and says whether it was owed them.
func (t PointsHoldLots) TakeReturn(ctx context.Context, part model.PointsHoldLot, points int64) (bool, error) {
	return t.set(ctx, map[string]any{"returned": gorm.Expr("returned + ?", points)},
		"hold_id = ? AND lot_id = ? AND returned + ? <= points", part.HoldID, part.LotID, points)
}

// PointsAwards are points given by hand.
type PointsAwards struct{ table[model.PointsAward] }

// Get reads one. Fault: not_found.
func (t PointsAwards) Get(ctx context.Context, id model.ID[model.PointsAward]) (model.PointsAward, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByReference finds an awarder's award. Fault: not_found.
func (t PointsAwards) GetByReference(ctx context.Context, awarder model.UserID, reference string) (model.PointsAward, error) {
	return t.one(ctx, "awarded_by = ? AND reference = ?", awarder, reference)
}

// List pages the awards of a status, newest first.
func (t PointsAwards) List(ctx context.Context, status model.AwardStatus, page model.Page) (model.Listing[model.PointsAward], error) {
	return newest(t.read(ctx).Where("status = ?", status), page, func(a model.PointsAward) [16]byte { return a.ID })
}

// SaveApproved marks a pending award as posted and says whether it was pending.
func (t PointsAwards) SaveApproved(ctx context.Context, id model.ID[model.PointsAward], by model.UserID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"status": model.AwardPosted, "approved_by": by, "posted_at": at},
		"id = ? AND status = ?", id, model.AwardPending)
}
