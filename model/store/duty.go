package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// DutyMembers are who takes turns on duty where.
type DutyMembers struct{ table[model.DutyMember] }

// Get reads one, also one that has ended. Fault: not_found.
func (t DutyMembers) Get(ctx context.Context, id model.DutyMemberID) (model.DutyMember, error) {
	return t.one(ctx, "id = ?", id)
}

// ListLive are the members of a station whose end is not known.
func (t DutyMembers) ListLive(ctx context.Context, station model.UnitID) ([]model.DutyMember, error) {
	return all[model.DutyMember](t.read(ctx).Where("station_id = ? AND live = ?", station, true).Order("id").Limit(model.MaxLimit))
}

// SaveEnded ends one whose end is not known, and says whether that was so.
func (t DutyMembers) SaveEnded(ctx context.Context, id model.DutyMemberID, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "live": nil}, "id = ? AND live = ?", id, true)
}

// DutyDays are the planned days of rosters.
type DutyDays struct{ table[model.DutyDay] }

// Get reads one. Fault: not_found.
func (t DutyDays) Get(ctx context.Context, station model.UnitID, date model.Date) (model.DutyDay, error) {
	return t.one(ctx, "station_id = ? AND date = ?", station, date)
}

// ListBetween are a station's planned days from one to another, both included.
func (t DutyDays) ListBetween(ctx context.Context, station model.UnitID, from, to model.Date) ([]model.DutyDay, error) {
	return all[model.DutyDay](t.read(ctx).Where("station_id = ? AND date >= ? AND date <= ?", station, from, to).Order("date"))
}

// SaveChanged moves a day on, if the version is still the one that was read.
func (t DutyDays) SaveChanged(ctx context.Context, d model.DutyDay) (bool, error) {
	return t.set(ctx, map[string]any{
		"reason": d.Reason, "decided_by": d.DecidedBy, "updated_at": d.UpdatedAt, "version": gorm.Expr("version + 1"),
	}, "station_id = ? AND date = ? AND version = ?", d.StationID, d.Date, d.Version)
}

// DutyShifts are who is on duty where and when.
type DutyShifts struct{ table[model.DutyShift] }

// Get reads one. Fault: not_found.
func (t DutyShifts) Get(ctx context.Context, id model.DutyShiftID) (model.DutyShift, error) {
	return t.one(ctx, "id = ?", id)
}

// ListBetween are the shifts of some stations from one day to another, both included: those
// that hold, or also those that were swapped or are absences.
func (t DutyShifts) ListBetween(ctx context.Context, stations []model.UnitID, from, to model.Date, live bool) ([]model.DutyShift, error) {
	if len(stations) == 0 {
		return nil, nil
	}
	q := t.read(ctx).Where("station_id IN ? AND date >= ? AND date <= ?", stations, from, to)
	if live {
		q = q.Where("live = ?", true)
	}
	return all[model.DutyShift](q.Order("date, id"))
}

// ListByUsers are the shifts that hold of some people from one day to another, anywhere.
func (t DutyShifts) ListByUsers(ctx context.Context, users []model.UserID, from, to model.Date) ([]model.DutyShift, error) {
	if len(users) == 0 {
		return nil, nil
	}
	return all[model.DutyShift](t.read(ctx).Where("user_id IN ? AND date >= ? AND date <= ? AND live = ?", users, from, to, true).
		Order("date, id"))
}

// ListDue are shifts in a status that begin before a moment, at most limit, in order.
func (t DutyShifts) ListDue(ctx context.Context, status model.ShiftStatus, before time.Time, limit int) ([]model.DutyShift, error) {
	return all[model.DutyShift](t.read(ctx).Where("status = ? AND starts_at <= ?", status, before).Order("starts_at").Limit(limit))
}

