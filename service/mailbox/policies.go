package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Presets are the policies that come with the program.
func (s *Service) Presets() (presets []model.ClockPolicy) {
	for _, p := range model.ClockPresets {
		whole, _ := model.ClockPreset(p.Preset)
		presets = append(presets, whole)
	}
	return presets
}

// policies are what units say about clocks.
func (s *Service) policies() rulings[model.ClockPolicy, *model.ClockPolicy] {
	return rulings[model.ClockPolicy, *model.ClockPolicy]{
		service: s, in: func(st *store.Store) store.ClockPolicies { return st.ClockPolicies }, action: access.MailboxPolicy, object: "clock_policy",
		detail: func(p model.ClockPolicy) string {
			return string(p.Acknowledge + " " + p.Dispatch + " " + p.Handle + " " + p.Reply)
		},
		kinds:     []model.UnitKind{model.County, model.Town, model.Community, model.Branch},
		wrongKind: fault.Text{ZH: "时限规则只能由县、镇、社区和党支部设定。", EN: "Only counties, towns, communities and branches have policies."},
	}
}

// Policies are what a unit says about clocks, or where none is named what the tops of the
// actor's authority say. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Policies(ctx context.Context, actor model.Actor, unit model.UnitID) ([]model.ClockPolicy, error) {
	return s.policies().standing(ctx, actor, unit)
}

// Policy is the newest version of what a unit says of a category, or of any.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Policy(ctx context.Context, actor model.Actor, unit model.UnitID, category string) (model.ClockPolicy, error) {
	return s.policies().get(ctx, actor, access.MailboxRead, unit, category)
}

// SetPolicy says from now on how long the clocks of a unit's requests run. What runs already
// stays due when it was. version is the one that was read, nil for any.
// Faults: unauthenticated, forbidden, not_found, invalid, unit_ended, changed_meanwhile.
func (s *Service) SetPolicy(ctx context.Context, actor model.Actor, p model.ClockPolicy, version *int) (model.ClockPolicy, error) {
	if err := s.policies().check(ctx, actor, &p); err != nil {
		return p, err
	}
	if err := fillPolicy(&p); err != nil {
		return p, err
	}
	return s.policies().add(ctx, actor, p, version)
}

// EndPolicy takes back what a unit says: its requests go by what is said above it.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) EndPolicy(ctx context.Context, actor model.Actor, unit model.UnitID, category string, version *int) error {
	return s.policies().end(ctx, actor, unit, category, version)
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
			return fault.InvalidField(path, "not_allowed", "时限应写作 24h、7d、2wh 或 15wd；等待居民评价的时限只能用 h 或 d。", "A limit is written like 24h, 7d, 2wh or 15wd; that of silence in h or d only.")
		}
		chosen = chosen || *limit.own != *limit.preset
	}
	if chosen || p.ReturnVisit != preset.ReturnVisit || p.CloseUnclaimed != preset.CloseUnclaimed || p.PhotoOfWork != preset.PhotoOfWork {
		p.Preset = ""
	}
	return nil
}
