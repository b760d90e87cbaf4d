package points

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Reversal is a transaction put right by its opposite.
type Reversal struct {
	TransactionID model.LedgerTransactionID // the new one
	Reversed      model.LedgerTransactionID
}

// Reverse posts the opposite of the transaction that an entry belongs to, once, if
// everybody still has what it gave them: an earning or award goes back to its pool, the
// filling of a pool back to the sponsor. Redemptions are undone at the shop.
// Faults: unauthenticated, forbidden, not_found, not_reversible, already_reversed,
// insufficient_points.
func (s *Service) Reverse(ctx context.Context, actor model.Actor, entry model.ID[model.LedgerEntry], reason string) (Reversal, error) {
	if _, err := s.access.Units(ctx, actor, access.PointsAward); err != nil {
		return Reversal{}, err
	}
	e, err := s.store.LedgerEntries.Get(ctx, entry)
	if err != nil {
		return Reversal{}, err
	}
	original, err := s.store.LedgerTransactions.Get(ctx, e.TransactionID)
	if err != nil {
		return Reversal{}, err
	}
	if err := s.mayReverse(ctx, actor, original); err != nil {
		return Reversal{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Reversal, error) {
		reversal, err := s.reverse(ctx, tx, actor, original, reason)
		if err != nil {
			return Reversal{}, err
		}
		if err := audit.Record(ctx, tx, actor, audit.Act{
			Action: "points.reverse", ObjectKind: "ledger_transaction", ObjectID: original.ID, Unit: original.UnitID, Detail: reason,
		}); err != nil {
			return Reversal{}, err
		}
		return Reversal{TransactionID: reversal.ID, Reversed: original.ID}, settleLater(ctx, tx)
	})
}

func (s *Service) mayReverse(ctx context.Context, actor model.Actor, original model.LedgerTransaction) error {
	action := access.PointsAward
	if original.Cause == model.CauseIssue {
		action = access.PointsPool
	}
	if err := s.access.Require(ctx, actor, action, original.UnitID); err != nil {
		return err
	}
	switch original.Cause {
	case model.CauseHold, model.CauseCapture, model.CauseRelease, model.CauseReturn, model.CauseExpiry, model.CauseReversal:
		return ErrNotReversible
	}
	return nil
}

func (s *Service) reverse(ctx context.Context, tx *store.Store, actor model.Actor, original model.LedgerTransaction, reason string) (model.LedgerTransaction, error) {
	reference := "reversal/" + original.ID.String()
	if done, err := tx.LedgerTransactions.GetByReference(ctx, reference); err == nil {
		return done, ErrAlreadyReversed
	} else if !errors.Is(err, fault.ErrNotFound) {
		return done, err
	}
	legs, err := s.opposite(ctx, tx, original)
	if err != nil {
		return model.LedgerTransaction{}, err
	}
	reversal, err := s.post(ctx, tx, posting{
		cause: model.CauseReversal, reference: reference, note: reason,
		unit: original.UnitID, by: actor.User, legs: legs,
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrAlreadyReversed
	}
	if err != nil {
		return reversal, err
	}
	lots, err := tx.PointsLots.ListOf(ctx, original.ID)
	for _, lot := range lots {
		if _, err := s.takeLots(ctx, tx, lot.AccountID, lot.Points, lot); err != nil {
			return reversal, err
		}
	}
	return reversal, err
}

// opposite are the legs of a transaction the other way round.
func (s *Service) opposite(ctx context.Context, tx *store.Store, original model.LedgerTransaction) ([]leg, error) {
	entries, err := tx.LedgerEntries.ListOf(ctx, original.ID)
	if err != nil {
		return nil, err
	}
	var legs []leg
	for _, entry := range entries {
		account, err := tx.PointsAccounts.Get(ctx, entry.AccountID)
		if err != nil {
			return nil, err
		}
		legs = append(legs, leg{account.Kind, [16]byte(account.OwnerID), -entry.Points})
	}
	return legs, nil
}
