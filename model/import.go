package model

import (
	"time"

	"jinlin/model/fault"
)

// ImportID names an import.
type ImportID = ID[Import]

// ImportKind is what the lines of an import are.
type ImportKind string

// The kinds of imports.
const (
	ImportUnits      ImportKind = "units"      // towns, communities, estates, branches, groups, grids, stations
	ImportHouseholds ImportKind = "households" // flats, with their buildings and stairwells
	ImportRoster     ImportKind = "roster"     // who lives where
	ImportMembers    ImportKind = "members"    // the Party's members, with their branch and where they live
	ImportStaff      ImportKind = "staff"      // who has which role where
)

// ImportKinds are all of them.
var ImportKinds = []ImportKind{ImportUnits, ImportHouseholds, ImportRoster, ImportMembers, ImportStaff}

// ImportStatus says how far an import is.
type ImportStatus string

// The statuses of an import.
const (
	ImportReceiving ImportStatus = "receiving" // its lines are being written down; nobody sees it yet
	ImportChecking  ImportStatus = "checking"
	ImportChecked   ImportStatus = "checked" // a dry run's end; can be applied
	ImportApplying  ImportStatus = "applying"
	ImportApplied   ImportStatus = "applied"
	ImportStopped   ImportStatus = "stopped" // whoever applied it may no longer; what was done stays
	ImportExpired   ImportStatus = "expired" // its lines were forgotten before anybody applied them
)

// Import is a file of lines, checked against what there is and then applied or forgotten.
type Import struct {
	ID            ImportID     `data:"none"`
	Kind          ImportKind   `data:"none"`
	UnitID        UnitID       `data:"none"` // the unit within which all lines must lie
	ActorID       UserID       `data:"none"` // who answers for it: sent it, or applied it
	Status        ImportStatus `data:"none"`
	Digest        []byte       `data:"none"` // SHA-256 of the file
	ApplyUnasked  bool         `data:"none"` // to be applied once checked, if nothing is wrong with it
	SkipInvalid   bool         `data:"none"` // apply although some lines are wrong
	EndMissing    bool         `data:"none"` // end what the file does not have
	Chunks        int          `data:"none"`
	AppliedChunks int          `data:"none"`
	LineCount     int          `data:"none"` // lines of the file, wrong ones too
	Invalid       int          `data:"none"`
	Added         int          `data:"none"` // foreseen by the check; done, once it is applied
	Changed       int          `data:"none"`
	Unchanged     int          `data:"none"`
	Missing       int          `data:"none"` // in force, in a place that the file is about, and not in the file
	Ended         int          `data:"none"`
	Report        []byte       `data:"personal"` // sealed: what is wrong with which line, and a masked preview
	CreatedAt     time.Time    `data:"none"`
	AppliedAt     *time.Time   `data:"none"`
	ExpiresAt     time.Time    `data:"none"` // when lines and report are forgotten
}

// MayApply lets an import pass that can be applied now. Fault: illegal_transition.
func (i Import) MayApply() error {
	if i.Status == ImportChecked || i.Status == ImportStopped {
		return nil
	}
	return fault.IllegalMove(string(i.Status), []string{})
}

// Working says whether a job is at it.
func (i Import) Working() bool { return i.Status == ImportChecking || i.Status == ImportApplying }

// ImportChunk is a part of an import's lines, as they were in the file.
type ImportChunk struct {
	ImportID ImportID `gorm:"primaryKey" data:"none"`
	Number   int      `gorm:"primaryKey" data:"none"` // from 0
	Content  []byte   `data:"personal"`               // sealed
}

// UnitName holds a name for the unit that an import made under it, so that two imports at
// once do not make it twice.
type UnitName struct {
	ParentID UnitID   `gorm:"primaryKey" data:"none"`
	Kind     UnitKind `gorm:"primaryKey" data:"none"`
	Name     string   `gorm:"primaryKey" data:"none"`
	UnitID   UnitID   `data:"none"`
}
