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
	Department   UnitKind = "department"   // of the county; the organisation department leads it
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

// parents are the kinds below which units of a kind hang in the tree of places.
var parents = map[UnitKind]UnitKind{
	Town: County, Community: Town, Estate: Community, Building: Estate, Grid: Community, Station: Community,
	Department: County, Committee: Town, Organisation: Community, Branch: Community, Group: Branch,
}

// superiors are the kinds below which units of a kind hang in the Party's tree.
var superiors = map[UnitKind]UnitKind{Committee: Department, Organisation: Committee, Branch: Organisation, Group: Branch}

// Parent is the kind below which units of this kind hang; the county hangs below nothing.
func (k UnitKind) Parent() UnitKind { return parents[k] }

// Superior is the kind below which units of this kind hang in the Party's tree; "" where
// they are at its top or outside it.
func (k UnitKind) Superior() UnitKind { return superiors[k] }

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
	HandoverOn *Date      `data:"none"` // of an estate: when its flats were handed over
	ValidFrom  Date       `data:"none"`
	ValidTo    *Date      `data:"none"` // first day on which it is no more
	CreatedAt  time.Time  `data:"none"`
	Changes    int        `data:"none"` // how often it was changed, planned changes too
}

// In says whether the unit exists on that day.
func (u Unit) In(day Date) bool {
	return u.ValidFrom <= day && (u.ValidTo == nil || day < *u.ValidTo)
}

// Cover is a dated fact: a branch leads an estate, a grid covers a building, a group
// works in a grid, a joint branch is bound to a grid, a station serves a branch; the
// department, a committee and an organisation lead the county, a town and a community.
//
// SoleBy and SoleOf are part of unique keys and nil where there may be several, or once the
// cover's end is known: no estate is led by two branches, no group works in two grids.
type Cover struct {
	UnitID    UnitID    `gorm:"primaryKey" data:"none"`
	CoveredID UnitID    `gorm:"primaryKey" data:"none"`
	ValidFrom Date      `gorm:"primaryKey" data:"none"`
	ValidTo   *Date     `data:"none"`
	SoleBy    *UnitKind `data:"none"` // the covering unit's kind: no other of it may cover this
	SoleOf    *UnitKind `data:"none"` // the covered unit's kind: it may cover no other of it
}

// coverRules say which kinds cover which, and whether each may do so once only.
var coverRules = map[[2]UnitKind]struct{ by, of bool }{
	{Department, County}:      {true, true},
	{Committee, Town}:         {true, true},
	{Organisation, Community}: {true, true},
	{Branch, Estate}:          {by: true}, // and of, for a single branch
	{Branch, Grid}:            {true, true},
	{Group, Grid}:             {true, true},
	{Grid, Building}:          {by: true},
	{Station, Branch}:         {},
}

// Covers says whether units of this kind lead, cover or serve units of the other.
func (k UnitKind) Covers(covered UnitKind) bool {
	_, may := coverRules[[2]UnitKind{k, covered}]
	return may
}

// NewCover lets one unit lead, cover or serve another from a day on, as its kind may.
func NewCover(unit, covered Unit, from Date) *Cover {
	c := &Cover{UnitID: unit.ID, CoveredID: covered.ID, ValidFrom: from}
	rule := coverRules[[2]UnitKind{unit.Kind, covered.Kind}]
	if rule.by {
		c.SoleBy = &unit.Kind
	}
	if rule.of || unit.BranchType == SingleBranch && covered.Kind == Estate {
		c.SoleOf = &covered.Kind
	}
	return c
}

// Ended is the cover with its end.
func (c Cover) Ended(on Date) *Cover {
	c.ValidTo, c.SoleBy, c.SoleOf = &on, nil, nil
	return &c
}
