package points

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Earn posts a confirmed service in the caller's transaction, once per reference, and
// says whether the points are on the person's account. They are not when no pool has
// enough: then they are owed, and posted when a pool is filled. A repeat changes nothing
// and says how it stands now.
//
// What the person's day (60 points) and the activity (40) leave no room for is not
// earned; it is true that all there was to post is posted. A pool that is named is taken
// as checked, see CheckPool. Fault: not_found for an unknown unit.
func (s *Service) Earn(ctx context.Context, tx *store.Store, e model.Earning) (posted bool, err error) {
	earning := model.PointsEarning{
		ID: model.NewID[model.PointsEarning](tx.Now()), Reference: e.Reference, UserID: e.User, UnitID: e.UnitID,
		PoolID: e.PoolID, Cause: e.Cause, Points: e.Points, Status: model.EarningPosted, ActorID: e.By.User, CreatedAt: tx.Now(),
	}
	known, err := tx.PointsEarnings.GetByReference(ctx, e.Reference)
	if err == nil {
		return known.Status != model.EarningWaiting, nil
	}
	if !errors.Is(err, fault.ErrNotFound) {
		return false, err
	}
	// The row is the claim to the reference: whoever comes second waits for it here.
	if err := tx.PointsEarnings.Add(ctx, &earning); errors.Is(err, store.ErrDuplicate) {
		known, err := tx.PointsEarnings.GetByReference(ctx, e.Reference)
		return known.Status != model.EarningWaiting, err
	} else if err != nil {
		return false, err
	}
	if earning.Points, err = s.withinLimits(ctx, tx, e); err != nil {
		return false, err
	}
	if earning.Status, err = s.payOrOwe(ctx, tx, earning); err != nil {
		return false, err
	}
	if earning.Points != e.Points || earning.Status != model.EarningPosted {
		err = tx.PointsEarnings.SaveOutcome(ctx, earning.ID, earning.Points, earning.Status)
	}
	return earning.Status != model.EarningWaiting, err
}

func (s *Service) payOrOwe(ctx context.Context, tx *store.Store, e model.PointsEarning) (model.EarningStatus, error) {
	if e.Points <= 0 {
		return model.EarningCapped, nil
	}
	err := s.pay(ctx, tx, e)
	if errors.Is(err, ErrPoolExhausted) {
		return model.EarningWaiting, nil
	}
	return model.EarningPosted, err
}

const limitRetries = 10

// withinLimits counts an earning against the person's day and gives what fits.
func (s *Service) withinLimits(ctx context.Context, tx *store.Store, e model.Earning) (int64, error) {
	if !s.limits {
		return e.Points, nil
	}
	day := model.DateOf(tx.Now())
	for range limitRetries {
		row, err := tx.PointsDays.Get(ctx, e.User, day)
		if err != nil {
			return 0, err
		}
		points := min(e.Points, ActivityLimit, DayLimit-row.Earned)
		if points <= 0 {
			return 0, nil
		}
		if took, err := tx.PointsDays.TakeOfDay(ctx, e.User, day, points, DayLimit); err != nil || took {
			return points, err
		}
	}
	return 0, fault.ErrBusy
}

// pay moves an earning from a pool to the person and makes its lot. Fault: pool_exhausted,
// with nothing written.
func (s *Service) pay(ctx context.Context, tx *store.Store, e model.PointsEarning) error {
	return s.payFromPool(ctx, tx, e.PoolID, posting{
		cause: e.Cause, reference: "earning/" + e.Reference, unit: e.UnitID, by: e.ActorID,
		legs: []leg{{model.VolunteerAccount, e.UserID, e.Points}},
	})
}

// payFromPool completes a posting to a person from the pool named, or from the nearest
// with enough. Fault: pool_exhausted, with nothing written.
func (s *Service) payFromPool(ctx context.Context, tx *store.Store, pool model.PoolID, p posting) error {
	pools := []model.PoolID{pool}
	gain := p.legs[0]
	if pool.IsZero() {
		reachable, err := s.reachable(ctx, tx, p.unit)
		if err != nil {
			return err
		}
		pools = pools[:0]
		for _, r := range reachable {
			if r.Balance >= gain.points {
				pools = append(pools, r.Pool.ID)
			}
		}
	}
	for _, pool := range pools {
		p.legs = []leg{gain, {model.PoolAccount, pool, -gain.points}}
		transaction, err := s.post(ctx, tx, p)
		if errors.Is(err, ErrInsufficient) { // others were faster: the next pool
			continue
		}
		if err != nil {
			return err
		}
		return tx.PointsLots.Add(ctx, &model.PointsLot{
			ID: model.NewID[model.PointsLot](tx.Now()), AccountID: gain.account(), TransactionID: transaction.ID, PoolID: pool,
			Points: gain.points, Remaining: gain.points, ExpiresOn: model.LotEnd(tx.Now()),
		})
	}
	return ErrPoolExhausted
}

const debtBatch = 200

// payer is where a debt's points come from: a pool, or the pools of a unit.
type payer struct {
	pool model.PoolID
	unit model.UnitID
}

// Settle posts debts for which there is now a pool with enough, oldest first, each in a
// transaction of its own, and says how many. It is a job's work and may be repeated.
func (s *Service) Settle(ctx context.Context) (settled int, err error) {
	// What a payer could not pay once it cannot pay in this run: filling a pool asks for
	// another run. So a county full of debts costs a few tries per payer, not one per debt.
	short := map[payer]int64{}
	var after model.ID[model.PointsEarning]
	for {
		debts, err := s.store.PointsEarnings.ListWaiting(ctx, after, debtBatch)
		if err != nil || len(debts) == 0 {
			return settled, err
		}
		for _, debt := range debts {
			after = debt.ID
			by := payer{debt.PoolID, debt.UnitID}
			if lacking, known := short[by]; known && debt.Points >= lacking {
				continue
			}
			posted, err := s.settle(ctx, debt)
			switch {
			case errors.Is(err, ErrPoolExhausted):
				short[by] = debt.Points
			case err != nil:
				return settled, err
			case posted:
				settled++
			}
		}
	}
}

// settle posts one debt, unless somebody else has. Fault: pool_exhausted.
func (s *Service) settle(ctx context.Context, debt model.PointsEarning) (posted bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		posted, err = tx.PointsEarnings.SaveSettled(ctx, debt.ID, tx.Now())
		if err != nil || !posted {
			return err
		}
		return s.pay(ctx, tx, debt)
	})
	return posted, err
}
