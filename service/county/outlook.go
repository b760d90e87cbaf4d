package county

import (
	"maps"
	"slices"

	"jinlin/model"
)

// This file lets a plan be tried out on a picture. Nothing of it is written.

// Unit is one that exists on the picture's day.
func (p *Picture) Unit(id model.UnitID) (model.Unit, bool) {
	u, stands := p.units[id]
	return u, stands
}

// Name is what a unit is called, also one that has ended.
func (p *Picture) Name(id model.UnitID) string {
	if u, stands := p.units[id]; stands {
		return u.Name
	}
	return p.ended[id].Name
}

// Inside says whether a unit hangs below another in the tree of places, or is that one.
func (p *Picture) Inside(id, top model.UnitID) bool {
	for range 8 {
		if id == top {
			return true
		}
		u, stands := p.units[id]
		if !stands {
			return false
		}
		id = u.ParentID
	}
	return false
}

// EstatesIn are the estates of which a grid covers buildings.
func (p *Picture) EstatesIn(grid model.UnitID) []model.UnitID { return p.estates[grid] }

// Clone is a picture that changes without this one.
func (p *Picture) Clone() *Picture {
	c := *p
	c.units, c.ended = maps.Clone(p.units), maps.Clone(p.ended)
	c.above, c.below, c.estates = cloned(p.above), cloned(p.below), cloned(p.estates)
	return &c
}

func cloned[T any](m map[model.UnitID][]T) map[model.UnitID][]T {
	c := make(map[model.UnitID][]T, len(m))
	for id, list := range m {
		c[id] = slices.Clone(list)
	}
	return c
}

// Set adds a unit, or lets it say something else.
func (p *Picture) Set(u model.Unit) {
	p.units[u.ID] = u
	same := func(other model.Unit) bool { return other.ID == u.ID }
	for _, covered := range p.below[u.ID] {
		if i := slices.IndexFunc(p.above[covered.ID], same); i >= 0 {
			p.above[covered.ID][i] = u
		}
	}
	for _, over := range p.above[u.ID] {
		if i := slices.IndexFunc(p.below[over.ID], same); i >= 0 {
			p.below[over.ID][i] = u
		}
	}
}

// End takes a unit away with all that it covers and is covered by.
func (p *Picture) End(id model.UnitID) {
	for _, covered := range slices.Clone(p.below[id]) {
		p.Take(id, covered.ID)
	}
	for _, over := range slices.Clone(p.above[id]) {
		p.Take(over.ID, id)
	}
	p.ended[id] = p.units[id]
	delete(p.units, id)
}

// Put lets a unit cover another; both exist.
func (p *Picture) Put(unit, covered model.UnitID) {
	p.Take(unit, covered)
	p.above[covered] = append(p.above[covered], p.units[unit])
	p.below[unit] = append(p.below[unit], p.units[covered])
}

// Take lets a unit cover another no more.
func (p *Picture) Take(unit, covered model.UnitID) {
	p.above[covered] = slices.DeleteFunc(p.above[covered], func(u model.Unit) bool { return u.ID == unit })
	p.below[unit] = slices.DeleteFunc(p.below[unit], func(u model.Unit) bool { return u.ID == covered })
}

// Regrid gives all buildings of some estates to a grid.
func (p *Picture) Regrid(grid model.UnitID, estates []model.UnitID) {
	for _, e := range estates {
		had := false
		for g, list := range p.estates {
			had = had || slices.Contains(list, e)
			p.estates[g] = slices.DeleteFunc(list, func(other model.UnitID) bool { return other == e })
		}
		if had {
			p.estates[grid] = append(p.estates[grid], e)
		}
	}
}

// Offences are all who break a rule that the picture alone shows and that says how units
// stand to one another; who has which post is another matter.
func (p *Picture) Offences() (found []Offence) {
	for _, c := range checks {
		if c.judge == nil || c.ofPosts {
			continue
		}
		for _, u := range p.Of(c.kinds...) {
			if sentence := c.judge(p, u); sentence != "" {
				found = append(found, Offence{Rule: c.rule, Unit: u, Sentence: sentence})
			}
		}
	}
	return found
}

// Worse are the offences of a picture that another did not have.
func (p *Picture) Worse(than *Picture) []Offence {
	essence := func(o Offence) Offence {
		return Offence{Rule: o.Rule, Unit: model.Unit{ID: o.Unit.ID}, Sentence: o.Sentence}
	}
	known := map[Offence]bool{}
	for _, o := range than.Offences() {
		known[essence(o)] = true
	}
	return slices.DeleteFunc(p.Offences(), func(o Offence) bool { return known[essence(o)] })
}

// byID is the order in which everybody touches units.
func byID(a, b model.Unit) int { return a.ID.Compare(b.ID) }
