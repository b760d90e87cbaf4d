package model

import "time"

// TeamMemberID names somebody's place in a service team.
type TeamMemberID = ID[TeamMember]

// TeamRole is what somebody does in a service team beside its secretary.
type TeamRole string

// The roles in a team. The county may have more kinds of helpers than the article names.
const (
	LeadWorker      TeamRole = "lead_worker" // the one worker who leads, where a branch has several
	PartyMember     TeamRole = "party_member"
	Volunteer       TeamRole = "volunteer"
	BuildingHead    TeamRole = "building_head"
	PropertyFirm    TeamRole = "property"
	OwnersCommittee TeamRole = "owners_committee"
	Police          TeamRole = "police"
	Lawyer          TeamRole = "lawyer"
	Doctor          TeamRole = "doctor"
	OtherHelper     TeamRole = "other"
)

// TeamRoles are all of them.
var TeamRoles = []TeamRole{
	LeadWorker, PartyMember, Volunteer, BuildingHead, PropertyFirm, OwnersCommittee, Police, Lawyer, Doctor, OtherHelper,
}

// TeamMember is one of the N in a "1+1+N" team (服务团队): of a branch, or of one of its
// estates or buildings only. Leads is part of a unique key: a unit has one lead worker.
type TeamMember struct {
	ID          TeamMemberID `data:"none"`
	UnitID      UnitID       `data:"none"`
	Role        TeamRole     `data:"none"`
	UserID      UserID       `data:"none"`        // zero for whoever has no account
	Name        string       `data:"public_duty"` // as published
	PhoneSealed []byte       `data:"personal"`    // empty for whoever gave none
	Task        string       `data:"none"`        // what they look after, as in 1–3号楼
	ValidFrom   Date         `data:"none"`
	ValidTo     *Date        `data:"none"` // first day on which they are no more
	Live        *bool        `data:"none"` // see Lasting
	Leads       *bool        `data:"none"` // Lasting for the lead worker, and nil for everybody else
	AddedBy     UserID       `data:"none"`
	EndedBy     UserID       `data:"none"`
	CreatedAt   time.Time    `data:"none"`
	Version     int          `data:"none"` // how often it was changed by hand
}

// Units is where it belongs.
func (m TeamMember) Units() []UnitID { return []UnitID{m.UnitID} }
