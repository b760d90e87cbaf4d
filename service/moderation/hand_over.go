package moderation

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what stands with a branch here: held texts.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "moderation", Name: fault.Text{ZH: "待复核的内容", EN: "held texts"}}
}

// CountWork counts the held texts of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	return tx.ModerationItems.CountHeldOf(ctx, branches)
}

// HandOverWork lets the successor's people decide on the held texts of a branch. Those of an open
// request go with the request, before or afterwards: see the mailbox.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	return tx.ModerationItems.SaveHandedOver(ctx, h.From, h.To)
}
