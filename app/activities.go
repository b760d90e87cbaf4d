package app

import (
	"context"
	"time"

	"jinlin/model/store"
	"jinlin/service/activity"
	"jinlin/service/points"
	"jinlin/service/signup"
)

// earnings pays attendance out of the ledger.
type earnings struct{ ledger *points.Service }

// Earn posts what somebody earned by coming, or records a debt.
func (e earnings) Earn(ctx context.Context, tx *store.Store, earned signup.Earning) (bool, error) {
	return e.ledger.Earn(ctx, tx, points.Earning{
		User: earned.User, Points: int64(earned.Points), PoolID: earned.PoolID, UnitID: earned.UnitID,
		Cause: "attendance", Reference: earned.Reference, By: earned.By,
	})
}

// activityJobs move activities by the clock, take unaccepted offers back, remind people of
// tomorrow, and do what follows an end or a cancellation.
func (a *App) activityJobs(activities *activity.Service, signUps *signup.Service) {
	a.every("activity.advance", time.Minute, func(ctx context.Context, _ time.Time) error { return activities.Advance(ctx) })
	a.every("signup.lapse", time.Minute, func(ctx context.Context, _ time.Time) error { return signUps.LapseOffers(ctx) })
	a.recurring(signup.RemindJob, signup.ReminderSlot, signUps.Remind)
	a.Jobs.Handle(activity.ReleaseJob, signUps.Release)
	a.Jobs.Handle(activity.NoShowJob, signUps.MarkNoShows)
}
