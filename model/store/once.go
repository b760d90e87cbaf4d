package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
	"jinlin/model/fault"
)

// KeyRetention is how long an answer can be asked for again.
const KeyRetention = 48 * time.Hour

type onces struct{ table[model.OnceRecord] }

// errRepeat says that somebody else has claimed the key, and perhaps finished.
var errRepeat = errors.New("store: the key exists")

// Once runs fn in a transaction, at most once for the idempotency key in ctx: the
// key, the request's hash and fn's result are written in fn's own transaction.
// Whoever repeats the key gets that result again; a repeat that comes while the
// first still runs waits for it up to 3 seconds. Without a key it is InTx.
//
// Faults roll back and are not remembered, so a repeat runs anew. A lost answer to
// COMMIT is settled by looking for the key. Faults: idempotency_key_reused,
// in_progress, and what fn returns.
func Once[T any](ctx context.Context, s *Store, fn func(tx *Store) (T, error)) (T, error) {
	key := model.OnceKeyFrom(ctx)
	if key == nil || s.inTx {
		return inTx(ctx, s, fn)
	}
	deadline := time.Now().Add(tryBudget)
	for try := 1; ; try++ {
		result, err := s.remembered(ctx, key)
		if err == nil {
			return replay[T](s, key, result)
		}
		if !errors.Is(err, fault.ErrNotFound) {
			return *new(T), err
		}
		out, err := onceTry(ctx, s, key, fn)
		if !worthAnotherLook(err) {
			return out, err
		}
		if time.Now().After(deadline) || try > maxTries {
			return *new(T), settled(err)
		}
		if err := pause(ctx, try); err != nil {
			return *new(T), err
		}
	}
}

// Replayed looks for the result that the idempotency key in ctx has had already, for
// services that must ask somebody outside before they come to Once: what can be asked only
// once is not asked again. Faults: idempotency_key_reused.
func Replayed[T any](ctx context.Context, s *Store) (out T, found bool, err error) {
	key := model.OnceKeyFrom(ctx)
	if key == nil {
		return out, false, nil
	}
	record, err := s.remembered(ctx, key)
	if errors.Is(err, fault.ErrNotFound) {
		return out, false, nil
	}
	if err == nil {
		out, err = replay[T](s, key, record)
	}
	return out, err == nil, err
}

// settled is what a repeat hears when the budget is used up.
func settled(err error) error {
	if errors.Is(err, errRepeat) || errors.Is(err, fault.ErrBusy) {
		return fault.ErrInProgress.Because(err)
	}
	return err
}

func worthAnotherLook(err error) bool {
	return errors.Is(err, errRepeat) || errors.Is(err, ErrOutcomeUnknown)
}

func inTx[T any](ctx context.Context, s *Store, fn func(tx *Store) (T, error)) (out T, err error) {
	err = s.InTx(ctx, func(tx *Store) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// onceTry claims the key first, so that a parallel repeat waits on the unique key
// and not on half-done work, and seals the result into the claimed row at the end.
func onceTry[T any](ctx context.Context, s *Store, key *model.OnceKey, fn func(tx *Store) (T, error)) (T, error) {
	return inTx(ctx, s, func(tx *Store) (T, error) {
		var none T
		claim := model.OnceRecord{
			ActorID: key.Actor, Operation: key.Operation, Key: key.Key,
			RequestHash: key.Hash, Result: []byte{}, CreatedAt: tx.Now(),
		}
		if err := tx.onces.Add(ctx, &claim); errors.Is(err, ErrDuplicate) || lockTimeout(err) {
			return none, errRepeat
		} else if err != nil {
			return none, err
		}
		out, err := fn(tx)
		if err != nil {
			return none, err
		}
		return out, tx.onces.saveResult(ctx, key, out)
	})
}

func (o onces) saveResult(ctx context.Context, key *model.OnceKey, result any) error {
	plainText, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("store: the result of %s cannot be kept: %w", key.Operation, err)
	}
	sealed, err := o.c.keys.Seal(place(key), plainText)
	if err != nil {
		return err
	}
	_, err = hit(o.where(ctx, key).Updates(map[string]any{"result": sealed}))
	return err
}

func (o onces) where(ctx context.Context, key *model.OnceKey) *gorm.DB {
	return o.write(ctx).Where("actor_id = ? AND operation = ? AND idempotency_key = ?", key.Actor, key.Operation, key.Key)
}

// place binds a sealed result to its row.
func place(k *model.OnceKey) Place {
	return Place{Table: "once_records", Column: "result", Row: k.Actor.String() + "/" + k.Operation + "/" + k.Key}
}

// remembered reads what the key did. Faults: not_found, idempotency_key_reused.
func (s *Store) remembered(ctx context.Context, key *model.OnceKey) (model.OnceRecord, error) {
	record, err := s.onces.one(ctx, "actor_id = ? AND operation = ? AND idempotency_key = ?", key.Actor, key.Operation, key.Key)
	if err == nil && !bytes.Equal(record.RequestHash, key.Hash) {
		return record, fault.ErrKeyReused
	}
	return record, err
}

func replay[T any](s *Store, key *model.OnceKey, record model.OnceRecord) (T, error) {
	var out T
	plainText, err := s.keys.Open(place(key), record.Result)
	if err != nil {
		return out, err
	}
	key.Replayed = true
	err = json.Unmarshal(plainText, &out)
	return out, err
}

// ForgetOldKeys deletes answers nobody may ask for any more, and says how many.
func (s *Store) ForgetOldKeys(ctx context.Context) (int64, error) {
	q := s.onces.write(ctx).Where("created_at < ?", s.Now().Add(-KeyRetention)).Delete(&model.OnceRecord{})
	return q.RowsAffected, named(plain(q.Error))
}
