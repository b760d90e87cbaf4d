package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// route gives a request that was just accepted to the team that a rule names; without a rule a
// person does. What has come up the ladder is beyond rules.
func (m *matter) route(ctx context.Context, tx *store.Store) error {
	if m.Status != model.RequestAccepted || m.Level != model.LevelBranch {
		return nil
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

// DispatchRules are what a unit says of whose team gets requests, or where none is named what the
// tops of the actor's authority say. Faults: unauthenticated, forbidden, not_found.
func (s *Service) DispatchRules(ctx context.Context, actor model.Actor, unit model.UnitID) ([]model.DispatchRule, error) {
	units, err := s.access.Ground(ctx, actor, access.MailboxRead, unit)
	if err != nil {
		return nil, err
	}
	newest, err := s.store.DispatchRules.ListNewest(ctx, units...)
	var standing []model.DispatchRule
	for _, r := range newest {
		if !r.Ended {
			standing = append(standing, r)
		}
	}
	return standing, err
}

// DispatchRule is what a unit says of a category, or of any.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) DispatchRule(ctx context.Context, actor model.Actor, unit model.UnitID, category string) (model.DispatchRule, error) {
	return s.standingRule(ctx, actor, access.MailboxRead, unit, category)
}

func (s *Service) standingRule(ctx context.Context, actor model.Actor, action access.Action, unit model.UnitID, category string) (model.DispatchRule, error) {
	if err := s.access.Require(ctx, actor, action, unit); err != nil {
		return model.DispatchRule{}, err
	}
	r, err := s.store.DispatchRules.Get(ctx, unit, plainCategory(category))
	if err == nil && r.Ended {
		err = fault.ErrNotFound
	}
	return r, err
}

// SetDispatchRule says from now on whose team gets the requests of a unit. version is the one that
// was read, nil for any. Faults: unauthenticated, forbidden, not_found, invalid, changed_meanwhile.
func (s *Service) SetDispatchRule(ctx context.Context, actor model.Actor, r model.DispatchRule, version *int) (model.DispatchRule, error) {
	if err := s.access.Require(ctx, actor, access.MailboxRoute, r.UnitID); err != nil {
		return r, err
	}
	unit, err := s.org.Unit(ctx, r.UnitID)
	if err != nil {
		return r, err
	}
	switch unit.Kind {
	case model.County, model.Town, model.Community, model.Branch, model.Estate:
	default:
		return r, fault.InvalidField("unitId", "wrong_kind", "派办规则只能由县、镇、社区、党支部和小区设定。", "Only counties, towns, communities, branches and estates have rules.")
	}
	if !unit.In(model.DateOf(s.store.Now())) {
		return r, store.ErrUnitEnded
	}
	if r.Category = plainCategory(r.Category); r.Category != "" && !knownCategory(r.Category) {
		return r, fault.InvalidField("category", "unknown", "没有这个诉求类别。", "There is no such category.")
	}
	return s.addRule(ctx, actor, r, version)
}

// EndDispatchRule takes back what a unit says: what is said above it counts.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) EndDispatchRule(ctx context.Context, actor model.Actor, unit model.UnitID, category string, version *int) error {
	r, err := s.standingRule(ctx, actor, access.MailboxRoute, unit, category)
	if err != nil {
		return err
	}
	r.Ended = true
	_, err = s.addRule(ctx, actor, r, version)
	return err
}

// addRule writes the next version.
func (s *Service) addRule(ctx context.Context, actor model.Actor, r model.DispatchRule, version *int) (model.DispatchRule, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DispatchRule, error) {
		before, err := tx.DispatchRules.Get(ctx, r.UnitID, r.Category)
		if err != nil {
			return r, err
		}
		if err := store.Seen(version, before.Version); err != nil {
			return r, err
		}
		r.ID, r.Version, r.ChangedBy, r.CreatedAt = model.NewID[model.DispatchRule](tx.Now()), before.Version+1, actor.User, tx.Now()
		if err := store.First(tx.DispatchRules.Add(ctx, &r)); err != nil {
			return r, err
		}
		detail := r.Category + " → " + string(r.Team)
		if r.Ended {
			detail = r.Category + " ended"
		}
		return r, audit.Record(ctx, tx, actor, audit.Act{
			Action: "mailbox.route", ObjectKind: "dispatch_rule", ObjectID: r.ID, Unit: r.UnitID, Detail: detail,
		})
	})
}
