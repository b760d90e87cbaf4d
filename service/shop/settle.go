package shop

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
)

// Settle cancels every reservation of somebody who leaves, and gives its goods and points back.
func (s *Service) Settle(ctx context.Context, actor model.Actor) error {
	mine := model.All(func(page model.Page) (model.Listing[model.Redemption], error) {
		return s.store.Redemptions.ListByUser(ctx, actor.User, page)
	})
	for r, err := range mine {
		if err != nil {
			return err
		}
		if r.Status != model.RedemptionReserved && r.Status != model.RedemptionReady {
			continue
		}
		if _, err := s.Cancel(ctx, actor, r.ID); err != nil && !errors.Is(err, fault.ErrIllegalTransition) {
			return err
		}
	}
	return nil
}
