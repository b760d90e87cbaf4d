package points_test

import (
	"database/sql"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
)

// each runs a test in a world of its own on both databases.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

// eachPast is each with a connection past the store.
func eachPast(t *testing.T, test func(t *testing.T, w *world, past *sql.DB)) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		test(t, newWorld(t, s, clock), past)
	})
}

func TestPointsGoRoundAndAddUpToZero(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		if !w.earns(w.wang, 30) {
			t.Fatal("the pool had enough")
		}
		w.Must(w.holds(w.wang, 12, "r1"))
		w.expect(w.wang, 18, 12)
		w.Must(w.inTx(func(tx *store.Store) error { return w.Capture(t.Context(), tx, "r1", w.secretary.User) }))
		w.expect(w.wang, 18, 0)
		w.Must(w.inTx(func(tx *store.Store) error {
			return w.GiveBack(t.Context(), tx, points.Return{Hold: "r1", Points: 4, Reference: "r1/1", By: w.secretary.User})
		}))
		w.expect(w.wang, 22, 0)
		report := w.verified()
		if got := report.Balances; got[model.IssuanceAccount] != -100 || got[model.PoolAccount] != 70 || got[model.ShopAccount] != 8 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestAServiceEarnsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		for range 3 {
			if !w.earnsFor(w.wang, 10, "attendance/a") {
				t.Fatal("it was posted")
			}
		}
		w.expect(w.wang, 10, 0)
		w.verified()
	})
}

func TestTheDayAndTheActivityHaveALimit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(1000)
		w.earns(w.wang, 50) // 40 for one activity
		w.expect(w.wang, 40, 0)
		w.earns(w.wang, 40) // 60 a day
		w.expect(w.wang, 60, 0)
		if !w.earnsFor(w.wang, 5, "attendance/late") {
			t.Fatal("there was nothing to post")
		}
		w.Clock.Move(24 * time.Hour)
		w.earnsFor(w.wang, 5, "attendance/late") // was capped, stays capped
		w.expect(w.wang, 60, 0)
		w.earns(w.wang, 5)
		w.expect(w.wang, 65, 0)
		w.verified()
	})
}

func TestAnEmptyPoolOwesAndPaysOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(5)
		if w.earns(w.wang, 10) {
			t.Fatal("there were only 5")
		}
		w.Clock.Move(time.Second)
		if w.earns(w.li, 10) {
			t.Fatal("there were only 5")
		}
		w.filled(10)
		for range 2 { // a repeated job pays nothing twice
			_, err := w.Settle(t.Context())
			w.Must(err)
		}
		w.expect(w.wang, 10, 0)
		w.expect(w.li, 0, 0)
		if report := w.verified(); report.Debts != 1 {
			t.Fatalf("%d debts", report.Debts)
		}
	})
}

func TestFillingAPoolAsksForItsDebts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(5)
		jobs, err := w.Store.Jobs.SaveClaim(t.Context(), []string{points.SettleJob}, 9, time.Minute)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("%d jobs, %v", len(jobs), err)
		}
	})
}

func TestPointsComeFromTheNearestPoolWithEnough(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(10)
		_, err := w.Fill(t.Context(), w.clerk, points.Filling{Sponsor: "县总工会", UnitID: w.county, Points: 100, Backing: "承诺"})
		w.Must(err)
		w.earns(w.wang, 8) // the branch has it
		w.earns(w.wang, 8) // now only the county has
		listing, err := w.Pools(t.Context(), w.secretary, w.branch, model.Page{})
		w.Must(err)
		pools := listing.Items
		if len(pools) != 2 || pools[0].Balance != 2 || pools[1].Balance != 92 {
			t.Fatalf("%+v", pools)
		}
		w.Must(w.CheckPool(t.Context(), pools[1].Pool.ID, w.branch))
		w.ExpectFault(w.CheckPool(t.Context(), pools[0].Pool.ID, w.county), fault.ErrNotFound)
	})
}

