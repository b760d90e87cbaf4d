package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Daily looks after the clock; a recurring job's work. It makes the pushes whose slot has
// come, records those that were missed, and gives up deliveries whose sender died.
func (s *Service) Daily(ctx context.Context) error {
	today := model.DateOf(s.store.Now())
	return errors.Join(
		s.loseDead(ctx),
		s.serveSlots(ctx, today.AddDays(-1)), // a slot late in the day, or a day nobody worked
		s.serveSlots(ctx, today),
	)
}

// serveSlots decides every slot of a day that has come and is not decided yet. One unit's
// trouble does not keep the others waiting.
func (s *Service) serveSlots(ctx context.Context, day model.Date) error {
	plans, err := s.plansOn(ctx, day)
	if err != nil {
		return err
	}
	decided, err := s.store.PushSlots.ListByDate(ctx, day)
	if err != nil {
		return err
	}
	done := map[model.UnitID]bool{}
	for _, slot := range decided {
		done[slot.UnitID] = true
	}
	began, err := s.began(ctx)
	if err != nil {
		return err
	}
	var troubles []error
	for _, plan := range plans {
		slot := plan.At.On(day)
		if done[plan.UnitID] || !plan.Enabled || s.store.Now().Before(slot) || slot.Before(plan.UpdatedAt) {
			continue
		}
		if err := s.decideSlot(ctx, plan, day, began); err != nil && !beaten(err) {
			troubles = append(troubles, fmt.Errorf("the slot of unit %s: %w", plan.UnitID, err))
		}
	}
	return errors.Join(troubles...)
}

// began is when this service first looked at its clock: before that, nothing was missed.
func (s *Service) began(ctx context.Context) (time.Time, error) {
	first, err := s.store.PushSlots.GetFirst(ctx)
	if errors.Is(err, fault.ErrNotFound) {
		return s.store.Now(), nil
	}
	return first.DecidedAt, err
}

// beaten says that somebody else decided the slot, or took its articles, meanwhile. What
// is left to decide, the next minute decides.
func beaten(err error) bool {
	return errors.Is(err, store.ErrDuplicate) || errors.Is(err, ErrPushExists) || errors.Is(err, ErrNothing)
}

// plansOn are the plans of all branches of a day, and of other units that have one. A
// default plan holds from when we know the branch.
func (s *Service) plansOn(ctx context.Context, day model.Date) ([]model.PushPlan, error) {
	made, err := s.store.PushPlans.ListAll(ctx)
	if err != nil {
		return nil, err
	}
	has := map[model.UnitID]bool{}
	for _, plan := range made {
		has[plan.UnitID] = true
	}
	branches, err := s.store.Units.ListAll(ctx, model.Branch)
	for _, branch := range branches {
		if has[branch.ID] || !branch.In(day) {
			continue
		}
		plan := model.DefaultPushPlan(branch)
		plan.UpdatedAt = branch.CreatedAt
		made = append(made, plan)
	}
	return made, err
}

func (s *Service) decideSlot(ctx context.Context, plan model.PushPlan, day model.Date, began time.Time) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		outcome, err := s.serveSlot(ctx, tx, plan, day, began)
		if err != nil {
			return err
		}
		return tx.PushSlots.Add(ctx, &model.PushSlot{UnitID: plan.UnitID, Date: day, Outcome: outcome, DecidedAt: tx.Now()})
	})
}

func (s *Service) serveSlot(ctx context.Context, tx *store.Store, plan model.PushPlan, day model.Date, began time.Time) (model.SlotOutcome, error) {
	news, err := tx.Articles.ListUntold(ctx, plan.UnitID, mostTitles)
	if err != nil {
		return "", err
	}
	exists, err := s.exists(ctx, tx, plan.UnitID, day)
	if err != nil {
		return "", err
	}
	slot := plan.At.On(day)
	late := tx.Now().Sub(slot) > Lateness
	if late { // what came later, or before our time, was not missed
		news = slices.DeleteFunc(news, func(a model.Article) bool { return a.PublishedAt.After(slot) || slot.Before(began) })
	}
	switch {
	case exists:
		return model.SlotPushed, nil
	case len(news) == 0:
		return model.SlotNothing, nil
	case late:
		_, err = s.add(ctx, tx, model.Actor{}, describe(plan, day, news), model.PushMissed)
		return model.SlotMissed, err
	}
	_, err = s.start(ctx, tx, model.Actor{}, plan, day, false)
	return model.SlotPushed, err
}
