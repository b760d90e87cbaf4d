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
	page := model.Page{Limit: model.MaxLimit}
	for {
		rows, err := s.store.Requests.ListBySubmitter(ctx, actor.User, page)
		if err != nil {
			return err
		}
		for _, r := range rows.Items {
			if r.Status.Ended() {
				continue
			}
			if _, err := s.Withdraw(ctx, actor, r.ID); err != nil && !errors.Is(err, fault.ErrIllegalTransition) {
				return err
			}
		}
		if page.After = rows.Next; page.After == nil {
			return nil
		}
	}
}
