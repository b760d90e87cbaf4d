package mailbox

import (
	"cmp"
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/identity"
	"jinlin/service/moderation"
)

// Accept takes a request on; an empty priority is normal. It meets the clock acknowledge,
// and screens a text that still waited for a person. A rule may give it to a team at that.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Accept(ctx context.Context, actor model.Actor, id model.RequestID, priority model.RequestPriority) (State, error) {
	return s.staffMove(ctx, actor, id, model.MoveAcceptance, func(tx *store.Store, m *matter) error {
		m.Priority = cmp.Or(priority, model.PriorityNormal)
		if err := m.screenThen(byStaff(actor, tx, model.MoveAcceptance, model.RequestAccepted, "")); err != nil {
			return err
		}
		return m.route(ctx, tx)
	})
}

// Refuse ends a request that is not for the mailbox, with a reason its submitter reads; one
// that does not pass the text check they read once it is released.
// Whoever answered the matter, as another's request, does not end it so.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid, same_person.
func (s *Service) Refuse(ctx context.Context, actor model.Actor, id model.RequestID, reason string) (State, error) {
	reason, err := written("reason", reason)
	if err != nil {
		return State{}, err
	}
	return s.staffSays(ctx, actor, id, model.MoveRefusal, model.RequestRefused, reason, nil,
		func(_ *store.Store, m *matter, e model.RequestEvent) error {
			if m.waits() {
				if err := m.unless(actor, model.Hands.MayMerge); err != nil {
					return err
				}
			}
			return m.screenThen(e)
		})
}

// Start says that somebody works on it: from then on it stands with them.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Start(ctx context.Context, actor model.Actor, id model.RequestID) (State, error) {
	return s.staffMove(ctx, actor, id, model.MoveStart, func(tx *store.Store, m *matter) error {
		m.AssigneeID, m.TeamID = actor.User, cmp.Or(m.TeamID, m.BranchID)
		return m.step(byStaff(actor, tx, model.MoveStart, model.RequestHandling, ""))
	})
}

// Answer is what staff say to the submitter at the end of their work.
type Answer struct {
	Text      string
	Explained bool // nothing could be done, and the text says why: the submitter confirms it
	Uploads   []model.UploadID
}

// Reply answers the submitter. It meets the clock reply and starts the wait for feedback. An
// answer that does not pass the text check is shown, and told of, once it is released.
// Faults: those of Answer.
func (s *Service) Reply(ctx context.Context, actor model.Actor, id model.RequestID, text string, uploads ...model.UploadID) (State, error) {
	return s.Answer(ctx, actor, id, Answer{Text: text, Uploads: uploads})
}

// Answer is Reply with everything that can be said. Whoever answered it or worked on it when it was
// found not to be fixed cannot answer it again: somebody else is to look.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid, same_person,
// photo_missing.
func (s *Service) Answer(ctx context.Context, actor model.Actor, id model.RequestID, a Answer) (State, error) {
	text, err := written("text", a.Text)
	if err != nil {
		return State{}, err
	}
	answer := func(tx *store.Store, m *matter, e model.RequestEvent) error {
		if a.Explained {
			e = e.With(model.EventDetails{Explained: true})
		}
		if !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		if err := m.unless(actor, model.Hands.MayAnswer); err != nil {
			return err
		}
		if err := m.proven(ctx, tx, a); err != nil {
			return err
		}
		return m.step(e)
	}
	return s.staffSays(ctx, actor, id, model.MoveReply, model.RequestReplied, text, a.Uploads, answer)
}

// proven says whether an answer shows what was done where the policy wants that, or says that
// nothing could be. Fault: photo_missing.
func (m *matter) proven(ctx context.Context, tx *store.Store, a Answer) error {
	rules, err := m.rules()
	if err != nil || !rules.policy.PhotoOfWork || a.Explained {
		return err
	}
	photo, err := tx.Uploads.HavePhoto(ctx, a.Uploads)
	if err == nil && !photo {
		err = ErrPhotoMissing
	}
	return err
}

