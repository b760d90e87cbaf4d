package model

import (
	"slices"
	"strings"
	"time"
)

// ReferralID names a referral.
type ReferralID = ID[Referral]

// Referral is a request that staff put before a department of the county, once its resident
// agreed. The department sees what the resident passed on, and no more. The request stays with
// its branch, and its clocks go on. What staff asked stands in the request's event Seq.
type Referral struct {
	ID           ReferralID     `data:"none"`
	RequestID    RequestID      `data:"none"`
	DepartmentID UnitID         `data:"none"`
	Status       ReferralStatus `data:"none"`
	Passes       Passes         `data:"none"`
	ConsentHow   ConsentHow     `data:"none"` // "" while nobody has agreed
	ConsentAt    *time.Time     `data:"none"`
	Answer       string         `data:"personal"` // the department's, or why it gave it back; for staff
	AnswerSeq    int            `data:"none"`     // of the event that came with it; 0 while there is none
	AskedBy      UserID         `data:"none"`
	OfficerID    UserID         `data:"none"` // who answered or gave it back
	Live         *bool          `data:"none"` // see Lasting: a request has one at a time
	Seq          int            `data:"none"`
	CreatedAt    time.Time      `data:"none"`
	UpdatedAt    time.Time      `data:"none"`
	Version      int            `data:"none"`
}

// Units is where it belongs: the department that it was referred to.
func (r Referral) Units() []UnitID { return []UnitID{r.DepartmentID} }

// ReferralStatus says how far a referral has come.
type ReferralStatus string

// The statuses. Nobody of the department sees one before it is agreed.
const (
	ReferralAsked    ReferralStatus = "asked"
	ReferralAgreed   ReferralStatus = "agreed"
	ReferralDeclined ReferralStatus = "declined"
	ReferralAnswered ReferralStatus = "answered"
	ReferralReturned ReferralStatus = "returned"
	ReferralEnded    ReferralStatus = "ended" // taken back, or over with the request
)

var referralArrows = arrows[ReferralStatus, RequestMove]{
	ReferralAsked: {
		MoveReferralAgreed: ReferralAgreed, MoveReferralNo: ReferralDeclined, MoveReferralBack: ReferralEnded, MoveReferralRedo: ReferralEnded,
	},
	ReferralAgreed: {
		MoveReferralAnswer: ReferralAnswered, MoveReferralReturn: ReferralReturned, MoveReferralNo: ReferralDeclined, MoveReferralBack: ReferralEnded,
	},
	ReferralAnswered: {MoveReferralRedo: ReferralAgreed},
	ReferralReturned: {MoveReferralRedo: ReferralAgreed},
}

// Step takes it along one arrow. Fault: illegal_transition.
func (r *Referral) Step(move RequestMove, at time.Time) error {
	next, err := referralArrows.from(r.Status, move, MoveReferralRedo)
	if err != nil {
		return err
	}
	r.Status, r.UpdatedAt, r.Version = next, at, r.Version+1
	r.Live = nil
	if next == ReferralAgreed {
		r.Live = Lasting()
	}
	return nil
}

// Open says whether the department may read and answer it.
func (r Referral) Open() bool { return r.Status == ReferralAgreed }

// ConsentByTap is a resident's own word in the mini-program.
const ConsentByTap ConsentHow = "in_app"

// Passed is one thing that a resident may pass on to a department.
type Passed string

// What may be passed on. The name only where the request gives it to staff.
const (
	PassText     Passed = "text"
	PassLocation Passed = "location"
	PassAnswers  Passed = "answers"
	PassPhotos   Passed = "photos"
	PassName     Passed = "name"
)

// Passes are such things as they are kept: with commas between them.
type Passes string

// PassesOf is what is kept of some, each once.
func PassesOf(list []Passed) Passes {
	var texts []string
	for _, p := range []Passed{PassText, PassLocation, PassAnswers, PassPhotos, PassName} {
		if slices.Contains(list, p) {
			texts = append(texts, string(p))
		}
	}
	return Passes(strings.Join(texts, ","))
}

// Has says whether something was passed on.
func (p Passes) Has(what Passed) bool { return slices.Contains(p.List(), what) }

// List reads them.
func (p Passes) List() (list []Passed) {
	for part := range strings.SplitSeq(string(p), ",") {
		if part != "" {
			list = append(list, Passed(part))
		}
	}
	return list
}
