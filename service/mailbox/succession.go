package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// goOnWithout has a matter go on that others reported too, when its submitter takes their own request
// back: the oldest that was merged into it stands for itself again, and the others are merged on into
// that one. It belongs between the step that withdraws it and its saving.
func (s *Service) goOnWithout(ctx context.Context, tx *store.Store, m *matter) error {
	heir, err := s.heirOf(ctx, tx, m.ID, m.Request)
	if err != nil || heir == nil {
		return err
	}
	if err := heir.succeed(ctx, tx, m); err != nil {
		return err
	}
	m.MergedInto = heir.ID
	return putMergingOn(ctx, tx, m.Request)
}

// heirOf is the oldest request that leads to another and can go on without who leaves that; nil is none.
// What leads to one that cannot counts in its place: it may not have been merged on yet.
func (s *Service) heirOf(ctx context.Context, tx *store.Store, of model.RequestID, leaves model.Request) (*matter, error) {
	for batch, err := range led(ctx, tx, of) {
		if err != nil {
			return nil, err
		}
		for _, r := range batch {
			can, err := canSucceed(ctx, tx, r, leaves)
			if err != nil {
				return nil, err
			}
			if can {
				return s.hold(ctx, tx, r.ID)
			}
			if heir, err := s.heirOf(ctx, tx, r.ID, leaves); heir != nil || err != nil {
				return heir, err
			}
		}
	}
	return nil, nil
}

// canSucceed says whether a request was merged and is of somebody else than the one that is withdrawn, and
// they can be answered still: nobody is asked in the name of those who have closed their account.
func canSucceed(ctx context.Context, tx *store.Store, r, leaves model.Request) (bool, error) {
	if r.Status != model.RequestMerged || sameToStaff(r, leaves) {
		return false, nil
	}
	user, err := tx.Users.Get(ctx, r.SubmitterID)
	if err == nil || !errors.Is(err, fault.ErrNotFound) {
		return user.ErasedAt == nil, err
	}
	if r.Identity == model.IdentitySealed { // the row of a sealed identity goes with its person
		_, err = tx.SealedIdentities.Get(ctx, r.SubmitterID)
		return err == nil, ignoring(err, fault.ErrNotFound)
	}
	return true, nil // it was entered for them
}

// sameToStaff says whether the staff know that two requests are one person's. Nothing goes by what they do
// not know, as who is behind a hidden or a sealed one: what did not happen would tell.
func sameToStaff(a, b model.Request) bool {
	hidden := a.Identity == model.IdentityHidden || b.Identity == model.IdentityHidden
	return a.ID == b.ID || a.SubmitterID == b.SubmitterID && !hidden
}

// succeed has a merged request go on by itself as far as it was read before, with its time anew, no
// lower than the other had come, and with the branch of the other where its own is no more.
func (m *matter) succeed(ctx context.Context, tx *store.Store, after *matter) error {
	events, err := m.course()
	if err != nil {
		return err
	}
	e := model.RequestEvent{Kind: model.MoveSuccession, To: model.RequestScreened, Party: model.PartySystem, At: tx.Now()}
	if merging, _ := model.LastOf(events, model.MoveMerge); merging.From == model.RequestSubmitted {
		e.To = model.RequestSubmitted
	}
	_, err = tx.Units.GetStanding(ctx, m.BranchID, model.DateOf(tx.Now()))
	if errors.Is(err, store.ErrUnitEnded) {
		m.BranchID = after.BranchID
		err = tx.RequestPromises.SaveHandedOver(ctx, m.ID, m.BranchID)
	}
	if err != nil {
		return err
	}
	m.MergedInto, m.TeamID, m.AssigneeID = model.RequestID{}, model.UnitID{}, model.UserID{}
	m.Level = m.Level.Higher(after.Level)
	if err := m.step(e.With(model.EventDetails{OtherID: after.ID})); err != nil {
		return err
	}
	_, err = m.save(ctx, tx)
	return err
}
