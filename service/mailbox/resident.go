package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/moderation"
)

// Feedback is what a submitter says of a reply.
type Feedback struct {
	Outcome model.RequestOutcome // fixed, partly, not_fixed, or explained where the reply proposed it
	Rating  int                  // 1–5; 0 is none
	Comment string               // at most 2,000 characters, may be empty
}

// UrgesADay is how often a request may be urged on a day in Shanghai: its urges are rows
// with the request and the day for a key.
const UrgesADay = 1

// Urge asks staff to hurry, once a day in Shanghai.
// Faults: unauthenticated, not_found, illegal_transition, already_urged, conversation_full.
func (s *Service) Urge(ctx context.Context, actor model.Actor, id model.RequestID) (State, error) {
	return s.residentMove(ctx, actor, id, func(tx *store.Store, m *matter) error {
		if err := m.talk(byResident(actor, tx, model.MoveUrge)); err != nil {
			return err
		}
		err := tx.RequestUrges.Add(ctx, &model.RequestUrge{RequestID: id, Day: model.DateOf(tx.Now())})
		if errors.Is(err, store.ErrDuplicate) {
			return ErrAlreadyUrged
		}
		return err
	})
}

// feedbackLeads says to which status each kind of feedback leads.
var feedbackLeads = map[model.RequestOutcome]model.RequestStatus{
	model.OutcomeFixed:     model.RequestClosed,
	model.OutcomeExplained: model.RequestClosed,
	model.OutcomePartly:    model.RequestReplied,
	model.OutcomeNotFixed:  model.RequestReopened,
}

// GiveFeedback closes a replied request, asks for more, or takes it one level higher. On one that
// was merged it is a word on the answer to the other. A comment that does not pass the text check
// stays with its writer until it is released.
// Faults: unauthenticated, not_found, illegal_transition, not_proposed, already_judged.
func (s *Service) GiveFeedback(ctx context.Context, actor model.Actor, id model.RequestID, f Feedback) (State, error) {
	request, err := s.mine(ctx, actor, id)
	if err != nil {
		return State{}, err
	}
	held := false
	if f.Comment != "" {
		verdict, err := s.check(ctx, actor, f.Comment)
		if err != nil {
			return State{}, err
		}
		held = verdict != moderation.Passed
	}
	if request.Status == model.RequestMerged {
		return s.judgeMerged(ctx, actor, id, f, held)
	}
	return s.residentMove(ctx, actor, id, func(tx *store.Store, m *matter) error {
		e := byResident(actor, tx, model.MoveFeedback)
		e.To, e.Outcome, e.Rating, e.Text, e.Held = feedbackLeads[f.Outcome], f.Outcome, f.Rating, f.Comment, held
		if err := m.step(e); err != nil {
			return err
		}
		if err := m.proposed(f.Outcome); err != nil {
			return err
		}
		return s.putBefore(ctx, tx, m)
	})
}

// Withdraw ends a request at its submitter's wish. What others reported too goes on without them.
// Faults: unauthenticated, not_found, illegal_transition.
func (s *Service) Withdraw(ctx context.Context, actor model.Actor, id model.RequestID) (State, error) {
	return s.residentMove(ctx, actor, id, func(tx *store.Store, m *matter) error {
		e := byResident(actor, tx, model.MoveWithdrawal)
		e.To = model.RequestWithdrawn
		if err := m.step(e); err != nil {
			return err
		}
		return s.goOnWithout(ctx, tx, m)
	})
}

// residentMove lets a submitter move the request, once for its key.
func (s *Service) residentMove(ctx context.Context, actor model.Actor, id model.RequestID, do func(tx *store.Store, m *matter) error) (State, error) {
	if _, err := s.mine(ctx, actor, id); err != nil {
		return State{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (State, error) {
		m, err := s.take(ctx, tx, id)
		if err != nil {
			return State{}, err
		}
		if err := do(tx, m); err != nil {
			return State{}, err
		}
		return m.save(ctx, tx)
	})
}

func byResident(actor model.Actor, tx *store.Store, move model.RequestMove) model.RequestEvent {
	return model.RequestEvent{Kind: move, ActorID: actor.User, Party: model.PartyResident, At: tx.Now()}
}
