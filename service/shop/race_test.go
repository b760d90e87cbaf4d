package shop_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/go-sql-driver/mysql"       // driver "mysql"
	_ "github.com/ncruces/go-sqlite3/driver" // driver "sqlite3"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
	"jinlin/service/shop"
)

// parallel runs n at once and counts those that did it; every other must be refused in one
// of these ways.
func (w *world) parallel(n int, do func(i int) error, refused ...*fault.Error) (done int64) {
	var count atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			err := do(i)
			for _, f := range refused {
				if errors.Is(err, f) {
					return
				}
			}
			if err != nil {
				w.t.Error(err)
				return
			}
			count.Add(1)
		})
	}
	wg.Wait()
	return count.Load()
}

func TestSixtyFourPeopleForTheLastFive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 5, 0)
		people := make([]model.Actor, 64)
		for i := range people {
			people[i] = w.person()
			w.earns(people[i], 10)
		}
		got := w.parallel(64, func(i int) error {
			_, err := w.Redeem(t.Context(), people[i], goods.ID, 1)
			return err
		}, shop.ErrOutOfStock)
		if got != 5 {
			t.Fatalf("%d got the last 5", got)
		}
		held := int64(0)
		for _, p := range people {
			b, err := w.points.Balance(t.Context(), p.User)
			w.must(err)
			held += b.Held
		}
		if held != 20 {
			t.Fatalf("%d points are held for 5 at 4", held)
		}
		w.verified()
	})
}

// The race above would see overselling: this is what it sees when the stock is looked at
// and then written.
func TestPowerLookingAtTheStockFirstOversells(t *testing.T) {
	t.Parallel()
	for name, databaseURL := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "mariadb": storetest.MySQLURL} {
		t.Run(name, func(t *testing.T) {
			url, clock := databaseURL(t), storetest.NewClock()
			w := newWorld(t, storetest.Open(t, url, clock), clock)
			goods, db := w.stocks(4, 5, 0), past(t, url)
			var looked sync.WaitGroup
			looked.Add(16)
			got := w.parallel(16, func(int) error {
				var stock int64
				err := db.QueryRowContext(t.Context(), "SELECT stock FROM goods WHERE id = ?", goods.ID[:]).Scan(&stock)
				looked.Done()
				looked.Wait()
				if err != nil {
					return err
				}
				if stock < 1 {
					return shop.ErrOutOfStock
				}
				_, err = db.ExecContext(t.Context(), "UPDATE goods SET stock = ? WHERE id = ?", stock-1, goods.ID[:])
				return err
			}, shop.ErrOutOfStock)
			if got <= 5 {
				t.Fatalf("the naive shop sold %d of 5", got)
			}
		})
	}
}

// past opens the database without the store.
func past(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite3", "file:"+strings.TrimPrefix(url, "sqlite://")+"?_txlock=immediate&_pragma=busy_timeout(5000)"
	if strings.HasPrefix(url, "mysql://") {
		cfg, err := store.MySQLConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		driver, dsn = "mysql", cfg.FormatDSN()
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// repeats redeems one thing twenty times at once and says how many redemptions that made
// and whether all answers were equal.
func (w *world) repeats(goods model.Goods, key func(i int) string) (effects int, equal bool) {
	answers := make([]shop.Reservation, 20)
	w.parallel(20, func(i int) (err error) {
		ctx := model.WithOnceKey(w.t.Context(), &model.OnceKey{Actor: w.wang.User, Operation: "redeem", Key: key(i), Hash: make([]byte, 32)})
		answers[i], err = w.Redeem(ctx, w.wang, goods.ID, 1)
		return err
	})
	equal = true
	for _, a := range answers {
		equal = equal && a.PickupCode == answers[0].PickupCode && a.Redemption.ID == answers[0].Redemption.ID
	}
	mine, err := w.Mine(w.t.Context(), w.wang, model.Page{Limit: 100})
	w.must(err)
	return len(mine.Items), equal
}

func TestTwentyRepeatsUnderOneKeyAreOneRedemption(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 100, 0)
		w.earns(w.wang, 100)
		if effects, equal := w.repeats(goods, func(int) string { return "one" }); effects != 1 || !equal {
			t.Fatalf("%d redemptions; all answers equal: %t", effects, equal)
		}
		w.expect(w.wang, 96, 4, goods, 99)
		w.verified()
	})
}

// Without the one key the same twenty requests are twenty redemptions.
func TestPowerTwentyKeysAreTwentyRedemptions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 100, 0)
		w.earns(w.wang, 100)
		if effects, equal := w.repeats(goods, func(i int) string { return fmt.Sprint(i) }); effects != 20 || equal {
			t.Fatalf("%d redemptions; all answers equal: %t", effects, equal)
		}
		w.verified()
	})
}

func TestLimitsAndPointsHoldWhenOnePersonPressesOften(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		limited, dear := w.stocks(1, 100, 3), w.stocks(10, 100, 0)
		w.earns(w.wang, 45)
		press := func(g model.Goods, refused *fault.Error) int64 {
			return w.parallel(16, func(int) error {
				_, err := w.Redeem(t.Context(), w.wang, g.ID, 1)
				return err
			}, refused)
		}
		if got := press(limited, shop.ErrLimitReached); got != 3 {
			t.Fatalf("%d of 3 a month", got)
		}
		if got := press(dear, points.ErrInsufficient); got != 4 {
			t.Fatalf("%d for 42 points at 10", got)
		}
		w.expect(w.wang, 2, 43, dear, 96)
		w.verified()
	})
}

func TestACodeIsSpentOnceHoweverItEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 5)
		w.earns(w.wang, 40)
		for range 3 {
			r := w.redeems(w.wang, goods, 1)
			ended := w.parallel(18, func(i int) (err error) {
				switch i % 3 {
				case 0:
					_, err = w.HandOver(t.Context(), w.keeper, r.PickupCode)
				case 1:
					_, err = w.Cancel(t.Context(), w.wang, r.Redemption.ID)
				case 2:
					_, err = w.Cancel(t.Context(), w.keeper, r.Redemption.ID)
				}
				return err
			}, fault.ErrIllegalTransition)
			if ended != 1 {
				t.Fatalf("it ended %d times", ended)
			}
		}
		w.verified()
	})
}

func TestNoMoreComesBackThanWentOutWhenReturnsRace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 0)
		w.earns(w.wang, 40)
		r := w.redeems(w.wang, goods, 5)
		_, err := w.HandOver(t.Context(), w.keeper, r.PickupCode)
		w.must(err)
		back := w.parallel(12, func(int) error {
			_, err := w.TakeBack(t.Context(), w.keeper, r.Redemption.ID, 1)
			return err
		}, shop.ErrTooMany, fault.ErrIllegalTransition)
		if back != 5 {
			t.Fatalf("%d of 5 came back", back)
		}
		w.expect(w.wang, 40, 0, goods, 10)
		w.verified()
	})
}
