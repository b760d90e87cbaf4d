// Package activity plans what people come together for.
//
// Staff of a unit write a draft, change it while it is one, and publish it. What the
// public will read passes WeChat's text check first: risky text is refused, and text a
// person must look at stays a draft, put before somebody else by package moderation. Once
// released it can be published, as long as it is not changed. The check happens outside
// the transaction, so the publication names the version that was checked.
//
// A published activity is ongoing from its start and finished from its end. Whoever
// reads it goes by the clock; a job moves the rows and writes the events some moments
// later, so that nothing depends on when that runs. Until its end an activity can be
// cancelled; its sign-ups are then released by a job.
//
// An activity belongs to one unit and concerns the people of every estate that the unit
// is above of, leads or covers.
package activity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/moderation"
	"jinlin/service/org"
)

// What can be in the way of an activity.
var (
	ErrHeld = fault.Define(fault.Conflict, "content_held",
		"内容需要人工复核，暂未发布。", "A person must look at the text first. It has not been published.")
	ErrOver = fault.Define(fault.Conflict, "activity_over",
		"活动时间已过，不能发布。", "The time of this activity is over.")
)

// Pools says which pools of points a unit may draw on.
type Pools interface {
	// CheckPool passes a pool of the unit or of one above it. Fault: not_found.
	CheckPool(ctx context.Context, pool model.PoolID, unit model.UnitID) error
}

// Service plans activities.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
	texts  *moderation.Service
	pools  Pools
}

// New makes the service.
func New(s *store.Store, rights *access.Service, units *org.Service, texts *moderation.Service, pools Pools) *Service {
	return &Service{store: s, access: rights, org: units, texts: texts, pools: pools}
}

// Draft writes a new activity of a unit, which nobody else sees yet.
// Faults: invalid, unauthenticated, forbidden, not_found, unit_ended.
func (s *Service) Draft(ctx context.Context, actor model.Actor, unit model.UnitID, plan Plan) (model.Activity, error) {
	if err := s.access.Require(ctx, actor, access.ActivityManage, unit); err != nil {
		return model.Activity{}, err
	}
	plan, err := plan.checked()
	if err != nil {
		return model.Activity{}, err
	}
	if err := s.checkPool(ctx, plan.PoolID, unit); err != nil {
		return model.Activity{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Activity, error) {
		now := tx.Now()
		if _, err := tx.Units.GetStanding(ctx, unit, model.DateOf(now)); err != nil {
			return model.Activity{}, err
		}
		a := model.Activity{
			ID: model.NewID[model.Activity](now), UnitID: unit, State: model.ActivityDraft, PlacesLeft: plan.Capacity,
			CreatedBy: actor.User, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		a = plan.into(a)
		if err := tx.Activities.Add(ctx, &a); err != nil {
			return a, err
		}
		return a, noted(ctx, tx, actor, a, a.State, "draft", "")
	})
}

// Change rewrites a draft. version, unless nil, is the one the writer saw.
// Faults: changed_meanwhile, illegal_transition, invalid and those of access.Require.
func (s *Service) Change(ctx context.Context, actor model.Actor, id model.ActivityID, version *int, change func(*Plan)) (model.Activity, error) {
	seen, err := s.managed(ctx, actor, id)
	if err != nil {
		return seen, err
	}
	if err := store.Seen(version, seen.Version); err != nil {
		return seen, err
	}
	if seen.State != model.ActivityDraft {
		return seen, seen.Move(model.ActivityDraft, s.store.Now())
	}
	plan := planOf(seen)
	change(&plan)
	if plan, err = plan.checked(); err != nil {
		return seen, err
	}
	if err := s.checkPool(ctx, plan.PoolID, seen.UnitID); err != nil {
		return seen, err
	}
	var out model.Activity
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if err := store.Kept(tx.Activities.SaveDraft(ctx, seen, plan.into(seen))); err != nil {
			return err
		}
		if err := s.texts.Drop(ctx, tx, actor, model.ModeratedActivity, model.ID[any](id)); err != nil {
			return err
		}
		if out, err = tx.Activities.Get(ctx, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, act(seen, "change", ""))
	})
	return out, err
}

// checkPool asks about a pool that was named. Fault: invalid.
func (s *Service) checkPool(ctx context.Context, pool model.PoolID, unit model.UnitID) error {
	if pool.IsZero() {
		return nil
	}
	err := s.pools.CheckPool(ctx, pool, unit)
	if errors.Is(err, fault.ErrNotFound) {
		return fault.InvalidField("poolId", "not_found", "没有可用的这个积分池。", "The unit has no such pool of points.")
	}
	return err
}

