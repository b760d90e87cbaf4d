package mailbox_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// dueAt is what a clock should be, told without the product's code.
type dueAt struct {
	started, due time.Time
	limit        string
	yellow, red  time.Time
	rungs        int
}

// expected is what a request should be, told without the product's tables.
type expected struct {
	status  model.RequestStatus
	level   int // 0 grid … 4 county
	owed    bool
	clocks  map[string]*dueAt
	stands  time.Time // since when the reply's clock stands still
	resting *dueAt    // that clock
	rested  int       // working days
	events  int
	again   int            // how often it was reopened
	last    time.Time      // of the newest event that a clock made, or that let one run again
	gave    []model.UserID // all answers
	round   []model.UserID // those since it was opened last
	begun   []model.UserID // who works on it, since it was opened or came back last
	failed  []model.UserID // who did not help
	proposd bool           // the newest answer says that nothing could be done
	back    bool           // it was returned since it was accepted
	risen   bool           // it came up because of a clock or a word
	asked   *extension
	granted bool
	held    *heldWords
	shown   time.Time // when the newest answer, once released, has been shown for long enough
	waiting []int     // events whose words nobody has decided about
	pledges []*pledge
	office  *referral       // that is not over
	into    model.RequestID // what it was merged into
	unread  bool            // before that
}

// referral is what a department is asked, or not yet.
type referral struct {
	id     model.ReferralID
	agreed bool
}

// heldWords are those of an answer or a refusal that wait for a person, and how it was before them.
type heldWords struct {
	seq     int // of their event
	before  model.RequestStatus
	clocks  map[string]*dueAt // which they met
	propose bool
}

// pledge is a promise: what comes of it moves no clock.
type pledge struct {
	id   model.PromiseID
	on   model.Date
	open bool
}

type extension struct {
	by          model.UserID
	then, until time.Time // when it was due, and until when they asked
}

// limits are those of the policy general, and of consult.
var limits = map[string]map[string]string{
	"facilities": {"acknowledge": "24h", "dispatch": "24h", "handle": "48h", "reply": "168h", "silence": "168h", "visit": "1wd"},
	"party":      {"acknowledge": "1wd", "dispatch": "1wd", "handle": "1wd", "reply": "3wd", "silence": "168h", "visit": "1wd"},
	"property":   {"acknowledge": "1wd", "dispatch": "1wd", "handle": "2wd", "reply": "13wd", "silence": "1h", "visit": "1wd"}, // with return visits, set by the county
}

var ladder = []model.RequestLevel{"grid", "branch", "community", "town", "county"}

var holidays = model.NewCalendar()

// works says whether a minute is one of work.
func works(at time.Time) bool {
	local := at.In(model.Shanghai)
	minute := local.Hour()*60 + local.Minute()
	return holidays.Working(model.DateOf(at)) && (minute >= 8*60+30 && minute < 12*60 || minute >= 14*60 && minute < 17*60+30)
}

// workday is a day of work so many days of work later, or earlier.
func workday(day model.Date, n int) model.Date {
	step := 1
	if n < 0 {
		step = -1
	}
	for n != 0 {
		if day = day.AddDays(step); holidays.Working(day) {
			n -= step
		}
	}
	return day
}

// ends is when a limit that begins at a moment runs out.
func ends(limit string, at time.Time) time.Time {
	var n int
	if _, err := fmt.Sscanf(limit, "%dwd", &n); err == nil && strings.HasSuffix(limit, "wd") {
		return workday(model.DateOf(at), n).At(17, 30)
	}
	d, err := time.ParseDuration(limit)
	if err != nil {
		panic(err)
	}
	return at.Add(d)
}

// walker plays one request on all sides, and what is expected of it beside.
type walker struct {
	*world
	*expected
	id       model.RequestID
	category string
	trail    []string
}

func (w *walker) now() time.Time { return w.Clock.Now() }

func (w *walker) start(names ...string) {
	for _, name := range names {
		limit := limits[w.category][name]
		if name == "reply" {
			w.asked = nil // for the last one
		}
		w.clocks[name] = &dueAt{started: w.now(), due: ends(limit, w.now()), limit: limit}
	}
}

