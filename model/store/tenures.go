package store

import (
	"context"

	"jinlin/model"
)

// Tenures are the times of secretaries.
type Tenures struct{ table[model.Tenure] }

// Get reads one. Fault: not_found.
func (t Tenures) Get(ctx context.Context, id model.TenureID) (model.Tenure, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Tenures) GetLocked(ctx context.Context, id model.TenureID) (model.Tenure, error) {
	return t.locked(ctx, "id = ?", id)
}

// GetByPost reads who has a branch's post, also when suspended. Fault: not_found.
func (t Tenures) GetByPost(ctx context.Context, branch model.UnitID) (model.Tenure, error) {
	return t.one(ctx, "post_branch_id = ?", branch)
}

// ListInPost are all who have a post, one a branch.
func (t Tenures) ListInPost(ctx context.Context) ([]model.Tenure, error) {
	return all[model.Tenure](t.read(ctx).Where("post_branch_id IS NOT NULL"))
}

// List pages the tenures of some branches in a status, or in any, newest first.
func (t Tenures) List(ctx context.Context, branches []model.UnitID, status model.TenureStatus, page model.Page) (model.Listing[model.Tenure], error) {
	q := t.read(ctx).Where("branch_id IN ?", branches)
	if status != "" {
		q = q.Where("status = ?", status)
	}
	return newest(q, page, func(t model.Tenure) [16]byte { return t.ID })
}

// ListByBranch are the tenures of a branch that have not ended or been rejected.
func (t Tenures) ListByBranch(ctx context.Context, branch model.UnitID) ([]model.Tenure, error) {
	return all[model.Tenure](t.read(ctx).Where("branch_id = ? AND status NOT IN ?", branch,
		[]model.TenureStatus{model.TenureEnded, model.TenureRejected}).Order("id").Limit(model.MaxLimit))
}

// ListToStart are the approved ones whose day has come, at most limit.
func (t Tenures) ListToStart(ctx context.Context, day model.Date, after model.TenureID, limit int) ([]model.Tenure, error) {
	q := t.read(ctx).Where("status = ? AND starts_on <= ?", model.TenureApproved, day)
	if !after.IsZero() {
		q = q.Where("id > ?", after)
	}
	return all[model.Tenure](q.Order("id").Limit(limit))
}

// SaveMoved writes what steps can change, if the row still has the version given.
// ErrDuplicate when somebody has the post.
func (t Tenures) SaveMoved(ctx context.Context, r model.Tenure, version int) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": r.Status, "post_branch_id": r.PostBranchID, "started_on": r.StartedOn, "ended_on": r.EndedOn, "end_reason": r.EndReason,
		"appointed_by_unit": r.AppointedByUnit, "approved_by": r.ApprovedBy, "grant_id": r.GrantID, "updated_at": r.UpdatedAt, "version": r.Version,
	}, "id = ? AND version = ?", r.ID, version)
}

// TenureEvents can be added and read, nothing else.
type TenureEvents struct{ table[model.TenureEvent] }

// ListOf are the steps of a tenure, first first.
func (t TenureEvents) ListOf(ctx context.Context, id model.TenureID) ([]model.TenureEvent, error) {
	return all[model.TenureEvent](t.read(ctx).Where("tenure_id = ?", id).Order("seq").Limit(10 * model.MaxLimit))
}

// TenureJudgements can be added and read, nothing else.
type TenureJudgements struct{ table[model.TenureJudgement] }

// ListOf are the judgements of a tenure, first first.
func (t TenureJudgements) ListOf(ctx context.Context, id model.TenureID) ([]model.TenureJudgement, error) {
	return all[model.TenureJudgement](t.read(ctx).Where("tenure_id = ?", id).Order("seq").Limit(10 * model.MaxLimit))
}
