package county

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/store"
)

// Picture is the whole organisation of a day but for its buildings: some hundreds of units.
type Picture struct {
	day     model.Date
	units   map[model.UnitID]model.Unit // those that exist on the day
	ended   map[model.UnitID]model.Unit
	above   map[model.UnitID][]model.Unit // who covers what, and exists
	below   map[model.UnitID][]model.Unit
	estates map[model.UnitID][]model.UnitID // of which grids cover buildings, by grid
	posts   map[model.UnitID]model.Tenure   // by branch
	signs   map[model.UnitID][]model.UserID // who acts as secretary by a grant, by branch
	leads   map[model.UnitID]model.UserID   // of grids
	works   map[model.UserID][]model.UnitID // where people are grid or community workers by a grant
}

// ReadPicture reads what a view says of a day.
func ReadPicture(ctx context.Context, view *store.Store, day model.Date) (*Picture, error) {
	p := &Picture{
		day: day, units: map[model.UnitID]model.Unit{}, ended: map[model.UnitID]model.Unit{},
		above: map[model.UnitID][]model.Unit{}, below: map[model.UnitID][]model.Unit{}, estates: map[model.UnitID][]model.UnitID{},
		posts: map[model.UnitID]model.Tenure{}, signs: map[model.UnitID][]model.UserID{},
		leads: map[model.UnitID]model.UserID{}, works: map[model.UserID][]model.UnitID{},
	}
	rows, err := view.Units.ListAll(ctx, slices.DeleteFunc(slices.Clone(model.Kinds), func(k model.UnitKind) bool { return k == model.Building })...)
	if err != nil {
		return nil, err
	}
	for _, u := range rows {
		if u.In(day) {
			p.units[u.ID] = u
		} else {
			p.ended[u.ID] = u
		}
	}
	covers, err := view.Covers.ListLed(ctx, day)
	if err != nil {
		return nil, err
	}
	for _, c := range covers {
		unit, there := p.units[c.UnitID]
		covered, too := p.units[c.CoveredID]
		if there && too {
			p.above[covered.ID] = append(p.above[covered.ID], unit)
			p.below[unit.ID] = append(p.below[unit.ID], covered)
		}
	}
	uses, err := view.Units.ListGridUses(ctx, nil, day)
	for _, use := range uses {
		p.estates[use.GridID] = append(p.estates[use.GridID], use.EstateID)
	}
	if err != nil {
		return nil, err
	}
	err = p.readPeople(ctx, view)
	return p, err
}

// readPeople adds who has which post.
func (p *Picture) readPeople(ctx context.Context, view *store.Store) error {
	tenures, err := view.Tenures.ListInPost(ctx)
	if err != nil {
		return err
	}
	for _, t := range tenures {
		p.posts[t.PostBranchID] = t
	}
	grants, err := view.Grants.ListHolding(ctx, model.Secretary, view.Now())
	for _, g := range grants {
		p.signs[g.UnitID] = append(p.signs[g.UnitID], g.UserID)
	}
	if err != nil {
		return err
	}
	return p.readWorkers(ctx, view)
}

// readWorkers adds who leads which grid, and who works where.
func (p *Picture) readWorkers(ctx context.Context, view *store.Store) error {
	leads, err := view.GridLeads.ListOn(ctx, p.day)
	if err != nil {
		return err
	}
	for _, l := range leads {
		p.leads[l.GridID] = l.UserID
	}
	for _, role := range []model.Role{model.GridWorker, model.CommunityWorker} {
		grants, err := view.Grants.ListHolding(ctx, role, view.Now())
		if err != nil {
			return err
		}
		for _, g := range grants {
			p.works[g.UserID] = append(p.works[g.UserID], g.UnitID)
		}
	}
	return nil
}

// Of are the units of a kind, in order of ids.
func (p *Picture) Of(kinds ...model.UnitKind) (found []model.Unit) {
	for _, u := range p.units {
		if slices.Contains(kinds, u.Kind) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, byID)
	return found
}

// Over are the units of a kind that cover one.
func (p *Picture) Over(id model.UnitID, kind model.UnitKind) []model.Unit {
	return only(p.above[id], kind)
}

// Under are the units of a kind that one covers.
func (p *Picture) Under(id model.UnitID, kind model.UnitKind) []model.Unit {
	return only(p.below[id], kind)
}

func only(units []model.Unit, kind model.UnitKind) []model.Unit {
	return slices.DeleteFunc(slices.Clone(units), func(u model.Unit) bool { return u.Kind != kind })
}

// Leads says whether a branch leads an estate.
func (p *Picture) Leads(branch, estate model.UnitID) bool {
	return slices.ContainsFunc(p.below[branch], func(u model.Unit) bool { return u.ID == estate })
}

// GridsOf are the grids that cover buildings of some estates, in order of ids.
func (p *Picture) GridsOf(estates []model.UnitID) []model.Unit {
	return slices.DeleteFunc(p.Of(model.Grid), func(g model.Unit) bool {
		return !slices.ContainsFunc(p.estates[g.ID], func(e model.UnitID) bool { return slices.Contains(estates, e) })
	})
}
