package mailbox

import (
	"context"
	"errors"
	"fmt"
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
	item, err := lastHeld(ctx, tx, events)
	if err != nil || item.Status == "" {
		return false, err
	}
	clock, _ := m.clocks.Current(model.ClockSilence)
	shown := item.Status == model.TextReleased && !item.DecidedAt.Add(clock.Allowed.Plain()).After(tx.Now())
	return !shown && item.Status != model.TextRefused, nil
}

// lastHeld is what became of the words of the last reply of a course, where they were held.
func lastHeld(ctx context.Context, tx *store.Store, events []model.RequestEvent) (model.ModerationItem, error) {
	reply, _ := model.LastOf(events, model.MoveReply)
	if !reply.Held {
		return model.ModerationItem{}, nil
	}
	return heldItem(ctx, tx, reply)
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

// Unread are requests whose time to say a word is over while their answer is still held from who
// should say it, at most a hundred: the longest first. Staff have no clock then and the submitter
// nothing to read, so it is up to whoever decides on held texts.
func (s *Service) Unread(ctx context.Context) (ids []model.RequestID, err error) {
	requests, err := s.store.Requests.ListSilent(ctx, s.store.Now(), model.Cursor{At: time.UnixMilli(0)}, silentBatch)
	for _, r := range requests {
		events, err := s.store.RequestEvents.ListByRequest(ctx, r.ID)
		if err != nil {
			return ids, err
		}
		item, err := lastHeld(ctx, s.store, events)
		if err != nil {
			return ids, err
		}
		if item.Status == model.TextHeld && len(ids) < model.MaxLimit {
			ids = append(ids, r.ID)
		}
	}
	return ids, err
}

// CheckWatch fails, for the log and the list of failed jobs, when there are any Unwatched or Unread,
// and lists them.
func (s *Service) CheckWatch(ctx context.Context) error {
	unwatched, err := s.Unwatched(ctx)
	if err != nil {
		return err
	}
	unread, err := s.Unread(ctx)
	if err == nil && len(unwatched) > 0 {
		err = fmt.Errorf("mailbox: %d open requests have no running clock: %s", len(unwatched), unwatched)
	}
	if len(unread) > 0 {
		err = errors.Join(err, fmt.Errorf("mailbox: the answers to %d requests are held past the time to speak of them: %s", len(unread), unread))
	}
	return err
}
