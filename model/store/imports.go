package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Imports are files of lines on their way in.
type Imports struct{ table[model.Import] }

// Get reads one. Fault: not_found.
func (t Imports) Get(ctx context.Context, id model.ImportID) (model.Import, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked is Get, held until the transaction ends. Fault: not_found.
func (t Imports) GetLocked(ctx context.Context, id model.ImportID) (model.Import, error) {
	return t.locked(ctx, "id = ?", id)
}

// List pages the imports of one unit, newest first.
func (t Imports) List(ctx context.Context, unit model.UnitID, page model.Page) (model.Listing[model.Import], error) {
	q := t.read(ctx).Omit("report").Where("unit_id = ? AND status <> ?", unit, model.ImportReceiving)
	return newest(q, page, func(i model.Import) [16]byte { return i.ID })
}

// SaveState writes how far an import is, what it found and who answers for it, while it is
// still in the state that was read, and says whether it was.
func (t Imports) SaveState(ctx context.Context, i model.Import, from model.ImportStatus) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": i.Status, "actor_id": i.ActorID, "skip_invalid": i.SkipInvalid, "end_missing": i.EndMissing,
		"chunks": i.Chunks, "line_count": i.LineCount, "invalid": i.Invalid, "added": i.Added, "changed": i.Changed,
		"unchanged": i.Unchanged, "missing": i.Missing, "ended": i.Ended, "report": i.Report,
		"applied_at": i.AppliedAt, "expires_at": i.ExpiresAt,
	}, "id = ? AND status = ?", i.ID, from)
}

// TakeChunk claims the next chunk of an import that is being applied, and says whether it
// was still to be done. Whoever takes it holds the import until the transaction ends.
func (t Imports) TakeChunk(ctx context.Context, id model.ImportID, number int) (bool, error) {
	return t.set(ctx, map[string]any{"applied_chunks": gorm.Expr("applied_chunks + 1")},
		"id = ? AND status = ? AND applied_chunks = ?", id, model.ImportApplying, number)
}

// ImportCounts are what lines came to.
type ImportCounts struct{ Added, Changed, Unchanged, Invalid, Ended int }

// GiveCounts adds to the counts of an import that is being applied, and says whether it is.
func (t Imports) GiveCounts(ctx context.Context, id model.ImportID, c ImportCounts) (bool, error) {
	return t.set(ctx, map[string]any{
		"added": gorm.Expr("added + ?", c.Added), "changed": gorm.Expr("changed + ?", c.Changed),
		"unchanged": gorm.Expr("unchanged + ?", c.Unchanged), "invalid": gorm.Expr("invalid + ?", c.Invalid),
		"ended": gorm.Expr("ended + ?", c.Ended),
	}, "id = ? AND status = ?", id, model.ImportApplying)
}

// ListExpired are imports whose lines are to be forgotten, at most n.
func (t Imports) ListExpired(ctx context.Context, now time.Time, n int) ([]model.Import, error) {
	return all[model.Import](t.read(ctx).Omit("report").
		Where("expires_at <= ? AND status NOT IN ?", now, []model.ImportStatus{model.ImportChecking, model.ImportApplying}).
		Order("expires_at").Limit(n))
}

// SaveExpired forgets the report; an import that nobody applied is expired. It never
// expires again.
func (t Imports) SaveExpired(ctx context.Context, i model.Import) error {
	status := i.Status
	if status != model.ImportApplied {
		status = model.ImportExpired
	}
	_, err := t.set(ctx, map[string]any{"status": status, "report": []byte{}, "expires_at": never}, "id = ? AND status = ?", i.ID, i.Status)
	return err
}

// never is a moment after all others that both databases hold.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// SaveReport writes the report alone.
func (t Imports) SaveReport(ctx context.Context, i model.Import) error {
	_, err := t.set(ctx, map[string]any{"report": i.Report}, "id = ?", i.ID)
	return err
}

// Delete forgets an import that nobody has seen, and says whether it was one.
func (t Imports) Delete(ctx context.Context, id model.ImportID) (bool, error) {
	return hit(t.write(ctx).Where("id = ? AND status = ?", id, model.ImportReceiving).Delete(&model.Import{}))
}

// ImportChunks are the lines of imports.
type ImportChunks struct{ table[model.ImportChunk] }

// Get reads one. Fault: not_found.
func (t ImportChunks) Get(ctx context.Context, id model.ImportID, number int) (model.ImportChunk, error) {
	return t.one(ctx, "import_id = ? AND number = ?", id, number)
}

// Delete forgets all of an import.
func (t ImportChunks) Delete(ctx context.Context, id model.ImportID) error {
	return named(plain(t.write(ctx).Where("import_id = ?", id).Delete(&model.ImportChunk{}).Error))
}

// UnitNames hold the names of units that imports made.
type UnitNames struct{ table[model.UnitName] }

// Get reads whose a name is. Fault: not_found.
func (t UnitNames) Get(ctx context.Context, n model.UnitName) (model.UnitName, error) {
	return t.one(ctx, "parent_id = ? AND kind = ? AND name = ?", n.ParentID, n.Kind, n.Name)
}

// TakeOver gives a name to another unit, while it is still that of the one named, and says
// whether it was.
func (t UnitNames) TakeOver(ctx context.Context, n model.UnitName, from model.UnitID) (bool, error) {
	return t.set(ctx, map[string]any{"unit_id": n.UnitID},
		"parent_id = ? AND kind = ? AND name = ? AND unit_id = ?", n.ParentID, n.Kind, n.Name, from)
}

// ListBelow are the units of a kind that stand below some others on a day, for imports.
func (t Units) ListBelow(ctx context.Context, parents []model.UnitID, kind model.UnitKind, day model.Date) ([]model.Unit, error) {
	if len(parents) == 0 {
		return nil, nil
	}
	return all[model.Unit](onDay(t.read(ctx), day).Where("parent_id IN ? AND kind = ?", parents, kind))
}

// ListStanding pages the standing households of an estate in order of ids, at most MaxBatch.
func (t Households) ListStanding(ctx context.Context, estate model.UnitID, after model.HouseholdID) ([]model.Household, error) {
	q := t.read(ctx).Where("estate_id = ? AND live = ?", estate, true)
	if !after.IsZero() {
		q = q.Where("id > ?", after)
	}
	return all[model.Household](q.Order("id").Limit(MaxBatch))
}

// SaveAllEnded ends those that stand and says how many did.
func (t Households) SaveAllEnded(ctx context.Context, ids []model.HouseholdID, on model.Date) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	q := t.write(ctx).Where("id IN ? AND live = ?", ids, true).Updates(map[string]any{"valid_to": on, "live": nil})
	return int(q.RowsAffected), named(plain(q.Error))
}

// ListStanding pages the lines in force of a scope in order of ids, at most MaxBatch.
func (t RosterEntries) ListStanding(ctx context.Context, scope RosterScope, after model.RosterEntryID) ([]model.RosterEntry, error) {
	q := t.read(ctx).Where("kind = ? AND live_key IS NOT NULL", scope.Kind)
	for column, unit := range scope.units() {
		q = q.Where(column+" = ?", unit)
	}
	if !after.IsZero() {
		q = q.Where("id > ?", after)
	}
	return all[model.RosterEntry](q.Order("id").Limit(MaxBatch))
}
