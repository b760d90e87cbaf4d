package shop_test

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
	"jinlin/service/shop"
)

func TestSixtyFourPeopleForTheLastFive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 5, 0)
		people := make([]model.Actor, 64)
		for i := range people {
			people[i] = w.Person("居民")
			w.earns(people[i], 10)
		}
		got := w.AtOnce(64, func(i int) error {
			_, err := w.Redeem(t.Context(), people[i], goods.ID, 1)
			return err
		}, shop.ErrOutOfStock)
		if got != 5 {
			t.Fatalf("%d got the last 5", got)
		}
		held := int64(0)
		for _, p := range people {
			b, err := w.points.Balance(t.Context(), p.User)
			w.Must(err)
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
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		goods := w.stocks(4, 5, 0)
		var looked sync.WaitGroup
		looked.Add(16)
		got := w.AtOnce(16, func(int) error {
			var stock int64
			err := past.QueryRowContext(t.Context(), "SELECT stock FROM goods WHERE id = ?", goods.ID[:]).Scan(&stock)
			looked.Done()
			looked.Wait()
			if err != nil {
				return err
			}
			if stock < 1 {
				return shop.ErrOutOfStock
			}
			_, err = past.ExecContext(t.Context(), "UPDATE goods SET stock = ? WHERE id = ?", stock-1, goods.ID[:])
			return err
		}, shop.ErrOutOfStock)
		if got <= 5 {
			t.Fatalf("the naive shop sold %d of 5", got)
		}
	})
}

// repeats redeems one thing twenty times at once and says how many redemptions that made
// and whether all answers were equal.
func (w *world) repeats(goods model.Goods, key func(i int) string) (effects int, equal bool) {
	answers := make([]shop.Reservation, 20)
	w.AtOnce(20, func(i int) (err error) {
		ctx := model.WithOnceKey(w.T.Context(), &model.OnceKey{Actor: w.wang.User, Operation: "redeem", Key: key(i), Hash: make([]byte, 32)})
		answers[i], err = w.Redeem(ctx, w.wang, goods.ID, 1)
		return err
	})
	equal = true
	for _, a := range answers {
		equal = equal && a.PickupCode == answers[0].PickupCode && a.Redemption.ID == answers[0].Redemption.ID
	}
	mine, err := w.Mine(w.T.Context(), w.wang, model.Page{Limit: 100})
	w.Must(err)
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
		press := func(g model.Goods, refused *fault.Error) int {
			return w.AtOnce(16, func(int) error {
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
			ended := w.AtOnce(18, func(i int) (err error) {
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
		w.Must(err)
		back := w.AtOnce(12, func(int) error {
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
