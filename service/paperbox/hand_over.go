package paperbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what of this stands with a branch: the boxes that it opens.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "boxes", Name: fault.Text{ZH: "红色信箱（纸质）", EN: "red mailboxes of tin"}}
}

// CountWork counts the boxes of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	return tx.Boxes.CountOf(ctx, branches)
}

const handOverBatch = 100

// HandOverWork gives the boxes of a branch to whoever leads the estates they hang in.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	boxes := model.Drain(func() ([]model.Box, error) { return tx.Boxes.ListOf(ctx, h.From, handOverBatch) })
	for b, err := range boxes {
		if err == nil {
			err = store.Held(tx.Boxes.SaveBranch(ctx, b, h.Heir(b.EstateID)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
