//go:build deep

package mailbox_test

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// counted hears notices without writing them, and how often each was said.
type counted struct{ said map[string]int }

func (c *counted) Tell(_ context.Context, _ *store.Store, n model.Notice) error {
	c.said[n.Kind]++
	return nil
}

// deed is something that staff or residents do at a minute of the year.
type deed struct {
	at time.Time
	do func()
}

// year plays a county's year: what people do, and every minute at which a clock rings.
type year struct {
	*world
	chance *rand.Rand
	deeds  []deed
}

// TestAYearOfACounty submits 100,000 requests over 2026 and lets clocks ring at their minutes,
// across Spring Festival and every other holiday. JINLIN_YEAR is another number of them.
//
// What every card and escalation should be is told a second time from the events, by the rules
// of this package's tests and not by the product's: none is missing, none came twice, and none
// came at another minute.
func TestAYearOfACounty(t *testing.T) {
	n := 100_000
	if text := os.Getenv("JINLIN_YEAR"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	const parts = 8 // each a year with a database of its own, so that every core has work
	for part := range parts {
		t.Run(fmt.Sprint("part ", part+1), func(t *testing.T) {
			t.Parallel()
			aYear(t, n/parts, uint64(part))
		})
	}
}

func aYear(t *testing.T, n int, seed uint64) {
	t.Helper()
	s, clock := storetest.OpenSQLite(t)
	clock.Set(model.Date("2026-01-01").At(0, 0))
	w := newWorld(t, s, clock)
	ears := &counted{said: map[string]int{}}
	settings := mailbox.Defaults()
	settings.DailyLimit = 0
	w.mailbox = w.hearing(ears, settings)
	_, err := w.mailbox.SetPolicy(t.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: "property"}, Preset: model.PresetComplaint, ReturnVisit: true}, nil)
	w.Must(err)
	y := &year{world: w, chance: rand.New(rand.NewPCG(2026, seed))}
	began := time.Now()
	y.submitAll(n)
	y.play()
	t.Logf("played in %s; said %v", time.Since(began).Round(time.Second), ears.said)
	began = time.Now()
	sum := y.verify()
	t.Logf("verified in %s: %v", time.Since(began).Round(time.Second), sum)
	if sum["requests"] != n || sum["yellow_card"] < n/20 || sum["red_card"] < n/20 || sum["escalation"] < n/20 {
		t.Errorf("that was no year: %v", sum)
	}
	if ids, err := w.mailbox.Unwatched(t.Context()); err != nil || len(ids) != 0 {
		t.Errorf("open without a clock: %v, %v", ids, err)
	}
}

// after has something done so many minutes later.
func (y *year) after(minutes int, do func()) {
	y.deeds = append(y.deeds, deed{y.Clock.Now().Add(time.Duration(minutes) * time.Minute), do})
}

// submitAll spreads requests over the first eleven months and a half, day and night.
func (y *year) submitAll(n int) {
	begin, span := model.Date("2026-01-02").At(0, 0), 345*24*60
	for i := range n {
		at := begin.Add(time.Duration(i*span/n)*time.Minute + time.Duration(y.chance.IntN(600))*time.Minute)
		y.deeds = append(y.deeds, deed{at, y.submit})
	}
}

// paces are how many minutes staff take at most to accept and to answer what they do in time.
var paces = map[string][2]int{
	"safety": {50, 110}, "utilities": {110, 20 * 60}, "party": {20 * 60, 40 * 60}, "facilities": {20 * 60, 5 * 24 * 60},
	"sanitation": {20 * 60, 6 * 24 * 60}, "property": {20 * 60, 10 * 24 * 60},
}

// submit begins one course: most are answered in time, some late, some never.
func (y *year) submit() {
	ctx, m := y.T.Context(), y.mailbox
	in := y.lamp()
	in.Category = []string{"facilities", "facilities", "sanitation", "sanitation", "party", "property", "safety", "utilities"}[y.chance.IntN(8)]
	state, err := m.Submit(ctx, y.wang, in)
	y.Must(err)
	id, pace := state.ID, paces[in.Category]
	late := []int{1, 1, 1, 1, 1, 1, 1, 1, 3, 8}[y.chance.IntN(10)]
	try := func(minutes int, do func() error) {
		y.after(minutes, func() { _ = do() }) // what is not legal any more is refused, as in life
	}
	accepted := y.chance.IntN(pace[0]) * late
	answered := accepted + 1 + y.chance.IntN(pace[1]-pace[0])*late
	if y.chance.IntN(30) > 0 {
		try(accepted, func() error { _, err := m.Accept(ctx, y.secretary, id, ""); return err })
	}
	if y.chance.IntN(3) == 0 {
		y.teamwork(id, accepted, answered)
	}
	if y.chance.IntN(30) > 0 {
		try(answered, func() error { _, err := m.Reply(ctx, y.secretary, id, "已办"); return err })
	}
	outcome := []model.RequestOutcome{"fixed", "fixed", "fixed", "fixed", "partly", "not_fixed", "", ""}[y.chance.IntN(8)]
	if outcome != "" {
		try(answered+y.chance.IntN(8*24*60), func() error {
			_, err := m.GiveFeedback(ctx, y.wang, id, mailbox.Feedback{Outcome: outcome})
			return err
		})
	}
	if outcome == "partly" || outcome == "not_fixed" {
		try(answered+9*24*60, func() error { _, err := m.Accept(ctx, y.worker, id, ""); return err })
		try(answered+10*24*60, func() error { _, err := m.Reply(ctx, y.worker, id, "又办了一次"); return err })
	}
}

