package app

import (
	"context"

	"jinlin/model"
	"jinlin/service/jobs"
	"jinlin/service/points"
)

// ledgerJobs post debts after a pool was filled, and take what has run out at the turn of
// each Shanghai day.
func (a *App) ledgerJobs(p *points.Service) {
	a.Jobs.Handle(points.SettleJob, func(ctx context.Context, _ model.Job) error {
		_, err := p.Settle(ctx)
		return err
	})
	a.Jobs.Repeat(jobs.Periodic{Kind: points.ExpireJob, Slot: jobs.Daily})
	a.Jobs.Handle(points.ExpireJob, func(ctx context.Context, _ model.Job) error {
		_, err := p.Expire(ctx)
		return err
	})
}
