// Package org knows the county's units: who is part of whom, and which branch leads
// an estate.
//
// Two trees meet here. Every unit has one parent, from buildings over estates and
// communities to the county; beside that stands the Party's tree from groups and branches
// to the county's organisation department. They meet where a unit of one leads or covers a
// unit of the other: the department leads the county, a committee its town, an
// organisation its community, a branch its estates, a group works in a grid; a grid covers
// buildings and a station serves branches. A unit is within another when the way up its
// parents meets it, or meets something the other leads or covers; a group reaches what
// its grid covers.
//
// What a unit is called, where it stands and hangs, and how it is reached are dated facts:
// nothing is overwritten, a change ends one fact and begins another, today or on a day to
// come, and any day's tree can be asked for. The unit itself says what is so today.
//
// The tree without buildings is some hundreds of units, or thousands in a county of a million
// households. It is kept in memory for a few seconds; grants, which must bite at once, are not
// kept here.
package org

import (
	"context"
	"slices"
	"sync"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// ErrNoBranch is a fault: no branch leads this estate.
var ErrNoBranch = fault.Define(fault.Conflict, "no_branch",
	"该小区尚未建立党支部。", "No branch leads this estate yet.")

// Service answers questions about units.
type Service struct {
	store *store.Store

	mu        sync.Mutex
	tree      *tree
	read      time.Time // when it began to be read
	reading   bool      // somebody reads it anew
	forgotten int       // how often it was
}

// New makes the service.
func New(s *store.Store) *Service { return &Service{store: s} }

// Unit reads one unit, also one that has ended. Fault: not_found.
func (s *Service) Unit(ctx context.Context, id model.UnitID) (model.Unit, error) {
	t, err := s.current(ctx)
	if err != nil {
		return model.Unit{}, err
	}
	if unit, known := t.units[id]; known {
		return unit, nil
	}
	return s.store.Units.Get(ctx, id) // a building, or new
}

// Units reads several by id, leaving out unknown ones.
func (s *Service) Units(ctx context.Context, ids []model.UnitID) (map[model.UnitID]model.Unit, error) {
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	found := map[model.UnitID]model.Unit{}
	var unknown []model.UnitID
	for _, id := range ids {
		if unit, known := t.units[id]; known {
			found[id] = unit
		} else if !id.IsZero() {
			unknown = append(unknown, id)
		}
	}
	rows, err := s.store.Units.ListByID(ctx, unknown)
	for _, unit := range rows {
		found[unit.ID] = unit
	}
	return found, err
}

// Filter narrows a list of units.
type Filter = store.UnitFilter

// List pages the units of a day, as they were then; the empty day is today.
func (s *Service) List(ctx context.Context, f Filter, page model.Page) (model.Listing[model.Unit], error) {
	today := s.today()
	if f.AsOf == "" {
		f.AsOf = today
	}
	f.Dated = f.AsOf != today
	units, err := s.store.Units.List(ctx, f, page)
	if err == nil && f.Dated {
		err = s.asOf(ctx, units.Items, f.AsOf)
	}
	return units, err
}

// Chain is a unit and everything above it, lowest first. Fault: not_found.
func (s *Service) Chain(ctx context.Context, id model.UnitID) ([]model.Unit, error) {
	var chain []model.Unit
	for !id.IsZero() && len(chain) < 16 {
		unit, err := s.Unit(ctx, id)
		if err != nil {
			return nil, err
		}
		chain = append(chain, unit)
		id = unit.ParentID
	}
	return chain, nil
}

// Within says whether a unit lies in the authority of one of the others: below it, or led or
// covered by it. Fault: not_found.
func (s *Service) Within(ctx context.Context, id model.UnitID, tops ...model.UnitID) (bool, error) {
	reach, err := s.Reach(ctx, id)
	return slices.ContainsFunc(tops, func(top model.UnitID) bool { return slices.Contains(reach, top) }), err
}

// leaders are the units that lead or cover one today.
func (s *Service) leaders(ctx context.Context, id model.UnitID) ([]model.Cover, error) {
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	if _, known := t.units[id]; known {
		return t.leaders[id], nil
	}
	return s.store.Covers.ListCovering(ctx, id, s.today())
}

// BranchOf is the branch that leads an estate today. Faults: not_found, no_branch.
func (s *Service) BranchOf(ctx context.Context, estate model.UnitID) (model.Unit, error) {
	if _, err := s.Unit(ctx, estate); err != nil {
		return model.Unit{}, err
	}
	covers, err := s.leaders(ctx, estate)
	if err != nil {
		return model.Unit{}, err
	}
	for _, cover := range covers {
		unit, err := s.Unit(ctx, cover.UnitID)
		if err != nil {
			return model.Unit{}, err
		}
		if unit.Kind == model.Branch && unit.In(s.today()) {
			return unit, nil
		}
	}
	return model.Unit{}, ErrNoBranch
}

// Contact is how the people of an estate reach their branch.
type Contact struct {
	Estate, Branch model.Unit
	Secretary      string // the name as published; "" while the post is vacant
	Station        *model.Unit
}

// Contact answers "which branch is mine": the branch that leads an estate, its secretary
// and the station that serves it. Faults: not_found, no_branch.
func (s *Service) Contact(ctx context.Context, estate model.UnitID) (c Contact, err error) {
	if c.Branch, err = s.BranchOf(ctx, estate); err != nil {
		return c, err
	}
	if c.Estate, err = s.Unit(ctx, estate); err != nil {
		return c, err
	}
	stations, err := s.StationsOf(ctx, c.Branch.ID)
	if err != nil {
		return c, err
	}
	if len(stations) > 0 {
		c.Station = &stations[0]
	}
	secretary, err := s.SecretaryOf(ctx, c.Branch.ID)
	c.Secretary = secretary.Name
	return c, err
}

// GridOf is the grid that covers a building or estate today; the zero id when none does.
func (s *Service) GridOf(ctx context.Context, id model.UnitID) (model.UnitID, error) {
	covers, err := s.leaders(ctx, id)
	if err != nil {
		return model.UnitID{}, err
	}
	for _, cover := range covers {
		if unit, err := s.Unit(ctx, cover.UnitID); err != nil {
			return model.UnitID{}, err
		} else if unit.Kind == model.Grid {
			return unit.ID, nil
		}
	}
	return model.UnitID{}, nil
}

// EstatesOf are the estates whose people a unit speaks to today: those a branch leads,
// those below a community, town or county, or the estate itself. Fault: not_found.
func (s *Service) EstatesOf(ctx context.Context, id model.UnitID) ([]model.UnitID, error) {
	return s.within(ctx, id, func(u model.Unit) bool { return u.Kind == model.Estate && u.In(s.today()) })
}

// Below are the units but buildings in the authority of one, itself included, past ones
// too. Fault: not_found.
func (s *Service) Below(ctx context.Context, id model.UnitID) ([]model.UnitID, error) {
	return s.within(ctx, id, func(model.Unit) bool { return true })
}

func (s *Service) within(ctx context.Context, top model.UnitID, wanted func(model.Unit) bool) ([]model.UnitID, error) {
	if _, err := s.Unit(ctx, top); err != nil {
		return nil, err
	}
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(t.below(top), func(id model.UnitID) bool { return !wanted(t.units[id]) })
	slices.SortFunc(ids, model.UnitID.Compare)
	return ids, nil
}

// Reach is what concerns the people of a unit: the unit, everything above it, and whatever
// leads or covers any of those; for what a grid covers, also the groups of that grid. An
// article or activity of one of these is for them. Fault: not_found.
func (s *Service) Reach(ctx context.Context, id model.UnitID) ([]model.UnitID, error) {
	levels, err := s.Levels(ctx, id)
	return slices.Concat(levels...), err
}

// Levels is Reach level by level: the unit with what leads or covers it, then its parent the same,
// and so on. Fault: not_found.
func (s *Service) Levels(ctx context.Context, id model.UnitID) ([][]model.UnitID, error) {
	chain, err := s.Chain(ctx, id)
	if err != nil {
		return nil, err
	}
	levels := make([][]model.UnitID, len(chain))
	for i, unit := range chain {
		covers, err := s.leaders(ctx, unit.ID)
		if err != nil {
			return nil, err
		}
		level := []model.UnitID{unit.ID}
		for _, cover := range covers {
			groups, err := s.groupsIn(ctx, cover.UnitID)
			if err != nil {
				return nil, err
			}
			level = append(append(level, cover.UnitID), groups...)
		}
		levels[i] = level
	}
	return levels, nil
}

// groupsIn are the Party groups that work in a grid today; none for other units.
func (s *Service) groupsIn(ctx context.Context, grid model.UnitID) ([]model.UnitID, error) {
	t, err := s.current(ctx)
	if err != nil || t.units[grid].Kind != model.Grid {
		return nil, err
	}
	var groups []model.UnitID
	for _, cover := range t.leaders[grid] {
		if t.units[cover.UnitID].Kind == model.Group {
			groups = append(groups, cover.UnitID)
		}
	}
	return groups, nil
}

// Ground are the places on which a unit of the Party stands: what it leads or covers today.
// A branch and a place stand on themselves. Fault: not_found.
func (s *Service) Ground(ctx context.Context, id model.UnitID) ([]model.Unit, error) {
	unit, err := s.Unit(ctx, id)
	if err != nil {
		return nil, err
	}
	if !unit.Kind.OfParty() || unit.Kind == model.Branch {
		return []model.Unit{unit}, nil
	}
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	var ground []model.Unit
	for _, covered := range t.led[id] {
		ground = append(ground, t.units[covered])
	}
	return ground, nil
}

func (s *Service) today() model.Date { return model.DateOf(s.store.Now()) }
