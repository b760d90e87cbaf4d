package model

import (
	"slices"
	"time"
)

// BoxID names a box.
type BoxID = ID[Box]

// Box is a red mailbox of tin: where it hangs, whose it is, and how often it is opened.
type Box struct {
	ID         BoxID      `data:"none"`
	BranchID   UnitID     `data:"none"` // opens and answers
	EstateID   UnitID     `data:"none"` // where it hangs
	Place      string     `data:"none"` // as people find it
	RhythmDays int        `data:"none"` // at the latest so many days after the last opening
	DueOn      Date       `data:"none"` // the day of the next opening, at the latest
	Told       BoxTold    `data:"none"` // who has heard that this opening was missed
	OpenedAt   *time.Time `data:"none"` // the last time
	EndedAt    *time.Time `data:"none"` // it was taken down
	CreatedAt  time.Time  `data:"none"`
	Version    int        `data:"none"`
}

// BoxTold is how far the word has gone that an opening was missed.
type BoxTold int

// Those who hear of it, one after another.
const (
	ToldNobody BoxTold = iota
	ToldTeam           // of the branch
	ToldCommunity
)

// Units is where it belongs.
func (b Box) Units() []UnitID { return []UnitID{b.EstateID, b.BranchID} }

// Overdue says whether it should have been opened before that day.
func (b Box) Overdue(day Date) bool { return b.EndedAt == nil && b.DueOn < day }

// BoxOpeningID names an opening of a box.
type BoxOpeningID = ID[BoxOpening]

// BoxOpening is one opening of a box by two people, who both say how many slips there were.
type BoxOpening struct {
	ID          BoxOpeningID     `data:"none"`
	BoxID       BoxID            `data:"none"`
	BranchID    UnitID           `data:"none"`
	EstateID    UnitID           `data:"none"`
	Status      BoxOpeningStatus `data:"none"`
	Live        *bool            `data:"none"` // see Lasting: while it waits for the second person
	Slips       int              `data:"none"` // found in it
	OpenedBy    UserID           `data:"none"`
	ConfirmedBy UserID           `data:"none"`
	OpenedAt    time.Time        `data:"none"` // the clocks of its slips run from here
	Version     int              `data:"none"` // the number of its latest event
}

// BoxOpeningStatus says how far an opening has come.
type BoxOpeningStatus string

// The statuses of an opening of a box.
const (
	BoxOpened    BoxOpeningStatus = "opened" // by one, and waits for the second
	BoxConfirmed BoxOpeningStatus = "confirmed"
	BoxVoid      BoxOpeningStatus = "void" // it was taken back, or the counts differed
)

// BoxOpeningMove is a step of an opening of a box.
type BoxOpeningMove string

// The moves of an opening of a box.
const (
	OpenBox        BoxOpeningMove = "opening"
	ConfirmOpening BoxOpeningMove = "confirmation"
	VoidOpening    BoxOpeningMove = "voidance"
)

var boxOpeningArrows = arrows[BoxOpeningStatus, BoxOpeningMove]{
	"":        {OpenBox: BoxOpened},
	BoxOpened: {ConfirmOpening: BoxConfirmed, VoidOpening: BoxVoid},
}

// Units is where it belongs.
func (o BoxOpening) Units() []UnitID { return []UnitID{o.EstateID, o.BranchID} }

// Step takes it along one arrow and gives the event that records it. Fault: illegal_transition.
func (o *BoxOpening) Step(move BoxOpeningMove, by UserID, at time.Time) (*BoxOpeningEvent, error) {
	next, err := boxOpeningArrows.from(o.Status, move)
	if err != nil {
		return nil, err
	}
	o.Version++
	e := &BoxOpeningEvent{
		ID: NewID[BoxOpeningEvent](at), OpeningID: o.ID, Seq: o.Version, Move: move, From: o.Status, To: next, ActorID: by, At: at,
	}
	o.Status, o.Live = next, nil
	if next == BoxOpened {
		o.Live = Lasting()
	}
	return e, nil
}

// BoxOpeningEvent is one step of an opening of a box. Events are only ever added.
type BoxOpeningEvent struct {
	ID        ID[BoxOpeningEvent] `data:"none"`
	OpeningID BoxOpeningID        `data:"none"`
	Seq       int                 `data:"none"`
	Move      BoxOpeningMove      `data:"none"`
	From      BoxOpeningStatus    `gorm:"column:from_status" data:"none"`
	To        BoxOpeningStatus    `gorm:"column:to_status" data:"none"`
	ActorID   UserID              `data:"none"`
	At        time.Time           `data:"none"`
}

// SlipBookID names a book of slips.
type SlipBookID = ID[SlipBook]

// SlipBook is a run of numbers that were printed for a branch.
type SlipBook struct {
	ID        SlipBookID `data:"none"`
	BranchID  UnitID     `data:"none"`
	First     int64      `gorm:"column:first_slip" data:"none"`
	Last      int64      `gorm:"column:last_slip" data:"none"`
	PrintedBy UserID     `data:"none"`
	CreatedAt time.Time  `data:"none"`
}

// Units is where it belongs.
func (b SlipBook) Units() []UnitID { return []UnitID{b.BranchID} }

// MaxBook is how many slips a book has.
const MaxBook = 100

// Slip is a printed slip. Nobody knows of it until it is keyed in from an opened box.
type Slip struct {
	Number    SlipNumber   `gorm:"primaryKey" data:"none"`
	BookID    SlipBookID   `data:"none"`
	BranchID  UnitID       `data:"none"`
	CodeHash  []byte       `data:"none"` // of the code on its tear-off part
	OpeningID BoxOpeningID `data:"none"` // the one it was found in; zero before
	RequestID RequestID    `data:"none"` // what became of it; zero before
	EnteredAt *time.Time   `data:"none"`
	NoPhoto   NoPhoto      `data:"none"` // why it was keyed in without its photo; "" where it came with one
}

// NoPhoto says why a slip is keyed in without its photo.
type NoPhoto string

// The reasons.
const (
	PhotoUnreadable NoPhoto = "unreadable" // soaked or torn: a photo shows nothing
	PhotoNoCamera   NoPhoto = "no_camera"  // nobody there can take one
	PhotoPrivate    NoPhoto = "private"    // it shows what others must not see
)

// Entered says whether it was keyed in.
func (s Slip) Entered() bool { return !s.RequestID.IsZero() }

// RequestSource says how a request came in.
type RequestSource string

// The sources.
const (
	SourceOnline RequestSource = "online"
	SourceBox    RequestSource = "box"          // a slip of paper
	SourceProxy  RequestSource = "proxy"        // staff entered it for somebody without a phone
	SourceGroup  RequestSource = "wechat_group" // staff caught it in a group

	SourceOpen311 RequestSource = "open311" // another program sent it, for whom it does not say
)

// EnteredByOthers says whether a request came in through somebody else than whose matter it is.
func (s RequestSource) EnteredByOthers() bool {
	return slices.Contains([]RequestSource{SourceBox, SourceProxy, SourceGroup, SourceOpen311}, s)
}
