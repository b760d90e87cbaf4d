package model

import "time"

// Role is what a person is in a unit.
type Role string

// The roles. Every signed-in person is a resident without needing a grant.
const (
	CountyClerk       Role = "county_clerk"       // organisation department
	DepartmentOfficer Role = "department_officer" // of a county department or a paired unit
	TownCommittee     Role = "town_committee"     // town Party committee
	PartTimeMember    Role = "part_time_member"   // 兼职委员, of a community's committee
	CommunityWorker   Role = "community_worker"   // 社区工作者
	GridWorker        Role = "grid_worker"        // 网格员
	Secretary         Role = "secretary"          // 支部书记
	GroupLeader       Role = "group_leader"       // 党小组长
	BranchMember      Role = "branch_member"      // 党员, of a branch
	ShopKeeper        Role = "shop_keeper"        // love-points till
	Auditor           Role = "auditor"            // reads, never writes
)

// Roles are all of them.
var Roles = []Role{
	CountyClerk, DepartmentOfficer, TownCommittee, PartTimeMember, CommunityWorker, GridWorker,
	Secretary, GroupLeader, BranchMember, ShopKeeper, Auditor,
}

// GrantID names a grant.
type GrantID = ID[Grant]

// Grant gives a person a role in a unit and all below it, from a moment on and until another.
// One that waits for a second person's word gives nothing.
type Grant struct {
	ID          GrantID    `data:"none"`
	UserID      UserID     `data:"none"`
	Role        Role       `data:"none"`
	UnitID      UnitID     `data:"none"`
	Pending     bool       `data:"none"` // waits to be confirmed
	ValidFrom   time.Time  `data:"none"`
	ValidTo     *time.Time `data:"none"`
	GrantedBy   UserID     `data:"none"`
	ConfirmedBy UserID     `data:"none"` // zero where one person's word is enough
	EndedBy     UserID     `data:"none"` // zero where it ended by itself, or with something else
	Reason      string     `data:"personal"`
	CreatedAt   time.Time  `data:"none"`
	Live        *bool      `data:"none"` // see Lasting; but it stays until the end that is known has come
	Version     int        `data:"none"` // how often it was written to since it was made
}

// Units is where it belongs.
func (g Grant) Units() []UnitID { return []UnitID{g.UnitID} }

// Holds says whether the grant is in force at that time.
func (g Grant) Holds(at time.Time) bool {
	return g.StatusAt(at) == GrantInForce
}

// OfWorker says whether whoever has it works in grids, and so can lead one.
func (g Grant) OfWorker() bool { return g.Role == GridWorker || g.Role == CommunityWorker }

// GrantStatus says where a grant is.
type GrantStatus string

// The statuses of a grant. Time alone begins one that is planned.
const (
	GrantPending GrantStatus = "pending" // until a second person has confirmed it
	GrantPlanned GrantStatus = "planned"
	GrantInForce GrantStatus = "in_force"
	GrantEnded   GrantStatus = "ended"
)

// StatusAt is where the grant is at that time.
func (g Grant) StatusAt(at time.Time) GrantStatus {
	switch {
	case g.ValidTo != nil && !at.Before(*g.ValidTo):
		return GrantEnded
	case g.Pending:
		return GrantPending
	case at.Before(g.ValidFrom):
		return GrantPlanned
	}
	return GrantInForce
}

// GrantMove is a step of a grant.
type GrantMove string

// The moves of a grant that people make.
const (
	ConfirmGrant GrantMove = "confirmation"
	EndGrant     GrantMove = "end"
	MoveGrant    GrantMove = "move" // into another role, which begins as this one ends
)

var grantArrows = arrows[GrantStatus, GrantMove]{
	GrantPending: {ConfirmGrant: GrantInForce, EndGrant: GrantEnded},
	GrantPlanned: {EndGrant: GrantEnded},
	GrantInForce: {EndGrant: GrantEnded, MoveGrant: GrantEnded},
}

// May says whether somebody can make a move at that time. Fault: illegal_transition.
func (g Grant) May(move GrantMove, at time.Time) error {
	_, err := grantArrows.from(g.StatusAt(at), move)
	return err
}

// Departure is the end of a role, as those see it who keep work that stands with a person.
type Departure struct {
	Grant Grant   // that ends
	Kept  []Grant // the person's others, in force at that moment
}

// Leaves says whether something is left behind: the role that ends reaches it, and no other
// that the person keeps does.
func (d Departure) Leaves(reaches func(Grant) (bool, error)) (bool, error) {
	reached, err := reaches(d.Grant)
	if err != nil || !reached {
		return false, err
	}
	for _, g := range d.Kept {
		if kept, err := reaches(g); err != nil || kept {
			return false, err
		}
	}
	return true, nil
}

// AuditEntry records one staff write, or one look at masked data, in the same
// transaction as what it records. Entries are only ever added.
type AuditEntry struct {
	ID         ID[AuditEntry] `data:"none"`
	ActorID    UserID         `data:"none"`
	Action     string         `data:"none"`
	ObjectKind string         `data:"none"`
	ObjectID   []byte         `data:"none"`
	UnitID     UnitID         `data:"none"`
	Detail     string         `data:"none"` // what changed, in words without personal data
	RequestID  string         `data:"none"`
	At         time.Time      `data:"none"`
}
