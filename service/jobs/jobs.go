// Package jobs does the work that follows commits.
//
// Services write a job in the transaction whose effect it continues; a worker claims it
// by a lease, runs its handler, and marks it done. A worker that dies lets its lease run
// out and another one takes over: every handler runs at least once and must be idempotent.
// A handler that fails is tried again later and later, twelve times in all; then the job
// is buried, where a person sees it and can revive it. Work that recurs is a job whose
// dedupe key names its slot, so that any number of workers run it once.
//
// The table is the truth. Redis only wakes workers sooner than they would look.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// Topic is what workers listen to.
const Topic = "jobs"

// Handler does one job. It must bear being run twice.
type Handler func(ctx context.Context, job model.Job) error

// Periodic is work that recurs.
type Periodic struct {
	Kind string                            // of the job; its payload is the slot's start, RFC 3339, as a JSON string
	Slot func(now time.Time) (s time.Time) // the slot now falls into
}

// Every gives slots of equal length, for Periodic.
func Every(d time.Duration) func(time.Time) time.Time {
	return func(now time.Time) time.Time { return now.Truncate(d) }
}

// Daily gives slots that begin with the day in Shanghai, for Periodic.
func Daily(now time.Time) time.Time { return model.DateOf(now).At(0, 0) }

const (
	lease       = 60 * time.Second
	idle        = time.Second // how long a worker sleeps when nothing wakes it
	maxAttempts = 12
)

// later defers a job without counting a failure.
type later struct {
	wait time.Duration
	why  error
}

func (l later) Error() string { return fmt.Sprintf("later, in %s: %v", l.wait, l.why) }
func (l later) Unwrap() error { return l.why }

// Later is what a handler returns when what it needs is not there yet: the job waits and
// no attempt is used up.
func Later(wait time.Duration, why error) error { return later{wait, why} }

// Deferred says whether an error is Later's, and the job so not one that failed.
func Deferred(err error) bool {
	var l later
	return errors.As(err, &l)
}

type drainInContext struct{}

// Draining says whether the process is about to end. A handler that works through many
// things asks between two of them, and returns Later(0, …) to hand the rest on.
func Draining(ctx context.Context) bool {
	process, ok := ctx.Value(drainInContext{}).(context.Context)
	return ok && process.Err() != nil
}

// Runner claims and runs jobs. Register everything before Run.
type Runner struct {
	store       *store.Store
	log         *slog.Logger
	concurrency int
	handlers    map[string]Handler
	periodic    []Periodic
	observe     func(kind string, err error, took time.Duration)
}

// New makes a runner that runs so many jobs at once.
func New(s *store.Store, log *slog.Logger, concurrency int) *Runner {
	return &Runner{
		store: s, log: log, concurrency: concurrency, handlers: map[string]Handler{},
		observe: func(string, error, time.Duration) {},
	}
}

// Handle sets who does jobs of a kind.
func (r *Runner) Handle(kind string, h Handler) {
	if _, taken := r.handlers[kind]; taken {
		panic("jobs: two handlers for " + kind)
	}
	r.handlers[kind] = h
}

// Of is a handler of jobs that carry something as JSON.
func Of[T any](do func(context.Context, T) error) Handler {
	return func(ctx context.Context, job model.Job) error {
		var what T
		if err := json.Unmarshal(job.Payload, &what); err != nil {
			return err
		}
		return do(ctx, what)
	}
}

// Repeat adds recurring work.
func (r *Runner) Repeat(p Periodic) { r.periodic = append(r.periodic, p) }

// Observe sets who is told of every job that ran, for metrics.
func (r *Runner) Observe(f func(kind string, err error, took time.Duration)) { r.observe = f }

// Run works until ctx ends, then waits for what is under way. woken may wake it sooner
// than once a second.
func (r *Runner) Run(ctx context.Context, woken <-chan struct{}) {
	var running sync.WaitGroup
	defer running.Wait()
	slots := make(chan struct{}, r.concurrency)
	for ctx.Err() == nil {
		r.plan(ctx)
		if r.claim(ctx, slots, &running) == 0 {
			woken = sleep(ctx, woken)
		}
	}
}

