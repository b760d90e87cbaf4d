package chain

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// longest is the longest a row may be on its way: a sweep comes every hour, and finds
// whatever took longer than a pass looks back.
const longest = 2 * sweep

// Report is what Verify found in one chain.
type Report struct {
	Head    model.ChainHead
	Waiting Waiting // written, and not sealed yet: Verify can say nothing of them
}

// Violation is a chain that does not hold.
type Violation struct {
	Chain  model.Chain
	Detail string // which row, by id
}

func (v *Violation) Error() string {
	return fmt.Sprintf("invariant L8: chain %s: %s", v.Chain, v.Detail)
}

// ParseHead reads a head as ChainHead.String writes it.
func ParseHead(text string) (model.ChainHead, error) {
	parts := strings.Split(text, "/")
	wrong := fmt.Errorf("%q is no head of a chain; one looks like audit/12/9f86d081…", text)
	if len(parts) != 3 {
		return model.ChainHead{}, wrong
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	sum, bad := hex.DecodeString(parts[2])
	if err != nil || bad != nil || number < 1 {
		return model.ChainHead{}, wrong
	}
	return model.ChainHead{Chain: model.Chain(parts[0]), Number: number, Hash: sum}, nil
}

// Verify computes a chain anew, as it is at one moment, in batches. Heads that were noted
// earlier, of any chain, must still be in it. The error is a *Violation for the first row
// that is not as it was.
func Verify(ctx context.Context, s *store.Store, name model.Chain, noted ...model.ChainHead) (r Report, err error) {
	err = s.Snapshot(ctx, func(view *store.Store) error {
		w := walk{store: view, name: name, noted: map[int64][]byte{}}
		for _, head := range noted {
			if head.Chain == name {
				w.noted[head.Number] = head.Hash
			}
		}
		if err := w.links(ctx); err != nil {
			return err
		}
		if err := w.end(ctx); err != nil {
			return err
		}
		r.Head = w.head
		return w.unsealed(ctx, &r.Waiting)
	})
	return r, err
}

// walk is how far a verification has come.
type walk struct {
	store *store.Store
	name  model.Chain
	head  model.ChainHead // after the links so far, as computed
	noted map[int64][]byte
	past  time.Time // rows from before then have all been sealed, or on their way too long
}

func (w *walk) broken(format string, args ...any) error {
	return &Violation{w.name, fmt.Sprintf(format, args...)}
}

func (w *walk) links(ctx context.Context) error {
	w.head.Chain = w.name
	for {
		links, err := w.store.ChainLinks.List(ctx, w.name, w.head.Number, batch)
		if err != nil || len(links) == 0 {
			return err
		}
		ids := make([]model.ID[any], len(links))
		for i, link := range links {
			ids[i] = link.RowID
		}
		rows, err := w.store.ChainLinks.ListRows(ctx, w.name, ids)
		if err != nil {
			return err
		}
		byID := make(map[model.ID[any]]model.Chained, len(rows))
		for _, row := range rows {
			byID[row.ChainKey()] = row
		}
		for _, link := range links {
			if err := w.follow(link, byID[link.RowID]); err != nil {
				return err
			}
		}
	}
}

// follow goes on by one link.
func (w *walk) follow(link model.ChainLink, row model.Chained) error {
	if link.Number != w.head.Number+1 {
		return w.broken("link %d was removed; the row sealed after it is %s", w.head.Number+1, link.RowID)
	}
	if row == nil {
		return w.broken("row %s was removed; it was sealed as number %d", link.RowID, link.Number)
	}
	sum, err := store.LinkSum(link, w.head.Hash, row)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, link.Hash) {
		return w.broken("row %s is not what was sealed as number %d", link.RowID, link.Number)
	}
	if noted, asked := w.noted[link.Number]; asked && !bytes.Equal(sum, noted) {
		return w.broken("the chain was computed anew: number %d is not what was noted, so a row up to %s was changed", link.Number, link.RowID)
	}
	if err := w.inTime(link.RowID); err != nil {
		return err
	}
	w.seen(link)
	w.head.Number, w.head.Hash = link.Number, sum
	return nil
}

// inTime says whether a row could still have been on its way.
func (w *walk) inTime(id model.ID[any]) error {
	if written := id.Time(); written.Before(w.past) {
		return w.broken("row %s was put in later than the %s it is dated", id, written.Format(time.RFC3339))
	}
	return nil
}

// seen notes up to when rows were sealed. A row of a future that a wrong clock thought of
// counts as of when it was sealed.
func (w *walk) seen(link model.ChainLink) {
	written := link.RowID.Time()
	if link.At.Before(written) {
		written = link.At
	}
	if past := written.Add(-longest); past.After(w.past) {
		w.past = past
	}
}

// end compares the last link with the head, and what was noted beyond it.
func (w *walk) end(ctx context.Context) error {
	head, _, err := Head(ctx, w.store, w.name)
	if err != nil {
		return err
	}
	if head.Number != w.head.Number {
		return w.broken("its last link is number %d, its head counts %d", w.head.Number, head.Number)
	}
	if !bytes.Equal(head.Hash, w.head.Hash) {
		return w.broken("its head is not its last link")
	}
	for number := range w.noted {
		if number > head.Number {
			return w.broken("number %d was noted, the chain ends at %d: rows were removed at its end", number, head.Number)
		}
	}
	return nil
}

// unsealed counts what is not sealed yet, which must be recent.
func (w *walk) unsealed(ctx context.Context, waiting *Waiting) error {
	return eachStep(ctx, w.store, w.name, func(from, before model.ID[any]) error {
		for {
			rows, err := w.store.ChainLinks.ListUnsealed(ctx, w.name, from, before, batch)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if err := w.inTime(row.ChainKey()); err != nil {
					return err
				}
				if waiting.Since.IsZero() {
					waiting.Since = row.ChainKey().Time()
				}
				waiting.Rows++
			}
			if len(rows) < batch {
				return nil
			}
			from = following(rows[len(rows)-1].ChainKey())
		}
	})
}

// following is the smallest id after one.
func following(id model.ID[any]) model.ID[any] {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i]++; id[i] != 0 {
			break
		}
	}
	return id
}
