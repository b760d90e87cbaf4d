package chain_test

import (
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/chain"
)

// world is a record and a ledger of a few rows, and a way past the store.
type world struct {
	storetest.World
	*chain.Sealer
	past *sql.DB
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		test(t, &world{World: storetest.World{T: t, Store: s, Clock: clock}, Sealer: another(s), past: past})
	})
}

func another(s *store.Store) *chain.Sealer { return chain.New(s, slog.New(slog.DiscardHandler)) }

// act is a row of the record as of now, not written yet.
func (w *world) act(detail string) *model.AuditEntry {
	now := w.Clock.Now()
	id := model.NewID[model.AuditEntry](now)
	return &model.AuditEntry{
		ID: id, ActorID: model.UserID{15: 1}, Action: "mailbox.reply", ObjectKind: "request", ObjectID: id[:],
		UnitID: model.UnitID{15: 2}, Detail: detail, RequestID: "r", At: now,
	}
}

// acts writes n rows of the record, a second apart.
func (w *world) acts(n int) (ids []model.ID[any]) {
	w.T.Helper()
	var rows []*model.AuditEntry
	for range n {
		w.Clock.Move(time.Second)
		row := w.act("回复")
		rows, ids = append(rows, row), append(ids, row.ChainKey())
	}
	w.Must(w.Store.Audit.Add(w.T.Context(), rows...))
	return ids
}

// posts writes a transaction of two entries.
func (w *world) posts(reference string) (model.LedgerTransaction, []*model.LedgerEntry) {
	w.T.Helper()
	w.Clock.Move(time.Second)
	now := w.Clock.Now()
	t := model.LedgerTransaction{ID: model.NewID[model.LedgerTransaction](now), Cause: model.CauseAward, Reference: reference, Note: "王桂花帮邻居", ActorID: model.UserID{15: 1}, At: now}
	entries := []*model.LedgerEntry{
		{ID: model.NewID[model.LedgerEntry](now), TransactionID: t.ID, AccountID: model.AccountID(t.ID), Position: 1, Points: -5, BalanceAfter: -5},
		{ID: model.NewID[model.LedgerEntry](now), TransactionID: t.ID, AccountID: model.AccountOf(model.VolunteerAccount, t.ID), Position: 1, Points: 5, BalanceAfter: 5},
	}
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		return errors.Join(tx.LedgerTransactions.Add(w.T.Context(), &t), tx.LedgerEntries.Add(w.T.Context(), entries...))
	}))
	return t, entries
}

// seals runs a pass and expects so many rows in it.
func (w *world) seals(want int) {
	w.T.Helper()
	n, err := w.Seal(w.T.Context())
	w.Must(err)
	if n != want {
		w.T.Fatalf("%d rows were sealed; want %d", n, want)
	}
}

// sweeps looks at everything and expects to seal so many rows.
func (w *world) sweeps(want int) {
	w.T.Helper()
	n, err := w.Sweep(w.T.Context())
	w.Must(err)
	if n != want {
		w.T.Fatalf("%d rows were sealed; want %d", n, want)
	}
}

// holds expects a chain to hold so many rows, and so many to wait.
func (w *world) holds(name model.Chain, sealed, waiting int64) chain.Report {
	w.T.Helper()
	report, err := chain.Verify(w.T.Context(), w.Store, name)
	w.Must(err)
	if report.Head.Number != sealed || report.Waiting.Rows != waiting {
		w.T.Fatalf("%s: %d sealed and %d waiting; want %d and %d", name, report.Head.Number, report.Waiting.Rows, sealed, waiting)
	}
	return report
}

// names expects a chain not to hold, for a reason with these words.
func (w *world) names(name model.Chain, what string, words ...string) {
	w.T.Helper()
	_, err := chain.Verify(w.T.Context(), w.Store, name)
	var violation *chain.Violation
	if !errors.As(err, &violation) || violation.Chain != name {
		w.T.Fatalf("%s: %v", what, err)
	}
	for _, word := range words {
		if !strings.Contains(violation.Detail, word) {
			w.T.Fatalf("%s: %q does not say %q", what, violation.Detail, word)
		}
	}
}

func (w *world) sql(statement string, args ...any) {
	w.T.Helper()
	_, err := w.past.ExecContext(w.T.Context(), statement, args...)
	w.Must(err)
}
