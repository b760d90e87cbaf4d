package duty

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// PersonalWork is what of the rosters stands with a person: their shifts to come.
func (s *Service) PersonalWork() model.Work {
	return model.Work{Kind: "shifts", Name: fault.Text{ZH: "次未完成的值班", EN: "shifts on duty"}}
}

// CountPersonalWork counts the shifts to come at stations where only the role that ends lets
// somebody be on duty.
func (s *Service) CountPersonalWork(ctx context.Context, tx *store.Store, d model.Departure) (n int, err error) {
	shifts, err := tx.DutyShifts.ListByUsers(ctx, []model.UserID{d.Grant.UserID}, model.DateOf(tx.Now()), "9999-12-31")
	if err != nil {
		return 0, err
	}
	at := map[model.UnitID]bool{}
	for _, shift := range shifts {
		if shift.Now(tx.Now()) == model.ShiftDone {
			continue
		}
		left, known := at[shift.StationID]
		if !known {
			if left, err = d.Leaves(func(g model.Grant) (bool, error) { return s.postedAt(ctx, g, shift.StationID) }); err != nil {
				return 0, err
			}
			at[shift.StationID] = left
		}
		if left {
			n++
		}
	}
	return n, nil
}
