package signup

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
)

// Settle gives up every place, offer and waiting number of somebody who leaves. What has
// begun goes on without them.
func (s *Service) Settle(ctx context.Context, actor model.Actor) error {
	page := model.Page{Limit: model.MaxLimit}
	for {
		rows, err := s.store.SignUps.ListByUser(ctx, actor.User, page)
		if err != nil {
			return err
		}
		for _, row := range rows.Items {
			if !row.Live() {
				continue
			}
			err := s.Withdraw(ctx, actor, row.ActivityID)
			if err != nil && !errors.Is(err, ErrStarted) && !errors.Is(err, fault.ErrIllegalTransition) {
				return err
			}
		}
		if page.After = rows.Next; page.After == nil {
			return nil
		}
	}
}
