package org

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
)

// Holder is who has a post, under the name as published; the zero Holder is nobody.
type Holder struct {
	User model.UserID
	Name string
}

// SecretaryOf is who is in post at a branch, or who acts as secretary without a tenure.
func (s *Service) SecretaryOf(ctx context.Context, branch model.UnitID) (Holder, error) {
	tenure, err := s.store.Tenures.GetByPost(ctx, branch)
	if err == nil && tenure.Status == model.TenureInPost {
		return Holder{tenure.UserID, tenure.Name}, nil
	}
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return Holder{}, err
	}
	holders, err := s.holders(ctx, branch, model.Secretary)
	if err != nil || len(holders) == 0 {
		return Holder{}, err
	}
	return s.named(ctx, holders[len(holders)-1]) // the newest: others are being relieved
}

// WorkerOf is who leads a grid today. Where nobody does, it is who has been its worker longest:
// people are to have somebody they can ask.
func (s *Service) WorkerOf(ctx context.Context, grid model.UnitID) (Holder, error) {
	lead, err := s.lead(ctx, grid)
	if err != nil {
		return Holder{}, err
	}
	if !lead.IsZero() {
		return s.named(ctx, lead)
	}
	holders, err := s.holders(ctx, grid, model.GridWorker)
	if err != nil || len(holders) == 0 {
		return Holder{}, err
	}
	return s.named(ctx, holders[0])
}

// lead is who was appointed to lead a grid and works there, the zero id for nobody.
func (s *Service) lead(ctx context.Context, grid model.UnitID) (model.UserID, error) {
	lead, err := s.store.GridLeads.GetOn(ctx, grid, s.today())
	if errors.Is(err, fault.ErrNotFound) {
		return model.UserID{}, nil
	}
	if err != nil {
		return model.UserID{}, err
	}
	unit, err := s.Unit(ctx, grid)
	if err != nil {
		return model.UserID{}, err
	}
	grants, err := s.store.Grants.ListByUser(ctx, lead.UserID)
	for _, g := range grants {
		if !g.Holds(s.store.Now()) {
			continue
		}
		if works, err := s.WorksIn(ctx, g, unit.ParentID); err != nil || works {
			return lead.UserID, err
		}
	}
	return model.UserID{}, err
}

// WorksIn says whether a grant makes somebody a grid or community worker of a community, in all
// of it or in one of its grids.
func (s *Service) WorksIn(ctx context.Context, g model.Grant, community model.UnitID) (bool, error) {
	if !g.OfWorker() {
		return false, nil
	}
	return s.Within(ctx, g.UnitID, community)
}

// holders have a role in a unit now, who had it first first.
func (s *Service) holders(ctx context.Context, unit model.UnitID, role model.Role) (holders []model.UserID, err error) {
	grants, err := s.store.Grants.ListByUnit(ctx, unit, role, s.store.Now())
	for _, grant := range grants {
		holders = append(holders, grant.UserID)
	}
	return holders, err
}

func (s *Service) named(ctx context.Context, id model.UserID) (Holder, error) {
	user, err := s.store.Users.Get(ctx, id)
	return Holder{id, user.Nickname}, err
}

// BranchAt is the branch that looks after a place today, or that a group or grid is part of.
// Faults: not_found, no_branch.
func (s *Service) BranchAt(ctx context.Context, id model.UnitID) (model.Unit, error) {
	unit, err := s.Unit(ctx, id)
	if err != nil {
		return unit, err
	}
	switch unit.Kind {
	case model.Branch:
		if !unit.In(s.today()) {
			return unit, ErrNoBranch
		}
		return unit, nil
	case model.Group, model.Building:
		return s.BranchAt(ctx, unit.ParentID)
	case model.Estate:
		return s.BranchOf(ctx, id)
	case model.Grid:
		return s.branchOver(ctx, id)
	}
	return unit, ErrNoBranch
}

// branchOver is the branch that is bound to a grid, itself or by one of its groups.
func (s *Service) branchOver(ctx context.Context, grid model.UnitID) (model.Unit, error) {
	covers, err := s.leaders(ctx, grid)
	if err != nil {
		return model.Unit{}, err
	}
	for _, cover := range covers {
		unit, err := s.Unit(ctx, cover.UnitID)
		if err != nil {
			return unit, err
		}
		if unit.Kind == model.Branch || unit.Kind == model.Group {
			return s.BranchAt(ctx, unit.ID)
		}
	}
	return model.Unit{}, ErrNoBranch
}

// GridsOf are the grids that a branch is bound to today, itself or by its groups, in order of ids.
func (s *Service) GridsOf(ctx context.Context, branch model.UnitID) (grids []model.UnitID, err error) {
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	for _, by := range append([]model.UnitID{branch}, t.children[branch]...) {
		for _, id := range t.led[by] {
			if (by == branch || t.units[by].Kind == model.Group) && t.units[id].Kind == model.Grid {
				grids = append(grids, id)
			}
		}
	}
	slices.SortFunc(grids, model.UnitID.Compare)
	return slices.Compact(grids), nil
}
