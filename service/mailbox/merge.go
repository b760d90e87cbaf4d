package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Merge ends a request that says what another one says. Its clocks stop, and its submitter hears
// from then on what becomes of the other, and so do those whose requests were merged into it before:
// they are merged on. Whoever answered it does not end it so, nor whoever worked on it when it was
// found not to be fixed.
// Faults: unauthenticated, forbidden, not_found, illegal_transition (also of the other one), invalid,
// same_person, conversation_full.
func (s *Service) Merge(ctx context.Context, actor model.Actor, id, into model.RequestID) (State, error) {
	if _, err := s.within(ctx, actor, access.MailboxHandle, id); err != nil {
		return State{}, err
	}
	if _, err := s.within(ctx, actor, access.MailboxHandle, into); err != nil {
		return State{}, ignoringTarget(err)
	}
	if id == into {
		return State{}, noTarget()
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (State, error) {
		from, to, err := s.holdBoth(ctx, tx, id, into)
		if err != nil {
			return State{}, err
		}
		for _, m := range []*matter{from, to} {
			if err := m.notTheirs(ctx, tx, actor); err != nil {
				return State{}, err
			}
		}
		before := from.Status
		from.MergedInto = into
		e := byStaff(actor, tx, model.MoveMerge, model.RequestMerged, "")
		if err := from.step(e.With(model.EventDetails{OtherID: into})); err != nil {
			return State{}, err
		}
		if err := from.unless(actor, model.Hands.MayMerge); err != nil {
			return State{}, err
		}
		if err := to.absorb(actor, tx, id); err != nil {
			return State{}, err
		}
		if err := record(ctx, tx, actor, from, model.MoveMerge, string(before)+" → "+to.Receipt); err != nil {
			return State{}, err
		}
		if err := putMergingOn(ctx, tx, from.Request); err != nil {
			return State{}, err
		}
		if _, err := to.save(ctx, tx); err != nil {
			return State{}, err
		}
		return from.save(ctx, tx)
	})
}

// absorb writes down that another request was merged into it. Faults: illegal_transition,
// conversation_full: what comes of it must have room after all that was merged into it.
func (m *matter) absorb(actor model.Actor, tx *store.Store, other model.RequestID) error {
	e := byStaff(actor, tx, model.MoveAbsorb, m.Status, "").With(model.EventDetails{OtherID: other})
	err := m.talk(e)
	if errors.Is(err, fault.ErrIllegalTransition) {
		return targetEnded(m)
	}
	return err
}

// holdBoth holds two requests in order of their ids, so that two who merge crosswise do not wait
// for each other.
func (s *Service) holdBoth(ctx context.Context, tx *store.Store, a, b model.RequestID) (first, second *matter, err error) {
	if a.Compare(b) > 0 {
		second, first, err = s.holdBoth(ctx, tx, b, a)
		return first, second, err
	}
	if first, err = s.hold(ctx, tx, a); err != nil {
		return nil, nil, err
	}
	if second, err = s.take(ctx, tx, b); err != nil {
		return nil, nil, err
	}
	_, err = first.ringDue(ctx, tx)
	return first, second, err
}

func noTarget() error {
	return fault.InvalidField("intoId", "unknown", "没有可以并入的诉求。", "There is no open request to merge it into.")
}

// targetEnded names the status of the other request, which may have ended in this moment: whoever
// merges it into this one at once hears that it was.
func targetEnded(to *matter) error {
	return fault.From(to.IllegalMove()).WithFields(fault.Field{
		Path: "intoId", Code: "ended", Message: fault.Text{ZH: "要并入的诉求已结束。", EN: "The request to merge it into has ended."},
	})
}

func ignoringTarget(err error) error {
	if ignoring(err, fault.ErrNotFound) == nil {
		return noTarget()
	}
	return err
}
