package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/jobs"
)

func runner(s *store.Store) *jobs.Runner { return jobs.New(s, slog.New(slog.DiscardHandler), 4) }

func put(t *testing.T, s *store.Store, kind string) {
	t.Helper()
	if err := s.Jobs.Put(t.Context(), model.Job{Kind: kind, Payload: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, r *jobs.Runner) int {
	t.Helper()
	n, err := r.Drain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFailedJobComesBackLaterAndIsBuriedInTheEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		r, runs := runner(s), 0
		r.Handle("bad", func(context.Context, model.Job) error { runs++; return errors.New("not today") })
		put(t, s, "bad")
		if drain(t, r); runs != 1 {
			t.Fatalf("%d runs at once", runs)
		}
		for range 20 {
			clock.Move(time.Hour)
			drain(t, r)
		}
		buried, err := s.Jobs.Count(t.Context(), model.JobBuried)
		if runs != 12 || buried != 1 || err != nil {
			t.Errorf("%d runs, %d buried, %v", runs, buried, err)
		}
	})
}

func TestLaterUsesUpNoAttempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		r, runs := runner(s), 0
		r.Handle("wait", func(context.Context, model.Job) error {
			if runs++; runs < 30 {
				return jobs.Later(time.Minute, errors.New("not yet"))
			}
			return nil
		})
		put(t, s, "wait")
		for range 30 {
			drain(t, r)
			clock.Move(time.Minute)
		}
		if done, _ := s.Jobs.Count(t.Context(), model.JobDone); done != 1 || runs != 30 {
			t.Errorf("%d done after %d runs", done, runs)
		}
	})
}

func TestADeadWorkersJobIsTakenOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		r, runs := runner(s), 0
		r.Handle("k", func(context.Context, model.Job) error { runs++; return nil })
		put(t, s, "k")
		claimed, err := s.Jobs.SaveClaim(t.Context(), []string{"k"}, 1, -time.Second) // a lease that has run out
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		if drain(t, r); runs != 1 {
			t.Fatalf("%d runs", runs)
		}
		if held, err := s.Jobs.SaveDone(t.Context(), claimed[0]); held || err != nil {
			t.Errorf("the dead worker could still write: %t, %v", held, err)
		}
	})
}

func TestThreeWorkersRunAMonthOfDailyJobsOnceEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		var runs atomic.Int32
		var workers []*jobs.Runner
		for range 3 {
			r := runner(s)
			r.Repeat(jobs.Periodic{Kind: "daily", Slot: jobs.Every(24 * time.Hour)})
			r.Handle("daily", func(context.Context, model.Job) error { runs.Add(1); return nil })
			workers = append(workers, r)
		}
		for range 30 * 4 { // four looks a day
			for _, r := range workers {
				drain(t, r)
			}
			clock.Move(6 * time.Hour)
		}
		if n := runs.Load(); n < 30 || n > 31 {
			t.Errorf("%d runs in 30 days", n)
		}
	})
}

func TestARunningWorkerIsWokenAndEndsCleanly(t *testing.T) {
	t.Parallel()
	s, _ := storetest.OpenSQLite(t)
	r, done := runner(s), make(chan struct{})
	r.Handle("k", func(context.Context, model.Job) error { close(done); return nil })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { r.Run(ctx, nil); close(ended) }()
	put(t, s, "k")
	<-done
	stop()
	<-ended
	if n, err := s.Jobs.Count(t.Context(), model.JobDone); n != 1 || err != nil {
		t.Errorf("%d done, %v", n, err)
	}
}
