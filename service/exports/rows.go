package exports

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/roster"
)

// writer goes through the rows of one export.
type writer struct {
	svc   *Service
	order Order
}

type emit = func(cells ...string) error

var kindWords = map[model.UnitKind]string{
	model.County: "县", model.Town: "镇", model.Community: "社区", model.Estate: "小区", model.Grid: "网格", model.Station: "党群服务站",
	model.Department: "组织部", model.Committee: "镇党委", model.Organisation: "社区党组织", model.Branch: "党支部", model.Group: "党小组",
}

var branchWords = map[model.BranchType]string{model.SingleBranch: "单建", model.JointBranch: "联合", model.FormerBranch: "原组织"}

var relationWords = map[string]string{"owner": "业主", "tenant": "租户", "family": "家属"}

// below are the units of today in the ordered one, of a kind, or of every kind but
// buildings.
func (w *writer) below(ctx context.Context, kind model.UnitKind) ([]model.Unit, error) {
	ids, err := w.svc.org.Below(ctx, w.order.UnitID)
	if err != nil {
		return nil, err
	}
	today := model.DateOf(w.svc.store.Now())
	var units []model.Unit
	for _, id := range ids {
		unit, err := w.svc.org.Unit(ctx, id)
		if err != nil {
			return nil, err
		}
		if unit.In(today) && (kind == "" || unit.Kind == kind) {
			units = append(units, unit)
		}
	}
	return units, nil
}

func (w *writer) units(ctx context.Context, row emit) error {
	units, err := w.below(ctx, "")
	if err != nil {
		return err
	}
	for _, u := range units {
		parent := ""
		if !u.ParentID.IsZero() {
			above, err := w.svc.org.Unit(ctx, u.ParentID)
			if err != nil {
				return err
			}
			parent = above.Name
		}
		if err := row(kindWords[u.Kind], u.Name, parent, branchWords[u.BranchType], u.Address, u.Phone, u.Hours, string(u.ValidFrom)); err != nil {
			return err
		}
	}
	return nil
}

// buildings are the names of an estate's buildings, past ones too.
func (w *writer) buildings(ctx context.Context, estate model.UnitID) (map[model.UnitID]string, error) {
	rows, err := w.svc.store.Units.ListBelow(ctx, []model.UnitID{estate}, model.Building, model.DateOf(w.svc.store.Now()))
	names := map[model.UnitID]string{}
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, err
}

func (w *writer) households(ctx context.Context, row emit) error {
	estates, err := w.below(ctx, model.Estate)
	if err != nil {
		return err
	}
	for _, estate := range estates {
		if err := w.flats(ctx, estate, row); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) flats(ctx context.Context, estate model.Unit, row emit) error {
	buildings, err := w.buildings(ctx, estate.ID)
	if err != nil {
		return err
	}
	var ids []model.UnitID
	for id := range buildings {
		ids = append(ids, id)
	}
	stairwells := map[model.StairwellID]string{}
	rows, err := w.svc.store.Stairwells.ListByBuildings(ctx, ids)
	if err != nil {
		return err
	}
	for _, s := range rows {
		stairwells[s.ID] = s.Name
	}
	var after model.HouseholdID
	for {
		page, err := w.svc.store.Households.ListStanding(ctx, estate.ID, after)
		if err != nil {
			return err
		}
		for _, h := range page {
			if err := row(estate.Name, buildings[h.BuildingID], stairwells[h.StairwellID], h.Room, string(h.ValidFrom)); err != nil {
				return err
			}
			after = h.ID
		}
		if len(page) < store.MaxBatch {
			return nil
		}
	}
}

// entries goes through the lines in force of a scope.
func (w *writer) entries(ctx context.Context, scope roster.Scope, each func(roster.Entry) error) error {
	var after model.RosterEntryID
	for {
		page, err := roster.Standing(ctx, w.svc.store, scope, after)
		if err != nil {
			return err
		}
		for _, e := range page {
			if !w.order.Unmasked {
				e = masked(e)
			}
			if err := each(e); err != nil {
				return err
			}
			after = e.ID
		}
		if len(page) < store.MaxBatch {
			return nil
		}
	}
}

// masked hides a person. What only the roster of Party members says is sensitive.
func masked(e roster.Entry) roster.Entry {
	e.Name, e.Phone = model.MaskName(e.Name), model.MaskPhone(e.Phone)
	for _, said := range []*string{(*string)(&e.Member.JoinedOn), &e.Member.Duty, &e.Member.WorksAt} {
		if *said != "" {
			*said = "***"
		}
	}
	return e
}

func (w *writer) residents(ctx context.Context, row emit) error {
	estates, err := w.below(ctx, model.Estate)
	if err != nil {
		return err
	}
	for _, estate := range estates {
		buildings, err := w.buildings(ctx, estate.ID)
		if err != nil {
			return err
		}
		scope := roster.Scope{Kind: model.ResidentRoster, EstateID: estate.ID}
		if err := w.entries(ctx, scope, func(e roster.Entry) error {
			return row(estate.Name, buildings[e.BuildingID], e.Stairwell, e.Room, e.Name, e.Phone, word(e.Relation), string(e.ValidFrom))
		}); err != nil {
			return err
		}
	}
	return nil
}

func word(relation string) string {
	if chinese, known := relationWords[relation]; known {
		return chinese
	}
	return relation
}

func (w *writer) members(ctx context.Context, row emit) error {
	branches, err := w.below(ctx, model.Branch)
	if err != nil {
		return err
	}
	buildings := map[model.UnitID]map[model.UnitID]string{} // by estate
	for _, branch := range branches {
		if err := w.entries(ctx, roster.Scope{Kind: model.PartyRoster, BranchID: branch.ID}, func(e roster.Entry) error {
			estate := ""
			if !e.EstateID.IsZero() {
				unit, err := w.svc.org.Unit(ctx, e.EstateID)
				if err != nil {
					return err
				}
				if estate = unit.Name; buildings[e.EstateID] == nil {
					if buildings[e.EstateID], err = w.buildings(ctx, e.EstateID); err != nil {
						return err
					}
				}
			}
			sort := "正式党员"
			if e.Member.Probation {
				sort = "预备党员"
			}
			if !w.order.Unmasked {
				sort = "***"
			}
			return row(branch.Name, e.Name, e.Phone, string(e.Member.JoinedOn), sort, e.Member.Duty, e.Member.WorksAt,
				estate, buildings[e.EstateID][e.BuildingID], e.Stairwell, e.Room, string(e.ValidFrom))
		}); err != nil {
			return err
		}
	}
	return nil
}
