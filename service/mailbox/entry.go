package mailbox

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/moderation"
)

// Draft is a submission that staff fill in for somebody else, placed.
type Draft struct {
	model.Request // screened once it was judged
	uploads       []model.UploadID
}

// Prepare looks at a form that staff fill in for somebody else. Faults: invalid, no_branch.
func (s *Service) Prepare(ctx context.Context, in Submission) (Draft, error) {
	r, err := s.draft(ctx, in)
	return Draft{r, in.Uploads}, err
}

// Judge has the texts of some drafts checked, in the name of whoever types them. It must not be
// called in a transaction: it asks WeChat.
func (s *Service) Judge(ctx context.Context, actor model.Actor, drafts ...*Draft) error {
	texts := make([]moderation.Text, len(drafts))
	for i, d := range drafts {
		texts[i] = moderation.Text{Scene: moderation.Forum, Body: checkable(d.Request)}
	}
	verdicts, err := s.texts.JudgeAll(ctx, actor.User, texts...)
	for i, verdict := range verdicts {
		drafts[i].Screening = string(verdict)
	}
	return err
}

// Entered says for whom a draft is entered, and how it came.
type Entered struct {
	For    model.UserID // stands as the submitter
	Source model.RequestSource
	At     time.Time // when it came; its clocks run from then
}

// Enter takes a draft in for somebody else, in the transaction of whoever calls and with the
// actor's uploads. Whoever types a text has read it, and screens it by that where it passed the
// check; one that did not, or was not judged, waits for a person as any other.
// Faults: invalid, unit_ended.
func (s *Service) Enter(ctx context.Context, tx *store.Store, actor model.Actor, d Draft, e Entered) (State, error) {
	if _, err := tx.Units.GetStanding(ctx, d.BranchID, model.DateOf(tx.Now())); err != nil {
		return State{}, err
	}
	r := d.Request
	r.SubmitterID, r.Source, r.Screening = e.For, e.Source, cmp.Or(r.Screening, string(moderation.Held))
	m, err := s.begin(ctx, tx.At(func() time.Time { return e.At }), r, moderation.Held)
	if err != nil {
		return State{}, err
	}
	if r.Screening == string(moderation.Passed) {
		if err := m.step(byStaff(actor, tx, model.MoveScreening, model.RequestScreened, "")); err != nil {
			return State{}, err
		}
	}
	if err := s.attach(ctx, tx, actor, m, m.events[0], d.uploads); err != nil {
		return State{}, err
	}
	if err := record(ctx, tx, actor, m, "entry", string(e.Source)); err != nil {
		return State{}, err
	}
	if err := m.routeAtOnce(ctx, tx); err != nil {
		return State{}, err
	}
	return m.save(ctx, tx)
}

// Claim has the actor stand as the submitter of a request that was entered for them, in the
// transaction of whoever made sure of it. Who entered it knows its code, and who handled it would judge
// their own work: as staff they had to do with it, and cannot take it over.
// Faults: not_found where another stands there, same_person.
func (s *Service) Claim(ctx context.Context, tx *store.Store, actor model.Actor, id model.RequestID, from model.UserID) (State, error) {
	m, err := s.take(ctx, tx, id)
	if err != nil {
		return State{}, err
	}
	if err := m.unlessStaffOf(actor); err != nil {
		return State{}, err
	}
	found, err := tx.Requests.SaveSubmitter(ctx, id, from, actor.User)
	if err == nil && !found {
		err = fault.ErrNotFound
	}
	if err != nil || m.Status.Ended() {
		return m.state(), err
	}
	m.SubmitterID = actor.User
	if err := m.step(model.RequestEvent{Kind: model.MoveClaim, To: m.Status, ActorID: actor.User, Party: model.PartyResident, At: tx.Now()}); err != nil {
		return State{}, err
	}
	return m.save(ctx, tx)
}

// unlessStaffOf keeps those from being its submitter who did something with a request as staff.
// Fault: same_person.
func (m *matter) unlessStaffOf(actor model.Actor) error {
	events, err := m.history()
	did := func(e model.RequestEvent) bool { return e.Party == model.PartyStaff && e.ActorID == actor.User }
	if err == nil && slices.ContainsFunc(events, did) {
		err = ErrSamePerson
	}
	return err
}

// StateOf is how a request stands, in the transaction of whoever calls. Fault: not_found.
func (s *Service) StateOf(ctx context.Context, tx *store.Store, id model.RequestID) (State, error) {
	m, err := s.hold(ctx, tx, id)
	if err != nil {
		return State{}, err
	}
	return m.state(), nil
}

// Replied is what a request was last answered, or why it was refused, and when; of a merged one what
// the other was answered, as its submitter may read that. It is nothing while the words are held.
func (s *Service) Replied(ctx context.Context, r model.Request) (string, *time.Time, error) {
	if r.Status == model.RequestMerged {
		merged, err := s.mergedInto(ctx, r)
		if err != nil {
			return "", nil, err
		}
		if n := len(merged.Answers); n > 0 {
			last := merged.Answers[n-1]
			return last.Text, &last.At, nil
		}
	}
	events, err := s.events(ctx, r.ID)
	for _, e := range slices.Backward(events) {
		if (e.Kind == model.MoveReply || e.Kind == model.MoveRefusal) && !e.Held {
			return e.Text, &e.At, err
		}
	}
	return "", nil, err
}

// NameOf is what people call a category.
func NameOf(category string) fault.Text { return nameOf(category) }
