package model

import (
	"slices"

	"jinlin/model/fault"
)

// requestMoves are the arrows of a request: from where, by which move, to where. What is
// possible in many places stands in Legal.
var requestMoves = map[RequestStatus]map[RequestMove][]RequestStatus{
	"":               {MoveSubmission: {RequestSubmitted}},
	RequestSubmitted: {MoveScreening: {RequestScreened}},
	RequestScreened:  {MoveAcceptance: {RequestAccepted}, MoveRefusal: {RequestRefused}},
	RequestAccepted: {
		MoveDispatch: {RequestDispatched}, MoveStart: {RequestHandling}, MoveReply: {RequestReplied},
	},
	RequestDispatched: {
		MoveDispatch: {RequestDispatched}, MoveReturn: {RequestReturned}, MoveStart: {RequestHandling},
	},
	RequestReturned: {MoveDispatch: {RequestDispatched}, MoveStart: {RequestHandling}},
	RequestHandling: {
		MoveDispatch: {RequestDispatched}, MoveReturn: {RequestReturned}, MovePause: {RequestPaused}, MoveReply: {RequestReplied},
	},
	RequestPaused: {MoveResumption: {RequestHandling}},
	RequestReplied: {
		MoveReply:     {RequestReplied},
		MoveFeedback:  {RequestClosed, RequestReplied, RequestReopened},
		MoveObjection: {RequestReopened},
		MoveSilence:   {RequestClosed},
		MoveVisitDue:  {RequestReturnVisit},
		// back to where it was before the reply
		MoveRetraction: {RequestHandling, RequestReplied},
	},
	RequestRefused: {MoveRetraction: {RequestScreened}},
	RequestReturnVisit: {
		MoveFeedback:    {RequestClosed, RequestReplied, RequestReopened},
		MoveReturnVisit: {RequestClosed, RequestReplied, RequestReopened},
		MoveObjection:   {RequestReopened},
	},
	RequestReopened: {MoveAcceptance: {RequestAccepted}},
	RequestMerged: {
		MoveFeedback: {RequestMerged}, // on the answer to what it was merged into
		MoveMergedOn: {RequestMerged},
		// what it was merged into was withdrawn: it goes on, as far as it was read before
		MoveSuccession: {RequestSubmitted, RequestScreened},
	},
}

// requestMoveOrder lists what people can do, in the order in which it usually happens.
var requestMoveOrder = []RequestMove{
	MoveAcceptance, MoveRefusal, MoveDispatch, MoveReturn, MoveStart, MovePause, MoveResumption, MoveExtension, MoveReferral, MovePromise, MoveReply, MoveFeedback,
	MoveReturnVisit, MoveUrge, MoveMessage, MoveMerge, MoveWithdrawal,
}

// inWork are the statuses in which an answer is on its way and its time can be extended.
func (s RequestStatus) inWork() bool {
	switch s {
	case RequestAccepted, RequestDispatched, RequestReturned, RequestHandling:
		return true
	}
	return false
}

// Legal says whether a move may take the request to a status.
func (r Request) Legal(move RequestMove, to RequestStatus) bool {
	switch move {
	case MovePromiseMoved, MovePromiseKept, MovePromiseBroken: // also after the end
		return r.Status != "" && to == r.Status
	case MoveMessage:
		return r.Status != "" && (!r.Status.Ended() || r.Status == RequestMerged) && to == r.Status
	case MoveClaim, MoveHandOver, MoveNaming, MovePromise, MoveYellowCard, MoveRedCard, MoveEscalation, MoveAbsorb:
		return r.Status != "" && !r.Status.Ended() && to == r.Status
	case MoveUrge:
		return (r.WaitsFor == PartyStaff || r.Status == RequestPaused) && to == r.Status
	case MoveExtension, MoveExtensionGrant, MoveExtensionRefusal:
		owed := r.Status == RequestReplied && r.WaitsFor == PartyStaff // another answer, after "partly"
		return (r.Status.inWork() || owed) && to == r.Status
	case MoveReferral:
		return (r.Status.inWork() || r.Status == RequestPaused) && to == r.Status
	case MoveReferralAgreed, MoveReferralNo, MoveReferralBack, MoveReferralAnswer, MoveReferralReturn, MoveReferralRedo:
		return r.Status != "" && !r.Status.Ended() && to == r.Status
	case MoveMerge:
		return r.Status != "" && !r.Status.Ended() && to == RequestMerged
	case MoveWithdrawal:
		return r.Status != "" && !r.Status.Ended() && to == RequestWithdrawn
	}
	if !slices.Contains(requestMoves[r.Status][move], to) {
		return false
	}
	switch {
	case r.Status != RequestReplied:
		return true
	case move == MoveReply: // only after "partly" is a second reply owed
		return r.WaitsFor == PartyStaff
	case to == RequestClosed && move == MoveSilence, to == RequestReplied, move == MoveVisitDue:
		return r.WaitsFor == PartyResident
	}
	return true
}

// Allowed are the moves that people can make now. Whoever accepts or refuses what nobody
// has screened yet screens it by that, and whoever asks the resident about a reply need not
// wait until that is owed.
func (r Request) Allowed() []RequestMove {
	var allowed []RequestMove
	for _, move := range requestMoveOrder {
		if r.possible(move) {
			allowed = append(allowed, move)
		}
	}
	return allowed
}

func (r Request) possible(move RequestMove) bool {
	if r.Status.Ended() { // whether an answer can be judged depends on other requests
		return move == MoveMessage && r.Legal(move, r.Status)
	}
	if r.Status == RequestSubmitted && (move == MoveAcceptance || move == MoveRefusal) {
		return true
	}
	if move == MoveReturnVisit && r.Legal(MoveVisitDue, RequestReturnVisit) {
		return true
	}
	targets := append([]RequestStatus{r.Status, RequestWithdrawn, RequestMerged}, requestMoves[r.Status][move]...)
	return slices.ContainsFunc(targets, func(to RequestStatus) bool { return r.Legal(move, to) })
}

// IllegalMove is the fault that names the status and the moves that are legal now.
func (r Request) IllegalMove() error {
	allowed := []string{}
	for _, move := range r.Allowed() {
		allowed = append(allowed, string(move))
	}
	return fault.IllegalMove(string(r.Status), allowed)
}

// Step takes the request along one arrow and completes the event that records it: kind,
// to, party, actor, text and time are given, the rest follows. Fault: illegal_transition.
func (r *Request) Step(e RequestEvent) (RequestEvent, error) {
	if !r.Legal(e.Kind, e.To) {
		return e, r.IllegalMove()
	}
	if e.Kind == MoveEscalation || e.To == RequestReopened && r.Status != RequestReopened { // messages leave it there
		r.Level = r.Level.Up()
	}
	switch e.To {
	case RequestClosed:
		r.Outcome = e.Outcome
	case RequestReopened, RequestReturned:
		r.TeamID, r.AssigneeID = UnitID{}, UserID{}
	}
	r.Version++
	e.ID, e.RequestID, e.Seq = NewID[RequestEvent](e.At), r.ID, r.Version
	e.From, e.Level = r.Status, r.Level
	if !e.From.Ended() || r.Status != e.To { // what is said of a promise later does not move its end
		r.UpdatedAt = e.At
	}
	r.Status, r.Open = e.To, !e.To.Ended()
	return e, nil
}
