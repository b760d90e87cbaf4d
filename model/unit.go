package model

import "time"

// UnitID names a unit of the county.
type UnitID = ID[Unit]

// UnitKind is what sort of unit it is.
type UnitKind string

// The kinds of units, from the county down. Estates and branches are different
// things: 198 former organisations and 159 branches stand beside 204 estates.
const (
	County    UnitKind = "county"
	Town      UnitKind = "town"
	Community UnitKind = "community"
	Grid      UnitKind = "grid"
	Branch    UnitKind = "branch"
	Estate    UnitKind = "estate"
	Building  UnitKind = "building"
	Station   UnitKind = "station"
)

// BranchType tells a branch of one estate from one that several small estates share.
type BranchType string

// The branch types; former is an organisation from before the restructuring.
const (
	SingleBranch BranchType = "single"
	JointBranch  BranchType = "joint"
	FormerBranch BranchType = "former"
)

// Unit is a dated part of the county. Units are never deleted: ValidTo ends them.
// Branches, estates, grids and stations hang below their community; buildings below
// their estate. Which estates a branch leads, and which buildings a grid covers,
// are Covers.
type Unit struct {
	ID         UnitID     `data:"none"`
	ParentID   UnitID     `data:"none"`
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

// Cover is a dated fact: a branch leads an estate, a grid covers a building, a
// station serves a branch.
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
