package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
	"jinlin/model/fault"
)

// Units are the dated parts of the county.
type Units struct{ table[model.Unit] }

// Get reads one, also one that has ended. Fault: not_found.
func (t Units) Get(ctx context.Context, id model.UnitID) (model.Unit, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Units) GetLocked(ctx context.Context, id model.UnitID) (model.Unit, error) {
	return t.locked(ctx, "id = ?", id)
}

// ErrUnitEnded is a fault: a unit does not exist on a day on which something needs it.
var ErrUnitEnded = fault.Define(fault.Conflict, "unit_ended",
	"该单位在这一天不存在：尚未设立或已经撤销。", "This unit does not exist on that day.")

// GetStanding reads one that exists on a day, and sees to it that it still does when the
// transaction ends: whoever ends the unit waits, and what began before is there to be handed
// over. Others may do the same meanwhile. Faults: not_found, unit_ended.
func (t Units) GetStanding(ctx context.Context, id model.UnitID, day model.Date) (model.Unit, error) {
	unit, err := t.shared(ctx, "id = ?", id)
	if err == nil && !unit.In(day) {
		err = ErrUnitEnded
	}
	return unit, err
}

// SaveChanged writes what a change may touch, if nobody has changed the unit since it was
// read, and says whether that was so.
func (t Units) SaveChanged(ctx context.Context, u model.Unit) (bool, error) {
	return t.set(ctx, map[string]any{
		"name": u.Name, "parent_id": u.ParentID, "superior_id": u.SuperiorID, "branch_type": u.BranchType, "address": u.Address,
		"phone": u.Phone, "hours": u.Hours, "handover_on": u.HandoverOn, "valid_to": u.ValidTo, "changes": u.Changes + 1,
	}, "id = ? AND changes = ?", u.ID, u.Changes)
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
	Dated    bool       // parents and superiors are read from the facts: the day is not today
}

func (f UnitFilter) apply(q *gorm.DB) *gorm.DB {
	q = q.Where("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", f.AsOf, f.AsOf)
	if !f.Parent.IsZero() && !f.Dated {
		q = q.Where("parent_id = ?", f.Parent)
	}
	if !f.Superior.IsZero() && !f.Dated {
		q = q.Where("superior_id = ?", f.Superior)
	}
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	return q
}

// List pages the units of a day, newest first.
func (t Units) List(ctx context.Context, f UnitFilter, page model.Page) (model.Listing[model.Unit], error) {
	q := f.apply(t.read(ctx))
	if f.Kind != "" && f.Parent.IsZero() && f.Superior.IsZero() {
		q = t.along(q, "units", "units_by_kind")
	}
	if f.Dated {
		var err error
		if q, err = t.below(ctx, q, "parent_id", model.FieldParent, f.Parent, f.AsOf); err == nil {
			q, err = t.below(ctx, q, "superior_id", model.FieldSuperior, f.Superior, f.AsOf)
		}
		if err != nil {
			return model.Listing[model.Unit]{}, err
		}
	}
	return newest(q, page, func(u model.Unit) [16]byte { return u.ID })
}

// below narrows to units below another on a day: those that never moved and are there, and
// those whose facts say so. The latter are read first, so that both go along an index.
func (t Units) below(ctx context.Context, q *gorm.DB, column string, field model.UnitField, top model.UnitID, day model.Date) (*gorm.DB, error) {
	if top.IsZero() {
		return q, nil
	}
	moved, err := UnitFacts{table[model.UnitFact]{t.c}}.listHolding(ctx, field, top.String(), day)
	if err != nil {
		return nil, err
	}
	stayed := column + " = ? AND NOT EXISTS (SELECT 1 FROM unit_facts f WHERE f.unit_id = units.id AND f.field = ?)"
	if len(moved) == 0 {
		return q.Where(stayed, top, field), nil
	}
	return q.Where("(("+stayed+") OR id IN ?)", top, field, moved), nil
}

