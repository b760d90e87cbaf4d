package points_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
)

const (
	walkLength  = 50
	walksAFile  = 30
	walkOfADay  = 24 * time.Hour
	longestMove = 500
)

// TestTheLedgerIsWhatItsModelSays walks the ledger at random beside a model in memory and
// compares them after every step, and checks every invariant after every walk. The seed of
// each file of walks is its number, so that a failure comes again.
func TestTheLedgerIsWhatItsModelSays(t *testing.T) {
	for file := range walkFiles {
		t.Run(strconv.Itoa(file), func(t *testing.T) {
			s, clock := storetest.OpenSQLite(t)
			w := newWorld(t, s, clock)
			setFlag(t, "rapid.checks", strconv.Itoa(walksAFile))
			setFlag(t, "rapid.seed", strconv.Itoa(file+1))
			start := clock.Now()
			rapid.Check(t, func(rt *rapid.T) { newWalk(rt, w, start).run() })
		})
	}
}

func setFlag(t *testing.T, name, value string) {
	t.Helper()
	before := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, before) })
}

// walk is one sequence of operations, by people and a branch of its own.
type walk struct {
	*rapid.T
	w      *world
	model  *ledger
	branch model.UnitID
	by     model.Actor
	people []model.Actor
	pool   model.AccountID
	serial int
	awards map[string]points.Awarding
}

func newWalk(rt *rapid.T, w *world, start time.Time) *walk {
	w.Clock.Set(start) // earlier walks lie in the future now, which concerns nobody here
	branch := w.Unit(model.Branch, w.community)
	k := &walk{T: rt, w: w, model: newLedger(), branch: branch, by: w.Staff(model.Secretary, branch), awards: map[string]points.Awarding{}}
	for range 3 {
		k.people = append(k.people, w.Person("居民"))
	}
	k.fill()
	return k
}

func (k *walk) run() {
	steps := []func(){k.earn, k.earn, k.fill, k.hold, k.hold, k.capture, k.release, k.giveBack, k.award, k.reverse, k.expire}
	for range walkLength {
		k.w.Clock.Move(time.Second) // lots of one instant would be in no order
		steps[rapid.IntRange(0, len(steps)-1).Draw(k.T, "step")]()
		k.compare()
	}
	if _, err := k.w.Verify(k.w.T.Context()); err != nil {
		k.Fatal(err)
	}
}

func (k *walk) compare() {
	for i, p := range k.people {
		balance, err := k.w.Balance(k.w.T.Context(), p.User)
		if err != nil {
			k.Fatal(err)
		}
		ends, err := k.w.Expiring(k.w.T.Context(), p.User)
		if err != nil {
			k.Fatal(err)
		}
		if want := (points.Balance{Available: k.model.available(p.User), Held: k.model.held(p.User)}); balance != want {
			k.Fatalf("person %d has %+v; want %+v", i, balance, want)
		}
		want := k.model.expiring(p.User)
		want = want[:min(len(want), 24)]
		if len(want)+len(ends) > 0 && !reflect.DeepEqual(ends, want) {
			k.Fatalf("person %d: %+v; want %+v", i, ends, want)
		}
	}
	for id, want := range map[model.AccountID]int64{k.pool: k.model.pool, model.AccountOf(model.ShopAccount, k.branch): k.model.taken} {
		account, err := k.w.Store.PointsAccounts.Get(k.w.T.Context(), id)
		if err != nil && !errors.Is(err, fault.ErrNotFound) || account.Balance != want {
			k.Fatalf("account %s: %d, %v; want %d", id, account.Balance, err, want)
		}
	}
}

// agree fails unless the ledger answered as the model did.
func (k *walk) agree(got error, want *fault.Error) {
	if want == nil && got != nil || want != nil && !errors.Is(got, want) {
		k.Fatalf("the ledger says %v; the model %v", got, want)
	}
}

func (k *walk) somebody() model.Actor {
	return k.people[rapid.IntRange(0, len(k.people)-1).Draw(k.T, "person")]
}

func (k *walk) amount(most int64) int64 { return rapid.Int64Range(1, most).Draw(k.T, "points") }

// reference is a new one, or now and then one that was used before.
func (k *walk) reference(used []string) string {
	slices.Sort(used)
	if len(used) > 0 && rapid.IntRange(0, 4).Draw(k.T, "repeat") == 0 {
		return rapid.SampledFrom(used).Draw(k.T, "reference")
	}
	k.serial++
	return fmt.Sprintf("%s/%d", k.branch, k.serial)
}

func (k *walk) inTx(do func(tx *store.Store) error) error {
	return k.w.Store.InTx(k.w.T.Context(), do)
}

func (k *walk) fill() {
	n := k.amount(150)
	pool, err := k.w.Fill(k.w.T.Context(), k.w.clerk, points.Filling{Sponsor: "红星超市", UnitID: k.branch, Points: n, Backing: "大米"})
	k.agree(err, nil)
	k.pool = pool.AccountID
	_, err = k.w.Settle(k.w.T.Context())
	k.agree(err, nil)
	k.model.pool += n
	k.model.settle(k.w.Clock.Now())
}

