package store

import (
	"context"
	"slices"

	"jinlin/model"
)

// RosterEntries are the lines of the rosters. Service roster seals and opens them.
type RosterEntries struct{ table[model.RosterEntry] }

// MaxBatch is the most rows one statement names.
const MaxBatch = 1000

// ListLive are the lines in force under natural keys, in no order.
func (t RosterEntries) ListLive(ctx context.Context, keys [][]byte) ([]model.RosterEntry, error) {
	var found []model.RosterEntry
	for part := range slices.Chunk(keys, MaxBatch) {
		rows, err := all[model.RosterEntry](t.read(ctx).Where("live_key IN ?", part))
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

// ListByPhone are the lines in force with a phone number, by its hashes under all keys.
func (t RosterEntries) ListByPhone(ctx context.Context, hashes [][]byte) ([]model.RosterEntry, error) {
	return all[model.RosterEntry](t.read(ctx).
		Where("phone_hash IN ? AND live_key IS NOT NULL", hashes).Order("id").Limit(model.MaxLimit))
}

// ListByRoom are the lines in force of a household.
func (t RosterEntries) ListByRoom(ctx context.Context, building model.UnitID, stairwell, room string) ([]model.RosterEntry, error) {
	return all[model.RosterEntry](t.read(ctx).
		Where("building_id = ? AND stairwell = ? AND room = ? AND live_key IS NOT NULL", building, stairwell, room).
		Order("id").Limit(model.MaxLimit))
}

// RosterScope is a part of a roster: the lines of an estate, or of a branch.
type RosterScope struct {
	Kind     model.RosterKind
	EstateID model.UnitID // zero: of any
	BranchID model.UnitID // zero: of any
}

// List pages the lines in force, newest first.
func (t RosterEntries) List(ctx context.Context, scope RosterScope, page model.Page) (model.Listing[model.RosterEntry], error) {
	q := t.read(ctx).Where("kind = ? AND live_key IS NOT NULL", scope.Kind)
	for column, unit := range scope.units() {
		q = q.Where(column+" = ?", unit)
	}
	return newest(q, page, func(e model.RosterEntry) [16]byte { return e.ID })
}

func (s RosterScope) units() map[string]model.UnitID {
	given := map[string]model.UnitID{}
	if !s.EstateID.IsZero() {
		given["estate_id"] = s.EstateID
	}
	if !s.BranchID.IsZero() {
		given["branch_id"] = s.BranchID
	}
	return given
}

// ListUnseen are lines in force that a run of an import did not have, at most MaxBatch.
func (t RosterEntries) ListUnseen(ctx context.Context, scope RosterScope, batch model.RosterBatchID) (ids []model.RosterEntryID, err error) {
	q := t.read(ctx).Where("kind = ? AND live_key IS NOT NULL AND seen_batch_id <> ?", scope.Kind, batch)
	for column, unit := range scope.units() {
		q = q.Where(column+" = ?", unit)
	}
	err = q.Order("id").Limit(MaxBatch).Pluck("id", &ids).Error
	return ids, named(plain(err))
}

// SaveSeen notes that a run of an import had these lines too.
func (t RosterEntries) SaveSeen(ctx context.Context, ids []model.RosterEntryID, batch model.RosterBatchID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.set(ctx, map[string]any{"seen_batch_id": batch}, "id IN ?", ids)
	return err
}

// SaveEnded ends lines on a day and says how many were in force. Their natural keys are
// free again.
func (t RosterEntries) SaveEnded(ctx context.Context, ids []model.RosterEntryID, day model.Date) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	q := t.write(ctx).Where("id IN ? AND live_key IS NOT NULL", ids).Updates(map[string]any{"valid_to": day, "live_key": nil})
	return int(q.RowsAffected), named(plain(q.Error))
}