// ListCovered pages what a unit leads, covers or serves on a day, newest first.
func (t Units) ListCovered(ctx context.Context, unit model.UnitID, day model.Date, page model.Page) (model.Listing[model.Unit], error) {
	covered := onDay(Covers{table[model.Cover]{t.c}}.read(ctx), day).Select("covered_id").Where("unit_id = ?", unit)
	return newest(t.read(ctx).Where("id IN (?)", covered), page, func(u model.Unit) [16]byte { return u.ID })
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

// ListInTheWay are the covers that a new one excludes, and that one itself if it is there.
func (t Covers) ListInTheWay(ctx context.Context, c model.Cover) ([]model.Cover, error) {
	cond, args := "unit_id = ? AND covered_id = ?", []any{c.UnitID, c.CoveredID}
	if c.SoleBy != nil {
		cond += " OR covered_id = ? AND unit_id IN (SELECT id FROM units WHERE kind = ?)"
		args = append(args, c.CoveredID, *c.SoleBy)
	}
	if c.SoleOf != nil {
		cond += " OR unit_id = ? AND covered_id IN (SELECT id FROM units WHERE kind = ?)"
		args = append(args, c.UnitID, *c.SoleOf)
	}
	return all[model.Cover](t.read(ctx).Where("valid_to IS NULL").Where("("+cond+")", args...))
}

// Put adds a cover, or takes up again one that began and ended on the same day. ErrDuplicate
// where the rule allows no second.
func (t Covers) Put(ctx context.Context, c *model.Cover) error {
	again, err := t.set(ctx, map[string]any{"valid_to": nil, "sole_by": c.SoleBy, "sole_of": c.SoleOf},
		"unit_id = ? AND covered_id = ? AND valid_from = ? AND valid_to = valid_from", c.UnitID, c.CoveredID, c.ValidFrom)
	if err != nil || again {
		return err
	}
	return t.Add(ctx, c)
}

// SaveAllEnded ends every cover by a unit and over it whose end is not known yet.
func (t Covers) SaveAllEnded(ctx context.Context, unit model.UnitID, on model.Date) error {
	_, err := t.set(ctx, map[string]any{"valid_to": on, "sole_by": nil, "sole_of": nil},
		"(unit_id = ? OR covered_id = ?) AND valid_to IS NULL", unit, unit)
	return err
}

// SaveEnded ends a cover whose end is not known yet, and says whether there was one.
func (t Covers) SaveEnded(ctx context.Context, unit, covered model.UnitID, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "sole_by": nil, "sole_of": nil},
		"unit_id = ? AND covered_id = ? AND valid_to IS NULL", unit, covered)
}

func onDay(q *gorm.DB, day model.Date) *gorm.DB {
	return q.Where("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", day, day)
}

// Grants say who is what where.
type Grants struct{ table[model.Grant] }

// unended are the grants that are in force, or still may be.
func (t Grants) unended(ctx context.Context) *gorm.DB {
	return t.read(ctx).Where("(valid_to IS NULL OR valid_to > ?)", t.c.now())
}

// Get reads one, also one that has ended. Fault: not_found.
func (t Grants) Get(ctx context.Context, id model.GrantID) (model.Grant, error) {
	return t.one(ctx, "id = ?", id)
}

// ListByUser are all of a person's grants that have not ended, also those that are planned
// or wait for a second person.
func (t Grants) ListByUser(ctx context.Context, user model.UserID) ([]model.Grant, error) {
	return all[model.Grant](t.unended(ctx).Where("user_id = ?", user).Order("id"))
}

// inForce is the condition of a grant that holds at a time, given twice.
const inForce = "pending = FALSE AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)"

// ListByUnit are the grants in force on one unit in one role, the oldest first.
func (t Grants) ListByUnit(ctx context.Context, unit model.UnitID, role model.Role, at time.Time) ([]model.Grant, error) {
	return all[model.Grant](t.read(ctx).Where("unit_id = ? AND role = ?", unit, role).Where(inForce, at, at).Order("id"))
}

// GrantFilter narrows a list of grants; zero fields do not.
type GrantFilter struct {
	Units   []model.UnitID // any of these; nil is everywhere
	User    model.UserID
	Role    model.Role
	Day     model.Date // in force at some time of that day
	Pending bool       // waiting for a second person
}

// List pages grants, past ones too, newest first.
func (t Grants) List(ctx context.Context, f GrantFilter, page model.Page) (model.Listing[model.Grant], error) {
	q := t.read(ctx)
	if f.Pending {
		q = t.unended(ctx).Where("pending = ?", true)
	}
	if f.Units != nil {
		q = q.Where("unit_id IN ?", f.Units)
	}
	if !f.User.IsZero() {
		q = q.Where("user_id = ?", f.User)
	}
	if f.Role != "" {
		q = q.Where("role = ?", f.Role)
	}
	if f.Day != "" {
		q = q.Where("pending = ? AND valid_from < ? AND (valid_to IS NULL OR valid_to > ?)", false, f.Day.AddDays(1).At(0, 0), f.Day.At(0, 0))
	}
	return newest(q, page, func(g model.Grant) [16]byte { return g.ID })
}

