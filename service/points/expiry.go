package points

import (
	"context"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/store"
)

const expiryBatch = 200

// Expire takes what is left of every lot whose end has come, the oldest first, each in a
// transaction of its own, and says how many lots that was. It is the daily job's work and
// may be repeated: a lot that has nothing left is left alone.
func (s *Service) Expire(ctx context.Context) (lots int, err error) {
	today := model.DateOf(s.store.Now())
	var after model.PointsLot
	for {
		ended, err := s.store.PointsLots.ListEnded(ctx, today, after, expiryBatch)
		if err != nil || len(ended) == 0 {
			return lots, err
		}
		for _, lot := range ended {
			expired, err := s.expire(ctx, lot)
			if err != nil {
				return lots, err
			}
			if expired {
				lots++
			}
			after = lot
		}
	}
}

// errSpent says that somebody spent from the lot meanwhile; what is left waits for the
// next run.
var errSpent = errors.New("points: the lot was spent from meanwhile")

func (s *Service) expire(ctx context.Context, lot model.PointsLot) (bool, error) {
	account, err := s.store.PointsAccounts.Get(ctx, lot.AccountID)
	if err != nil {
		return false, err
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		// The reference counts what has run out already: a lot can get points back from a
		// hold after its end, and they run out the next day.
		_, err := s.post(ctx, tx, posting{
			cause: model.CauseExpiry, reference: fmt.Sprintf("expiry/%s/%d", lot.ID, lot.Expired), unit: account.UnitID,
			legs: []leg{{account.Kind, [16]byte(account.OwnerID), -lot.Remaining}, {kind: model.ExpiredAccount, points: lot.Remaining}},
		})
		if errors.Is(err, store.ErrDuplicate) || errors.Is(err, ErrInsufficient) {
			return errSpent
		}
		if err != nil {
			return err
		}
		took, err := tx.PointsLots.TakeExpired(ctx, lot.ID, lot.Remaining)
		if err == nil && !took {
			err = errSpent
		}
		return err
	})
	if errors.Is(err, errSpent) {
		return false, nil
	}
	return err == nil, err
}
