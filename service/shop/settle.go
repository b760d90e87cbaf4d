package shop

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
)

// Settle cancels every reservation of somebody who leaves, and gives its goods and points back.
func (s *Service) Settle(ctx context.Context, actor model.Actor) error {
	page := model.Page{Limit: model.MaxLimit}
	for {
		rows, err := s.store.Redemptions.ListByUser(ctx, actor.User, page)
		if err != nil {
			return err
		}
		for _, r := range rows.Items {
			if r.Status != model.RedemptionReserved && r.Status != model.RedemptionReady {
				continue
			}
			if _, err := s.Cancel(ctx, actor, r.ID); err != nil && !errors.Is(err, fault.ErrIllegalTransition) {
				return err
			}
		}
		if page.After = rows.Next; page.After == nil {
			return nil
		}
	}
}
