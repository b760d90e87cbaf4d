package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/upload"
)

// Said is an event of a request with what is attached to it, as one side sees both.
type Said struct {
	model.RequestEvent
	upload.Attachments
}

// attach attaches uploads of the actor's to an event. Fault: invalid.
func (s *Service) attach(ctx context.Context, tx *store.Store, actor model.Actor, m *matter, e *model.RequestEvent, uploads []model.UploadID) error {
	if len(uploads) == 0 {
		return nil
	}
	place := model.UploadPlace{Kind: model.HeldByRequest, ID: model.ID[any](m.ID), Part: e.Seq}
	if m.Identity == model.IdentitySealed {
		place.Owner = e.ActorID
	}
	return s.uploads.Attach(ctx, tx, actor, uploads, place)
}

// withUploads adds to what one side sees of a request the uploads that the actor sees.
func (s *Service) withUploads(ctx context.Context, actor model.Actor, party model.RequestParty, r model.Request, events []model.RequestEvent) ([]Said, error) {
	if party == model.PartyResident { // what went with a sealed request is the sealed identity's
		actor.User = r.SubmitterID
	}
	parts, err := s.uploads.Of(ctx, actor, model.HeldByRequest, model.ID[any](r.ID))
	if err != nil {
		return nil, err
	}
	said := make([]Said, len(events))
	for i, e := range events {
		said[i].RequestEvent = e
		if open(party, e) {
			said[i].Attachments = parts[e.Seq]
		}
	}
	return said, nil
}

// open says whether one side sees the words of an event, and what came with them.
func open(party model.RequestParty, e model.RequestEvent) bool { return !e.Held || e.Party == party }

// ShowsUploads says whether an actor sees what is attached to an event of a request.
func (s *Service) ShowsUploads(ctx context.Context, actor model.Actor, thing model.ID[any], seq int) (bool, error) {
	id := model.RequestID(thing)
	_, party, err := s.eitherSide(ctx, actor, access.MailboxRead, id)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	events, err := s.events(ctx, id)
	for _, e := range events {
		if e.Seq == seq {
			return open(party, e), err
		}
	}
	return false, err
}

// UnitOf is the branch that a request is with until the transaction ends. Fault: not_found.
func (s *Service) UnitOf(ctx context.Context, tx *store.Store, thing model.ID[any]) (model.UnitID, error) {
	request, err := tx.Requests.GetLocked(ctx, model.RequestID(thing))
	return request.BranchID, err
}
