package store

import (
	"context"
	"time"

	"jinlin/model"
)

// Absentees are those for whom others entered requests. Service proxy seals and opens them.
type Absentees struct{ table[model.Absentee] }

// Get reads one by the id that stands for them. Fault: not_found.
func (t Absentees) Get(ctx context.Context, id model.UserID) (model.Absentee, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByRequest reads who a request was entered for. Fault: not_found.
func (t Absentees) GetByRequest(ctx context.Context, request model.RequestID) (model.Absentee, error) {
	return t.one(ctx, "request_id = ?", request)
}

// GetLocked reads who a request was entered for and holds that until the transaction ends.
// Fault: not_found.
func (t Absentees) GetLocked(ctx context.Context, request model.RequestID) (model.Absentee, error) {
	return t.locked(ctx, "request_id = ?", request)
}

// ListUnverified are those of some requests that were heard in a group and that nobody has taken over.
func (t Absentees) ListUnverified(ctx context.Context, requests ...model.RequestID) (ids []model.RequestID, err error) {
	if len(requests) == 0 {
		return nil, nil
	}
	err = t.read(ctx).Model(&model.Absentee{}).Where("request_id IN ? AND source = ? AND claimed_at IS NULL", requests, model.SourceGroup).
		Pluck("request_id", &ids).Error
	return ids, named(plain(err))
}

// ListByPhone pages those whom nobody has claimed yet, by the hashes of a number under all
// keys, newest first.
func (t Absentees) ListByPhone(ctx context.Context, hashes [][]byte, page model.Page) (model.Listing[model.Absentee], error) {
	q := t.read(ctx).Where("phone_hash IN ? AND claimed_at IS NULL", hashes)
	return newest(q, page, func(a model.Absentee) [16]byte { return a.ID })
}

// SaveClaimed notes who took a request over and empties what names them; it says whether
// nobody had done so.
func (t Absentees) SaveClaimed(ctx context.Context, id, by model.UserID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{
		"claimed_by": by, "claimed_at": at, "emptied_at": at, "name_sealed": []byte{}, "phone_sealed": []byte{}, "phone_hash": nil,
	}, "id = ? AND claimed_at IS NULL", id)
}

// ListToEmpty are those who still are named though their requests ended before a time, at most
// limit, after one of them.
func (t Absentees) ListToEmpty(ctx context.Context, endedBefore time.Time, after model.UserID, limit int) ([]model.Absentee, error) {
	return all[model.Absentee](t.read(ctx).Where("emptied_at IS NULL AND id > ?", after[:]).
		Where("EXISTS (SELECT 1 FROM requests r WHERE r.id = absentees.request_id AND r.open = ? AND r.updated_at < ?)", false, endedBefore).
		Order("id").Limit(limit))
}

// SaveEmptied empties what names somebody.
func (t Absentees) SaveEmptied(ctx context.Context, id model.UserID, at time.Time) error {
	_, err := t.set(ctx, map[string]any{"emptied_at": at, "name_sealed": []byte{}, "phone_sealed": []byte{}, "phone_hash": nil},
		"id = ? AND emptied_at IS NULL", id)
	return err
}
