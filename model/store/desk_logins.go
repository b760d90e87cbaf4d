package store

import (
	"context"
	"time"

	"jinlin/model"
)

// DeskLogins are desktop pages that wait to be let in.
type DeskLogins struct{ table[model.DeskLogin] }

// Get reads one. Fault: not_found.
func (t DeskLogins) Get(ctx context.Context, id model.DeskLoginID) (model.DeskLogin, error) {
	return t.one(ctx, "id = ?", id)
}

// GetForMove reads one and holds it until the transaction ends. Fault: not_found.
func (t DeskLogins) GetForMove(ctx context.Context, id model.DeskLoginID) (model.DeskLogin, error) {
	return t.locked(ctx, "id = ?", id)
}

// SaveMoved writes a step while it is still in the status it was read in, and says whether
// it was.
func (t DeskLogins) SaveMoved(ctx context.Context, from model.DeskLoginStatus, d model.DeskLogin) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": d.Status, "user_id": d.UserID, "session_id": d.SessionID, "decided_at": d.DecidedAt,
	}, "id = ? AND status = ?", d.ID, from)
}

// DeleteExpired forgets those that ended before a time, and says how many.
func (t DeskLogins) DeleteExpired(ctx context.Context, before time.Time) (int64, error) {
	q := t.write(ctx).Where("expires_at < ?", before).Delete(&model.DeskLogin{})
	return q.RowsAffected, named(plain(q.Error))
}
