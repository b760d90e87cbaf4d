package model

import "time"

// ResidenceID names a residence.
type ResidenceID = ID[Residence]

// Residence says that a person lives somewhere, for as long as that held.
type Residence struct {
	ID          ResidenceID     `data:"none"`
	UserID      UserID          `data:"none"`
	EstateID    UnitID          `data:"none"`
	BuildingID  UnitID          `data:"none"`
	HouseholdID HouseholdID     `data:"personal"` // zero where no household is known behind that door
	Stairwell   string          `data:"personal"` // plain, see PlainPlace
	Room        string          `data:"personal"` // the same
	Relation    string          `data:"personal"` // owner, tenant, family
	Status      ResidenceStatus `data:"none"`
	Proof       ResidenceProof  `data:"none"`     // how it was verified; "" while it is not
	VouchedBy   UserID          `data:"none"`     // whose word verified it; zero where it was not that
	LiveKey     Digest          `data:"personal"` // keyed hash of person and door; none once it is over
	CreatedAt   time.Time       `data:"none"`
	DecidedAt   *time.Time      `data:"none"` // when it was verified or rejected
	EndedAt     *time.Time      `data:"none"`
}

// Claimant is whose it is.
func (r Residence) Claimant() UserID { return r.UserID }

// Units are the units in whose authority it lies.
func (r Residence) Units() []UnitID { return []UnitID{r.BuildingID, r.EstateID} }

// Known says whether others of the household may rely on it: by the roster, by staff, or by
// the word of somebody there. A code on the stairwell's sheet proves the stairwell, not the door.
func (r Residence) Known() bool {
	return r.Status == ResidenceVerified && !r.HouseholdID.IsZero() && r.Proof != "" && r.Proof != ProofDoorCode
}

// Speaks says whether it lets its person vouch for others: not on another's word alone.
func (r Residence) Speaks() bool { return r.Known() && r.Proof != ProofVouch }

// After is where a move leads. Fault: illegal_transition.
func (r Residence) After(move ResidenceMove) (ResidenceStatus, error) {
	return residenceMoves.from(r.Status, move)
}

// ResidenceStatus says how far a residence has been verified.
type ResidenceStatus string

// The statuses of a residence. Only a verified one gives rights.
const (
	ResidencePending  ResidenceStatus = "pending"
	ResidenceVerified ResidenceStatus = "verified"
	ResidenceRejected ResidenceStatus = "rejected"
	ResidenceEnded    ResidenceStatus = "ended"
)

// ResidenceMove is a step of a residence.
type ResidenceMove string

// The moves.
const (
	VerifyResidence ResidenceMove = "approve"
	RejectResidence ResidenceMove = "reject"
	EndResidence    ResidenceMove = "end"
)

var residenceMoves = arrows[ResidenceStatus, ResidenceMove]{
	ResidencePending:  {VerifyResidence: ResidenceVerified, RejectResidence: ResidenceRejected, EndResidence: ResidenceEnded},
	ResidenceVerified: {EndResidence: ResidenceEnded},
}

// ResidenceProof is how a residence was verified.
type ResidenceProof string

// The proofs.
const (
	ProofRoster   ResidenceProof = "roster"    // the roster has the person's phone number at that door
	ProofDoorCode ResidenceProof = "door_code" // the code on the stairwell's notice sheet
	ProofStaff    ResidenceProof = "staff"
	ProofVouch    ResidenceProof = "vouch" // the word of somebody of the household
)

// ResidenceEvent is one step of a residence. It is never changed.
type ResidenceEvent struct {
	ID          ID[ResidenceEvent] `data:"none"`
	ResidenceID ResidenceID        `data:"none"`
	FromStatus  ResidenceStatus    `data:"none"` // "" at the beginning
	ToStatus    ResidenceStatus    `data:"none"`
	Proof       ResidenceProof     `data:"none"`
	ActorID     UserID             `data:"none"` // zero: the system
	Reason      string             `data:"personal"`
	At          time.Time          `data:"none"`
}
