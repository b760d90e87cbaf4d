package store

import (
	"context"
	"errors"

	"gorm.io/gorm/clause"

	"jinlin/model"
	"jinlin/model/fault"
)

// Restructurings are batches that change who leads what.
type Restructurings struct{ table[model.Restructuring] }

// Get reads one. Fault: not_found.
func (t Restructurings) Get(ctx context.Context, id model.RestructuringID) (model.Restructuring, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Restructurings) GetLocked(ctx context.Context, id model.RestructuringID) (model.Restructuring, error) {
	return t.locked(ctx, "id = ?", id)
}

// List pages those of some units in a status, or in any, newest first, without what they
// plan and did.
func (t Restructurings) List(ctx context.Context, units []model.UnitID, status model.RestructuringStatus, page model.Page) (model.Listing[model.Restructuring], error) {
	q := t.read(ctx).Omit("plan", "outcome").Where("unit_id IN ?", units)
	if status != "" {
		q = q.Where("status = ?", status)
	}
	return newest(q, page, func(r model.Restructuring) [16]byte { return r.ID })
}

// ListDue are approved ones whose day has come, by day, at most limit.
func (t Restructurings) ListDue(ctx context.Context, day model.Date, limit int) ([]model.Restructuring, error) {
	return all[model.Restructuring](t.read(ctx).Omit("plan", "outcome").
		Where("status = ? AND effective_on <= ?", model.RestructuringApproved, day).
		Where("(tried_on IS NULL OR tried_on < ?)", day).Order("effective_on, id").Limit(limit))
}

// SaveMoved writes what steps can change, if the row still has the version given.
func (t Restructurings) SaveMoved(ctx context.Context, r model.Restructuring, version int) (bool, error) {
	return t.set(ctx, map[string]any{
		"title": r.Title, "effective_on": r.EffectiveOn, "status": r.Status, "plan": r.Plan, "outcome": r.Outcome, "effected_on": r.EffectedOn,
		"tried_on": r.TriedOn, "reviewed_by": r.ReviewedBy, "updated_at": r.UpdatedAt, "version": r.Version,
	}, "id = ? AND version = ?", r.ID, version)
}

// RestructuringEvents can be added and read, nothing else.
type RestructuringEvents struct {
	table[model.RestructuringEvent]
}

// ListOf are the steps of a restructuring, first first.
func (t RestructuringEvents) ListOf(ctx context.Context, id model.RestructuringID) ([]model.RestructuringEvent, error) {
	return all[model.RestructuringEvent](t.read(ctx).Where("restructuring_id = ?", id).Order("seq").Limit(10 * model.MaxLimit))
}

// Lineages say which branch took over from which.
type Lineages struct{ table[model.Lineage] }

// ListPredecessors are the lines that lead to some branches, at most 1,000.
func (t Lineages) ListPredecessors(ctx context.Context, branches []model.UnitID) ([]model.Lineage, error) {
	return t.list(ctx, "successor_id IN ?", branches)
}

// ListSuccessors are the lines that lead from some branches, at most 1,000.
func (t Lineages) ListSuccessors(ctx context.Context, branches []model.UnitID) ([]model.Lineage, error) {
	return t.list(ctx, "predecessor_id IN ?", branches)
}

func (t Lineages) list(ctx context.Context, cond string, branches []model.UnitID) ([]model.Lineage, error) {
	if len(branches) == 0 {
		return nil, nil
	}
	return all[model.Lineage](t.read(ctx).Where(cond, branches).Order("predecessor_id, main DESC, successor_id").Limit(MaxBatch))
}

// GetHeir is who stands in a branch's place on a day: itself, its main successor, or the
// main successor of that one; the last known where there is none. Fault: not_found, for an
// unknown branch.
func (t Lineages) GetHeir(ctx context.Context, branch model.UnitID, day model.Date) (model.Unit, error) {
	units := Units{table[model.Unit]{t.c}}
	unit, err := units.Get(ctx, branch)
	for range 16 {
		if err != nil || unit.Kind != model.Branch || unit.In(day) {
			break
		}
		next, missing := t.one(ctx, "predecessor_id = ? AND main = ?", unit.ID, true)
		if errors.Is(missing, fault.ErrNotFound) {
			break
		}
		if missing != nil {
			return unit, missing
		}
		unit, err = units.Get(ctx, next.SuccessorID)
	}
	return unit, err
}

// ListLocked reads units by their ids, in order of these, and holds them until the
// transaction ends: whoever begins something in one (GetStanding) waits.
func (t Units) ListLocked(ctx context.Context, ids []model.UnitID) ([]model.Unit, error) {
	var found []model.Unit
	for len(ids) > 0 {
		part := ids[:min(len(ids), MaxBatch)]
		ids = ids[len(part):]
		q := t.write(ctx).Where("id IN ?", part).Order("id")
		if t.c.dialect == MySQL {
			q = q.Clauses(clause.Locking{Strength: "UPDATE"})
		}
		rows, err := all[model.Unit](q)
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

// ListOutside are the buildings of a day of some estates that a grid does not cover.
func (t Units) ListOutside(ctx context.Context, grid model.UnitID, estates []model.UnitID, day model.Date) ([]BuildingRow, error) {
	f := BuildingFilter{Estates: estates, Day: day, Limit: MaxBatch}
	return rows(t.buildings(ctx, f).Select("u.id, u.name, u.parent_id, 0 AS n").
		Where("NOT EXISTS (SELECT 1 FROM covers c WHERE c.covered_id = u.id AND c.unit_id = ? AND c.valid_to IS NULL)", grid), f)
}

// SaveGridsEnded ends the covers of some buildings by grids.
func (t Covers) SaveGridsEnded(ctx context.Context, buildings []model.UnitID, on model.Date) error {
	_, err := t.set(ctx, map[string]any{"valid_to": on, "sole_by": nil, "sole_of": nil},
		"covered_id IN ? AND valid_to IS NULL AND unit_id IN (SELECT id FROM units WHERE kind = ?)", buildings, model.Grid)
	return err
}
