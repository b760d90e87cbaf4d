package county

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Shown is how many names each part of a coverage lists at most; the counts are of all.
const Shown = 200

// Coverage says how far the lines of the Party and of the grids meet in a unit, and names
// what they leave out.
type Coverage struct {
	Unit           model.Unit
	Estates, Grids int
	Buildings      int64
	InGrids        int64 // buildings that lie in some grid
	WithMember     int64 // buildings in which a Party member is placed

	EstatesWithoutBranch   []model.Unit
	BuildingsWithoutGrid   []model.Unit // or in more than one
	BuildingsWithoutMember []model.Unit
	GridsWithoutGroup      []model.Unit // of estates with a branch of their own
	GroupsWithoutGrid      []model.Unit
}

// Coverage looks at the estates of a unit: an estate, a branch, or what lies above.
// Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) Coverage(ctx context.Context, actor model.Actor, id model.UnitID) (c Coverage, err error) {
	if err := s.access.Require(ctx, actor, access.OrgRead, id); err != nil {
		return c, err
	}
	if c.Unit, err = s.org.Unit(ctx, id); err != nil {
		return c, err
	}
	estates, err := s.org.EstatesOf(ctx, id)
	if err != nil {
		return c, err
	}
	switch c.Unit.Kind {
	case model.Building, model.Grid, model.Station, model.Group:
		return c, fault.InvalidField("id", "not_allowed", "这类单位没有覆盖情况。", "Units of this kind have no coverage.")
	}
	if len(estates) == 0 {
		return c, nil
	}
	err = s.store.Snapshot(ctx, func(view *store.Store) error {
		p, err := ReadPicture(ctx, view, model.DateOf(view.Now()))
		if err != nil {
			return err
		}
		c.look(p, estates)
		return c.count(ctx, view, p, estates)
	})
	return c, err
}

// look finds what can be seen without the buildings.
func (c *Coverage) look(p *Picture, estates []model.UnitID) {
	c.Estates = len(estates)
	branches := map[model.UnitID]model.Unit{}
	for _, e := range estates {
		led := p.Over(e, model.Branch)
		if len(led) == 0 {
			c.EstatesWithoutBranch = append(c.EstatesWithoutBranch, p.units[e])
		}
		for _, b := range led {
			branches[b.ID] = b
		}
	}
	grids := p.GridsOf(estates)
	c.Grids = len(grids)
	for _, g := range grids {
		single := slices.ContainsFunc(p.estates[g.ID], func(e model.UnitID) bool {
			return slices.ContainsFunc(p.Over(e, model.Branch), func(b model.Unit) bool { return b.BranchType == model.SingleBranch })
		})
		if single && len(p.Over(g.ID, model.Group)) == 0 {
			c.GridsWithoutGroup = append(c.GridsWithoutGroup, g)
		}
	}
	for _, g := range p.Of(model.Group) {
		if _, ours := branches[g.SuperiorID]; ours && len(p.Under(g.ID, model.Grid)) == 0 {
			c.GroupsWithoutGrid = append(c.GroupsWithoutGrid, g)
		}
	}
	for _, list := range []*[]model.Unit{&c.EstatesWithoutBranch, &c.GridsWithoutGroup, &c.GroupsWithoutGrid} {
		*list = (*list)[:min(Shown, len(*list))]
	}
}

// count adds the buildings.
func (c *Coverage) count(ctx context.Context, view *store.Store, p *Picture, estates []model.UnitID) (err error) {
	f := store.BuildingFilter{Estates: estates, Day: p.day, Limit: Shown}
	for _, part := range []struct {
		n     *int64
		count func(context.Context, store.BuildingFilter) (int64, error)
	}{{&c.Buildings, view.Units.CountBuildings}, {&c.InGrids, view.Units.CountInGrids}, {&c.WithMember, view.Units.CountWithMember}} {
		if *part.n, err = part.count(ctx, f); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		names *[]model.Unit
		list  func(context.Context, store.BuildingFilter) ([]store.BuildingRow, error)
	}{{&c.BuildingsWithoutGrid, view.Units.ListMisplaced}, {&c.BuildingsWithoutMember, view.Units.ListWithoutMember}} {
		rows, err := part.list(ctx, f)
		if err != nil {
			return err
		}
		for _, row := range rows {
			*part.names = append(*part.names, building(row))
		}
	}
	return nil
}
