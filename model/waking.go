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

// The hours of the day, in Shanghai, at which staff hear of what waits for them.
const (
	firstRound = 8
	lastRound  = 20
)

// NextRound is the next full hour of the day at which staff hear, once for all that has come until
// then, of what waits. What comes in the evening waits for the morning.
func NextRound(after time.Time) time.Time {
	next := after.In(Shanghai).Truncate(time.Hour).Add(time.Hour) // Shanghai is whole hours from UTC
	switch {
	case next.Hour() < firstRound:
		return DateOf(next).At(firstRound, 0)
	case next.Hour() > lastRound:
		return DateOf(next).AddDays(1).At(firstRound, 0)
	}
	return next.UTC()
}
