package shop

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/model/store"
)

// Violation is a stock that is not what its movements say, or is below zero.
type Violation struct{ Detail string }

func (v *Violation) Error() string { return "invariant stock: " + v.Detail }

const verifyBatch = 500

// Verify checks that every stock is the sum of its movements and not below zero, as of one
// moment, and says how many goods there are. The error is a *Violation for the first that
// is not.
func (s *Service) Verify(ctx context.Context) (goods int64, err error) {
	err = s.store.Snapshot(ctx, func(view *store.Store) error {
		var after model.GoodsID
		for {
			rows, err := view.Goods.ListAfter(ctx, after, verifyBatch)
			if err != nil || len(rows) == 0 {
				return err
			}
			if err := verifyStock(ctx, view, rows); err != nil {
				return err
			}
			goods, after = goods+int64(len(rows)), rows[len(rows)-1].ID
		}
	})
	return goods, err
}

func verifyStock(ctx context.Context, view *store.Store, goods []model.Goods) error {
	ids := make([]model.GoodsID, len(goods))
	for i, g := range goods {
		ids[i] = g.ID
	}
	sums, err := view.StockMovements.ListSums(ctx, ids)
	if err != nil {
		return err
	}
	moved := map[model.GoodsID]int64{}
	for _, sum := range sums {
		moved[sum.GoodsID] = sum.Pieces
	}
	for _, g := range goods {
		if g.Stock < 0 || g.Stock != moved[g.ID] {
			return &Violation{fmt.Sprintf("goods %s have %d, their movements say %d", g.ID, g.Stock, moved[g.ID])}
		}
	}
	return nil
}
