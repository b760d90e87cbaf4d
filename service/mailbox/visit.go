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

// ReturnVisit writes down what the resident said when somebody asked, and tells the resident that
// it was. Whoever gave an answer or worked on it does not ask how it was. That it is not fixed can
// be written down before a visit is owed; to close it so, only when the resident's own time to
// speak is over. A visit ends it for good: whoever is wronged by one submits the matter again.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid, same_person,
// visit_too_soon, not_proposed.
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
		if err := m.unless(actor, model.Hands.MayVisit); err != nil {
			return err
		}
		if begin && e.To == model.RequestClosed {
			if err := s.heardOut(ctx, tx, m); err != nil {
				return err
			}
		}
		if err := m.proposed(v.Outcome); err != nil {
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

// heardOut lets nobody close a request while its submitter may still speak of the answer, or has
// not seen it. Fault: visit_too_soon.
func (s *Service) heardOut(ctx context.Context, tx *store.Store, m *matter) error {
	if clock, waits := m.clocks.Current(model.ClockSilence); waits && clock.DueAt.After(tx.Now()) {
		return ErrVisitTooSoon
	}
	unread, err := s.unread(ctx, tx, m)
	if err == nil && unread {
		err = ErrVisitTooSoon
	}
	return err
}

// proposed lets nothing be closed as explained unless the answer says that nothing could be done.
// Fault: not_proposed.
func (m *matter) proposed(outcome model.RequestOutcome) error {
	if outcome != model.OutcomeExplained {
		return nil
	}
	events, err := m.course()
	if err == nil && !model.LastAnswer(events).Details().Explained {
		err = ErrNotProposed
	}
	return err
}
