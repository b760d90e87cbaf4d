package residence

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Member is somebody of a household, or who wants to be.
type Member struct {
	model.Residence
	Nickname string
	Me       bool
}

// Members pages who is of the household of one of the actor's residences, oldest first.
// Faults: not_found, no_say_in_household.
func (s *Service) Members(ctx context.Context, actor model.Actor, mine model.ResidenceID, page model.Page) (model.Listing[Member], error) {
	own, err := s.own(ctx, actor, mine)
	if err == nil && !own.Known() {
		err = ErrNoSay
	}
	if err != nil {
		return model.Listing[Member]{}, err
	}
	rows, err := s.store.Residences.ListOfHousehold(ctx, own.HouseholdID, page)
	if err != nil {
		return model.Listing[Member]{}, err
	}
	ids := make([]model.UserID, len(rows.Items))
	for i, r := range rows.Items {
		ids[i] = r.UserID
	}
	names, err := s.store.Users.Nicknames(ctx, ids)
	return model.Map(rows, func(r model.Residence) Member {
		return Member{Residence: r, Nickname: names[r.UserID], Me: r.UserID == actor.User}
	}), err
}

// own is one of the actor's residences. Fault: not_found.
func (s *Service) own(ctx context.Context, actor model.Actor, id model.ResidenceID) (model.Residence, error) {
	r, err := s.store.Residences.Get(ctx, id)
	if err == nil && r.UserID != actor.User {
		err = fault.ErrNotFound
	}
	return r, err
}

// Vouch verifies somebody of the actor's household by the actor's word. Both residences are
// held until it is done, so that nobody vouches who has just left.
// Faults: not_found, no_say_in_household, illegal_transition.
func (s *Service) Vouch(ctx context.Context, actor model.Actor, mine, other model.ResidenceID) (Member, error) {
	return s.onWord(ctx, actor, mine, other, func(tx *store.Store, theirs model.Residence) (model.Residence, error) {
		r, err := move(ctx, tx, theirs, step{move: model.VerifyResidence, proof: model.ProofVouch, vouch: actor.User, by: actor.User})
		if err != nil {
			return r, err
		}
		return r, s.notices.Tell(ctx, tx, vouched(r))
	})
}

// TakeBack ends the residence of somebody for whom the actor vouched.
// Faults: not_found, also for those others vouched for; no_say_in_household, illegal_transition.
func (s *Service) TakeBack(ctx context.Context, actor model.Actor, mine, other model.ResidenceID) (Member, error) {
	return s.onWord(ctx, actor, mine, other, func(tx *store.Store, theirs model.Residence) (model.Residence, error) {
		if theirs.Proof != model.ProofVouch || theirs.VouchedBy != actor.User {
			return theirs, fault.ErrNotFound
		}
		r, err := move(ctx, tx, theirs, step{move: model.EndResidence, by: actor.User})
		if err != nil {
			return r, err
		}
		return r, s.notices.Tell(ctx, tx, takenBack(r))
	})
}

// onWord does something to another's residence that the actor's own gives the say for.
func (s *Service) onWord(ctx context.Context, actor model.Actor, mine, other model.ResidenceID,
	do func(tx *store.Store, theirs model.Residence) (model.Residence, error),
) (Member, error) {
	r, err := store.Once(ctx, s.store, func(tx *store.Store) (model.Residence, error) {
		own, theirs, err := both(ctx, tx, mine, other)
		switch {
		case err != nil:
			return theirs, err
		case own.UserID != actor.User:
			return theirs, fault.ErrNotFound
		case !own.Speaks():
			return theirs, ErrNoSay
		case theirs.HouseholdID != own.HouseholdID || theirs.ID == own.ID:
			return theirs, fault.ErrNotFound
		}
		return do(tx, theirs)
	})
	if err != nil {
		return Member{}, err
	}
	names, err := s.store.Users.Nicknames(ctx, []model.UserID{r.UserID})
	return Member{Residence: r, Nickname: names[r.UserID]}, err
}

// both holds two residences, always in the same order, so that two who vouch for one
// another do not wait for each other for ever. Fault: not_found.
func both(ctx context.Context, tx *store.Store, mine, other model.ResidenceID) (own, theirs model.Residence, err error) {
	order := []model.ResidenceID{mine, other}
	if string(other[:]) < string(mine[:]) {
		order = []model.ResidenceID{other, mine}
	}
	held := map[model.ResidenceID]model.Residence{}
	for _, id := range order {
		r, err := tx.Residences.GetForMove(ctx, id)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return own, theirs, err
		}
		held[id] = r
	}
	own, theirs = held[mine], held[other]
	if own.ID.IsZero() || theirs.ID.IsZero() {
		return own, theirs, fault.ErrNotFound
	}
	return own, theirs, nil
}

// tellHousehold tells those whom a household knows that somebody joins it or wants to.
func (s *Service) tellHousehold(ctx context.Context, tx *store.Store, r model.Residence) error {
	if r.HouseholdID.IsZero() {
		return nil
	}
	members, err := tx.Residences.ListOfHousehold(ctx, r.HouseholdID, model.Page{Limit: model.MaxLimit})
	if err != nil {
		return err
	}
	for _, m := range members.Items {
		if m.UserID == r.UserID || !m.Known() {
			continue
		}
		if err := s.notices.Tell(ctx, tx, joining(m, r)); err != nil {
			return err
		}
	}
	return nil
}