// ListOver are shifts under way that end before a moment, at most limit.
func (t DutyShifts) ListOver(ctx context.Context, before time.Time, limit int) ([]model.DutyShift, error) {
	return all[model.DutyShift](t.read(ctx).Where("status = ? AND ends_at <= ?", model.ShiftOnDuty, before).Order("starts_at").Limit(limit))
}

// SaveMoved moves a shift on if nobody has since it was read, and says whether that was so.
func (t DutyShifts) SaveMoved(ctx context.Context, s model.DutyShift) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": s.Status, "live": s.Live, "updated_at": s.UpdatedAt, "version": gorm.Expr("version + 1"),
	}, "id = ? AND version = ?", s.ID, s.Version)
}

// DutyEvents are the moves of shifts. They can be added to and read, nothing else.
type DutyEvents struct{ table[model.DutyEvent] }

// ListOf are a shift's moves, oldest first.
func (t DutyEvents) ListOf(ctx context.Context, shift model.DutyShiftID) ([]model.DutyEvent, error) {
	return all[model.DutyEvent](t.read(ctx).Where("shift_id = ?", shift).Order("id").Limit(model.MaxLimit))
}

// DutySwaps are wishes to swap.
type DutySwaps struct{ table[model.DutySwap] }

// Get reads one. Fault: not_found.
func (t DutySwaps) Get(ctx context.Context, id model.DutySwapID) (model.DutySwap, error) {
	return t.one(ctx, "id = ?", id)
}

// List pages a station's swaps, open or settled, newest first.
func (t DutySwaps) List(ctx context.Context, station model.UnitID, open bool, page model.Page) (model.Listing[model.DutySwap], error) {
	return newest(t.read(ctx).Where("station_id = ? AND open = ?", station, open), page, func(s model.DutySwap) [16]byte { return s.ID })
}

// SaveMoved moves a swap on if it still is where it was, and says whether that was so.
func (t DutySwaps) SaveMoved(ctx context.Context, s model.DutySwap, from model.SwapStatus) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": s.Status, "open": s.Open, "decided_by": s.DecidedBy, "updated_at": s.UpdatedAt,
	}, "id = ? AND status = ?", s.ID, from)
}

// SaveOvertaken ends the open swaps of a station that want shifts which another one has.
func (t DutySwaps) SaveOvertaken(ctx context.Context, station model.UnitID, shifts []model.DutyShiftID, at time.Time) error {
	_, err := t.set(ctx, map[string]any{"status": model.SwapOvertaken, "open": false, "updated_at": at},
		"station_id = ? AND open = ? AND (shift_id IN ? OR in_return IN ?)", station, true, shifts, shifts)
	return err
}

// DutyKey is a station's day.
type DutyKey struct {
	StationID model.UnitID
	Date      model.Date
}

// DutyCount is how many are on duty there.
type DutyCount struct {
	DutyKey
	People int
}

// ListCounts counts who is on duty at some stations from one day to another, both included;
// days with nobody are left out.
func (t DutyShifts) ListCounts(ctx context.Context, stations []model.UnitID, from, to model.Date) (counts []DutyCount, err error) {
	if len(stations) == 0 {
		return nil, nil
	}
	err = t.read(ctx).Select("station_id, date, COUNT(*) AS people").
		Where("station_id IN ? AND date >= ? AND date <= ? AND live = ?", stations, from, to, true).Group("station_id, date").Scan(&counts).Error
	return counts, named(plain(err))
}

// ListExcused are the days of some stations for whose numbers somebody gave a reason.
func (t DutyDays) ListExcused(ctx context.Context, stations []model.UnitID, from, to model.Date) (map[DutyKey]bool, error) {
	if len(stations) == 0 {
		return nil, nil
	}
	rows, err := all[model.DutyDay](t.read(ctx).Where("station_id IN ? AND date >= ? AND date <= ? AND reason <> ''", stations, from, to))
	excused := map[DutyKey]bool{}
	for _, row := range rows {
		excused[DutyKey{row.StationID, row.Date}] = true
	}
	return excused, err
}
