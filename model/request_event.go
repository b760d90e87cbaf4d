package model

import "time"

// RequestMove is what happens to a request. Moves that clients make are named like the
// resource they post to.
type RequestMove string

// The moves. Messages, urges and hand-overs leave the status as it is.
const (
	MoveSubmission RequestMove = "submission"
	MoveScreening  RequestMove = "screening" // the text was found fit, by WeChat or a person
	MoveAcceptance RequestMove = "acceptance"
	MoveRefusal    RequestMove = "refusal"
	MoveStart      RequestMove = "start"
	MoveReply      RequestMove = "reply"
	MoveFeedback   RequestMove = "feedback"
	MoveSilence    RequestMove = "silence" // no feedback came in time
	MoveWithdrawal RequestMove = "withdrawal"
	MoveMessage    RequestMove = "messages"
	MoveUrge       RequestMove = "urges"
	MoveHandOver   RequestMove = "hand_over" // to the branch that took over from one that was dissolved
)

// RequestParty is a side of the conversation.
type RequestParty string

// The parties.
const (
	PartyResident RequestParty = "resident"
	PartyStaff    RequestParty = "staff"
	PartySystem   RequestParty = "system"
)

// The course of one request is bounded, so that it can be shown whole. Messages and urges
// end earlier than moves, which always have room.
const (
	MaxRequestEvents = 1000
	MaxRequestTalk   = 900
)

// RequestEvent is one thing that happened to a request. Events are only ever added.
type RequestEvent struct {
	ID        ID[RequestEvent] `data:"none"`
	RequestID RequestID        `data:"none"`
	Seq       int              `data:"none"` // 1, 2, 3 … within the request
	Kind      RequestMove      `data:"none"`
	From      RequestStatus    `gorm:"column:from_status" data:"none"` // empty at submission
	To        RequestStatus    `gorm:"column:to_status" data:"none"`
	Level     RequestLevel     `data:"none"` // where the request was afterwards
	ActorID   UserID           `data:"personal"`
	Party     RequestParty     `data:"none"`
	Text      string           `data:"personal"`
	Held      bool             `data:"none"` // did not pass the text check: only its own side sees it
	Outcome   RequestOutcome   `data:"none"` // of feedback and of silence
	Rating    int              `data:"none"` // 1–5; 0 is none
	At        time.Time        `data:"none"`
}