func TestPoolsAndAccountsArePagedWithoutGapsOrDoubles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []model.PoolID
		for _, unit := range []model.UnitID{w.branch, w.community, w.county} { // nearest first
			for _, sponsor := range []string{"红星超市", "县总工会", "爱心商户"} {
				w.Clock.Move(time.Second)
				pool, err := w.Fill(t.Context(), w.clerk, points.Filling{Sponsor: sponsor, UnitID: unit, Points: 1, Backing: "承诺"})
				w.Must(err)
				want = append(want, pool.Pool.ID)
			}
		}
		for _, limit := range []int{1, 2, 4, 9} {
			got := everyPage(t, limit, func(page model.Page) (model.Listing[points.PooledAt], error) {
				return w.Pools(t.Context(), w.secretary, w.branch, page)
			})
			if !slices.EqualFunc(got, want, func(p points.PooledAt, id model.PoolID) bool { return p.Pool.ID == id && p.Balance == 1 }) {
				t.Fatalf("pages of %d: %+v instead of %v", limit, got, want)
			}
		}
		_, err := w.Pools(t.Context(), w.clerk, w.county, model.Page{After: &model.Cursor{ID: want[0]}}) // of another list
		w.ExpectFault(err, model.ErrInvalidCursor)
		w.earns(w.wang, 1)
		w.Must(w.holds(w.wang, 1, "r1"))
		accounts := everyPage(t, 1, func(page model.Page) (model.Listing[model.PointsAccount], error) {
			return w.Accounts(t.Context(), w.clerk, w.wang.User, page)
		})
		if len(accounts) != 2 || accounts[0].Kind == accounts[1].Kind {
			t.Fatalf("%+v", accounts)
		}
	})
}

// everyPage goes through a list and checks that no page is longer than asked for.
func everyPage[T any](t *testing.T, limit int, list func(model.Page) (model.Listing[T], error)) (items []T) {
	t.Helper()
	page := model.Page{Limit: limit}
	for range 100 {
		l, err := list(page)
		if err != nil || len(l.Items) > limit {
			t.Fatalf("%d items on a page of %d, %v", len(l.Items), limit, err)
		}
		items = append(items, l.Items...)
		if l.Next == nil {
			return items
		}
		page.After = l.Next
	}
	t.Fatal("the list has no end")
	return nil
}

func TestNobodyHoldsMoreThanTheyHave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		w.earns(w.wang, 10)
		w.ExpectFault(w.holds(w.wang, 11, "r1"), points.ErrInsufficient)
		w.ExpectFault(w.holds(w.li, 1, "r2"), points.ErrInsufficient)
		w.Must(w.holds(w.wang, 6, "r3"))
		w.Must(w.holds(w.wang, 6, "r3")) // the same hold
		w.ExpectFault(w.holds(w.wang, 6, "r4"), points.ErrInsufficient)
		w.expect(w.wang, 4, 6)
		w.verified()
	})
}

func TestAHoldResolvesOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		w.earns(w.wang, 10)
		w.Must(w.holds(w.wang, 6, "r1"))
		release := func(tx *store.Store) error { return w.Release(t.Context(), tx, "r1", w.wang.User) }
		w.Must(w.inTx(release))
		w.Must(w.inTx(release))
		w.expect(w.wang, 10, 0)
		err := w.inTx(func(tx *store.Store) error { return w.Capture(t.Context(), tx, "r1", w.secretary.User) })
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.verified()
	})
}

func TestNoMoreComesBackThanWasTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		w.earns(w.wang, 10)
		w.Must(w.holds(w.wang, 6, "r1"))
		back := func(n int64, reference string) error {
			return w.inTx(func(tx *store.Store) error {
				return w.GiveBack(t.Context(), tx, points.Return{Hold: "r1", Points: n, Reference: reference})
			})
		}
		w.ExpectFault(back(1, "early"), fault.ErrIllegalTransition)
		w.Must(w.inTx(func(tx *store.Store) error { return w.Capture(t.Context(), tx, "r1", w.secretary.User) }))
		w.Must(back(4, "a"))
		w.ExpectFault(back(3, "b"), fault.ErrIllegalTransition)
		w.Must(back(2, "c"))
		w.expect(w.wang, 10, 0)
		w.verified()
	})
}

