package chain_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/chain"
)

// keep remembers the chained tables, and gives what puts them back. The connection is one,
// because the copies are temporary.
func (w *world) keep() (restore func()) {
	w.T.Helper()
	w.past.SetMaxOpenConns(1)
	tables := []string{"audit_entries", "ledger_transactions", "ledger_entries", "chain_links", "chain_heads"}
	for _, table := range tables {
		w.sql("CREATE TEMPORARY TABLE kept_" + table + " AS SELECT * FROM " + table)
	}
	return func() {
		for _, table := range tables {
			w.sql("DELETE FROM " + table)
			w.sql("INSERT INTO " + table + " SELECT * FROM kept_" + table)
		}
	}
}

// sealed is a world with six acts and two postings, all sealed.
func (w *world) sealed() (acts []model.ID[any], transaction model.LedgerTransaction, entry *model.LedgerEntry) {
	w.T.Helper()
	acts = w.acts(6)
	transaction, entries := w.posts("a")
	w.posts("b")
	w.seals(6 + 2 + 4)
	return acts, transaction, entries[0]
}

// tampering is what somebody did to the database, and which row must be named for it.
type tampering struct {
	chain model.Chain
	what  string
	do    func()
	named string
}

func TestWhatIsEditedRemovedInsertedOrSwappedIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		acts, transaction, entry := w.sealed()
		w.Clock.Move(3 * time.Hour)
		w.acts(1)
		w.seals(1)
		restore := w.keep()
		cases := append(w.edits(acts), w.removals(acts)...)
		cases = append(cases, w.insertions(acts)...)
		cases = append(cases, w.postings(transaction, entry)...)
		for _, c := range cases {
			c.do()
			w.names(c.chain, c.what, c.named)
			restore()
			for _, name := range model.Chains {
				_, err := chain.Verify(t.Context(), w.Store, name)
				w.Must(err)
			}
		}
		if len(cases) < 20 {
			t.Fatalf("only %d ways to cheat", len(cases))
		}
	})
}

func (w *world) edits(acts []model.ID[any]) (cases []tampering) {
	third, fifth := acts[2], acts[4]
	for what, change := range map[string]string{
		"another actor": "actor_id = NULL", "another action": "action = 'mailbox.refusal'", "another kind": "object_kind = 'x'",
		"another object": "object_id = NULL", "another unit": "unit_id = NULL", "other words": "detail = '没有回复'",
		"another request": "request_id = ''", "another time": "at = '2026-11-22 02:00:00.000'",
	} {
		cases = append(cases, tampering{model.AuditChain, what, func() {
			w.sql("UPDATE audit_entries SET "+change+" WHERE id = ?", third[:])
		}, third.String()})
	}
	swap := func(table, column string, a, b model.ID[any]) {
		unused := model.ID[any]{15: 9}
		for _, step := range [][2]model.ID[any]{{a, unused}, {b, a}, {unused, b}} {
			w.sql(fmt.Sprintf("UPDATE %s SET %s = ? WHERE %[2]s = ?", table, column), step[1][:], step[0][:])
		}
	}
	return append(cases,
		tampering{model.AuditChain, "two rows swapped", func() { swap("audit_entries", "id", third, fifth) }, third.String()},
		tampering{model.AuditChain, "two links swapped", func() { swap("chain_links", "row_id", third, fifth) }, fifth.String()},
		tampering{model.AuditChain, "another hash", func() {
			w.sql("UPDATE chain_links SET hash = (SELECT hash FROM kept_chain_links WHERE chain = 'audit' AND number = 1) WHERE row_id = ?", third[:])
		}, third.String()},
		tampering{model.AuditChain, "another time of sealing", func() {
			w.sql("UPDATE chain_links SET at = '2026-11-22 02:00:00.000' WHERE row_id = ?", third[:])
		}, third.String()})
}

func (w *world) removals(acts []model.ID[any]) []tampering {
	third, fourth := acts[2], acts[3]
	gone := func(condition string, args ...any) {
		w.sql("DELETE FROM audit_entries WHERE id IN (SELECT row_id FROM chain_links WHERE "+condition+")", args...)
		w.sql("DELETE FROM chain_links WHERE "+condition, args...)
	}
	return []tampering{
		{model.AuditChain, "a row removed", func() { w.sql("DELETE FROM audit_entries WHERE id = ?", third[:]) }, third.String()},
		{model.AuditChain, "a row and its link removed", func() { gone("chain = 'audit' AND row_id = ?", third[:]) }, fourth.String()},
		{model.AuditChain, "a link moved up after that", func() {
			gone("chain = 'audit' AND row_id = ?", third[:])
			w.sql("UPDATE chain_links SET number = 3 WHERE chain = 'audit' AND number = 4")
		}, fourth.String()},
		{model.AuditChain, "the last rows removed", func() { gone("chain = 'audit' AND number > 5") }, "its last link is number 5, its head counts 7"},
		{model.AuditChain, "everything removed", func() { gone("chain = 'audit'") }, "its last link is number 0"},
		{model.AuditChain, "the head removed", func() { w.sql("DELETE FROM chain_heads") }, "its head counts 0"},
	}
}

func (w *world) insertions(acts []model.ID[any]) []tampering {
	between := func() model.ID[any] {
		row := w.act("补记")
		row.At = acts[2].Time()
		row.ID = model.NewID[model.AuditEntry](row.At)
		w.Must(w.Store.Audit.Add(w.T.Context(), row))
		return row.ChainKey()
	}
	return []tampering{
		{model.AuditChain, "a row put in between", func() { between() }, "was put in later than"},
		{model.AuditChain, "one that was sealed since", func() { between(); w.sweeps(1) }, "was put in later than"},
		{model.AuditChain, "one with a link of another", func() {
			id := between()
			w.sql("UPDATE chain_links SET row_id = ? WHERE row_id = ?", id[:], acts[3][:])
		}, "is not what was sealed as number 4"},
	}
}

