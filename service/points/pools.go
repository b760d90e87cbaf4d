package points

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Filling is points that a sponsor gives a unit, and what backs them.
type Filling struct {
	Sponsor string
	UnitID  model.UnitID
	Points  int64
	Backing string // stock or a pledge, in words
}

// FilledPool is a pool after a filling.
type FilledPool struct {
	Pool      model.PointsPool
	AccountID model.AccountID
	Balance   int64
}

// Fill brings points into being: the first filling of a sponsor for a unit makes the
// pool, a later one adds to it. Debts are posted afterwards by a job.
// Faults: unauthenticated, forbidden, not_found, unit_ended.
func (s *Service) Fill(ctx context.Context, actor model.Actor, f Filling) (FilledPool, error) {
	if err := s.access.Require(ctx, actor, access.PointsPool, f.UnitID); err != nil {
		return FilledPool{}, err
	}
	f.Sponsor = strings.TrimSpace(f.Sponsor)
	if f.Sponsor == "" {
		return FilledPool{}, fault.InvalidField("sponsor", "required", "请填写捐赠方。", "Name the sponsor.")
	}
	filled, err := s.fill(ctx, actor, f)
	if errors.Is(err, store.ErrDuplicate) { // two first fillings at once: the other made the pool
		filled, err = s.fill(ctx, actor, f)
	}
	return filled, err
}

func (s *Service) fill(ctx context.Context, actor model.Actor, f Filling) (FilledPool, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (FilledPool, error) {
		if _, err := tx.Units.GetStanding(ctx, f.UnitID, model.DateOf(tx.Now())); err != nil {
			return FilledPool{}, err
		}
		pool, err := s.pool(ctx, tx, f)
		if err != nil {
			return FilledPool{}, err
		}
		if err := s.issue(ctx, tx, actor, pool, f); err != nil {
			return FilledPool{}, err
		}
		account, err := tx.PointsAccounts.Get(ctx, model.AccountOf(model.PoolAccount, pool.ID))
		if err != nil {
			return FilledPool{}, err
		}
		if err := audit.Record(ctx, tx, actor, audit.Act{
			Action: "points.pool", ObjectKind: "points_pool", ObjectID: pool.ID, Unit: f.UnitID, Detail: f.Backing,
		}); err != nil {
			return FilledPool{}, err
		}
		return FilledPool{Pool: pool, AccountID: account.ID, Balance: account.Balance}, settleLater(ctx, tx)
	})
}

func (s *Service) pool(ctx context.Context, tx *store.Store, f Filling) (model.PointsPool, error) {
	pool, err := tx.PointsPools.GetBySponsor(ctx, f.UnitID, f.Sponsor)
	if !errors.Is(err, fault.ErrNotFound) {
		return pool, err
	}
	pool = model.PointsPool{ID: model.NewID[model.PointsPool](tx.Now()), UnitID: f.UnitID, Sponsor: f.Sponsor, CreatedAt: tx.Now()}
	err = tx.PointsPools.Add(ctx, &pool)
	return pool, err
}

func (s *Service) issue(ctx context.Context, tx *store.Store, actor model.Actor, pool model.PointsPool, f Filling) error {
	_, err := s.post(ctx, tx, posting{
		cause: model.CauseIssue, reference: "issue/" + model.NewID[model.LedgerTransaction](tx.Now()).String(),
		note: f.Backing, unit: pool.UnitID, by: actor.User,
		legs: []leg{{model.IssuanceAccount, pool.UnitID, -f.Points}, {model.PoolAccount, pool.ID, f.Points}},
	})
	return err
}

func settleLater(ctx context.Context, tx *store.Store) error {
	payload, err := json.Marshal(struct{}{})
	if err != nil {
		return err
	}
	return tx.Jobs.Put(ctx, model.Job{Kind: SettleJob, Payload: payload})
}

// PooledAt is a pool with what is left in it.
type PooledAt struct {
	Pool    model.PointsPool
	Balance int64
}

