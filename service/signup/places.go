package signup

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/activity"
)

// Withdraw gives the actor's place, offer or waiting number up, and offers what becomes
// free to whoever has waited longest. A sign-up given up already is no fault.
// Faults: not_found, activity_started, illegal_transition.
func (s *Service) Withdraw(ctx context.Context, actor model.Actor, id model.ActivityID) error {
	if actor.Nobody() {
		return fault.ErrUnauthenticated
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		a, err := turn(ctx, tx, id)
		if err != nil {
			return err
		}
		row, err := tx.SignUps.GetByPerson(ctx, id, actor.User)
		if err != nil || !row.Live() {
			return err
		}
		if row.State == model.SignUpRegistered && a.StateAt(tx.Now()) != model.ActivityPublished {
			return ErrStarted
		}
		to := model.SignUpCancelled
		if row.State == model.SignUpOffered {
			to = model.SignUpDeclined
		}
		if err := leave(ctx, tx, row, to, actor.User); err != nil {
			return err
		}
		return s.offerOn(ctx, tx, a)
	})
}

// Accept takes an offered place. Faults: not_found, offer_lapsed, sign_up_closed,
// illegal_transition.
func (s *Service) Accept(ctx context.Context, actor model.Actor, id model.SignUpID) (Joined, error) {
	if actor.Nobody() {
		return Joined{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Joined, error) {
		row, err := tx.SignUps.GetForMove(ctx, id)
		if err != nil {
			return Joined{}, err
		}
		if row.UserID != actor.User {
			return Joined{}, fault.ErrNotFound
		}
		if err := acceptable(ctx, tx, row); err != nil {
			return Joined{}, err
		}
		if err := move(ctx, tx, row, model.SignUpRegistered, actor.User); err != nil {
			return Joined{}, err
		}
		return Joined{ID: row.ID, Status: model.SignUpRegistered}, nil
	})
}

func acceptable(ctx context.Context, tx *store.Store, row model.SignUp) error {
	if row.State != model.SignUpOffered {
		if row.State == model.SignUpLapsed {
			return ErrOfferLapsed
		}
		return fault.IllegalMove(string(row.State), nil)
	}
	a, err := tx.Activities.Get(ctx, row.ActivityID)
	switch now := tx.Now(); {
	case err != nil:
		return err
	case a.State == model.ActivityCancelled:
		return ErrClosed
	case !now.Before(*row.OfferedUntil):
		return ErrOfferLapsed
	}
	return nil
}

// lapseAtOnce is how many offers one look takes.
const lapseAtOnce = 100

// LapseOffers takes back the places whose offers were not accepted in time and offers
// them on; a job's work.
func (s *Service) LapseOffers(ctx context.Context) error {
	due := model.Drain(func() ([]model.SignUp, error) { return s.store.SignUps.ListLapsing(ctx, s.store.Now(), lapseAtOnce) })
	for row, err := range due {
		if err == nil {
			err = s.lapse(ctx, row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) lapse(ctx context.Context, due model.SignUp) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		a, err := turn(ctx, tx, due.ActivityID)
		if err != nil {
			return err
		}
		row, err := tx.SignUps.GetForMove(ctx, due.ID)
		if err != nil {
			return err
		}
		if row.State != model.SignUpOffered || tx.Now().Before(*row.OfferedUntil) { // accepted, or given up and offered anew
			return nil
		}
		if err := leave(ctx, tx, row, model.SignUpLapsed, model.UserID{}); err != nil {
			return err
		}
		return s.offerOn(ctx, tx, a)
	})
}

// turn waits until nobody else changes who has a place, and reads the activity as it is
// then. Fault: not_found.
func turn(ctx context.Context, tx *store.Store, id model.ActivityID) (model.Activity, error) {
	found, err := tx.Activities.TakeTurn(ctx, id)
	if err == nil && !found {
		err = fault.ErrNotFound
	}
	if err != nil {
		return model.Activity{}, err
	}
	return tx.Activities.Get(ctx, id)
}

// leave moves a sign-up out of the quota and off the list. The turn must be ours.
func leave(ctx context.Context, tx *store.Store, row model.SignUp, to model.SignUpState, actor model.UserID) error {
	if err := move(ctx, tx, row, to, actor); err != nil {
		return err
	}
	var given bool
	var err error
	if row.State == model.SignUpWaitlisted {
		given, err = tx.Activities.GiveWaiting(ctx, row.ActivityID)
	} else {
		given, err = tx.Activities.GivePlaces(ctx, row.ActivityID, row.Places)
	}
	if err == nil && !given {
		err = errCounter
	}
	return err
}

