package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/jobs"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/shop"
)

// ledgerJobs post debts after a pool was filled, take what has run out at the turn of each
// Shanghai day, and tell people of what will. The shops' end the reservations that nobody came for.
func (a *App) ledgerJobs(p *points.Service, s *shop.Service) {
	a.Jobs.Handle(points.SettleJob, func(ctx context.Context, _ model.Job) error {
		_, err := p.Settle(ctx)
		return err
	})
	a.daily(points.ExpireJob, func(ctx context.Context) error {
		_, err := p.Expire(ctx)
		return err
	})
	a.daily(points.WarnJob, p.Warn)
	a.Jobs.Handle(shop.LapseJob, jobs.Of(s.Lapse))
}

// checkLedger is `jinlin ledger verify`: it checks the ledger's and the shops' invariants,
// prints the figures, and fails with the name of the first invariant that does not hold.
func checkLedger(ctx context.Context, c config.Config, in invocation) error {
	return verifying(ctx, c, in, "ledger", model.LedgerChains, func(s *store.Store, noted []model.ChainHead) error {
		if err := verifyLedger(ctx, s, in.out); err != nil {
			return err
		}
		return verifyChains(ctx, s, in.out, model.LedgerChains, noted)
	})
}

func verifyLedger(ctx context.Context, s *store.Store, out io.Writer) error {
	units := org.New(s)
	rights := access.New(s, units)
	ledger := points.New(s, rights, nil, true) // it tells nobody anything
	report, err := ledger.Verify(ctx)
	if err != nil {
		return fmt.Errorf("the ledger does not add up: %w", err)
	}
	goods, err := shop.New(s, rights, units, ledger, nil).Verify(ctx)
	if err != nil {
		return fmt.Errorf("the stock does not add up: %w", err)
	}
	fmt.Fprintf(out, "accounts      %8d\ntransactions  %8d\nentries       %8d\nlots          %8d\nholds         %8d\ndebts         %8d\ngoods         %8d\n\n",
		report.Accounts, report.Transactions, report.Entries, report.Lots, report.Holds, report.Debts, goods)
	sum := int64(0)
	for _, kind := range slices.Sorted(maps.Keys(report.Balances)) {
		fmt.Fprintf(out, "%-13s %8d points\n", kind, report.Balances[kind])
		sum += report.Balances[kind]
	}
	_, err = fmt.Fprintf(out, "%-13s %8d points\n\nL1 L2 L3 L4 L6 L7, lots and stock hold\n\n", "sum", sum)
	return err
}
