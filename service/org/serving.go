package org

import (
	"context"
	"slices"

	"jinlin/model"
)

// StationsOf are the stations that serve a branch today: mostly one, perhaps none.
// Fault: not_found.
func (s *Service) StationsOf(ctx context.Context, branch model.UnitID) ([]model.Unit, error) {
	if _, err := s.Unit(ctx, branch); err != nil {
		return nil, err
	}
	covers, err := s.leaders(ctx, branch)
	if err != nil {
		return nil, err
	}
	var stations []model.Unit
	for _, cover := range covers {
		unit, err := s.Unit(ctx, cover.UnitID)
		if err != nil {
			return nil, err
		}
		if unit.Kind == model.Station && unit.In(s.today()) {
			stations = append(stations, unit)
		}
	}
	return stations, nil
}

// ServedBy are the branches that stations serve today, in order of their ids.
func (s *Service) ServedBy(ctx context.Context, stations []model.UnitID) (map[model.UnitID][]model.Unit, error) {
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	served := map[model.UnitID][]model.Unit{}
	for _, station := range stations {
		for _, id := range t.led[station] {
			if branch := t.units[id]; branch.Kind == model.Branch && branch.In(s.today()) {
				served[station] = append(served[station], branch)
			}
		}
	}
	for _, branches := range served {
		slices.SortFunc(branches, func(a, b model.Unit) int { return a.ID.Compare(b.ID) })
	}
	return served, nil
}

// OfKind are the units of a kind that exist today, but not buildings, in order of their ids.
func (s *Service) OfKind(ctx context.Context, kind model.UnitKind) ([]model.Unit, error) {
	t, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	var units []model.Unit
	for _, unit := range t.units {
		if unit.Kind == kind && unit.In(s.today()) {
			units = append(units, unit)
		}
	}
	slices.SortFunc(units, func(a, b model.Unit) int { return a.ID.Compare(b.ID) })
	return units, nil
}
