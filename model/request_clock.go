package model

import (
	"slices"
	"time"
)

// ClockName says what a clock of a request waits for.
type ClockName string

// The clocks. Acknowledge and reply are owed by staff; silence is how long a reply waits
// for feedback.
const (
	ClockAcknowledge ClockName = "acknowledge"
	ClockReply       ClockName = "reply"
	ClockSilence     ClockName = "silence"
)

// ClockPolicy is how long each clock runs, in elapsed time.
type ClockPolicy map[ClockName]time.Duration

// RequestClock runs from one event of a request until it is met or stopped. What it was
// due at stays, whatever the policy becomes.
type RequestClock struct {
	ID        ID[RequestClock] `data:"none"`
	RequestID RequestID        `data:"none"`
	Name      ClockName        `data:"none"`
	StartedAt time.Time        `data:"none"`
	DueAt     time.Time        `data:"none"`
	MetAt     *time.Time       `data:"none"` // what it waited for came then, in time or late
	StoppedAt *time.Time       `data:"none"` // it no longer mattered from then on
}

// Running says whether it still waits.
func (c RequestClock) Running() bool { return c.MetAt == nil && c.StoppedAt == nil }

// Overdue says whether staff are late with it.
func (c RequestClock) Overdue(at time.Time) bool {
	return c.Running() && c.Name != ClockSilence && at.After(c.DueAt)
}

// RequestClocks are all clocks of one request, oldest first.
type RequestClocks []RequestClock

// clockEffect is what an event does to clocks.
type clockEffect struct{ meet, stop, start []ClockName }

// arrow is a move and where it led.
type arrow struct {
	move RequestMove
	to   RequestStatus
}

// clockEffects say what each arrow does. Whatever ends a request also stops what still runs.
var clockEffects = map[arrow]clockEffect{
	{MoveSubmission, RequestSubmitted}: {start: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveAcceptance, RequestAccepted}:  {meet: []ClockName{ClockAcknowledge}},
	{MoveRefusal, RequestRefused}:      {meet: []ClockName{ClockAcknowledge, ClockReply}},
	{MoveReply, RequestReplied}:        {meet: []ClockName{ClockReply}, start: []ClockName{ClockSilence}},
	{MoveFeedback, RequestClosed}:      {meet: []ClockName{ClockSilence}},
	{MoveFeedback, RequestReplied}:     {meet: []ClockName{ClockSilence}, start: []ClockName{ClockReply}},
	{MoveFeedback, RequestReopened}:    {meet: []ClockName{ClockSilence}, stop: []ClockName{ClockReply}, start: []ClockName{ClockAcknowledge, ClockReply}},
}

// After is how the clocks stand after one more event; the receiver stays as it was.
// Folding every event of a request into no clocks gives the clocks it has.
func (c RequestClocks) After(e RequestEvent, policy ClockPolicy) RequestClocks {
	effect := clockEffects[arrow{e.Kind, e.To}]
	next := slices.Clone(c)
	for i := range next {
		clock := &next[i]
		switch {
		case !clock.Running():
		case slices.Contains(effect.meet, clock.Name):
			clock.MetAt = &e.At
		case slices.Contains(effect.stop, clock.Name), e.To.Ended():
			clock.StoppedAt = &e.At
		}
	}
	for _, name := range effect.start {
		next = append(next, RequestClock{
			ID: NewID[RequestClock](e.At), RequestID: e.RequestID, Name: name,
			StartedAt: e.At, DueAt: e.At.Add(policy[name]),
		})
	}
	return next
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
	default:
		r.WaitsFor, r.DueAt = PartyStaff, next.DueAt
	}
}
