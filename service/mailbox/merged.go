package mailbox

import (
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Concealer takes out of texts what is known of somebody.
type Concealer func(ctx context.Context, s *store.Store, of model.UserID) (func(text string) string, error)

// ConcealWith sets who takes names out of answers before those read them whose requests were
// merged; without one they read none. It is called before the service is used.
func (s *Service) ConcealWith(c Concealer) { s.conceal = c }

// Merged is what the submitter of a merged request knows of the one that it was merged into: how
// far that is, and what staff said to the matter. Of a request that does not name its submitter to
// staff the answers are withheld: what is taken out of them would tell whoever writes an answer, and
// reads it as somebody whose request was merged, who that is.
type Merged struct {
	Status   model.RequestStatus
	Outcome  model.RequestOutcome // once closed
	Answers  []MergedAnswer       // oldest first
	Withheld bool                 // there are answers, which the branch can tell
}

// MergedAnswer is a reply, or the reason of a refusal, without the name of whom it was said to.
type MergedAnswer struct {
	Kind      model.RequestMove
	Text      string
	Explained bool // nothing could be done, and it says why
	At        time.Time
}

// mergedInto is what became of the request that another was merged into.
func (s *Service) mergedInto(ctx context.Context, r model.Request) (*Merged, error) {
	into, err := lastOf(ctx, s.store, r.MergedInto)
	if err != nil {
		return nil, err
	}
	events, err := s.events(ctx, into.ID)
	if err != nil {
		return nil, err
	}
	answers := slices.DeleteFunc(events, func(e model.RequestEvent) bool {
		return e.Held || e.Kind != model.MoveReply && e.Kind != model.MoveRefusal
	})
	merged := &Merged{Status: into.Status, Outcome: into.Outcome}
	named := into.Identity == model.IdentityNamed && !into.Source.EnteredByOthers()
	if merged.Withheld = len(answers) > 0 && (!named || s.conceal == nil); merged.Withheld || len(answers) == 0 {
		return merged, nil
	}
	concealed, err := s.conceal(ctx, s.store, into.SubmitterID)
	if err != nil {
		return nil, err
	}
	for _, e := range answers {
		merged.Answers = append(merged.Answers, MergedAnswer{Kind: e.Kind, Text: concealed(e.Text), Explained: e.Details().Explained, At: e.At})
	}
	return merged, nil
}

// judgeMerged writes down what somebody whose request was merged says of the newest answer to the
// other, and reopens that one where it is not fixed.
// Faults: not_found, illegal_transition, not_proposed, already_judged, busy.
func (s *Service) judgeMerged(ctx context.Context, actor model.Actor, id model.RequestID, f Feedback, held bool) (State, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (State, error) {
		m, into, err := s.holdMerged(ctx, tx, id)
		if err != nil {
			return State{}, err
		}
		answer, err := into.toJudge(ctx, tx, f.Outcome)
		if err != nil {
			return State{}, err
		}
		if err := m.unlessJudged(into.ID, answer.Seq); err != nil {
			return State{}, err
		}
		e := byResident(actor, tx, model.MoveFeedback)
		e.To, e.Outcome, e.Rating, e.Text, e.Held = model.RequestMerged, f.Outcome, f.Rating, f.Comment, held
		if err := m.step(e.With(model.EventDetails{OtherID: into.ID, Answer: answer.Seq})); err != nil {
			return State{}, err
		}
		if err := s.putBefore(ctx, tx, m); err != nil {
			return State{}, err
		}
		switch f.Outcome {
		case model.OutcomeNotFixed:
			err = into.object(ctx, tx, m.Request)
		case model.OutcomePartly: // their own has nobody whom it would stand with
			err = s.tellThem(ctx, tx, into.Request, *m.events[0], partly)
		}
		if err != nil {
			return State{}, err
		}
		return m.save(ctx, tx)
	})
}

