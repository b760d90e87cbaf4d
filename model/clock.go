package model

import (
	"fmt"
	"iter"
	"time"
	_ "time/tzdata" // the static binary runs where no zone files are
)

// Clock tells the time. Business rules never ask the machine directly.
type Clock func() time.Time

// SystemClock is UTC in whole milliseconds, which is what both databases keep.
func SystemClock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Shanghai is the time zone in which the county lives. China has had one zone
// without summer time since 1991.
var Shanghai = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// Date is a calendar day in Shanghai, written 2006-01-02. Its text sorts by time.
type Date string

// The first and the last day: a year with more or fewer than four digits does not sort by time.
const (
	firstDate = Date("0001-01-01")
	lastDate  = Date("9999-12-31")
)

// DateOf is the day in Shanghai on which t falls, the last one for all that come after it and the
// first one for all before.
func DateOf(t time.Time) Date {
	local := t.In(Shanghai)
	switch year := local.Year(); {
	case year > 9999:
		return lastDate
	case year < 1:
		return firstDate
	}
	return Date(local.Format(time.DateOnly))
}

// ParseDate reads 2006-01-02.
func ParseDate(text string) (Date, error) {
	if _, err := time.ParseInLocation(time.DateOnly, text, Shanghai); err != nil || Date(text) < firstDate {
		return "", fmt.Errorf("model: %q is no date", text)
	}
	return Date(text), nil
}

// At is the moment on that day at so many hours and minutes in Shanghai.
// The zero time answers a text that is no date.
func (d Date) At(hour, minute int) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, string(d), Shanghai)
	if err != nil {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, Shanghai).UTC()
}

// AddDays moves by whole calendar days.
func (d Date) AddDays(n int) Date {
	return DateOf(d.At(12, 0).AddDate(0, 0, n))
}

// AddMonths moves to the same day of another month, or to that month's last where it has no
// such day (Civil Code, article 202).
func (d Date) AddMonths(n int) Date {
	day := d.At(12, 0).In(Shanghai)
	last := time.Date(day.Year(), day.Month()+time.Month(n)+1, 0, 12, 0, 0, 0, Shanghai)
	return DateOf(last.AddDate(0, 0, min(day.Day(), last.Day())-last.Day()))
}

// upTo goes through the days from one to another, both included.
func (d Date) upTo(last Date) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for day := d; day <= last && yield(day) && day != lastDate; day = day.AddDays(1) { // no day follows the last one
		}
	}
}

// DaysUntil is how many days later another day is; below zero it is earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.At(12, 0).Sub(d.At(12, 0)) / (24 * time.Hour))
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.At(12, 0).In(Shanghai).Weekday() }
