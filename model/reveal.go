package model

import "time"

// RevealID names a reveal.
type RevealID = ID[Reveal]

// RevealKind says on what list a masked number stood.
type RevealKind string

// The kinds.
const (
	RevealResidence RevealKind = "residence"
	RevealSignUp    RevealKind = "sign_up"
	RevealEntered   RevealKind = "entered" // for whom others entered a request
)

// Reveal is one look of staff at something masked. It is never changed, and whom it was
// about finds it in their export.
type Reveal struct {
	ID        RevealID   `data:"none"`
	SubjectID UserID     `data:"none"` // whose number it is
	ActorID   UserID     `data:"none"` // who looked
	Role      Role       `data:"none"` // by which they could
	UnitID    UnitID     `data:"none"` // where that is
	Kind      RevealKind `data:"none"`
	ObjectID  ID[any]    `data:"none"`
	Reason    string     `data:"personal"`
	At        time.Time  `data:"none"`
}
