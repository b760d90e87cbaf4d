package store

import (
	"strconv"
	"testing"
	"time"

	"jinlin/model"
)

// TestListsOfPlacesUseTheirIndexes asks MariaDB's planner about the organisation: units and
// their facts, who leads whom, doors and households, tenures and restructurings.
func TestListsOfPlacesUseTheirIndexes(t *testing.T) {
	p := newPlanner(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	f := fillPlaces(p, now)
	ctx, page := t.Context(), model.Page{Limit: 3, After: &model.Cursor{ID: f.middle}}
	const day, before = model.Date("2026-11-23"), model.Date("2026-05-01")
	for _, check := range []struct {
		name, key string
		list      func() error
	}{
		{"all units", "PRIMARY", func() error { return listing(p.Units.List(ctx, UnitFilter{AsOf: day}, page)) }},
		{"a kind of units below one", "units_by_parent", func() error {
			return listing(p.Units.List(ctx, UnitFilter{AsOf: day, Parent: f.unit, Kind: model.Building}, page))
		}},
		{"units below one in the Party's tree", "units_by_superior", func() error {
			return listing(p.Units.List(ctx, UnitFilter{AsOf: day, Superior: f.unit}, page))
		}},
		{"who covers a unit", "covers_by_covered", func() error { return listed(p.Covers.ListCovering(ctx, f.ids[7], day)) }},
		{"what a unit covers", "PRIMARY", func() error { return listed(p.Covers.ListCovered(ctx, f.unit, day, 20)) }},
		{"a unit's history", "PRIMARY", func() error { return listed(p.UnitFacts.ListOf(ctx, f.ids[4])) }},
		{"facts to apply", "unit_facts_due", func() error { return listed(p.UnitFacts.ListDue(ctx, day, 20)) }},
		{"stairwells of a building", "stairwells_by_name", func() error {
			return listed(p.Stairwells.ListByBuildings(ctx, []model.UnitID{f.unit}))
		}},
		{"households of an estate", "households_by_estate", func() error {
			return listing(p.Households.List(ctx, HouseholdFilter{Estate: f.unit, Day: day}, page))
		}},
		{"households of a building", "households_by_building", func() error {
			return listing(p.Households.List(ctx, HouseholdFilter{Building: f.unit, Day: day}, page))
		}},
		{"standing households, for imports", "households_by_estate", func() error {
			return listed(p.Households.ListStanding(ctx, f.unit, f.middle))
		}},
		{"a unit's tenures", "tenures_by_branch", func() error { return listing(p.Tenures.List(ctx, []model.UnitID{f.unit}, "", page)) }},
		{"a tenure's steps", "tenure_events_by_tenure", func() error { return listed(p.TenureEvents.ListOf(ctx, f.ids[2])) }},
		{"a tenure's judgements", "tenure_judgements_by_tenure", func() error { return listed(p.TenureJudgements.ListOf(ctx, f.ids[2])) }},
		{"a unit's restructurings", "restructurings_by_unit", func() error {
			return listing(p.Restructurings.List(ctx, []model.UnitID{f.unit}, "", page))
		}},
		{"restructurings that are due", "restructurings_due", func() error { return listed(p.Restructurings.ListDue(ctx, day, 20)) }},
		{"a restructuring's steps", "restructuring_events_by_restructuring", func() error { return listed(p.RestructuringEvents.ListOf(ctx, f.ids[2])) }},
	} {
		p.along(check.name, check.key, check.list)
	}
	p.seeks("units of a kind", "units_by_kind", func() error { return listing(p.Units.List(ctx, UnitFilter{AsOf: day, Kind: model.Building}, page)) })
	for _, check := range []struct { // a few rows each, which may be sorted
		name string
		keys []string
		list func() error
	}{
		{"units below one", []string{"units_by_parent"}, func() error { return listing(p.Units.List(ctx, UnitFilter{AsOf: day, Parent: f.unit}, model.Page{})) }},
		{"units below one on another day", []string{"unit_facts_by_value", "units_by_parent", "PRIMARY"}, func() error {
			return listing(p.Units.List(ctx, UnitFilter{AsOf: before, Dated: true, Parent: f.unit}, page))
		}},
		{"units that one covers", []string{"PRIMARY"}, func() error { return listing(p.Units.ListCovered(ctx, f.unit, day, page)) }},
		{"units below several", []string{"units_by_parent"}, func() error { return listed(p.Units.ListBelow(ctx, f.units, model.Building, day)) }},
		{"what some units were", []string{"PRIMARY"}, func() error { return listed(p.UnitFacts.ListOn(ctx, idsOf[model.Unit](f.ids[:8]), before)) }},
		{"stairwells of a building, by page", []string{"stairwells_by_name"}, func() error {
			return listing(p.Stairwells.ListByBuilding(ctx, f.unit, day, model.Page{}))
		}},
		{"a household by its door", []string{"stairwells_by_name", "households_by_room"}, func() error { _, err := p.Households.Find(ctx, f.unit, "1", "7"); return err }},
		{"households of a stairwell", []string{"households_by_room"}, func() error {
			return listing(p.Households.List(ctx, HouseholdFilter{Stairwell: f.ids[7], Day: day}, model.Page{}))
		}},
		{"tenures of some branches", []string{"tenures_by_branch"}, func() error {
			return listing(p.Tenures.List(ctx, f.units, model.TenureEnded, model.Page{}))
		}},
		{"a branch's present tenures", []string{"tenures_by_branch"}, func() error { return listed(p.Tenures.ListByBranch(ctx, f.unit)) }},
		{"tenures to start", []string{"tenures_due"}, func() error { return listed(p.Tenures.ListToStart(ctx, day, model.TenureID{}, 20)) }},
		{"those before a branch", []string{"lineages_by_successor"}, func() error { return listed(p.Lineages.ListPredecessors(ctx, idsOf[model.Unit](f.ids[:8]))) }},
		{"those after a branch", []string{"PRIMARY"}, func() error { return listed(p.Lineages.ListSuccessors(ctx, idsOf[model.Unit](f.ids[:8]))) }},
	} {
		p.findsBy(check.name, check.keys, check.list)
	}
	p.notAlongAny(func() error {
		return run[model.Unit](p.db.Model(&model.Unit{}).Where("phone = ?", "").Order("id").Limit(20))
	})
}

// placed is what fillPlaces added, of which the lists are asked for.
type placed struct {
	ids    [][16]byte
	unit   model.UnitID
	units  []model.UnitID
	middle [16]byte
}

func fillPlaces(p *planner, now time.Time) placed {
	p.t.Helper()
	ids := make([][16]byte, listRows)
	for i := range ids {
		ids[i] = model.NewID[model.Unit](now.Add(time.Duration(i) * time.Minute))
	}
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n % 40)} }
	const since, until = model.Date("2026-01-01"), model.Date("2026-06-01")
	fill(p, "units", p.Units.Add, func(i int) model.Unit {
		kinds := []model.UnitKind{model.Building, model.Building, model.Branch, model.Grid, model.Station}
		return model.Unit{ID: ids[i], ParentID: unit(i), SuperiorID: unit(i + 1), Kind: kinds[i/40%5], Name: strconv.Itoa(i), ValidFrom: since, CreatedAt: now}
	})
	fill(p, "covers", p.Covers.Add, func(i int) model.Cover { return model.Cover{UnitID: unit(i), CoveredID: ids[i], ValidFrom: since} })
	fill(p, "unit_facts", p.UnitFacts.Add, func(i int) model.UnitFact {
		end := until
		return model.UnitFact{UnitID: ids[i], Field: model.FieldParent, Value: unit(i + 2).String(), ValidFrom: since, ValidTo: &end, Applied: i%20 != 0, CreatedAt: now}
	})
	fill(p, "stairwells", p.Stairwells.Add, func(i int) model.Stairwell {
		return model.Stairwell{ID: ids[i], EstateID: unit(i), BuildingID: unit(i), Name: strconv.Itoa(i / 40), ValidFrom: since, Live: model.Lasting(), CreatedAt: now}
	})
	fill(p, "households", p.Households.Add, func(i int) model.Household {
		return model.Household{ID: ids[i], EstateID: unit(i), BuildingID: unit(i), StairwellID: ids[i/12], Room: strconv.Itoa(i % 12), ValidFrom: since, Live: model.Lasting(), CreatedAt: now}
	})
	fill(p, "tenures", p.Tenures.Add, func(i int) model.Tenure {
		status := model.TenureEnded
		if i%20 == 0 {
			status = model.TenureApproved
		}
		return model.Tenure{ID: ids[i], BranchID: unit(i), UserID: ids[i], Status: status, StartsOn: since, ProposedBy: ids[i], CreatedAt: now, UpdatedAt: now}
	})
	fill(p, "tenure_events", p.TenureEvents.Add, func(i int) model.TenureEvent {
		return model.TenureEvent{ID: ids[i], TenureID: ids[i/4], Seq: i, At: now}
	})
	fill(p, "tenure_judgements", p.TenureJudgements.Add, func(i int) model.TenureJudgement {
		return model.TenureJudgement{ID: ids[i], TenureID: ids[i/4], Seq: i, JudgedBy: ids[i], At: now}
	})
	fill(p, "restructurings", p.Restructurings.Add, func(i int) model.Restructuring {
		status := model.RestructuringEffective
		if i%20 == 0 {
			status = model.RestructuringApproved
		}
		return model.Restructuring{ID: ids[i], UnitID: unit(i), Status: status, EffectiveOn: since, DraftedBy: ids[i], CreatedAt: now, UpdatedAt: now}
	})
	fill(p, "restructuring_events", p.RestructuringEvents.Add, func(i int) model.RestructuringEvent {
		return model.RestructuringEvent{ID: ids[i], RestructuringID: ids[i/4], Seq: i, At: now}
	})
	fill(p, "lineages", p.Lineages.Add, func(i int) model.Lineage {
		return model.Lineage{PredecessorID: ids[i], SuccessorID: ids[i/2], RestructuringID: ids[i], ValidFrom: since, Main: true}
	})
	return placed{ids: ids, unit: unit(0), units: []model.UnitID{unit(0), unit(1), unit(2)}, middle: ids[listRows/2]}
}

// idsOf are ids of one kind of thing.
func idsOf[T any](ids [][16]byte) []model.ID[T] {
	out := make([]model.ID[T], len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
