package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

const alarmBatch = 200

// Ring does what clocks do of themselves when their time has come, and says how often: cards,
// escalations, the end of pauses and of promises. It may run anywhere and again: each alarm is looked at
// anew under the lock of its request, and gone once it has rung.
func (s *Service) Ring(ctx context.Context) (rung int, err error) {
	for {
		due, err := s.store.RequestAlarms.ListDue(ctx, s.store.Now(), alarmBatch)
		if err != nil {
			return rung, err
		}
		before, trouble := rung, error(nil)
		for _, alarm := range due {
			done, err := s.ring(ctx, alarm)
			trouble = errors.Join(trouble, err) // one request must not keep the others waiting
			if done && err == nil {
				rung++
			}
		}
		if trouble != nil || len(due) == 0 || rung == before {
			return rung, trouble
		}
	}
}

// ring lets one alarm ring, unless it has rung or been set anew meanwhile.
func (s *Service) ring(ctx context.Context, alarm model.RequestAlarm) (done bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		done = false
		m, err := s.hold(ctx, tx, alarm.RequestID)
		if err != nil {
			return err
		}
		now, err := tx.RequestAlarms.Get(ctx, alarm.ClockID)
		if errors.Is(err, fault.ErrNotFound) || err == nil && (now.Kind != alarm.Kind || !now.At.Equal(alarm.At)) {
			return nil
		}
		if err != nil {
			return err
		}
		done = true
		return m.ring(ctx, tx, alarm)
	})
	return done, err
}

// ring makes the event that an alarm stands for.
func (m *matter) ring(ctx context.Context, tx *store.Store, alarm model.RequestAlarm) error {
	if alarm.Kind == model.MovePromiseBroken {
		return m.breakPromise(ctx, tx, alarm)
	}
	e := model.RequestEvent{Kind: alarm.Kind, To: m.Status, Party: model.PartySystem, At: tx.Now()}
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
