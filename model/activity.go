package model

import (
	"slices"
	"time"

	"jinlin/model/fault"
)

// ActivityID names an activity.
type ActivityID = ID[Activity]

// ActivityState says how far an activity has come.
type ActivityState string

// The states of an activity.
const (
	ActivityDraft     ActivityState = "draft"
	ActivityPublished ActivityState = "published"
	ActivityOngoing   ActivityState = "ongoing"
	ActivityFinished  ActivityState = "finished"
	ActivityCancelled ActivityState = "cancelled"
)

// activityMoves are the legal moves. Time makes two of them: the start and the end.
var activityMoves = map[ActivityState][]ActivityState{
	ActivityDraft:     {ActivityPublished, ActivityCancelled},
	ActivityPublished: {ActivityOngoing, ActivityCancelled},
	ActivityOngoing:   {ActivityFinished, ActivityCancelled},
}

// Audience says who may sign up.
type Audience string

// The audiences. Verified means a verified residence in one of the unit's estates.
const (
	OpenAudience     Audience = "open"
	VerifiedAudience Audience = "verified"
)

// Limits of an activity. The longest one bounds how far back a list of what is on must look.
const (
	MaxCapacity       = 10_000
	MaxActivityPoints = 40
	LongestActivity   = 31 * 24 * time.Hour
)

// Activity is something people come together for. PlacesLeft, Waiting and WaitingSeq are
// counters, moved only by conditional relative statements; Turn exists to be written, so
// that what changes who has a place happens one after another.
type Activity struct {
	ID             ActivityID    `data:"none"`
	UnitID         UnitID        `data:"none"`
	State          ActivityState `data:"none"`
	Title          string        `data:"none"`
	Description    string        `data:"none"`
	Place          string        `data:"none"`
	StartsAt       time.Time     `data:"none"`
	EndsAt         time.Time     `data:"none"`
	SignUpOpensAt  time.Time     `data:"none"`
	SignUpClosesAt time.Time     `data:"none"`
	CheckInMinutes int           `data:"none"` // how long before the start check-in opens
	Capacity       int           `data:"none"`
	PlacesLeft     int           `data:"none"`
	WaitingList    bool          `data:"none"`
	Waiting        int           `data:"none"` // sign-ups on the waiting list now
	WaitingSeq     int           `data:"none"` // the last number given out on it
	Turn           int           `data:"none"`
	Points         int           `data:"none"`
	PoolID         PoolID        `data:"none"` // zero: the unit's own pools
	RequiresOut    bool          `data:"none"` // points need a check-out as well
	Audience       Audience      `data:"none"`
	CancelReason   string        `data:"none"`
	CreatedBy      UserID        `data:"none"`
	CreatedAt      time.Time     `data:"none"`
	UpdatedAt      time.Time     `data:"none"`
	Version        int           `data:"none"` // of what staff wrote; counters leave it alone
}

// Units are where the activity belongs.
func (a Activity) Units() []UnitID { return []UnitID{a.UnitID} }

// StateAt is the state at that time: a published activity is ongoing from its start and
// finished from its end, whether or not the row has been moved yet.
func (a Activity) StateAt(at time.Time) ActivityState {
	running := a.State == ActivityPublished || a.State == ActivityOngoing
	switch {
	case running && !at.Before(a.EndsAt):
		return ActivityFinished
	case running && !at.Before(a.StartsAt):
		return ActivityOngoing
	}
	return a.State
}

// Move says whether the activity may go to a state at that time. Fault: illegal_transition.
func (a Activity) Move(to ActivityState, at time.Time) error {
	now := a.StateAt(at)
	if slices.Contains(activityMoves[now], to) {
		return nil
	}
	return fault.IllegalMove(string(now), slugs(activityMoves[now]))
}

// Visible says whether everybody may see the activity.
func (a Activity) Visible() bool { return a.State != ActivityDraft }

// SignUpOpen says whether people may sign up at that time.
func (a Activity) SignUpOpen(at time.Time) bool {
	now := a.StateAt(at)
	return (now == ActivityPublished || now == ActivityOngoing) &&
		!at.Before(a.SignUpOpensAt) && at.Before(a.SignUpClosesAt)
}

// OffersUntil is when freed places stop going to who waits: by then it has begun, and
// nobody can sign up any more.
func (a Activity) OffersUntil() time.Time {
	if a.SignUpClosesAt.After(a.StartsAt) {
		return a.SignUpClosesAt
	}
	return a.StartsAt
}

// CheckInOpensAt is when people may begin to check in.
func (a Activity) CheckInOpensAt() time.Time {
	return a.StartsAt.Add(-time.Duration(a.CheckInMinutes) * time.Minute)
}

// ActivityEvent is one move of an activity. It is never changed.
type ActivityEvent struct {
	ID         ID[ActivityEvent] `data:"none"`
	ActivityID ActivityID        `data:"none"`
	FromState  ActivityState     `data:"none"` // "" when it was written
	ToState    ActivityState     `data:"none"`
	ActorID    UserID            `data:"none"` // zero: the clock
	Note       string            `data:"none"`
	At         time.Time         `data:"none"`
}

func slugs[S ~string](states []S) []string {
	text := make([]string, len(states))
	for i, state := range states {
		text[i] = string(state)
	}
	return text
}