// Publish shows a draft to everybody, once its text has passed the check.
// Faults: content_refused, content_held, activity_over, illegal_transition,
// changed_meanwhile and those of access.Require.
func (s *Service) Publish(ctx context.Context, actor model.Actor, id model.ActivityID) (model.Activity, error) {
	seen, err := s.managed(ctx, actor, id)
	if err != nil {
		return seen, err
	}
	if seen.State == model.ActivityDraft {
		if err := s.judge(ctx, actor, seen); err != nil {
			return seen, err
		}
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Activity, error) {
		a, err := tx.Activities.Get(ctx, id)
		if err != nil {
			return a, err
		}
		if err := a.Move(model.ActivityPublished, tx.Now()); err != nil {
			return a, err
		}
		if err := store.Seen(&seen.Version, a.Version); err != nil { // not the text that was checked
			return a, err
		}
		if !tx.Now().Before(a.EndsAt) {
			return a, ErrOver
		}
		if err := store.Kept(tx.Activities.SaveState(ctx, a, model.ActivityPublished)); err != nil {
			return a, err
		}
		return s.moved(ctx, tx, actor, a, model.ActivityPublished, "publish", "")
	})
}

// Cancel calls an activity off. The reason is shown to everybody when it passes the text
// check; else it waits for a person, and the activity is called off without it.
// Faults: content_refused, illegal_transition and those of access.Require.
func (s *Service) Cancel(ctx context.Context, actor model.Actor, id model.ActivityID, reason string) (model.Activity, error) {
	if a, err := s.managed(ctx, actor, id); err != nil {
		return a, err
	}
	shown := reason
	if err := s.checkText(ctx, actor, "", reason); errors.Is(err, ErrHeld) {
		shown = ""
	} else if err != nil {
		return model.Activity{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Activity, error) {
		a, err := tx.Activities.Get(ctx, id)
		if err != nil {
			return a, err
		}
		if err := a.Move(model.ActivityCancelled, tx.Now()); err != nil {
			return a, err
		}
		if err := store.Kept(tx.Activities.SaveCancelled(ctx, a, shown)); err != nil {
			return a, err
		}
		if a, err = s.moved(ctx, tx, actor, a, model.ActivityCancelled, "cancel", reason); err != nil {
			return a, err
		}
		if shown != reason {
			if err := s.texts.Hold(ctx, tx, itemOf(actor, a, model.ModeratedCancellation, reason)); err != nil {
				return a, err
			}
		}
		return a, putJob(ctx, tx, ReleaseJob, a, tx.Now())
	})
}

// moved finishes a move that was saved by compare-and-set: event, audit, the row as it is now.
func (s *Service) moved(ctx context.Context, tx *store.Store, actor model.Actor, a model.Activity, to model.ActivityState, verb, note string) (model.Activity, error) {
	if err := noted(ctx, tx, actor, a, to, verb, note); err != nil {
		return a, err
	}
	// It is public, or never will be: nobody need decide on its text.
	if err := s.texts.Drop(ctx, tx, actor, model.ModeratedActivity, model.ID[any](a.ID)); err != nil {
		return a, err
	}
	return tx.Activities.Get(ctx, a.ID)
}

// noted writes the event and the audit row of what staff did.
func noted(ctx context.Context, tx *store.Store, actor model.Actor, a model.Activity, to model.ActivityState, verb, note string) error {
	from := a.State
	if to == model.ActivityDraft {
		from = ""
	}
	if err := addEvent(ctx, tx, a, from, to, actor.User, note, tx.Now()); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor, act(a, verb, fmt.Sprintf("%s → %s", from, to)))
}

func addEvent(ctx context.Context, tx *store.Store, a model.Activity, from, to model.ActivityState, actor model.UserID, note string, at time.Time) error {
	return tx.ActivityEvents.Add(ctx, &model.ActivityEvent{
		ID: model.NewID[model.ActivityEvent](tx.Now()), ActivityID: a.ID, FromState: from, ToState: to, ActorID: actor, Note: note, At: at,
	})
}

func act(a model.Activity, verb, detail string) audit.Act {
	return audit.Act{Action: "activity." + verb, ObjectKind: "activity", ObjectID: a.ID, Unit: a.UnitID, Detail: detail}
}

// managed is an activity that the actor may manage.
func (s *Service) managed(ctx context.Context, actor model.Actor, id model.ActivityID) (model.Activity, error) {
	return access.Find(ctx, s.access, actor, access.ActivityManage, s.store.Activities.Get, id)
}
