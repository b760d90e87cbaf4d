package store

import (
	"context"

	"jinlin/model"
)

// CalendarDays are the days that the county changed in the calendar.
type CalendarDays struct{ table[model.CalendarDay] }

// Get reads one. Fault: not_found.
func (t CalendarDays) Get(ctx context.Context, date model.Date) (model.CalendarDay, error) {
	return t.one(ctx, "date = ?", date)
}

// ListBetween are those from one day to another, both included.
func (t CalendarDays) ListBetween(ctx context.Context, from, to model.Date) ([]model.CalendarDay, error) {
	return all[model.CalendarDay](t.read(ctx).Where("date >= ? AND date <= ?", from, to).Order("date"))
}

// SaveChanged writes a day, if the version is still the one that was read.
func (t CalendarDays) SaveChanged(ctx context.Context, d model.CalendarDay) (bool, error) {
	return t.set(ctx, map[string]any{
		"kind": d.Kind, "name": d.Name, "changed_by": d.ChangedBy, "updated_at": d.UpdatedAt, "version": d.Version + 1,
	}, "date = ? AND version = ?", d.Date, d.Version)
}

// Delete gives a day back to the State Council, if it still has that version.
func (t CalendarDays) Delete(ctx context.Context, d model.CalendarDay) (bool, error) {
	return hit(t.write(ctx).Where("date = ? AND version = ?", d.Date, d.Version).Delete(&model.CalendarDay{}))
}

// StationProfiles are what stations are like, by time.
type StationProfiles struct{ table[model.StationProfile] }

// Get reads one version. Fault: not_found.
func (t StationProfiles) Get(ctx context.Context, station model.UnitID, version int) (model.StationProfile, error) {
	return t.one(ctx, "station_id = ? AND version = ?", station, version)
}

// ListSince are the profiles of some stations that hold on a day or later, oldest first.
func (t StationProfiles) ListSince(ctx context.Context, stations []model.UnitID, day model.Date) ([]model.StationProfile, error) {
	if len(stations) == 0 {
		return nil, nil
	}
	return all[model.StationProfile](t.read(ctx).Where("station_id IN ?", stations).
		Where("(valid_to IS NULL OR valid_to > ?)", day).Order("station_id, version"))
}

// ListOf are all profiles of a station, the newest first, at most MaxLimit.
func (t StationProfiles) ListOf(ctx context.Context, station model.UnitID) ([]model.StationProfile, error) {
	return all[model.StationProfile](t.read(ctx).Where("station_id = ?", station).Order("version DESC").Limit(model.MaxLimit))
}

// SaveEnded ends a profile whose end is not known, and says whether that was so.
func (t StationProfiles) SaveEnded(ctx context.Context, station model.UnitID, version int, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on}, "station_id = ? AND version = ? AND valid_to IS NULL", station, version)
}

// StationDays are the days on which stations keep other hours.
type StationDays struct{ table[model.StationDay] }

// Get reads one. Fault: not_found.
func (t StationDays) Get(ctx context.Context, station model.UnitID, date model.Date) (model.StationDay, error) {
	return t.one(ctx, "station_id = ? AND date = ?", station, date)
}

// ListBetween are those of some stations from one day to another, both included.
func (t StationDays) ListBetween(ctx context.Context, stations []model.UnitID, from, to model.Date) ([]model.StationDay, error) {
	if len(stations) == 0 {
		return nil, nil
	}
	return all[model.StationDay](t.read(ctx).Where("station_id IN ? AND date >= ? AND date <= ?", stations, from, to).
		Order("station_id, date"))
}

// SaveChanged writes a day, if the version is still the one that was read.
func (t StationDays) SaveChanged(ctx context.Context, d model.StationDay) (bool, error) {
	return t.set(ctx, map[string]any{
		"hours": d.Hours, "reason": d.Reason, "changed_by": d.ChangedBy, "updated_at": d.UpdatedAt, "version": d.Version + 1,
	}, "station_id = ? AND date = ? AND version = ?", d.StationID, d.Date, d.Version)
}

// Delete makes a day a usual one again, if it still has that version.
func (t StationDays) Delete(ctx context.Context, d model.StationDay) (bool, error) {
	return hit(t.write(ctx).Where("station_id = ? AND date = ? AND version = ?", d.StationID, d.Date, d.Version).
		Delete(&model.StationDay{}))
}

// ServiceItems are the versions of the catalogue's items.
type ServiceItems struct{ table[model.ServiceItem] }

// GetLive reads the version of an item that holds. Fault: not_found.
func (t ServiceItems) GetLive(ctx context.Context, id model.ServiceItemID) (model.ServiceItem, error) {
	return t.one(ctx, "id = ? AND live = ?", id, true)
}

// ListOf are all versions of an item, the newest first, at most MaxLimit.
func (t ServiceItems) ListOf(ctx context.Context, id model.ServiceItemID) ([]model.ServiceItem, error) {
	return all[model.ServiceItem](t.read(ctx).Where("id = ?", id).Order("version DESC").Limit(model.MaxLimit))
}

// ListLive pages the items of some units that hold, oldest first.
func (t ServiceItems) ListLive(ctx context.Context, units []model.UnitID, page model.Page) (model.Listing[model.ServiceItem], error) {
	return oldest(t.read(ctx).Where("unit_id IN ? AND live = ?", units, true), page, func(i model.ServiceItem) [16]byte { return i.ID })
}

// SaveEnded ends a version that holds, and says whether it did.
func (t ServiceItems) SaveEnded(ctx context.Context, id model.ServiceItemID, version int, on model.Date) (bool, error) {
	return t.set(ctx, map[string]any{"valid_to": on, "live": nil}, "id = ? AND version = ? AND live = ?", id, version, true)
}
