package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// AnyCategory stands for a policy of all categories that have none of their own.
const AnyCategory = "any"

// Presets are the policies that come with the program.
func (s *Service) Presets() (presets []model.ClockPolicy) {
	for _, p := range model.ClockPresets {
		whole, _ := model.ClockPreset(p.Preset)
		presets = append(presets, whole)
	}
	return presets
}

// Policies are what a unit says about clocks, or where none is named what the tops of the
// actor's authority say. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Policies(ctx context.Context, actor model.Actor, unit model.UnitID) ([]model.ClockPolicy, error) {
	units, err := s.access.Ground(ctx, actor, access.MailboxRead, unit)
	if err != nil {
		return nil, err
	}
	newest, err := s.store.ClockPolicies.ListNewest(ctx, units...)
	var standing []model.ClockPolicy
	for _, p := range newest {
		if !p.Ended {
			standing = append(standing, p)
		}
	}
	return standing, err
}

// Policy is the newest version of what a unit says of a category, or of any.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Policy(ctx context.Context, actor model.Actor, unit model.UnitID, category string) (model.ClockPolicy, error) {
	return s.standingPolicy(ctx, actor, access.MailboxRead, unit, category)
}

func (s *Service) standingPolicy(ctx context.Context, actor model.Actor, action access.Action, unit model.UnitID, category string) (model.ClockPolicy, error) {
	if err := s.access.Require(ctx, actor, action, unit); err != nil {
		return model.ClockPolicy{}, err
	}
	p, err := s.store.ClockPolicies.Get(ctx, unit, plainCategory(category))
	if err == nil && p.Ended {
		err = fault.ErrNotFound
	}
	return p, err
}

func plainCategory(category string) string {
	if category == AnyCategory {
		return ""
	}
	return category
}

// SetPolicy says from now on how long the clocks of a unit's requests run. What runs already
// stays due when it was. version is the one that was read, nil for any.
// Faults: unauthenticated, forbidden, not_found, invalid, changed_meanwhile.
func (s *Service) SetPolicy(ctx context.Context, actor model.Actor, p model.ClockPolicy, version *int) (model.ClockPolicy, error) {
	if err := s.checkPolicy(ctx, actor, &p); err != nil {
		return p, err
	}
	return s.addPolicy(ctx, actor, p, version)
}

// EndPolicy takes back what a unit says: its requests go by what is said above it.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) EndPolicy(ctx context.Context, actor model.Actor, unit model.UnitID, category string, version *int) error {
	p, err := s.standingPolicy(ctx, actor, access.MailboxPolicy, unit, category)
	if err != nil {
		return err
	}
	p.Ended = true
	_, err = s.addPolicy(ctx, actor, p, version)
	return err
}

// addPolicy writes the next version.
func (s *Service) addPolicy(ctx context.Context, actor model.Actor, p model.ClockPolicy, version *int) (model.ClockPolicy, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (model.ClockPolicy, error) {
		before, err := tx.ClockPolicies.Get(ctx, p.UnitID, p.Category)
		if err != nil {
			return p, err
		}
		if err := store.Seen(version, before.Version); err != nil {
			return p, err
		}
		p.ID, p.Version = model.NewID[model.ClockPolicy](tx.Now()), before.Version+1
		p.ChangedBy, p.CreatedAt = actor.User, tx.Now()
		if err := store.First(tx.ClockPolicies.Add(ctx, &p)); err != nil {
			return p, err
		}
		return p, audit.Record(ctx, tx, actor, audit.Act{
			Action: "mailbox.policy", ObjectKind: "clock_policy", ObjectID: p.ID, Unit: p.UnitID, Detail: policyDetail(p),
		})
	})
}

func policyDetail(p model.ClockPolicy) string {
	if p.Ended {
		return p.Category + " ended"
	}
	return p.Category + " " + string(p.Acknowledge) + " " + string(p.Dispatch) + " " + string(p.Handle) + " " + string(p.Reply)
}

// checkPolicy puts a policy in order: a preset fills what is not said.
// Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) checkPolicy(ctx context.Context, actor model.Actor, p *model.ClockPolicy) error {
	if err := s.access.Require(ctx, actor, access.MailboxPolicy, p.UnitID); err != nil {
		return err
	}
	unit, err := s.org.Unit(ctx, p.UnitID)
	if err != nil {
		return err
	}
	switch unit.Kind {
	case model.County, model.Town, model.Community, model.Branch:
	default:
		return fault.InvalidField("unitId", "wrong_kind", "时限规则只能由县、镇、社区和党支部设定。", "Only counties, towns, communities and branches have policies.")
	}
	if !unit.In(model.DateOf(s.store.Now())) {
		return store.ErrUnitEnded
	}
	if p.Category = plainCategory(p.Category); p.Category != "" && !knownCategory(p.Category) {
		return fault.InvalidField("category", "unknown", "没有这个诉求类别。", "There is no such category.")
	}
	return fillPolicy(p)
}

// fillPolicy takes from a preset what is not said. Fault: invalid.
func fillPolicy(p *model.ClockPolicy) error {
	preset, known := model.ClockPreset(p.Preset)
	if !known {
		return fault.InvalidField("preset", "unknown", "没有这个预设。", "There is no such preset.")
	}
	if !p.ReturnVisit && p.Silence == "" { // or what nobody asks about would be closed as soon as a visit is owed
		p.Silence = model.PatientSilence
	}
	chosen := false
	for path, limit := range map[string]struct{ own, preset *model.ClockLimit }{
		"acknowledge": {&p.Acknowledge, &preset.Acknowledge}, "dispatch": {&p.Dispatch, &preset.Dispatch}, "handle": {&p.Handle, &preset.Handle},
		"reply": {&p.Reply, &preset.Reply}, "silence": {&p.Silence, &preset.Silence}, "visit": {&p.Visit, &preset.Visit}, "rung": {&p.Rung, &preset.Rung},
	} {
		if *limit.own == "" {
			*limit.own = *limit.preset
		}
		if !limit.own.Valid() || path == "silence" && limit.own.InWorkingTime() {
			return fault.InvalidField(path, "not_allowed", "时限格式不正确，例如 24h、7d、2wh、15wd。", "A limit is written like 24h, 7d, 2wh or 15wd.")
		}
		chosen = chosen || *limit.own != *limit.preset
	}
	if chosen || p.ReturnVisit != preset.ReturnVisit || p.CloseUnclaimed != preset.CloseUnclaimed || p.PhotoOfWork != preset.PhotoOfWork {
		p.Preset = ""
	}
	return nil
}
