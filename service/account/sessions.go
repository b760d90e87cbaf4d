package account

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
)

// Sessions pages the actor's open sessions, oldest first; there are never more than ten.
func (s *Service) Sessions(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.Session], error) {
	return s.store.Sessions.List(ctx, actor.User, s.store.Now(), page)
}

// SignOut ends the actor's present session.
func (s *Service) SignOut(ctx context.Context, actor model.Actor) error {
	_, err := s.store.Sessions.SaveRevoked(ctx, actor.Session, s.store.Now())
	return err
}

// End ends one of the actor's sessions. Fault: not_found, also for one that has ended.
func (s *Service) End(ctx context.Context, actor model.Actor, id model.SessionID) error {
	session, err := s.store.Sessions.Get(ctx, id)
	if err != nil {
		return err
	}
	if session.UserID != actor.User || !session.Live(s.store.Now()) {
		return fault.ErrNotFound
	}
	_, err = s.store.Sessions.SaveRevoked(ctx, id, s.store.Now())
	return err
}

// SignOutEverywhere ends all of the actor's sessions.
func (s *Service) SignOutEverywhere(ctx context.Context, actor model.Actor) error {
	return s.store.Sessions.SaveAllRevoked(ctx, actor.User, s.store.Now())
}
