package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"jinlin/model"
)

// ChainLinks tie rows that are only ever added to the rows before them. A row is sealed
// when there is a link for it; the row itself is never touched.
type ChainLinks struct{ table[model.ChainLink] }

// List reads a batch of a chain's links in their order, starting after a number.
func (t ChainLinks) List(ctx context.Context, chain model.Chain, number int64, limit int) ([]model.ChainLink, error) {
	return all[model.ChainLink](t.read(ctx).Where("chain = ? AND number > ?", chain, number).Order("number").Limit(limit))
}

// ListRows are the rows of a chain with these ids, in no order.
func (t ChainLinks) ListRows(ctx context.Context, chain model.Chain, ids []model.ID[any]) ([]model.Chained, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return t.rows(ctx, chain, func(q *gorm.DB, _ string) *gorm.DB { return q.Where("id IN ?", ids) })
}

// ListUnsealed are rows of a chain without a link, from the first id on and before the
// second, in order of ids. A zero second id is no bound.
func (t ChainLinks) ListUnsealed(ctx context.Context, chain model.Chain, from, before model.ID[any], limit int) ([]model.Chained, error) {
	return t.rows(ctx, chain, func(q *gorm.DB, table string) *gorm.DB {
		return unsealed(q, chain, table, from, before).Order("id").Limit(limit)
	})
}

// CountUnsealed counts rows of a chain without a link, from an id on.
func (t ChainLinks) CountUnsealed(ctx context.Context, chain model.Chain, from model.ID[any]) (n int64, err error) {
	rows, err := t.of(ctx, chain)
	if err != nil {
		return 0, err
	}
	err = unsealed(rows.q, chain, rows.name, from, model.ID[any]{}).Count(&n).Error
	return n, named(plain(err))
}

// GetStep is the id of the row so many rows after an id; zero when there are fewer. Whoever
// looks at a whole table does it in such steps, so that no statement takes long.
func (t ChainLinks) GetStep(ctx context.Context, chain model.Chain, from model.ID[any], n int) (next model.ID[any], err error) {
	rows, err := t.of(ctx, chain)
	if err != nil {
		return next, err
	}
	var ids []model.ID[any]
	err = rows.q.Where("id >= ?", from[:]).Order("id").Offset(n).Limit(1).Pluck("id", &ids).Error
	if len(ids) > 0 {
		next = ids[0]
	}
	return next, named(plain(err))
}

func unsealed(q *gorm.DB, chain model.Chain, table string, from, before model.ID[any]) *gorm.DB {
	q = q.Where("id >= ?", from[:])
	if !before.IsZero() {
		q = q.Where("id < ?", before[:])
	}
	// The table is ours, never a client's text.
	return q.Where("NOT EXISTS (SELECT 1 FROM chain_links l WHERE l.chain = ? AND l.row_id = "+table+".id)", chain)
}

// chainRows is a query over the table whose rows a chain holds.
type chainRows struct {
	name string
	q    *gorm.DB
	find func(q *gorm.DB) ([]model.Chained, error)
}

func (t ChainLinks) of(ctx context.Context, chain model.Chain) (chainRows, error) {
	q := t.c.reads.WithContext(ctx)
	switch chain {
	case model.AuditChain:
		return chainRows{"audit_entries", q.Model(new(model.AuditEntry)), found[model.AuditEntry]}, nil
	case model.TransactionsChain:
		return chainRows{"ledger_transactions", q.Model(new(model.LedgerTransaction)), found[model.LedgerTransaction]}, nil
	case model.EntriesChain:
		return chainRows{"ledger_entries", q.Model(new(model.LedgerEntry)), found[model.LedgerEntry]}, nil
	}
	return chainRows{}, fmt.Errorf("store: there is no chain %q", chain)
}

func (t ChainLinks) rows(ctx context.Context, chain model.Chain, narrow func(q *gorm.DB, table string) *gorm.DB) ([]model.Chained, error) {
	rows, err := t.of(ctx, chain)
	if err != nil {
		return nil, err
	}
	return rows.find(narrow(rows.q, rows.name))
}

func found[T model.Chained](q *gorm.DB) ([]model.Chained, error) {
	rows, err := all[T](q)
	chained := make([]model.Chained, len(rows))
	for i, row := range rows {
		chained[i] = row
	}
	return chained, err
}

// chainHashes are the hashes that profiles name.
var chainHashes = map[string]func() hash.Hash{"sha256": sha256.New, "sm3": sm3.New}

// LinkSum is what the hash of a link must be after a hash and over a row.
// Error: the link's profile is none of this program's.
func LinkSum(link model.ChainLink, before []byte, row model.Chained) ([]byte, error) {
	newHash, known := chainHashes[link.Profile.Hash()]
	if !known {
		return nil, fmt.Errorf("store: link %d of the chain %s was made with %q, which is not known here", link.Number, link.Chain, link.Profile)
	}
	content, err := link.Bytes(before, row)
	if err != nil {
		return nil, err
	}
	sum := newHash()
	sum.Write(content)
	return sum.Sum(nil), nil
}

// LinkProfile is what links are made with: the hash that goes with the key for new values.
func (k *Keys) LinkProfile() model.ChainProfile {
	if k != nil && k.current.mark&markSM != 0 {
		return model.ChainSM3
	}
	return model.ChainSHA256
}

// NewLink ties a row to a head.
func (k *Keys) NewLink(head model.ChainHead, row model.Chained, at time.Time) (link model.ChainLink, err error) {
	link = model.ChainLink{Chain: head.Chain, Number: head.Number + 1, RowID: row.ChainKey(), Profile: k.LinkProfile(), At: at}
	link.Hash, err = LinkSum(link, head.Hash, row)
	return link, err
}

// ChainHeads are the ends of the chains, and the leases of those who lengthen them.
type ChainHeads struct{ table[model.ChainHead] }

// Get reads one. Fault: not_found, before anything was sealed.
func (t ChainHeads) Get(ctx context.Context, chain model.Chain) (model.ChainHead, error) {
	return t.one(ctx, "chain = ?", chain)
}

// TakeLease takes the lease of a chain, or keeps it, and says whether it is the owner's
// now. Leases run on the database's clock.
func (t ChainHeads) TakeLease(ctx context.Context, chain model.Chain, owner []byte, lease time.Duration) (bool, error) {
	return t.set(ctx, map[string]any{"owner": owner, "lease_until": t.c.dbTime(lease.Milliseconds())},
		"chain = ? AND (owner = ? OR lease_until IS NULL OR lease_until < ?)", chain, owner, t.c.dbTime(0))
}

// SaveAdvanced moves a head on, if it is still where it was and still its owner's.
func (t ChainHeads) SaveAdvanced(ctx context.Context, was, is model.ChainHead) (bool, error) {
	return t.set(ctx, map[string]any{"number": is.Number, "hash": is.Hash, "newest": is.Newest},
		"chain = ? AND number = ? AND owner = ?", was.Chain, was.Number, was.Owner)
}
