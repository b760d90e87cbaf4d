package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Appointments name people for roles by their numbers. Service grant seals and opens them.
type Appointments struct{ table[model.Appointment] }

// Get reads one, also one that waits no more. Fault: not_found.
func (t Appointments) Get(ctx context.Context, id model.AppointmentID) (model.Appointment, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLive finds the one that waits for a number, role and unit, by its hashes under all keys.
// Fault: not_found.
func (t Appointments) GetLive(ctx context.Context, keys [][]byte) (model.Appointment, error) {
	return t.one(ctx, "live_key IN ?", keys)
}

// ListByPhone are those that wait for a number, by its hashes under all keys.
func (t Appointments) ListByPhone(ctx context.Context, hashes [][]byte) ([]model.Appointment, error) {
	return all[model.Appointment](t.read(ctx).Where("phone_hash IN ?", hashes).Order("id").Limit(model.MaxLimit))
}

// waiting are those that wait, also those whose time is over and of which nobody has said so.
func (t Appointments) waiting(ctx context.Context) *gorm.DB {
	return t.read(ctx).Where("ended_at IS NULL")
}

// List pages those that wait in some units, newest first; nil is everywhere.
func (t Appointments) List(ctx context.Context, units []model.UnitID, page model.Page) (model.Listing[model.Appointment], error) {
	q := t.waiting(ctx)
	if units != nil {
		q = q.Where("unit_id IN ?", units)
	}
	return newest(q, page, func(a model.Appointment) [16]byte { return a.ID })
}

// ListOver are those whose time is over, at most limit, after one of them.
func (t Appointments) ListOver(ctx context.Context, at time.Time, after model.AppointmentID, limit int) ([]model.Appointment, error) {
	return all[model.Appointment](t.waiting(ctx).Where("expires_at <= ? AND id > ?", at, after[:]).Order("id").Limit(limit))
}

// ListBound are those whose number somebody has, at most limit, after one of them. Where the
// two stand under different keys it waits until both are under the newest.
func (t Appointments) ListBound(ctx context.Context, after model.AppointmentID, limit int) ([]model.Appointment, error) {
	return all[model.Appointment](t.waiting(ctx).Where("id > ?", after[:]).
		Where("phone_hash IN (SELECT phone_hash FROM phones)").Order("id").Limit(limit))
}

// SaveEnded lets one wait no more and empties what it says of the person; it says whether it
// still waited.
func (t Appointments) SaveEnded(ctx context.Context, id model.AppointmentID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{
		"ended_at": at, "live_key": nil, "phone_hash": nil, "name_sealed": []byte{}, "phone_sealed": []byte{},
	}, "id = ? AND ended_at IS NULL", id)
}

// SaveGrant notes what has become of one.
func (t Appointments) SaveGrant(ctx context.Context, id model.AppointmentID, grant model.GrantID) error {
	_, err := t.set(ctx, map[string]any{"grant_id": grant}, "id = ?", id)
	return err
}
