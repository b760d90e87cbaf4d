package model

import (
	"fmt"
	"time"
)

// TimeOfDay is a time on a clock in Shanghai, written 07:30. Its text sorts by time.
type TimeOfDay string

// ParseTimeOfDay reads 07:30.
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	at, err := time.Parse("15:04", text)
	if err != nil || at.Format("15:04") != text {
		return "", fmt.Errorf("model: %q is no time of day", text)
	}
	return TimeOfDay(text), nil
}

// On is the moment of that time on a day. The zero time answers a text that is none.
func (t TimeOfDay) On(day Date) time.Time {
	at, err := time.Parse("15:04", string(t))
	if err != nil {
		return time.Time{}
	}
	return day.At(at.Hour(), at.Minute())
}

// Last is when it was that time last: today, or yesterday while it is yet to come.
func (t TimeOfDay) Last(now time.Time) time.Time {
	today := DateOf(now)
	if at := t.On(today); !now.Before(at) {
		return at
	}
	return t.On(today.AddDays(-1))
}

// Quiet says whether a moment lies in the hours from one time of day to another, which
// may be on the next day, and when they end. Equal times mean no quiet hours.
func Quiet(from, until TimeOfDay, at time.Time) (end time.Time, quiet bool) {
	now := TimeOfDay(at.In(Shanghai).Format("15:04"))
	day := DateOf(at)
	switch {
	case from == until:
		return time.Time{}, false
	case from < until:
		return until.On(day), from <= now && now < until
	case now >= from:
		return until.On(day.AddDays(1)), true
	}
	return until.On(day), now < until
}
