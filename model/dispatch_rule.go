package model

import "time"

// DispatchRuleID names a version of a rule.
type DispatchRuleID = ID[DispatchRule]

// DispatchRule says whose team gets the requests of a unit and of all below it, of one category or
// of any. A version is never changed: another one follows it.
type DispatchRule struct {
	ID        DispatchRuleID `data:"none"`
	UnitID    UnitID         `data:"none"`
	Category  string         `data:"none"` // "" is any that has none of its own
	Version   int            `data:"none"`
	Team      RuleTeam       `data:"none"`
	AtOnce    bool           `data:"none"` // on submission, where the text passed: nobody accepts it first
	Ended     bool           `data:"none"` // from this version on there is none
	ChangedBy UserID         `data:"none"`
	CreatedAt time.Time      `data:"none"`
}

// Units is where it belongs.
func (r DispatchRule) Units() []UnitID { return []UnitID{r.UnitID} }

// RuleTeam is whose team a rule names; which one that is, the request's place says.
type RuleTeam string

// The teams.
const (
	TeamOfBranch    RuleTeam = "branch"
	TeamOfGrid      RuleTeam = "grid"      // the branch's where the place has no grid
	TeamOfCommunity RuleTeam = "community" // the community's workers
)

// TeamFor is the unit whose team a rule gives a request to.
func (r DispatchRule) TeamFor(request Request) UnitID {
	switch {
	case r.Team == TeamOfGrid && !request.GridID.IsZero():
		return request.GridID
	case r.Team == TeamOfCommunity && !request.CommunityID.IsZero():
		return request.CommunityID
	}
	return request.BranchID
}

// RuleFor chooses among the newest versions of some units, nearest unit first; what is said of the
// category comes before what is said of any. False where nobody says anything: a person dispatches.
func RuleFor(category string, units []UnitID, rules []DispatchRule) (DispatchRule, bool) {
	for _, said := range []string{category, ""} {
		for _, unit := range units {
			for _, r := range rules {
				if r.UnitID == unit && r.Category == said && !r.Ended {
					return r, true
				}
			}
		}
	}
	return DispatchRule{}, false
}
