package model

import "time"

// Absentee is somebody for whom others entered a request: who wrote it on paper, has no phone,
// or said it in a group. Their id stands as the request's submitter until the person takes it
// over with an account. What names them is sealed, and emptied then, or some time after the
// request has ended.
type Absentee struct {
	ID          UserID        `data:"none"`
	RequestID   RequestID     `data:"none"`
	Source      RequestSource `data:"none"`
	NameSealed  []byte        `data:"personal"`
	PhoneSealed []byte        `data:"personal"`
	PhoneHash   Digest        `data:"personal"`
	CodeHash    []byte        `data:"none"` // of the code on the receipt
	ConsentHow  ConsentHow    `data:"none"` // "" where they wrote it themselves, or nobody has asked
	ConsentAt   *time.Time    `data:"none"`
	HeardIn     string        `data:"none"` // the group's name, where it was said in one
	EnteredBy   UserID        `data:"none"`
	ClaimedBy   UserID        `data:"none"`
	ClaimedAt   *time.Time    `data:"none"`
	EmptiedAt   *time.Time    `data:"none"`
	CreatedAt   time.Time     `data:"none"`
}

// Unverified says whether nobody has confirmed yet that they said it.
func (a Absentee) Unverified() bool { return a.Source == SourceGroup && a.ClaimedAt == nil }

// ConsentHow says in what way somebody agreed that staff enter a request for them.
type ConsentHow string

// The ways.
const (
	ConsentInPerson ConsentHow = "in_person"
	ConsentByPhone  ConsentHow = "by_phone"
	ConsentWritten  ConsentHow = "written"
)
