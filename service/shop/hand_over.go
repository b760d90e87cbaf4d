package shop

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what stands with a branch here: goods in stock, and reservations.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "shop", Name: fault.Text{ZH: "超市库存或待领取的兑换", EN: "goods in stock or reserved"}}
}

// CountWork counts the goods in stock and the reservations of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	counts, err := tx.Goods.CountStockedOf(ctx, branches)
	if err != nil {
		return nil, err
	}
	reserved, err := tx.Redemptions.CountOpenOf(ctx, branches)
	for branch, n := range reserved {
		counts[branch] += n
	}
	return counts, err
}

const handOverBatch = 100

// HandOverWork gives the shop of a branch to its successor: all goods, the reservations, and
// what these hold. What was handed over or came to nothing stays where it was.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	if err := tx.Goods.SaveHandedOver(ctx, h.From, h.To); err != nil {
		return err
	}
	for {
		rows, err := tx.Redemptions.ListOpenOf(ctx, h.From, handOverBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids, holds := make([]model.RedemptionID, len(rows)), make([]string, len(rows))
		for i, r := range rows {
			ids[i], holds[i] = r.ID, holdOf(r)
		}
		if err := tx.Redemptions.SaveHandedOver(ctx, ids, h.To); err != nil {
			return err
		}
		if err := s.points.MoveHolds(ctx, tx, holds, h.To); err != nil {
			return err
		}
	}
}
