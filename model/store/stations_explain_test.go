package store

import (
	"strconv"
	"testing"
	"time"

	"jinlin/model"
)

// TestListsOfStationsAndRostersUseTheirIndexes asks MariaDB's planner about what stations do
// and who is on duty there, and about imports and the rosters that they bring in.
func TestListsOfStationsAndRostersUseTheirIndexes(t *testing.T) {
	p := newPlanner(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	f := fillStations(p, now)
	fillRosters(p, f, now)
	ctx, page := t.Context(), model.Page{Limit: 3, After: &model.Cursor{ID: f.middle}}
	const from, to = model.Date("2026-01-03"), model.Date("2026-01-09")
	for _, check := range []struct {
		name, key string
		list      func() error
	}{
		{"a station's profiles", "PRIMARY", func() error { return listed(p.StationProfiles.ListOf(ctx, f.unit)) }},
		{"versions of a service", "PRIMARY", func() error { return listed(p.ServiceItems.ListOf(ctx, f.ids[4])) }},
		{"services of a unit", "service_items_by_unit", func() error { return listing(p.ServiceItems.ListLive(ctx, f.units[:1], page)) }},
		{"a station's days of duty", "PRIMARY", func() error { return listed(p.DutyDays.ListBetween(ctx, f.unit, from, to)) }},
		{"shifts to begin", "duty_shifts_due", func() error { return listed(p.DutyShifts.ListDue(ctx, model.ShiftPlanned, now, 20)) }},
		{"shifts to end", "duty_shifts_due", func() error { return listed(p.DutyShifts.ListOver(ctx, now.AddDate(1, 0, 0), 20)) }},
		{"a shift's moves", "duty_events_by_shift", func() error { return listed(p.DutyEvents.ListOf(ctx, f.ids[3])) }},
		{"swaps", "duty_swaps_by_station", func() error { return listing(p.DutySwaps.List(ctx, f.unit, true, page)) }},
		{"imports", "imports_by_unit", func() error { return listing(p.Imports.List(ctx, f.unit, page)) }},
		{"imports to forget", "imports_by_expiry", func() error { return listed(p.Imports.ListExpired(ctx, now.Add(-50*time.Hour), 20)) }},
		{"an estate's roster", "roster_entries_by_estate", func() error {
			return listing(p.RosterEntries.List(ctx, RosterScope{Kind: model.ResidentRoster, EstateID: f.unit}, page))
		}},
		{"a branch's members", "roster_entries_by_branch", func() error {
			return listing(p.RosterEntries.List(ctx, RosterScope{Kind: model.ResidentRoster, BranchID: f.unit}, page))
		}},
		{"what stands on an estate's roster", "roster_entries_by_estate", func() error {
			return listed(p.RosterEntries.ListStanding(ctx, RosterScope{Kind: model.ResidentRoster, EstateID: f.unit}, f.middle))
		}},
	} {
		p.along(check.name, check.key, check.list)
	}
	for _, check := range []struct { // a few rows each, which may be sorted
		name, key string
		list      func() error
	}{
		{"profiles of some stations", "PRIMARY", func() error { return listed(p.StationProfiles.ListSince(ctx, f.units, from)) }},
		{"other hours of some stations", "PRIMARY", func() error { return listed(p.StationDays.ListBetween(ctx, f.units, from, to)) }},
		{"services of some units", "service_items_by_unit", func() error { return listing(p.ServiceItems.ListLive(ctx, f.units, model.Page{})) }},
		{"who takes turns", "duty_members_by_station", func() error { return listed(p.DutyMembers.ListLive(ctx, f.unit)) }},
		{"shifts of some stations", "duty_shifts_by_station", func() error { return listed(p.DutyShifts.ListBetween(ctx, f.units, from, to, true)) }},
		{"how many are on duty", "duty_shifts_by_station", func() error { return listed(p.DutyShifts.ListCounts(ctx, f.units, from, to)) }},
		{"shifts of some people", "duty_shifts_by_user", func() error { return listed(p.DutyShifts.ListByUsers(ctx, idsOf[model.User](f.ids[60:64]), from, to)) }},
		{"a number on the roster", "roster_entries_by_phone", func() error { return listed(p.RosterEntries.ListByPhone(ctx, [][]byte{f.hash(7)})) }},
		{"who is on the roster of a flat", "roster_entries_by_room", func() error { return listed(p.RosterEntries.ListByRoom(ctx, f.unit, "1", "4")) }},
		{"lines by their keys", "roster_entries_live", func() error { return listed(p.RosterEntries.ListLive(ctx, [][]byte{f.hash(7), f.hash(9)})) }},
		{"lines that a run did not have", "roster_entries_by_estate", func() error {
			return listed(p.RosterEntries.ListUnseen(ctx, RosterScope{Kind: model.ResidentRoster, EstateID: f.unit}, f.ids[1]))
		}},
	} {
		p.finds(check.name, check.key, check.list)
	}
	p.notAlongAny(func() error {
		return run[model.DutyShift](p.db.Model(&model.DutyShift{}).Where("name = ?", "").Order("id").Limit(20))
	})
}

// hash is what the i-th line is found by.
func (f placed) hash(i int) []byte { return append(f.ids[i][:], f.ids[i][:]...) }

func fillStations(p *planner, now time.Time) placed {
	p.t.Helper()
	ids := make([][16]byte, listRows)
	for i := range ids {
		ids[i] = model.NewID[model.Unit](now.Add(time.Duration(i) * time.Minute))
	}
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n % 40)} }
	date := func(i int) model.Date { return model.Date("2026-01-01").AddDays(i / 40) } // 50 of each unit
	fill(p, "station_profiles", p.StationProfiles.Add, func(i int) model.StationProfile {
		return model.StationProfile{StationID: unit(i), Version: 1 + i/40, ValidFrom: date(i), ChangedBy: ids[i], CreatedAt: now}
	})
	fill(p, "station_days", p.StationDays.Add, func(i int) model.StationDay {
		return model.StationDay{StationID: unit(i), Date: date(i), ChangedBy: ids[i], UpdatedAt: now}
	})
	fill(p, "service_items", p.ServiceItems.Add, func(i int) model.ServiceItem {
		return model.ServiceItem{ID: ids[i], Version: 1, UnitID: unit(i), ValidFrom: date(i), Live: model.Lasting(), ChangedBy: ids[i], CreatedAt: now}
	})
	fill(p, "duty_members", p.DutyMembers.Add, func(i int) model.DutyMember {
		return model.DutyMember{ID: ids[i], StationID: unit(i), UserID: ids[i], ValidFrom: date(i), Live: model.Lasting(), CreatedAt: now}
	})
	fill(p, "duty_days", p.DutyDays.Add, func(i int) model.DutyDay {
		return model.DutyDay{StationID: unit(i), Date: date(i), UpdatedAt: now}
	})
	fill(p, "duty_shifts", p.DutyShifts.Add, func(i int) model.DutyShift {
		status := []model.ShiftStatus{model.ShiftPlanned, model.ShiftOnDuty, model.ShiftDone, model.ShiftDone, model.ShiftDone}[i%5]
		return model.DutyShift{
			ID: ids[i], StationID: unit(i), Date: date(i), UserID: ids[i%100], MemberID: ids[i], Status: status, Live: model.Lasting(),
			StartsAt: now.Add(time.Duration(i-listRows+40) * time.Minute), EndsAt: now.Add(time.Duration(i) * time.Minute), CreatedAt: now, UpdatedAt: now,
		}
	})
	fill(p, "duty_events", p.DutyEvents.Add, func(i int) model.DutyEvent {
		return model.DutyEvent{ID: ids[i], ShiftID: ids[i/4], StationID: unit(i), At: now}
	})
	fill(p, "duty_swaps", p.DutySwaps.Add, func(i int) model.DutySwap {
		return model.DutySwap{ID: ids[i], StationID: unit(i), ShiftID: ids[i], AskerID: ids[i], OtherID: ids[i], MemberID: ids[i], Open: i/40%2 == 0, CreatedAt: now, UpdatedAt: now}
	})
	return placed{ids: ids, unit: unit(0), units: []model.UnitID{unit(0), unit(1), unit(2)}, middle: ids[listRows/2]}
}

func fillRosters(p *planner, f placed, now time.Time) {
	p.t.Helper()
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n % 40)} }
	fill(p, "imports", p.Imports.Add, func(i int) model.Import {
		return model.Import{
			ID: f.ids[i], Kind: model.ImportRoster, UnitID: unit(i), ActorID: f.ids[i], Status: model.ImportApplied, Digest: f.hash(i), Report: []byte{},
			CreatedAt: now, ExpiresAt: now.Add(time.Duration(-i*2) * time.Minute),
		}
	})
	fill(p, "roster_entries", p.RosterEntries.Add, func(i int) model.RosterEntry {
		return model.RosterEntry{
			ID: f.ids[i], Kind: model.ResidentRoster, BranchID: unit(i), EstateID: unit(i), BuildingID: unit(i), Stairwell: strconv.Itoa(i / 40 % 3), Room: strconv.Itoa(i % 12),
			NameSealed: []byte{}, PhoneSealed: []byte{}, PhoneHash: f.hash(i), Member: []byte{}, LiveKey: f.hash(i), Content: f.hash(i),
			BatchID: f.ids[0], SeenBatchID: f.ids[0], ValidFrom: "2026-01-01", CreatedAt: now,
		}
	})
}