// holdMerged holds a merged request and, before it, the one at the end of where it leads: whoever merges
// that one on holds it first too, and does not miss this one.
// Faults: not_found, busy, illegal_transition.
func (s *Service) holdMerged(ctx context.Context, tx *store.Store, id model.RequestID) (m, into *matter, err error) {
	r, err := tx.Requests.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if r.Status != model.RequestMerged { // it stands for itself again
		return nil, nil, r.IllegalMove()
	}
	last, err := lastOf(ctx, tx, r.MergedInto)
	if err != nil {
		return nil, nil, err
	}
	if into, err = s.take(ctx, tx, last.ID); err != nil {
		return nil, nil, err
	}
	if !into.MergedInto.IsZero() { // it was merged on meanwhile
		return nil, nil, fault.ErrBusy
	}
	m, err = s.hold(ctx, tx, id)
	return m, into, err
}

// toJudge is the answer that can be spoken of now: the newest one that counts, if it is shown. Once
// it has closed the request, nobody reopens that. Faults: illegal_transition, not_proposed.
func (m *matter) toJudge(ctx context.Context, tx *store.Store, outcome model.RequestOutcome) (model.RequestEvent, error) {
	events, err := m.course()
	if err != nil {
		return model.RequestEvent{}, err
	}
	answer := model.LastAnswer(events)
	waits := m.Status == model.RequestReplied || m.Status == model.RequestReturnVisit
	over := m.Status == model.RequestClosed && outcome != model.OutcomeNotFixed
	shown, err := shown(ctx, tx, answer)
	switch {
	case err != nil:
		return answer, err
	case !waits && !over || answer.Seq == 0 || !shown:
		return answer, model.Request{Status: model.RequestMerged}.IllegalMove()
	}
	return answer, m.proposed(outcome)
}

// shown says whether the words of an event were not held, or are released.
func shown(ctx context.Context, tx *store.Store, e model.RequestEvent) (bool, error) {
	if !e.Held {
		return true, nil
	}
	item, err := heldItem(ctx, tx, e)
	return item.Status == model.TextReleased, err
}

// heldItem is what was decided about the words of an event that were held.
func heldItem(ctx context.Context, s *store.Store, e model.RequestEvent) (model.ModerationItem, error) {
	return s.ModerationItems.GetByObject(ctx, model.ModeratedMessage, model.ID[any](e.RequestID), e.Seq)
}

// unlessJudged lets nobody speak of an answer twice. Fault: already_judged.
func (m *matter) unlessJudged(into model.RequestID, answer int) error {
	events, err := m.course()
	said := func(e model.RequestEvent) bool {
		d := e.Details()
		return e.Kind == model.MoveFeedback && d.OtherID == into && d.Answer == answer
	}
	if err == nil && slices.ContainsFunc(events, said) {
		err = ErrJudged
	}
	return err
}

// object reopens a request at the word of somebody whose own was merged into it, once for each of them,
// as far as the staff can tell them apart. Its events do not say who that is.
func (m *matter) object(ctx context.Context, tx *store.Store, by model.Request) error {
	before, err := m.objected(ctx, tx, by)
	if err != nil || before {
		return err
	}
	e := model.RequestEvent{Kind: model.MoveObjection, To: model.RequestReopened, Party: model.PartyResident, At: tx.Now()}
	if err := m.step(e.With(model.EventDetails{OtherID: by.ID})); err != nil {
		return err
	}
	_, err = m.save(ctx, tx)
	return err
}

// objected says whether whoever submitted a request has reopened another so before.
func (m *matter) objected(ctx context.Context, tx *store.Store, by model.Request) (bool, error) {
	events, err := m.course()
	if err != nil {
		return false, err
	}
	var ids []model.RequestID
	for _, e := range events {
		if e.Kind == model.MoveObjection {
			ids = append(ids, e.Details().OtherID)
		}
	}
	requests, err := tx.Requests.ListByID(ctx, ids)
	return slices.ContainsFunc(requests, func(r model.Request) bool { return sameToStaff(r, by) }), err
}
