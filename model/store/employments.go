package store

import (
	"context"
	"time"

	"jinlin/model"
)

// Employments are where people of new-employment groups work.
type Employments struct{ table[model.Employment] }

// Get reads one. Fault: not_found.
func (t Employments) Get(ctx context.Context, id model.EmploymentID) (model.Employment, error) {
	return t.one(ctx, "id = ?", id)
}

// GetForMove reads one and holds it until the transaction ends. Fault: not_found.
func (t Employments) GetForMove(ctx context.Context, id model.EmploymentID) (model.Employment, error) {
	return t.locked(ctx, "id = ?", id)
}

// ListVerified are where a person verifiably works now, in no order.
func (t Employments) ListVerified(ctx context.Context, user model.UserID) ([]model.Employment, error) {
	return all[model.Employment](t.read(ctx).
		Where("user_id = ? AND live = ? AND status = ?", user, true, model.EmploymentVerified).Limit(model.MaxLimit))
}

// ListOfUser pages all of a person's employments, newest first.
func (t Employments) ListOfUser(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.Employment], error) {
	return newest(t.read(ctx).Where("user_id = ?", user), page, employmentKey)
}

// List pages the employments in some areas in a status, oldest first.
func (t Employments) List(ctx context.Context, areas []model.UnitID, status model.EmploymentStatus, page model.Page) (model.Listing[model.Employment], error) {
	return oldest(t.read(ctx).Where("unit_id IN ? AND status = ?", areas, status), page, employmentKey)
}

func employmentKey(e model.Employment) [16]byte { return e.ID }

// SaveMoved writes a step of an employment while it is still in the status it was read in,
// and says whether it was.
func (t Employments) SaveMoved(ctx context.Context, from model.EmploymentStatus, e model.Employment) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": e.Status, "live": e.Live, "decided_at": e.DecidedAt, "ended_at": e.EndedAt,
	}, "id = ? AND status = ?", e.ID, from)
}

// DeleteByUser deletes all employments of a person and their steps.
func (t Employments) DeleteByUser(ctx context.Context, user model.UserID) error {
	theirs := t.read(ctx).Select("id").Where("user_id = ?", user)
	steps := t.c.db.WithContext(ctx).Where("employment_id IN (?)", theirs).Delete(&model.EmploymentEvent{})
	if steps.Error != nil {
		return named(plain(steps.Error))
	}
	return named(plain(t.write(ctx).Where("user_id = ?", user).Delete(&model.Employment{}).Error))
}

// EmploymentEvents can be added to and read, nothing else.
type EmploymentEvents struct{ table[model.EmploymentEvent] }

// ListByEmployment are the steps of an employment, first to last; it has three at most.
func (t EmploymentEvents) ListByEmployment(ctx context.Context, id model.EmploymentID) ([]model.EmploymentEvent, error) {
	return all[model.EmploymentEvent](t.read(ctx).Where("employment_id = ?", id).Order("id").Limit(model.MaxLimit))
}

// Served is how often somebody has come to activities that earn points.
type Served struct {
	UserID       model.UserID
	Ever, Lately int
}

// CountServed counts how often each of some people has served, ever and since a time. Whoever
// never has is left out.
func (t SignUps) CountServed(ctx context.Context, users []model.UserID, since time.Time) ([]Served, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var rows []Served
	err := t.read(ctx).Joins("JOIN activities ON activities.id = sign_ups.activity_id").
		Select("sign_ups.user_id, COUNT(*) AS ever, SUM(CASE WHEN activities.starts_at >= ? THEN 1 ELSE 0 END) AS lately", since).
		Where("sign_ups.user_id IN ? AND sign_ups.state IN ? AND activities.points > 0", users,
			[]model.SignUpState{model.SignUpCheckedIn, model.SignUpCheckedOut, model.SignUpConfirmed}).
		Group("sign_ups.user_id").Scan(&rows).Error
	return rows, named(plain(err))
}
