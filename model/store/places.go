package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// Units are the dated parts of the county.
type Units struct{ table[model.Unit] }

// Get reads one, also one that has ended. Fault: not_found.
func (t Units) Get(ctx context.Context, id model.UnitID) (model.Unit, error) {
	return t.one(ctx, "id = ?", id)
}

// ListByID reads several, in no order.
func (t Units) ListByID(ctx context.Context, ids []model.UnitID) ([]model.Unit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.Unit](t.read(ctx).Where("id IN ?", ids))
}

// UnitFilter narrows a list of units; zero fields do not.
type UnitFilter struct {
	Parent   model.UnitID
	Superior model.UnitID
	Kind     model.UnitKind
	AsOf     model.Date // the day on which they must exist; required
}

func (f UnitFilter) apply(q *gorm.DB) *gorm.DB {
	q = q.Where("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", f.AsOf, f.AsOf)
	if !f.Parent.IsZero() {
		q = q.Where("parent_id = ?", f.Parent)
	}
	if !f.Superior.IsZero() {
		q = q.Where("superior_id = ?", f.Superior)
	}
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	return q
}

// List pages the units of a day, newest first.
func (t Units) List(ctx context.Context, f UnitFilter, page model.Page) (model.Listing[model.Unit], error) {
	return newest(f.apply(t.read(ctx)), page, func(u model.Unit) [16]byte { return u.ID })
}

// Count counts the units of a day.
func (t Units) Count(ctx context.Context, f UnitFilter) (n int64, err error) {
	err = f.apply(t.read(ctx)).Count(&n).Error
	return n, named(plain(err))
}

// ListAll reads every unit of these kinds that ever was. The tree down to estates and
// branches is some hundreds of rows; buildings must be asked for with List.
func (t Units) ListAll(ctx context.Context, kinds ...model.UnitKind) ([]model.Unit, error) {
	return all[model.Unit](t.read(ctx).Where("kind IN ?", kinds).Order("id"))
}

// Covers say who leads, covers or serves what. Adding one is ErrDuplicate where the rule
// allows no second.
type Covers struct{ table[model.Cover] }

// ListCovering are the units that cover this one on a day.
func (t Covers) ListCovering(ctx context.Context, covered model.UnitID, day model.Date) ([]model.Cover, error) {
	return all[model.Cover](onDay(t.read(ctx), day).Where("covered_id = ?", covered).Limit(model.MaxLimit))
}

// ListLed are all covers of a day whose covered unit is no building: who leads which
// estate and serves which branch, some hundreds of rows.
func (t Covers) ListLed(ctx context.Context, day model.Date) ([]model.Cover, error) {
	return all[model.Cover](onDay(t.read(ctx), day).
		Where("covered_id IN (SELECT id FROM units WHERE kind <> ?)", model.Building))
}

// ListCovered are the units that this one covers on a day, at most limit.
func (t Covers) ListCovered(ctx context.Context, unit model.UnitID, day model.Date, limit int) ([]model.Cover, error) {
	return all[model.Cover](onDay(t.read(ctx), day).Where("unit_id = ?", unit).Order("covered_id").Limit(limit))
}

// SaveEnded ends a cover whose end is not known yet, and says whether there was one.
func (t Covers) SaveEnded(ctx context.Context, unit, covered model.UnitID, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "sole_by": nil, "sole_of": nil},
		"unit_id = ? AND covered_id = ? AND valid_to IS NULL", unit, covered)
}

func onDay(q *gorm.DB, day model.Date) *gorm.DB {
	return q.Where("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", day, day)
}

// Residences are where people live.
type Residences struct{ table[model.Residence] }

// ListByUser are a person's residences.
func (t Residences) ListByUser(ctx context.Context, user model.UserID) ([]model.Residence, error) {
	return all[model.Residence](t.read(ctx).Where("user_id = ?", user).Order("id").Limit(model.MaxLimit))
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

// Grants say who is what where.
type Grants struct{ table[model.Grant] }

// ListByUser are a person's grants, past ones too.
func (t Grants) ListByUser(ctx context.Context, user model.UserID) ([]model.Grant, error) {
	return all[model.Grant](t.read(ctx).Where("user_id = ?", user).Order("id").Limit(model.MaxLimit))
}

// ListByUnit are the grants on one unit in one role, past ones too.
func (t Grants) ListByUnit(ctx context.Context, unit model.UnitID, role model.Role) ([]model.Grant, error) {
	return all[model.Grant](t.read(ctx).Where("unit_id = ? AND role = ?", unit, role).Order("id").Limit(model.MaxLimit))
}

// Audit is the record of staff writes. It can be added to and read, nothing else.
type Audit struct{ table[model.AuditEntry] }

// List pages the record, newest first.
func (t Audit) List(ctx context.Context, page model.Page) (model.Listing[model.AuditEntry], error) {
	return newest(t.read(ctx), page, func(e model.AuditEntry) [16]byte { return e.ID })
}
