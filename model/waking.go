package model

import "time"

// AfterWaking is the moment at which so much time outside the default quiet hours has
// passed: in those, no time limit of a resident runs.
func AfterWaking(from time.Time, d time.Duration) time.Time {
	for day := DateOf(from); ; day = day.AddDays(1) {
		wake, sleep := DefaultQuietUntil.On(day), DefaultQuietFrom.On(day)
		if from.Before(wake) {
			from = wake
		}
		left := sleep.Sub(from)
		if d <= left {
			return from.Add(d).UTC()
		}
		d -= max(left, 0)
	}
}
