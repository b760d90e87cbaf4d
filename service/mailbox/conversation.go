package mailbox

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/identity"
	"jinlin/service/moderation"
)

// Write adds a message of the submitter's or of staff to the conversation. The other side
// sees it only if its text passed the check, or once a person released it.
// Faults: unauthenticated, not_found, invalid, illegal_transition, conversation_full,
// identity_opened.
func (s *Service) Write(ctx context.Context, actor model.Actor, id model.RequestID, text string, uploads ...model.UploadID) (Said, error) {
	text, err := written("text", text)
	if err != nil {
		return Said{}, err
	}
	request, party, err := s.eitherSide(ctx, actor, access.MailboxHandle, id)
	if err != nil {
		return Said{}, err
	}
	verdict, err := s.check(ctx, actor, text)
	if err != nil {
		return Said{}, err
	}
	event, err := store.Once(ctx, s.store, func(tx *store.Store) (model.RequestEvent, error) {
		return s.addMessage(ctx, tx, actor, id, uploads, model.RequestEvent{
			Kind: model.MoveMessage, ActorID: actor.User, Party: party, Text: text, Held: verdict != moderation.Passed, At: tx.Now(),
		})
	})
	if err != nil || len(uploads) == 0 {
		return Said{RequestEvent: event}, err
	}
	said, err := s.withUploads(ctx, actor, party, request, []model.RequestEvent{event})
	if err != nil {
		return Said{}, err
	}
	return said[0], nil
}

func (s *Service) addMessage(ctx context.Context, tx *store.Store, actor model.Actor, id model.RequestID, uploads []model.UploadID, e model.RequestEvent) (model.RequestEvent, error) {
	m, err := s.take(ctx, tx, id)
	if err != nil {
		return e, err
	}
	if err := m.talk(e); err != nil {
		return e, err
	}
	if e.Party == model.PartyStaff {
		if err := m.notTheirs(ctx, tx, actor); err != nil {
			return e, err
		}
		if err := record(ctx, tx, actor, m, e.Kind, ""); err != nil {
			return e, err
		}
	}
	if err := s.putBefore(ctx, tx, m); err != nil {
		return e, err
	}
	if err := s.attach(ctx, tx, actor, m, m.events[0], uploads); err != nil {
		return e, err
	}
	_, err = m.save(ctx, tx)
	return *m.events[0], err
}

// View is a request as one side sees it.
type View struct {
	Request    model.Request // without its submitter where that is hidden from the viewer
	Clocks     model.RequestClocks
	Answers    []Answered // to the questions of its category
	Timeline   []Said     // without what is held from the viewer
	Merged     *Merged    // for the submitter of a merged request: what became of the other; nil else
	Promises   []model.RequestPromise
	Overdue    bool // staff are late
	Unverified bool // heard in a group, and nobody has confirmed that they said it
	Mine       bool
	Submitter  string // nickname; empty where it is hidden
	Label      string // what staff call who sealed their identity; empty for others
	Verified   bool   // the submitter's residence in that estate has been verified; not said of a sealed one
}

// Read shows a request with its course to its submitter, or to staff with authority over it.
// Faults: unauthenticated, not_found.
func (s *Service) Read(ctx context.Context, actor model.Actor, id model.RequestID) (View, error) {
	request, party, err := s.eitherSide(ctx, actor, access.MailboxRead, id)
	if err != nil {
		return View{}, err
	}
	view := View{Request: request, Mine: party == model.PartyResident, Answers: answered(request)}
	if view.Clocks, err = s.store.RequestClocks.ListByRequests(ctx, id); err != nil {
		return View{}, err
	}
	view.Overdue = view.Clocks.Overdue(s.store.Now())
	unverified, err := s.unverified(ctx, request)
	if err != nil {
		return View{}, err
	}
	view.Unverified = len(unverified) > 0
	if view.Promises, err = s.store.RequestPromises.ListByRequest(ctx, id); err != nil {
		return View{}, err
	}
	events, err := s.events(ctx, id)
	if err != nil {
		return View{}, err
	}
	if view.Timeline, err = s.withUploads(ctx, actor, party, request, seenBy(party, request, events)); err != nil {
		return View{}, err
	}
	if err := s.introduce(ctx, actor, &view); err != nil {
		return View{}, err
	}
	if view.Mine && request.Status == model.RequestMerged {
		if view.Merged, err = s.mergedInto(ctx, request); err != nil {
			return View{}, err
		}
	}
	view.Request = masked(party, request)
	return view, nil
}

// events are the course of a request. What a person released is not held any more.
func (s *Service) events(ctx context.Context, id model.RequestID) ([]model.RequestEvent, error) {
	events, err := s.store.RequestEvents.ListByRequest(ctx, id)
	if err != nil || !slices.ContainsFunc(events, func(e model.RequestEvent) bool { return e.Held }) {
		return events, err
	}
	released, err := s.texts.Released(ctx, model.ModeratedMessage, model.ID[any](id))
	for i := range events {
		events[i].Held = events[i].Held && !released[events[i].Seq]
	}
	return events, err
}

// introduce says as much of the submitter as the viewer may know.
func (s *Service) introduce(ctx context.Context, actor model.Actor, view *View) (err error) {
	if view.Request.Identity == model.IdentitySealed {
		if view.Label, err = identity.LabelOf(ctx, s.store, view.Request.SubmitterID); err != nil || !view.Mine {
			return err
		}
		user, err := s.store.Users.Get(ctx, actor.User)
		view.Submitter = user.Nickname
		return err
	}
	residences, err := s.store.Residences.ListByUser(ctx, view.Request.SubmitterID)
	if err != nil {
		return err
	}
	for _, r := range residences {
		view.Verified = view.Verified || r.EstateID == view.Request.EstateID && r.Status == model.ResidenceVerified
	}
	if !view.Mine && view.Request.Identity != model.IdentityNamed {
		return nil
	}
	user, err := s.store.Users.Get(ctx, view.Request.SubmitterID)
	if errors.Is(err, fault.ErrNotFound) { // an absentee, see package proxy
		return nil
	}
	view.Submitter = user.Nickname
	return err
}

// masked is the request without its submitter, where staff look at one that is not named, and
// without who of the staff has it, where its submitter looks: they deal with the team. Nor do
// submitters see which other request theirs was merged into: it is somebody else's.
func masked(party model.RequestParty, r model.Request) model.Request {
	if party != model.PartyResident && r.Identity != model.IdentityNamed {
		r.SubmitterID = model.UserID{}
	}
	if party == model.PartyResident {
		r.AssigneeID, r.MergedInto = model.UserID{}, model.RequestID{}
	}
	return r
}

// seenBy leaves out what one side may not see: the other's held texts, and the person
// behind a hidden request. An act whose text is held is still seen, a message is not. Staff see no
// stars: whoever was rated must not read them beside who gave them, only as a figure of many.
func seenBy(party model.RequestParty, r model.Request, events []model.RequestEvent) []model.RequestEvent {
	var seen []model.RequestEvent
	for _, e := range events {
		if !open(party, e) {
			if e.Kind == model.MoveMessage {
				continue
			}
			e.Text = ""
		}
		if e.Party == model.PartyResident && masked(party, r).SubmitterID.IsZero() {
			e.ActorID = model.UserID{}
		}
		if party == model.PartyStaff {
			e.Rating = 0
		}
		if party == model.PartyResident {
			details := e.Details()
			details.UserID, details.OtherID = model.UserID{}, model.RequestID{}
			e = e.With(details)
		}
		seen = append(seen, e)
	}
	return seen
}
