package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// route gives a request that was just accepted to the team that a rule names; without a rule a
// person does. What has come up the ladder is beyond rules.
func (m *matter) route(ctx context.Context, tx *store.Store) error {
	if m.Status != model.RequestAccepted || m.Level != model.LevelBranch {
		return nil
	}
	if risen, err := m.risen(); err != nil || risen {
		return err
	}
	rule, found, err := m.service.ruleFor(ctx, tx, m.Request)
	if err != nil || !found {
		return err
	}
	if err := m.give(ctx, Target{TeamID: rule.TeamFor(m.Request)}); err != nil {
		return err
	}
	e := model.RequestEvent{Kind: model.MoveDispatch, To: model.RequestDispatched, Party: model.PartySystem, At: tx.Now()}
	return m.step(e.With(model.EventDetails{TeamID: m.TeamID, Rule: rule.ID}))
}

// routeAtOnce accepts and dispatches what has just come in, where a rule says so and its text
// needs nobody's eye.
func (m *matter) routeAtOnce(ctx context.Context, tx *store.Store) error {
	if m.Status != model.RequestScreened {
		return nil
	}
	rule, found, err := m.service.ruleFor(ctx, tx, m.Request)
	if err != nil || !found || !rule.AtOnce {
		return err
	}
	e := model.RequestEvent{Kind: model.MoveAcceptance, To: model.RequestAccepted, Party: model.PartySystem, At: tx.Now()}
	if err := m.step(e); err != nil {
		return err
	}
	return m.route(ctx, tx)
}

// ruleFor is the rule for a request, nearest place first: its estate, then as policies.
func (s *Service) ruleFor(ctx context.Context, tx *store.Store, r model.Request) (rule model.DispatchRule, found bool, err error) {
	units, err := s.policyUnits(ctx, r)
	if err != nil {
		return rule, false, err
	}
	units = append([]model.UnitID{r.EstateID}, units...)
	rules, err := tx.DispatchRules.ListNewest(ctx, units...)
	rule, found = model.RuleFor(r.Category, units, rules)
	return rule, found, err
}

// dispatchRules are what units say of whose team gets requests.
func (s *Service) dispatchRules() rulings[model.DispatchRule, *model.DispatchRule] {
	return rulings[model.DispatchRule, *model.DispatchRule]{
		service: s, in: func(st *store.Store) store.DispatchRules { return st.DispatchRules }, action: access.MailboxRoute, object: "dispatch_rule",
		detail:    func(r model.DispatchRule) string { return "→ " + string(r.Team) },
		kinds:     []model.UnitKind{model.County, model.Town, model.Community, model.Branch, model.Estate},
		wrongKind: fault.Text{ZH: "派办规则只能由县、镇、社区、党支部和小区设定。", EN: "Only counties, towns, communities, branches and estates have rules."},
	}
}

// DispatchRules are what a unit says of whose team gets requests, or where none is named what the
// tops of the actor's authority say. Faults: unauthenticated, forbidden, not_found.
func (s *Service) DispatchRules(ctx context.Context, actor model.Actor, unit model.UnitID) ([]model.DispatchRule, error) {
	return s.dispatchRules().standing(ctx, actor, unit)
}

// DispatchRule is what a unit says of a category, or of any.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) DispatchRule(ctx context.Context, actor model.Actor, unit model.UnitID, category string) (model.DispatchRule, error) {
	return s.dispatchRules().get(ctx, actor, access.MailboxRead, unit, category)
}

// SetDispatchRule says from now on whose team gets the requests of a unit. version is the one that
// was read, nil for any.
// Faults: unauthenticated, forbidden, not_found, invalid, unit_ended, changed_meanwhile.
func (s *Service) SetDispatchRule(ctx context.Context, actor model.Actor, r model.DispatchRule, version *int) (model.DispatchRule, error) {
	if err := s.dispatchRules().check(ctx, actor, &r); err != nil {
		return r, err
	}
	return s.dispatchRules().add(ctx, actor, r, version)
}

// EndDispatchRule takes back what a unit says: what is said above it counts.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) EndDispatchRule(ctx context.Context, actor model.Actor, unit model.UnitID, category string, version *int) error {
	return s.dispatchRules().end(ctx, actor, unit, category, version)
}
