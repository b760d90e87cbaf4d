package activity

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what stands with a branch here: drafts, and activities that are not over.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "activity", Name: fault.Text{ZH: "未结束的活动", EN: "activities that are not over"}}
}

// CountWork counts the unfinished activities of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	return tx.Activities.CountUnfinishedOf(ctx, branches)
}

const handOverBatch = 100

// HandOverWork gives the unfinished activities of a branch to its successor, with the people
// who signed up.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	unfinished := model.Drain(func() ([]model.Activity, error) {
		return tx.Activities.ListUnfinishedOf(ctx, h.From, handOverBatch)
	})
	for a, err := range unfinished {
		if err == nil {
			err = store.Held(tx.Activities.SaveHandedOver(ctx, a, h.To)) // a move of the activity may be faster
		}
		if err == nil {
			err = addEvent(ctx, tx, a, a.State, a.State, h.By.User, h.Note, tx.Now())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
