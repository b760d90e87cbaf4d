package identity

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	mathrand "math/rand/v2"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// NoticeJob is a notice on its way to whoever stands behind a sealed identity.
const NoticeJob = "identity.notice"

// quarterAfter is the quarter hour that comes next.
func quarterAfter(at time.Time) time.Time {
	return at.Truncate(15 * time.Minute).Add(15 * time.Minute)
}

// post has somebody told, once a key, who stands behind a sealed identity. When a person was told
// would name the event that it is of, and so would the order: they are told in the minute after
// the next quarter hour, all that wait for it in an order of chance.
func post(ctx context.Context, tx *store.Store, to model.UserID, n model.Notice) error {
	told := to.String() + "\x00" + cmp.Or(n.Key, rand.Text())
	name := blind(tx, "jobs.sealed_notice", told)
	n.User, n.Key = to, blind(tx, "messages.sealed_notice", told)
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	sealed, err := tx.Keys().Seal(noticeOf(name), text)
	if err != nil {
		return err
	}
	within := mathrand.N(time.Minute) //nolint:gosec // shuffles; nobody gains by guessing it
	return tx.Jobs.Put(ctx, model.Job{
		Kind: NoticeJob, Payload: sealed, DedupeKey: &name, RunAt: quarterAfter(tx.Now()).Add(within.Truncate(time.Millisecond)),
	})
}

// blind is a key of which nobody learns what it is about, nor that two of them are about the same.
func blind(s *store.Store, purpose, key string) string {
	return "sealed/" + hex.EncodeToString(s.Keys().Index(purpose, key))
}

func noticeOf(name string) store.Place {
	return store.Place{Table: "jobs", Column: "payload", Row: name}
}

// Deliver tells what waits for somebody, unless they are erased by now. With that goes the job: its
// row says when what it tells of happened, and when it was told.
func (c Courier) Deliver(ctx context.Context, job model.Job) error {
	return c.store.InTx(ctx, func(tx *store.Store) error {
		n, err := unseal(tx, job)
		if err != nil {
			return err
		}
		row, err := tx.SealedIdentities.Get(ctx, n.User)
		if err == nil {
			n.User, err = open(tx, row)
		}
		if err == nil {
			err = c.to.Tell(ctx, tx, n)
		} else if errors.Is(err, fault.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return err
		}
		return store.Held(tx.Jobs.Delete(ctx, job))
	})
}

func unseal(s *store.Store, job model.Job) (n model.Notice, err error) {
	text, err := s.Keys().Open(noticeOf(*job.DedupeKey), job.Payload)
	if err != nil {
		return n, err
	}
	err = json.Unmarshal(text, &n)
	return n, err
}
