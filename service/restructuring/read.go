package restructuring

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/county"
)

// View is a restructuring with all there is to know of it.
type View struct {
	model.Restructuring
	Diff      model.RestructuringDiff
	Obstacles []fault.Field // rules that would be broken; nothing once it is effective or withdrawn
	Waiting   []Waiting     // open work of branches that it dissolves
	Events    []model.RestructuringEvent
}

// Read shows one: what it changed, or would change as things stand.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Read(ctx context.Context, actor model.Actor, id model.RestructuringID) (v View, err error) {
	if _, err := access.Find(ctx, s.access, actor, access.OrgPlans, s.store.Restructurings.Get, id); err != nil {
		return v, err
	}
	err = s.store.Snapshot(ctx, func(view *store.Store) error {
		v = View{}
		if v.Restructuring, err = view.Restructurings.Get(ctx, id); err != nil {
			return err
		}
		if v.Events, err = view.RestructuringEvents.ListOf(ctx, id); err != nil {
			return err
		}
		if v.Status == model.RestructuringEffective {
			v.Diff = v.Effected()
			return nil
		}
		return s.foresee(ctx, view, &v)
	})
	return v, err
}

// foresee works out what a restructuring would change.
func (s *Service) foresee(ctx context.Context, view *store.Store, v *View) error {
	day := max(v.EffectiveOn, model.DateOf(view.Now()))
	p, err := county.ReadPicture(ctx, view, day)
	if err != nil {
		return err
	}
	sh := outline(p, v.Restructuring, day)
	v.Diff = sh.diff(v.UnitID)
	if v.Status == model.RestructuringWithdrawn {
		return nil
	}
	v.Obstacles = sh.wrong[:min(len(sh.wrong), maxNamed)]
	v.Waiting, err = s.waiting(ctx, view, sh)
	return err
}

// Filter narrows a list of restructurings; zero fields do not.
type Filter struct {
	UnitID model.UnitID // of this place or one in it
	Status model.RestructuringStatus
}

// List pages restructurings in the actor's authority, newest first, without their plans.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) List(ctx context.Context, actor model.Actor, f Filter, page model.Page) (l model.Listing[model.Restructuring], err error) {
	tops, err := s.access.Ground(ctx, actor, access.OrgPlans, f.UnitID)
	if err != nil {
		return l, err
	}
	var units []model.UnitID
	for _, top := range tops {
		below, err := s.org.Below(ctx, top)
		if err != nil {
			return l, err
		}
		units = append(units, below...)
	}
	slices.SortFunc(units, model.UnitID.Compare)
	return s.store.Restructurings.List(ctx, slices.Compact(units), f.Status, page)
}
