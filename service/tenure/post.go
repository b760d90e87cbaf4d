package tenure

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Start puts an approved secretary in post, on the planned day or later.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, too_early, post_taken, unit_ended.
func (s *Service) Start(ctx context.Context, actor model.Actor, id model.TenureID) (model.Tenure, error) {
	return s.step(ctx, actor, id, access.TenureDecide, func(tx *store.Store, t *model.Tenure) error {
		return start(ctx, tx, actor, t)
	})
}

func start(ctx context.Context, tx *store.Store, actor model.Actor, t *model.Tenure) error {
	if err := move(ctx, tx, actor, t, model.StartTenure, ""); err != nil {
		return err
	}
	today := model.DateOf(tx.Now())
	if t.StartsOn > today {
		return ErrTooEarly
	}
	t.StartedOn = &today
	return give(ctx, tx, actor, t)
}

// give gives the secretary's grant, while the branch exists. Whoever has acted as secretary
// by hand goes on by the grant they have.
func give(ctx context.Context, tx *store.Store, actor model.Actor, t *model.Tenure) error {
	if _, err := tx.Units.GetStanding(ctx, t.BranchID, model.DateOf(tx.Now())); err != nil {
		return err
	}
	by := actor.User
	if actor.Nobody() {
		by = t.ApprovedBy
	}
	grant := model.Grant{
		ID: model.NewID[model.Grant](tx.Now()), UserID: t.UserID, Role: model.Secretary, UnitID: t.BranchID,
		ValidFrom: tx.Now(), GrantedBy: by, CreatedAt: tx.Now(),
	}
	t.GrantID = grant.ID
	err := tx.Grants.AddLive(ctx, &grant)
	if errors.Is(err, store.ErrDuplicate) {
		return adopt(ctx, tx, t)
	}
	return err
}

// adopt makes the grant that somebody has the tenure's. One with an end, or that has not
// begun, gives way to one that lasts as long as the tenure.
func adopt(ctx context.Context, tx *store.Store, t *model.Tenure) error {
	grants, err := tx.Grants.ListByUser(ctx, t.UserID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.Role != model.Secretary || g.UnitID != t.BranchID || g.Live == nil {
			continue
		}
		if g.ValidTo == nil && g.Holds(tx.Now()) {
			t.GrantID = g.ID
			return nil
		}
		if err := tx.Grants.SaveEnded(ctx, g.ID, tx.Now()); err != nil {
			return err
		}
	}
	lasting := model.Grant{
		ID: t.GrantID, UserID: t.UserID, Role: model.Secretary, UnitID: t.BranchID,
		ValidFrom: tx.Now(), GrantedBy: t.ApprovedBy, CreatedAt: tx.Now(),
	}
	return tx.Grants.AddLive(ctx, &lasting)
}

// take takes the grant away.
func take(ctx context.Context, tx *store.Store, t *model.Tenure) error {
	if t.GrantID.IsZero() {
		return nil
	}
	err := tx.Grants.SaveEnded(ctx, t.GrantID, tx.Now())
	t.GrantID = model.GrantID{}
	return err
}

// Suspend takes the rights of a secretary for a time; the post stays theirs.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Suspend(ctx context.Context, actor model.Actor, id model.TenureID, reason string) (model.Tenure, error) {
	return s.step(ctx, actor, id, access.TenureDecide, func(tx *store.Store, t *model.Tenure) error {
		return errors.Join(move(ctx, tx, actor, t, model.SuspendTenure, reason), take(ctx, tx, t))
	})
}

// SuspendWithGrant suspends the tenure that gave a grant, in the transaction that ends the
// grant. Where none did, it does nothing.
func SuspendWithGrant(ctx context.Context, tx *store.Store, actor model.Actor, g model.Grant, reason string) error {
	held, err := tx.Tenures.GetByPost(ctx, g.UnitID)
	if errors.Is(err, fault.ErrNotFound) || err == nil && held.GrantID != g.ID {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := tx.Tenures.GetLocked(ctx, held.ID)
	if err != nil || t.GrantID != g.ID {
		return err
	}
	read := t.Version
	if err := move(ctx, tx, actor, &t, model.SuspendTenure, reason); err != nil {
		return err
	}
	t.GrantID = model.GrantID{}
	return save(ctx, tx, t, read)
}

// Resume gives a suspended secretary their rights again.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, unit_ended.
func (s *Service) Resume(ctx context.Context, actor model.Actor, id model.TenureID) (model.Tenure, error) {
	return s.step(ctx, actor, id, access.TenureDecide, func(tx *store.Store, t *model.Tenure) error {
		if err := move(ctx, tx, actor, t, model.ResumeTenure, ""); err != nil {
			return err
		}
		return give(ctx, tx, actor, t)
	})
}

// End ends a tenure today. It ends as dissolved with its branch only.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid.
func (s *Service) End(ctx context.Context, actor model.Actor, id model.TenureID, reason model.TenureEnd, note string) (model.Tenure, error) {
	switch reason {
	case model.EndTerm, model.EndResigned, model.EndAdjusted:
	default:
		return model.Tenure{}, fault.InvalidField("reason", "not_allowed", "不能以此原因离任。", "A tenure does not end this way by hand.")
	}
	return s.step(ctx, actor, id, access.TenureDecide, func(tx *store.Store, t *model.Tenure) error {
		return end(ctx, tx, actor, t, reason, note)
	})
}

func end(ctx context.Context, tx *store.Store, actor model.Actor, t *model.Tenure, reason model.TenureEnd, note string) error {
	if err := move(ctx, tx, actor, t, model.EndTenure, note); err != nil {
		return err
	}
	today := model.DateOf(tx.Now())
	t.EndedOn, t.EndReason = &today, reason
	return take(ctx, tx, t)
}

// EndWithBranch ends whatever tenure a branch has, and rejects those that have not begun, in
// the transaction that dissolves it.
func EndWithBranch(ctx context.Context, tx *store.Store, branch model.UnitID, note string) error {
	tenures, err := tx.Tenures.ListByBranch(ctx, branch)
	if err != nil {
		return err
	}
	for _, t := range tenures {
		if t, err = tx.Tenures.GetLocked(ctx, t.ID); err != nil {
			return err
		}
		read := t.Version
		switch t.Status {
		case model.TenureEnded, model.TenureRejected:
			continue
		case model.TenureInPost, model.TenureSuspended:
			err = end(ctx, tx, model.Actor{}, &t, model.EndDissolved, note)
		default:
			err = move(ctx, tx, model.Actor{}, &t, model.RejectTenure, note)
		}
		if err == nil {
			err = save(ctx, tx, t, read)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const startBatch = 100

// StartDue puts in post whose day has come, where the post is free, and says how many those
// were. It may be repeated.
func (s *Service) StartDue(ctx context.Context) (started int, err error) {
	var after model.TenureID
	for {
		due, err := s.store.Tenures.ListToStart(ctx, model.DateOf(s.store.Now()), after, startBatch)
		if err != nil || len(due) == 0 {
			return started, err
		}
		for _, t := range due {
			after = t.ID
			err := s.startOne(ctx, t.ID)
			switch {
			case err == nil:
				started++
			case fault.KindOf(err) == fault.Conflict: // taken, dissolved, or somebody was faster
			default:
				return started, err
			}
		}
	}
}

func (s *Service) startOne(ctx context.Context, id model.TenureID) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		t, err := tx.Tenures.GetLocked(ctx, id)
		if err != nil {
			return err
		}
		read := t.Version
		if err := start(ctx, tx, model.Actor{}, &t); err != nil {
			return err
		}
		return save(ctx, tx, t, read)
	})
}
