package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func addUser(t *testing.T, s *store.Store) model.User {
	t.Helper()
	now := s.Now()
	user := model.User{ID: model.NewID[model.User](now), Nickname: "王大爷", Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
	if err := s.Users.Add(t.Context(), &user); err != nil {
		t.Fatal(err)
	}
	return user
}

func TestARowComesBackAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		want := addUser(t, s)
		got, err := s.Users.Get(t.Context(), want.ID)
		if err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		if _, err := s.Users.Get(t.Context(), model.NewID[model.User](s.Now())); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("an unknown id: %v", err)
		}
		if err := s.Users.Add(t.Context(), &want); !errors.Is(err, store.ErrDuplicate) {
			t.Fatalf("the same row twice: %v", err)
		}
	})
}

func TestInTxKeepsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		var inside model.User
		boom := errors.New("boom")
		err := s.InTx(t.Context(), func(tx *store.Store) error {
			inside = addUser(t, tx)
			return tx.InTx(t.Context(), func(nested *store.Store) error { return boom })
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if _, err := s.Users.Get(t.Context(), inside.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("rolled back, yet found: %v", err)
		}
	})
}

func TestOnceDoesItOnceUnderParallelRepeats(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		actor := model.NewID[model.User](s.Now())
		var effects, replays atomic.Int32
		ids := make([]model.UserID, 20)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				key := &model.OnceKey{Actor: actor, Operation: "test", Key: "k-1", Hash: make([]byte, 32)}
				user, err := store.Once(model.WithOnceKey(t.Context(), key), s, func(tx *store.Store) (model.User, error) {
					effects.Add(1)
					return addUser(t, tx), nil
				})
				if err != nil {
					t.Error(err)
				}
				if key.Replayed {
					replays.Add(1)
				}
				ids[i] = user.ID
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("two different answers: %s and %s", id, ids[0])
			}
		}
		users, err := s.Users.ListByID(t.Context(), ids[:1])
		if err != nil || len(users) != 1 || replays.Load() != 19 {
			t.Fatalf("%d users, %d replays, %v", len(users), replays.Load(), err)
		}
	})
}

func TestOnceRefusesAKeyForSomethingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		use := func(hash byte) error {
			key := &model.OnceKey{Operation: "test", Actor: model.UserID{15: 1}, Key: "k", Hash: append(make([]byte, 31), hash)}
			_, err := store.Once(model.WithOnceKey(t.Context(), key), s, func(*store.Store) (string, error) { return "done", nil })
			return err
		}
		if err := use(1); err != nil {
			t.Fatal(err)
		}
		if err := use(2); !errors.Is(err, fault.ErrKeyReused) {
			t.Fatalf("another body under the same key: %v", err)
		}
	})
}

func TestAFaultIsNotRememberedByOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		key := &model.OnceKey{Actor: model.UserID{15: 1}, Operation: "test", Key: "k", Hash: make([]byte, 32)}
		ctx := model.WithOnceKey(t.Context(), key)
		if _, err := store.Once(ctx, s, func(*store.Store) (int, error) { return 0, fault.ErrForbidden }); !errors.Is(err, fault.ErrForbidden) {
			t.Fatal(err)
		}
		got, err := store.Once(ctx, s, func(*store.Store) (int, error) { return 7, nil })
		if got != 7 || err != nil || key.Replayed {
			t.Fatalf("%d, %v, replayed %t", got, err, key.Replayed)
		}
	})
}

func TestJobsAreClaimedByOneWorkerOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		for range 40 {
			if err := s.Jobs.Put(t.Context(), model.Job{Kind: "k", Payload: []byte("{}")}); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		seen := map[model.JobID]int{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for {
					jobs, err := s.Jobs.SaveClaim(context.Background(), []string{"k"}, 5, time.Minute)
					if err != nil {
						t.Error(err)
					}
					if len(jobs) == 0 {
						return
					}
					mu.Lock()
					for _, job := range jobs {
						seen[job.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %s claimed %d times", id, n)
			}
		}
	})
}

func TestADedupeKeyMakesOneJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		name := "daily@2026-11-23"
		woken := 0
		s.OnJobs(func() { woken++ })
		for range 3 {
			err := s.InTx(t.Context(), func(tx *store.Store) error {
				return tx.Jobs.Put(t.Context(), model.Job{Kind: "k", Payload: []byte("{}"), DedupeKey: &name})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Jobs.Count(t.Context(), model.JobReady); n != 1 || err != nil || woken != 1 {
			t.Fatalf("%d jobs, woken %d times, %v", n, woken, err)
		}
	})
}

// TestAKeySaysNeitherWhenNorForWhatItWasUsed: beside who used it, both would lead to what they did.
func TestAKeySaysNeitherWhenNorForWhatItWasUsed(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		clock.Set(model.Date("2026-11-24").At(10, 14))
		key := &model.OnceKey{Actor: model.UserID{15: 1}, Operation: "test", Key: "k", Hash: bytes.Repeat([]byte{7}, 32)}
		ctx := model.WithOnceKey(t.Context(), key)
		if _, err := store.Once(ctx, s, func(*store.Store) (int, error) { return 7, nil }); err != nil {
			t.Fatal(err)
		}
		var at any
		var hash, result []byte
		if err := past.QueryRowContext(t.Context(), "SELECT created_at, request_hash, result FROM once_records").Scan(&at, &hash, &result); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(fmt.Sprint(at), " 02:00:00") || bytes.ContainsAny(hash, "\x07") || bytes.Contains(result, key.Hash) {
			t.Errorf("at %s, %x", at, hash)
		}
		clock.Move(store.KeyRetention)
		if n, err := s.ForgetOldKeys(t.Context()); n != 0 || err != nil {
			t.Errorf("%d forgotten too early, %v", n, err)
		}
		if again, err := store.Once(ctx, s, func(*store.Store) (int, error) { return 8, nil }); again != 7 || err != nil {
			t.Errorf("%d, %v", again, err)
		}
		clock.Move(time.Hour)
		if n, err := s.ForgetOldKeys(t.Context()); n != 1 || err != nil {
			t.Errorf("%d forgotten, %v", n, err)
		}
	})
}
