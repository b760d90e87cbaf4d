package push

import (
	"context"
	"slices"
	"time"

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
	Push         model.Push
	Audience     int64
	ByStatus     map[model.DeliveryStatus]int64 // every state, also with 0
	OptedOut     int64                          // of the refused: who has turned news off here
	InApp        int64
	WaitingUntil *time.Time      // nothing is sent before: quiet hours, or WeChat takes no more for now
	Articles     []model.Article // without bodies
	Events       []model.PushEvent
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
	if r.OptedOut, err = s.store.Deliveries.CountOptedOut(ctx, id); err != nil {
		return r, err
	}
	if r.InApp, err = s.store.Messages.CountByKey(ctx, pushKey(id)); err != nil {
		return r, err
	}
	r.Audience = r.InApp
	r.WaitingUntil, err = s.waitingUntil(ctx, r.Push)
	return r, err
}

// waitingUntil is when the first of a push's sending jobs goes on, where all of them were
// put off; nil where one is at work or due.
func (s *Service) waitingUntil(ctx context.Context, p model.Push) (*time.Time, error) {
	if p.Status != model.PushAudienceFrozen && p.Status != model.PushSending {
		return nil, nil
	}
	waiting, err := s.store.Jobs.ListReady(ctx, jobKey(sendJob, p.ID)+"[", model.MaxLimit)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	first := slices.MinFunc(waiting, func(a, b model.Job) int { return a.RunAt.Compare(b.RunAt) }).RunAt
	if !first.After(s.store.Now()) {
		return nil, nil
	}
	return &first, nil
}
