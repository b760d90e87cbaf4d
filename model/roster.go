package model

import "time"

type (
	// RosterEntryID names a line of a roster.
	RosterEntryID = ID[RosterEntry]
	// RosterBatchID names one run of an import.
	RosterBatchID = ID[RosterBatch]
)

// RosterBatch is what the id of an import's run names.
type RosterBatch struct{}

// RosterKind is which roster an entry is on.
type RosterKind string

// The rosters.
const (
	ResidentRoster RosterKind = "resident"     // who lives where
	PartyRoster    RosterKind = "party_member" // who belongs to which branch
)

// RosterEntry is a line of a roster, for as long as it held: a line that changes ends,
// and another begins. Of the lines under one natural key at most one is in force.
type RosterEntry struct {
	ID          RosterEntryID `data:"none"`
	Kind        RosterKind    `data:"none"`
	BranchID    UnitID        `data:"none"` // of Party members; zero on the roster of residents
	EstateID    UnitID        `data:"none"` // zero where the roster does not say
	BuildingID  UnitID        `data:"none"` // the same
	Stairwell   string        `data:"personal"`
	Room        string        `data:"personal"`
	NameSealed  []byte        `data:"personal"`
	PhoneSealed []byte        `data:"personal"`
	PhoneHash   []byte        `data:"personal"` // NULL where the roster gives no mobile number
	Relation    string        `data:"personal"`
	Member      []byte        `data:"sensitive"` // sealed; what only the roster of Party members says
	LiveKey     []byte        `data:"personal"`  // keyed hash of the natural key; NULL once the line has ended
	Content     []byte        `data:"personal"`  // keyed hash of all the rest, to see a change without opening it
	BatchID     RosterBatchID `data:"none"`      // the run that wrote it
	SeenBatchID RosterBatchID `data:"none"`      // the last run that had it
	ValidFrom   Date          `data:"none"`
	ValidTo     *Date         `data:"none"` // first day on which it is no more
	CreatedAt   time.Time     `data:"none"`
}