// toDispatch starts the clock of that, whose time counts from when the request came, unless it would be
// over by now.
func (w *walker) toDispatch(came time.Time) {
	w.start("dispatch")
	c := w.clocks["dispatch"]
	if due := ends(c.limit, came); due.After(w.now()) {
		c.due = due
	}
}

func (w *walker) end(names ...string) {
	for _, name := range names {
		delete(w.clocks, name)
	}
}

func (w *walker) over() bool {
	return slices.Contains([]model.RequestStatus{"closed", "refused", "withdrawn", "merged"}, w.status)
}

func (w *walker) is(statuses ...model.RequestStatus) bool { return slices.Contains(statuses, w.status) }

func (w *walker) to(status model.RequestStatus) {
	w.status, w.held = status, nil // something came of the words
	w.events++
	if w.over() {
		w.clocks, w.resting, w.office = map[string]*dueAt{}, nil, nil
	}
}

func (w *walker) up() { w.level = min(w.level+1, 4) }

// late says whether staff owe something whose time is up.
func (w *walker) late() bool {
	for name, c := range w.clocks {
		if name != "silence" && name != "pause" && c.late(w.now()) {
			return true
		}
	}
	return false
}

func (c *dueAt) late(now time.Time) bool { return now.After(c.due) || !c.red.IsZero() }

// waitsForStaff says whether what is due first is owed by staff.
func (w *walker) waitsForStaff() bool {
	return len(w.clocks) > 0 && w.clocks["silence"] == nil && w.clocks["pause"] == nil
}

// verdict is what a word about an answer does, whoever brings it.
func (w *walker) verdict(outcome model.RequestOutcome) {
	w.end("silence", "visit")
	switch outcome {
	case model.OutcomePartly:
		w.to("replied")
		w.owed = true
		w.start("reply")
	case model.OutcomeNotFixed:
		w.to("reopened")
		if w.again++; w.again > 1 { // who answered is named
			w.events++
		}
		w.owed = false
		w.end("reply")
		w.failed = slices.Concat(w.failed, w.round, w.begun)
		w.round, w.begun, w.risen = nil, nil, true
		w.up()
		w.start("acknowledge", "reply")
	default:
		w.to("closed")
	}
}

// rings is what clocks do of themselves until now, each thing at its own time; what should have come
// before something else comes after it. Cards of a minute come before its escalation.
func (w *walker) rings() {
	for {
		var first *dueAt
		var at time.Time
		for name, c := range w.clocks {
			next, rings := w.next(name, c)
			sooner := first == nil || next.Before(at) || next.Equal(at) && !first.red.IsZero() && c.red.IsZero()
			if rings && !next.After(w.now()) && sooner {
				first, at = c, next
			}
		}
		if first == nil {
			return
		}
		w.last = laterTime(at, w.last)
		if first == w.clocks["pause"] {
			w.resume(w.last)
		} else {
			w.rung(first, w.last)
		}
	}
}

// cards are when the yellow card of a clock comes, if it is as long as that, and the red one.
func (c *dueAt) cards() (yellow, red time.Time, short bool) {
	day := model.DateOf(c.due)
	yellow, red = workday(day, -1).At(0, 0).Add(c.due.Sub(day.At(0, 0))), c.due
	if strings.HasSuffix(c.limit, "wd") {
		red = workday(day, 1).At(8, 30)
	}
	return yellow, red, !yellow.After(c.started)
}

// next is when a clock does the next thing.
func (w *walker) next(name string, c *dueAt) (at time.Time, rings bool) {
	yellow, red, short := c.cards()
	switch {
	case name == "silence":
		return at, false
	case name == "pause":
		at = c.due
	case c.red.IsZero() && c.yellow.IsZero() && !short:
		at = yellow
	case c.red.IsZero():
		at = red
	default:
		at = workday(model.DateOf(c.red), c.rungs+1).At(8, 30)
		for other, o := range w.clocks { // one ladder: who is late for longest climbs
			if other != "silence" && !o.red.IsZero() && o.red.Before(c.red) {
				return at, false
			}
		}
		if w.level == 4 {
			return at, false
		}
	}
	return at, true
}

