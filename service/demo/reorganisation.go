package demo

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// Reorganisation is the county's finished restructuring: 198 organisations became 159
// branches.
type Reorganisation struct {
	model.Restructuring
	Steps []*model.RestructuringEvent
	Lines []*model.Lineage
}

// addReorganisation writes down how the branches came about: drafted by one clerk, approved
// by the other, in effect on its day.
func (c *County) addReorganisation() {
	day, r := restructuring, &c.Reorganisation
	r.ID, r.UnitID, r.Title, r.EffectiveOn, r.EffectedOn = newID[model.Restructuring](c), c.Units[0].ID, "小区党组织设置优化", day, &day
	r.DraftedBy, r.ReviewedBy, r.CreatedAt = c.People["clerk-02"], c.People["clerk-county"], day.AddDays(-30).At(9, 0)
	former := c.formerOf()
	plan := model.RestructuringPlan{Branches: []model.PlannedBranch{}, Dissolved: []model.Dissolution{}, HandOver: []string{"activity", "mailbox"}}
	outcome := model.RestructuringDiff{
		Created: []model.BranchDiff{}, Changed: []model.BranchDiff{}, Dissolved: []model.BranchDiff{}, Moved: []model.EstateMove{}, Groups: []model.GroupMove{},
	}
	for _, community := range c.Communities {
		for _, b := range community.Branches {
			plan.Branches = append(plan.Branches, b.planned())
			outcome.After.Count(*b.Unit)
			made := b.diff()
			for _, e := range b.Estates {
				move, heir := model.EstateMove{Estate: e.Named()}, b.Named()
				move.To = &heir
				if f := former[e.ID]; f != nil {
					before := f.Named()
					move.From, made.Predecessors = &before, append(made.Predecessors, before)
					outcome.Before.Count(*f)
					outcome.Dissolved = append(outcome.Dissolved, dissolved(f, e, b))
					plan.Dissolved = append(plan.Dissolved, model.Dissolution{BranchID: f.ID, SuccessorID: b.ID})
					r.Lines = append(r.Lines, &model.Lineage{PredecessorID: f.ID, SuccessorID: b.ID, RestructuringID: r.ID, ValidFrom: day, Main: true})
				}
				outcome.Moved = append(outcome.Moved, move)
			}
			outcome.Created = append(outcome.Created, made)
		}
	}
	r.SetPlan(plan)
	r.SetOutcome(outcome)
	c.takeSteps(r)
}

// diff is the branch as the outcome has it.
func (b *Branch) diff() model.BranchDiff {
	d := model.BranchDiff{NamedUnit: b.Named(), Type: b.BranchType, Estates: []model.NamedUnit{}, Predecessors: []model.NamedUnit{}, Successors: []model.NamedUnit{}}
	for _, e := range b.Estates {
		d.Estates = append(d.Estates, e.Named())
	}
	return d
}

// dissolved is an estate's former organisation as the outcome has it.
func dissolved(f *model.Unit, e *Estate, heir *Branch) model.BranchDiff {
	return model.BranchDiff{
		NamedUnit: f.Named(), Type: f.BranchType, Estates: []model.NamedUnit{e.Named()}, Predecessors: []model.NamedUnit{}, Successors: []model.NamedUnit{heir.Named()},
	}
}

// formerOf are the organisations that led estates before, by estate.
func (c *County) formerOf() map[model.UnitID]*model.Unit {
	units, former := map[model.UnitID]*model.Unit{}, map[model.UnitID]*model.Unit{}
	for _, u := range c.Units {
		units[u.ID] = u
	}
	for _, cover := range c.Covers {
		if u := units[cover.UnitID]; u.BranchType == model.FormerBranch {
			former[cover.CoveredID] = u
		}
	}
	return former
}

// planned is the branch as the plan has it.
func (b *Branch) planned() model.PlannedBranch {
	p := model.PlannedBranch{ID: b.ID, New: true, Name: b.Name, Type: b.BranchType, Address: b.Address, Phone: b.Phone}
	for _, e := range b.Estates {
		p.Estates = append(p.Estates, e.ID)
	}
	if b.BranchType == model.JointBranch {
		p.GridID = b.Grids[0].ID
	}
	return p
}

// takeSteps takes the restructuring from its draft into effect.
func (c *County) takeSteps(r *Reorganisation) {
	for _, step := range []struct {
		move model.RestructuringMove
		by   model.UserID
		days int
	}{
		{model.DraftRestructuring, r.DraftedBy, 30},
		{model.SubmitRestructuring, r.DraftedBy, 25},
		{model.ApproveRestructuring, r.ReviewedBy, 21},
		{model.EffectRestructuring, model.UserID{}, 0},
	} {
		event, err := r.Step(step.move, step.by, "", restructuring.AddDays(-step.days).At(9, 0))
		if err != nil {
			panic(err) // the steps are the machine's own
		}
		event.ID = newID[model.RestructuringEvent](c)
		r.Steps = append(r.Steps, event)
	}
}

func (c *County) writeReorganisation(ctx context.Context, tx *store.Store) error {
	if err := tx.Restructurings.Add(ctx, &c.Reorganisation.Restructuring); err != nil {
		return err
	}
	if err := tx.RestructuringEvents.Add(ctx, c.Reorganisation.Steps...); err != nil {
		return err
	}
	return tx.Lineages.Add(ctx, c.Reorganisation.Lines...)
}
