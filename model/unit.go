package model

import "time"

// UnitID names a unit of the county.
type UnitID = ID[Unit]

// UnitKind is what sort of unit it is.
type UnitKind string

// The kinds of the places, from the county down. What lies below a building, stairwells
// and households, is too many for units.
const (
	County    UnitKind = "county"
	Town      UnitKind = "town"
	Community UnitKind = "community"
	Estate    UnitKind = "estate"
	Building  UnitKind = "building"
	Grid      UnitKind = "grid"
	Station   UnitKind = "station"
)

// The kinds of the Party's own tree. Estates and branches are different things: 198 former
// organisations and 159 branches stand beside 204 estates.
const (
	Department   UnitKind = "department"   // the county's organisation department
	Committee    UnitKind = "committee"    // of a town
	Organisation UnitKind = "organisation" // of a community
	Branch       UnitKind = "branch"
	Group        UnitKind = "group" // within a branch, bound to a grid
)

// Kinds are all of them: the places from the top down, then the Party's.
var Kinds = []UnitKind{
	County, Town, Community, Estate, Building, Grid, Station,
	Department, Committee, Organisation, Branch, Group,
}

// OfParty says whether it belongs to the Party's tree.
func (k UnitKind) OfParty() bool {
	switch k {
	case Department, Committee, Organisation, Branch, Group:
		return true
	}
	return false
}

// BranchType tells a branch of one estate from one that several small estates share.
type BranchType string

// The branch types; former is an organisation from before the restructuring.
const (
	SingleBranch BranchType = "single"
	JointBranch  BranchType = "joint"
	FormerBranch BranchType = "former"
)

// Unit is a dated part of the county. Units are never deleted: ValidTo ends them.
//
// Two trees meet in it. ParentID is the tree of places, which authority climbs: buildings
// hang below their estate; estates, grids, stations and branches below their community; a
// group below its branch; the Party's other units below the place they are for.
// SuperiorID is the Party's tree: group, branch, organisation, committee, department.
// Who leads or covers what are Covers.
type Unit struct {
	ID         UnitID     `data:"none"`
	ParentID   UnitID     `data:"none"`
	SuperiorID UnitID     `data:"none"` // zero outside the Party's tree
	Kind       UnitKind   `data:"none"`
	Name       string     `data:"none"`
	BranchType BranchType `data:"none"`
	Address    string     `data:"none"`
	Phone      string     `data:"public_duty"`
	Hours      string     `data:"none"`
	ValidFrom  Date       `data:"none"`
	ValidTo    *Date      `data:"none"` // first day on which it is no more
	CreatedAt  time.Time  `data:"none"`
}

// In says whether the unit exists on that day.
func (u Unit) In(day Date) bool {
	return u.ValidFrom <= day && (u.ValidTo == nil || day < *u.ValidTo)
}

// Cover is a dated fact: a branch leads an estate, a grid covers a building, a group
// works in a grid, a station serves a branch; the department, a committee and an
// organisation lead the county, a town and a community.
type Cover struct {
	UnitID    UnitID `gorm:"primaryKey" data:"none"`
	CoveredID UnitID `gorm:"primaryKey" data:"none"`
	ValidFrom Date   `gorm:"primaryKey" data:"none"`
	ValidTo   *Date  `data:"none"`
}

// Residence is where a person lives, and whether that has been verified.
type Residence struct {
	ID         ID[Residence]   `data:"none"`
	UserID     UserID          `data:"none"`
	EstateID   UnitID          `data:"none"`
	BuildingID UnitID          `data:"none"`
	Stairwell  string          `data:"personal"`
	Room       string          `data:"personal"`
	Relation   string          `data:"personal"` // owner, tenant, family
	Status     ResidenceStatus `data:"none"`
	CreatedAt  time.Time       `data:"none"`
}

// ResidenceStatus says how far a residence has been verified.
type ResidenceStatus string

// The statuses of a residence.
const (
	ResidencePending  ResidenceStatus = "pending"
	ResidenceVerified ResidenceStatus = "verified"
	ResidenceRejected ResidenceStatus = "rejected"
)
