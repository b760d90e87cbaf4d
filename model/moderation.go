package model

import "time"

// ModerationItemID names a moderation item.
type ModerationItemID = ID[ModerationItem]

// ModerationItem is a text or an upload that waits for a person, or waited for one. It is about one
// version of what it belongs to, so that a decision never covers a text nobody looked at.
type ModerationItem struct {
	ID            ModerationItemID `data:"none"`
	Kind          ModerationKind   `data:"none"`
	ObjectID      ID[any]          `data:"none"` // the activity, the request whose event it is, the account, or the upload
	ObjectVersion int              `data:"none"` // which version of the activity or account, or which event of the request; 1 for an upload
	UnitID        UnitID           `data:"none"` // in whose authority it is decided
	WriterID      UserID           `data:"personal"`
	Text          string           `data:"personal"`
	Status        ModerationStatus `data:"none"`
	Reason        string           `data:"none"` // of the decision
	HeldAt        time.Time        `data:"none"`
	DecidedAt     *time.Time       `data:"none"`
	RemindAt      *time.Time       `data:"none"` // when those who may decide hear next that it waits; nil once it does not
}

// ModerationKind says what a text belongs to.
type ModerationKind string

// The kinds.
const (
	ModeratedActivity     ModerationKind = "activity"
	ModeratedCancellation ModerationKind = "cancellation" // why an activity was called off
	ModeratedMessage      ModerationKind = "message"      // or a comment, in the course of a request
	ModeratedNickname     ModerationKind = "nickname"     // of an account
	ModeratedUpload       ModerationKind = "upload"       // a photo or a recording
)

// ModerationStatus says what became of a text.
type ModerationStatus string

// The states of a moderation item.
const (
	TextHeld     ModerationStatus = "held"
	TextReleased ModerationStatus = "released"
	TextRefused  ModerationStatus = "refused"
	TextDropped  ModerationStatus = "dropped" // it was changed, or came through otherwise
)

// ModerationMove is a step of a moderation item.
type ModerationMove string

// The moves. People release and refuse; dropping follows from what happens to the object.
const (
	ReleaseText ModerationMove = "release"
	RefuseText  ModerationMove = "refuse"
	DropText    ModerationMove = "drop"
)

var moderationArrows = arrows[ModerationStatus, ModerationMove]{
	TextHeld: {ReleaseText: TextReleased, RefuseText: TextRefused, DropText: TextDropped},
}

// Units are where the item belongs.
func (i ModerationItem) Units() []UnitID { return []UnitID{i.UnitID} }

// After is the state a move leads to. Fault: illegal_transition.
func (i ModerationItem) After(move ModerationMove) (ModerationStatus, error) {
	return moderationArrows.from(i.Status, move)
}

// Waited counts the working days that are over since the item was held, and says when the next
// one will be.
func (i ModerationItem) Waited(c Calendar, at time.Time) (days int, next time.Time) {
	day := DateOf(i.HeldAt)
	clock := i.HeldAt.Sub(day.At(0, 0))
	for {
		day = c.AddWorkingDays(day, 1)
		if next = day.At(0, 0).Add(clock); next.After(at) {
			return days, next
		}
		days++
	}
}

// ModerationEvent is one arrow of a moderation item. Events are only ever added.
type ModerationEvent struct {
	ID         ID[ModerationEvent] `data:"none"`
	ItemID     ModerationItemID    `data:"none"`
	FromStatus ModerationStatus    `data:"none"` // "" when it was held
	ToStatus   ModerationStatus    `data:"none"`
	ActorID    UserID              `data:"personal"`
	Reason     string              `data:"none"`
	At         time.Time           `data:"none"`
}
