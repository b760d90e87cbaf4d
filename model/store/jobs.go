package store

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"jinlin/model"
)

// Jobs is the work to do after commits. The table is the truth; Redis only wakes workers.
type Jobs struct{ table[model.Job] }

// Put adds a job, in the transaction whose effect it continues. A job whose dedupe key
// exists already is left out silently: it has been asked for.
func (t Jobs) Put(ctx context.Context, job model.Job) error {
	if job.RunAt.IsZero() {
		job.RunAt = t.c.now()
	}
	job.ID, job.State, job.CreatedAt = model.NewID[model.Job](t.c.now()), model.JobReady, t.c.now()
	if job.DedupeKey != nil {
		known, err := t.count(ctx, "dedupe_key = ?", *job.DedupeKey)
		if err != nil || known > 0 {
			return err
		}
	}
	err := t.Add(ctx, &job)
	if errors.Is(err, ErrDuplicate) {
		return nil
	}
	t.c.wakeWorkers()
	return err
}

// SaveClaim takes up to n due jobs of these kinds for the length of a lease and reads
// them back. Two workers never hold the same job: the update names a free lease, and the
// owner's random token tells whose it became. Leases run on the database's clock.
func (t Jobs) SaveClaim(ctx context.Context, kinds []string, n int, lease time.Duration) ([]model.Job, error) {
	var ids []model.JobID
	free := "state = ? AND run_at <= ? AND (lease_until IS NULL OR lease_until < ?)"
	args := []any{model.JobReady, t.c.now(), t.c.dbTime(0)}
	err := t.read(ctx).Where(free, args...).Where("kind IN ?", kinds).Order("run_at").Limit(n).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return nil, named(plain(err))
	}
	owner := make([]byte, 16)
	_, _ = rand.Read(owner)
	if _, err := hit(t.write(ctx).Where("id IN ?", ids).Where(free, args...).
		Updates(map[string]any{"owner": owner, "lease_until": t.c.dbTime(lease.Milliseconds())})); err != nil {
		return nil, err
	}
	return all[model.Job](t.write(ctx).Where("owner = ? AND id IN ?", owner, ids))
}

// SaveRenewed keeps the lease of a job that takes long, while it is still ours.
func (t Jobs) SaveRenewed(ctx context.Context, job model.Job, lease time.Duration) (bool, error) {
	return t.set(ctx, map[string]any{"lease_until": t.c.dbTime(lease.Milliseconds())}, "id = ? AND owner = ?", job.ID, job.Owner)
}

// SaveDone ends a job, while it is still ours.
func (t Jobs) SaveDone(ctx context.Context, job model.Job) (bool, error) {
	return t.finish(ctx, job, map[string]any{"state": model.JobDone, "finished_at": t.c.now(), "last_error": ""})
}

// SaveFailed puts a job back until a later time, or buries it.
func (t Jobs) SaveFailed(ctx context.Context, job model.Job, reason string, again time.Time, bury bool) (bool, error) {
	values := map[string]any{"attempts": job.Attempts + 1, "last_error": reason, "run_at": again}
	if bury {
		values["state"], values["finished_at"] = model.JobBuried, t.c.now()
	}
	return t.finish(ctx, job, values)
}

// SaveDeferred puts a job back without counting a failure: what it needs is not there yet.
func (t Jobs) SaveDeferred(ctx context.Context, job model.Job, again time.Time) (bool, error) {
	return t.finish(ctx, job, map[string]any{"run_at": again})
}

func (t Jobs) finish(ctx context.Context, job model.Job, values map[string]any) (bool, error) {
	values["owner"], values["lease_until"] = nil, nil
	return t.set(ctx, values, "id = ? AND owner = ?", job.ID, job.Owner)
}

// Delete forgets a job that is still ours at once, where what is done must leave no row behind.
func (t Jobs) Delete(ctx context.Context, job model.Job) (bool, error) {
	return hit(t.write(ctx).Where("id = ? AND owner = ?", job.ID, job.Owner).Delete(&model.Job{}))
}

// ListReady are jobs that have not ended and whose dedupe key begins so, in no order.
// The prefix must end in an ASCII character.
func (t Jobs) ListReady(ctx context.Context, prefix string, limit int) ([]model.Job, error) {
	last := len(prefix) - 1
	end := prefix[:last] + string(rune(prefix[last]+1))
	return all[model.Job](t.read(ctx).
		Where("dedupe_key >= ? AND dedupe_key < ? AND state = ?", prefix, end, model.JobReady).Limit(limit))
}

// ListBuried pages the jobs that wait for a person.
func (t Jobs) ListBuried(ctx context.Context, page model.Page) (model.Listing[model.Job], error) {
	return newest(t.read(ctx).Where("state = ?", model.JobBuried), page, func(j model.Job) [16]byte { return j.ID })
}

// SaveRevived makes a buried job ready again and says whether there was one.
func (t Jobs) SaveRevived(ctx context.Context, id model.JobID) (bool, error) {
	defer t.c.wakeWorkers()
	return t.set(ctx, map[string]any{"state": model.JobReady, "attempts": 0, "run_at": t.c.now(), "finished_at": nil},
		"id = ? AND state = ?", id, model.JobBuried)
}

// Count counts the jobs in a state.
func (t Jobs) Count(ctx context.Context, state model.JobState) (int64, error) {
	return t.count(ctx, "state = ?", state)
}

// OldestDue is when the longest-waiting due job was to run; false when none waits.
func (t Jobs) OldestDue(ctx context.Context) (time.Time, bool, error) {
	jobs, err := all[model.Job](t.read(ctx).Where("state = ? AND run_at <= ?", model.JobReady, t.c.now()).Order("run_at").Limit(1))
	if err != nil || len(jobs) == 0 {
		return time.Time{}, false, err
	}
	return jobs[0].RunAt, true, nil
}

// DeleteDone forgets finished jobs older than that. Their dedupe keys go with them, so
// keep them longer than any slot can be asked for again.
func (t Jobs) DeleteDone(ctx context.Context, before time.Time) (int64, error) {
	q := t.write(ctx).Where("state = ? AND finished_at < ?", model.JobDone, before).Delete(&model.Job{})
	return q.RowsAffected, named(plain(q.Error))
}
