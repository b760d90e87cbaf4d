package org

import (
	"context"
	"slices"

	"jinlin/model"
)

// Kin is a branch that another took over from, or that took over from it.
type Kin struct {
	Unit  model.Unit
	Since model.Date // first day of the successor in the predecessor's place
	Main  bool       // of several successors, the one that counts for figures
}

// Lineage are the branches from which one took over, and those that took over from it. What
// was not restructured has neither. Fault: not_found.
func (s *Service) Lineage(ctx context.Context, id model.UnitID) (before, after []Kin, err error) {
	if _, err := s.Unit(ctx, id); err != nil {
		return nil, nil, err
	}
	to, err := s.store.Lineages.ListPredecessors(ctx, []model.UnitID{id})
	if err != nil {
		return nil, nil, err
	}
	from, err := s.store.Lineages.ListSuccessors(ctx, []model.UnitID{id})
	if err != nil {
		return nil, nil, err
	}
	for _, l := range to {
		unit, err := s.Unit(ctx, l.PredecessorID)
		if err != nil {
			return nil, nil, err
		}
		before = append(before, Kin{unit, l.ValidFrom, l.Main})
	}
	for _, l := range from {
		unit, err := s.Unit(ctx, l.SuccessorID)
		if err != nil {
			return nil, nil, err
		}
		after = append(after, Kin{unit, l.ValidFrom, l.Main})
	}
	return before, after, nil
}

// Predecessors are the branches whose place some branches have taken, directly or through
// others, along main lines only: each is the predecessor of one branch at most. Whoever adds
// up figures as restated now adds those of the predecessors to a branch's own.
func (s *Service) Predecessors(ctx context.Context, branches []model.UnitID) (map[model.UnitID][]model.UnitID, error) {
	found, of := map[model.UnitID][]model.UnitID{}, map[model.UnitID]model.UnitID{}
	for _, b := range branches {
		of[b] = b
	}
	for next := branches; len(next) > 0; {
		lines, err := s.predecessors(ctx, next)
		if err != nil {
			return nil, err
		}
		next = nil
		for _, l := range lines {
			if _, known := of[l.PredecessorID]; known || !l.Main {
				continue
			}
			heir := of[l.SuccessorID]
			of[l.PredecessorID] = heir
			found[heir], next = append(found[heir], l.PredecessorID), append(next, l.PredecessorID)
		}
	}
	return found, nil
}

// lineagesAtOnce keeps what one query finds below its bound.
const lineagesAtOnce = 100

func (s *Service) predecessors(ctx context.Context, branches []model.UnitID) (lines []model.Lineage, err error) {
	for part := range slices.Chunk(branches, lineagesAtOnce) {
		rows, err := s.store.Lineages.ListPredecessors(ctx, part)
		if err != nil {
			return nil, err
		}
		lines = append(lines, rows...)
	}
	return lines, nil
}
