package proxy

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

const (
	leastReason, mostReason = 4, 200

	// revealUse is counted together with every other look at what is masked.
	revealUse     = "reveal"
	revealsPerDay = 50
)

// About is whom a request was entered for, as staff see it: masked, or whole after a reveal.
type About struct {
	model.Absentee
	Name, Phone string
}

// About says, masked, whom a request was entered for. Faults: those of access.Find,
// not_entered_by_others.
func (s *Service) About(ctx context.Context, actor model.Actor, id model.RequestID) (About, error) {
	if _, err := access.Find(ctx, s.access, actor, access.MailboxRead, s.store.Requests.Get, id); err != nil {
		return About{}, err
	}
	about, err := s.whole(ctx, id)
	about.Name, about.Phone = model.MaskName(about.Name), model.MaskPhone(about.Phone)
	return about, err
}

func (s *Service) whole(ctx context.Context, id model.RequestID) (About, error) {
	row, err := s.store.Absentees.GetByRequest(ctx, id)
	if err != nil {
		return About{}, notEntered(err)
	}
	person, err := open(s.store, row)
	return About{row, person.Name, person.Phone}, err
}

// Reveal shows name and number whole, for a reason and on record.
// Faults: those of access.Find, invalid, rate_limited, not_entered_by_others.
func (s *Service) Reveal(ctx context.Context, actor model.Actor, id model.RequestID, reason string) (About, error) {
	request, err := access.Find(ctx, s.access, actor, access.PersonReveal, s.store.Requests.Get, id)
	if err != nil {
		return About{}, err
	}
	reason, err = fault.Reason(reason, leastReason, mostReason)
	if err != nil {
		return About{}, err
	}
	role, err := s.roleOf(ctx, actor)
	if err != nil {
		return About{}, err
	}
	// What is kept for a repeat of the key is that somebody looked, and not whom they saw.
	_, err = store.Once(ctx, s.store, func(tx *store.Store) (model.RequestID, error) {
		row, err := tx.Absentees.GetByRequest(ctx, id)
		if err != nil {
			return id, notEntered(err)
		}
		if s.limits {
			if err := tx.DailyUses.Spend(ctx, actor.User, revealUse, revealsPerDay, fault.ErrRateLimited); err != nil {
				return id, err
			}
		}
		look := model.Reveal{
			ID: model.NewID[model.Reveal](tx.Now()), SubjectID: row.ID, ActorID: actor.User, Role: role, UnitID: request.BranchID,
			Kind: model.RevealEntered, ObjectID: model.ID[any](id), Reason: reason, At: tx.Now(),
		}
		if err := tx.Reveals.Add(ctx, &look); err != nil {
			return id, err
		}
		return id, audit.Record(ctx, tx, actor, audit.Act{
			Action: string(access.PersonReveal), ObjectKind: string(look.Kind), ObjectID: id, Unit: request.BranchID, Detail: "reveal " + look.ID.String(),
		})
	})
	if err != nil {
		return About{}, err
	}
	return s.whole(ctx, id)
}

// roleOf is by what the actor may look.
func (s *Service) roleOf(ctx context.Context, actor model.Actor) (model.Role, error) {
	grants, err := s.access.Grants(ctx, actor)
	for _, g := range grants {
		if slices.Contains(access.Table[access.PersonReveal], g.Role) {
			return g.Role, nil
		}
	}
	return "", err
}
