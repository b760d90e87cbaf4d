package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Referrals are requests put before departments.
type Referrals struct{ table[model.Referral] }

// Get reads one. Fault: not_found.
func (t Referrals) Get(ctx context.Context, id model.ReferralID) (model.Referral, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Referrals) GetLocked(ctx context.Context, id model.ReferralID) (model.Referral, error) {
	return t.locked(ctx, "id = ?", id)
}

// ListByRequest are those of a request, oldest first, at most a hundred.
func (t Referrals) ListByRequest(ctx context.Context, request model.RequestID) ([]model.Referral, error) {
	return all[model.Referral](t.read(ctx).Where("request_id = ?", request).Order("seq").Limit(model.MaxLimit))
}

// List pages those of some departments in a status, newest first.
func (t Referrals) List(ctx context.Context, departments []model.UnitID, status model.ReferralStatus, page model.Page) (model.Listing[model.Referral], error) {
	return newest(t.list(ctx, departments, status), page, func(r model.Referral) [16]byte { return r.ID })
}

func (t Referrals) list(ctx context.Context, departments []model.UnitID, status model.ReferralStatus) *gorm.DB {
	return t.read(ctx).Where("department_id IN ? AND status = ?", departments, status)
}

// SaveMoved writes what a step changed, if the row still has the version given.
func (t Referrals) SaveMoved(ctx context.Context, r model.Referral, version int) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": r.Status, "passes": r.Passes, "consent_how": r.ConsentHow, "consent_at": r.ConsentAt, "answer": r.Answer, "answer_seq": r.AnswerSeq,
		"officer_id": r.OfficerID, "live": r.Live, "updated_at": r.UpdatedAt, "version": r.Version,
	}, "id = ? AND version = ?", r.ID, version)
}

// GetLive reads the one of a request that is under way. Fault: not_found.
func (t Referrals) GetLive(ctx context.Context, request model.RequestID) (model.Referral, error) {
	return t.one(ctx, "request_id = ? AND live = ?", request, true)
}

// SaveEnded ends one with its request.
func (t Referrals) SaveEnded(ctx context.Context, id model.ReferralID, at time.Time) error {
	_, err := t.set(ctx, map[string]any{
		"status": model.ReferralEnded, "live": nil, "updated_at": at, "version": gorm.Expr("version + 1"),
	}, "id = ? AND live = ?", id, true)
	return err
}

// CountLive counts those under way with a department.
func (t Referrals) CountLive(ctx context.Context, department model.UnitID) (n int64, err error) {
	open := []model.ReferralStatus{model.ReferralAsked, model.ReferralAgreed}
	err = t.read(ctx).Where("department_id = ? AND status IN ?", department, open).Count(&n).Error
	return n, named(plain(err))
}
