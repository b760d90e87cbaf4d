package county

import (
	"bytes"
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
)

// BranchDue is an estate whose flats were handed over, as long as something is missing of
// what founding its branch takes. The branch is due within a month, as the county's first
// example (天悦华庭) had it.
type BranchDue struct {
	Estate     model.Unit
	HandoverOn model.Date
	By         model.Date // last day for the branch
	Days       int        // left until then; below zero: days it is late
	Branch     *model.Unit

	Secretary bool // one is in post
	Station   bool // one serves the branch
	Notice    bool // the branch has published something
	Groups    bool // a single branch has a group, a joint one its grid
}

// State says where the founding stands.
func (d BranchDue) State() BranchDueState {
	switch {
	case d.Branch != nil:
		return BranchForming
	case d.Days < 0:
		return BranchOverdue
	}
	return BranchStillDue
}

// BranchDueState is where the founding of an estate's branch stands.
type BranchDueState string

// A branch that is founded is forming until everything on the list is done.
const (
	BranchStillDue BranchDueState = "due"
	BranchOverdue  BranchDueState = "overdue"
	BranchForming  BranchDueState = "forming"
)

// branchBy is the last day for the branch of an estate.
func branchBy(handover model.Date) model.Date { return handover.AddMonths(1) }

// BranchesDue pages the estates in the actor's authority whose branch is due or not complete,
// whoever has least time first; of one state, or of all when it is empty.
// Faults: unauthenticated, forbidden, invalid_cursor.
func (s *Service) BranchesDue(ctx context.Context, actor model.Actor, state BranchDueState, page model.Page) (list model.Listing[BranchDue], err error) {
	tops, err := s.access.Units(ctx, actor, access.OrgRead)
	if err != nil {
		return list, err
	}
	var due []BranchDue
	err = s.store.Snapshot(ctx, func(view *store.Store) error {
		p, err := ReadPicture(ctx, view, model.DateOf(view.Now()))
		if err == nil {
			due, err = p.branchesDue(ctx, view)
		}
		return err
	})
	if err != nil {
		return list, err
	}
	due = slices.DeleteFunc(due, func(d BranchDue) bool {
		return state != "" && d.State() != state || page.After != nil && compareDue(d, *page.After) <= 0
	})
	var ours []BranchDue
	for _, d := range due {
		if len(ours) > page.Size() {
			break
		}
		within, err := s.org.Within(ctx, d.Estate.ID, tops...)
		if err != nil {
			return list, err
		}
		if within {
			ours = append(ours, d)
		}
	}
	return model.Cut(ours, page.Size(), BranchDue.cursor), nil
}

func (d BranchDue) cursor() model.Cursor {
	return model.Cursor{At: d.By.At(0, 0), ID: [16]byte(d.Estate.ID)}
}

func compareDue(d BranchDue, c model.Cursor) int {
	if n := d.By.At(0, 0).Compare(c.At); n != 0 {
		return n
	}
	return bytes.Compare(d.Estate.ID[:], c.ID[:])
}

// branchesDue are all estates of the day that were handed over and miss something.
func (p *Picture) branchesDue(ctx context.Context, view *store.Store) (due []BranchDue, err error) {
	var branches []model.UnitID
	for _, e := range p.Of(model.Estate) {
		if e.HandoverOn == nil || *e.HandoverOn > p.day {
			continue
		}
		d := p.branchDue(e)
		if d.Branch != nil {
			branches = append(branches, d.Branch.ID)
		}
		due = append(due, d)
	}
	publishers, err := view.Articles.ListPublishers(ctx, branches)
	for i, d := range due {
		due[i].Notice = d.Branch != nil && slices.Contains(publishers, d.Branch.ID)
	}
	due = slices.DeleteFunc(due, func(d BranchDue) bool { return d.Secretary && d.Station && d.Notice && d.Groups })
	slices.SortFunc(due, func(a, b BranchDue) int { return compareDue(a, b.cursor()) })
	return due, err
}

// branchDue is what the picture says of one estate.
func (p *Picture) branchDue(e model.Unit) BranchDue {
	by := branchBy(*e.HandoverOn)
	d := BranchDue{Estate: e, HandoverOn: *e.HandoverOn, By: by, Days: p.day.DaysUntil(by)}
	led := p.Over(e.ID, model.Branch)
	if len(led) == 0 {
		return d
	}
	b := led[0]
	d.Branch = &b
	d.Secretary = p.posts[b.ID].Status == model.TenureInPost
	d.Station = len(p.Over(b.ID, model.Station)) > 0
	if b.BranchType == model.JointBranch {
		d.Groups = len(p.Under(b.ID, model.Grid)) > 0
	} else {
		d.Groups = slices.ContainsFunc(p.Of(model.Group), func(g model.Unit) bool { return g.SuperiorID == b.ID })
	}
	return d
}
