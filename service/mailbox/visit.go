package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// Visit is what somebody learned who asked the resident about a reply.
type Visit struct {
	Outcome model.RequestOutcome // fixed, explained, partly, not_fixed, or silent where nobody could be reached
	Note    string               // the evidence: whom they asked, and what they said
	Uploads []model.UploadID
}

// visitLeads says to which status each outcome of a return visit leads.
var visitLeads = map[model.RequestOutcome]model.RequestStatus{
	model.OutcomeFixed:     model.RequestClosed,
	model.OutcomeExplained: model.RequestClosed,
	model.OutcomeSilent:    model.RequestClosed,
	model.OutcomePartly:    model.RequestReplied,
	model.OutcomeNotFixed:  model.RequestReopened,
}

// ReturnVisit writes down what the resident said when somebody asked, also before a visit is
// owed. Whoever gave the answer does not ask how it was.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid, same_person,
// not_proposed.
func (s *Service) ReturnVisit(ctx context.Context, actor model.Actor, id model.RequestID, v Visit) (State, error) {
	note, err := written("note", v.Note)
	if err != nil {
		return State{}, err
	}
	visit := func(tx *store.Store, m *matter, e model.RequestEvent) error {
		begin := m.Legal(model.MoveVisitDue, model.RequestReturnVisit)
		if !begin && !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		answer, err := lastAnswer(ctx, tx, m)
		if err != nil {
			return err
		}
		if answer.ActorID == actor.User {
			return ErrSamePerson
		}
		if err := m.proposed(ctx, tx, v.Outcome); err != nil {
			return err
		}
		if begin {
			if err := m.step(byStaff(actor, tx, model.MoveVisitDue, model.RequestReturnVisit, "")); err != nil {
				return err
			}
		}
		e.Outcome = v.Outcome
		return m.step(e)
	}
	return s.staffSays(ctx, actor, id, model.MoveReturnVisit, visitLeads[v.Outcome], note, v.Uploads, visit)
}

// lastAnswer is the newest reply of a request; the zero event where there is none.
func lastAnswer(ctx context.Context, tx *store.Store, m *matter) (model.RequestEvent, error) {
	events, err := tx.RequestEvents.ListByRequest(ctx, m.ID)
	answer, _ := model.LastOf(events, model.MoveReply)
	return answer, err
}

// proposed lets nothing be closed as explained unless the answer says that nothing could be done.
// Fault: not_proposed.
func (m *matter) proposed(ctx context.Context, tx *store.Store, outcome model.RequestOutcome) error {
	if outcome != model.OutcomeExplained {
		return nil
	}
	answer, err := lastAnswer(ctx, tx, m)
	if err == nil && !answer.Details().Explained {
		err = ErrNotProposed
	}
	return err
}
