package proxy

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/reveal"
)

// About is whom a request was entered for, as staff see it: masked, or whole after a reveal.
type About struct {
	model.Absentee
	Name, Phone string
}

// About says, masked, whom a request was entered for. Faults: those of access.Find,
// not_entered_by_others.
func (s *Service) About(ctx context.Context, actor model.Actor, id model.RequestID) (About, error) {
	if _, err := access.Find(ctx, s.access, actor, access.MailboxRead, s.store.Requests.Get, id); err != nil {
		return About{}, err
	}
	about, err := s.whole(ctx, id)
	about.Name, about.Phone = model.MaskName(about.Name), model.MaskPhone(about.Phone)
	return about, err
}

func (s *Service) whole(ctx context.Context, id model.RequestID) (About, error) {
	row, err := s.store.Absentees.GetByRequest(ctx, id)
	if err != nil {
		return About{}, notEntered(err)
	}
	person, err := open(s.store, row)
	return About{row, person.Name, person.Phone}, err
}

// Reveal shows name and number whole, for a reason and on record.
// Faults: those of access.Find, invalid, rate_limited, not_entered_by_others.
func (s *Service) Reveal(ctx context.Context, actor model.Actor, id model.RequestID, reason string) (About, error) {
	request, err := access.Find(ctx, s.access, actor, access.PersonReveal, s.store.Requests.Get, id)
	if err != nil {
		return About{}, err
	}
	row, err := s.store.Absentees.GetByRequest(ctx, id)
	if err != nil {
		return About{}, notEntered(err)
	}
	about := reveal.Subject{Person: row.ID, Kind: model.RevealEntered, ID: model.ID[any](id), Of: []model.UnitID{request.BranchID}}
	if _, err := s.looks.Look(ctx, actor, about, reason, func(*store.Store) error { return nil }); err != nil {
		return About{}, err
	}
	return s.whole(ctx, id)
}
