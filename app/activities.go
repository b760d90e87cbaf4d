package app

import (
	"context"
	"time"

	"jinlin/service/activity"
	"jinlin/service/signup"
)

// activityJobs move activities by the clock, take unaccepted offers back, remind people of
// tomorrow, and do what follows an end or a cancellation.
func (a *App) activityJobs(activities *activity.Service, signUps *signup.Service) {
	a.every("activity.advance", time.Minute, func(ctx context.Context, _ time.Time) error { return activities.Advance(ctx) })
	a.every("signup.lapse", time.Minute, func(ctx context.Context, _ time.Time) error { return signUps.LapseOffers(ctx) })
	a.recurring(signup.RemindJob, signup.ReminderSlot, signUps.Remind)
	a.Jobs.Handle(activity.ReleaseJob, signUps.Release)
	a.Jobs.Handle(activity.NoShowJob, signUps.MarkNoShows)
}
