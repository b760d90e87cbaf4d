package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
)

// Settle withdraws every open request of somebody who leaves: nobody could be asked or
// answered any more. A hidden or sealed one of theirs may go on after another was withdrawn, so that it
// looks again until there is none.
func (s *Service) Settle(ctx context.Context, actor model.Actor) error {
	for some := true; some; {
		var err error
		if some, err = s.withdrawAll(ctx, actor); err != nil {
			return err
		}
	}
	return nil
}

// withdrawAll withdraws the open requests of somebody, and says whether there were any.
func (s *Service) withdrawAll(ctx context.Context, actor model.Actor) (some bool, err error) {
	ids, err := s.store.SealedIdentities.ListIDs(ctx, actor.User)
	if err != nil {
		return false, err
	}
	mine := model.All(func(page model.Page) (model.Listing[model.Request], error) {
		return s.store.Requests.ListBySubmitter(ctx, ids, page)
	})
	for r, err := range mine {
		if err != nil {
			return some, err
		}
		if r.Status.Ended() {
			continue
		}
		some = true
		if _, err := s.Withdraw(ctx, actor, r.ID); err != nil && !errors.Is(err, fault.ErrIllegalTransition) {
			return some, err
		}
	}
	return some, nil
}