// rung lets one clock do the next thing.
func (w *walker) rung(c *dueAt, at time.Time) {
	_, _, short := c.cards()
	w.events++
	switch {
	case c.red.IsZero() && c.yellow.IsZero() && !short:
		c.yellow = at
	case c.red.IsZero():
		c.red = at
	default:
		for _, o := range w.clocks {
			if !o.red.IsZero() {
				o.rungs++
			}
		}
		w.risen = true
		w.up()
	}
}

func laterTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// resume goes on: what stood still is due later by as much.
func (w *walker) resume(now time.Time) {
	c, since := w.resting, w.stands
	w.to("handling")
	w.end("pause")
	w.rested += w.daysOff(since, now)
	w.clocks["reply"], w.resting = c, nil
	c.shift(since, now)
	if yellow, _, _ := c.cards(); yellow.After(now) { // it was said to be near, and is not any more
		c.yellow = time.Time{}
	}
}

// later gives as much more time as was asked for when it was due at another moment.
func (c *dueAt) later(asked *extension) {
	if c.due.Equal(asked.then) {
		c.due = asked.until
	} else {
		c.shift(asked.then, asked.until)
	}
	c.yellow = time.Time{}
}

// shift has a clock run out later by a rest, counted minute by minute where only minutes of work count.
func (c *dueAt) shift(since, now time.Time) {
	if !strings.HasSuffix(c.limit, "wd") {
		c.due = c.due.Add(now.Sub(since))
		return
	}
	stood := 0
	for at := since; at.Before(now); at = at.Add(time.Minute) {
		if works(at) {
			stood++
		}
	}
	for at := c.due; stood > 0; at = at.Add(time.Minute) {
		if works(at) {
			stood--
			c.due = at.Add(time.Minute)
		}
	}
}

func (w *walker) daysOff(from, until time.Time) (n int) {
	for day := model.DateOf(from).AddDays(1); day <= model.DateOf(until); day = day.AddDays(1) {
		if holidays.Working(day) {
			n++
		}
	}
	return max(n, 1)
}

// agree compares the request with what is expected of it, and its clocks and alarms with its events.
func (w *walker) agree() error {
	ctx := w.T.Context()
	r, err := w.Store.Requests.Get(ctx, w.id)
	w.Must(err)
	events, err := w.Store.RequestEvents.ListByRequest(ctx, w.id)
	w.Must(err)
	kept, err := w.Store.RequestClocks.ListByRequests(ctx, w.id)
	w.Must(err)
	if r.Status != w.status || r.Level != ladder[w.level] || r.Version != len(events) || len(events) != w.events {
		return fmt.Errorf("%s at %s with %d events of version %d, want %s at %s with %d", r.Status, r.Level, len(events), r.Version, w.status, ladder[w.level], w.events)
	}
	for i, e := range events {
		if e.Seq != i+1 || i > 0 && e.From != events[i-1].To {
			return fmt.Errorf("event %d is number %d, from %s", i+1, e.Seq, e.From)
		}
	}
	folded := slices.SortedStableFunc(slices.Values(model.Folded(events)), byStart)
	slices.SortStableFunc(kept, byStart)
	if !slices.EqualFunc(folded, kept, model.RequestClock.Same) {
		return fmt.Errorf("clocks kept: %+v\nfrom events: %+v", kept, folded)
	}
	return errors.Join(w.dues(kept), w.alarms(r, kept), w.promised(), w.referred())
}

// promised sees to it that promises are as expected, and that whatever is open rings at the end of its day.
func (w *walker) promised() error {
	for _, p := range w.pledges {
		kept, err := w.Store.RequestPromises.Get(w.T.Context(), w.id, p.id)
		w.Must(err)
		alarm, err := w.Store.RequestAlarms.Get(w.T.Context(), model.ID[model.RequestClock](p.id))
		if open := err == nil; (kept.Status == model.PromiseOpen) != p.open || open != p.open || open && !alarm.At.Equal(p.on.AddDays(1).At(0, 0)) {
			return fmt.Errorf("the promise is %+v with the alarm %+v, want %+v", kept, alarm, p)
		}
	}
	return nil
}

// referred sees to it that what was put before a department lasts as long as is expected.
func (w *walker) referred() error {
	live, err := w.Store.Referrals.GetLive(w.T.Context(), w.id)
	if open := err == nil; open != (w.office != nil) || open && (live.ID != w.office.id || live.Open() != w.office.agreed) {
		return fmt.Errorf("the referral is %+v, want %+v", live, w.office)
	}
	return nil
}

