package store

import (
	"context"

	"jinlin/model"
)

// RequestPromises are answers with a date.
type RequestPromises struct{ table[model.RequestPromise] }

// Get reads one of a request. Fault: not_found.
func (t RequestPromises) Get(ctx context.Context, request model.RequestID, id model.PromiseID) (model.RequestPromise, error) {
	return t.one(ctx, "id = ? AND request_id = ?", id, request)
}

// ListByRequest are those of a request, oldest first.
func (t RequestPromises) ListByRequest(ctx context.Context, request model.RequestID) ([]model.RequestPromise, error) {
	return all[model.RequestPromise](t.read(ctx).Where("request_id = ?", request).Order("id").Limit(model.MaxLimit))
}

// SaveMoved writes what became of one that is open.
func (t RequestPromises) SaveMoved(ctx context.Context, p model.RequestPromise) (bool, error) {
	return t.set(ctx, map[string]any{"due_on": p.DueOn, "moved": p.Moved, "status": p.Status, "updated_at": p.UpdatedAt},
		"id = ? AND status = ?", p.ID, model.PromiseOpen)
}

// DeleteOpen deletes one that is open, and says whether it was.
func (t RequestPromises) DeleteOpen(ctx context.Context, p model.RequestPromise) (bool, error) {
	return hit(t.write(ctx).Where("id = ? AND status = ?", p.ID, model.PromiseOpen).Delete(&model.RequestPromise{}))
}

// PromisesOf counts the promises of a branch.
type PromisesOf struct {
	Status   model.PromiseStatus
	N, Moved int64
}

// CountOf counts the promises of a branch by what became of them, and how many of them were put off.
func (t RequestPromises) CountOf(ctx context.Context, branch model.UnitID) (counts []PromisesOf, err error) {
	err = t.read(ctx).Select("status, COUNT(*) AS n, SUM(CASE WHEN moved > 0 THEN 1 ELSE 0 END) AS moved").
		Where("branch_id = ?", branch).Group("status").Order("status").Scan(&counts).Error
	return counts, named(plain(err))
}

// CannedReplies are texts that staff use again.
type CannedReplies struct{ table[model.CannedReply] }

// Get reads one. Fault: not_found.
func (t CannedReplies) Get(ctx context.Context, id model.CannedReplyID) (model.CannedReply, error) {
	return t.one(ctx, "id = ?", id)
}

// List pages those of a unit, newest first.
func (t CannedReplies) List(ctx context.Context, unit model.UnitID, page model.Page) (model.Listing[model.CannedReply], error) {
	return newest(t.read(ctx).Where("unit_id = ?", unit), page, func(r model.CannedReply) [16]byte { return r.ID })
}

// Delete takes one away and says whether it was there.
func (t CannedReplies) Delete(ctx context.Context, id model.CannedReplyID) (bool, error) {
	return hit(t.write(ctx).Where("id = ?", id).Delete(&model.CannedReply{}))
}
