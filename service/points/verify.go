package points

import (
	"context"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Report is what Verify looked at and what it all adds up to.
type Report struct {
	Accounts, Transactions, Entries, Lots, Holds, Debts int64
	Balances                                            map[model.AccountKind]int64
}

// Violation is an invariant that does not hold.
type Violation struct {
	Invariant string // L1 … L7, or "lots"
	Detail    string // which row, by id
}

func (v *Violation) Error() string { return "invariant " + v.Invariant + ": " + v.Detail }

func broken(invariant, format string, args ...any) error {
	return &Violation{invariant, fmt.Sprintf(format, args...)}
}

const verifyBatch = 500

// Verify checks the whole ledger, as it is at one moment, in batches:
//
//   - L1: the entries of every transaction add up to zero, and so do all accounts
//   - L2: every entry's running balance is right, and the last one is the account's balance
//   - L3: no account but issuance is or was below zero
//   - L4: every reference is used once
//   - L6: a hold is open, captured or released, once, and what people have held is what
//     their open holds say
//   - L7: no more came back than was taken
//   - lots: what a person's lots still have is what the person can spend
//
// The error is a *Violation for the first that does not hold.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	report := Report{Balances: map[model.AccountKind]int64{}}
	err := s.store.Snapshot(ctx, func(view *store.Store) error {
		for _, check := range []func(context.Context, *store.Store, *Report) error{
			verifyTransactions, verifyAccounts, verifyReferences, verifyHolds, verifyLots, countDebts,
		} {
			if err := check(ctx, view, &report); err != nil {
				return err
			}
		}
		return nil
	})
	return report, err
}

// eachBatch reads rows in batches, each starting after the last row of the one before.
func eachBatch[T any](list func(after T) ([]T, error), check func([]T) error) error {
	var after T
	for {
		rows, err := list(after)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := check(rows); err != nil {
			return err
		}
		after = rows[len(rows)-1]
	}
}

