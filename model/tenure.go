package model

import (
	"slices"
	"time"
)

// TenureID names a tenure.
type TenureID = ID[Tenure]

// TenureStatus says where a tenure is (M1).
type TenureStatus string

// The statuses of a tenure. Rejected ends what never began.
const (
	TenureProposed  TenureStatus = "proposed"
	TenureChecked   TenureStatus = "standards_checked"
	TenureApproved  TenureStatus = "approved"
	TenureInPost    TenureStatus = "in_post"
	TenureSuspended TenureStatus = "suspended"
	TenureEnded     TenureStatus = "ended"
	TenureRejected  TenureStatus = "rejected"
)

// TenureMove is a step of a tenure, named like the resource a client posts to.
type TenureMove string

// The moves of a tenure.
const (
	ProposeTenure TenureMove = "proposal"
	CheckTenure   TenureMove = "judgements" // all three standards are met
	ApproveTenure TenureMove = "approval"
	RejectTenure  TenureMove = "rejection"
	StartTenure   TenureMove = "start"
	SuspendTenure TenureMove = "suspension"
	ResumeTenure  TenureMove = "resumption"
	EndTenure     TenureMove = "end"
)

var tenureArrows = arrows[TenureStatus, TenureMove]{
	"":              {ProposeTenure: TenureProposed},
	TenureProposed:  {CheckTenure: TenureChecked, RejectTenure: TenureRejected},
	TenureChecked:   {ApproveTenure: TenureApproved, RejectTenure: TenureRejected},
	TenureApproved:  {StartTenure: TenureInPost, RejectTenure: TenureRejected},
	TenureInPost:    {SuspendTenure: TenureSuspended, EndTenure: TenureEnded},
	TenureSuspended: {ResumeTenure: TenureInPost, EndTenure: TenureEnded},
}

// SecretarySource is where a secretary was found.
type SecretarySource string

// The sources: retired staff of county organs and state firms, and resident members.
const (
	RetiredCadre   SecretarySource = "retired_cadre"
	ResidentMember SecretarySource = "resident_member"
)

// TenureEnd is why a tenure ended.
type TenureEnd string

// The ends of a tenure.
const (
	EndTerm      TenureEnd = "term"
	EndResigned  TenureEnd = "resigned"
	EndAdjusted  TenureEnd = "adjusted"
	EndDissolved TenureEnd = "dissolved" // the branch is no more
)

// Tenure is one person's time as secretary of a branch, from the proposal on. PostBranchID
// is the branch while the post is taken, and NULL before and after: it is unique, so that
// nobody takes a post that somebody has.
type Tenure struct {
	ID              TenureID        `data:"none"`
	BranchID        UnitID          `data:"none"`
	PostBranchID    UnitID          `data:"none"`
	UserID          UserID          `data:"none"`
	Name            string          `data:"public_duty"` // as published
	Source          SecretarySource `data:"none"`
	FormerUnit      string          `data:"personal"` // where they worked before
	Status          TenureStatus    `data:"none"`
	StartsOn        Date            `data:"none"` // first day in post, as planned
	StartedOn       *Date           `data:"none"`
	EndedOn         *Date           `data:"none"` // first day on which they are no more
	EndReason       TenureEnd       `data:"none"`
	AppointedByUnit UnitID          `data:"none"` // the committee that approved; zero before
	ProposedBy      UserID          `data:"none"`
	ApprovedBy      UserID          `data:"none"`
	GrantID         ID[Grant]       `data:"none"` // what the post gives them; zero while it gives nothing
	CreatedAt       time.Time       `data:"none"`
	UpdatedAt       time.Time       `data:"none"`
	Version         int             `data:"none"` // the number of its latest event
}

// Units is where it belongs.
func (t Tenure) Units() []UnitID { return []UnitID{t.BranchID} }

// Step takes the tenure along one arrow and gives the event of it.
// Fault: illegal_transition.
func (t *Tenure) Step(move TenureMove, by UserID, note string, at time.Time) (*TenureEvent, error) {
	next, err := tenureArrows.from(t.Status, move)
	if err != nil {
		return nil, err
	}
	e := &TenureEvent{
		ID: NewID[TenureEvent](at), TenureID: t.ID, Seq: t.Version + 1, Move: move, From: t.Status, To: next, ActorID: by, Note: note, At: at,
	}
	t.Status, t.UpdatedAt, t.Version = next, at, e.Seq
	t.PostBranchID = UnitID{}
	if next == TenureInPost || next == TenureSuspended {
		t.PostBranchID = t.BranchID
	}
	return e, nil
}

// TenureEvent is one step of a tenure. Events are only ever added.
type TenureEvent struct {
	ID       ID[TenureEvent] `data:"none"`
	TenureID TenureID        `data:"none"`
	Seq      int             `data:"none"`
	Move     TenureMove      `data:"none"`
	From     TenureStatus    `gorm:"column:from_status" data:"none"`
	To       TenureStatus    `gorm:"column:to_status" data:"none"`
	ActorID  UserID          `data:"none"` // zero: time, or a restructuring
	Note     string          `data:"personal"`
	At       time.Time       `data:"none"`
}

// Standard is one of the three that a secretary must meet.
type Standard string

// The standards.
const (
	PoliticallySound Standard = "politically_sound"
	Recognised       Standard = "recognised" // by the residents
	Capable          Standard = "capable"
)

// Standards are all three.
var Standards = []Standard{PoliticallySound, Recognised, Capable}

// TenureJudgement is what somebody judged of one standard. Of several the last one counts.
type TenureJudgement struct {
	ID       ID[TenureJudgement] `data:"none"`
	TenureID TenureID            `data:"none"`
	Seq      int                 `data:"none"`
	Standard Standard            `data:"none"`
	Met      bool                `data:"personal"`
	Note     string              `data:"personal"`
	JudgedBy UserID              `data:"none"`
	At       time.Time           `data:"none"`
}

// AllMet says whether the last judgement of each standard is that it is met.
func AllMet(judgements []TenureJudgement) bool {
	met := map[Standard]bool{}
	for _, j := range judgements {
		met[j.Standard] = j.Met
	}
	return !slices.ContainsFunc(Standards, func(s Standard) bool { return !met[s] })
}