// sleep waits for a wake, up to a second, or the end. It gives nil once woken was closed, so
// that a closed channel is not a busy loop.
func sleep(ctx context.Context, woken <-chan struct{}) <-chan struct{} {
	// By chance, or workers woken together would look in step, and one be always first.
	timer := time.NewTimer(idle/2 + rand.N(idle/2)) //nolint:gosec // spreading is no secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case _, open := <-woken:
		if !open {
			return nil
		}
	}
	return woken
}

// Drain runs every job that is due, one after another, until none is left, and says how
// many that was. Tests use it in place of a running worker.
func (r *Runner) Drain(ctx context.Context) (int, error) {
	done := 0
	for {
		r.plan(ctx)
		due, err := r.store.Jobs.SaveClaim(ctx, r.kinds(), 10, lease)
		if err != nil || len(due) == 0 {
			return done, err
		}
		for _, job := range due {
			r.work(ctx, job)
			done++
		}
	}
}

func (r *Runner) kinds() []string {
	kinds := make([]string, 0, len(r.handlers))
	for kind := range r.handlers {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// plan adds the recurring jobs of the present slots. The unique key keeps them single.
func (r *Runner) plan(ctx context.Context) {
	for _, p := range r.periodic {
		slot := p.Slot(r.store.Now()).UTC()
		name := p.Kind + "@" + slot.Format(time.RFC3339)
		payload := []byte(`"` + slot.Format(time.RFC3339) + `"`)
		err := r.store.Jobs.Put(ctx, model.Job{Kind: p.Kind, Payload: payload, DedupeKey: &name})
		if err != nil && ctx.Err() == nil {
			r.log.Error("a recurring job could not be planned", "kind", p.Kind, "error", err)
		}
	}
}

// claim starts as many due jobs as there is room for and says how many.
func (r *Runner) claim(ctx context.Context, slots chan struct{}, running *sync.WaitGroup) int {
	room := cap(slots) - len(slots)
	if room == 0 {
		return 0
	}
	due, err := r.store.Jobs.SaveClaim(ctx, r.kinds(), room, lease)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Error("jobs could not be claimed", "error", err)
		}
		return 0
	}
	for _, job := range due {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			// A job that has begun is finished even while the process drains.
			r.work(context.WithValue(context.WithoutCancel(ctx), drainInContext{}, ctx), job)
		})
	}
	return len(due)
}

// work runs one job under its lease and writes down how it went.
func (r *Runner) work(ctx context.Context, job model.Job) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	var renewing sync.WaitGroup
	renewing.Go(func() { r.renew(ctx, cancel, job) })
	started := time.Now()
	err := r.safely(ctx, job)
	r.observe(job.Kind, err, time.Since(started))
	cancel()
	renewing.Wait()
	if _, saveErr := r.finish(context.WithoutCancel(ctx), job, err); saveErr != nil {
		r.log.Error("the end of a job could not be written; it will run again", "kind", job.Kind, "job", job.ID, "error", saveErr)
	}
}

// renew keeps the lease while the handler runs; a lost lease cancels the handler.
func (r *Runner) renew(ctx context.Context, cancel context.CancelFunc, job model.Job) {
	ticker := time.NewTicker(lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if held, err := r.store.Jobs.SaveRenewed(ctx, job, lease); err == nil && !held {
				cancel()
				return
			}
		}
	}
}

// safely runs the handler; a panic is a failure, not the end of the process.
func (r *Runner) safely(ctx context.Context, job model.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a job panicked", "kind", job.Kind, "job", job.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New("panicked")
		}
	}()
	return r.handlers[job.Kind](ctx, job)
}

func (r *Runner) finish(ctx context.Context, job model.Job, err error) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	now := r.store.Now()
	var deferred later
	switch {
	case err == nil:
		return r.store.Jobs.SaveDone(ctx, job)
	case errors.As(err, &deferred):
		return r.store.Jobs.SaveDeferred(ctx, job, now.Add(deferred.wait))
	}
	bury := job.Attempts+1 >= maxAttempts
	r.log.Warn("a job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempts+1, "buried", bury, "error", err)
	return r.store.Jobs.SaveFailed(ctx, job, short(err.Error()), now.Add(backOff(job.Attempts)), bury)
}

// backOff is 5 s, 10 s, 20 s … up to an hour, half of it by chance.
func backOff(attempts int) time.Duration {
	d := min(time.Hour, 5*time.Second<<min(attempts, 12))
	return d/2 + rand.N(d/2) //nolint:gosec // jitter, not a secret
}

func short(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), 500)])
}
