package mailbox

import (
	"cmp"
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// rules are what the clocks of one request go by.
type rules struct {
	policy model.ClockPolicy
	time   model.WorkingTime
}

// The calendar is read so many days back and ahead: as far as a limit reaches from what is open.
const (
	daysBack  = 60
	daysAhead = 400
)

// rules reads the policy of a request's units and category, and the calendar around today.
func (s *Service) rules(ctx context.Context, tx *store.Store, r model.Request) (rules, error) {
	units, err := s.policyUnits(ctx, r)
	if err != nil {
		return rules{}, err
	}
	policies, err := tx.ClockPolicies.ListNewest(ctx, units...)
	if err != nil {
		return rules{}, err
	}
	today := model.DateOf(tx.Now())
	changed, err := tx.CalendarDays.ListBetween(ctx, today.AddDays(-daysBack), today.AddDays(daysAhead))
	return rules{
		policy: model.PolicyFor(r.Category, units, policies),
		time:   model.WorkingTime{Calendar: model.NewCalendar(changed...), Hours: s.settings.Hours},
	}, err
}

// policyUnits are the units that can say something about a request's clocks, nearest first and
// the county last.
func (s *Service) policyUnits(ctx context.Context, r model.Request) ([]model.UnitID, error) {
	units := []model.UnitID{r.BranchID}
	if !r.CommunityID.IsZero() && !r.TownID.IsZero() {
		units = append(units, r.CommunityID)
	}
	chain, err := s.org.Chain(ctx, cmp.Or(r.TownID, r.CommunityID, r.EstateID))
	for _, unit := range chain {
		switch unit.Kind {
		case model.Community, model.Town, model.County:
			units = append(units, unit.ID)
		}
	}
	return units, err
}
