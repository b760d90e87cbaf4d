package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// SealedIdentities are the ids under which people stand who sealed who they are. Service
// identity seals and opens them.
type SealedIdentities struct{ table[model.SealedIdentity] }

// Get reads one. Fault: not_found.
func (t SealedIdentities) Get(ctx context.Context, id model.UserID) (model.SealedIdentity, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByPair finds the one of a person and a branch, by its hashes under all keys. Fault: not_found.
func (t SealedIdentities) GetByPair(ctx context.Context, keys [][]byte) (model.SealedIdentity, error) {
	return t.one(ctx, "pair_key IN ?", keys)
}

// ListIDs are all ids that stand for a person: their own first, then those of their sealed
// identities.
func (t SealedIdentities) ListIDs(ctx context.Context, user model.UserID) ([]model.UserID, error) {
	var sealed []model.UserID
	err := t.read(ctx).Where("person_hash IN ?", t.c.keys.PersonIndexes(user)).Order("id").Limit(MaxBatch).Pluck("id", &sealed).Error
	return append([]model.UserID{user}, sealed...), named(plain(err))
}

// SaveSuspended writes until when nothing sealed is taken from them.
func (t SealedIdentities) SaveSuspended(ctx context.Context, id model.UserID, until time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"suspended_until": until}, "id = ?", id)
}

// IdentityOpenings are the openings of sealed identities.
type IdentityOpenings struct{ table[model.IdentityOpening] }

// Get reads one. Fault: not_found.
func (t IdentityOpenings) Get(ctx context.Context, id model.IdentityOpeningID) (model.IdentityOpening, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t IdentityOpenings) GetLocked(ctx context.Context, id model.IdentityOpeningID) (model.IdentityOpening, error) {
	return t.locked(ctx, "id = ?", id)
}

// GetLive reads the one of a request that waits, also when it waited too long. Fault: not_found.
func (t IdentityOpenings) GetLive(ctx context.Context, request model.RequestID) (model.IdentityOpening, error) {
	return t.one(ctx, "request_id = ? AND live = ?", request, true)
}

// List pages those of some branches in a status, or in any, newest first.
func (t IdentityOpenings) List(ctx context.Context, branches []model.UnitID, status model.IdentityOpeningStatus, page model.Page) (model.Listing[model.IdentityOpening], error) {
	return newest(t.list(ctx, branches, status), page, func(o model.IdentityOpening) [16]byte { return o.ID })
}

func (t IdentityOpenings) list(ctx context.Context, branches []model.UnitID, status model.IdentityOpeningStatus) *gorm.DB {
	q := t.read(ctx).Where("branch_id IN ?", branches)
	if status != "" {
		q = q.Where("status = ?", status)
	}
	return q
}

// ListApprovedOf pages those of some sealed identities that came to an approval, newest first.
func (t IdentityOpenings) ListApprovedOf(ctx context.Context, identities []model.UserID, page model.Page) (model.Listing[model.IdentityOpening], error) {
	q := t.read(ctx).Where("identity_id IN ? AND status = ?", identities, model.OpeningApproved)
	return newest(q, page, func(o model.IdentityOpening) [16]byte { return o.ID })
}

// CountKnowing counts the openings by which somebody knows who stands behind a sealed identity, or
// is about to: those that they asked for or decided and that were approved, and the one of this
// request that they ask for and that waits still.
func (t IdentityOpenings) CountKnowing(ctx context.Context, r model.Request, user model.UserID, at time.Time) (int64, error) {
	return t.count(ctx, "identity_id = ? AND (asked_by = ? OR decided_by = ?) AND (status = ? OR status = ? AND request_id = ? AND expires_at > ?)",
		r.SubmitterID, user, user, model.OpeningApproved, model.OpeningAsked, r.ID, at)
}

// SaveMoved writes what steps can change, if the row still has the version given.
func (t IdentityOpenings) SaveMoved(ctx context.Context, o model.IdentityOpening, version int) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": o.Status, "live": o.Live, "decided_by": o.DecidedBy, "decided_at": o.DecidedAt, "expires_at": o.ExpiresAt, "version": o.Version,
	}, "id = ? AND version = ?", o.ID, version)
}

// IdentityOpeningEvents are what happened to openings. They are added and read.
type IdentityOpeningEvents struct {
	table[model.IdentityOpeningEvent]
}

// ListByOpening is the course of an opening, at most a hundred.
func (t IdentityOpeningEvents) ListByOpening(ctx context.Context, id model.IdentityOpeningID) ([]model.IdentityOpeningEvent, error) {
	return all[model.IdentityOpeningEvent](t.read(ctx).Where("opening_id = ?", id).Order("seq").Limit(model.MaxLimit))
}
