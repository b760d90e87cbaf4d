package model

import "time"

// RequestMove is what happens to a request. Moves that clients make are named like the
// resource they post to, with _ for -.
type RequestMove string

// The moves that change the status.
const (
	MoveSubmission  RequestMove = "submission"
	MoveScreening   RequestMove = "screening" // the text was found fit, by WeChat or a person
	MoveAcceptance  RequestMove = "acceptance"
	MoveRefusal     RequestMove = "refusal"
	MoveDispatch    RequestMove = "dispatches" // to a team or a person
	MoveReturn      RequestMove = "returns"    // by whoever it was wrongly dispatched to
	MoveStart       RequestMove = "start"
	MovePause       RequestMove = "pauses"
	MoveResumption  RequestMove = "resumption"
	MoveReply       RequestMove = "reply"
	MoveFeedback    RequestMove = "feedback"
	MoveVisitDue    RequestMove = "visit_due" // somebody is to ask the resident
	MoveReturnVisit RequestMove = "return_visits"
	MoveSilence     RequestMove = "silence" // no feedback came in time
	MoveMerge       RequestMove = "merges"  // into another
	MoveWithdrawal  RequestMove = "withdrawal"
	MoveObjection   RequestMove = "objection"  // whose request was merged into it says that it is not fixed
	MoveSuccession  RequestMove = "succession" // what it was merged into was withdrawn: it stands for itself again
	MoveRetraction  RequestMove = "retraction" // the words of a reply or a refusal were refused: it counts as not made
)

// The moves that leave the status as it is.
const (
	MoveMessage          RequestMove = "messages"
	MoveUrge             RequestMove = "urges"
	MoveClaim            RequestMove = "claim"      // whom others entered it for took it over
	MoveHandOver         RequestMove = "hand_over"  // to the branch that took over from one that was dissolved
	MoveExtension        RequestMove = "extensions" // is asked for
	MoveExtensionGrant   RequestMove = "extension_grant"
	MoveExtensionRefusal RequestMove = "extension_no"
	MoveAbsorb           RequestMove = "absorption" // another was merged into it
	MoveMergedOn         RequestMove = "merged_on"  // with what it had been merged into
	MovePromise          RequestMove = "promises"
	MovePromiseMoved     RequestMove = "promise_moved"
	MovePromiseKept      RequestMove = "promise_kept"
	MovePromiseBroken    RequestMove = "promise_broken"
	MoveYellowCard       RequestMove = "yellow_card"
	MoveRedCard          RequestMove = "red_card"
	MoveEscalation       RequestMove = "escalation" // one level up
	MoveNaming           RequestMove = "naming"     // in writing: whose answers did not help, twice
	MoveReferral         RequestMove = "referrals"  // to a department is asked for
	MoveReferralAgreed   RequestMove = "referral_agreed"
	MoveReferralNo       RequestMove = "referral_no"   // the resident does not agree, or no more
	MoveReferralBack     RequestMove = "referral_back" // taken back by who asked
	MoveReferralAnswer   RequestMove = "referral_answer"
	MoveReferralReturn   RequestMove = "referral_return"
	MoveReferralRedo     RequestMove = "referral_redo" // the words of a referral were refused: they count as not said
)

// Reopens says whether it was found that an answer did not help.
func (e RequestEvent) Reopens() bool { return e.To == RequestReopened && e.From != RequestReopened }

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
	Effect    EventEffect      `data:"none"` // see EventDetails; ids and times, never words
	At        time.Time        `data:"none"`
}
