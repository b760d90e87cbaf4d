package push

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/jobs"
)

var (
	errElsewhere = errors.New("this process sends the push already, the job is for another one")
	errQuiet     = errors.New("people are left in peace now")
	errDraining  = errors.New("the process ends")
	errUnderWay  = errors.New("others have deliveries under way")
)

// sendWork sends a push batch by batch until nothing is left for it. One process does one
// push once at a time, so that the other jobs of the push fall to other processes.
func (s *Service) sendWork(ctx context.Context, job model.Job) error {
	id, err := pushOf(job)
	if err != nil {
		return err
	}
	if !s.begin(id) {
		// Not all at the same moment, or the same process might take them each time.
		return jobs.Later(time.Duration(100+rand.IntN(800))*time.Millisecond, errElsewhere) //nolint:gosec // spreading is no secret
	}
	defer s.end(id)
	return s.sendAll(ctx, id)
}

func (s *Service) sendAll(ctx context.Context, id model.PushID) error {
	for {
		if jobs.Draining(ctx) {
			return jobs.Later(0, errDraining)
		}
		p, err := s.ready(ctx, id)
		if err != nil || p.Status != model.PushSending {
			return err
		}
		if until, quiet := p.Quiet(s.store.Now()); quiet {
			if err := s.shift(ctx, id, model.DeliveryQueued, model.DeliveryQuietDeferred); err != nil {
				return err
			}
			return jobs.Later(until.Sub(s.store.Now()), errQuiet)
		}
		more, err := s.batch(ctx, p)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		put, err := s.store.Deliveries.ListIn(ctx, id, model.DeliveryQuietDeferred, 1)
		if err != nil {
			return err
		}
		if len(put) == 0 {
			return s.conclude(ctx, id)
		}
		if err := s.shift(ctx, id, model.DeliveryQuietDeferred, model.DeliveryQueued); err != nil {
			return err
		}
	}
}

func (s *Service) begin(id model.PushID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[id] {
		return false
	}
	s.busy[id] = true
	return true
}

func (s *Service) end(id model.PushID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, id)
}

// ready reads the push as it is now; the first sender of a frozen one begins the sending.
func (s *Service) ready(ctx context.Context, id model.PushID) (p model.Push, err error) {
	p, err = s.store.Pushes.Get(ctx, id)
	if err != nil || p.Status != model.PushAudienceFrozen {
		return p, err
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if p, err = tx.Pushes.Get(ctx, id); err != nil || p.Status != model.PushAudienceFrozen {
			return err
		}
		return s.move(ctx, tx, model.Actor{}, &p, model.BeginSending)
	})
	if errors.Is(err, fault.ErrChangedMeanwhile) { // another process began
		return s.store.Pushes.Get(ctx, id)
	}
	return p, err
}

// shift moves all deliveries of a push that are in one state to another, some at a time.
func (s *Service) shift(ctx context.Context, id model.PushID, from, to model.DeliveryStatus) error {
	for {
		rows, err := s.store.Deliveries.ListIn(ctx, id, from, audienceAt)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := s.store.Deliveries.SaveMoved(ctx, idsOf(rows), from, to); err != nil {
			return err
		}
	}
}

func idsOf(rows []model.Delivery) []model.DeliveryID {
	ids := make([]model.DeliveryID, len(rows))
	for i, d := range rows {
		ids[i] = d.ID
	}
	return ids
}

// batch sends as many as there is room for, and says whether there may be more to do.
func (s *Service) batch(ctx context.Context, p model.Push) (more bool, err error) {
	room, err := s.enter(ctx, cap(s.slots))
	if err != nil {
		return false, err
	}
	defer s.leave(room)
	letters, more, err := s.take(ctx, p.ID, room)
	if err != nil || len(letters) == 0 {
		return more, err
	}
	return true, s.settle(ctx, s.hand(ctx, letters))
}

// enter waits for room for one message and takes what more is free, up to most.
func (s *Service) enter(ctx context.Context, most int) (room int, err error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for room = 1; room < most; room++ {
		select {
		case s.slots <- struct{}{}:
		default:
			return room, nil
		}
	}
	return room, nil
}

func (s *Service) leave(room int) {
	for range room {
		<-s.slots
	}
}

// loseDead gives up deliveries whose sender died. Its statement looks at many rows and may
// deadlock with a sender's, which only a transaction repeats.
func (s *Service) loseDead(ctx context.Context) error {
	return s.store.InTx(ctx, func(tx *store.Store) error { return tx.Deliveries.SaveLost(ctx) })
}

// conclude finishes a push of which nothing is queued, once nothing is under way either.
func (s *Service) conclude(ctx context.Context, id model.PushID) error {
	if err := s.loseDead(ctx); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		p, err := tx.Pushes.Get(ctx, id)
		if err != nil || p.Status != model.PushSending {
			return err
		}
		counts, err := tx.Deliveries.CountByStatus(ctx, id)
		if err != nil {
			return err
		}
		if counts[model.DeliverySending]+counts[model.DeliveryQueued]+counts[model.DeliveryQuietDeferred] > 0 {
			return jobs.Later(2*time.Second, errUnderWay)
		}
		err = s.move(ctx, tx, model.Actor{}, &p, model.FinishPush)
		if errors.Is(err, fault.ErrChangedMeanwhile) {
			return jobs.Later(time.Second, errUnderWay)
		}
		return err
	})
}

// deliverWork sends one delivery that belongs to no push.
func (s *Service) deliverWork(ctx context.Context, job model.Job) error {
	var id model.DeliveryID
	if err := json.Unmarshal(job.Payload, &id); err != nil {
		return err
	}
	if err := s.loseDead(ctx); err != nil {
		return err
	}
	d, err := s.store.Deliveries.Get(ctx, id)
	if err != nil {
		return err
	}
	switch d.Status {
	case model.DeliverySending:
		return jobs.Later(s.lease/4, errUnderWay)
	case model.DeliveryQueued, model.DeliveryQuietDeferred:
		return s.deliver(ctx, d)
	}
	return nil
}

func (s *Service) deliver(ctx context.Context, d model.Delivery) error {
	from, to := model.DeliveryQuietDeferred, model.DeliveryQueued
	until, quiet := model.Quiet(model.DefaultQuietFrom, model.DefaultQuietUntil, s.store.Now())
	if quiet = quiet && !d.Urgent; quiet {
		from, to = to, from
	}
	if err := s.store.Deliveries.SaveMoved(ctx, []model.DeliveryID{d.ID}, from, to); err != nil {
		return err
	}
	if quiet {
		return jobs.Later(until.Sub(s.store.Now()), errQuiet)
	}
	room, err := s.enter(ctx, 1)
	if err != nil {
		return err
	}
	defer s.leave(room)
	letters, err := s.takeOne(ctx, d.ID)
	if err != nil {
		return err
	}
	return s.settle(ctx, s.hand(ctx, letters))
}