// Pools pages the pools a unit's activities can draw on, the nearest first and the oldest
// first of those. Faults: unauthenticated, forbidden, not_found, invalid_cursor.
func (s *Service) Pools(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (l model.Listing[PooledAt], err error) {
	if err := s.access.Require(ctx, actor, access.PointsRead, unit); err != nil {
		return l, err
	}
	units, err := s.upwards(ctx, s.store, unit)
	if err != nil {
		return l, err
	}
	pools, err := s.poolsOf(ctx, units, page)
	if err != nil {
		return l, err
	}
	cut := model.Cut(pools, page.Size(), func(p model.PointsPool) model.Cursor { return model.Cursor{ID: p.ID} })
	l.Next = cut.Next
	l.Items, err = s.withBalances(ctx, s.store, cut.Items)
	return l, err
}

// poolsOf are a page of the units' pools and one more: unit by unit, which keeps their
// order and reads no row twice. The cursor's pool says at which unit to go on.
func (s *Service) poolsOf(ctx context.Context, units []model.UnitID, page model.Page) (pools []model.PointsPool, err error) {
	var last model.PointsPool
	if page.After != nil {
		last, err = s.store.PointsPools.Get(ctx, page.After.ID)
		reached := slices.Index(units, last.UnitID)
		if errors.Is(err, fault.ErrNotFound) || err == nil && reached < 0 {
			return nil, model.ErrInvalidCursor
		}
		if err != nil {
			return nil, err
		}
		units = units[reached:]
	}
	for _, unit := range units {
		rows, err := s.store.PointsPools.ListOf(ctx, unit, last.ID, page.Size()+1-len(pools))
		if err != nil {
			return nil, err
		}
		if pools = append(pools, rows...); len(pools) > page.Size() {
			break
		}
		last = model.PointsPool{}
	}
	return pools, nil
}

// CheckPool says whether a unit may draw on a pool: it is the unit's own, or that of a unit
// above it or leading it. Ask before keeping a pool's id for later earnings. Fault: not_found.
func (s *Service) CheckPool(ctx context.Context, pool model.PoolID, unit model.UnitID) error {
	pools, err := s.reachable(ctx, s.store, unit)
	if err == nil && !slices.ContainsFunc(pools, func(p PooledAt) bool { return p.Pool.ID == pool }) {
		err = fault.ErrNotFound
	}
	return err
}

// reachable are the pools of a unit, of what leads it, and of everything above, the
// nearest first and the oldest first of those.
func (s *Service) reachable(ctx context.Context, tx *store.Store, unit model.UnitID) ([]PooledAt, error) {
	units, err := s.upwards(ctx, tx, unit)
	if err != nil {
		return nil, err
	}
	pools, err := tx.PointsPools.ListByUnits(ctx, units)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(pools, func(a, b model.PointsPool) int {
		return slices.Index(units, a.UnitID) - slices.Index(units, b.UnitID)
	})
	return s.withBalances(ctx, tx, pools)
}

func (s *Service) withBalances(ctx context.Context, tx *store.Store, pools []model.PointsPool) ([]PooledAt, error) {
	ids := make([]model.AccountID, len(pools))
	for i, pool := range pools {
		ids[i] = model.AccountOf(model.PoolAccount, pool.ID)
	}
	accounts, err := tx.PointsAccounts.ListByID(ctx, ids)
	balances := map[model.AccountID]int64{}
	for _, account := range accounts {
		balances[account.ID] = account.Balance
	}
	out := make([]PooledAt, len(pools))
	for i, pool := range pools {
		out[i] = PooledAt{Pool: pool, Balance: balances[ids[i]]}
	}
	return out, err
}

// upwards is a unit, what leads it, its parent, and so on to the county. For a branch that
// was dissolved its successor stands: what was earned there is paid from where its pools
// went. It reads within the transaction: the tree that package org keeps may have to be read
// anew, and a transaction must not wait for a second connection.
func (s *Service) upwards(ctx context.Context, tx *store.Store, id model.UnitID) ([]model.UnitID, error) {
	today := model.DateOf(tx.Now())
	var units []model.UnitID
	for !id.IsZero() && len(units) < 64 {
		unit, err := tx.Lineages.GetHeir(ctx, id, today)
		if err != nil {
			return nil, err
		}
		id = unit.ID
		covers, err := tx.Covers.ListCovering(ctx, id, today)
		if err != nil {
			return nil, err
		}
		units = append(units, id)
		for _, cover := range covers {
			units = append(units, cover.UnitID)
		}
		id = unit.ParentID
	}
	return units, nil
}
