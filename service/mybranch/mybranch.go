// Package mybranch answers where to turn: which branch is mine, who leads it, where its
// station is and whether somebody is there now.
//
// One call answers it for an estate or a building, without signing in; the code on a door
// names its building. Whoever is signed in need not name the place where they live, and also
// sees how many of their own requests are open. The units come from memory; the rest
// is a fixed number of queries, each along an index, however many households there are.
package mybranch

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/duty"
	"jinlin/service/org"
	"jinlin/service/station"
)

// Service finds branches.
type Service struct {
	store   *store.Store
	org     *org.Service
	station *station.Service
	duty    *duty.Service
}

// New makes the service.
func New(s *store.Store, o *org.Service, st *station.Service, d *duty.Service) *Service {
	return &Service{store: s, org: o, station: st, duty: d}
}

// Found is where to turn.
type Found struct {
	org.Contact
	Worker string       // who leads the grid, as published; "" while nobody does
	Duty   *duty.OnDuty // nil where no station serves the branch
	Mine   *Matters     // nil for whoever is not signed in
}

// Matters are the actor's own open requests.
type Matters struct {
	Open   int64
	Latest *model.Request // nil where there is none, open or not
}

// Find answers for a building, or for a whole estate where there is none, or for where the
// actor lives where neither is named. Faults: invalid, not_found, no_branch.
func (s *Service) Find(ctx context.Context, actor model.Actor, estate, building model.UnitID) (f Found, err error) {
	if estate.IsZero() && building.IsZero() {
		if building, err = s.home(ctx, actor); err != nil {
			return f, err
		}
	}
	place := estate
	if !building.IsZero() {
		unit, err := s.org.Unit(ctx, building)
		if err != nil {
			return f, err
		}
		if unit.Kind != model.Building || !estate.IsZero() && unit.ParentID != estate {
			return f, fault.InvalidField("buildingId", "unknown", "没有找到这个地点。", "There is no such place.")
		}
		place, estate = building, unit.ParentID
	}
	if f.Contact, err = s.org.Contact(ctx, estate); err != nil {
		return f, err
	}
	if f.Worker, err = s.worker(ctx, place); err != nil {
		return f, err
	}
	if f.Duty, err = s.onDuty(ctx, f.Branch.ID); err != nil || actor.Nobody() {
		return f, err
	}
	f.Mine, err = s.matters(ctx, actor)
	return f, err
}

// home is the building of the household that somebody was verified in first. Fault: invalid.
func (s *Service) home(ctx context.Context, actor model.Actor) (model.UnitID, error) {
	if !actor.Nobody() {
		homes, err := s.store.Residences.ListByUser(ctx, actor.User)
		for _, r := range homes {
			if r.Status == model.ResidenceVerified {
				return r.BuildingID, err
			}
		}
		if err != nil {
			return model.UnitID{}, err
		}
	}
	return model.UnitID{}, fault.InvalidField("estateId", "required", "请选择小区或楼栋。", "Choose an estate or a building.")
}

// worker is who leads the grid of a place.
func (s *Service) worker(ctx context.Context, place model.UnitID) (string, error) {
	grid, err := s.org.GridOf(ctx, place)
	if err != nil || grid.IsZero() {
		return "", err
	}
	worker, err := s.org.WorkerOf(ctx, grid)
	return worker.Name, err
}

// onDuty is the branch's station and who is there.
func (s *Service) onDuty(ctx context.Context, branch model.UnitID) (*duty.OnDuty, error) {
	stations, err := s.station.OfBranch(ctx, branch)
	if err != nil || len(stations) == 0 {
		return nil, err
	}
	there, err := s.duty.At(ctx, stations[0])
	return &there, err
}

func (s *Service) matters(ctx context.Context, actor model.Actor) (*Matters, error) {
	ids, err := s.store.SealedIdentities.ListIDs(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	m := &Matters{}
	for _, id := range ids {
		open, err := s.store.Requests.CountOpen(ctx, id)
		if err != nil {
			return nil, err
		}
		m.Open += open
	}
	latest, err := s.store.Requests.ListBySubmitter(ctx, ids, model.Page{Limit: 1})
	if len(latest.Items) > 0 {
		m.Latest = &latest.Items[0]
	}
	return m, err
}
