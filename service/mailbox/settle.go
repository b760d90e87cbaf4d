package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
)

// Settle withdraws every open request of somebody who leaves: nobody could be asked or
// answered any more.
func (s *Service) Settle(ctx context.Context, actor model.Actor) error {
	ids, err := s.store.SealedIdentities.ListIDs(ctx, actor.User)
	if err != nil {
		return err
	}
	mine := model.All(func(page model.Page) (model.Listing[model.Request], error) {
		return s.store.Requests.ListBySubmitter(ctx, ids, page)
	})
	for r, err := range mine {
		if err != nil {
			return err
		}
		if r.Status.Ended() {
			continue
		}
		if _, err := s.Withdraw(ctx, actor, r.ID); err != nil && !errors.Is(err, fault.ErrIllegalTransition) {
			return err
		}
	}
	return nil
}
