package model

// DispatchRuleID names a version of a rule.
type DispatchRuleID = ID[DispatchRule]

// DispatchRule says whose team gets requests.
type DispatchRule struct {
	ID DispatchRuleID `data:"none"`
	Ruling
	Team   RuleTeam `data:"none"`
	AtOnce bool     `data:"none"` // on submission, where the text passed: nobody accepts it first
}

// SetID names it.
func (r *DispatchRule) SetID(id DispatchRuleID) { r.ID = id }

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
	if r, found := nearest(category, units, rules); found {
		return r, true
	}
	return nearest("", units, rules)
}
