package model

import (
	"slices"
	"time"
)

// RequestID names a request.
type RequestID = ID[Request]

// RequestStatus says how far a request has come.
type RequestStatus string

// The statuses of a request. Nothing leads from refused, closed, merged or withdrawn but what
// the moves say: a refusal may be taken back, and what others were merged into be withdrawn.
const (
	RequestSubmitted   RequestStatus = "submitted" // its text waits for a person's eye
	RequestScreened    RequestStatus = "screened"
	RequestAccepted    RequestStatus = "accepted"
	RequestRefused     RequestStatus = "refused"
	RequestDispatched  RequestStatus = "dispatched"
	RequestReturned    RequestStatus = "returned"
	RequestHandling    RequestStatus = "handling"
	RequestPaused      RequestStatus = "paused"
	RequestReplied     RequestStatus = "replied"
	RequestReturnVisit RequestStatus = "return_visit"
	RequestClosed      RequestStatus = "closed"
	RequestReopened    RequestStatus = "reopened"
	RequestMerged      RequestStatus = "merged"
	RequestWithdrawn   RequestStatus = "withdrawn"
)

// Ended says whether nothing can happen to it any more.
func (s RequestStatus) Ended() bool {
	switch s {
	case RequestRefused, RequestClosed, RequestMerged, RequestWithdrawn:
		return true
	}
	return false
}

// RequestOutcome is how a request came to an end, or what its submitter said of a reply.
type RequestOutcome string

// The outcomes. Partly and not_fixed end nothing: they stand in events only.
const (
	OutcomeFixed     RequestOutcome = "fixed"
	OutcomeExplained RequestOutcome = "explained"
	OutcomeSilent    RequestOutcome = "silent"
	OutcomePartly    RequestOutcome = "partly"
	OutcomeNotFixed  RequestOutcome = "not_fixed"
)

// RequestLevel is how high up a request has come.
type RequestLevel string

// The ladder, lowest rung first.
const (
	LevelGrid      RequestLevel = "grid"
	LevelBranch    RequestLevel = "branch"
	LevelCommunity RequestLevel = "community"
	LevelTown      RequestLevel = "town"
	LevelCounty    RequestLevel = "county"
)

var ladder = []RequestLevel{LevelGrid, LevelBranch, LevelCommunity, LevelTown, LevelCounty}

// Up is the next rung; the county has none above it.
func (l RequestLevel) Up() RequestLevel {
	return ladder[min(slices.Index(ladder, l)+1, len(ladder)-1)]
}

// Higher is the higher one of two rungs.
func (l RequestLevel) Higher(other RequestLevel) RequestLevel {
	if slices.Index(ladder, other) > slices.Index(ladder, l) {
		return other
	}
	return l
}

// RequestIdentity says who may see whose request it is.
type RequestIdentity string

// The identities. Staff see who submitted a named request, not who submitted a hidden one.
const (
	IdentityNamed  RequestIdentity = "named"
	IdentityHidden RequestIdentity = "hidden"
	IdentitySealed RequestIdentity = "sealed"
)

// RequestPriority is how staff rank a request they accept.
type RequestPriority string

// The priorities.
const (
	PriorityNormal RequestPriority = "normal"
	PriorityHigh   RequestPriority = "high"
	PriorityUrgent RequestPriority = "urgent"
)

// Request is what a resident asks for through the red mailbox. The units are those that
// were responsible when it was submitted; a later change of the organisation does not
// move it. WaitsFor, DueAt and Open repeat what its clocks and status say, so that an
// inbox can be read from an index.
type Request struct {
	ID          RequestID       `data:"none"`
	Receipt     string          `data:"none"` // for people: printed, spoken, typed
	SubmitterID UserID          `data:"personal"`
	Identity    RequestIdentity `data:"none"`
	Source      RequestSource   `data:"none"`
	Category    string          `data:"none"`
	Text        string          `data:"personal"`
	Location    string          `data:"personal"`
	Answers     RequestAnswers  `data:"personal"` // to the questions of its category
	Position    Position        `data:"personal"` // of the matter, where the submitter marked it on a map
	Screening   string          `data:"none"`     // the text check's advice
	EstateID    UnitID          `data:"none"`
	BuildingID  UnitID          `data:"none"`
	GridID      UnitID          `data:"none"`
	BranchID    UnitID          `data:"none"`
	CommunityID UnitID          `data:"none"`
	TownID      UnitID          `data:"none"`
	TeamID      UnitID          `data:"none"` // whose team it was dispatched to; zero while nobody has it
	AssigneeID  UserID          `data:"none"` // who of them has it; zero for the team as a whole
	MergedInto  RequestID       `gorm:"column:merged_into_id" data:"none"`
	Level       RequestLevel    `data:"none"`
	Status      RequestStatus   `data:"none"`
	Outcome     RequestOutcome  `data:"none"` // once closed
	Priority    RequestPriority `data:"none"`
	WaitsFor    RequestParty    `data:"none"`
	DueAt       time.Time       `data:"none"` // of the clock that runs out first; once ended, when that was
	Open        bool            `data:"none"`
	CreatedAt   time.Time       `data:"none"`
	UpdatedAt   time.Time       `data:"none"`
	Version     int             `data:"none"` // the number of its latest event
}

// Units are the units that have to do with it, lowest first; some may be zero.
func (r Request) Units() []UnitID {
	return []UnitID{r.EstateID, r.GridID, r.BranchID, r.CommunityID, r.TownID}
}

// RequestUrge keeps a resident to one urging a day for a request.
type RequestUrge struct {
	RequestID RequestID `gorm:"primaryKey" data:"none"`
	Day       Date      `gorm:"primaryKey" data:"none"`
}

// DailyUse counts what one person did on one day in Shanghai, for daily limits.
type DailyUse struct {
	UserID UserID `gorm:"primaryKey" data:"none"`
	Kind   string `gorm:"primaryKey" data:"none"` // of what, as in "mailbox.request"
	Day    Date   `gorm:"primaryKey" data:"none"`
	Used   int    `data:"none"`
}
