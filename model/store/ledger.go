package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// PointsAccounts are the accounts of the ledger.
type PointsAccounts struct{ table[model.PointsAccount] }

// Get reads one. Fault: not_found.
func (t PointsAccounts) Get(ctx context.Context, id model.AccountID) (model.PointsAccount, error) {
	return t.one(ctx, "id = ?", id)
}

// ListByID reads several, in no order.
func (t PointsAccounts) ListByID(ctx context.Context, ids []model.AccountID) ([]model.PointsAccount, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.PointsAccount](t.read(ctx).Where("id IN ?", ids))
}

// List pages several by id.
func (t PointsAccounts) List(ctx context.Context, ids []model.AccountID, page model.Page) (model.Listing[model.PointsAccount], error) {
	return oldest(t.read(ctx).Where("id IN ?", ids), page, func(a model.PointsAccount) [16]byte { return a.ID })
}

// ListAfter reads a batch in order of ids, starting after one of them.
func (t PointsAccounts) ListAfter(ctx context.Context, id model.AccountID, limit int) ([]model.PointsAccount, error) {
	return all[model.PointsAccount](t.read(ctx).Where("id > ?", id[:]).Order("id").Limit(limit))
}

// TakePoints takes points from an account that has enough and says whether it had.
func (t PointsAccounts) TakePoints(ctx context.Context, id model.AccountID, points int64) (bool, error) {
	return t.move(ctx, -points, "id = ? AND balance >= ?", id, points)
}

// TakeIssued takes points from an issuance account, which may go below zero, and says
// whether there is one.
func (t PointsAccounts) TakeIssued(ctx context.Context, id model.AccountID, points int64) (bool, error) {
	return t.move(ctx, -points, "id = ? AND kind = ?", id, model.IssuanceAccount)
}

// GivePoints gives points to an account and says whether there is one.
func (t PointsAccounts) GivePoints(ctx context.Context, id model.AccountID, points int64) (bool, error) {
	return t.move(ctx, points, "id = ?", id)
}

func (t PointsAccounts) move(ctx context.Context, points int64, cond string, args ...any) (bool, error) {
	return t.set(ctx, map[string]any{
		"balance": gorm.Expr("balance + ?", points), "entries": gorm.Expr("entries + 1"),
	}, cond, args...)
}

// LedgerTransactions can be added to and read, nothing else.
type LedgerTransactions struct{ table[model.LedgerTransaction] }

// Get reads one. Fault: not_found.
func (t LedgerTransactions) Get(ctx context.Context, id model.LedgerTransactionID) (model.LedgerTransaction, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByReference finds what was done once under a reference. Fault: not_found.
func (t LedgerTransactions) GetByReference(ctx context.Context, reference string) (model.LedgerTransaction, error) {
	return t.one(ctx, "reference = ?", reference)
}

// ListByID reads several, in no order.
func (t LedgerTransactions) ListByID(ctx context.Context, ids []model.LedgerTransactionID) ([]model.LedgerTransaction, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.LedgerTransaction](t.read(ctx).Where("id IN ?", ids))
}

// ListAfter reads a batch in order of ids, starting after one of them.
func (t LedgerTransactions) ListAfter(ctx context.Context, id model.LedgerTransactionID, limit int) ([]model.LedgerTransaction, error) {
	return all[model.LedgerTransaction](t.read(ctx).Where("id > ?", id[:]).Order("id").Limit(limit))
}

// CountReferences counts transactions and their different references.
func (t LedgerTransactions) CountReferences(ctx context.Context) (rows, references int64, err error) {
	var counts struct{ Total, Different int64 }
	err = t.read(ctx).Select("COUNT(*) AS total, COUNT(DISTINCT reference) AS different").Scan(&counts).Error
	return counts.Total, counts.Different, named(plain(err))
}

// LedgerEntries can be added to and read, nothing else.
type LedgerEntries struct{ table[model.LedgerEntry] }

// Get reads one. Fault: not_found.
func (t LedgerEntries) Get(ctx context.Context, id model.ID[model.LedgerEntry]) (model.LedgerEntry, error) {
	return t.one(ctx, "id = ?", id)
}

// ListOf are a transaction's entries, in no order.
func (t LedgerEntries) ListOf(ctx context.Context, transaction model.LedgerTransactionID) ([]model.LedgerEntry, error) {
	return all[model.LedgerEntry](t.read(ctx).Where("transaction_id = ?", transaction))
}

// List pages an account's entries from its newest back, in their running order. The
// cursor carries the position, because ids of one millisecond are in no order.
func (t LedgerEntries) List(ctx context.Context, account model.AccountID, page model.Page) (model.Listing[model.LedgerEntry], error) {
	q := t.read(ctx).Where("account_id = ?", account)
	if page.After != nil {
		q = q.Where("position < ?", page.After.Position())
	}
	rows, err := all[model.LedgerEntry](q.Order("position DESC").Limit(page.Size() + 1))
	if err != nil {
		return model.Listing[model.LedgerEntry]{}, err
	}
	return model.Cut(rows, page.Size(), func(e model.LedgerEntry) model.Cursor { return model.CursorAt(e.Position) }), nil
}

// ListAfter reads a batch of an account's entries in their running order.
func (t LedgerEntries) ListAfter(ctx context.Context, account model.AccountID, position int64, limit int) ([]model.LedgerEntry, error) {
	return all[model.LedgerEntry](t.read(ctx).
		Where("account_id = ? AND position > ?", account, position).Order("position").Limit(limit))
}

// TransactionSum is how many entries a transaction has and what they add up to.
type TransactionSum struct {
	TransactionID model.LedgerTransactionID
	Entries       int64
	Points        int64
}

// ListSums adds up the entries of several transactions.
func (t LedgerEntries) ListSums(ctx context.Context, ids []model.LedgerTransactionID) (sums []TransactionSum, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = t.read(ctx).Select("transaction_id, COUNT(*) AS entries, SUM(points) AS points").
		Where("transaction_id IN ?", ids).Group("transaction_id").Scan(&sums).Error
	return sums, named(plain(err))
}

// Count counts all entries.
func (t LedgerEntries) Count(ctx context.Context) (int64, error) { return t.count(ctx, "1 = 1") }
