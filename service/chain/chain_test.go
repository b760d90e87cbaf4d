package chain_test

import (
	"context"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/chain"
)

func TestRowsAreSealedOnceAndWithoutBeingTouched(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.seals(0)
		w.holds(model.AuditChain, 0, 0)
		w.acts(3)
		w.posts("a")
		before, err := w.Store.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		w.holds(model.AuditChain, 0, 3)
		w.seals(6)
		w.seals(0)
		w.sweeps(0)
		w.holds(model.AuditChain, 3, 0)
		w.holds(model.TransactionsChain, 1, 0)
		w.holds(model.EntriesChain, 2, 0)
		after, err := w.Store.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		for i, row := range before.Items {
			if was, is := row.Facts("1"), after.Items[i].Facts("1"); len(was) == 0 || len(is) != len(was) || row.Detail != after.Items[i].Detail {
				t.Fatalf("%v became %v", was, is)
			}
		}
	})
}

func TestABacklogIsSealedInOrderAndABatchAtATime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.acts(1203)
		w.sweeps(1203)
		w.holds(model.AuditChain, 1203, 0)
		w.acts(2)
		lag, err := chain.Lag(t.Context(), w.Store, model.AuditChain)
		w.Must(err)
		w.Clock.Move(time.Second)
		if lag.Rows != 2 || lag.Age(w.Clock.Now()) != 2*time.Second {
			t.Fatalf("%+v, %s", lag, lag.Age(w.Clock.Now()))
		}
		w.seals(2)
		links, err := w.Store.ChainLinks.List(t.Context(), model.AuditChain, 0, 2000)
		w.Must(err)
		for i, link := range links[1:] {
			if link.RowID.Time().Before(links[i].RowID.Time()) {
				t.Fatalf("link %d is out of order", link.Number)
			}
		}
	})
}

// late writes a row whose id is older than rows that were sealed before it committed. Where
// the database has one writer only, the id alone is older.
func (w *world) late(meanwhile func()) {
	w.T.Helper()
	row := w.act("晚到")
	if w.Store.Dialect() == store.SQLite {
		meanwhile()
		w.Must(w.Store.Audit.Add(w.T.Context(), row))
		return
	}
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		if err := tx.Audit.Add(w.T.Context(), row); err != nil {
			return err
		}
		meanwhile()
		return nil
	}))
}

func TestARowThatCommitsLateIsSealedAfterThoseAboveIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.late(func() {
			w.acts(3)
			w.seals(3)
		})
		w.holds(model.AuditChain, 3, 1)
		w.seals(1)
		w.holds(model.AuditChain, 4, 0)
		w.late(func() { // and later than a pass looks back
			w.Clock.Move(5 * time.Minute)
			w.acts(2)
			w.seals(2)
		})
		w.seals(0)
		w.holds(model.AuditChain, 6, 1)
		w.sweeps(1)
		w.holds(model.AuditChain, 7, 0)
	})
}

// The tests above would see a row that is lost: this is what they see of a sealer that goes
// on from the last id it sealed.
func TestPowerACursorLosesWhatCommitsLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var last model.ID[any]
		taken := 0
		naive := func() {
			rows, err := w.Store.Audit.List(t.Context(), model.Page{Limit: 100}) // newest first
			w.Must(err)
			before := last
			for _, row := range rows.Items {
				if id := row.ChainKey(); string(id[:]) > string(before[:]) {
					taken++
					if string(id[:]) > string(last[:]) {
						last = id
					}
				}
			}
		}
		w.late(func() { w.acts(3); naive() })
		naive()
		if taken != 3 {
			t.Fatalf("the naive sealer took %d of 4 rows; it must lose one", taken)
		}
	})
}

func TestWrongClocksNeitherHideRowsNorBreakAChain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.acts(1)
		right := w.Clock.Now()
		w.Clock.Move(4 * 365 * 24 * time.Hour) // one replica, for a moment
		future := w.act("未来")
		w.Must(w.Store.Audit.Add(t.Context(), future))
		w.Clock.Set(right)
		w.seals(2)
		w.acts(2)
		w.seals(2)
		w.Clock.Move(3 * time.Hour)
		w.acts(2)
		w.seals(2)
		w.holds(model.AuditChain, 6, 0)
	})
}

func TestASealerThatDiesLeavesWholeLinksAndAnotherGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.acts(2)
		w.seals(2)
		w.acts(5)
		ctx, die := context.WithCancel(t.Context())
		links := 0
		dying := another(w.Store.At(func() time.Time { // every link asks the time
			if links++; links == 4 {
				die()
			}
			return w.Clock.Now()
		}))
		w.expires()
		if _, err := dying.Seal(ctx); err == nil || links < 4 {
			t.Fatalf("the sealer lived on: %v after %d", err, links)
		}
		w.holds(model.AuditChain, 2, 5)
		w.seals(0) // the dead one's lease still runs
		w.expires()
		w.seals(5)
		w.holds(model.AuditChain, 7, 0)
	})
}

const expired = "UPDATE chain_heads SET lease_until = '2020-01-01 00:00:00.000'"

// expires lets the leases run out.
func (w *world) expires() {
	w.T.Helper()
	w.sql(expired)
}

func TestASealerOnItsOwnGoroutineSealsWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx) }()
		w.acts(4)
		for t.Context().Err() == nil {
			lag, err := chain.Lag(t.Context(), w.Store, model.AuditChain)
			w.Must(err)
			if lag.Rows == 0 {
				break
			}
		}
		stop()
		<-done
		w.holds(model.AuditChain, 4, 0)
	})
}
