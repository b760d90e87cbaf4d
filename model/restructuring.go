package model

import (
	"encoding/json"
	"time"

	"jinlin/model/fault"
)

// RestructuringID names a restructuring.
type RestructuringID = ID[Restructuring]

// RestructuringStatus says how far a restructuring has come.
type RestructuringStatus string

// The statuses of a restructuring. Nothing leads from effective or withdrawn.
const (
	RestructuringDraft     RestructuringStatus = "draft"
	RestructuringSubmitted RestructuringStatus = "submitted"
	RestructuringApproved  RestructuringStatus = "approved"
	RestructuringEffective RestructuringStatus = "effective"
	RestructuringWithdrawn RestructuringStatus = "withdrawn"
)

// RestructuringMove is a step of a restructuring. Those that clients make are named like the
// resource they post to.
type RestructuringMove string

// The moves of a restructuring. Obstruction leaves it approved: its day had come and
// something was in the way.
const (
	DraftRestructuring    RestructuringMove = "draft"
	EditRestructuring     RestructuringMove = "edit"
	SubmitRestructuring   RestructuringMove = "submission"
	ApproveRestructuring  RestructuringMove = "approval"
	RejectRestructuring   RestructuringMove = "rejection"
	WithdrawRestructuring RestructuringMove = "withdrawal"
	EffectRestructuring   RestructuringMove = "effect"
	ObstructRestructuring RestructuringMove = "obstruction"
)

var restructuringArrows = arrows[RestructuringStatus, RestructuringMove]{
	"": {DraftRestructuring: RestructuringDraft},
	RestructuringDraft: {
		EditRestructuring: RestructuringDraft, SubmitRestructuring: RestructuringSubmitted, WithdrawRestructuring: RestructuringWithdrawn,
	},
	RestructuringSubmitted: {
		ApproveRestructuring: RestructuringApproved, RejectRestructuring: RestructuringDraft, WithdrawRestructuring: RestructuringWithdrawn,
	},
	RestructuringApproved: {
		EffectRestructuring: RestructuringEffective, ObstructRestructuring: RestructuringApproved, WithdrawRestructuring: RestructuringWithdrawn,
	},
}

// Restructuring is a batch that founds, changes and dissolves branches on one day.
type Restructuring struct {
	ID          RestructuringID     `data:"none"`
	UnitID      UnitID              `data:"none"` // the county, town or community in which all of it lies
	Title       string              `data:"none"`
	EffectiveOn Date                `data:"none"` // first day of the new order, as planned
	Status      RestructuringStatus `data:"none"`
	Plan        string              `data:"none"` // JSON of RestructuringPlan
	Outcome     string              `data:"none"` // JSON of RestructuringDiff once effective, "" before
	EffectedOn  *Date               `data:"none"`
	TriedOn     *Date               `data:"none"` // last day on which something was in the way
	DraftedBy   UserID              `data:"none"`
	ReviewedBy  UserID              `data:"none"`
	CreatedAt   time.Time           `data:"none"`
	UpdatedAt   time.Time           `data:"none"`
	Version     int                 `data:"none"` // the number of its latest event
}

// Units is where it belongs.
func (r Restructuring) Units() []UnitID { return []UnitID{r.UnitID} }

// SetPlan writes the plan down.
func (r *Restructuring) SetPlan(p RestructuringPlan) { r.Plan = jsonText(p) }

// Planned is the plan.
func (r Restructuring) Planned() (p RestructuringPlan) {
	_ = json.Unmarshal([]byte(r.Plan), &p) // written by SetPlan
	return p
}

// SetOutcome writes down what took effect.
func (r *Restructuring) SetOutcome(d RestructuringDiff) { r.Outcome = jsonText(d) }

// Effected is what took effect; nothing before.
func (r Restructuring) Effected() (d RestructuringDiff) {
	_ = json.Unmarshal([]byte(r.Outcome), &d) // written by SetOutcome
	return d
}

// Step takes the restructuring along one arrow and gives the event of it.
// Fault: illegal_transition.
func (r *Restructuring) Step(move RestructuringMove, by UserID, note string, at time.Time) (*RestructuringEvent, error) {
	next, err := restructuringArrows.from(r.Status, move)
	if err != nil {
		return nil, err
	}
	e := &RestructuringEvent{
		ID: NewID[RestructuringEvent](at), RestructuringID: r.ID, Seq: r.Version + 1, Move: move, From: r.Status, To: next, ActorID: by, Note: note, At: at,
	}
	r.Status, r.UpdatedAt, r.Version = next, at, e.Seq
	return e, nil
}

