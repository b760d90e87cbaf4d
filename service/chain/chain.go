// Package chain makes what is only ever added hold to what it said: the audit record and
// the ledger's transactions and entries.
//
// Rows go in unchained, because a head that every write moved would be the hottest row of
// all. One sealer ties them together within a second: for each row a link, numbered 1, 2,
// 3 …, with a hash over the hash before it and the row: SHA-256, or SM3 where the field keys
// are of the SM profile. Rows and links are only ever added.
//
// Ids are made before the commit, so a row may appear below rows that were sealed already.
// A row is sealed when it has a link, wherever its id stands, and not when a cursor has
// passed it: the sealer looks back a minute at each pass, and over everything once an
// hour. A link's place says when its row was sealed, not where its id sorts.
//
// Any number of sealers may run. One at a time holds the lease of a chain, on the
// database's clock; and a head moves only from where it was seen, in the transaction that
// adds the links, so that even a sealer that has lost its lease cannot fork a chain. One
// that dies leaves whole links or none, and the next goes on when the lease has run out.
//
// Verify computes the chains anew and names the first row that was changed, removed, or put
// in between. A row with an old date that nobody sealed for two hours while newer rows were
// sealed was put in between: no transaction takes so long. Whoever can write to the
// database can also compute a chain anew, from the place of the change to its end; only a
// head that was noted elsewhere shows that, so Verify holds against one what is there.
//
// What erasure takes out of a row is not part of what is sealed: a chain outlives the
// people in it.
package chain

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

const (
	pass     = 500 * time.Millisecond // between two looks for new rows, about
	lookBack = time.Minute            // how late a row may commit and be sealed at once
	sweep    = time.Hour              // between two looks over everything
	lease    = 3 * time.Second
	batch    = 500
	step     = 5000 // rows that one statement of a sweep looks at
)

// Sealer lengthens the chains.
type Sealer struct {
	store *store.Store
	log   *slog.Logger
	owner []byte // random, one for each sealer
}

// New makes a sealer.
func New(s *store.Store, log *slog.Logger) *Sealer {
	owner := make([]byte, 16)
	_, _ = rand.Read(owner) // never fails, see crypto/rand
	return &Sealer{store: s, log: log, owner: owner}
}

// Run seals until ctx ends: new rows twice a second, stragglers every hour.
func (s *Sealer) Run(ctx context.Context) {
	var swept time.Time
	for ctx.Err() == nil {
		do := s.Seal
		if time.Since(swept) >= sweep {
			do = s.Sweep
		}
		switch _, err := do(ctx); {
		case err != nil && ctx.Err() == nil:
			s.log.Error("rows could not be sealed; they will be later", "error", err)
		case time.Since(swept) >= sweep:
			swept = time.Now()
		}
		rest(ctx)
	}
}

