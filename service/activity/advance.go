package activity

import (
	"context"
	"encoding/json"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// The jobs that follow an activity's moves. Package signup does them.
const (
	ReleaseJob = "signup.release"  // it was cancelled: its sign-ups are
	NoShowJob  = "signup.no_shows" // it is over, and so is the wait for late attendance lists
)

// lateLists is how long attendance kept on paper or offline may take to arrive before
// the others are no-shows.
const lateLists = 72 * time.Hour

// JobPayload says which activity a job is about.
type JobPayload struct {
	ActivityID model.ActivityID `json:"activityId"`
}

func putJob(ctx context.Context, tx *store.Store, kind string, a model.Activity, at time.Time) error {
	payload, err := json.Marshal(JobPayload{a.ID})
	if err != nil {
		return err
	}
	name := kind + "@" + a.ID.String()
	return tx.Jobs.Put(ctx, model.Job{Kind: kind, Payload: payload, DedupeKey: &name, RunAt: at})
}

// advanceAtOnce is how many activities one look takes.
const advanceAtOnce = 100

// Advance moves the rows of activities whose start or end has come; a job's work. The
// events carry the time of the start or end, not that of the job.
func (s *Service) Advance(ctx context.Context) error {
	for {
		moved := 0
		due, err := s.store.Activities.ListToStart(ctx, s.store.Now(), advanceAtOnce)
		if err != nil {
			return err
		}
		ending, err := s.store.Activities.ListToFinish(ctx, s.store.Now(), advanceAtOnce)
		if err != nil {
			return err
		}
		for _, a := range append(due, ending...) {
			hit, err := s.advance(ctx, a)
			if err != nil {
				return err
			}
			moved += hit
		}
		if moved == 0 {
			return nil
		}
	}
}

// advance is one move by the clock. Somebody who was quicker, or cancelled it, is no fault.
func (s *Service) advance(ctx context.Context, a model.Activity) (moved int, err error) {
	to, at := model.ActivityOngoing, a.StartsAt
	if a.State == model.ActivityOngoing {
		to, at = model.ActivityFinished, a.EndsAt
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		moved = 0
		saved, err := tx.Activities.SaveState(ctx, a, to)
		if err != nil || !saved {
			return err
		}
		moved = 1
		if err := addEvent(ctx, tx, a, a.State, to, model.UserID{}, "", at); err != nil || to != model.ActivityFinished {
			return err
		}
		return putJob(ctx, tx, NoShowJob, a, a.EndsAt.Add(lateLists))
	})
	return moved, err
}
