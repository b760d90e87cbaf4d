package model

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Chain names the rows that hang together: the audit record, or one table of the ledger.
type Chain string

// The chains.
const (
	AuditChain        Chain = "audit"
	TransactionsChain Chain = "transactions"
	EntriesChain      Chain = "entries"
)

// LedgerChains are those of the ledger.
var LedgerChains = []Chain{TransactionsChain, EntriesChain}

// Chains are all of them.
var Chains = []Chain{AuditChain, TransactionsChain, EntriesChain}

// Chained is a row that is only ever added, and that a chain can so hold to what it said.
type Chained interface {
	// ChainKey is the row's id.
	ChainKey() ID[any]
	// Facts are what the row says, in a fixed order, as of a form. What erasure takes out of
	// the row is not among them: a chain must outlive the people in it. A form is never
	// changed; a new column makes a new form.
	Facts(form string) []any
}

// ChainProfile is the hash a link was made with and the form of the row under it.
type ChainProfile string

// The profiles. Older links keep theirs, so that one chain can go on with another hash.
const (
	ChainSHA256 ChainProfile = "sha256.1"
	ChainSM3    ChainProfile = "sm3.1"
)

// Hash names the hash.
func (p ChainProfile) Hash() string {
	name, _, _ := strings.Cut(string(p), ".")
	return name
}

// Form is the form of the row, see Chained.
func (p ChainProfile) Form() string {
	_, form, _ := strings.Cut(string(p), ".")
	return form
}

// ChainLink ties one row to all rows before it. Links are only ever added.
type ChainLink struct {
	Chain   Chain        `gorm:"primaryKey" data:"none"`
	Number  int64        `gorm:"primaryKey;autoIncrement:false" data:"none"` // 1, 2, 3 … within the chain
	RowID   ID[any]      `data:"none"`
	Profile ChainProfile `data:"none"`
	Hash    []byte       `data:"none"` // over the hash before, this link and the row
	At      time.Time    `data:"none"` // when the row was sealed
}

// ChainHead is the end of a chain, and who may lengthen it now.
type ChainHead struct {
	Chain      Chain      `gorm:"primaryKey" data:"none"`
	Number     int64      `data:"none"` // of the last link, 0 before the first
	Hash       []byte     `data:"none"` // of the last link
	Newest     ID[any]    `data:"none"` // the newest row sealed
	Owner      []byte     `data:"none"` // the sealer that holds the lease
	LeaseUntil *time.Time `data:"none"` // database time
}

// String is how a head is written down elsewhere, to be compared later.
func (h ChainHead) String() string { return fmt.Sprintf("%s/%d/%x", h.Chain, h.Number, h.Hash) }

// Follow is the head after one more link.
func (h ChainHead) Follow(link ChainLink) ChainHead {
	h.Number, h.Hash = link.Number, link.Hash
	if string(link.RowID[:]) > string(h.Newest[:]) {
		h.Newest = link.RowID
	}
	return h
}

// Bytes are what the link's hash is made over: the hash before, the link itself and the row.
// No two links over two rows give the same. Error: the form is none of this program's.
func (l ChainLink) Bytes(before []byte, row Chained) (all []byte, err error) {
	facts := row.Facts(l.Profile.Form())
	if facts == nil {
		return nil, fmt.Errorf("model: link %d of the chain %s was made with %q, which is not known here", l.Number, l.Chain, l.Profile)
	}
	for _, fact := range append([]any{before, string(l.Chain), l.Number, string(l.Profile), l.At}, facts...) {
		part, err := factBytes(fact)
		if err != nil {
			return nil, err
		}
		all = append(binary.BigEndian.AppendUint64(all, uint64(len(part))), part...)
	}
	return all, nil
}

func factBytes(fact any) ([]byte, error) {
	switch v := fact.(type) {
	case []byte:
		return v, nil
	case string:
		return []byte(v), nil
	case int64:
		return binary.BigEndian.AppendUint64(nil, uint64(v)), nil
	case time.Time: // the database keeps whole milliseconds
		return binary.BigEndian.AppendUint64(nil, uint64(v.UnixMilli())), nil
	}
	return nil, fmt.Errorf("model: a chain cannot hold a %T", fact)
}

// ChainKey is the row's id.
func (e AuditEntry) ChainKey() ID[any] { return ID[any](e.ID) }

// Facts are what the row says.
func (e AuditEntry) Facts(form string) []any {
	if form != "1" {
		return nil
	}
	return []any{
		e.ID[:], e.ActorID[:], e.Action, e.ObjectKind, e.ObjectID, e.UnitID[:], e.Detail, e.RequestID, e.At,
	}
}

// ChainKey is the row's id.
func (t LedgerTransaction) ChainKey() ID[any] { return ID[any](t.ID) }

// Facts are what the row says but for its note, from which erasure takes names.
func (t LedgerTransaction) Facts(form string) []any {
	if form != "1" {
		return nil
	}
	return []any{t.ID[:], string(t.Cause), t.Reference, t.ActorID[:], t.UnitID[:], t.At}
}

// ChainKey is the row's id.
func (e LedgerEntry) ChainKey() ID[any] { return ID[any](e.ID) }

// Facts are what the row says.
func (e LedgerEntry) Facts(form string) []any {
	if form != "1" {
		return nil
	}
	return []any{e.ID[:], e.TransactionID[:], e.AccountID[:], e.Position, e.Points, e.BalanceAfter}
}
