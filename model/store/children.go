package store

import (
	"context"

	"jinlin/model"
)

// Children are the children under fourteen whom guardians have registered.
type Children struct{ table[model.Child] }

// Get reads one. Fault: not_found.
func (t Children) Get(ctx context.Context, id model.ChildID) (model.Child, error) {
	return t.one(ctx, "id = ?", id)
}

// ListByGuardian are all of a guardian's, MaxChildren at most.
func (t Children) ListByGuardian(ctx context.Context, guardian model.UserID) ([]model.Child, error) {
	return all[model.Child](t.read(ctx).Where("guardian_id = ?", guardian).Order("id").Limit(model.MaxChildren))
}

// ListGrown reads a batch of those who were born before a month.
func (t Children) ListGrown(ctx context.Context, before model.Month) ([]model.Child, error) {
	return all[model.Child](t.read(ctx).Where("birth_month < ?", before).Order("id").Limit(model.MaxLimit))
}

// SaveChanged writes what a guardian has changed, if the version is still the one that was
// read, and says whether it was. Fault: consent_required. ErrDuplicate when the guardian has
// registered such a child already.
func (t Children) SaveChanged(ctx context.Context, c model.Child) (bool, error) {
	if err := t.c.consented(ctx, c); err != nil {
		return false, err
	}
	return hit(t.write(ctx).Where("id = ? AND version = ?", c.ID, c.Version).Updates(map[string]any{
		"relation": c.Relation, "birth_month": c.BirthMonth, "details": c.Details, "live_key": c.LiveKey,
		"updated_at": t.c.now(), "version": c.Version + 1,
	}))
}

// Delete erases a guardian's child and says whether it was there.
func (t Children) Delete(ctx context.Context, guardian model.UserID, id model.ChildID) (bool, error) {
	return hit(t.write(ctx).Where("id = ? AND guardian_id = ?", id, guardian).Delete(&model.Child{}))
}

// DeleteByGuardian erases all of a guardian's children.
func (t Children) DeleteByGuardian(ctx context.Context, guardian model.UserID) error {
	return named(plain(t.write(ctx).Where("guardian_id = ?", guardian).Delete(&model.Child{}).Error))
}
