package model

import (
	"slices"
	"time"

	"jinlin/model/fault"
)

// SignUpID names a sign-up.
type SignUpID = ID[SignUp]

// SignUpState says where a sign-up is (M16).
type SignUpState string

// The states of a sign-up. An accepted offer is registered again.
const (
	SignUpRegistered SignUpState = "registered"
	SignUpWaitlisted SignUpState = "waitlisted"
	SignUpOffered    SignUpState = "offered"
	SignUpDeclined   SignUpState = "declined"
	SignUpLapsed     SignUpState = "lapsed"
	SignUpCheckedIn  SignUpState = "checked_in"
	SignUpCheckedOut SignUpState = "checked_out"
	SignUpConfirmed  SignUpState = "confirmed"
	SignUpCancelled  SignUpState = "cancelled"
	SignUpNoShow     SignUpState = "no_show"
)

// signUpMoves are the legal moves. A sign-up given up begins anew in the same row, so
// that a person has one per activity and cannot earn twice. A no-show may turn out to
// have come: offline lists arrive late.
var signUpMoves = map[SignUpState][]SignUpState{
	SignUpRegistered: {SignUpCheckedIn, SignUpConfirmed, SignUpCancelled, SignUpNoShow},
	SignUpWaitlisted: {SignUpOffered, SignUpCancelled},
	SignUpOffered:    {SignUpRegistered, SignUpDeclined, SignUpLapsed, SignUpCancelled},
	SignUpDeclined:   {SignUpRegistered, SignUpWaitlisted},
	SignUpLapsed:     {SignUpRegistered, SignUpWaitlisted},
	SignUpCancelled:  {SignUpRegistered, SignUpWaitlisted},
	SignUpCheckedIn:  {SignUpCheckedOut, SignUpConfirmed},
	SignUpCheckedOut: {SignUpConfirmed},
	SignUpNoShow:     {SignUpCheckedIn, SignUpConfirmed},
}

// MaxCompanions is how many people one sign-up may bring along.
const MaxCompanions = 5

// SignUp is one person's place at an activity, or in the queue for one. There is one row
// per person and activity.
type SignUp struct {
	ID            SignUpID    `data:"none"`
	ActivityID    ActivityID  `data:"none"`
	UserID        UserID      `data:"none"`
	State         SignUpState `data:"none"`
	Places        int         `data:"none"` // the person and whom they bring
	WaitingNumber int         `data:"none"` // order on the waiting list; 0 when never on it
	OfferedUntil  *time.Time  `data:"none"`
	Details       []byte      `data:"sensitive"` // sealed: companions and answers; empty when there are none
	CreatedAt     time.Time   `data:"none"`
	UpdatedAt     time.Time   `data:"none"`
}

// NeedsConsent names the person whose consent it takes to keep companions, who are mostly
// family, and answers, which may tell of health.
func (s SignUp) NeedsConsent() (UserID, Purpose) {
	if len(s.Details) == 0 {
		return s.UserID, ""
	}
	return s.UserID, PurposeCompanions
}

// Move says whether the sign-up may go to a state. Fault: illegal_transition.
func (s SignUp) Move(to SignUpState) error {
	if slices.Contains(signUpMoves[s.State], to) {
		return nil
	}
	return fault.IllegalMove(string(s.State), slugs(signUpMoves[s.State]))
}

// Live says whether the sign-up stands: the person has a place, an offer, or waits.
func (s SignUp) Live() bool {
	return s.State != SignUpDeclined && s.State != SignUpLapsed && s.State != SignUpCancelled
}

// HasPlace says whether a place is taken by it; an offered one is.
func (s SignUp) HasPlace() bool { return s.Live() && s.State != SignUpWaitlisted }

// SignUpEvent is one move of a sign-up. It is never changed.
type SignUpEvent struct {
	ID         ID[SignUpEvent] `data:"none"`
	SignUpID   SignUpID        `data:"none"`
	ActivityID ActivityID      `data:"none"`
	FromState  SignUpState     `data:"none"` // "" at the first sign-up
	ToState    SignUpState     `data:"none"`
	ActorID    UserID          `data:"none"` // zero: the clock, or another's withdrawal
	At         time.Time       `data:"none"`
}

// AttendanceKind says whether somebody came or went.
type AttendanceKind string

// The kinds of attendance.
const (
	CameIn  AttendanceKind = "in"
	WentOut AttendanceKind = "out"
)

// AttendanceSource says who said so.
type AttendanceSource string

// The sources. Only staff's word earns points.
const (
	ByCode  AttendanceSource = "code"
	ByStaff AttendanceSource = "staff"
)

// PointsOutcome says what an attendance did to points.
type PointsOutcome string

// The outcomes; owed means the pool was empty and a debt was recorded.
const (
	NoPoints     PointsOutcome = "none"
	PointsPosted PointsOutcome = "posted"
	PointsOwed   PointsOutcome = "owed"
)

// Attendance is one fact about who came. It is never changed.
type Attendance struct {
	ID         ID[Attendance]   `data:"none"`
	ActivityID ActivityID       `data:"none"`
	SignUpID   SignUpID         `data:"none"`
	Kind       AttendanceKind   `data:"none"`
	Source     AttendanceSource `data:"none"`
	At         time.Time        `data:"none"`
	RecordedBy UserID           `data:"none"`
	ClientID   *string          `data:"none"` // what an offline list calls it; unique per activity
	Outcome    PointsOutcome    `data:"none"`
	CreatedAt  time.Time        `data:"none"`
}

// Earns says whether staff's record of this kind is the one that earns the points.
func (k AttendanceKind) Earns(a Activity) bool { return (k == WentOut) == a.RequiresOut }