// teamwork has the grid worker begin, and let work rest now and then.
func (y *year) teamwork(id model.RequestID, from, until int) {
	ctx, m := y.T.Context(), y.mailbox
	part := func(n int) int { return from + 1 + (until-from)*n/10 }
	y.after(part(1), func() {
		_, _ = m.Dispatch(ctx, y.secretary, id, mailbox.Target{UserID: y.gridWorker.User})
	})
	y.after(part(3), func() { _, _ = m.Start(ctx, y.gridWorker, id) })
	if y.chance.IntN(3) == 0 {
		y.after(part(5), func() { _, _ = m.Pause(ctx, y.gridWorker, id, model.PauseMaterials, y.Clock.Now().Add(72*time.Hour)) })
	}
}

// play goes from minute to minute at which something happens, until the year is over.
func (y *year) play() {
	end := model.Date("2027-01-01").At(0, 0)
	queue := &deeds{}
	for {
		for _, d := range y.deeds {
			heap.Push(queue, d)
		}
		y.deeds = y.deeds[:0]
		next := end
		if queue.Len() > 0 && queue.heap[0].at.Before(next) {
			next = queue.heap[0].at
		}
		due, err := y.Store.RequestAlarms.ListDue(y.T.Context(), next, 1)
		y.Must(err)
		if len(due) > 0 {
			next = due[0].At
		}
		if !next.Before(end) {
			y.Clock.Set(end)
			return
		}
		if next.After(y.Clock.Now()) {
			y.Clock.Set(next)
		}
		if len(due) > 0 {
			_, err := y.mailbox.Ring(y.T.Context())
			y.Must(err)
		}
		for queue.Len() > 0 && !queue.heap[0].at.After(next) {
			heap.Pop(queue).(deed).do()
		}
		if y.Clock.Now().Minute() == 0 {
			_, err := y.mailbox.CloseSilent(y.T.Context())
			y.Must(err)
		}
	}
}

// verify tells from the events of every request which cards and escalations should have come
// when, and compares.
func (y *year) verify() map[string]int {
	sum := map[string]int{}
	all := model.All(func(page model.Page) (model.Listing[model.Request], error) {
		return y.Store.Requests.ListBySubmitter(y.T.Context(), []model.UserID{y.wang.User}, page)
	})
	for r, err := range all {
		y.Must(err)
		sum["requests"]++
		events, err := y.Store.RequestEvents.ListByRequest(y.T.Context(), r.ID)
		y.Must(err)
		kept, err := y.Store.RequestClocks.ListByRequests(y.T.Context(), r.ID)
		y.Must(err)
		folded := slices.SortedStableFunc(slices.Values(model.Folded(events)), byStart)
		slices.SortStableFunc(kept, byStart)
		if !slices.EqualFunc(folded, kept, model.RequestClock.Same) {
			y.T.Fatalf("%s: clocks kept %+v, from events %+v", r.Receipt, kept, folded)
		}
		var got []string
		for _, e := range events {
			switch e.Kind {
			case model.MoveYellowCard, model.MoveRedCard, model.MoveEscalation:
				sum[string(e.Kind)]++
				got = append(got, ring(e.At, string(e.Kind), string(e.Details().Clock)))
			}
		}
		want := shouldRing(kept, events, y.Clock.Now())
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			y.T.Fatalf("%s, %s: rang %q\nshould have %q\n%+v", r.Receipt, r.Category, got, want, events)
		}
	}
	return sum
}

func ring(at time.Time, kind, clock string) string {
	if kind == "escalation" { // of two clocks that would take it up at once, either may
		clock = ""
	}
	return fmt.Sprintf("%s %s %s", at.In(model.Shanghai).Format(time.DateTime), kind, clock)
}

// stretch is a time in which a clock ran towards one moment.
type stretch struct{ from, until, due time.Time }

