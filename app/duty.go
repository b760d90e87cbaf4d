package app

import (
	"context"
	"encoding/json"
	"time"

	"jinlin/model"
	"jinlin/service/duty"
	"jinlin/service/jobs"
)

// dutyJobs let shifts begin and end, and tell leads in the afternoon whose tomorrow is
// not filled.
func (a *App) dutyJobs(d *duty.Service) {
	a.every("duty.pass", 10*time.Minute, func(ctx context.Context, _ time.Time) error {
		_, err := d.Pass(ctx)
		return err
	})
	a.Jobs.Repeat(jobs.Periodic{Kind: "duty.gaps", Slot: alarmSlot})
	a.Jobs.Handle("duty.gaps", func(ctx context.Context, job model.Job) error {
		var slot time.Time
		err := json.Unmarshal(job.Payload, &slot)
		if err != nil || model.DateOf(slot) != model.DateOf(a.Store.Now()) { // a slot of yesterday
			return err
		}
		_, err = d.RaiseGaps(ctx)
		return err
	})
}

// alarmSlot begins at the alarm's hour in Shanghai, and lasts a day.
func alarmSlot(now time.Time) time.Time {
	today := model.DateOf(now)
	if at := today.At(duty.AlarmHour, 0); !now.Before(at) {
		return at
	}
	return today.AddDays(-1).At(duty.AlarmHour, 0)
}
