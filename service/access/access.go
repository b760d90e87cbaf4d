// Package access decides who may do what where.
//
// Authority is a grant: a role in a unit, for a time, as long as the unit exists. It reaches
// the unit and all below it, or led or covered by it. Table says which roles may do which action; whatever it
// does not allow is denied. Somebody without any such role hears forbidden; somebody
// whose role lies elsewhere hears not_found, exactly as if the thing did not exist.
//
// Grants are read anew for every decision, so one that has ended bites at once on
// every replica.
package access

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/org"
)

// Service decides.
type Service struct {
	store *store.Store
	org   *org.Service
}

// New makes the service.
func New(s *store.Store, o *org.Service) *Service { return &Service{store: s, org: o} }

// Require lets an actor pass who may do the action in one of the units. A thing that
// belongs to several (an estate, its branch, its grid) names them all; zero ids are skipped.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Require(ctx context.Context, actor model.Actor, action Action, units ...model.UnitID) error {
	tops, err := s.Units(ctx, actor, action)
	if err != nil {
		return err
	}
	for _, unit := range units {
		if unit.IsZero() {
			continue
		}
		if within, err := s.org.Within(ctx, unit, tops...); within || err != nil {
			return err
		}
	}
	return fault.ErrNotFound
}

// May is Require as a question. Fault: unauthenticated.
func (s *Service) May(ctx context.Context, actor model.Actor, action Action, units ...model.UnitID) (bool, error) {
	err := s.Require(ctx, actor, action, units...)
	if errors.Is(err, fault.ErrNotFound) || errors.Is(err, fault.ErrForbidden) {
		return false, nil
	}
	return err == nil, err
}

// Able are those of some people who may do the action in one of the units. To be of a team or to have
// a role is not enough: whose unit is gone has no authority.
func (s *Service) Able(ctx context.Context, people []model.UserID, action Action, units ...model.UnitID) (able []model.UserID, err error) {
	for _, user := range people {
		may, err := s.May(ctx, model.Actor{User: user}, action, units...)
		if err != nil {
			return nil, err
		}
		if may {
			able = append(able, user)
		}
	}
	return able, nil
}

// Placed is a thing that belongs to units; those that are zero do not count.
type Placed interface{ Units() []model.UnitID }

// Find gets a thing for an actor who may do the action in one of its units. Whoever may do
// it nowhere hears forbidden before it is known whether the thing exists.
// Faults: unauthenticated, forbidden, not_found.
func Find[T Placed, K any](ctx context.Context, s *Service, actor model.Actor, action Action, get func(context.Context, K) (T, error), key K) (T, error) {
	var none T
	if _, err := s.Units(ctx, actor, action); err != nil {
		return none, err
	}
	thing, err := get(ctx, key)
	if err == nil {
		err = s.Require(ctx, actor, action, thing.Units()...)
	}
	if err != nil {
		return none, err
	}
	return thing, nil
}

// Units are the tops of an actor's authority for an action, never none.
// Faults: unauthenticated, forbidden.
func (s *Service) Units(ctx context.Context, actor model.Actor, action Action) ([]model.UnitID, error) {
	grants, err := s.Grants(ctx, actor)
	if err != nil {
		return nil, err
	}
	var tops []model.UnitID
	for _, grant := range grants {
		if slices.Contains(Table[action], grant.Role) {
			tops = append(tops, grant.UnitID)
		}
	}
	if len(tops) == 0 {
		return nil, fault.ErrForbidden
	}
	return tops, nil
}

// Ground is one unit in the actor's authority for an action, or where none is named the tops
// of all of it. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Ground(ctx context.Context, actor model.Actor, action Action, unit model.UnitID) ([]model.UnitID, error) {
	if unit.IsZero() {
		return s.Units(ctx, actor, action)
	}
	return []model.UnitID{unit}, s.Require(ctx, actor, action, unit)
}

// Grants are an actor's grants in force. Fault: unauthenticated.
func (s *Service) Grants(ctx context.Context, actor model.Actor) ([]model.Grant, error) {
	if actor.Nobody() {
		return nil, fault.ErrUnauthenticated
	}
	grants, err := s.store.Grants.ListByUser(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	var inForce []model.Grant
	for _, grant := range grants {
		holds, err := s.holds(ctx, grant)
		if err != nil {
			return nil, err
		}
		if holds {
			inForce = append(inForce, grant)
		}
	}
	return inForce, nil
}

// holds says whether a grant is in force and its unit exists. Nobody has authority by a unit
// that was dissolved, even where somebody forgot to end the grant.
func (s *Service) holds(ctx context.Context, grant model.Grant) (bool, error) {
	now := s.store.Now()
	if !grant.Holds(now) {
		return false, nil
	}
	unit, err := s.org.Unit(ctx, grant.UnitID)
	return unit.In(model.DateOf(now)), err
}
