package store

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
)

// Uploads are photos and recordings.
type Uploads struct{ table[model.Upload] }

// Get reads one. Fault: not_found.
func (t Uploads) Get(ctx context.Context, id model.UploadID) (model.Upload, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Uploads) GetLocked(ctx context.Context, id model.UploadID) (model.Upload, error) {
	return t.locked(ctx, "id = ?", id)
}

// HavePhoto says whether a photo is among some uploads.
func (t Uploads) HavePhoto(ctx context.Context, ids []model.UploadID) (bool, error) {
	rows, err := all[model.Upload](t.read(ctx).Select("id").Where("id IN ? AND kind = ?", ids, model.UploadPhoto).Limit(1))
	return len(rows) > 0, err
}

// ListByHolder are what is attached to a thing, part by part and in their order.
func (t Uploads) ListByHolder(ctx context.Context, kind model.UploadHolder, id model.ID[any]) ([]model.Upload, error) {
	return all[model.Upload](t.read(ctx).Where("holder_kind = ? AND holder_id = ?", kind, id).
		Order("holder_part, position").Limit(10 * model.MaxRequestEvents))
}

// ListByOwner pages a person's uploads, newest first.
func (t Uploads) ListByOwner(ctx context.Context, owner model.UserID, page model.Page) (model.Listing[model.Upload], error) {
	return newest(t.read(ctx).Where("owner_id = ?", owner), page, func(u model.Upload) [16]byte { return u.ID })
}

// ListByStatus are uploads in a state since before a time: of those that belong to nothing, and
// then of the others, the oldest first.
func (t Uploads) ListByStatus(ctx context.Context, status model.UploadStatus, before time.Time, limit int) ([]model.Upload, error) {
	return all[model.Upload](t.read(ctx).Where("status = ? AND created_at < ?", status, before).Order("holder_kind, id").Limit(limit))
}

// ListLoose are uploads in a state that belong to nothing since before a time, the oldest first.
func (t Uploads) ListLoose(ctx context.Context, status model.UploadStatus, before time.Time, limit int) ([]model.Upload, error) {
	return all[model.Upload](t.read(ctx).Where("status = ? AND holder_kind = '' AND created_at < ?", status, before).Order("id").Limit(limit))
}

// SaveMoved writes a state, if the upload still is in the one it was read in.
func (t Uploads) SaveMoved(ctx context.Context, u model.Upload, to model.UploadStatus) (bool, error) {
	return t.set(ctx, map[string]any{"status": to, "updated_at": t.c.now()}, "id = ? AND status = ?", u.ID, u.Status)
}

// SaveLooseDiscarded discards an upload, if it still belongs to nothing.
func (t Uploads) SaveLooseDiscarded(ctx context.Context, u model.Upload) (bool, error) {
	return t.set(ctx, map[string]any{"status": model.UploadDiscarded, "updated_at": t.c.now()},
		"id = ? AND status = ? AND holder_kind = ''", u.ID, u.Status)
}

// SaveAttached attaches an upload of its owner's that belongs to nothing yet and was not refused,
// and has it belong to another from then on.
func (t Uploads) SaveAttached(ctx context.Context, u model.Upload, to model.UserID) (bool, error) {
	return t.set(ctx, map[string]any{
		"owner_id": to, "holder_kind": u.HolderKind, "holder_id": u.HolderID, "holder_part": u.HolderPart, "position": u.Position,
		"updated_at": t.c.now(),
	}, "id = ? AND owner_id = ? AND holder_kind = '' AND status IN ?", u.ID, u.OwnerID,
		[]model.UploadStatus{model.UploadPending, model.UploadHeld, model.UploadPassed})
}

// Delete forgets an upload whose files are gone.
func (t Uploads) Delete(ctx context.Context, id model.UploadID) error {
	return plain(t.write(ctx).Where("id = ? AND status = ?", id, model.UploadDiscarded).Delete(&model.Upload{}).Error)
}

// UploadEvents are the arrows uploads went.
type UploadEvents struct{ table[model.UploadEvent] }

// List are an upload's events, oldest first.
func (t UploadEvents) List(ctx context.Context, id model.UploadID) ([]model.UploadEvent, error) {
	return all[model.UploadEvent](t.read(ctx).Where("upload_id = ?", id).Order("id").Limit(model.MaxLimit))
}

// SaveSealed takes who sent an upload out of its events, where a sealed identity stands for them.
func (t UploadEvents) SaveSealed(ctx context.Context, id model.UploadID, who, sealed model.UserID) error {
	_, err := t.set(ctx, map[string]any{"actor_id": sealed}, "upload_id = ? AND actor_id = ?", id, who)
	return err
}

// DeleteOf forgets the events of an upload that is gone.
func (t UploadEvents) DeleteOf(ctx context.Context, id model.UploadID) error {
	return plain(t.write(ctx).Where("upload_id = ?", id).Delete(&model.UploadEvent{}).Error)
}

// MediaChecks are the questions to WeChat about uploads.
type MediaChecks struct{ table[model.MediaCheck] }

// SaveAsked remembers what was asked about and gives the check as it then is.
func (t MediaChecks) SaveAsked(ctx context.Context, trace string, upload model.UploadID) (model.MediaCheck, error) {
	return t.save(ctx, model.MediaCheck{TraceID: trace, UploadID: upload, At: t.c.now()}, map[string]any{"upload_id": upload})
}

// SaveAnswered remembers a verdict and gives the check as it then is.
func (t MediaChecks) SaveAnswered(ctx context.Context, trace, suggest string) (model.MediaCheck, error) {
	return t.save(ctx, model.MediaCheck{TraceID: trace, Suggest: suggest, At: t.c.now()}, map[string]any{"suggest": suggest})
}

// save adds the check, or writes its one half beside the other.
func (t MediaChecks) save(ctx context.Context, c model.MediaCheck, half map[string]any) (model.MediaCheck, error) {
	if len(c.TraceID) > 64 { // none of WeChat's
		return model.MediaCheck{}, nil
	}
	err := t.Add(ctx, &c)
	if errors.Is(err, ErrDuplicate) {
		_, err = t.set(ctx, half, "trace_id = ?", c.TraceID)
	}
	if err != nil {
		return c, err
	}
	return t.locked(ctx, "trace_id = ?", c.TraceID)
}

// DeleteOld forgets checks of before a time.
func (t MediaChecks) DeleteOld(ctx context.Context, before time.Time) error {
	return plain(t.write(ctx).Where("at < ?", before).Delete(&model.MediaCheck{}).Error)
}
