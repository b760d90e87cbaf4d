package store

import (
	"bytes"
	"context"
	"crypto/sha256"
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

// keyPrecision is how exactly it is kept when a key was used. Beside a person the moment of it
// would name the row that was written at that moment, also where they have sealed who they are.
const keyPrecision = time.Hour

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
			return replay[T](key, result)
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
		out, err = replay[T](key, record)
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
			RequestHash: make([]byte, sha256.Size), Result: []byte{}, CreatedAt: tx.Now().Truncate(keyPrecision),
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

// answer is what is sealed of a key. The request's hash is in it: most requests can be made up
// again of what they wrote, and whoever did that would find by the hash who had sent them.
type answer struct {
	Request []byte          `json:"request"`
	Result  json.RawMessage `json:"result"`
}

func (o onces) saveResult(ctx context.Context, key *model.OnceKey, result any) error {
	text, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("store: the result of %s cannot be kept: %w", key.Operation, err)
	}
	plainText, err := json.Marshal(answer{key.Hash, text})
	if err != nil {
		return err
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
func (s *Store) remembered(ctx context.Context, key *model.OnceKey) (a answer, err error) {
	record, err := s.onces.one(ctx, "actor_id = ? AND operation = ? AND idempotency_key = ?", key.Actor, key.Operation, key.Key)
	if err != nil {
		return a, err
	}
	plainText, err := s.keys.Open(place(key), record.Result)
	if err == nil {
		err = json.Unmarshal(plainText, &a)
	}
	if err == nil && !bytes.Equal(a.Request, key.Hash) {
		err = fault.ErrKeyReused
	}
	return a, err
}

func replay[T any](key *model.OnceKey, a answer) (out T, err error) {
	key.Replayed = true
	err = json.Unmarshal(a.Result, &out)
	return out, err
}

// ForgetOldKeys deletes answers nobody may ask for any more, and says how many.
func (s *Store) ForgetOldKeys(ctx context.Context) (int64, error) {
	q := s.onces.write(ctx).Where("created_at < ?", s.Now().Add(-KeyRetention).Truncate(keyPrecision)).Delete(&model.OnceRecord{})
	return q.RowsAffected, named(plain(q.Error))
}