func TestTheOldestPointsAreSpentFirstAndRunOutAfterTwoYears(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		w.earns(w.wang, 10)
		w.Clock.Move(30 * 24 * time.Hour)
		w.earns(w.wang, 10)
		w.Must(w.holds(w.wang, 6, "r1")) // from the first lot
		ends, err := w.Expiring(t.Context(), w.wang.User)
		w.Must(err)
		if want := []points.Ending{{Points: 4, On: "2028-11-23"}, {Points: 10, On: "2028-12-23"}}; !reflect.DeepEqual(ends, want) {
			t.Fatalf("%+v; want %+v", ends, want)
		}
		w.Clock.Set(model.Date("2028-11-22").At(23, 59))
		w.expireAll(0)
		w.Clock.Set(model.Date("2028-11-23").At(0, 0))
		w.expireAll(1)
		w.expireAll(0)
		w.expect(w.wang, 10, 6)
		w.Must(w.inTx(func(tx *store.Store) error { return w.Release(t.Context(), tx, "r1", w.wang.User) }))
		w.expect(w.wang, 16, 0) // back in a lot that has ended
		w.expireAll(1)
		w.expect(w.wang, 10, 0)
		w.verified()
	})
}

func (w *world) expireAll(want int) {
	w.T.Helper()
	n, err := w.Expire(w.T.Context())
	w.Must(err)
	if n != want {
		w.T.Fatalf("%d lots ran out; want %d", n, want)
	}
}

func TestALargeAwardNeedsASecondPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(500)
		w.LivesIn(w.wang, w.estate, w.estate)
		small, err := w.Award(t.Context(), w.secretary, points.Awarding{User: w.wang.User, Points: 100, Cause: "巡逻", Reference: "2026-11"})
		w.Must(err)
		large, err := w.Award(t.Context(), w.secretary, points.Awarding{User: w.wang.User, Points: 101, Cause: "抢险", Reference: "2026-12"})
		w.Must(err)
		if small.Status != model.AwardPosted || large.Status != model.AwardPending || large.UnitID != w.estate {
			t.Fatalf("%+v %+v", small, large)
		}
		w.expect(w.wang, 100, 0)
		_, err = w.Approve(t.Context(), w.secretary, large.ID)
		w.ExpectFault(err, fault.ErrForbidden)
		pending, err := w.Pending(t.Context(), w.town, model.Page{})
		if err != nil || len(pending.Items) != 1 {
			t.Fatalf("%+v, %v", pending, err)
		}
		approved, err := w.Approve(t.Context(), w.town, large.ID)
		w.Must(err)
		_, err = w.Approve(t.Context(), w.town, large.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		if approved.ApprovedBy != w.town.User {
			t.Fatalf("%+v", approved)
		}
		w.expect(w.wang, 201, 0)
		w.verified()
	})
}

func TestNobodyAwardsOrApprovesForThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(500)
		award := func(by model.Actor, to model.Actor, n int64, reference string) (model.PointsAward, error) {
			return w.Award(t.Context(), by, points.Awarding{User: to.User, Points: n, Cause: "巡逻", Reference: reference})
		}
		_, err := award(w.wang, w.li, 5, "a")
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = award(w.secretary, w.secretary, 5, "b")
		w.ExpectFault(err, points.ErrOwnAward)
		own, err := award(w.clerk, w.wang, 200, "c")
		w.Must(err)
		_, err = w.Approve(t.Context(), w.clerk, own.ID)
		w.ExpectFault(err, points.ErrSamePerson)
		toApprover, err := award(w.secretary, w.town, 200, "d")
		w.Must(err)
		_, err = w.Approve(t.Context(), w.town, toApprover.ID)
		w.ExpectFault(err, points.ErrSamePerson)
	})
}

func TestAnAwardsReferenceIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(50)
		award := func(n int64) (model.PointsAward, error) {
			return w.Award(t.Context(), w.secretary, points.Awarding{User: w.wang.User, Points: n, Cause: "巡逻", Reference: "2026-11"})
		}
		first, err := award(20)
		w.Must(err)
		second, err := award(20)
		w.Must(err)
		if first.ID != second.ID {
			t.Fatal("two awards")
		}
		_, err = award(21)
		w.ExpectFault(err, points.ErrReferenceUsed)
		_, err = w.Award(t.Context(), w.secretary, points.Awarding{User: w.wang.User, Points: 31, Cause: "巡逻", Reference: "2026-12"})
		w.ExpectFault(err, points.ErrPoolExhausted)
		w.expect(w.wang, 20, 0)
		w.verified()
	})
}

