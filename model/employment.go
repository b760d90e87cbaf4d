package model

import (
	"slices"
	"time"
)

// EmploymentID names an employment.
type EmploymentID = ID[Employment]

// Employment says that somebody of a new-employment group works in an area of the county, for
// as long as that held.
type Employment struct {
	ID        EmploymentID     `data:"none"`
	UserID    UserID           `data:"none"`
	UnitID    UnitID           `data:"none"` // the work area, see WorkAreas
	Kind      EmploymentKind   `data:"personal"`
	Platform  string           `data:"personal"` // whom they drive or deliver for; "" when they have not said
	Status    EmploymentStatus `data:"none"`
	Live      *bool            `data:"none"` // see Lasting
	CreatedAt time.Time        `data:"none"`
	DecidedAt *time.Time       `data:"none"`
	EndedAt   *time.Time       `data:"none"`
}

// Claimant is whose it is.
func (e Employment) Claimant() UserID { return e.UserID }

// Units are the units in whose authority it lies.
func (e Employment) Units() []UnitID { return []UnitID{e.UnitID} }

// After is where a move leads. Fault: illegal_transition.
func (e Employment) After(move EmploymentMove) (EmploymentStatus, error) {
	return employmentMoves.from(e.Status, move)
}

// EmploymentKind is the new-employment group that somebody belongs to.
type EmploymentKind string

// EmploymentKinds are all of them.
var EmploymentKinds = []EmploymentKind{
	"courier", "food_rider", "ride_hailing_driver", "lorry_driver", "domestic_worker", "live_streamer", "other",
}

// Known says whether there is such a group.
func (k EmploymentKind) Known() bool { return slices.Contains(EmploymentKinds, k) }

// WorkAreas are the kinds of units in which somebody can work.
var WorkAreas = []UnitKind{Town, Community, Grid, Estate}

// EmploymentStatus says how far an employment has been verified.
type EmploymentStatus string

// The statuses of an employment. Only a verified one gives rights.
const (
	EmploymentPending  EmploymentStatus = "pending"
	EmploymentVerified EmploymentStatus = "verified"
	EmploymentRejected EmploymentStatus = "rejected"
	EmploymentEnded    EmploymentStatus = "ended"
)

// EmploymentMove is a step of an employment.
type EmploymentMove string

// The moves.
const (
	VerifyEmployment EmploymentMove = "approve"
	RejectEmployment EmploymentMove = "reject"
	EndEmployment    EmploymentMove = "end"
)

var employmentMoves = arrows[EmploymentStatus, EmploymentMove]{
	EmploymentPending:  {VerifyEmployment: EmploymentVerified, RejectEmployment: EmploymentRejected, EndEmployment: EmploymentEnded},
	EmploymentVerified: {EndEmployment: EmploymentEnded},
}

// EmploymentEvent is one step of an employment. It is never changed.
type EmploymentEvent struct {
	ID           ID[EmploymentEvent] `data:"none"`
	EmploymentID EmploymentID        `data:"none"`
	FromStatus   EmploymentStatus    `data:"none"` // "" at the beginning
	ToStatus     EmploymentStatus    `data:"none"`
	ActorID      UserID              `data:"none"`
	Reason       string              `data:"personal"`
	At           time.Time           `data:"none"`
}

// Stage is how far somebody has come from being served to serving.
type Stage string

// The stages. They are no state: they follow from the activities somebody has come to.
const (
	StageServed    Stage = "served"
	StageVolunteer Stage = "volunteer" // has come to an activity that earns points
	StageRegular   Stage = "regular"   // and often of late
)

// RegularWithin and RegularTimes say what often of late is.
const (
	RegularWithin = 90 * 24 * time.Hour
	RegularTimes  = 3
)

// StageOf is the stage of somebody who has served so often, and so often within RegularWithin.
func StageOf(ever, lately int) Stage {
	switch {
	case lately >= RegularTimes:
		return StageRegular
	case ever > 0:
		return StageVolunteer
	}
	return StageServed
}