// AddLive adds a grant that keeps others like it away until it has ended. ErrDuplicate when
// there is one.
func (t Grants) AddLive(ctx context.Context, g *model.Grant) error {
	_, err := t.set(ctx, map[string]any{"live": nil}, "user_id = ? AND role = ? AND unit_id = ? AND live = ? AND valid_to <= ?",
		g.UserID, g.Role, g.UnitID, true, t.c.now()) // what ended by itself makes room
	if err != nil {
		return err
	}
	g.Live = model.Lasting()
	return t.Add(ctx, g)
}

// SaveConfirmed puts a pending grant in force, if it still is pending, and says whether it was.
func (t Grants) SaveConfirmed(ctx context.Context, g model.Grant) (bool, error) {
	return t.set(ctx, map[string]any{
		"pending": false, "confirmed_by": g.ConfirmedBy, "valid_from": g.ValidFrom, "version": gorm.Expr("version + 1"),
	}, "id = ? AND pending = ? AND (valid_to IS NULL OR valid_to > ?)", g.ID, true, t.c.now())
}

// SaveEnded ends a grant now, if it has not ended.
func (t Grants) SaveEnded(ctx context.Context, id model.GrantID, at time.Time) error {
	_, err := t.SaveEndedBy(ctx, id, model.UserID{}, at)
	return err
}

// SaveEndedBy ends a grant now at somebody's word, and says whether it had not ended.
func (t Grants) SaveEndedBy(ctx context.Context, id model.GrantID, by model.UserID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": at, "ended_by": by, "live": nil, "version": gorm.Expr("version + 1")},
		"id = ? AND (valid_to IS NULL OR valid_to > ?)", id, at)
}

// SaveEnding ends a grant at a moment to come, at somebody's word, and says whether its end was
// not earlier. Until then it keeps others like it away.
func (t Grants) SaveEnding(ctx context.Context, id model.GrantID, by model.UserID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": at, "ended_by": by, "version": gorm.Expr("version + 1")},
		"id = ? AND (valid_to IS NULL OR valid_to > ?)", id, at)
}

// SaveRelied notes that something begins that rests on a grant, and says whether the grant is
// there at that moment. It writes to it: whoever ends the grant meanwhile waits, and sees what
// began, or was first.
func (t Grants) SaveRelied(ctx context.Context, id model.GrantID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"version": gorm.Expr("version + 1")}, "id = ? AND "+inForce, id, at, at)
}

// SaveUnitEnded ends every grant on a unit.
func (t Grants) SaveUnitEnded(ctx context.Context, unit model.UnitID, at time.Time) error {
	_, err := t.set(ctx, map[string]any{"valid_to": at, "live": nil, "version": gorm.Expr("version + 1")},
		"unit_id = ? AND (valid_to IS NULL OR valid_to > ?)", unit, at)
	return err
}

// ListHolding are all grants of a role in force.
func (t Grants) ListHolding(ctx context.Context, role model.Role, at time.Time) ([]model.Grant, error) {
	return all[model.Grant](t.read(ctx).Where("role = ?", role).Where(inForce, at, at).Order("id"))
}

// ListHeld is ListHolding for whoever ends one of them: until the transaction ends nobody else
// can. It writes to each, because a lock holds on one node of a cluster only.
func (t Grants) ListHeld(ctx context.Context, role model.Role, at time.Time) ([]model.Grant, error) {
	_, err := t.set(ctx, map[string]any{"version": gorm.Expr("version + 1")}, "role = ? AND (valid_to IS NULL OR valid_to > ?)", role, at)
	if err != nil {
		return nil, err
	}
	return t.ListHolding(ctx, role, at)
}

// Audit is the record of staff writes. It can be added to and read, nothing else.
type Audit struct{ table[model.AuditEntry] }

// List pages the record, newest first.
func (t Audit) List(ctx context.Context, page model.Page) (model.Listing[model.AuditEntry], error) {
	return newest(t.read(ctx), page, func(e model.AuditEntry) [16]byte { return e.ID })
}
