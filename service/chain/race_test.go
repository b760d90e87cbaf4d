package chain_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

const (
	writers = 6
	rounds  = 15
	sealers = 4
)

// writes adds rows whose ids are made in one order and committed in another: each round's
// writers make theirs together and wait for each other before they end.
func (w *world) writes(seen func()) {
	w.T.Helper()
	together := storetest.NewBarrier(writers)
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for round := range rounds {
				row := w.act(fmt.Sprintf("%d/%d", writer, round))
				if writer == 0 {
					w.Clock.Move(7 * time.Millisecond)
				}
				together.Wait()
				if err := w.Store.InTx(w.T.Context(), func(tx *store.Store) error { return tx.Audit.Add(w.T.Context(), row) }); err != nil {
					w.T.Error(err)
				}
				seen()
			}
		})
	}
	all.Wait()
}

func TestManySealersAndWritersMakeOneChainOfEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stop := make(chan struct{})
		var all sync.WaitGroup
		for range sealers {
			mine := another(w.Store)
			all.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := mine.Seal(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		w.writes(func() { // sealers lose their leases all the time
			if _, err := w.past.ExecContext(t.Context(), expired); err != nil {
				t.Error(err)
			}
		})
		close(stop)
		all.Wait()
		w.expires()
		if _, err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.holds(model.AuditChain, writers*rounds, 0)
	})
}

// The chain above is one because the head moves only from where it was seen. This is what
// sealers make of it that read it, compute, and write it back.
func TestPowerSealersThatReadAndWriteTheHeadForkTheChain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.sql("DROP TABLE IF EXISTS naive_links")
		w.sql("CREATE TABLE naive_links (number BIGINT NOT NULL, row_id BINARY(16) NOT NULL)")
		t.Cleanup(func() { w.past.Exec("DROP TABLE naive_links") })
		w.acts(1)
		together := storetest.NewBarrier(sealers)
		var all sync.WaitGroup
		for range sealers {
			all.Go(func() { w.naive(together) })
		}
		all.Wait()
		var links, numbers int
		w.Must(w.past.QueryRowContext(t.Context(), "SELECT COUNT(*), COUNT(DISTINCT number) FROM naive_links").Scan(&links, &numbers))
		if links == numbers {
			t.Fatalf("%d naive sealers made one chain", sealers)
		}
	})
}

func (w *world) naive(together *storetest.Barrier) {
	var last int64
	if err := w.past.QueryRowContext(w.T.Context(), "SELECT COUNT(*) FROM naive_links").Scan(&last); err != nil {
		w.T.Error(err)
	}
	together.Wait()
	if _, err := w.past.ExecContext(w.T.Context(), "INSERT INTO naive_links SELECT ?, id FROM audit_entries", last+1); err != nil {
		w.T.Error(err)
	}
}
