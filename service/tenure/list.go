package tenure

import (
	"bytes"
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Filter narrows a list of tenures; zero fields do not.
type Filter struct {
	UnitID model.UnitID // a branch, or what lies above branches
	Status model.TenureStatus
}

// List pages tenures in the actor's authority, newest first.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) List(ctx context.Context, actor model.Actor, f Filter, page model.Page) (list model.Listing[model.Tenure], err error) {
	branches, err := s.branches(ctx, actor, f.UnitID)
	if err != nil || len(branches) == 0 {
		return list, err
	}
	return s.store.Tenures.List(ctx, branches, f.Status, page)
}

// branches are the branches of a unit, or of all the actor's authority, past ones too, in
// order of ids. Faults: unauthenticated, forbidden, not_found.
func (s *Service) branches(ctx context.Context, actor model.Actor, unit model.UnitID) (branches []model.UnitID, err error) {
	tops, err := s.access.Ground(ctx, actor, access.TenureRead, unit)
	if err != nil {
		return nil, err
	}
	for _, top := range tops {
		below, err := s.org.Below(ctx, top)
		if err != nil {
			return nil, err
		}
		units, err := s.org.Units(ctx, below)
		if err != nil {
			return nil, err
		}
		for id, u := range units {
			if u.Kind == model.Branch {
				branches = append(branches, id)
			}
		}
	}
	slices.SortFunc(branches, model.UnitID.Compare)
	return slices.Compact(branches), nil
}

// Course is a tenure with all that happened in it.
type Course struct {
	model.Tenure
	Judgements []model.TenureJudgement
	Events     []model.TenureEvent
}

// Course reads a tenure. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Course(ctx context.Context, actor model.Actor, id model.TenureID) (c Course, err error) {
	if c.Tenure, err = access.Find(ctx, s.access, actor, access.TenureRead, s.store.Tenures.Get, id); err != nil {
		return c, err
	}
	if c.Judgements, err = s.store.TenureJudgements.ListOf(ctx, id); err != nil {
		return c, err
	}
	c.Events, err = s.store.TenureEvents.ListOf(ctx, id)
	return c, err
}

// Vacancy is a branch without anybody in post.
type Vacancy struct {
	Branch    model.Unit
	Since     model.Date    // first day without
	Suspended *model.Tenure // who has the post and may not act; nil when nobody has
	Coming    *model.Tenure // the proposal or approval that has come furthest; nil when there is none
}

// Vacancies pages the branches of today without anybody in post, in order of ids.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Vacancies(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (list model.Listing[Vacancy], err error) {
	branches, err := s.branches(ctx, actor, unit)
	if err != nil {
		return list, err
	}
	units, err := s.org.Units(ctx, branches)
	if err != nil {
		return list, err
	}
	posts, err := s.store.Tenures.ListInPost(ctx)
	if err != nil {
		return list, err
	}
	in := map[model.UnitID]model.Tenure{}
	for _, t := range posts {
		in[t.PostBranchID] = t
	}
	var vacant []Vacancy
	for _, id := range branches {
		t, taken := in[id]
		waits := page.After != nil && bytes.Compare(id[:], page.After.ID[:]) <= 0
		if waits || taken && t.Status == model.TenureInPost || !units[id].In(model.DateOf(s.store.Now())) {
			continue
		}
		if len(vacant) > page.Size() {
			break
		}
		v := Vacancy{Branch: units[id]}
		if taken {
			v.Suspended = &t
		}
		if err := describe(ctx, s.store, &v); err != nil {
			return list, err
		}
		vacant = append(vacant, v)
	}
	return model.Cut(vacant, page.Size(), func(v Vacancy) model.Cursor { return model.Cursor{ID: v.Branch.ID} }), nil
}

// describe adds since when a post is vacant and who is to take it.
func describe(ctx context.Context, s *store.Store, v *Vacancy) error {
	v.Since = v.Branch.ValidFrom
	past, err := s.Tenures.List(ctx, []model.UnitID{v.Branch.ID}, "", model.Page{Limit: model.MaxLimit})
	for _, t := range past.Items {
		switch {
		case t.EndedOn != nil:
			v.Since = max(v.Since, *t.EndedOn)
		case t.Status == model.TenureSuspended:
			v.Since = max(v.Since, model.DateOf(t.UpdatedAt))
		case t.Status == model.TenureRejected, t.Status == model.TenureInPost:
		case v.Coming == nil || rank[t.Status] > rank[v.Coming.Status]:
			v.Coming = &t
		}
	}
	return err
}

var rank = map[model.TenureStatus]int{model.TenureProposed: 1, model.TenureChecked: 2, model.TenureApproved: 3}
