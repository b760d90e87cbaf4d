package residence

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// step is one arrow of the machine.
type step struct {
	move   model.ResidenceMove
	proof  model.ResidenceProof // of a verification
	vouch  model.UserID         // whose word it is
	by     model.UserID
	reason string
}

// move takes a residence one step on, with its event. Fault: illegal_transition, also for
// whoever comes second.
func move(ctx context.Context, tx *store.Store, r model.Residence, s step) (model.Residence, error) {
	from, now := r.Status, tx.Now()
	to, err := r.After(s.move)
	if err != nil {
		return r, err
	}
	r.Status = to
	switch s.move {
	case model.VerifyResidence:
		r.Proof, r.VouchedBy, r.DecidedAt = s.proof, s.vouch, &now
		if err := settle(ctx, tx, &r); err != nil {
			return r, err
		}
	case model.RejectResidence:
		r.DecidedAt, r.LiveKey = &now, nil
	case model.EndResidence:
		r.EndedAt, r.LiveKey = &now, nil
	}
	saved, err := tx.Residences.SaveMoved(ctx, from, r)
	if err != nil {
		return r, err
	}
	if !saved {
		return lost(ctx, tx, r.ID, s.move)
	}
	return r, addEvent(ctx, tx, from, r, s)
}

// settle puts a residence into its household, which may have become known meanwhile.
func settle(ctx context.Context, tx *store.Store, r *model.Residence) error {
	if !r.HouseholdID.IsZero() {
		return nil
	}
	household, err := tx.Households.Find(ctx, r.BuildingID, r.Stairwell, r.Room)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	r.HouseholdID = household.ID
	return err
}

// lost names the state that somebody else's step has left behind.
func lost(ctx context.Context, tx *store.Store, id model.ResidenceID, m model.ResidenceMove) (model.Residence, error) {
	now, err := tx.Residences.Get(ctx, id)
	if err == nil {
		_, err = now.After(m)
	}
	return now, err
}

func addEvent(ctx context.Context, tx *store.Store, from model.ResidenceStatus, r model.Residence, s step) error {
	return tx.ResidenceEvents.Add(ctx, &model.ResidenceEvent{
		ID: model.NewID[model.ResidenceEvent](tx.Now()), ResidenceID: r.ID, FromStatus: from, ToStatus: r.Status,
		Proof: r.Proof, ActorID: s.by, Reason: s.reason, At: tx.Now(),
	})
}
