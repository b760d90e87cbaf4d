package model

import "time"

// GridLeadID names the time in which somebody leads a grid.
type GridLeadID = ID[GridLead]

// GridLead says who leads a grid (网格牵头人) from a day on and until another. The facts of a
// grid follow one another, and never overlap; Live is part of a unique key, so that of all
// those whose end is not known there is one.
type GridLead struct {
	ID          GridLeadID `data:"none"`
	GridID      UnitID     `data:"none"`
	UserID      UserID     `data:"none"`
	ValidFrom   Date       `data:"none"`
	ValidTo     *Date      `data:"none"` // first day on which they lead no more; ValidFrom where they never did
	Live        *bool      `data:"none"` // see Lasting
	Reason      string     `data:"personal"`
	AppointedBy UserID     `data:"none"`
	EndedBy     UserID     `data:"none"` // zero where it ended with something else
	CreatedAt   time.Time  `data:"none"`
}

// Units is where it belongs.
func (l GridLead) Units() []UnitID { return []UnitID{l.GridID} }
