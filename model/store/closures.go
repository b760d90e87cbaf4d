package store

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
)

// Closures are accounts being closed.
type Closures struct{ table[model.Closure] }

// Get reads one. Fault: not_found.
func (t Closures) Get(ctx context.Context, id model.ClosureID) (model.Closure, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLive reads the closure of a person that has not ended. Fault: not_found.
func (t Closures) GetLive(ctx context.Context, user model.UserID) (model.Closure, error) {
	return t.one(ctx, "user_id = ? AND live = ?", user, true)
}

// Erasing says whether a person's data is being erased.
func (t Closures) Erasing(ctx context.Context, user model.UserID) (bool, error) {
	c, err := t.GetLive(ctx, user)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	return c.Status == model.ClosureErasing, err
}

// SaveMoved moves a closure on from the state it was read in and says whether it still was.
func (t Closures) SaveMoved(ctx context.Context, c model.Closure, to model.ClosureStatus) (bool, error) {
	values := map[string]any{"status": to}
	if to == model.ClosureWithdrawn || to == model.ClosureErased {
		values["settled_at"], values["live"] = t.c.now(), nil
	}
	return t.set(ctx, values, "id = ? AND status = ?", c.ID, c.Status)
}

// SaveSooner makes a closure that still can be taken back due now, for another cause.
func (t Closures) SaveSooner(ctx context.Context, c model.Closure, cause model.ClosureCause, due time.Time) error {
	_, err := t.set(ctx, map[string]any{"cause": cause, "due_at": due}, "id = ? AND status = ?", c.ID, model.ClosureAsked)
	return err
}

// ClosureEvents are the moves of closures. They can be added, nothing else.
type ClosureEvents struct{ table[model.ClosureEvent] }
