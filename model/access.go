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

// Grant gives a person a role in a unit and all below it, from a day on and until another.
type Grant struct {
	ID        ID[Grant]  `data:"none"`
	UserID    UserID     `data:"none"`
	Role      Role       `data:"none"`
	UnitID    UnitID     `data:"none"`
	ValidFrom time.Time  `data:"none"`
	ValidTo   *time.Time `data:"none"`
	GrantedBy UserID     `data:"none"`
	CreatedAt time.Time  `data:"none"`
}

// Holds says whether the grant is in force at that time.
func (g Grant) Holds(at time.Time) bool {
	return !at.Before(g.ValidFrom) && (g.ValidTo == nil || at.Before(*g.ValidTo))
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
