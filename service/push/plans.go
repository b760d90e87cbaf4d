package push

import (
	"context"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Plan is when a unit's news goes out each day; the default where nobody made one.
// Faults: those of access.Require.
func (s *Service) Plan(ctx context.Context, actor model.Actor, unit model.UnitID) (model.PushPlan, error) {
	if err := s.access.Require(ctx, actor, access.PushRead, unit); err != nil {
		return model.PushPlan{}, err
	}
	return s.plan(ctx, s.store, unit)
}

func (s *Service) plan(ctx context.Context, from *store.Store, unit model.UnitID) (model.PushPlan, error) {
	p, err := from.PushPlans.Get(ctx, unit)
	if !errors.Is(err, fault.ErrNotFound) {
		return p, err
	}
	u, err := from.Units.Get(ctx, unit)
	return model.DefaultPushPlan(u), err
}

// SavePlan changes a plan. version, unless nil, is the one the editor saw.
// Faults: those of access.Require, invalid, changed_meanwhile.
func (s *Service) SavePlan(ctx context.Context, actor model.Actor, version *int, plan model.PushPlan) (model.PushPlan, error) {
	if err := s.access.Require(ctx, actor, access.PushManage, plan.UnitID); err != nil {
		return plan, err
	}
	if err := checkTimes(plan); err != nil {
		return plan, err
	}
	err := s.store.InTx(ctx, func(tx *store.Store) error {
		now, err := s.plan(ctx, tx, plan.UnitID)
		if err != nil {
			return err
		}
		if err := store.Seen(version, now.Version); err != nil {
			return err
		}
		plan.Version, plan.UpdatedAt = now.Version, tx.Now()
		if err := savePlan(ctx, tx, plan); err != nil {
			return err
		}
		plan.Version++
		return audit.Record(ctx, tx, actor, audit.Act{
			Action: "push.plan", ObjectKind: "push_plan", ObjectID: plan.UnitID, Unit: plan.UnitID,
			Detail: fmt.Sprintf("at %s, enabled %t", plan.At, plan.Enabled),
		})
	})
	return plan, err
}

func savePlan(ctx context.Context, tx *store.Store, plan model.PushPlan) error {
	if plan.Version == 0 {
		plan.Version = 1
		return store.First(tx.PushPlans.Add(ctx, &plan))
	}
	return store.Kept(tx.PushPlans.SaveChanged(ctx, plan))
}

// checkTimes refuses what is no time, and a slot in the quiet hours, which would only wait.
func checkTimes(p model.PushPlan) error {
	for path, t := range map[string]model.TimeOfDay{"at": p.At, "quietHours.from": p.QuietFrom, "quietHours.until": p.QuietUntil} {
		if _, err := model.ParseTimeOfDay(string(t)); err != nil {
			return fault.InvalidField(path, "invalid_time", "时间格式应为 07:30。", "Not a time like 07:30.")
		}
	}
	if _, quiet := p.Quiet(p.At.On("2026-01-01")); quiet {
		return fault.InvalidField("at", "in_quiet_hours", "推送时间不能在免打扰时段内。", "The time of the push lies in the quiet hours.")
	}
	return nil
}

// Forecast is how many people a push of a unit would reach now.
type Forecast struct {
	Audience  int64 // in the inbox
	WithGrant int64 // of these, by subscribe message too
}

// Forecast counts them. Faults: those of access.Require.
func (s *Service) Forecast(ctx context.Context, actor model.Actor, unit model.UnitID) (f Forecast, err error) {
	if err := s.access.Require(ctx, actor, access.PushRead, unit); err != nil {
		return f, err
	}
	estates, err := s.org.EstatesOf(ctx, unit)
	if err != nil {
		return f, err
	}
	if f.Audience, err = s.store.Residences.CountUsersIn(ctx, estates); err != nil {
		return f, err
	}
	f.WithGrant, err = s.store.TemplateGrants.CountHolders(ctx, s.templateID(model.TemplateNews), estates)
	return f, err
}
