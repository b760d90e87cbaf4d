package points

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// leg is one account's part in a posting.
type leg struct {
	kind   model.AccountKind
	owner  [16]byte
	points int64 // positive: the account gains
}

func (l leg) account() model.AccountID { return model.AccountOf(l.kind, l.owner) }

// posting is a transaction to be written.
type posting struct {
	cause     model.Cause
	reference string
	note      string
	unit      model.UnitID
	by        model.UserID // zero: time
	legs      []leg
}

// post moves every leg's account, then writes the transaction and its entries. If the
// account touched first has too little, nothing has been written yet, so a caller may go
// on with something else; after any other failure its transaction must be rolled back.
// Fault: insufficient_points. Error: store.ErrDuplicate when the reference is taken.
func (s *Service) post(ctx context.Context, tx *store.Store, p posting) (model.LedgerTransaction, error) {
	legs := slices.Clone(p.legs)
	slices.SortFunc(legs, func(a, b leg) int {
		return cmp.Or(cmp.Compare(a.kind.Order(), b.kind.Order()), bytes.Compare(a.owner[:], b.owner[:]))
	})
	var sum int64
	for _, l := range legs {
		sum += l.points
		if err := s.move(ctx, tx, l, p.unit); err != nil {
			return model.LedgerTransaction{}, err
		}
	}
	if sum != 0 {
		return model.LedgerTransaction{}, fmt.Errorf("points: the posting %s adds up to %d", p.reference, sum)
	}
	transaction := model.LedgerTransaction{
		ID: model.NewID[model.LedgerTransaction](tx.Now()), Cause: p.cause, Reference: p.reference,
		Note: p.note, ActorID: p.by, UnitID: p.unit, At: tx.Now(),
	}
	if err := tx.LedgerTransactions.Add(ctx, &transaction); err != nil {
		return transaction, err
	}
	return transaction, s.writeEntries(ctx, tx, transaction, legs)
}

// move changes one balance. An account is made at its first gain.
func (s *Service) move(ctx context.Context, tx *store.Store, l leg, unit model.UnitID) error {
	moved, err := s.tryMove(ctx, tx, l)
	if err != nil || moved {
		return err
	}
	if l.points < 0 && l.kind != model.IssuanceAccount {
		return ErrInsufficient
	}
	account := model.PointsAccount{ID: l.account(), Kind: l.kind, UnitID: unit, CreatedAt: tx.Now()}
	if l.owner != ([16]byte{}) {
		account.OwnerID = l.owner[:]
	}
	if err := tx.PointsAccounts.Add(ctx, &account); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	if moved, err = s.tryMove(ctx, tx, l); err == nil && !moved {
		err = fmt.Errorf("points: the account %s does not move", account.ID)
	}
	return err
}

func (s *Service) tryMove(ctx context.Context, tx *store.Store, l leg) (bool, error) {
	switch {
	case l.points >= 0:
		return tx.PointsAccounts.GivePoints(ctx, l.account(), l.points)
	case l.kind == model.IssuanceAccount:
		return tx.PointsAccounts.TakeIssued(ctx, l.account(), -l.points)
	}
	return tx.PointsAccounts.TakePoints(ctx, l.account(), -l.points)
}

// writeEntries writes what happened to each account. The balance and position are read
// back after the statement that moved them: the row is ours until the commit.
func (s *Service) writeEntries(ctx context.Context, tx *store.Store, t model.LedgerTransaction, legs []leg) error {
	ids := make([]model.AccountID, len(legs))
	for i, l := range legs {
		ids[i] = l.account()
	}
	accounts, err := tx.PointsAccounts.ListByID(ctx, ids)
	if err != nil {
		return err
	}
	after := map[model.AccountID]model.PointsAccount{}
	for _, account := range accounts {
		after[account.ID] = account
	}
	entries := make([]*model.LedgerEntry, len(legs))
	for i, id := range ids {
		entries[i] = &model.LedgerEntry{
			ID: model.NewID[model.LedgerEntry](tx.Now()), TransactionID: t.ID, AccountID: id,
			Position: after[id].Entries, Points: legs[i].points, BalanceAfter: after[id].Balance,
		}
	}
	return tx.LedgerEntries.Add(ctx, entries...)
}

// taken is what came out of one lot.
type taken struct {
	lot    model.LotID
	points int64
}

const (
	lotBatch   = 50
	lotRetries = 10
)

// takeLots takes points from a person's lots, those named first, then those that run out
// first. The account's balance has been taken already, so they are there: only a write on
// another database node can come between, and then the whole transaction fails.
// Fault: busy.
func (s *Service) takeLots(ctx context.Context, tx *store.Store, account model.AccountID, points int64, first ...model.PointsLot) ([]taken, error) {
	var out []taken
	lots := first
	for missed := 0; missed < lotRetries; {
		parts, err := s.takeFrom(ctx, tx, lots, points)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			points -= part.points
		}
		if out = append(out, parts...); points == 0 {
			return out, nil
		}
		if len(parts) == 0 && len(lots) > 0 {
			missed++
		}
		if lots, err = tx.PointsLots.ListSpendable(ctx, account, lotBatch); err != nil {
			return nil, err
		}
		if len(lots) == 0 {
			return nil, fmt.Errorf("points: the lots of account %s lack %d points", account, points)
		}
	}
	return nil, fault.ErrBusy
}

// takeFrom takes what it can get from these lots, in their order.
func (s *Service) takeFrom(ctx context.Context, tx *store.Store, lots []model.PointsLot, points int64) (out []taken, err error) {
	for _, lot := range lots {
		part := min(points, lot.Remaining)
		if part == 0 {
			continue
		}
		took, err := tx.PointsLots.TakeFromLot(ctx, lot.ID, part)
		if err != nil {
			return nil, err
		}
		if took {
			out, points = append(out, taken{lot.ID, part}), points-part
		}
	}
	return out, nil
}
