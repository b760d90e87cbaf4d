package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// TeamMembers are who works in which service team.
type TeamMembers struct{ table[model.TeamMember] }

// Get reads one, also one that has ended. Fault: not_found.
func (t TeamMembers) Get(ctx context.Context, id model.TeamMemberID) (model.TeamMember, error) {
	return t.one(ctx, "id = ?", id)
}

// ListOn are the members of some units on a day, at most 100, oldest first. Whoever has been
// erased is nobody's member.
func (t TeamMembers) ListOn(ctx context.Context, units []model.UnitID, day model.Date) ([]model.TeamMember, error) {
	return all[model.TeamMember](onDay(t.read(ctx), day).Where("unit_id IN ? AND name <> ?", units, "").Order("id").Limit(model.MaxLimit))
}

// List pages the members of a unit, past ones too, newest first.
func (t TeamMembers) List(ctx context.Context, unit model.UnitID, page model.Page) (model.Listing[model.TeamMember], error) {
	return newest(t.read(ctx).Where("unit_id = ? AND name <> ?", unit, ""), page, func(m model.TeamMember) [16]byte { return m.ID })
}

// CountLive counts the members of a unit whose end is not known.
func (t TeamMembers) CountLive(ctx context.Context, unit model.UnitID) (int64, error) {
	return t.count(ctx, "unit_id = ? AND live = ?", unit, true)
}

// SaveEnded ends one whose end is not known, and says whether that was so.
func (t TeamMembers) SaveEnded(ctx context.Context, id model.TeamMemberID, on model.Date, by model.UserID) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "live": nil, "leads": nil, "ended_by": by}, "id = ? AND live = ?", id, true)
}

// SaveChanged writes what can be changed of one that has not ended, if it still has the
// version that was read, and says whether that was so. ErrDuplicate when the unit has such a
// member.
func (t TeamMembers) SaveChanged(ctx context.Context, m model.TeamMember) (bool, error) {
	return t.set(ctx, map[string]any{
		"name": m.Name, "phone_sealed": m.PhoneSealed, "task": m.Task, "version": gorm.Expr("version + 1"),
	}, "id = ? AND version = ? AND live = ?", m.ID, m.Version, true)
}
