package model

import "time"

// Quiet hours in minutes after midnight, Shanghai time: nobody is disturbed, and no time
// limit of a resident runs.
const (
	quietFrom = 21*60 + 30
	quietTo   = 7 * 60
)

// AfterWaking is the moment at which so much time outside quiet hours has passed.
func AfterWaking(from time.Time, d time.Duration) time.Time {
	for day := DateOf(from); ; day = day.AddDays(1) {
		wake, sleep := day.At(0, quietTo), day.At(0, quietFrom)
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
