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
	mine := model.All(func(page model.Page) (model.Listing[model.SignUp], error) {
		return s.store.SignUps.ListByUser(ctx, actor.User, page)
	})
	for row, err := range mine {
		if err != nil {
			return err
		}
		if !row.Live() {
			continue
		}
		err = s.Withdraw(ctx, actor, row.ActivityID)
		if err != nil && !errors.Is(err, ErrStarted) && !errors.Is(err, fault.ErrIllegalTransition) {
			return err
		}
	}
	return nil
}
