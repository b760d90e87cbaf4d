package points_test

import (
	"database/sql"
	"errors"
	"testing"

	"jinlin/model/store"
	"jinlin/service/points"
)

// Each invariant, broken past the store, is named. Balances below zero and references used
// twice are not among them: the database refuses those itself.
func TestVerifyNamesWhatIsBroken(t *testing.T) {
	eachPast(t, func(t *testing.T, w *world, past *sql.DB) {
		w.filled(100)
		w.earns(w.wang, 30)
		w.earns(w.wang, 5)
		w.Must(w.holds(w.wang, 10, "r1"))
		w.Must(w.holds(w.wang, 5, "r2"))
		w.Must(w.inTx(func(tx *store.Store) error { return w.Capture(t.Context(), tx, "r2", w.secretary.User) }))
		w.verified()
		for _, c := range []struct{ invariant, broken, mended string }{
			{"L1", "UPDATE ledger_entries SET points = points + 1 WHERE points = 30", "UPDATE ledger_entries SET points = points - 1 WHERE points = 31"},
			{"L2", "UPDATE points_accounts SET balance = balance + 1 WHERE kind = 'shop'", "UPDATE points_accounts SET balance = balance - 1 WHERE kind = 'shop'"},
			{"L2", "UPDATE ledger_entries SET balance_after = 29 WHERE points = 30", "UPDATE ledger_entries SET balance_after = 30 WHERE points = 30"},
			{"L6", "UPDATE points_holds SET status = 'open' WHERE status = 'captured'", "UPDATE points_holds SET status = 'captured' WHERE reference = 'r2'"},
			{"L6", "UPDATE points_holds SET reference = 'r3' WHERE reference = 'r1'", "UPDATE points_holds SET reference = 'r1' WHERE reference = 'r3'"},
			{"L7", "UPDATE points_holds SET returned = 1 WHERE status = 'open'", "UPDATE points_holds SET returned = 0 WHERE status = 'open'"},
			{"lots", "UPDATE points_lots SET remaining = remaining - 1 WHERE points = 30", "UPDATE points_lots SET remaining = remaining + 1 WHERE points = 30"},
			{"lots", "UPDATE points_hold_lots SET points = points + 1", "UPDATE points_hold_lots SET points = points - 1"},
		} {
			_, err := past.ExecContext(t.Context(), c.broken)
			w.Must(err)
			w.names(c.invariant, c.broken)
			_, err = past.ExecContext(t.Context(), c.mended)
			w.Must(err)
			w.verified()
		}
		_, err := past.ExecContext(t.Context(), "DELETE FROM ledger_entries WHERE points = 100")
		w.Must(err)
		w.names("L1", "a deleted entry")
	})
}

func (w *world) names(invariant, what string) {
	w.T.Helper()
	_, err := w.Verify(w.T.Context())
	var violation *points.Violation
	if !errors.As(err, &violation) || violation.Invariant != invariant {
		w.T.Fatalf("after %s: %v; want %s", what, err, invariant)
	}
}