func (w *world) postings(transaction model.LedgerTransaction, entry *model.LedgerEntry) []tampering {
	return []tampering{
		{model.TransactionsChain, "another cause", func() { w.sql("UPDATE ledger_transactions SET cause = 'issue' WHERE id = ?", transaction.ID[:]) }, transaction.ID.String()},
		{model.TransactionsChain, "another reference", func() { w.sql("UPDATE ledger_transactions SET reference = 'c' WHERE id = ?", transaction.ID[:]) }, transaction.ID.String()},
		{model.TransactionsChain, "a transaction removed", func() { w.sql("DELETE FROM ledger_transactions WHERE id = ?", transaction.ID[:]) }, transaction.ID.String()},
		{model.EntriesChain, "more points", func() { w.sql("UPDATE ledger_entries SET points = points + 1 WHERE id = ?", entry.ID[:]) }, entry.ID.String()},
		{model.EntriesChain, "another balance", func() { w.sql("UPDATE ledger_entries SET balance_after = 0 WHERE id = ?", entry.ID[:]) }, entry.ID.String()},
		{model.EntriesChain, "another's account", func() {
			w.sql("UPDATE ledger_entries SET account_id = ? WHERE id = ?", transaction.UnitID[:], entry.ID[:])
		}, entry.ID.String()},
		{model.EntriesChain, "an entry removed", func() { w.sql("DELETE FROM ledger_entries WHERE id = ?", entry.ID[:]) }, entry.ID.String()},
	}
}

func TestAChainComputedAnewIsShownByAHeadThatWasNoted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.acts(4)
		w.seals(4)
		noted, err := chain.ParseHead(w.holds(model.AuditChain, 4, 0).Head.String())
		w.Must(err)
		w.acts(2)
		w.seals(2)
		verify := func() error {
			_, err := chain.Verify(t.Context(), w.Store, model.AuditChain, noted)
			return err
		}
		w.Must(verify())
		w.sql("UPDATE audit_entries SET detail = '没有回复'")
		w.sql("DELETE FROM chain_links")
		w.sql("DELETE FROM chain_heads")
		w.sweeps(6)
		w.holds(model.AuditChain, 6, 0)
		var violation *chain.Violation
		if err := verify(); !errors.As(err, &violation) {
			t.Fatalf("a chain computed anew goes unnoticed: %v", err)
		}
		w.sql("DELETE FROM audit_entries")
		w.sql("DELETE FROM chain_links")
		w.sql("DELETE FROM chain_heads")
		if err := verify(); !errors.As(err, &violation) {
			t.Fatalf("a chain that was cut goes unnoticed: %v", err)
		}
	})
}

func TestErasureBreaksNoChain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		transaction, entries := w.posts("a")
		account := model.PointsAccount{ID: entries[1].AccountID, Kind: model.VolunteerAccount, CreatedAt: w.Clock.Now()}
		wang := w.Person("王桂花")
		account.OwnerID = wang.User[:]
		w.Must(w.Store.PointsAccounts.Add(t.Context(), &account))
		w.seals(3)
		w.Must(w.Store.EraseData(t.Context(), wang.User, func(string) string { return "某人" }))
		w.Must(w.Store.EraseIdentity(t.Context(), wang.User, "已注销"))
		after, err := w.Store.LedgerTransactions.Get(t.Context(), transaction.ID)
		w.Must(err)
		if after.Note != "某人" {
			t.Fatalf("the note says %q still", after.Note)
		}
		w.holds(model.TransactionsChain, 1, 0)
		w.holds(model.EntriesChain, 2, 0)
	})
}

func TestALinkOfAnUnknownProfileIsNotPassedOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.acts(2)
		w.seals(2)
		w.sql("UPDATE chain_links SET profile = 'none.1'")
		if _, err := chain.Verify(t.Context(), w.Store, model.AuditChain); err == nil {
			t.Fatal("a link that nobody can compute holds")
		}
	})
}

func TestAHeadIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "audit", "audit/1", "audit/x/ab", "audit/0/ab", "audit/1/zz", "a/1/ab/c"} {
		if head, err := chain.ParseHead(wrong); err == nil {
			t.Errorf("%q is read as %v", wrong, head)
		}
	}
}

// A county that goes over to the SM profile goes on with its chains.
func TestAChainGoesOnWithAnotherHash(t *testing.T) {
	t.Parallel()
	url, clock := storetest.SQLiteURL(t), storetest.NewClock()
	w := &world{World: storetest.World{T: t, Store: storetest.Open(t, url, clock), Clock: clock}}
	past, err := sql.Open("sqlite3", "file:"+strings.TrimPrefix(url, "sqlite://"))
	w.Must(err)
	defer past.Close()
	w.Sealer, w.past = another(w.Store), past
	w.acts(2)
	w.seals(2)
	keys, err := store.NewKeys(0, store.MasterKey{Secret: make([]byte, store.KeySize), Profile: store.SM})
	w.Must(err)
	w.Store, err = store.Open(t.Context(), store.Options{URL: url, Clock: clock.Now, Keys: keys})
	w.Must(err)
	defer w.Store.Close()
	w.Sealer = another(w.Store)
	w.acts(2)
	w.expires()
	w.seals(2)
	w.holds(model.AuditChain, 4, 0)
	links, err := w.Store.ChainLinks.List(t.Context(), model.AuditChain, 0, 9)
	w.Must(err)
	if links[1].Profile != model.ChainSHA256 || links[2].Profile != model.ChainSM3 {
		t.Fatalf("%s, then %s", links[1].Profile, links[2].Profile)
	}
}
