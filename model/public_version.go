package model

import "time"

// PublicID is what the public knows a request by. The request's own id would tell in which millisecond
// somebody submitted it, and who was seen with a phone just then.
type PublicID = ID[PublicVersion]

// PublicVersion is what the public may read of a request: words of the staff's own, without
// anything that tells whose it is. What was approved last is shown, until it is withdrawn;
// what is being worked on stands beside it.
type PublicVersion struct {
	RequestID  RequestID           `gorm:"primaryKey" data:"none"`
	PublicID   PublicID            `data:"none"` // random, since the first step and for good
	EstateID   UnitID              `data:"none"` // the request's
	Category   string              `data:"none"` // the request's
	CameAt     time.Time           `data:"none"` // the request's; the public is told the day
	Status     PublicVersionStatus `data:"none"`
	Title      string              `data:"personal"` // as proposed: until it is approved, nobody has looked twice
	Text       string              `data:"personal"`
	Answer     string              `data:"personal"` // what was done; may be empty
	BuildingID UnitID              `data:"none"`     // zero: the building is not named
	Held       bool                `data:"none"`     // the text check did not pass it: a person must look closely

	Shown           bool      `data:"none"`
	ShownTitle      string    `data:"personal"`
	ShownText       string    `data:"personal"`
	ShownAnswer     string    `data:"personal"`
	ShownBuildingID UnitID    `data:"none"`
	PublishedAt     time.Time `data:"none"` // first; until then, when it was proposed. A later approval does not bring it to the top again

	AuthorID   UserID    `data:"none"` // of what is proposed
	ReviewerID UserID    `data:"none"`
	CreatedAt  time.Time `data:"none"`
	UpdatedAt  time.Time `data:"none"`
	Version    int       `data:"none"` // the number of its latest event
}

// PublicVersionStatus says what becomes of the proposed words.
type PublicVersionStatus string

// The statuses of a public version.
const (
	PublicProposed  PublicVersionStatus = "proposed"
	PublicApproved  PublicVersionStatus = "published"
	PublicRejected  PublicVersionStatus = "rejected"
	PublicWithdrawn PublicVersionStatus = "withdrawn"
	PublicBarred    PublicVersionStatus = "barred" // for good
)

// PublicVersionMove is a step of a public version.
type PublicVersionMove string

// The moves. Those that clients make are named like the resource they post to.
const (
	ProposePublic  PublicVersionMove = "proposal"
	ApprovePublic  PublicVersionMove = "approval"
	RejectPublic   PublicVersionMove = "rejection"
	WithdrawPublic PublicVersionMove = "withdrawal"
	ReturnPublic   PublicVersionMove = "return" // in place of an approval: it names who is hidden
	BarPublic      PublicVersionMove = "bar"    // the second time
)

var publicVersionArrows = arrows[PublicVersionStatus, PublicVersionMove]{
	"": {ProposePublic: PublicProposed},
	PublicProposed: {
		ProposePublic: PublicProposed, ApprovePublic: PublicApproved, RejectPublic: PublicRejected, WithdrawPublic: PublicWithdrawn,
		ReturnPublic: PublicRejected, BarPublic: PublicBarred,
	},
	PublicApproved:  {ProposePublic: PublicProposed, WithdrawPublic: PublicWithdrawn},
	PublicRejected:  {ProposePublic: PublicProposed, WithdrawPublic: PublicWithdrawn},
	PublicWithdrawn: {ProposePublic: PublicProposed},
}

// Step takes it along one arrow and gives the event of it. Approval shows what was proposed,
// withdrawal and bar hide whatever is shown. Fault: illegal_transition.
func (v *PublicVersion) Step(move PublicVersionMove, by UserID, reason string, at time.Time) (*PublicVersionEvent, error) {
	next, err := publicVersionArrows.from(v.Status, move, ReturnPublic, BarPublic)
	if err != nil {
		return nil, err
	}
	e := &PublicVersionEvent{
		ID: NewID[PublicVersionEvent](at), RequestID: v.RequestID, Seq: v.Version + 1, Move: move, From: v.Status, To: next,
		ActorID: by, Reason: reason, At: at,
	}
	v.Status, v.UpdatedAt, v.Version = next, at, e.Seq
	if v.PublicID.IsZero() {
		v.PublicID = RandomID[PublicVersion]()
	}
	switch move {
	case ProposePublic:
		v.AuthorID = by
	case ApprovePublic:
		if !v.Shown {
			v.PublishedAt = at
		}
		v.Shown, v.ReviewerID = true, by
		v.ShownTitle, v.ShownText, v.ShownAnswer, v.ShownBuildingID = v.Title, v.Text, v.Answer, v.BuildingID
	case RejectPublic, ReturnPublic:
		v.ReviewerID = by
	case WithdrawPublic:
		v.Shown = false
	case BarPublic:
		v.Shown, v.ReviewerID = false, by
	}
	return e, nil
}

// PublicVersionEvent is one step of a public version. Events are only ever added.
type PublicVersionEvent struct {
	ID        ID[PublicVersionEvent] `data:"none"`
	RequestID RequestID              `data:"none"`
	Seq       int                    `data:"none"`
	Move      PublicVersionMove      `data:"none"`
	From      PublicVersionStatus    `gorm:"column:from_status" data:"none"` // empty at first
	To        PublicVersionStatus    `gorm:"column:to_status" data:"none"`
	ActorID   UserID                 `data:"personal"` // staff, or the submitter who did not want it shown
	Reason    string                 `data:"personal"`
	At        time.Time              `data:"none"`
}

// RequestFollower is somebody who wants to hear how a request goes on that is not theirs.
type RequestFollower struct {
	RequestID RequestID `gorm:"primaryKey" data:"none"`
	UserID    UserID    `gorm:"primaryKey" data:"personal"`
	CreatedAt time.Time `data:"none"`
}

// FollowedRequest is what somebody reads of what they follow.
type FollowedRequest struct {
	PublicID  PublicID
	CreatedAt time.Time // when they began to
}
