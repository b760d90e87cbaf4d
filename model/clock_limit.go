package model

import (
	"strconv"
	"strings"
	"time"
)

// ClockLimit is how long a clock runs: "24h" and "7d" go by whatever day it is, "2wh" is
// working time, and "15wd" ends at the close of the fifteenth working day after the one on
// which it began (Civil Code, articles 201 and 203).
type ClockLimit string

// The units of limits, longer spellings first.
const (
	workingHours = "wh"
	workingDays  = "wd"
	plainHours   = "h"
	plainDays    = "d"
)

// maxLimit is the most of any unit: a year is no limit any more.
const maxLimit = 366

// parse gives the number and the unit.
func (l ClockLimit) parse() (n int, unit string, ok bool) {
	for _, unit := range []string{workingHours, workingDays, plainHours, plainDays} {
		if digits, found := strings.CutSuffix(string(l), unit); found {
			n, err := strconv.Atoi(digits)
			return n, unit, err == nil && n > 0 && n <= maxLimit && strconv.Itoa(n) == digits
		}
	}
	return 0, "", false
}

// Valid says whether it is written as above.
func (l ClockLimit) Valid() bool {
	_, _, ok := l.parse()
	return ok
}

// Plain is how long it is where it goes by whatever day it is; 0 for working time.
func (l ClockLimit) Plain() time.Duration {
	n, unit, _ := l.parse()
	switch unit {
	case plainHours:
		return time.Duration(n) * time.Hour
	case plainDays:
		return time.Duration(n) * 24 * time.Hour
	}
	return 0
}

// InWorkingTime says whether nights, weekends and holidays do not count.
func (l ClockLimit) InWorkingTime() bool {
	_, unit, _ := l.parse()
	return unit == workingHours || unit == workingDays
}

// Due is when a clock that begins at a moment runs out.
func (l ClockLimit) Due(from time.Time, w WorkingTime) time.Time {
	n, unit, _ := l.parse()
	switch unit {
	case workingHours:
		return w.Add(from, time.Duration(n)*time.Hour)
	case workingDays:
		return w.Closing(w.Calendar.AddWorkingDays(DateOf(from), n))
	}
	return from.Add(l.Plain())
}

// Resumed is when a clock runs out that stood still for a while, in the time it is measured in.
func (l ClockLimit) Resumed(due, stood, until time.Time, w WorkingTime) time.Time {
	if l.InWorkingTime() {
		return w.Add(due, w.Between(stood, until))
	}
	return due.Add(until.Sub(stood))
}

// Over is when the first day over begins for a clock that runs out: for one counted in working
// days the next morning of work, for others at once.
func (l ClockLimit) Over(due time.Time, w WorkingTime) time.Time {
	if _, unit, _ := l.parse(); unit == workingDays {
		return w.NextOpening(due)
	}
	return due
}

// Rung is when the n-th rung of the ladder is reached after a red card: in the morning of a
// working day where rungs are counted in those.
func (l ClockLimit) Rung(red time.Time, n int, w WorkingTime) time.Time {
	each, unit, _ := l.parse()
	switch unit {
	case workingDays:
		return w.Opening(w.Calendar.AddWorkingDays(DateOf(red), n*each))
	case workingHours:
		return w.Add(red, time.Duration(n*each)*time.Hour)
	}
	return red.Add(time.Duration(n) * l.Plain())
}
