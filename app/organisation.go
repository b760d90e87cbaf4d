package app

import (
	"context"

	"jinlin/model"
	"jinlin/service/jobs"
	"jinlin/service/org"
)

// organisationJobs let what was planned for a day become so when the day begins.
func (a *App) organisationJobs(units *org.Service) {
	a.daily("organisation.day", func(ctx context.Context) error {
		_, err := units.ApplyDue(ctx)
		return err
	})
}

// daily adds work that is done as each day begins in Shanghai.
func (a *App) daily(kind string, do func(ctx context.Context) error) {
	a.Jobs.Repeat(jobs.Periodic{Kind: kind, Slot: jobs.Daily})
	a.Jobs.Handle(kind, func(ctx context.Context, _ model.Job) error { return do(ctx) })
}
