package push

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Pause keeps a push from sending more, after the batch under way.
// Faults: those of access.Require, illegal_transition.
func (s *Service) Pause(ctx context.Context, actor model.Actor, id model.PushID) (model.Push, error) {
	return s.steer(ctx, actor, id, model.PausePush)
}

// Resume lets a paused push go on.
// Faults: those of access.Require, illegal_transition.
func (s *Service) Resume(ctx context.Context, actor model.Actor, id model.PushID) (model.Push, error) {
	return s.steer(ctx, actor, id, model.ResumePush)
}

// Stop ends a push for good, after the batch under way; who is still queued stays so.
// Faults: those of access.Require, illegal_transition.
func (s *Service) Stop(ctx context.Context, actor model.Actor, id model.PushID) (model.Push, error) {
	return s.steer(ctx, actor, id, model.StopPush)
}

func (s *Service) steer(ctx context.Context, actor model.Actor, id model.PushID, move model.PushMove) (model.Push, error) {
	if _, err := s.permitted(ctx, actor, id, access.PushManage); err != nil {
		return model.Push{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Push, error) {
		p, err := tx.Pushes.Get(ctx, id)
		if err != nil {
			return p, err
		}
		if err := s.move(ctx, tx, actor, &p, move); err != nil || move != model.ResumePush {
			return p, err
		}
		return p, askForSending(ctx, tx, p)
	})
}

// permitted reads a push for whoever may do the action in its unit.
// Faults: those of access.Require.
func (s *Service) permitted(ctx context.Context, actor model.Actor, id model.PushID, action access.Action) (model.Push, error) {
	return access.Find(ctx, s.access, actor, action, s.store.Pushes.Get, id)
}

// Pushes pages a unit's pushes, newest first. Faults: those of access.Require.
func (s *Service) Pushes(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (model.Listing[model.Push], error) {
	if err := s.access.Require(ctx, actor, access.PushRead, unit); err != nil {
		return model.Listing[model.Push]{}, err
	}
	return s.store.Pushes.List(ctx, unit, page)
}

// Report is how a push went, as of now.
type Report struct {
	Push     model.Push
	Audience int64
	ByStatus map[model.DeliveryStatus]int64 // every state, also with 0
	InApp    int64
	Articles []model.Article // without bodies
	Events   []model.PushEvent
}

// Report tells how a push went. Faults: those of access.Require.
func (s *Service) Report(ctx context.Context, actor model.Actor, id model.PushID) (r Report, err error) {
	if r, err = s.Progress(ctx, actor, id); err != nil {
		return r, err
	}
	if r.Articles, err = s.store.Articles.ListByPush(ctx, id, model.MaxLimit); err != nil {
		return r, err
	}
	r.Events, err = s.store.PushEvents.List(ctx, id)
	return r, err
}

// Progress is a report's figures alone. Faults: those of access.Require.
func (s *Service) Progress(ctx context.Context, actor model.Actor, id model.PushID) (r Report, err error) {
	if r.Push, err = s.permitted(ctx, actor, id, access.PushRead); err != nil {
		return r, err
	}
	counts, err := s.store.Deliveries.CountByStatus(ctx, id)
	if err != nil {
		return r, err
	}
	r.ByStatus = map[model.DeliveryStatus]int64{}
	for _, status := range model.DeliveryStatuses {
		r.ByStatus[status] = counts[status]
	}
	r.InApp, err = s.store.Messages.CountByKey(ctx, pushKey(id))
	r.Audience = r.InApp
	return r, err
}
