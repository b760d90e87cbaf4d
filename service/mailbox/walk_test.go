package mailbox_test

import (
	"errors"
	"flag"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// expected is what a request should be, told without the product's tables.
type expected struct {
	status model.RequestStatus
	level  int  // 0 branch … 3 county
	owed   bool // a second reply is owed
	dues   map[model.ClockName]time.Time
}

func (e *expected) start(now time.Time, names ...model.ClockName) {
	for _, name := range names {
		e.dues[name] = now.Add(map[model.ClockName]time.Duration{"acknowledge": day, "reply": 7 * day, "silence": 7 * day}[name])
	}
}

func (e *expected) open() bool {
	return e.status != "closed" && e.status != "refused" && e.status != "withdrawn"
}

func (e *expected) end(status model.RequestStatus) bool {
	e.status, e.owed, e.dues = status, false, map[model.ClockName]time.Time{}
	return true
}

// walker plays one request on both sides.
type walker struct {
	*world
	*expected
	id model.RequestID
}

// moves are what a walk can do: each says whether it should work, after doing it to the
// expectation, and what the product said.
func (w *walker) moves(t *rapid.T) map[string]func() (bool, error) {
	ctx, m := w.T.Context(), w.mailbox
	feedback := func(outcome model.RequestOutcome) error {
		_, err := m.GiveFeedback(ctx, w.wang, w.id, mailbox.Feedback{Outcome: outcome})
		return err
	}
	return map[string]func() (bool, error){
		"acceptance": func() (bool, error) { _, err := m.Accept(ctx, w.secretary, w.id, ""); return w.accept(), err },
		"refusal":    func() (bool, error) { _, err := m.Refuse(ctx, w.worker, w.id, "不受理"); return w.refuse(), err },
		"start":      func() (bool, error) { _, err := m.Start(ctx, w.gridWorker, w.id); return w.begin(), err },
		"reply":      func() (bool, error) { _, err := m.Reply(ctx, w.clerk, w.id, "已办"); return w.reply(), err },
		"withdrawal": func() (bool, error) {
			_, err := m.Withdraw(ctx, w.wang, w.id)
			return w.open() && w.end("withdrawn"), err
		},
		"fixed":     func() (bool, error) { return w.status == "replied" && w.end("closed"), feedback("fixed") },
		"partly":    func() (bool, error) { return w.partly(), feedback("partly") },
		"not_fixed": func() (bool, error) { return w.reopen(), feedback("not_fixed") },
		"message":   func() (bool, error) { _, err := m.Write(ctx, w.wang, w.id, "在吗"); return w.open(), err },
		"time": func() (bool, error) {
			w.Clock.Move(time.Duration(rapid.IntRange(1, 4).Draw(t, "days")) * day)
			_, err := m.CloseSilent(ctx)
			if due, waits := w.dues["silence"]; waits && !due.After(w.Clock.Now()) {
				w.end("closed")
			}
			return true, err
		},
	}
}

func (e *expected) accept() bool {
	if e.status != "submitted" && e.status != "screened" && e.status != "reopened" {
		return false
	}
	delete(e.dues, "acknowledge")
	e.status = "accepted"
	return true
}

func (e *expected) refuse() bool {
	return (e.status == "submitted" || e.status == "screened") && e.end("refused")
}

func (e *expected) begin() bool {
	if e.status != "accepted" {
		return false
	}
	e.status = "handling"
	return true
}

func (w *walker) reply() bool {
	if w.status != "accepted" && w.status != "handling" && !w.owed {
		return false
	}
	w.end("replied")
	w.start(w.Clock.Now(), "silence")
	return true
}

func (w *walker) partly() bool {
	if w.status != "replied" || w.owed {
		return false
	}
	w.end("replied")
	w.owed = true
	w.start(w.Clock.Now(), "reply")
	return true
}

func (w *walker) reopen() bool {
	if w.status != "replied" {
		return false
	}
	w.end("reopened")
	w.level = min(w.level+1, 3)
	w.start(w.Clock.Now(), "acknowledge", "reply")
	return true
}

// agree compares the request with what is expected of it, and its clocks with its events.
func (w *walker) agree(t *rapid.T) {
	view, err := w.mailbox.Read(w.T.Context(), w.wang, w.id)
	if err != nil {
		t.Fatal(err)
	}
	levels := []model.RequestLevel{"branch", "community", "town", "county"}
	if view.Request.Status != w.status || view.Request.Level != levels[w.level] || view.Request.Version != len(view.Timeline) {
		t.Fatalf("%s at %s with %d events, want %s at %s", view.Request.Status, view.Request.Level, len(view.Timeline), w.status, levels[w.level])
	}
	var folded model.RequestClocks
	for _, e := range view.Timeline {
		folded = folded.After(e.RequestEvent, mailbox.Defaults().Clocks)
	}
	for name, clocks := range map[string]model.RequestClocks{"kept": view.Clocks, "folded from events": folded} {
		dues := map[model.ClockName]time.Time{}
		for _, c := range clocks {
			if c.Running() {
				dues[c.Name] = c.DueAt
			}
		}
		if !maps.EqualFunc(dues, w.dues, time.Time.Equal) {
			t.Fatalf("%s: clocks %v, want %v (%s)", name, dues, w.dues, w.status)
		}
	}
	if ids, err := w.mailbox.Unwatched(w.T.Context()); err != nil || len(ids) != 0 {
		t.Fatalf("without a clock: %v, %v", ids, err)
	}
}

// One seed for every run: a walk that fails fails again.
func init() {
	for name, value := range map[string]string{"rapid.seed": "20261123", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}

// TestRandomWalksAgreeWithTheStateMachine walks at random over legal and illegal moves.
func TestRandomWalksAgreeWithTheStateMachine(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	w.mailbox = w.service(mailbox.Settings{Clocks: mailbox.Defaults().Clocks})
	rapid.Check(t, func(t *rapid.T) {
		in, e := w.lamp(), &expected{status: "screened", dues: map[model.ClockName]time.Time{}}
		if rapid.Bool().Draw(t, "suspicious") {
			in.Text, e.status = "【复核】", "submitted"
		}
		state, err := w.mailbox.Submit(w.T.Context(), w.wang, in)
		if err != nil {
			t.Fatal(err)
		}
		e.start(clock.Now(), "acknowledge", "reply")
		walk := &walker{world: w, expected: e, id: state.ID}
		names := []string{"acceptance", "reply", "not_fixed", "partly", "start", "fixed", "refusal", "withdrawal", "message", "time"}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			name := rapid.SampledFrom(names).Draw(t, "move")
			legal, err := walk.moves(t)[name]()
			if legal != (err == nil) || err != nil && !errors.Is(err, fault.ErrIllegalTransition) {
				t.Fatalf("%s: %v, expected to work: %t", name, err, legal)
			}
			walk.agree(t)
		}
	})
}
