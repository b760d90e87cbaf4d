package app

import (
	"context"
	"time"

	"jinlin/model"
	"jinlin/service/account"
	"jinlin/service/grant"
	"jinlin/service/jobs"
	"jinlin/service/org"
	"jinlin/service/restructuring"
	"jinlin/service/tenure"
)

// organisationJobs let what was planned for a day become so when the day begins: what units
// are called and where they hang first, because branches are judged by it; secretaries last,
// because their branches must be there.
func (a *App) organisationJobs(units *org.Service, batches *restructuring.Service, secretaries *tenure.Service) {
	a.daily("organisation.day", func(ctx context.Context) error {
		if _, err := units.ApplyDue(ctx); err != nil {
			return err
		}
		if _, err := batches.EffectDue(ctx); err != nil {
			return err
		}
		_, err := secretaries.StartDue(ctx)
		return err
	})
}

// appointmentJobs let people who were named for roles have them once their number is theirs:
// in the same transaction, and a little later where both happened at the same moment.
func (a *App) appointmentJobs(grants *grant.Service, accounts *account.Service) {
	accounts.OnPhone(grants.PhoneBound)
	a.every("grants.appoint", 10*time.Minute, func(ctx context.Context, _ time.Time) error { return grants.Appoint(ctx) })
}

// daily adds work that is done as each day begins in Shanghai.
func (a *App) daily(kind string, do func(ctx context.Context) error) {
	a.Jobs.Repeat(jobs.Periodic{Kind: kind, Slot: jobs.Daily})
	a.Jobs.Handle(kind, func(ctx context.Context, _ model.Job) error { return do(ctx) })
}
