package model

import "time"

// PromiseID names a promise.
type PromiseID = ID[RequestPromise]

// PromiseStatus says what became of a promise.
type PromiseStatus string

// The statuses of a promise. Only time breaks one.
const (
	PromiseOpen   PromiseStatus = "open"
	PromiseKept   PromiseStatus = "kept"
	PromiseBroken PromiseStatus = "broken"
)

// RequestPromise is an answer with a date: what will be done by when. Its words stand in the
// event that made it. It outlives its request: a road is paved after the matter is closed.
type RequestPromise struct {
	ID        PromiseID     `data:"none"`
	RequestID RequestID     `data:"none"`
	BranchID  UnitID        `data:"none"` // that answers for it
	Seq       int           `data:"none"` // of the event that made it
	DueOn     Date          `data:"none"` // the last day on which it can be kept
	Moved     int           `data:"none"` // how often it was put off, each time with a reason
	Status    PromiseStatus `data:"none"`
	MadeBy    UserID        `data:"none"`
	CreatedAt time.Time     `data:"none"`
	UpdatedAt time.Time     `data:"none"`
}

// Alarm is when a promise is broken unless it is kept or put off before.
func (p RequestPromise) Alarm() RequestAlarm {
	return RequestAlarm{
		ClockID: ID[RequestClock](p.ID), RequestID: p.RequestID, Kind: MovePromiseBroken, At: p.DueOn.AddDays(1).At(0, 0),
	}
}

// CannedReplyID names a canned reply.
type CannedReplyID = ID[CannedReply]

// CannedReply is a text that a unit's staff use again and again.
type CannedReply struct {
	ID        CannedReplyID `data:"none"`
	UnitID    UnitID        `data:"none"`
	Title     string        `data:"none"`
	Text      string        `data:"none"`
	CreatedBy UserID        `data:"none"`
	CreatedAt time.Time     `data:"none"`
}

// Units is where it belongs.
func (r CannedReply) Units() []UnitID { return []UnitID{r.UnitID} }