func (k *walk) earn() {
	p, n, reference := k.somebody(), k.amount(45), k.reference(slices.Collect(maps.Keys(k.model.known)))
	if k.awards[reference].Points != 0 {
		return // not an earning's
	}
	var posted bool
	err := k.inTx(func(tx *store.Store) (err error) {
		posted, err = k.w.Earn(k.w.T.Context(), tx, model.Earning{User: p.User, Points: n, UnitID: k.branch, Cause: model.CauseAttendance, Reference: reference, By: k.by})
		return err
	})
	k.agree(err, nil)
	if want := k.model.earn(&service{user: p.User, points: n}, reference, k.w.Clock.Now()); posted != want {
		k.Fatalf("posted: %t; want %t", posted, want)
	}
}

func (k *walk) award() {
	reference := k.reference(slices.Collect(maps.Keys(k.awards)))
	a := points.Awarding{User: k.somebody().User, Points: k.amount(points.AwardThreshold), Cause: "巡逻", Reference: reference}
	if before, used := k.awards[reference]; used {
		a = before
	}
	_, err := k.w.Award(k.w.T.Context(), k.by, a)
	if _, used := k.awards[reference]; used {
		k.agree(err, nil)
		return
	}
	s := &service{user: a.User, points: a.Points}
	if !k.model.pay(s, k.w.Clock.Now()) {
		k.agree(err, points.ErrPoolExhausted)
		return
	}
	k.agree(err, nil)
	k.awards[reference], k.model.known[reference] = a, s
}

func (k *walk) hold() {
	p, n, reference := k.somebody(), k.amount(40), k.reference(slices.Collect(maps.Keys(k.model.holds)))
	err := k.inTx(func(tx *store.Store) error {
		return k.w.Hold(k.w.T.Context(), tx, points.Holding{User: p.User, Points: n, UnitID: k.branch, Reference: reference, By: p.User})
	})
	k.agree(err, k.model.hold(p.User, n, reference))
}

// someHold is one of the holds so far; false when there is none.
func (k *walk) someHold() (string, bool) {
	held := slices.Sorted(maps.Keys(k.model.holds))
	if len(held) == 0 {
		return "", false
	}
	return rapid.SampledFrom(held).Draw(k.T, "hold"), true
}

func (k *walk) capture() {
	if reference, ok := k.someHold(); ok {
		err := k.inTx(func(tx *store.Store) error { return k.w.Capture(k.w.T.Context(), tx, reference, k.by.User) })
		k.agree(err, k.model.resolve(reference, model.HoldCaptured))
	}
}

func (k *walk) release() {
	if reference, ok := k.someHold(); ok {
		err := k.inTx(func(tx *store.Store) error { return k.w.Release(k.w.T.Context(), tx, reference, k.by.User) })
		k.agree(err, k.model.resolve(reference, model.HoldReleased))
	}
}

func (k *walk) giveBack() {
	reference, ok := k.someHold()
	if !ok {
		return
	}
	n := k.amount(30)
	k.serial++
	err := k.inTx(func(tx *store.Store) error {
		return k.w.GiveBack(k.w.T.Context(), tx, points.Return{Hold: reference, Points: n, Reference: fmt.Sprintf("%s/%d", k.branch, k.serial), By: k.by.User})
	})
	k.agree(err, k.model.giveBack(reference, n))
}

func (k *walk) reverse() {
	posted := k.model.posted()
	if len(posted) == 0 {
		return
	}
	reference := rapid.SampledFrom(posted).Draw(k.T, "posting")
	_, err := k.w.Reverse(k.w.T.Context(), k.by, k.entryOf(reference), "写错了")
	k.agree(err, k.model.reverse(k.model.known[reference]))
}

// entryOf is an entry of the posting made for a service.
func (k *walk) entryOf(reference string) model.ID[model.LedgerEntry] {
	name := "earning/" + reference
	if _, awarded := k.awards[reference]; awarded {
		award, err := k.w.Store.PointsAwards.GetByReference(k.w.T.Context(), k.by.User, reference)
		k.agree(err, nil)
		name = "award/" + award.ID.String()
	}
	transaction, err := k.w.Store.LedgerTransactions.GetByReference(k.w.T.Context(), name)
	k.agree(err, nil)
	entries, err := k.w.Store.LedgerEntries.ListOf(k.w.T.Context(), transaction.ID)
	k.agree(err, nil)
	return entries[0].ID
}

func (k *walk) expire() {
	k.w.Clock.Move(time.Duration(rapid.IntRange(1, longestMove).Draw(k.T, "days")) * walkOfADay)
	_, err := k.w.Expire(k.w.T.Context())
	k.agree(err, nil)
	k.model.expire(model.DateOf(k.w.Clock.Now()))
}
