package app

import (
	"context"
	"time"

	"jinlin/model"
	"jinlin/service/calendar"
	"jinlin/service/duty"
	"jinlin/service/jobs"
)

// dutyJobs let shifts begin and end, and tell leads in the afternoon whose tomorrow is
// not filled, and clerks of a year whose days off nobody has entered.
func (a *App) dutyJobs(d *duty.Service, days *calendar.Service, notices calendar.Notices) {
	a.recurring("calendar.unarranged", jobs.Daily, func(ctx context.Context, _ time.Time) error {
		_, err := days.TellUnarranged(ctx, notices)
		return err
	})
	a.every("duty.pass", 10*time.Minute, func(ctx context.Context, _ time.Time) error {
		_, err := d.Pass(ctx)
		return err
	})
	a.recurring("duty.gaps", duty.AlarmAt.Last, func(ctx context.Context, slot time.Time) error {
		if model.DateOf(slot) != model.DateOf(a.Store.Now()) { // a slot of yesterday
			return nil
		}
		_, err := d.RaiseGaps(ctx)
		return err
	})
}
