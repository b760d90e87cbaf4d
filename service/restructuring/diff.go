package restructuring

import (
	"slices"

	"jinlin/model"
	"jinlin/service/county"
)

// diff says what changes, by name, in the place of the restructuring.
func (sh *shape) diff(top model.UnitID) model.RestructuringDiff {
	d := model.RestructuringDiff{
		Created: []model.BranchDiff{}, Changed: []model.BranchDiff{}, Dissolved: []model.BranchDiff{},
		Moved: []model.EstateMove{}, Groups: []model.GroupMove{},
		Before: tally(sh.before, top), After: tally(sh.after, top),
	}
	for _, u := range sh.founded {
		d.Created = append(d.Created, sh.following(u))
	}
	for _, c := range sh.changed {
		row := sh.following(c.after)
		row.NameBefore, row.TypeBefore = c.before.Name, c.before.BranchType
		d.Changed = append(d.Changed, row)
	}
	for _, u := range sh.dissolved {
		row := model.BranchDiff{NamedUnit: u.Named(), Type: u.BranchType, Estates: led(sh.before, u.ID), Predecessors: []model.NamedUnit{}, Successors: []model.NamedUnit{}}
		for _, heir := range sh.heirs[u.ID] {
			row.Successors = append(row.Successors, model.NamedUnit{ID: heir, Name: sh.after.Name(heir)})
		}
		d.Dissolved = append(d.Dissolved, row)
	}
	for _, m := range sh.moved {
		move := model.EstateMove{Estate: m.estate.Named(), To: sh.named(m.to)}
		if len(m.from) > 0 {
			from := m.from[0].Named()
			move.From = &from
		}
		d.Moved = append(d.Moved, move)
	}
	for _, g := range sh.groups {
		d.Groups = append(d.Groups, model.GroupMove{Group: g.group.Named(), To: sh.named(g.to)})
	}
	return d
}

func (sh *shape) named(id model.UnitID) *model.NamedUnit {
	if id.IsZero() {
		return nil
	}
	return &model.NamedUnit{ID: id, Name: sh.after.Name(id)}
}

// following is a branch afterwards with those it takes over from.
func (sh *shape) following(u model.Unit) model.BranchDiff {
	row := model.BranchDiff{NamedUnit: u.Named(), Type: u.BranchType, Estates: led(sh.after, u.ID), Predecessors: []model.NamedUnit{}, Successors: []model.NamedUnit{}}
	for _, d := range sh.dissolved {
		if slices.Contains(sh.heirs[d.ID], u.ID) {
			row.Predecessors = append(row.Predecessors, d.Named())
		}
	}
	return row
}

func led(p *county.Picture, branch model.UnitID) []model.NamedUnit {
	estates := []model.NamedUnit{}
	for _, e := range p.Under(branch, model.Estate) {
		estates = append(estates, e.Named())
	}
	return estates
}

// tally counts the branches in a place.
func tally(p *county.Picture, top model.UnitID) (t model.BranchTally) {
	for _, b := range p.Of(model.Branch) {
		if p.Inside(b.ID, top) {
			t.Count(b)
		}
	}
	return t
}
