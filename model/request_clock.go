package model

import (
	"slices"
	"time"
)

// ClockName says what a clock of a request waits for.
type ClockName string

// The clocks. Those before silence are owed by staff; silence is how long a reply waits for
// feedback, pause how long work rests.
const (
	ClockAcknowledge ClockName = "acknowledge"
	ClockDispatch    ClockName = "dispatch" // until somebody has it
	ClockHandle      ClockName = "handle"   // until whoever has it begins
	ClockReply       ClockName = "reply"
	ClockVisit       ClockName = "visit" // until somebody has asked the resident
	ClockSilence     ClockName = "silence"
	ClockPause       ClockName = "pause"
)

// ofStaff says whether staff owe what it waits for.
func (n ClockName) ofStaff() bool { return n != ClockSilence && n != ClockPause }

// RequestClock runs from one event of a request until it is met or stopped. What it was
// due at stays, whatever the policy becomes.
type RequestClock struct {
	ID        ID[RequestClock] `data:"none"`
	RequestID RequestID        `data:"none"`
	Name      ClockName        `data:"none"`
	Allowed   ClockLimit       `data:"none"` // "" where its end was chosen, as that of a pause
	StartedAt time.Time        `data:"none"`
	DueAt     time.Time        `data:"none"`
	MetAt     *time.Time       `data:"none"` // what it waited for came then, in time or late
	StoppedAt *time.Time       `data:"none"` // it no longer mattered from then on
	HeldAt    *time.Time       `data:"none"` // it stands still since then
	YellowAt  *time.Time       `data:"none"` // of the card for what it is due at now
	RedAt     *time.Time       `data:"none"`
	Rungs     int              `data:"none"` // how often the request went one level up while it was late
}

// Ended says whether it has been met or stopped.
func (c RequestClock) Ended() bool { return c.MetAt != nil || c.StoppedAt != nil }

// Running says whether it still waits.
func (c RequestClock) Running() bool { return !c.Ended() && c.HeldAt == nil }

// Overdue says whether staff are late with it: in the minute in which it is due only once it has
// its red card, which a pause or more time would not take back.
func (c RequestClock) Overdue(at time.Time) bool {
	return c.late() || c.Running() && c.Name.ofStaff() && at.After(c.DueAt)
}

