package access

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
)

// Post says how a role is given.
type Post struct {
	In        []model.UnitKind // the kinds of units in which somebody can have it
	By        []model.Role     // who gives and ends it, each in their unit and below
	TwoPeople bool             // what one of them gives another of them has to confirm
}

var (
	byClerk = []model.Role{model.CountyClerk}
	byTown  = []model.Role{model.CountyClerk, model.TownCommittee}
)

// Posts say who may give which role where. Nobody gives a role that reaches as far as their
// own but the county's clerks; and whoever runs the whole county, or looks into all of it, is
// made by two. A secretary's post is a tenure (package tenure); a role given by hand is for
// who acts in their place.
var Posts = map[model.Role]Post{
	model.CountyClerk:       {In: []model.UnitKind{model.County}, By: byClerk, TwoPeople: true},
	model.Auditor:           {In: []model.UnitKind{model.County, model.Town, model.Community}, By: byClerk, TwoPeople: true},
	model.DepartmentOfficer: {In: []model.UnitKind{model.County, model.Department, model.Town}, By: byClerk},
	model.TownCommittee:     {In: []model.UnitKind{model.Town, model.Committee}, By: byClerk},
	model.PartTimeMember:    {In: []model.UnitKind{model.Community, model.Organisation}, By: byTown},
	model.CommunityWorker:   {In: []model.UnitKind{model.Community, model.Organisation}, By: byTown},
	model.GridWorker:        {In: []model.UnitKind{model.Grid, model.Community}, By: byTown},
	model.Secretary:         {In: []model.UnitKind{model.Branch}, By: byTown},
	model.GroupLeader:       {In: []model.UnitKind{model.Group}, By: byTown},
	model.BranchMember:      {In: []model.UnitKind{model.Branch, model.Group}, By: byTown},
	model.ShopKeeper:        {In: []model.UnitKind{model.Branch, model.Station, model.Community}, By: byTown},
}

// ErrNotTheirs is a fault: somebody gives or ends a role that is not theirs to give.
var ErrNotTheirs = fault.Define(fault.Forbidden, "role_beyond_authority",
	"您的职务无权授予或终止这一角色。", "Your own role does not give or end this one.")

// RequireGiver lets an actor pass who gives and ends a role in a unit. Whether they may see
// the unit at all is Require's question. Faults: unauthenticated, role_beyond_authority.
func (s *Service) RequireGiver(ctx context.Context, actor model.Actor, role model.Role, unit model.UnitID) error {
	grants, err := s.Grants(ctx, actor)
	if err != nil {
		return err
	}
	for _, grant := range grants {
		if !slices.Contains(Posts[role].By, grant.Role) {
			continue
		}
		if within, err := s.org.Within(ctx, unit, grant.UnitID); err != nil || within {
			return err
		}
	}
	return ErrNotTheirs
}