func verifyTransactions(ctx context.Context, view *store.Store, r *Report) error {
	return eachBatch(func(after model.LedgerTransaction) ([]model.LedgerTransaction, error) {
		return view.LedgerTransactions.ListAfter(ctx, after.ID, verifyBatch)
	}, func(rows []model.LedgerTransaction) error {
		ids := make([]model.LedgerTransactionID, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		sums, err := view.LedgerEntries.ListSums(ctx, ids)
		if err != nil {
			return err
		}
		for _, sum := range sums {
			if sum.Points != 0 {
				return broken("L1", "transaction %s adds up to %d", sum.TransactionID, sum.Points)
			}
			if sum.Entries < 2 {
				return broken("L1", "transaction %s has one side only", sum.TransactionID)
			}
		}
		if len(sums) != len(rows) {
			return broken("L1", "%d transactions from %s on have no entries", len(rows)-len(sums), ids[0])
		}
		r.Transactions += int64(len(rows))
		return nil
	})
}

func verifyAccounts(ctx context.Context, view *store.Store, r *Report) error {
	var total int64
	err := eachBatch(func(after model.PointsAccount) ([]model.PointsAccount, error) {
		return view.PointsAccounts.ListAfter(ctx, after.ID, verifyBatch)
	}, func(rows []model.PointsAccount) error {
		for _, account := range rows {
			if err := verifyAccount(ctx, view, account); err != nil {
				return err
			}
			r.Accounts++
			r.Entries += account.Entries
			r.Balances[account.Kind] += account.Balance
			total += account.Balance
		}
		return nil
	})
	if err != nil {
		return err
	}
	if total != 0 {
		return broken("L1", "all accounts together have %d", total)
	}
	entries, err := view.LedgerEntries.Count(ctx)
	if err == nil && entries != r.Entries {
		err = broken("L2", "there are %d entries, the accounts count %d", entries, r.Entries)
	}
	return err
}

// verifyAccount follows one account from its first entry to its balance.
func verifyAccount(ctx context.Context, view *store.Store, account model.PointsAccount) error {
	var balance, position int64
	err := eachBatch(func(after model.LedgerEntry) ([]model.LedgerEntry, error) {
		return view.LedgerEntries.ListAfter(ctx, account.ID, after.Position, verifyBatch)
	}, func(rows []model.LedgerEntry) error {
		for _, entry := range rows {
			balance, position = balance+entry.Points, position+1
			if entry.BalanceAfter != balance || entry.Position != position {
				return broken("L2", "entry %s of account %s says %d at position %d, it is %d at position %d",
					entry.ID, account.ID, entry.BalanceAfter, entry.Position, balance, position)
			}
			if balance < 0 && account.Kind != model.IssuanceAccount {
				return broken("L3", "account %s fell to %d with entry %s", account.ID, balance, entry.ID)
			}
		}
		return nil
	})
	if err == nil && (balance != account.Balance || position != account.Entries) {
		err = broken("L2", "account %s has %d after %d entries, they add up to %d after %d",
			account.ID, account.Balance, account.Entries, balance, position)
	}
	return err
}

func verifyReferences(ctx context.Context, view *store.Store, _ *Report) error {
	rows, references, err := view.LedgerTransactions.CountReferences(ctx)
	if err == nil && rows != references {
		err = broken("L4", "%d transactions share %d references", rows, references)
	}
	return err
}

func verifyHolds(ctx context.Context, view *store.Store, r *Report) error {
	held := int64(0)
	err := eachBatch(func(after model.PointsHold) ([]model.PointsHold, error) {
		return view.PointsHolds.ListAfter(ctx, after.ID, verifyBatch)
	}, func(rows []model.PointsHold) error {
		for _, hold := range rows {
			if err := verifyHold(ctx, view, hold); err != nil {
				return err
			}
			if hold.Status == model.HoldOpen {
				held += hold.Points
			}
			r.Holds++
		}
		return nil
	})
	if err == nil && held != r.Balances[model.HeldAccount] {
		err = broken("L6", "open holds add up to %d, the held accounts to %d", held, r.Balances[model.HeldAccount])
	}
	return err
}

func verifyHold(ctx context.Context, view *store.Store, hold model.PointsHold) error {
	for reference, wanted := range map[string]bool{
		"hold/" + hold.Reference:    true,
		"capture/" + hold.Reference: hold.Status == model.HoldCaptured,
		"release/" + hold.Reference: hold.Status == model.HoldReleased,
	} {
		_, err := view.LedgerTransactions.GetByReference(ctx, reference)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
		if there := err == nil; there != wanted {
			return broken("L6", "hold %s is %s; the transaction %s is there: %t", hold.ID, hold.Status, reference, there)
		}
	}
	if hold.Returned > hold.Points || hold.Returned > 0 && hold.Status != model.HoldCaptured {
		return broken("L7", "of hold %s, %d points came back out of %d (%s)", hold.ID, hold.Returned, hold.Points, hold.Status)
	}
	return verifyHoldLots(ctx, view, hold)
}

// verifyHoldLots compares a hold with what it took from which lot.
func verifyHoldLots(ctx context.Context, view *store.Store, hold model.PointsHold) error {
	parts, err := view.PointsHoldLots.ListOf(ctx, hold.ID)
	var points, returned int64
	for _, part := range parts {
		points, returned = points+part.Points, returned+part.Returned
	}
	back := hold.Returned
	if hold.Status == model.HoldReleased {
		back = hold.Points
	}
	if err == nil && (points != hold.Points || returned != back) {
		err = broken("lots", "hold %s took %d and gave back %d, its lots say %d and %d", hold.ID, hold.Points, back, points, returned)
	}
	return err
}

// verifyLots compares people's lots with what they can spend.
func verifyLots(ctx context.Context, view *store.Store, r *Report) error {
	err := eachBatch(func(after model.PointsLot) ([]model.PointsLot, error) {
		return view.PointsLots.ListAfter(ctx, after.ID, verifyBatch)
	}, func(rows []model.PointsLot) error {
		for _, lot := range rows {
			if lot.Remaining < 0 || lot.Expired < 0 || lot.Remaining+lot.Expired > lot.Points {
				return broken("lots", "lot %s of %d points has %d left and %d expired", lot.ID, lot.Points, lot.Remaining, lot.Expired)
			}
		}
		r.Lots += int64(len(rows))
		return nil
	})
	if err != nil {
		return err
	}
	return eachBatch(func(after model.PointsAccount) ([]model.PointsAccount, error) {
		return view.PointsAccounts.ListAfter(ctx, after.ID, verifyBatch)
	}, func(rows []model.PointsAccount) error {
		for _, account := range rows {
			if err := verifyAccountLots(ctx, view, account); err != nil {
				return err
			}
		}
		return nil
	})
}

func verifyAccountLots(ctx context.Context, view *store.Store, account model.PointsAccount) error {
	switch account.Kind {
	case model.VolunteerAccount:
		remaining, err := view.PointsLots.CountRemaining(ctx, account.ID)
		if err == nil && remaining != account.Balance {
			err = broken("lots", "account %s has %d, its lots %d", account.ID, account.Balance, remaining)
		}
		return err
	case model.HeldAccount:
		held, err := view.PointsHolds.CountOpen(ctx, model.UserID(account.OwnerID))
		if err == nil && held != account.Balance {
			err = broken("L6", "account %s has %d, its open holds %d", account.ID, account.Balance, held)
		}
		return err
	}
	return nil
}

func countDebts(ctx context.Context, view *store.Store, r *Report) (err error) {
	r.Debts, err = view.PointsEarnings.CountWaiting(ctx)
	return err
}