// Same says whether it tells the same as another, whatever their ids.
func (c RequestClock) Same(other RequestClock) bool {
	return c.Name == other.Name && c.Allowed == other.Allowed && c.Rungs == other.Rungs &&
		c.StartedAt.Equal(other.StartedAt) && c.DueAt.Equal(other.DueAt) && sameTime(c.MetAt, other.MetAt) &&
		sameTime(c.StoppedAt, other.StoppedAt) && sameTime(c.HeldAt, other.HeldAt) &&
		sameTime(c.YellowAt, other.YellowAt) && sameTime(c.RedAt, other.RedAt)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// RequestClocks are all clocks of one request, oldest first.
type RequestClocks []RequestClock

// clockEffect is what an event does to clocks. What is started, moved and released is due at
// what the event says.
type clockEffect struct{ meet, stop, start, hold, release, move, unmeet []ClockName }

// arrow is a move and where it led.
type arrow struct {
	move RequestMove
	to   RequestStatus
}

// unfinished are the clocks of work that an answer ends.
var unfinished = []ClockName{ClockDispatch, ClockHandle, ClockReply}

// judged are the clocks that a word about a reply ends, whoever had it from the resident.
var judged = []ClockName{ClockSilence, ClockVisit}

// clockEffects say what each arrow does. Whatever ends a request also stops what still runs.
var clockEffects = map[arrow]clockEffect{
	{MoveSubmission, RequestSubmitted}:      {start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveAcceptance, RequestAccepted}:       {meet: []ClockName{ClockAcknowledge}, start: []ClockName{ClockDispatch}},
	{MoveRefusal, RequestRefused}:           {meet: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveDispatch, RequestDispatched}:       {meet: []ClockName{ClockDispatch}, start: []ClockName{ClockHandle}},
	{MoveReturn, RequestReturned}:           {stop: []ClockName{ClockHandle}, start: []ClockName{ClockDispatch}},
	{MoveStart, RequestHandling}:            {meet: []ClockName{ClockDispatch, ClockHandle}},
	{MovePause, RequestPaused}:              {hold: []ClockName{ClockReply}, start: []ClockName{ClockPause}},
	{MoveResumption, RequestHandling}:       {meet: []ClockName{ClockPause}, release: []ClockName{ClockReply}},
	{MoveReply, RequestReplied}:             {meet: unfinished, start: []ClockName{ClockSilence}},
	{MoveFeedback, RequestClosed}:           {meet: judged},
	{MoveFeedback, RequestReplied}:          {meet: judged, start: []ClockName{ClockReply}},
	{MoveFeedback, RequestReopened}:         {meet: judged, stop: []ClockName{ClockReply}, start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveObjection, RequestReopened}:        {meet: judged, stop: []ClockName{ClockReply}, start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveVisitDue, RequestReturnVisit}:      {stop: []ClockName{ClockSilence}, start: []ClockName{ClockVisit}},
	{MoveReturnVisit, RequestClosed}:        {meet: judged},
	{MoveReturnVisit, RequestReplied}:       {meet: judged, start: []ClockName{ClockReply}},
	{MoveReturnVisit, RequestReopened}:      {meet: judged, start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveRetraction, RequestHandling}:       {stop: []ClockName{ClockSilence}, unmeet: []ClockName{ClockReply}},
	{MoveRetraction, RequestReplied}:        {stop: []ClockName{ClockSilence}, unmeet: []ClockName{ClockReply}},
	{MoveRetraction, RequestScreened}:       {unmeet: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveSuccession, RequestSubmitted}:      {start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveSuccession, RequestScreened}:       {start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveExtensionGrant, RequestStatus("")}: {move: []ClockName{ClockReply}},
}

// effectOf is what an event does to clocks.
func effectOf(e RequestEvent) clockEffect {
	if e.Kind == MoveExtensionGrant { // in whatever status
		return clockEffects[arrow{e.Kind, ""}]
	}
	effect := clockEffects[arrow{e.Kind, e.To}]
	if e.Kind == MoveDispatch && e.From == RequestDispatched {
		effect.start, effect.meet = nil, nil // from hand to hand: the time to begin runs on
	}
	return effect
}

// Plan says what the clocks that an event starts, moves or releases are due at.
func (c RequestClocks) Plan(e RequestEvent, p ClockPolicy, w WorkingTime) map[ClockName]ClockSetting {
	effect, plan := effectOf(e), map[ClockName]ClockSetting{}
	until := e.Details().Until
	for _, name := range effect.start {
		if name == ClockPause {
			plan[name] = ClockSetting{DueAt: *until}
			continue
		}
		limit := p.Limit(name)
		plan[name] = ClockSetting{DueAt: c.due(name, e, limit, w), Allowed: limit}
	}
	for _, clock := range c {
		switch {
		case clock.Ended():
		case slices.Contains(effect.release, clock.Name) && clock.HeldAt != nil:
			due := clock.Allowed.Resumed(clock.DueAt, *clock.HeldAt, e.At, w)
			plan[clock.Name] = ClockSetting{DueAt: due, Again: clock.YellowAt != nil && w.DayBefore(due).After(e.At)}
		case slices.Contains(effect.move, clock.Name):
			plan[clock.Name] = ClockSetting{DueAt: *until}
		}
	}
	return plan
}

// due is when a clock runs out that an event starts. Hot-lines count the time to dispatch from when
// a request came in, or was opened again, and not from when somebody accepted it; whoever accepts it
// too late for that has as much time once more, and a red card for being late.
func (c RequestClocks) due(name ClockName, e RequestEvent, limit ClockLimit, w WorkingTime) time.Time {
	if came, waits := c.Current(ClockAcknowledge); waits && name == ClockDispatch && e.Kind == MoveAcceptance {
		if due := limit.Due(came.StartedAt, w); due.After(e.At) {
			return due
		}
	}
	return limit.Due(e.At, w)
}

// Plans says whether an event starts, moves or releases clocks, so that Plan has something to say.
func (e RequestEvent) Plans() bool {
	effect := effectOf(e)
	return len(effect.start)+len(effect.release)+len(effect.move) > 0
}

// After is how the clocks stand after one more event; the receiver stays as it was.
// Folding every event of a request into no clocks gives the clocks it has.
func (c RequestClocks) After(e RequestEvent) RequestClocks {
	effect, details := effectOf(e), e.Details()
	next := slices.Clone(c)
	for i := range next {
		if !next[i].Ended() {
			next[i].follow(e, effect, details)
		}
	}
	for _, name := range effect.unmeet { // the newest: what met it counts no more
		for i := len(next) - 1; i >= 0; i-- {
			if next[i].Name == name {
				next[i].MetAt = nil
				break
			}
		}
	}
	for _, name := range effect.start {
		set := details.Clocks[name]
		next = append(next, RequestClock{
			ID: NewID[RequestClock](e.At), RequestID: e.RequestID, Name: name, Allowed: set.Allowed, StartedAt: e.At, DueAt: set.DueAt,
		})
	}
	return next
}

// follow does to one clock what an event does to it.
func (c *RequestClock) follow(e RequestEvent, effect clockEffect, details EventDetails) {
	at := e.At
	switch {
	case slices.Contains(effect.meet, c.Name):
		c.MetAt, c.HeldAt = &at, nil
	case slices.Contains(effect.stop, c.Name), e.To.Ended():
		c.StoppedAt, c.HeldAt = &at, nil
	case slices.Contains(effect.hold, c.Name):
		c.HeldAt = &at
	case slices.Contains(effect.release, c.Name):
		c.HeldAt = nil
		c.set(details.Clocks[c.Name])
	case slices.Contains(effect.move, c.Name):
		c.DueAt, c.YellowAt = details.Clocks[c.Name].DueAt, nil
	case e.Kind == MoveEscalation: // the request has one ladder, whichever clock took it up
		if c.late() {
			c.Rungs++
		}
	case details.Clock != c.Name:
	case e.Kind == MoveYellowCard:
		c.YellowAt = &at
	case e.Kind == MoveRedCard:
		c.RedAt = &at
	}
}

// set has it run on towards another moment.
func (c *RequestClock) set(s ClockSetting) {
	c.DueAt = s.DueAt
	if s.Again {
		c.YellowAt = nil
	}
}

// Folded are the clocks that events make, oldest event first.
func Folded(events []RequestEvent) (clocks RequestClocks) {
	for _, e := range events {
		clocks = clocks.After(e)
	}
	return clocks
}

// Next is the running clock that runs out first; false when none runs.
func (c RequestClocks) Next() (RequestClock, bool) {
	var next RequestClock
	for _, clock := range c {
		if clock.Running() && (next.ID.IsZero() || clock.DueAt.Before(next.DueAt)) {
			next = clock
		}
	}
	return next, !next.ID.IsZero()
}

// Current is the clock of a name that has not ended; false when there is none.
func (c RequestClocks) Current(name ClockName) (RequestClock, bool) {
	i := slices.IndexFunc(c, func(clock RequestClock) bool { return clock.Name == name && !clock.Ended() })
	if i < 0 {
		return RequestClock{}, false
	}
	return c[i], true
}

// Overdue says whether staff are late with any of them.
func (c RequestClocks) Overdue(at time.Time) bool {
	return slices.ContainsFunc(c, func(clock RequestClock) bool { return clock.Overdue(at) })
}

// Follow copies into the request what its clocks say: whom it waits for and until when.
func (r *Request) Follow(clocks RequestClocks) {
	next, running := clocks.Next()
	switch {
	case !running:
		r.WaitsFor, r.DueAt = "", r.UpdatedAt
	case next.Name == ClockSilence:
		r.WaitsFor, r.DueAt = PartyResident, next.DueAt
	case next.Name == ClockPause:
		r.WaitsFor, r.DueAt = PartySystem, next.DueAt
	default:
		r.WaitsFor, r.DueAt = PartyStaff, next.DueAt
	}
}
