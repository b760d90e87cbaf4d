package mailbox

import (
	"context"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// ErrPromiseOver is for a promise that was kept or broken.
var ErrPromiseOver = fault.Define(fault.Conflict, "promise_over",
	"该承诺已兑现或已逾期，不能再更改。", "This promise has been kept or broken already.")

// Promise says what will be done and by which day. Everybody sees what becomes of it: kept, put
// off with a reason, or broken when the day is over.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid.
func (s *Service) Promise(ctx context.Context, actor model.Actor, id model.RequestID, text string, on model.Date) (State, error) {
	text, err := written("text", text)
	if err != nil {
		return State{}, err
	}
	promise := func(tx *store.Store, m *matter, e model.RequestEvent) error {
		if e.To = m.Status; !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		if err := ahead(tx.Now(), on); err != nil {
			return err
		}
		p := model.RequestPromise{
			ID: model.NewID[model.RequestPromise](tx.Now()), RequestID: id, BranchID: m.BranchID, DueOn: on, Status: model.PromiseOpen,
			MadeBy: actor.User, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		if err := m.step(e.With(model.EventDetails{Promise: p.ID, On: on})); err != nil {
			return err
		}
		p.Seq = m.Version
		if err := tx.RequestPromises.Add(ctx, &p); err != nil {
			return err
		}
		alarm := p.Alarm()
		return tx.RequestAlarms.Add(ctx, &alarm)
	}
	return s.staffSays(ctx, actor, id, model.MovePromise, "", text, nil, promise)
}

// PutOff moves a promise to another day, with a reason.
// Faults: unauthenticated, forbidden, not_found, invalid, promise_over.
func (s *Service) PutOff(ctx context.Context, actor model.Actor, id model.RequestID, promise model.PromiseID, on model.Date, reason string) (State, error) {
	reason, err := written("reason", reason)
	if err != nil {
		return State{}, err
	}
	return s.movePromise(ctx, actor, id, promise, model.MovePromiseMoved, reason, nil, func(p *model.RequestPromise, now time.Time) error {
		p.DueOn, p.Moved = on, p.Moved+1
		return ahead(now, on)
	})
}

// KeepPromise says that what was promised is done, and how.
// Faults: unauthenticated, forbidden, not_found, invalid, promise_over.
func (s *Service) KeepPromise(ctx context.Context, actor model.Actor, id model.RequestID, promise model.PromiseID, text string, uploads ...model.UploadID) (State, error) {
	text, err := written("text", text)
	if err != nil {
		return State{}, err
	}
	return s.movePromise(ctx, actor, id, promise, model.MovePromiseKept, text, uploads, func(p *model.RequestPromise, _ time.Time) error {
		p.Status = model.PromiseKept
		return nil
	})
}

func (s *Service) movePromise(ctx context.Context, actor model.Actor, id model.RequestID, promise model.PromiseID, move model.RequestMove, text string, uploads []model.UploadID, change func(*model.RequestPromise, time.Time) error) (State, error) {
	return s.staffSays(ctx, actor, id, move, "", text, uploads, func(tx *store.Store, m *matter, e model.RequestEvent) error {
		if _, err := m.ringDue(ctx, tx, model.ID[model.RequestClock](promise)); err != nil {
			return err
		}
		p, err := tx.RequestPromises.Get(ctx, id, promise)
		if err != nil {
			return err
		}
		if err := change(&p, tx.Now()); err != nil {
			return err
		}
		if err := m.savePromise(ctx, tx, p); err != nil {
			return err
		}
		e.To = m.Status
		return m.step(e.With(model.EventDetails{Promise: p.ID, On: p.DueOn}))
	})
}

// savePromise writes what became of a promise, and when it would be broken now.
// Fault: promise_over.
func (m *matter) savePromise(ctx context.Context, tx *store.Store, p model.RequestPromise) error {
	p.UpdatedAt = tx.Now()
	open, err := tx.RequestPromises.SaveMoved(ctx, p)
	if err == nil && !open {
		err = ErrPromiseOver
	}
	if err != nil {
		return err
	}
	alarm := p.Alarm()
	if err := tx.RequestAlarms.Delete(ctx, alarm.ClockID); err != nil || p.Status != model.PromiseOpen {
		return err
	}
	return tx.RequestAlarms.Add(ctx, &alarm)
}

// retractPromise takes a promise away whose words cannot be shown, if it is open still and its submitter
// has not heard of it, as they have where it was put off.
func (m *matter) retractPromise(ctx context.Context, tx *store.Store, said model.RequestEvent) error {
	p, err := tx.RequestPromises.Get(ctx, m.ID, said.Details().Promise)
	if err != nil || p.Status != model.PromiseOpen || p.Moved > 0 {
		return ignoring(err, fault.ErrNotFound)
	}
	if err := store.Held(tx.RequestPromises.DeleteOpen(ctx, p)); err != nil {
		return err
	}
	if err := tx.RequestAlarms.Delete(ctx, p.Alarm().ClockID); err != nil {
		return err
	}
	return m.service.notices.Tell(ctx, tx, staffNotice(said.ActorID, m.Request, said, unpromised))
}

// breakPromise is what the end of the day does to a promise that nobody kept.
func (m *matter) breakPromise(ctx context.Context, tx *store.Store, alarm model.RequestAlarm, at time.Time) error {
	p, err := tx.RequestPromises.Get(ctx, m.ID, model.PromiseID(alarm.ClockID))
	if err != nil {
		return err
	}
	p.Status = model.PromiseBroken
	if err := m.savePromise(ctx, tx, p); err != nil {
		return err
	}
	e := model.RequestEvent{Kind: model.MovePromiseBroken, To: m.Status, Party: model.PartySystem, At: at}
	if err := m.step(e.With(model.EventDetails{Promise: p.ID, On: p.DueOn})); err != nil {
		return err
	}
	_, err = m.save(ctx, tx)
	return err
}

// ahead lets nobody promise what is past. Fault: invalid.
func ahead(now time.Time, on model.Date) error {
	if today := model.DateOf(now); on < today || on > today.AddDays(366) {
		return fault.InvalidField("on", "out_of_range", "日期须在今天起一年以内。", "The day has to be within a year from today.")
	}
	return nil
}

// PromiseBook counts the promises of a branch; anybody may know.
type PromiseBook struct {
	Open, Kept, Broken int64
	Moved              int64 // of all of them, how many were put off at least once
}

// PromiseBook counts what became of the promises of a branch. Fault: not_found.
func (s *Service) PromiseBook(ctx context.Context, branch model.UnitID) (book PromiseBook, err error) {
	unit, err := s.org.Unit(ctx, branch)
	if err == nil && unit.Kind != model.Branch {
		err = fault.ErrNotFound
	}
	if err != nil {
		return book, err
	}
	counts, err := s.store.RequestPromises.CountOf(ctx, branch)
	for _, c := range counts {
		book.Moved += c.Moved
		switch c.Status {
		case model.PromiseOpen:
			book.Open = c.N
		case model.PromiseKept:
			book.Kept = c.N
		case model.PromiseBroken:
			book.Broken = c.N
		}
	}
	return book, err
}