// rest is by chance, or the sealers of several processes would look in step.
func rest(ctx context.Context) {
	timer := time.NewTimer(pass/2 + mathrand.N(pass)) //nolint:gosec // spreading is no secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Seal seals the rows of the last minutes, and says how many that were.
func (s *Sealer) Seal(ctx context.Context) (sealed int, err error) {
	return s.each(func(name model.Chain) (int, error) {
		from, err := tail(ctx, s.store, name)
		if err != nil {
			return 0, err
		}
		return s.seal(ctx, name, from, model.ID[any]{})
	})
}

// Sweep seals every row that is not yet, and says how many that were.
func (s *Sealer) Sweep(ctx context.Context) (sealed int, err error) {
	return s.each(func(name model.Chain) (sealed int, err error) {
		err = eachStep(ctx, s.store, name, func(from, before model.ID[any]) error {
			n, err := s.seal(ctx, name, from, before)
			sealed += n
			return err
		})
		return sealed, err
	})
}

// each goes on to the next chain when one is damaged.
func (s *Sealer) each(do func(model.Chain) (int, error)) (sealed int, err error) {
	for _, name := range model.Chains {
		n, failed := do(name)
		sealed, err = sealed+n, errors.Join(err, failed)
	}
	return sealed, err
}

// tail is the id from which a pass looks: a minute before the newest row sealed, or before
// now, should that row be of a future that a wrong clock thought of.
func tail(ctx context.Context, s *store.Store, name model.Chain) (from model.ID[any], err error) {
	head, begun, err := Head(ctx, s, name)
	if !begun || head.Newest.IsZero() {
		return from, err
	}
	newest := head.Newest.Time()
	if now := s.Now(); newest.After(now) {
		newest = now
	}
	return model.FirstID[any](newest.Add(-lookBack)), err
}

// eachStep goes through the table of a chain in steps that are quickly looked at. The last
// one has no end, so that what is being added is not missed.
func eachStep(ctx context.Context, s *store.Store, name model.Chain, do func(from, before model.ID[any]) error) error {
	var from model.ID[any]
	for {
		before, err := s.ChainLinks.GetStep(ctx, name, from, step)
		if err != nil {
			return err
		}
		if err := do(from, before); err != nil || before.IsZero() {
			return err
		}
		from = before
	}
}

// seal seals what is not yet in a range of ids, a batch at a time, as long as the lease is
// ours or free. Rows are read under the lease: those another sealer was at are its links by
// then, or will never be.
func (s *Sealer) seal(ctx context.Context, name model.Chain, from, before model.ID[any]) (sealed int, err error) {
	some, err := s.store.ChainLinks.ListUnsealed(ctx, name, from, before, 1)
	if err != nil || len(some) == 0 { // as nearly always; a lease is a write
		return 0, err
	}
	for {
		if ours, err := s.takeLease(ctx, name); !ours || err != nil {
			return sealed, err
		}
		rows, err := s.store.ChainLinks.ListUnsealed(ctx, name, from, before, batch)
		if err != nil || len(rows) == 0 {
			return sealed, err
		}
		added, err := s.link(ctx, name, rows)
		if err != nil || !added {
			return sealed, err
		}
		sealed += len(rows)
		if len(rows) < batch {
			return sealed, nil
		}
		from = rows[len(rows)-1].ChainKey()
	}
}

func (s *Sealer) takeLease(ctx context.Context, name model.Chain) (bool, error) {
	ours, err := s.store.ChainHeads.TakeLease(ctx, name, s.owner, lease)
	if err != nil || ours {
		return ours, err
	}
	err = s.store.ChainHeads.Add(ctx, &model.ChainHead{Chain: name, Hash: []byte{}})
	if errors.Is(err, store.ErrDuplicate) { // there is one, and it is somebody else's
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return s.store.ChainHeads.TakeLease(ctx, name, s.owner, lease)
}

// link ties rows to the head, and says whether the head was still ours.
func (s *Sealer) link(ctx context.Context, name model.Chain, rows []model.Chained) (added bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		added = false
		was, err := tx.ChainHeads.Get(ctx, name)
		if err != nil || string(was.Owner) != string(s.owner) {
			return err
		}
		is, links := was, make([]*model.ChainLink, len(rows))
		for i, row := range rows {
			link, err := tx.Keys().NewLink(is, row, tx.Now())
			if err != nil {
				return err
			}
			links[i], is = &link, is.Follow(link)
		}
		if added, err = tx.ChainHeads.SaveAdvanced(ctx, was, is); err != nil || !added {
			return err
		}
		return tx.ChainLinks.Add(ctx, links...)
	})
	return added && err == nil, err
}

// Waiting is what is not sealed yet.
type Waiting struct {
	Rows  int64
	Since time.Time // when the oldest of them was written; zero when there is none
}

// Age is how long the oldest has waited.
func (w Waiting) Age(now time.Time) time.Duration {
	if w.Since.IsZero() {
		return 0
	}
	return max(0, now.Sub(w.Since))
}

// Lag says what of a chain waits for the sealer. It looks where a pass does, so that it can
// be asked at any time.
func Lag(ctx context.Context, s *store.Store, name model.Chain) (w Waiting, err error) {
	from, err := tail(ctx, s, name)
	if err != nil {
		return w, err
	}
	first, err := s.ChainLinks.ListUnsealed(ctx, name, from, model.ID[any]{}, 1)
	if err != nil || len(first) == 0 {
		return w, err
	}
	w.Since = first[0].ChainKey().Time()
	w.Rows, err = s.ChainLinks.CountUnsealed(ctx, name, from)
	return w, err
}

// Head is the end of a chain, and whether it was ever lengthened: in a database from before
// there were chains everything waits for the first sealer.
func Head(ctx context.Context, s *store.Store, name model.Chain) (head model.ChainHead, begun bool, err error) {
	head, err = s.ChainHeads.Get(ctx, name)
	if errors.Is(err, fault.ErrNotFound) {
		return model.ChainHead{Chain: name}, false, nil
	}
	return head, err == nil, err
}
