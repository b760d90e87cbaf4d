package residence

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/claim"
)

// Case is a residence as staff see it.
type Case struct {
	model.Residence
	claim.Claimant
}

// Cases pages the residences of a status within the actor's authority, oldest first.
// Faults: unauthenticated, forbidden.
func (s *Service) Cases(ctx context.Context, actor model.Actor, status model.ResidenceStatus, page model.Page) (model.Listing[Case], error) {
	filter, err := s.within(ctx, actor)
	if err != nil {
		return model.Listing[Case]{}, err
	}
	filter.Status = status
	rows, err := s.store.Residences.List(ctx, filter, page)
	if err != nil {
		return model.Listing[Case]{}, err
	}
	return s.cases(ctx, rows)
}

// mostBuildings bounds what a grid worker's list looks at; a grid has some dozens.
const mostBuildings = 1000

// within is the actor's ground: estates, and the buildings of grids that cover no estate.
func (s *Service) within(ctx context.Context, actor model.Actor) (f store.ResidenceFilter, err error) {
	tops, err := s.access.Units(ctx, actor, access.ResidenceDecide)
	if err != nil {
		return f, err
	}
	for _, top := range tops {
		estates, err := s.org.EstatesOf(ctx, top)
		if err != nil {
			return f, err
		}
		f.Estates = append(f.Estates, estates...)
		unit, err := s.org.Unit(ctx, top)
		if err != nil || unit.Kind != model.Grid {
			if err != nil {
				return f, err
			}
			continue
		}
		covers, err := s.store.Covers.ListCovered(ctx, top, model.DateOf(s.store.Now()), mostBuildings)
		if err != nil {
			return f, err
		}
		for _, cover := range covers {
			f.Buildings = append(f.Buildings, cover.CoveredID)
		}
	}
	return f, nil
}

func (s *Service) cases(ctx context.Context, rows model.Listing[model.Residence]) (model.Listing[Case], error) {
	people, err := claim.Claimants(ctx, s.store, rows.Items)
	return model.Map(rows, func(r model.Residence) Case { return Case{r, people[r.UserID]} }), err
}

// Approve verifies a pending residence; the reason may be empty.
// Faults: those of access.Find, own_residence, illegal_transition.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.ResidenceID, reason string) (Case, error) {
	return s.decide(ctx, actor, id, step{move: model.VerifyResidence, proof: model.ProofStaff, reason: reason})
}

// Reject turns a pending residence down, for a reason the person reads. Faults: as Approve, invalid.
func (s *Service) Reject(ctx context.Context, actor model.Actor, id model.ResidenceID, reason string) (Case, error) {
	return s.withReason(ctx, actor, id, model.RejectResidence, reason)
}

// Remove ends a residence, for a reason the person reads. Faults: as Approve, invalid.
func (s *Service) Remove(ctx context.Context, actor model.Actor, id model.ResidenceID, reason string) (Case, error) {
	return s.withReason(ctx, actor, id, model.EndResidence, reason)
}

func (s *Service) withReason(ctx context.Context, actor model.Actor, id model.ResidenceID, m model.ResidenceMove, reason string) (Case, error) {
	reason, err := fault.Reason(reason, 1, 200)
	if err != nil {
		return Case{}, err
	}
	return s.decide(ctx, actor, id, step{move: m, reason: reason})
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.ResidenceID, st step) (Case, error) {
	st.by = actor.User
	moved, err := claim.Decide(ctx, s.store, s.access, s.notices, actor, id, claim.Decision[model.Residence, model.ResidenceID]{
		Action: access.ResidenceDecide, Own: ErrOwnResidence, Get: s.store.Residences.Get,
		Hold: func(tx *store.Store) claim.Get[model.Residence, model.ResidenceID] { return tx.Residences.GetForMove },
		Move: func(ctx context.Context, tx *store.Store, r model.Residence) (model.Residence, error) {
			return move(ctx, tx, r, st)
		},
		Notice: func(r model.Residence) model.Notice { return decided(r, st) },
		Act: func(r model.Residence) audit.Act {
			return audit.Act{Action: "residence." + string(st.move), ObjectKind: "residence", ObjectID: id, Unit: r.EstateID}
		},
	})
	if err != nil {
		return Case{}, err
	}
	shown, err := s.cases(ctx, model.Listing[model.Residence]{Items: []model.Residence{moved}})
	if err != nil {
		return Case{}, err
	}
	return shown.Items[0], nil
}
