package points

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what stands with a branch here: pools that are not empty.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "points", Name: fault.Text{ZH: "有余额的积分池", EN: "pools with points in them"}}
}

// CountWork counts the pools of branches that have points.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	pools, err := tx.PointsPools.ListByUnits(ctx, branches)
	if err != nil {
		return nil, err
	}
	rows, err := s.withBalances(ctx, tx, pools)
	counts := map[model.UnitID]int{}
	for _, row := range rows {
		if row.Balance > 0 {
			counts[row.Pool.UnitID]++
		}
	}
	return counts, err
}

// HandOverWork gives the pools of a branch to its successor, the empty ones too: activities
// that name one go on drawing from it. No points move: a pool has its account wherever it
// belongs. Where the successor has a pool of that sponsor already, the one that comes is
// called after the branch it comes from.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	pools, err := tx.PointsPools.ListByUnits(ctx, []model.UnitID{h.From})
	if err != nil || len(pools) == 0 {
		return err
	}
	from, err := tx.Units.Get(ctx, h.From)
	if err != nil {
		return err
	}
	for _, pool := range pools {
		_, err := tx.PointsPools.GetBySponsor(ctx, h.To, pool.Sponsor)
		switch {
		case err == nil:
			pool.Sponsor = renamed(pool.Sponsor, from.Name, pool.ID)
		case !errors.Is(err, fault.ErrNotFound):
			return err
		}
		if err := tx.PointsPools.SaveHandedOver(ctx, pool, h.To); err != nil {
			return err
		}
	}
	return nil
}

const longestSponsor = 64

// renamed tells a pool from another one of the same sponsor; its id makes it the only one
// where names are as long as they may be.
func renamed(sponsor, branch string, id model.PoolID) string {
	text := []rune(sponsor + "（" + branch + "）")
	if len(text) <= longestSponsor {
		return string(text)
	}
	tail := []rune(" " + id.String()[24:])
	return string(append(text[:longestSponsor-len(tail)], tail...))
}