// errCounter says that a counter and its rows disagree, which no sequence of calls can
// bring about; better to change nothing.
var errCounter = errors.New("signup: the counters of the activity do not add up")

// move is one arrow of M16, by compare-and-set, with its event.
func move(ctx context.Context, tx *store.Store, row model.SignUp, to model.SignUpState, actor model.UserID) error {
	if err := row.Move(to); err != nil {
		return err
	}
	saved, err := tx.SignUps.SaveState(ctx, row, to)
	if err == nil && !saved {
		err = fault.ErrInProgress
	}
	if err != nil {
		return err
	}
	return addEvent(ctx, tx, row, row.State, to, actor)
}

// offerOn offers free places to who has waited longest, until one of them needs more
// than are free. The turn must be ours, and a read in it.
func (s *Service) offerOn(ctx context.Context, tx *store.Store, a model.Activity) error {
	now, end := tx.Now(), a.OffersUntil()
	if state := a.StateAt(now); state != model.ActivityPublished && state != model.ActivityOngoing || !now.Before(end) {
		return nil
	}
	until := model.AfterWaking(now, OfferTime)
	if until.After(end) {
		until = end
	}
	for {
		first, err := tx.SignUps.ListWaiting(ctx, a.ID, 1)
		if err != nil || len(first) == 0 {
			return err
		}
		taken, err := tx.Activities.TakeOffered(ctx, a.ID, first[0].Places)
		if err != nil || !taken {
			return err
		}
		if err := s.offer(ctx, tx, a, first[0], until); err != nil {
			return err
		}
	}
}

func (s *Service) offer(ctx context.Context, tx *store.Store, a model.Activity, row model.SignUp, until time.Time) error {
	saved, err := tx.SignUps.SaveOffered(ctx, row, until)
	if err == nil && !saved {
		err = fault.ErrInProgress
	}
	if err != nil {
		return err
	}
	if err := addEvent(ctx, tx, row, row.State, model.SignUpOffered, model.UserID{}); err != nil {
		return err
	}
	return s.notices.Tell(ctx, tx, offered(a, row, until))
}

// batch is how many sign-ups one transaction of a job moves.
const batch = 100

// Release cancels the sign-ups of a cancelled activity; a job's work.
func (s *Service) Release(ctx context.Context, job model.Job) error {
	return s.sweep(ctx, job, model.SignUpCancelled, model.ActivityCancelled,
		model.SignUpRegistered, model.SignUpWaitlisted, model.SignUpOffered)
}

// MarkNoShows marks who never came to a finished activity; a job's work. They keep their
// places, which are of no use to anybody any more.
func (s *Service) MarkNoShows(ctx context.Context, job model.Job) error {
	return s.sweep(ctx, job, model.SignUpNoShow, model.ActivityFinished, model.SignUpRegistered)
}

// sweep moves all sign-ups in some states, if the activity is in the state that asks for it.
func (s *Service) sweep(ctx context.Context, job model.Job, to model.SignUpState, wanted model.ActivityState, states ...model.SignUpState) error {
	var payload activity.JobPayload
	if err := json.Unmarshal(job.Payload, &payload); err != nil {
		return err
	}
	for more := true; more; {
		err := s.store.InTx(ctx, func(tx *store.Store) error {
			more = false
			a, err := turn(ctx, tx, payload.ActivityID)
			if err != nil || a.State != wanted {
				return err
			}
			rows, err := tx.SignUps.ListIn(ctx, a.ID, batch, states...)
			if err != nil {
				return err
			}
			more = len(rows) == batch
			return s.sweepRows(ctx, tx, a, rows, to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sweepRows(ctx context.Context, tx *store.Store, a model.Activity, rows []model.SignUp, to model.SignUpState) error {
	for _, row := range rows {
		sweep := s.callOff
		if to == model.SignUpNoShow {
			sweep = markNoShow
		}
		if err := sweep(ctx, tx, a, row); err != nil {
			return err
		}
	}
	return nil
}

func markNoShow(ctx context.Context, tx *store.Store, _ model.Activity, row model.SignUp) error {
	return move(ctx, tx, row, model.SignUpNoShow, model.UserID{})
}

func (s *Service) callOff(ctx context.Context, tx *store.Store, a model.Activity, row model.SignUp) error {
	if err := leave(ctx, tx, row, model.SignUpCancelled, model.UserID{}); err != nil {
		return err
	}
	return s.notices.Tell(ctx, tx, calledOff(a, row))
}
