package model

import (
	"slices"

	"jinlin/model/fault"
)

// requestMoves are the arrows of a request: from where, by which move, to where. Messages,
// urges and withdrawals are possible in many places and stand in Legal.
var requestMoves = map[RequestStatus]map[RequestMove][]RequestStatus{
	"":               {MoveSubmission: {RequestSubmitted}},
	RequestSubmitted: {MoveScreening: {RequestScreened}},
	RequestScreened:  {MoveAcceptance: {RequestAccepted}, MoveRefusal: {RequestRefused}},
	RequestAccepted:  {MoveStart: {RequestHandling}, MoveReply: {RequestReplied}},
	RequestHandling:  {MoveReply: {RequestReplied}},
	RequestReplied: {
		MoveReply:    {RequestReplied},
		MoveFeedback: {RequestClosed, RequestReplied, RequestReopened},
		MoveSilence:  {RequestClosed},
	},
	RequestReopened: {MoveAcceptance: {RequestAccepted}},
}

// requestMoveOrder lists what people can do, in the order in which it usually happens.
var requestMoveOrder = []RequestMove{
	MoveAcceptance, MoveRefusal, MoveStart, MoveReply, MoveFeedback, MoveUrge, MoveMessage, MoveWithdrawal,
}

// Legal says whether a move may take the request to a status.
func (r Request) Legal(move RequestMove, to RequestStatus) bool {
	switch move {
	case MoveMessage, MoveHandOver:
		return !r.Status.Ended() && to == r.Status
	case MoveUrge:
		return r.WaitsFor == PartyStaff && to == r.Status
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
	case to == RequestClosed && move == MoveSilence, to == RequestReplied:
		return r.WaitsFor == PartyResident
	}
	return true
}

// Allowed are the moves that people can make now. Whoever accepts or refuses what nobody
// has screened yet screens it by that.
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
	if r.Status == RequestSubmitted && (move == MoveAcceptance || move == MoveRefusal) {
		return true
	}
	targets := append([]RequestStatus{r.Status, RequestWithdrawn}, requestMoves[r.Status][move]...)
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
	if e.To == RequestReopened && r.Status != RequestReopened { // messages leave it there
		r.Level = r.Level.Up()
	}
	if e.To == RequestClosed {
		r.Outcome = e.Outcome
	}
	r.Version++
	e.ID, e.RequestID, e.Seq = NewID[RequestEvent](e.At), r.ID, r.Version
	e.From, e.Level = r.Status, r.Level
	r.Status, r.Open, r.UpdatedAt = e.To, !e.To.Ended(), e.At
	return e, nil
}