// unless keeps those from a move who may not make it for what they did before. Fault: same_person.
func (m *matter) unless(actor model.Actor, may func(model.Hands, model.UserID) bool) error {
	events, err := m.history()
	if err == nil && !may(model.HandsOf(events), actor.User) {
		err = ErrSamePerson
	}
	return err
}

// staffSays is staffMove with words that the submitter reads. They are judged first, and
// held for a person unless they pass.
func (s *Service) staffSays(ctx context.Context, actor model.Actor, id model.RequestID, move model.RequestMove, to model.RequestStatus, text string, uploads []model.UploadID, step func(*store.Store, *matter, model.RequestEvent) error) (State, error) {
	if _, err := s.within(ctx, actor, access.MailboxHandle, id); err != nil {
		return State{}, err // before WeChat is asked
	}
	verdict, err := s.check(ctx, actor, text)
	if err != nil {
		return State{}, err
	}
	return s.staffMove(ctx, actor, id, move, func(tx *store.Store, m *matter) error {
		e := byStaff(actor, tx, move, to, text)
		e.Held = verdict != moderation.Passed
		if err := step(tx, m, e); err != nil {
			return err
		}
		if err := s.attach(ctx, tx, actor, m, m.events[len(m.events)-1], uploads); err != nil {
			return err
		}
		return s.putBefore(ctx, tx, m)
	})
}

// screenThen makes a move that implies that a person found the text fit.
func (m *matter) screenThen(e model.RequestEvent) error {
	if m.Status == model.RequestSubmitted {
		screening := e
		screening.Kind, screening.To, screening.Text, screening.Held = model.MoveScreening, model.RequestScreened, "", false
		if err := m.step(screening); err != nil {
			return err
		}
	}
	return m.step(e)
}

// staffMove lets staff move a request in their authority, once for their key, on record.
// Faults: unauthenticated, forbidden, not_found, own_matter, identity_opened.
func (s *Service) staffMove(ctx context.Context, actor model.Actor, id model.RequestID, move model.RequestMove, do func(tx *store.Store, m *matter) error) (State, error) {
	if _, err := s.within(ctx, actor, access.MailboxHandle, id); err != nil {
		return State{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (State, error) {
		m, err := s.take(ctx, tx, id)
		if err != nil {
			return State{}, err
		}
		if err := m.notTheirs(ctx, tx, actor); err != nil {
			return State{}, err
		}
		before := m.Status
		if err := do(tx, m); err != nil {
			return State{}, err
		}
		if err := record(ctx, tx, actor, m, move, string(before)+" → "+string(m.Status)); err != nil {
			return State{}, err
		}
		return m.save(ctx, tx)
	})
}

// notTheirs keeps staff from handling what they submitted themselves, sealed or not, and what comes
// from somebody whose sealed identity they have had opened. Only whoever tries for themselves hears
// it: who gives a request to a colleague must not learn from a refusal that it is the colleague's
// own. Faults: own_matter, identity_opened.
func (m *matter) notTheirs(ctx context.Context, tx *store.Store, actor model.Actor) error {
	own, err := identity.Is(ctx, tx, m.SubmitterID, actor.User)
	if err == nil && own {
		err = ErrOwnMatter
	}
	if err != nil {
		return err
	}
	knows, err := identity.Knows(ctx, tx, m.Request, actor.User)
	if err == nil && knows {
		err = ErrKnowsWho
	}
	return err
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, m *matter, move model.RequestMove, detail string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "mailbox." + string(move), ObjectKind: "request", ObjectID: m.ID, Unit: m.BranchID, Detail: detail,
	})
}

func byStaff(actor model.Actor, tx *store.Store, move model.RequestMove, to model.RequestStatus, text string) model.RequestEvent {
	return model.RequestEvent{Kind: move, To: to, ActorID: actor.User, Party: model.PartyStaff, Text: text, At: tx.Now()}
}
