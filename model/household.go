package model

import "time"

type (
	// StairwellID names a stairwell.
	StairwellID = ID[Stairwell]
	// HouseholdID names a household.
	HouseholdID = ID[Household]
)

// Stairwell is one entrance of a building (单元) with the flats behind it. The code on its
// notice sheet proves that somebody stood at the door; only a keyed hash of it is kept.
type Stairwell struct {
	ID              StairwellID `data:"none"`
	EstateID        UnitID      `data:"none"`
	BuildingID      UnitID      `data:"none"`
	Name            string      `data:"none"`      // plain (see PlainPlace), as in 2; no two of a building share one
	DoorCodeHash    Digest      `data:"sensitive"` // none until there is a code
	DoorCodeVersion int         `data:"none"`      // how many codes there have been
	DoorCodeKey     int         `data:"none"`      // mark of the field key that the hash is under
	ValidFrom       Date        `data:"none"`
	ValidTo         *Date       `data:"none"` // first day on which it is no more
	Live            *bool       `data:"none"` // see Lasting
	CreatedAt       time.Time   `data:"none"`
}

// Household is one flat (户) as a place, whoever lives there.
type Household struct {
	ID          HouseholdID `data:"none"`
	EstateID    UnitID      `data:"none"`
	BuildingID  UnitID      `data:"none"`
	StairwellID StairwellID `data:"none"`
	Room        string      `data:"personal"` // plain, as in 301; no two of a stairwell share one
	ValidFrom   Date        `data:"none"`
	ValidTo     *Date       `data:"none"` // first day on which it is no more
	Live        *bool       `data:"none"` // see Lasting
	CreatedAt   time.Time   `data:"none"`
}

// Lasting is the mark of a row whose end is not known. It is part of unique keys, and nil
// once the end is known: keys do not compare nil, so a name is free again then.
func Lasting() *bool {
	lasting := true
	return &lasting
}