// RestructuringEvent is one step of a restructuring. Events are only ever added.
type RestructuringEvent struct {
	ID              ID[RestructuringEvent] `data:"none"`
	RestructuringID RestructuringID        `data:"none"`
	Seq             int                    `data:"none"`
	Move            RestructuringMove      `data:"none"`
	From            RestructuringStatus    `gorm:"column:from_status" data:"none"`
	To              RestructuringStatus    `gorm:"column:to_status" data:"none"`
	ActorID         UserID                 `data:"none"` // zero: time
	Note            string                 `data:"none"`
	At              time.Time              `data:"none"`
}

// RestructuringPlan says how things shall be afterwards.
type RestructuringPlan struct {
	Branches  []PlannedBranch `json:"branches"`
	Dissolved []Dissolution   `json:"dissolved"`
	HandOver  []string        `json:"handOver"` // the kinds of open work that go to the successors
}

// PlannedBranch is a branch as it shall be. Of one that exists, what is left out stays.
type PlannedBranch struct {
	ID      UnitID     `json:"id"`
	New     bool       `json:"new,omitempty"`
	Name    string     `json:"name,omitempty"`
	Type    BranchType `json:"type,omitempty"`
	Estates []UnitID   `json:"estates,omitempty"` // all that it leads
	GridID  UnitID     `json:"gridId,omitzero"`   // to which a joint branch is bound; all buildings of its estates come into it
	Address string     `json:"address,omitempty"`
	Phone   string     `json:"phone,omitempty"`
}

// Dissolution ends a branch. What of its work belongs to no estate goes to the successor.
type Dissolution struct {
	BranchID    UnitID `json:"branchId"`
	SuccessorID UnitID `json:"successorId"`
}

// RestructuringDiff is what a restructuring changes, with the names of that day.
type RestructuringDiff struct {
	Created   []BranchDiff `json:"created"`
	Changed   []BranchDiff `json:"changed"`
	Dissolved []BranchDiff `json:"dissolved"`
	Moved     []EstateMove `json:"moved"`
	Groups    []GroupMove  `json:"groups"`
	Before    BranchTally  `json:"before"`
	After     BranchTally  `json:"after"`
}

// NamedUnit is a unit with its name.
type NamedUnit struct {
	ID   UnitID `json:"id"`
	Name string `json:"name"`
}

// Named is the unit's id and name.
func (u Unit) Named() NamedUnit { return NamedUnit{ID: u.ID, Name: u.Name} }

// BranchDiff is a branch that was founded, changed or dissolved.
type BranchDiff struct {
	NamedUnit
	Type         BranchType  `json:"type"`
	NameBefore   string      `json:"nameBefore,omitempty"` // of a changed one
	TypeBefore   BranchType  `json:"typeBefore,omitempty"`
	Estates      []NamedUnit `json:"estates"`      // that it leads afterwards; of a dissolved one, that it led
	Predecessors []NamedUnit `json:"predecessors"` // dissolved ones whose estates or work it takes over
	Successors   []NamedUnit `json:"successors"`   // of a dissolved one, the main one first
}

// EstateMove is an estate that another branch leads afterwards.
type EstateMove struct {
	Estate NamedUnit  `json:"estate"`
	From   *NamedUnit `json:"from"` // nil: it had none
	To     *NamedUnit `json:"to"`   // nil: it will have none
}

// GroupMove is a Party group that goes to another branch with its grid, or ends.
type GroupMove struct {
	Group NamedUnit  `json:"group"`
	To    *NamedUnit `json:"to"` // nil: it ends
}

// BranchTally counts branches.
type BranchTally struct {
	Branches int `json:"branches"`
	Single   int `json:"single"`
	Joint    int `json:"joint"`
	Former   int `json:"former"`
}

// Count adds a branch.
func (t *BranchTally) Count(b Unit) {
	t.Branches++
	switch b.BranchType {
	case SingleBranch:
		t.Single++
	case JointBranch:
		t.Joint++
	case FormerBranch:
		t.Former++
	}
}

// Lineage says that a branch took over from one that was dissolved. Of the successors of
// one, one is the main one: with these alone each predecessor counts once.
type Lineage struct {
	PredecessorID   UnitID          `gorm:"primaryKey" data:"none"`
	SuccessorID     UnitID          `gorm:"primaryKey" data:"none"`
	RestructuringID RestructuringID `data:"none"`
	ValidFrom       Date            `data:"none"` // first day of the successor in its place
	Main            bool            `data:"none"`
}

// Work is a kind of open work that stands with branches: it is not ended by their end and
// must be handed over.
type Work struct {
	Kind string     // a slug, as in "mailbox"
	Name fault.Text // as in "open requests"
}

// HandOver is open work of one branch on its way to others.
type HandOver struct {
	From   UnitID
	To     UnitID            // gets what belongs to no estate
	ByHome map[UnitID]UnitID // who leads the estates of From afterwards
	By     Actor             // nobody: time
	Note   string
}

// Heir is who gets what belongs to an estate.
func (h HandOver) Heir(estate UnitID) UnitID {
	if heir := h.ByHome[estate]; !heir.IsZero() {
		return heir
	}
	return h.To
}
