package mailbox

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

const alarmBatch = 200

// Ring does what clocks do of themselves when their time has come, and says how often: cards,
// escalations, the end of pauses and of promises. It may run anywhere and again: what is due is
// looked at anew under the lock of its request, and gone once it has rung. Whatever rings late, for
// no worker ran, has its own time: a pause ends when it was to end, and the next rung counts from
// when the last one was due.
func (s *Service) Ring(ctx context.Context) (rung int, err error) {
	silent := map[model.ID[model.RequestClock]]bool{} // that did not ring, so that they may be listed again
	for {
		due, listErr := s.store.RequestAlarms.ListDue(ctx, s.store.Now(), alarmBatch+len(silent))
		due = slices.DeleteFunc(due, func(a model.RequestAlarm) bool { return silent[a.ClockID] })
		if listErr != nil || len(due) == 0 || ctx.Err() != nil {
			return rung, errors.Join(err, listErr)
		}
		for _, alarm := range due {
			n, ringErr := s.ring(ctx, alarm)
			err = errors.Join(err, ringErr) // one request must not keep the others waiting
			if ringErr != nil || n == 0 {
				silent[alarm.ClockID] = true
				continue
			}
			rung += n
		}
	}
}

// ring lets everything of one request ring that is due, in order, unless it has rung or been set
// anew meanwhile.
func (s *Service) ring(ctx context.Context, alarm model.RequestAlarm) (rung int, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		rung = 0
		m, err := s.hold(ctx, tx, alarm.RequestID)
		if err == nil {
			rung, err = m.ringDue(ctx, tx, alarm.ClockID)
		}
		return err
	})
	return rung, err
}

// ringDue lets everything of a request ring that is due, in order, and says how often: its running
// clocks, and what is named, which may be a promise.
func (m *matter) ringDue(ctx context.Context, tx *store.Store, named ...model.ID[model.RequestClock]) (rung int, err error) {
	for {
		next, err := m.due(ctx, tx, named...)
		if errors.Is(err, fault.ErrNotFound) {
			return rung, nil
		}
		if err == nil {
			err = m.ring(ctx, tx, next)
		}
		if err != nil {
			return rung, err
		}
		rung++
		m.were, m.read, m.events = m.clocks, m.Version, nil
		m.readAnew(ctx, tx)
	}
}

// due is what of a request rings first. Fault: not_found.
func (m *matter) due(ctx context.Context, tx *store.Store, named ...model.ID[model.RequestClock]) (model.RequestAlarm, error) {
	ids := slices.Clone(named)
	for _, clock := range m.clocks {
		if clock.Running() {
			ids = append(ids, clock.ID)
		}
	}
	if len(ids) == 0 {
		return model.RequestAlarm{}, fault.ErrNotFound
	}
	return tx.RequestAlarms.GetDue(ctx, tx.Now(), ids...)
}

// ring makes the event that an alarm stands for, at its own time, though after what came before.
func (m *matter) ring(ctx context.Context, tx *store.Store, alarm model.RequestAlarm) error {
	at := alarm.At
	if m.UpdatedAt.After(at) && m.Open {
		at = m.UpdatedAt
	}
	if alarm.Kind == model.MovePromiseBroken {
		return m.breakPromise(ctx, tx, alarm, at)
	}
	e := model.RequestEvent{Kind: alarm.Kind, To: m.Status, Party: model.PartySystem, At: at}
	switch {
	case alarm.Kind == model.MoveResumption:
		e.To = model.RequestHandling
	case alarm.Kind == model.MoveEscalation && m.Level == model.LevelCounty: // by another way
		return tx.RequestAlarms.Delete(ctx, alarm.ClockID)
	default:
		e = e.With(model.EventDetails{Clock: m.nameOf(alarm.ClockID)})
	}
	if err := m.step(e); err != nil {
		return err
	}
	_, err := m.save(ctx, tx)
	return err
}

func (m *matter) nameOf(id model.ID[model.RequestClock]) model.ClockName {
	for _, clock := range m.clocks {
		if clock.ID == id {
			return clock.Name
		}
	}
	return ""
}