// newestEntry is the last thing that happened to somebody's points.
func (w *world) newestEntry(p model.Actor) points.Line {
	w.T.Helper()
	lines, err := w.MyEntries(w.T.Context(), p, model.Page{})
	w.Must(err)
	return lines.Items[0]
}

func TestAMistakeIsReversedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pool := w.filled(100)
		w.earns(w.wang, 10)
		entry := w.newestEntry(w.wang).Entry.ID
		_, err := w.Reverse(t.Context(), w.wang, entry, "写错了")
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Reverse(t.Context(), w.secretary, entry, "写错了")
		w.Must(err)
		_, err = w.Reverse(t.Context(), w.secretary, entry, "写错了")
		w.ExpectFault(err, points.ErrAlreadyReversed)
		_, err = w.Reverse(t.Context(), w.secretary, w.newestEntry(w.wang).Entry.ID, "又写错了")
		w.ExpectFault(err, points.ErrNotReversible)
		w.expect(w.wang, 0, 0)
		lines, err := w.Entries(t.Context(), w.clerk, pool.AccountID, model.Page{})
		if err != nil || len(lines.Items) != 3 || lines.Items[0].Entry.BalanceAfter != 100 {
			t.Fatalf("%+v, %v", lines, err)
		}
		w.verified()
	})
}

func TestAReversalNeverGoesBelowZero(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		w.earns(w.wang, 10)
		entry := w.newestEntry(w.wang).Entry.ID
		w.Must(w.holds(w.wang, 1, "r1"))
		_, err := w.Reverse(t.Context(), w.secretary, entry, "写错了")
		w.ExpectFault(err, points.ErrInsufficient)
		w.expect(w.wang, 9, 1)
		w.earns(w.wang, 1) // enough again, in another lot
		_, err = w.Reverse(t.Context(), w.secretary, entry, "写错了")
		w.Must(err)
		w.expect(w.wang, 0, 1)
		w.verified()
	})
}

func TestStaffReadAccountsOfTheirUnitsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pool := w.filled(100)
		elsewhere := w.Staff(model.Secretary, w.Unit(model.Branch, w.community))
		_, err := w.Entries(t.Context(), elsewhere, pool.AccountID, model.Page{})
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Entries(t.Context(), w.wang, pool.AccountID, model.Page{})
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Fill(t.Context(), w.secretary, points.Filling{Sponsor: "a", UnitID: w.branch, Points: 1, Backing: "b"})
		w.ExpectFault(err, fault.ErrForbidden)
		accounts, err := w.Accounts(t.Context(), w.secretary, pool.Pool.ID, model.Page{})
		if err != nil || len(accounts.Items) != 1 || accounts.Items[0].Balance != 100 {
			t.Fatalf("%+v, %v", accounts, err)
		}
	})
}

func TestEntriesArePagedInTheirRunningOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(100)
		for range 7 {
			w.earns(w.wang, 1)
		}
		var page model.Page
		page.Limit = 3
		want := int64(7)
		for want > 0 {
			lines, err := w.MyEntries(t.Context(), w.wang, page)
			w.Must(err)
			for _, line := range lines.Items {
				if line.Entry.Position != want || line.Entry.BalanceAfter != want || line.Transaction.Cause != "attendance" {
					t.Fatalf("%+v; want position %d", line, want)
				}
				want--
			}
			page.After = lines.Next
		}
	})
}

// The store lets entries and transactions be added and read, and nothing else.
func TestEntriesCannotBeChangedThroughTheStore(t *testing.T) {
	t.Parallel()
	for _, table := range []any{store.LedgerEntries{}, store.LedgerTransactions{}} {
		kind := reflect.TypeOf(table)
		for i := range kind.NumMethod() {
			name := kind.Method(i).Name
			if !strings.HasPrefix(name, "Add") && !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "List") && !strings.HasPrefix(name, "Count") {
				t.Errorf("%s.%s may change what must stay", kind.Name(), name)
			}
		}
	}
}
