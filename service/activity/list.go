package activity

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Filter narrows a list of activities.
type Filter struct {
	Estate   model.UnitID // those that concern its people; zero: the whole county's
	From, To time.Time    // on between these; both zero: from now on
}

// List pages the published activities, by start. Fault: not_found for an unknown estate.
func (s *Service) List(ctx context.Context, f Filter, page model.Page) (model.Listing[model.Activity], error) {
	filter := store.ActivityFilter{From: f.From, To: f.To}
	if f.From.IsZero() && f.To.IsZero() {
		filter.From = s.store.Now()
	}
	if !f.Estate.IsZero() {
		units, err := s.org.Reach(ctx, f.Estate)
		if err != nil {
			return model.Listing[model.Activity]{}, err
		}
		filter.Units = units
	}
	return s.store.Activities.List(ctx, filter, page)
}

// Get reads one activity; a draft only for who manages it. Fault: not_found.
func (s *Service) Get(ctx context.Context, actor model.Actor, id model.ActivityID) (model.Activity, error) {
	a, err := s.store.Activities.Get(ctx, id)
	if err != nil || a.Visible() {
		return a, err
	}
	err = s.access.Require(ctx, actor, access.ActivityManage, a.UnitID)
	if errors.Is(err, fault.ErrUnauthenticated) || errors.Is(err, fault.ErrForbidden) {
		err = fault.ErrNotFound
	}
	return a, err
}

// Now is the clock by which an activity's state is told.
func (s *Service) Now() time.Time { return s.store.Now() }
