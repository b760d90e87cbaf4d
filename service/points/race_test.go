package points_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
)

const (
	raceWorkers = 8
	raceRounds  = 60
)

// contended moves points between few accounts from many sides at once.
type contended struct {
	*world
	people []model.Actor
	serial atomic.Int64
}

func (c *contended) round(random *rand.Rand) error {
	n, from := 1+random.Int64N(5), c.people[random.IntN(len(c.people))]
	reference := fmt.Sprintf("race/%d", c.serial.Add(1))
	switch random.IntN(3) {
	case 0:
		_, err := c.Award(context.Background(), c.secretary, points.Awarding{User: from.User, Points: n, Cause: "巡逻", Reference: reference})
		return err
	case 1:
		return c.inTx(func(tx *store.Store) error {
			_, err := c.Earn(context.Background(), tx, model.Earning{User: from.User, Points: n, UnitID: c.branch, Cause: model.CauseAttendance, Reference: reference})
			return err
		})
	}
	if err := c.holds(from, n, reference); err != nil {
		return err
	}
	return c.inTx(func(tx *store.Store) error {
		if random.IntN(2) == 0 {
			return c.Release(context.Background(), tx, reference, from.User)
		}
		return c.Capture(context.Background(), tx, reference, from.User)
	})
}

func TestManyMoveFewAccountsAndNothingIsLost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &contended{world: w, people: []model.Actor{w.wang, w.li, w.Person("居民")}}
		w.filled(400) // too little for all: some must be refused
		var wg sync.WaitGroup
		for worker := range raceWorkers {
			random := rand.New(rand.NewPCG(204, uint64(worker)))
			wg.Go(func() {
				for range raceRounds {
					err := c.round(random)
					if err != nil && !errors.Is(err, points.ErrInsufficient) && !errors.Is(err, points.ErrPoolExhausted) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		report := w.verified() // the sum exact, nothing below zero, every running balance right
		got := report.Balances
		if got[model.IssuanceAccount] != -400 || report.Transactions < raceWorkers*raceRounds/2 {
			t.Fatalf("%+v", report)
		}
	})
}

// The check above would see a lost update: this is what it sees when balances are computed
// in Go and written back.
func TestPowerComputedBalancesDoNotAddUp(t *testing.T) {
	eachPast(t, func(t *testing.T, w *world, past *sql.DB) {
		w.filled(1000)
		w.earns(w.wang, 30)
		pools, err := w.Pools(t.Context(), w.secretary, w.branch, model.Page{})
		w.Must(err)
		pool, wang := model.AccountOf(model.PoolAccount, pools.Items[0].Pool.ID), model.AccountOf(model.VolunteerAccount, w.wang.User)
		together := storetest.NewBarrier(raceWorkers)
		var wg sync.WaitGroup
		for worker := range raceWorkers {
			wg.Go(func() {
				naive(t, past, pool, wang, int64(worker+1), together)
			})
		}
		wg.Wait()
		_, err = w.Verify(t.Context())
		var violation *points.Violation
		if !errors.As(err, &violation) {
			t.Fatalf("the naive transfer went unnoticed: %v", err)
		}
		var sum int64
		w.Must(past.QueryRowContext(t.Context(), "SELECT SUM(balance) FROM points_accounts").Scan(&sum))
		if sum == 0 {
			t.Fatal("the naive transfer lost nothing")
		}
	})
}

// naive reads both balances, computes, and writes both back; the gain is written by half of
// the workers before and by half after their loss, as two code paths might.
func naive(t *testing.T, db *sql.DB, from, to model.AccountID, n int64, together *storetest.Barrier) {
	balance := func(id model.AccountID) (b int64) {
		if err := db.QueryRowContext(t.Context(), "SELECT balance FROM points_accounts WHERE id = ?", id[:]).Scan(&b); err != nil {
			t.Error(err)
		}
		return b
	}
	write := func(id model.AccountID, b int64) {
		if _, err := db.ExecContext(t.Context(), "UPDATE points_accounts SET balance = ? WHERE id = ?", b, id[:]); err != nil {
			t.Error(err)
		}
	}
	has, gets := balance(from), balance(to)
	together.Wait()
	if n%2 == 0 {
		write(from, has-n)
		together.Wait()
		write(to, gets+n)
		return
	}
	write(to, gets+n)
	together.Wait()
	write(from, has-n)
}

func TestOneServiceConfirmedTwentyTimesAtOnceEarnsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(1000)
		w.AtOnce(20, func(int) error {
			_, err := w.tryEarn(w.wang, 10, "attendance/a") // also the first use of the account
			return err
		})
		w.expect(w.wang, 10, 0)
		w.verified()
	})
}

func TestTheDaysLimitHoldsWhenManyServicesAreConfirmedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(1000)
		w.AtOnce(16, func(i int) error {
			_, err := w.tryEarn(w.wang, 7, fmt.Sprintf("attendance/%d", i))
			return err
		})
		w.expect(w.wang, points.DayLimit, 0)
		w.verified()
	})
}

func TestOneAwardIsApprovedOnceByTwentyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(500)
		award, err := w.Award(t.Context(), w.secretary, points.Awarding{User: w.wang.User, Points: 200, Cause: "抢险", Reference: "a"})
		w.Must(err)
		approved := w.AtOnce(20, func(int) error {
			_, err := w.Approve(t.Context(), w.town, award.ID)
			return err
		}, fault.ErrIllegalTransition)
		w.expect(w.wang, 200, 0)
		if approved != 1 {
			t.Fatalf("approved %d times", approved)
		}
		w.verified()
	})
}

func TestOneMistakeIsReversedOnceByTwentyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(500)
		w.earns(w.wang, 10)
		w.earns(w.wang, 10)
		entry := w.newestEntry(w.wang).Entry.ID
		reversed := w.AtOnce(20, func(int) error {
			_, err := w.Reverse(t.Context(), w.secretary, entry, "写错了")
			return err
		}, points.ErrAlreadyReversed)
		w.expect(w.wang, 10, 0)
		if reversed != 1 {
			t.Fatalf("reversed %d times", reversed)
		}
		w.verified()
	})
}

func TestTwoWorkersSettleAndExpireOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 12 {
			w.earns(w.Person("居民"), 5)
		}
		w.filled(40) // eight of them
		var settled atomic.Int64
		w.AtOnce(4, func(int) error {
			n, err := w.Settle(t.Context())
			settled.Add(int64(n))
			return err
		})
		if report := w.verified(); settled.Load() != 8 || report.Debts != 4 {
			t.Fatalf("%d settled, %d wait", settled.Load(), report.Debts)
		}
		w.Clock.Set(w.Clock.Now().AddDate(2, 1, 0))
		var expired atomic.Int64
		w.AtOnce(4, func(int) error {
			n, err := w.Expire(t.Context())
			expired.Add(int64(n))
			return err
		})
		if report := w.verified(); expired.Load() != 8 || report.Balances[model.ExpiredAccount] != 40 {
			t.Fatalf("%d expired: %+v", expired.Load(), report)
		}
	})
}
