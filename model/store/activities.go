package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Activities are what people sign up for, with the counters of their places.
type Activities struct{ table[model.Activity] }

// Get reads one. Fault: not_found.
func (t Activities) Get(ctx context.Context, id model.ActivityID) (model.Activity, error) {
	return t.one(ctx, "id = ?", id)
}

// ListByID reads several, in no order.
func (t Activities) ListByID(ctx context.Context, ids []model.ActivityID) ([]model.Activity, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.Activity](t.read(ctx).Where("id IN ?", ids))
}

// ActivityFilter narrows a list of activities; zero fields do not.
type ActivityFilter struct {
	Units    []model.UnitID // of one of these
	From, To time.Time      // on between these
}

// List pages what is on or was on, by start. Drafts and cancelled ones are left out.
func (t Activities) List(ctx context.Context, f ActivityFilter, page model.Page) (model.Listing[model.Activity], error) {
	q := t.read(ctx).Where("state IN ?", []model.ActivityState{model.ActivityPublished, model.ActivityOngoing, model.ActivityFinished})
	if len(f.Units) > 0 {
		q = q.Where("unit_id IN ?", f.Units)
	}
	if !f.From.IsZero() { // the longest activity bounds how far back the index is read
		q = q.Where("ends_at > ? AND starts_at > ?", f.From, f.From.Add(-model.LongestActivity-time.Second))
	}
	if !f.To.IsZero() {
		q = q.Where("starts_at < ?", f.To)
	}
	return after(q, "starts_at", page, func(a model.Activity) model.Cursor { return model.Cursor{At: a.StartsAt, ID: a.ID} })
}

// ListToStart are published activities whose start has come, ListToFinish ongoing ones
// whose end has.
func (t Activities) ListToStart(ctx context.Context, at time.Time, limit int) ([]model.Activity, error) {
	return all[model.Activity](t.read(ctx).Where("state = ? AND starts_at <= ?", model.ActivityPublished, at).Order("starts_at").Limit(limit))
}

// ListToFinish are ongoing activities whose end has come.
func (t Activities) ListToFinish(ctx context.Context, at time.Time, limit int) ([]model.Activity, error) {
	return all[model.Activity](t.read(ctx).Where("state = ? AND ends_at <= ?", model.ActivityOngoing, at).Order("ends_at").Limit(limit))
}

// SaveDraft replaces what staff wrote, if it is still the draft it was.
func (t Activities) SaveDraft(ctx context.Context, was, a model.Activity) (bool, error) {
	return t.set(ctx, map[string]any{
		"title": a.Title, "description": a.Description, "place": a.Place, "starts_at": a.StartsAt, "ends_at": a.EndsAt,
		"sign_up_opens_at": a.SignUpOpensAt, "sign_up_closes_at": a.SignUpClosesAt, "check_in_minutes": a.CheckInMinutes,
		"capacity": a.Capacity, "places_left": gorm.Expr("places_left + ?", a.Capacity-was.Capacity), "waiting_list": a.WaitingList, "points": a.Points,
		"pool_id": a.PoolID, "requires_out": a.RequiresOut, "audience": a.Audience,
		"updated_at": t.c.now(), "version": gorm.Expr("version + 1"),
	}, "id = ? AND state = ? AND version = ?", a.ID, model.ActivityDraft, was.Version)
}

// SaveState moves an activity that is still in the state and version given.
func (t Activities) SaveState(ctx context.Context, a model.Activity, to model.ActivityState) (bool, error) {
	return t.set(ctx, map[string]any{"state": to, "updated_at": t.c.now(), "version": gorm.Expr("version + 1")},
		"id = ? AND state = ? AND version = ?", a.ID, a.State, a.Version)
}

// SaveCancelled is SaveState to cancelled, with the reason everybody reads.
func (t Activities) SaveCancelled(ctx context.Context, a model.Activity, reason string) (bool, error) {
	return t.set(ctx, map[string]any{
		"state": model.ActivityCancelled, "cancel_reason": reason, "updated_at": t.c.now(), "version": gorm.Expr("version + 1"),
	}, "id = ? AND state = ? AND version = ?", a.ID, a.State, a.Version)
}

// SaveCancelReason adds the reason to one that was called off without.
func (t Activities) SaveCancelReason(ctx context.Context, id model.ActivityID, reason string) error {
	_, err := t.set(ctx, map[string]any{"cancel_reason": reason, "updated_at": t.c.now(), "version": gorm.Expr("version + 1")},
		"id = ? AND state = ?", id, model.ActivityCancelled)
	return err
}

var running = []model.ActivityState{model.ActivityPublished, model.ActivityOngoing}

// TakePlaces takes so many places at once, or none: when there are not enough, or when
// somebody waits already.
func (t Activities) TakePlaces(ctx context.Context, id model.ActivityID, n int) (bool, error) {
	return t.set(ctx, map[string]any{"places_left": gorm.Expr("places_left - ?", n)},
		"id = ? AND state IN ? AND places_left >= ? AND waiting = 0", id, running, n)
}

// TakeWaitingNumber joins the waiting list at its end, if there is one and so many places
// are not to be had. The number is the row's waiting_seq, held until the transaction ends.
func (t Activities) TakeWaitingNumber(ctx context.Context, id model.ActivityID, n int) (bool, error) {
	return t.set(ctx, map[string]any{"waiting": gorm.Expr("waiting + 1"), "waiting_seq": gorm.Expr("waiting_seq + 1")},
		"id = ? AND state IN ? AND waiting_list = ? AND (places_left < ? OR waiting > 0)", id, running, true, n)
}

// TakeOffered takes places for somebody who leaves the waiting list for them.
func (t Activities) TakeOffered(ctx context.Context, id model.ActivityID, n int) (bool, error) {
	return t.set(ctx, map[string]any{"places_left": gorm.Expr("places_left - ?", n), "waiting": gorm.Expr("waiting - 1")},
		"id = ? AND state IN ? AND places_left >= ? AND waiting > 0", id, running, n)
}

// GivePlaces gives places back.
func (t Activities) GivePlaces(ctx context.Context, id model.ActivityID, n int) (bool, error) {
	return t.set(ctx, map[string]any{"places_left": gorm.Expr("places_left + ?", n)}, "id = ? AND places_left + ? <= capacity", id, n)
}

// GiveWaiting takes somebody off the waiting list without a place.
func (t Activities) GiveWaiting(ctx context.Context, id model.ActivityID) (bool, error) {
	return t.set(ctx, map[string]any{"waiting": gorm.Expr("waiting - 1")}, "id = ? AND waiting > 0", id)
}

// TakeTurn makes this transaction the only one that changes who has a place, until it
// ends. It is a write and no lock, so that it also holds between nodes of a cluster.
func (t Activities) TakeTurn(ctx context.Context, id model.ActivityID) (bool, error) {
	return t.set(ctx, map[string]any{"turn": gorm.Expr("turn + 1")}, "id = ?", id)
}

// ActivityEvents are the moves of activities.
type ActivityEvents struct{ table[model.ActivityEvent] }

// ListByActivity are one activity's moves, oldest first.
func (t ActivityEvents) ListByActivity(ctx context.Context, id model.ActivityID) ([]model.ActivityEvent, error) {
	return all[model.ActivityEvent](t.read(ctx).Where("activity_id = ?", id).Order("id").Limit(model.MaxLimit))
}
