package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Boxes are the red mailboxes of tin.
type Boxes struct{ table[model.Box] }

// Get reads one, also one that was taken down. Fault: not_found.
func (t Boxes) Get(ctx context.Context, id model.BoxID) (model.Box, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Boxes) GetLocked(ctx context.Context, id model.BoxID) (model.Box, error) {
	return t.locked(ctx, "id = ?", id)
}

// List pages the boxes of some branches that hang, or of them those that were due before a
// day, oldest first.
func (t Boxes) List(ctx context.Context, branches []model.UnitID, dueBefore model.Date, page model.Page) (model.Listing[model.Box], error) {
	return oldest(t.list(ctx, branches, dueBefore), page, func(b model.Box) [16]byte { return b.ID })
}

func (t Boxes) list(ctx context.Context, branches []model.UnitID, dueBefore model.Date) *gorm.DB {
	q := t.read(ctx).Where("branch_id IN ? AND ended_at IS NULL", branches)
	if dueBefore != "" {
		q = q.Where("due_on < ?", dueBefore)
	}
	return q
}

// SaveChanged writes what can be changed of a box, if the version is still the one read.
func (t Boxes) SaveChanged(ctx context.Context, b model.Box) (bool, error) {
	return t.set(ctx, map[string]any{
		"place": b.Place, "rhythm_days": b.RhythmDays, "due_on": b.DueOn, "told": b.Told, "opened_at": b.OpenedAt, "ended_at": b.EndedAt, "version": b.Version + 1,
	}, "id = ? AND version = ?", b.ID, b.Version)
}

// ListMissed are boxes that hang, should have been opened before a day and of which the word has
// gone so far, those due first coming first; at most limit.
func (t Boxes) ListMissed(ctx context.Context, told model.BoxTold, dueBefore model.Date, limit int) ([]model.Box, error) {
	return all[model.Box](t.read(ctx).Where("told = ? AND ended_at IS NULL AND due_on < ?", told, dueBefore).Order("due_on, id").Limit(limit))
}

// SaveTold lets the word of a missed opening go one further, unless it went, or the box was
// opened or taken down, since the row was read.
func (t Boxes) SaveTold(ctx context.Context, b model.Box) (bool, error) {
	return t.set(ctx, map[string]any{"told": b.Told + 1}, "id = ? AND told = ? AND due_on = ? AND ended_at IS NULL", b.ID, b.Told, b.DueOn)
}

// CountOf counts the boxes that hang, by branch.
func (t Boxes) CountOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	var rows []struct {
		BranchID model.UnitID
		N        int
	}
	err := t.read(ctx).Select("branch_id, COUNT(*) AS n").Where("branch_id IN ? AND ended_at IS NULL", branches).
		Group("branch_id").Find(&rows).Error
	counts := map[model.UnitID]int{}
	for _, row := range rows {
		counts[row.BranchID] = row.N
	}
	return counts, named(plain(err))
}

// ListOf are boxes of a branch that hang, at most limit.
func (t Boxes) ListOf(ctx context.Context, branch model.UnitID, limit int) ([]model.Box, error) {
	return all[model.Box](t.list(ctx, []model.UnitID{branch}, "").Order("id").Limit(limit))
}

// SaveBranch gives a box to another branch.
func (t Boxes) SaveBranch(ctx context.Context, b model.Box, to model.UnitID) (bool, error) {
	return t.set(ctx, map[string]any{"branch_id": to, "version": b.Version + 1}, "id = ? AND version = ?", b.ID, b.Version)
}

// BoxOpenings are the openings of boxes.
type BoxOpenings struct{ table[model.BoxOpening] }

// Get reads one. Fault: not_found.
func (t BoxOpenings) Get(ctx context.Context, id model.BoxOpeningID) (model.BoxOpening, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t BoxOpenings) GetLocked(ctx context.Context, id model.BoxOpeningID) (model.BoxOpening, error) {
	return t.locked(ctx, "id = ?", id)
}

// ListByBox pages the openings of a box, newest first.
func (t BoxOpenings) ListByBox(ctx context.Context, box model.BoxID, page model.Page) (model.Listing[model.BoxOpening], error) {
	return newest(t.read(ctx).Where("box_id = ?", box), page, func(o model.BoxOpening) [16]byte { return o.ID })
}

// SaveMoved writes what steps can change, if the row still has the version given.
func (t BoxOpenings) SaveMoved(ctx context.Context, o model.BoxOpening, version int) (bool, error) {
	return t.set(ctx, map[string]any{"status": o.Status, "live": o.Live, "confirmed_by": o.ConfirmedBy, "version": o.Version},
		"id = ? AND version = ?", o.ID, version)
}

// BoxOpeningEvents are what happened to openings of boxes. They are only ever added.
type BoxOpeningEvents struct{ table[model.BoxOpeningEvent] }

// SlipBooks are runs of printed slips. No two have a number in common, by a unique key.
type SlipBooks struct{ table[model.SlipBook] }

// GetLast is the highest number printed so far; 0 before the first.
func (t SlipBooks) GetLast(ctx context.Context) (last int64, err error) {
	err = t.write(ctx).Select("COALESCE(MAX(last_slip), 0)").Scan(&last).Error
	return last, named(plain(err))
}

// Slips are printed slips of paper.
type Slips struct{ table[model.Slip] }

// Get reads one. Fault: not_found.
func (t Slips) Get(ctx context.Context, number model.SlipNumber) (model.Slip, error) {
	return t.one(ctx, "number = ?", number)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Slips) GetLocked(ctx context.Context, number model.SlipNumber) (model.Slip, error) {
	return t.locked(ctx, "number = ?", number)
}

// ListByOpening are the slips found in an opened box that were keyed in, at most a hundred.
func (t Slips) ListByOpening(ctx context.Context, id model.BoxOpeningID) ([]model.Slip, error) {
	return all[model.Slip](t.read(ctx).Where("opening_id = ?", id).Order("number").Limit(model.MaxLimit))
}

// CountByOpening counts them.
func (t Slips) CountByOpening(ctx context.Context, id model.BoxOpeningID) (int64, error) {
	return t.count(ctx, "opening_id = ?", id)
}

// SaveEntered notes what became of a slip that nobody has keyed in yet, and why without its photo,
// and says whether it was so.
func (t Slips) SaveEntered(ctx context.Context, number model.SlipNumber, opening model.BoxOpeningID, request model.RequestID, why model.NoPhoto, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"opening_id": opening, "request_id": request, "entered_at": at, "no_photo": why}, "number = ? AND request_id IS NULL", number)
}
