package store

import (
	"context"

	"jinlin/model"
)

// Open311Clients are programs that submit requests by Open311.
type Open311Clients struct{ table[model.Open311Client] }

// Get reads one. Fault: not_found.
func (t Open311Clients) Get(ctx context.Context, id model.Open311ClientID) (model.Open311Client, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByKey reads the one that a key belongs to and that has not ended. Fault: not_found.
func (t Open311Clients) GetByKey(ctx context.Context, hash []byte) (model.Open311Client, error) {
	return t.one(ctx, "key_hash = ? AND ended_at IS NULL", hash)
}

// List pages all, newest first.
func (t Open311Clients) List(ctx context.Context, page model.Page) (model.Listing[model.Open311Client], error) {
	return newest(t.read(ctx), page, func(c model.Open311Client) [16]byte { return c.ID })
}

// SaveEnded ends one, and says whether it had not ended yet.
func (t Open311Clients) SaveEnded(ctx context.Context, id model.Open311ClientID, by model.UserID) (bool, error) {
	return t.set(ctx, map[string]any{"ended_at": t.c.now(), "ended_by": by}, "id = ? AND ended_at IS NULL", id)
}
