package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// Residences are where people live.
type Residences struct{ table[model.Residence] }

// liveResidence are the statuses of residences that are not over.
var liveResidence = []model.ResidenceStatus{model.ResidencePending, model.ResidenceVerified}

// Get reads one. Fault: not_found.
func (t Residences) Get(ctx context.Context, id model.ResidenceID) (model.Residence, error) {
	return t.one(ctx, "id = ?", id)
}

// GetForMove reads one and holds it until the transaction ends. Fault: not_found.
func (t Residences) GetForMove(ctx context.Context, id model.ResidenceID) (model.Residence, error) {
	return t.locked(ctx, "id = ?", id)
}

// GetLive finds the one that a person has at a door now, by its hashes under all keys.
// Fault: not_found.
func (t Residences) GetLive(ctx context.Context, hashes [][]byte) (model.Residence, error) {
	return t.one(ctx, "live_key IN ?", hashes)
}

// ListByUser are a person's residences that are not over, oldest first.
func (t Residences) ListByUser(ctx context.Context, user model.UserID) ([]model.Residence, error) {
	return all[model.Residence](t.read(ctx).Where("user_id = ? AND status IN ?", user, liveResidence).Order("id").Limit(model.MaxLimit))
}

// ListOfUser pages all of a person's residences, newest first.
func (t Residences) ListOfUser(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.Residence], error) {
	return newest(t.read(ctx).Where("user_id = ?", user), page, residenceKey)
}

func residenceKey(r model.Residence) [16]byte { return r.ID }

// ListOfHousehold pages who is of a household, or wants to be, oldest first.
func (t Residences) ListOfHousehold(ctx context.Context, household model.HouseholdID, page model.Page) (model.Listing[model.Residence], error) {
	return oldest(t.read(ctx).Where("household_id = ? AND status IN ?", household, liveResidence), page, residenceKey)
}

// ResidenceFilter says which residences staff want to see: those of the estates and of the
// buildings, together.
type ResidenceFilter struct {
	Estates, Buildings []model.UnitID
	Status             model.ResidenceStatus
}

// List pages residences in a status, oldest first.
func (t Residences) List(ctx context.Context, f ResidenceFilter, page model.Page) (model.Listing[model.Residence], error) {
	return oldest(f.apply(t.read(ctx)), page, residenceKey)
}

func (f ResidenceFilter) apply(q *gorm.DB) *gorm.DB {
	q = q.Where("status = ?", f.Status)
	switch {
	case len(f.Buildings) == 0:
		return q.Where("estate_id IN ?", f.Estates)
	case len(f.Estates) == 0:
		return q.Where("building_id IN ?", f.Buildings)
	}
	return q.Where("(estate_id IN ? OR building_id IN ?)", f.Estates, f.Buildings)
}

// ListUsersIn pages the people with a verified residence in an estate, by person,
// starting after one of them.
func (t Residences) ListUsersIn(ctx context.Context, estate model.UnitID, after model.UserID, limit int) ([]model.UserID, error) {
	q := t.read(ctx).Distinct("user_id").Where("estate_id = ? AND status = ?", estate, model.ResidenceVerified)
	if !after.IsZero() {
		q = q.Where("user_id > ?", after)
	}
	var users []model.UserID
	err := q.Order("user_id").Limit(limit).Pluck("user_id", &users).Error
	return users, named(plain(err))
}

// CountUsersIn counts the people with a verified residence in any of the estates.
func (t Residences) CountUsersIn(ctx context.Context, estates []model.UnitID) (n int64, err error) {
	if len(estates) == 0 {
		return 0, nil
	}
	err = t.read(ctx).Distinct("user_id").Where("estate_id IN ? AND status = ?", estates, model.ResidenceVerified).Count(&n).Error
	return n, named(plain(err))
}

// DeleteByUser deletes all residences of a person.
func (t Residences) DeleteByUser(ctx context.Context, user model.UserID) error {
	return named(plain(t.write(ctx).Where("user_id = ?", user).Delete(&model.Residence{}).Error))
}

// SaveMoved writes a step of a residence while it is still in the status it was read in,
// and says whether it was.
func (t Residences) SaveMoved(ctx context.Context, from model.ResidenceStatus, r model.Residence) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": r.Status, "household_id": r.HouseholdID, "proof": r.Proof, "vouched_by": r.VouchedBy, "live_key": r.LiveKey,
		"decided_at": r.DecidedAt, "ended_at": r.EndedAt,
	}, "id = ? AND status = ?", r.ID, from)
}

// ResidenceEvents can be added to and read, nothing else.
type ResidenceEvents struct{ table[model.ResidenceEvent] }

// ListByResidence are the steps of a residence, first to last; it has four at most.
func (t ResidenceEvents) ListByResidence(ctx context.Context, id model.ResidenceID) ([]model.ResidenceEvent, error) {
	return all[model.ResidenceEvent](t.read(ctx).Where("residence_id = ?", id).Order("id").Limit(model.MaxLimit))
}