// stretches are those of a clock: a pause ends one, and the end of the pause begins the next.
func stretches(c model.RequestClock, events []model.RequestEvent, now time.Time) (all []stretch) {
	end := now
	for _, t := range []*time.Time{c.MetAt, c.StoppedAt, c.HeldAt} {
		if t != nil {
			end = *t
		}
	}
	last := stretch{from: c.StartedAt}
	for _, e := range events {
		if set, told := e.Details().Clocks[c.Name]; told && e.At.Equal(c.StartedAt) && last.due.IsZero() {
			last.due = set.DueAt
		}
		if c.Name != model.ClockReply || e.At.Before(c.StartedAt) || e.At.After(end) {
			continue
		}
		switch e.Kind {
		case model.MovePause:
			last.until = e.At
			all = append(all, last)
			last = stretch{}
		case model.MoveResumption:
			last = stretch{from: e.At, due: e.Details().Clocks[c.Name].DueAt}
		}
	}
	if !last.from.IsZero() {
		last.until = end
		all = append(all, last)
	}
	return all
}

// lateness is how long a clock ran on after its red card.
type lateness struct {
	red, until time.Time
	rung       time.Duration // 0 is a working day
	rungs      int
}

// shouldRing are the cards and escalations of a request until now, told from when its clocks
// ran and what they were due at.
func shouldRing(clocks model.RequestClocks, events []model.RequestEvent, now time.Time) (want []string) {
	var late []*lateness
	for _, c := range clocks {
		if c.Name == model.ClockSilence || c.Name == model.ClockPause {
			continue
		}
		cards, more := cardsOf(c, stretches(c, events, now))
		want, late = append(want, cards...), append(late, more...)
	}
	return append(want, ladderOf(late, events)...)
}

// next is when a late clock would take its request up.
func (l *lateness) next() time.Time {
	if l.rung > 0 {
		return l.red.Add(time.Duration(l.rungs+1) * l.rung)
	}
	return workday(model.DateOf(l.red), l.rungs+1).At(8, 30)
}

// ladderOf are the escalations: at each moment the clock that is late for longest takes the request
// up, and what it climbs all that are late have climbed.
func ladderOf(late []*lateness, events []model.RequestEvent) (want []string) {
	for {
		var first time.Time
		for _, l := range late {
			at := l.next()
			longest := !at.After(l.until)
			for _, other := range late {
				longest = longest && (!other.red.Before(l.red) || other.until.Before(at))
			}
			if longest && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
		if first.IsZero() {
			return want
		}
		if levelBefore(first, events) < 4 {
			want = append(want, ring(first, "escalation", ""))
		}
		for _, l := range late {
			if !l.red.After(first) && !l.until.Before(first) {
				l.rungs++
			}
		}
	}
}

// cardsOf are the cards of a clock, and for how long it ran on after the red one.
func cardsOf(c model.RequestClock, all []stretch) (cards []string, late []*lateness) {
	yellow := false
	for _, s := range all {
		day := model.DateOf(s.due)
		before, over := workday(day, -1).At(0, 0).Add(s.due.Sub(day.At(0, 0))), s.due
		if strings.HasSuffix(string(c.Allowed), "wd") {
			over = workday(day, 1).At(8, 30)
		}
		yellow = yellow && !before.After(s.from) // after a rest of some days it comes again
		if before.After(c.StartedAt) && !yellow && !before.After(s.until) {
			yellow = true
			cards = append(cards, ring(laterOf(before, s.from), "yellow_card", string(c.Name)))
		}
		if over.After(s.until) {
			continue
		}
		l := &lateness{red: laterOf(over, s.from), until: s.until}
		if c.Allowed == "1h" || c.Allowed == "2h" && c.Name == model.ClockReply { // danger
			l.rung = 4 * time.Hour
		}
		cards, late = append(cards, ring(l.red, "red_card", string(c.Name))), append(late, l)
	}
	return cards, late
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// levelBefore is how far up a request was just before a moment.
func levelBefore(at time.Time, events []model.RequestEvent) (level int) {
	for _, e := range events {
		if e.At.Before(at) {
			level = slices.Index(ladder, e.Level)
		}
	}
	return level
}

// deeds are what is still to be done, in order of time.
type deeds struct{ heap []deed }

func (d *deeds) Len() int           { return len(d.heap) }
func (d *deeds) Less(i, j int) bool { return d.heap[i].at.Before(d.heap[j].at) }
func (d *deeds) Swap(i, j int)      { d.heap[i], d.heap[j] = d.heap[j], d.heap[i] }
func (d *deeds) Push(x any)         { d.heap = append(d.heap, x.(deed)) }
func (d *deeds) Pop() any {
	last := d.heap[len(d.heap)-1]
	d.heap = d.heap[:len(d.heap)-1]
	return last
}
