package model

import "time"

// PushID names a push.
type PushID = ID[Push]

// PushPlan says when a unit's news goes out each day. A branch without a row has the
// default plan.
type PushPlan struct {
	UnitID     UnitID    `gorm:"primaryKey" data:"none"`
	At         TimeOfDay `data:"none"`
	Subscribe  bool      `data:"none"` // by subscribe message too; the in-app inbox always
	QuietFrom  TimeOfDay `data:"none"`
	QuietUntil TimeOfDay `data:"none"`
	Enabled    bool      `data:"none"`
	UpdatedAt  time.Time `data:"none"`
	Version    int       `data:"none"` // 0: the default, no row yet
}

// The default plan and the quiet hours that hold where nothing else is said.
const (
	DefaultPushAt     TimeOfDay = "07:30"
	DefaultQuietFrom  TimeOfDay = "21:30"
	DefaultQuietUntil TimeOfDay = "07:00"
)

// DefaultPushPlan is the plan of a branch that never made one. Units of other kinds push
// only once they have a plan.
func DefaultPushPlan(u Unit) PushPlan {
	return PushPlan{
		UnitID: u.ID, At: DefaultPushAt, Subscribe: true,
		QuietFrom: DefaultQuietFrom, QuietUntil: DefaultQuietUntil, Enabled: u.Kind == Branch,
	}
}

// Quiet says whether people are left in peace at that time, and until when.
func (p PushPlan) Quiet(at time.Time) (until time.Time, quiet bool) {
	return Quiet(p.QuietFrom, p.QuietUntil, at)
}

// PushSlot is what became of a unit's daily slot: one row a unit and day, so that any
// number of workers decide it once.
type PushSlot struct {
	UnitID    UnitID      `gorm:"primaryKey" data:"none"`
	Date      Date        `gorm:"primaryKey" data:"none"`
	Outcome   SlotOutcome `data:"none"`
	DecidedAt time.Time   `data:"none"`
}

// SlotOutcome is what became of a daily slot.
type SlotOutcome string

// The outcomes of a slot.
const (
	SlotPushed  SlotOutcome = "pushed"  // a push was made, by the plan or earlier by hand
	SlotNothing SlotOutcome = "nothing" // there was nothing to tell
	SlotMissed  SlotOutcome = "missed"  // nobody was working at that time
)

// Push is one unit's news of one day on its way to its people: one per unit and date, ever.
type Push struct {
	ID           PushID     `data:"none"`
	UnitID       UnitID     `data:"none"`
	Date         Date       `data:"none"`
	Status       PushStatus `data:"none"`
	Title        string     `data:"none"`
	Summary      string     `data:"none"`
	Link         string     `data:"none"` // page of the mini-program
	Subscribe    bool       `data:"none"`
	Unrestricted bool       `data:"none"` // a demonstration: neither quiet hours nor weekly cap
	QuietFrom    TimeOfDay  `data:"none"` // as the plan said when the push was made
	QuietUntil   TimeOfDay  `data:"none"`
	CreatedAt    time.Time  `data:"none"`
	FinishedAt   *time.Time `data:"none"` // finished, stopped or missed
	Version      int        `data:"none"`
}

// Units are where the push belongs.
func (p Push) Units() []UnitID { return []UnitID{p.UnitID} }

// PushStatus says where a push is.
type PushStatus string

// The states of a push (M8).
const (
	PushPlanned        PushStatus = "planned"
	PushAudienceFrozen PushStatus = "audience_frozen"
	PushSending        PushStatus = "sending"
	PushPaused         PushStatus = "paused"
	PushFinished       PushStatus = "finished"
	PushStopped        PushStatus = "stopped"
	PushMissed         PushStatus = "missed"
)

// Over says that nothing will happen to the push any more.
func (s PushStatus) Over() bool { return s == PushFinished || s == PushStopped || s == PushMissed }

// PushMove is a step of a push.
type PushMove string

// The moves of a push.
const (
	FreezeAudience PushMove = "freeze"
	BeginSending   PushMove = "send"
	PausePush      PushMove = "pause"
	ResumePush     PushMove = "resume"
	StopPush       PushMove = "stop"
	FinishPush     PushMove = "finish"
)

var pushArrows = arrows[PushStatus, PushMove]{
	PushPlanned:        {FreezeAudience: PushAudienceFrozen, StopPush: PushStopped},
	PushAudienceFrozen: {BeginSending: PushSending, StopPush: PushStopped},
	PushSending:        {PausePush: PushPaused, StopPush: PushStopped, FinishPush: PushFinished},
	PushPaused:         {ResumePush: PushSending, StopPush: PushStopped},
}

// After is the state a move leads to. Fault: illegal_transition.
func (p Push) After(move PushMove) (PushStatus, error) { return pushArrows.from(p.Status, move) }

// Quiet says whether this push leaves people in peace at that time, and until when.
func (p Push) Quiet(at time.Time) (until time.Time, quiet bool) {
	if p.Unrestricted {
		return time.Time{}, false
	}
	return Quiet(p.QuietFrom, p.QuietUntil, at)
}

// PushEvent is one arrow of a push's way. Events are only ever added.
type PushEvent struct {
	ID         ID[PushEvent] `data:"none"`
	PushID     PushID        `data:"none"`
	FromStatus PushStatus    `data:"none"` // "" at its beginning
	ToStatus   PushStatus    `data:"none"`
	ActorID    UserID        `data:"none"` // zero when a worker did it
	At         time.Time     `data:"none"`
}
