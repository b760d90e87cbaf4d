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

const (
	warnAhead = 30 // days before points run out, their owner is told
	warnDays  = 3  // that many days' lots are looked at, so that two days without a worker are made up for
)

// Warn tells people what will run out in 30 days, once for each day on which something
// does. It is a daily job's work and may be repeated.
func (s *Service) Warn(ctx context.Context) error {
	last := model.DateOf(s.store.Now()).AddDays(warnAhead)
	for ago := range warnDays {
		if err := s.warnOf(ctx, last.AddDays(-ago)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) warnOf(ctx context.Context, day model.Date) error {
	var after model.AccountID
	for {
		endings, err := s.store.PointsLots.ListEnding(ctx, day, after, expiryBatch)
		if err != nil || len(endings) == 0 {
			return err
		}
		err = s.store.InTx(ctx, func(tx *store.Store) error { return s.warnOwners(ctx, tx, day, endings) })
		if err != nil {
			return err
		}
		after = endings[len(endings)-1].AccountID
	}
}

func (s *Service) warnOwners(ctx context.Context, tx *store.Store, day model.Date, endings []store.LotEnding) error {
	ids := make([]model.AccountID, len(endings))
	for i, e := range endings {
		ids[i] = e.AccountID
	}
	accounts, err := tx.PointsAccounts.ListByID(ctx, ids)
	if err != nil {
		return err
	}
	owners := map[model.AccountID]model.UserID{}
	for _, account := range accounts {
		owners[account.ID] = model.UserID(account.OwnerID)
	}
	for _, e := range endings {
		if err := s.notices.Tell(ctx, tx, ending(owners[e.AccountID], e.Points, day)); err != nil {
			return err
		}
	}
	return nil
}
