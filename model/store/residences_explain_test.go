package store

import (
	"testing"
	"time"

	"jinlin/model"
)

// TestListsOfResidencesUseTheirIndexes asks MariaDB's planner about what staff, households
// and people themselves look at, on a table of two thousand.
func TestListsOfResidencesUseTheirIndexes(t *testing.T) {
	p := newPlanner(t)
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n)} }
	rows := make([]*model.Residence, 2000)
	for i := range rows {
		at := time.Date(2026, 11, 23, 2, 0, i, 0, time.UTC)
		rows[i] = &model.Residence{
			ID: model.NewID[model.Residence](at), UserID: model.UserID{13: byte(i >> 8), 14: byte(i), 15: 2}, EstateID: unit(i % 40), BuildingID: unit(i % 200),
			HouseholdID: model.HouseholdID{13: byte(i >> 8), 14: byte(i), 15: 3}, Status: model.ResidenceVerified, CreatedAt: at,
		}
		if i%3 == 0 {
			rows[i].Status = model.ResidencePending
		}
	}
	if err := p.Residences.Add(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	p.countAnew("residences")
	ctx, one := t.Context(), rows[3]
	waiting := ResidenceFilter{Status: model.ResidencePending}
	p.finds("estates", "residences_by_estate", func() error {
		waiting.Estates, waiting.Buildings = []model.UnitID{unit(1), unit(2)}, nil
		return listing(p.Residences.List(ctx, waiting, model.Page{}))
	})
	p.finds("buildings", "residences_by_building", func() error {
		waiting.Estates, waiting.Buildings = nil, []model.UnitID{unit(1), unit(3)}
		return listing(p.Residences.List(ctx, waiting, model.Page{}))
	})
	p.finds("household", "residences_by_household", func() error {
		return listing(p.Residences.ListOfHousehold(ctx, one.HouseholdID, model.Page{}))
	})
	p.finds("mine", "residences_by_user", func() error {
		return listing(p.Residences.ListOfUser(ctx, one.UserID, model.Page{}))
	})
	p.notAlongAny(func() error {
		_, err := all[model.Residence](p.Residences.read(ctx).Where("relation = ?", "owner").Order("id").Limit(20))
		return err
	})
}
