package model

import "time"

// SealedIdentity is how a person stands towards a branch when they sealed who they are: an id
// in place of their own, the same for all they submit to that branch. Who they are is under a
// key of its own.
type SealedIdentity struct {
	ID             UserID     `data:"none"` // stands wherever the person's own would
	BranchID       UnitID     `data:"none"`
	Label          string     `data:"none"` // what staff call them, as in 7K4M-9QTD
	PersonSealed   []byte     `data:"personal"`
	PersonHash     []byte     `data:"personal"`
	PairKey        []byte     `data:"personal"` // keyed hash of person and branch
	SuspendedUntil *time.Time `data:"none"`     // nothing sealed is taken from them before
	CreatedAt      time.Time  `data:"none"`
}

// Suspended says whether nothing sealed is taken from them at that time.
func (i SealedIdentity) Suspended(at time.Time) bool {
	return i.SuspendedUntil != nil && at.Before(*i.SuspendedUntil)
}

// IdentityOpeningID names an opening of a sealed identity.
type IdentityOpeningID = ID[IdentityOpening]

// IdentityGround is why the law has a sealed identity opened.
type IdentityGround string

// The grounds.
const (
	GroundCriminalCase IdentityGround = "criminal_case" // police or prosecutors investigate
	GroundCourt        IdentityGround = "court"
	GroundSupervision  IdentityGround = "supervision" // discipline inspection and supervision
	GroundLifeSafety   IdentityGround = "life_safety" // somebody's life is in danger now
)

// IdentityOpening is the opening of the identity behind one request: one officer asks, for a
// reason of law and on paper, and another decides.
type IdentityOpening struct {
	ID         IdentityOpeningID     `data:"none"`
	IdentityID UserID                `data:"none"` // of the sealed identity
	RequestID  RequestID             `data:"none"`
	BranchID   UnitID                `data:"none"`
	Ground     IdentityGround        `data:"none"`
	Document   string                `data:"none"` // the number of the paper
	Note       string                `data:"personal"`
	Status     IdentityOpeningStatus `data:"none"`
	Live       *bool                 `data:"none"` // see Lasting: while it waits
	AskedBy    UserID                `data:"none"`
	DecidedBy  UserID                `data:"none"` // zero while it waits
	AskedAt    time.Time             `data:"none"`
	ExpiresAt  time.Time             `data:"none"` // when it lapses; once approved, when it can be read no more
	DecidedAt  *time.Time            `data:"none"`
	Version    int                   `data:"none"` // the number of its latest event
}

// IdentityOpeningStatus says how far an opening has come.
type IdentityOpeningStatus string

// The statuses of an opening.
const (
	OpeningAsked    IdentityOpeningStatus = "asked"
	OpeningApproved IdentityOpeningStatus = "approved"
	OpeningRefused  IdentityOpeningStatus = "refused"
	OpeningLapsed   IdentityOpeningStatus = "lapsed" // nobody decided in time
)

// IdentityOpeningMove is a step of an opening.
type IdentityOpeningMove string

// The moves. A reveal leaves the status as it is.
const (
	AskOpening     IdentityOpeningMove = "asking"
	ApproveOpening IdentityOpeningMove = "approval"
	RefuseOpening  IdentityOpeningMove = "refusal"
	LapseOpening   IdentityOpeningMove = "lapse"
	RevealIdentity IdentityOpeningMove = "reveals"
)

var openingArrows = arrows[IdentityOpeningStatus, IdentityOpeningMove]{
	"":              {AskOpening: OpeningAsked},
	OpeningAsked:    {ApproveOpening: OpeningApproved, RefuseOpening: OpeningRefused},
	OpeningApproved: {RevealIdentity: OpeningApproved},
}

// Units is where it belongs.
func (o IdentityOpening) Units() []UnitID { return []UnitID{o.BranchID} }

// StatusAt is where it stands at that time: what waited too long has lapsed, also while
// nobody has said so.
func (o IdentityOpening) StatusAt(at time.Time) IdentityOpeningStatus {
	if o.Status == OpeningAsked && !at.Before(o.ExpiresAt) {
		return OpeningLapsed
	}
	return o.Status
}

// Officer says whether somebody is one of its two.
func (o IdentityOpening) Officer(id UserID) bool { return o.AskedBy == id || o.DecidedBy == id }

// Step takes it along one arrow and gives the event that records it. Fault: illegal_transition.
func (o *IdentityOpening) Step(move IdentityOpeningMove, by UserID, note string, at time.Time) (*IdentityOpeningEvent, error) {
	from := o.StatusAt(at)
	next, err := openingArrows.from(from, move)
	if err != nil {
		return nil, err
	}
	return o.event(move, from, next, by, note, at), nil
}

// Lapse says of one that waited too long that it has lapsed.
func (o *IdentityOpening) Lapse(at time.Time) *IdentityOpeningEvent {
	return o.event(LapseOpening, OpeningAsked, OpeningLapsed, UserID{}, "", at)
}

func (o *IdentityOpening) event(move IdentityOpeningMove, from, to IdentityOpeningStatus, by UserID, note string, at time.Time) *IdentityOpeningEvent {
	o.Version++
	o.Status, o.Live = to, nil
	if to == OpeningAsked {
		o.Live = Lasting()
	}
	return &IdentityOpeningEvent{
		ID: NewID[IdentityOpeningEvent](at), OpeningID: o.ID, Seq: o.Version, Move: move, From: from, To: to, ActorID: by, Note: note, At: at,
	}
}

// IdentityOpeningEvent is one step of an opening. Events are only ever added.
type IdentityOpeningEvent struct {
	ID        ID[IdentityOpeningEvent] `data:"none"`
	OpeningID IdentityOpeningID        `data:"none"`
	Seq       int                      `data:"none"`
	Move      IdentityOpeningMove      `data:"none"`
	From      IdentityOpeningStatus    `gorm:"column:from_status" data:"none"`
	To        IdentityOpeningStatus    `gorm:"column:to_status" data:"none"`
	ActorID   UserID                   `data:"none"` // zero: time
	Note      string                   `data:"personal"`
	At        time.Time                `data:"none"`
}
