package shop

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/points"
)

// TakeBack takes handed-over goods back, all or some, and gives their points back.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, too_many_returned.
func (s *Service) TakeBack(ctx context.Context, actor model.Actor, id model.RedemptionID, pieces int64) (model.Redemption, error) {
	r, err := access.Find(ctx, s.access, actor, access.ShopHandOver, s.store.Redemptions.Get, id)
	if err != nil {
		return model.Redemption{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Redemption, error) {
		back, err := s.countBack(ctx, tx, r.ID, pieces, actor.User)
		if err != nil {
			return back, err
		}
		if err := s.giveBack(ctx, tx, back, pieces, "退回", actor.User); err != nil {
			return back, err
		}
		if err := s.points.GiveBack(ctx, tx, points.Return{
			Hold: holdOf(back), Points: pieces * back.Price, Reference: fmt.Sprintf("%s/%d", holdOf(back), back.Returned), By: actor.User,
		}); err != nil {
			return back, err
		}
		return back, record(ctx, tx, actor, back, "shop.return", pieces)
	})
}

// countBack counts pieces that come back; the last of them ends the redemption.
func (s *Service) countBack(ctx context.Context, tx *store.Store, id model.RedemptionID, pieces int64, by model.UserID) (model.Redemption, error) {
	took, err := tx.Redemptions.TakeReturn(ctx, id, pieces, tx.Now())
	if err != nil {
		return model.Redemption{}, err
	}
	r, err := tx.Redemptions.Get(ctx, id)
	if err != nil {
		return r, err
	}
	if !took {
		if err := r.Status.CheckMove(model.RedemptionReturned); err != nil {
			return r, err
		}
		return r, ErrTooMany
	}
	to := model.RedemptionHandedOver
	if r.Returned == r.Quantity {
		to = model.RedemptionReturned
		if _, err := tx.Redemptions.SaveMoved(ctx, r, to, tx.Now()); err != nil {
			return r, err
		}
	}
	from := r.Status
	r.Status = to
	return r, addEvent(ctx, tx, r, from, to, -pieces, by)
}
