package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

const silentBatch = 200

// CloseSilent closes every request whose reply has waited long enough for feedback, or has
// somebody ask the resident first where the policy says so, and says how many those were. It
// may run anywhere and again: each request is judged anew under its lock.
func (s *Service) CloseSilent(ctx context.Context) (closed int, err error) {
	now, past := s.store.Now(), model.Cursor{At: time.UnixMilli(0)}
	for {
		batch, listErr := s.store.Requests.ListSilent(ctx, now, past, silentBatch)
		for _, request := range batch {
			done, closeErr := s.closeSilent(ctx, request.ID)
			err = errors.Join(err, closeErr) // one request must not keep the others waiting
			if done && closeErr == nil {
				closed++
			}
			past = model.Cursor{At: request.DueAt, ID: request.ID}
		}
		if len(batch) < silentBatch || listErr != nil || ctx.Err() != nil {
			return closed, errors.Join(err, listErr)
		}
	}
}

func (s *Service) closeSilent(ctx context.Context, id model.RequestID) (done bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		done = false
		m, err := s.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if !m.Legal(model.MoveSilence, model.RequestClosed) || m.DueAt.After(tx.Now()) {
			return nil // feedback came meanwhile
		}
		if unread, err := s.unread(ctx, tx, m); unread || err != nil {
			return err
		}
		if err := m.endSilence(ctx, tx); err != nil {
			return err
		}
		done = true
		_, err = m.save(ctx, tx)
		return err
	})
	return done, err
}

// endSilence closes a request that nobody said anything about, or asks for a return visit.
func (m *matter) endSilence(ctx context.Context, tx *store.Store) error {
	rules, err := m.rules()
	if err != nil {
		return err
	}
	visit := rules.policy.ReturnVisit
	if !visit && !rules.policy.CloseUnclaimed {
		if visit, err = m.unclaimed(ctx, tx); err != nil {
			return err
		}
	}
	e := model.RequestEvent{Party: model.PartySystem, At: tx.Now()}
	if visit {
		e.Kind, e.To = model.MoveVisitDue, model.RequestReturnVisit
	} else {
		e.Kind, e.To, e.Outcome = model.MoveSilence, model.RequestClosed, model.OutcomeSilent
	}
	return m.step(e)
}

// unclaimed says whether it was entered for somebody who has not taken it over.
func (m *matter) unclaimed(ctx context.Context, tx *store.Store) (bool, error) {
	if !m.Source.EnteredByOthers() {
		return false, nil
	}
	absentee, err := tx.Absentees.GetByRequest(ctx, m.ID)
	return err == nil && absentee.ClaimedAt == nil, ignoring(err, fault.ErrNotFound)
}

// unread says whether the last reply was held, and is still, or was released too lately to
// be silent about.
func (s *Service) unread(ctx context.Context, tx *store.Store, m *matter) (bool, error) {
	events, err := m.course()
	if err != nil {
		return false, err
	}
	for _, e := range slices.Backward(events) {
		if e.Kind != model.MoveReply {
			continue
		}
		if !e.Held {
			return false, nil
		}
		item, err := tx.ModerationItems.GetByObject(ctx, model.ModeratedMessage, model.ID[any](m.ID), e.Seq)
		clock, _ := m.clocks.Current(model.ClockSilence)
		shown := item.Status == model.TextReleased && !item.DecidedAt.Add(clock.Allowed.Plain()).After(tx.Now())
		return !shown && item.Status != model.TextRefused, err
	}
	return false, nil
}

// Unwatched are open requests without a running clock, at most a hundred. There must be
// none: such a request could wait for ever.
func (s *Service) Unwatched(ctx context.Context) ([]model.RequestID, error) {
	requests, err := s.store.Requests.ListUnwatched(ctx, model.MaxLimit)
	ids := make([]model.RequestID, len(requests))
	for i, r := range requests {
		ids[i] = r.ID
	}
	return ids, err
}

// CheckWatch fails, for the log and the list of failed jobs, when there are any Unwatched.
func (s *Service) CheckWatch(ctx context.Context) error {
	ids, err := s.Unwatched(ctx)
	if err == nil && len(ids) > 0 {
		err = fmt.Errorf("mailbox: %d open requests have no running clock, the first is %s", len(ids), ids[0])
	}
	return err
}