func byStart(a, b model.RequestClock) int {
	if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
		return c
	}
	return strings.Compare(string(a.Name), string(b.Name))
}

// dues compares the running clocks with those expected.
func (w *walker) dues(kept model.RequestClocks) error {
	want, got := map[string]time.Time{}, map[string]time.Time{}
	for name, c := range w.clocks {
		want[name] = c.due
	}
	for _, c := range kept {
		if c.Running() {
			got[string(c.Name)] = c.DueAt
		}
	}
	if !maps.EqualFunc(got, want, time.Time.Equal) || len(want) == 0 != w.over() {
		return fmt.Errorf("due %v, want %v", got, want)
	}
	return nil
}

// alarms sees to it that every running clock has the alarm that it should have, and no other has.
func (w *walker) alarms(r model.Request, kept model.RequestClocks) error {
	general, _ := model.ClockPreset(model.PresetGeneral)
	should := map[model.ID[model.RequestClock]]model.RequestAlarm{}
	for _, alarm := range kept.Alarms(r.Level, general.Rung, model.WorkingTime{Calendar: holidays}) {
		should[alarm.ClockID] = alarm
	}
	for _, c := range kept {
		want, set := should[c.ID]
		got, err := w.Store.RequestAlarms.Get(w.T.Context(), c.ID)
		if errors.Is(err, fault.ErrNotFound) {
			if set {
				return fmt.Errorf("the clock %s has no alarm", c.Name)
			}
			continue
		}
		w.Must(err)
		stale := got.Kind == model.MoveEscalation && r.Level == model.LevelCounty // it rings in vain
		if !stale && (!set || got.Kind != want.Kind || !got.At.Equal(want.At)) {
			return fmt.Errorf("the clock %s has the alarm %+v, want %+v", c.Name, got, want)
		}
	}
	return nil
}

// walks goes so many walks of so many steps over legal and illegal moves of everybody; where one has
// ended, the next request begins. Each has a seed of its own, from the first one on: a walk that
// fails fails again.
func walks(t *testing.T, w *world, first, n, steps int) {
	t.Helper()
	w.mailbox = w.service(func() mailbox.Settings { s := mailbox.Defaults(); s.DailyLimit = 0; return s }())
	_, err := w.mailbox.SetPolicy(t.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: "property"}, Preset: model.PresetComplaint, ReturnVisit: true}, nil)
	w.Must(err)
	department := w.Unit(model.Department, w.county)
	with := &company{made: map[string]int{}, reviewer: w.Staff(model.CountyClerk, w.county), neighbour: w.Person("邻"), department: department, officer: w.Staff(model.DepartmentOfficer, department), strangers: []model.Actor{
		w.li, w.otherSecretary, w.auditor,
		{},
		w.Staff(model.GroupLeader, w.hongqiaoBranch), w.Staff(model.BranchMember, w.hongqiaoBranch),
		w.Staff(model.ShopKeeper, w.community), w.Staff(model.DepartmentOfficer, w.Unit(model.Department, w.county)),
	}}
	for seed := first; seed < first+n; seed++ {
		w.Clock.Set(model.Date("2026-01-05").At(9, 0).Add(time.Duration(seed*37%(300*24)) * time.Hour))
		chance := rand.New(rand.NewPCG(20261123, uint64(seed)))
		walk := newWalk(w, with, chance)
		for range steps {
			if err := walk.step(); err != nil {
				t.Fatalf("walk %d: %v\n%s", seed, err, strings.Join(walk.trail, "\n"))
			}
			if walk.over() && chance.IntN(4) == 0 {
				walk = newWalk(w, with, chance)
			}
		}
	}
	t.Logf("%d walks of %d steps: %v", n, steps, with.made)
	if ids, err := w.mailbox.Unwatched(t.Context()); err != nil || len(ids) != 0 {
		t.Fatalf("without a clock: %v, %v", ids, err)
	}
}

// TestRandomWalksAgreeWithTheStateMachine walks at random over legal and illegal moves.
func TestRandomWalksAgreeWithTheStateMachine(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	clock.Set(model.Date("2026-01-02").At(9, 0))
	walks(t, newWorld(t, s, clock), 0, 60, 25)
}
