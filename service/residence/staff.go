package residence

import (
	"context"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/audit"
)

// Case is a residence as staff see it.
type Case struct {
	model.Residence
	Nickname string
	Phone    string // masked; "" when the person has bound none
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
	ids := make([]model.UserID, len(rows.Items))
	for i, r := range rows.Items {
		ids[i] = r.UserID
	}
	names, err := s.store.Users.Nicknames(ctx, ids)
	if err != nil {
		return model.Listing[Case]{}, err
	}
	numbers, err := account.PhonesOf(ctx, s.store, ids)
	return model.Map(rows, func(r model.Residence) Case {
		return Case{Residence: r, Nickname: names[r.UserID], Phone: model.MaskPhone(numbers[r.UserID])}
	}), err
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
	if reason = strings.TrimSpace(reason); reason == "" {
		return Case{}, fault.InvalidField("reason", "required", "请填写理由。", "Say why.")
	}
	return s.decide(ctx, actor, id, step{move: m, reason: reason})
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.ResidenceID, st step) (Case, error) {
	seen, err := access.Find(ctx, s.access, actor, access.ResidenceDecide, s.store.Residences.Get, id)
	if err == nil && seen.UserID == actor.User {
		err = ErrOwnResidence
	}
	if err != nil {
		return Case{}, err
	}
	st.by = actor.User
	moved, err := store.Once(ctx, s.store, func(tx *store.Store) (model.Residence, error) {
		r, err := tx.Residences.GetForMove(ctx, id)
		if err == nil {
			r, err = move(ctx, tx, r, st)
		}
		if err != nil {
			return r, err
		}
		if err := s.notices.Tell(ctx, tx, decided(r, st)); err != nil {
			return r, err
		}
		return r, audit.Record(ctx, tx, actor, audit.Act{
			Action: "residence." + string(st.move), ObjectKind: "residence", ObjectID: id, Unit: r.EstateID,
		})
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
