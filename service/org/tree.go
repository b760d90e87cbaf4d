package org

import (
	"context"
	"slices"
	"time"

	"jinlin/model"
)

// How old the tree in memory may be. Units change a few times a year. From treeFresh on,
// one request reads it anew while the others go on with what there is.
const (
	treeFresh = 3 * time.Second
	treeAge   = 5 * time.Second
)

// tree is one reading of all units but buildings, and of who leads what. In a county of a
// million households that is thousands of units, so whatever is asked at every request
// goes along an index and not through all of them.
type tree struct {
	units    map[model.UnitID]model.Unit
	children map[model.UnitID][]model.UnitID // by parent
	leaders  map[model.UnitID][]model.Cover  // by what is led or covered
	led      map[model.UnitID][]model.UnitID // by who leads or covers
}

// current is the tree, read anew when it is too old.
func (s *Service) current(ctx context.Context) (*tree, error) {
	s.mu.Lock()
	age := time.Since(s.read)
	if s.tree != nil && age < treeAge {
		known := s.tree
		if age < treeFresh || s.reading {
			s.mu.Unlock()
			return known, nil
		}
		s.reading = true
		forgotten := s.forgotten
		s.mu.Unlock()
		return s.renewed(ctx, known, forgotten), nil
	}
	defer s.mu.Unlock() // there is nothing to go on with: all wait for one
	began := time.Now()
	t, err := s.readTree(ctx)
	if err != nil {
		return nil, err
	}
	s.tree, s.read = t, began
	return t, nil
}

// renewed reads the tree anew beside one that is still good, which stays where that fails.
// What was read before somebody changed a unit is not kept.
func (s *Service) renewed(ctx context.Context, known *tree, forgotten int) *tree {
	began := time.Now()
	t, err := s.readTree(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	if err != nil {
		return known
	}
	if s.forgotten == forgotten {
		s.tree, s.read = t, began
	}
	return t
}

// Forget drops the tree in memory, after a change to units by this process.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tree = nil
	s.forgotten++
}

func (s *Service) readTree(ctx context.Context) (*tree, error) {
	kinds := slices.DeleteFunc(slices.Clone(model.Kinds), func(k model.UnitKind) bool { return k == model.Building })
	rows, err := s.store.Units.ListAll(ctx, kinds...)
	if err != nil {
		return nil, err
	}
	covers, err := s.store.Covers.ListLed(ctx, s.today())
	if err != nil {
		return nil, err
	}
	t := &tree{
		units: make(map[model.UnitID]model.Unit, len(rows)), children: map[model.UnitID][]model.UnitID{},
		leaders: map[model.UnitID][]model.Cover{}, led: map[model.UnitID][]model.UnitID{},
	}
	for _, unit := range rows {
		t.units[unit.ID] = unit
		t.children[unit.ParentID] = append(t.children[unit.ParentID], unit.ID)
	}
	for _, cover := range covers {
		t.leaders[cover.CoveredID] = append(t.leaders[cover.CoveredID], cover)
		t.led[cover.UnitID] = append(t.led[cover.UnitID], cover.CoveredID)
	}
	return t, nil
}

// below are the units for which Reach meets one, in no order: itself, what it leads or
// covers, for a group also what its grid does, and everything below any of these.
func (t *tree) below(top model.UnitID) []model.UnitID {
	if _, known := t.units[top]; !known {
		return nil
	}
	found := slices.Concat([]model.UnitID{top}, t.led[top])
	if t.units[top].Kind == model.Group {
		for _, grid := range t.led[top] {
			found = append(found, t.led[grid]...)
		}
	}
	met := map[model.UnitID]bool{}
	found = fresh(met, found)
	for i := 0; i < len(found); i++ {
		found = append(found, fresh(met, t.children[found[i]])...)
	}
	return found
}

// fresh are those that were not met before.
func fresh(met map[model.UnitID]bool, ids []model.UnitID) (out []model.UnitID) {
	for _, id := range ids {
		if !met[id] {
			met[id] = true
			out = append(out, id)
		}
	}
	return out
}
