package model

import "time"

// UploadID names an upload.
type UploadID = ID[Upload]

// Upload is a photo or a recording, cleaned and kept. It belongs to nothing until it is
// attached, once and for good, to what its owner writes.
type Upload struct {
	ID          UploadID     `data:"none"`
	OwnerID     UserID       `data:"personal"`
	Kind        UploadKind   `data:"none"`
	ContentType string       `data:"none"`
	Bytes       int          `data:"none"`
	Width       int          `data:"none"` // of a photo
	Height      int          `data:"none"`
	Millis      int          `data:"none"` // of a recording
	Status      UploadStatus `data:"none"`
	HolderKind  UploadHolder `data:"none"` // what it is attached to; "" so far nothing
	HolderID    ID[any]      `data:"none"`
	HolderPart  int          `data:"none"` // which part of that, as an event's number
	Position    int          `data:"none"` // among those of the part
	CreatedAt   time.Time    `data:"none"`
	UpdatedAt   time.Time    `data:"none"`
}

// UploadKind says what is shown.
type UploadKind string

// The kinds.
const (
	UploadPhoto UploadKind = "photo"
	UploadVoice UploadKind = "voice"
)

// UploadHolder is a kind of thing that uploads are attached to.
type UploadHolder string

// HeldByRequest is a request of the mailbox; the part is one of its events.
const HeldByRequest UploadHolder = "request"

// UploadPlace is where uploads are attached.
type UploadPlace struct {
	Kind  UploadHolder
	ID    ID[any]
	Part  int
	Owner UserID // the sealed identity that stands for who sent them; zero: they themselves
}

// UploadStatus says who may see an upload: its owner, and others once it has passed.
type UploadStatus string

// The states of an upload.
const (
	UploadReceiving UploadStatus = "receiving" // its files are being written
	UploadPending   UploadStatus = "pending"   // waits for WeChat's verdict
	UploadHeld      UploadStatus = "held"      // waits for a person's
	UploadPassed    UploadStatus = "passed"
	UploadRefused   UploadStatus = "refused"
	UploadDiscarded UploadStatus = "discarded" // its files are being deleted
)

// UploadMove is a step of an upload.
type UploadMove string

// The moves.
const (
	KeepUpload    UploadMove = "keep"
	PassUpload    UploadMove = "pass"
	HoldUpload    UploadMove = "hold"
	RefuseUpload  UploadMove = "refuse"
	DiscardUpload UploadMove = "discard"
)

var uploadArrows = arrows[UploadStatus, UploadMove]{
	UploadReceiving: {KeepUpload: UploadPending, DiscardUpload: UploadDiscarded},
	UploadPending:   {PassUpload: UploadPassed, HoldUpload: UploadHeld, RefuseUpload: UploadRefused, DiscardUpload: UploadDiscarded},
	UploadHeld:      {PassUpload: UploadPassed, RefuseUpload: UploadRefused, DiscardUpload: UploadDiscarded},
	UploadPassed:    {DiscardUpload: UploadDiscarded},
	UploadRefused:   {DiscardUpload: UploadDiscarded},
}

// After is the state a move leads to. Fault: illegal_transition.
func (u Upload) After(move UploadMove) (UploadStatus, error) {
	return uploadArrows.from(u.Status, move)
}

// Shown says whether others than its owner may see it.
func (u Upload) Shown() bool { return u.Status == UploadPassed }

// UploadEvent is one arrow of an upload. Events are only ever added.
type UploadEvent struct {
	ID         ID[UploadEvent] `data:"none"`
	UploadID   UploadID        `data:"none"`
	FromStatus UploadStatus    `data:"none"` // "" at the beginning
	ToStatus   UploadStatus    `data:"none"`
	ActorID    UserID          `data:"personal"` // zero for what follows by itself
	At         time.Time       `data:"none"`
}

// MediaCheck is one question to WeChat about an upload and its answer, which come in either
// order: the event may be here before the answer to our call.
type MediaCheck struct {
	TraceID  string    `gorm:"primaryKey" data:"none"`
	UploadID UploadID  `data:"none"` // zero until our call was answered
	Suggest  string    `data:"none"` // WeChat's advice; "" until the event
	At       time.Time `data:"none"`
}
