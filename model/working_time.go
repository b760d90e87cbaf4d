package model

import "time"

// OfficeHours are a stretch of a working day.
type OfficeHours struct{ From, Until TimeOfDay }

// DefaultOfficeHours leave out lunch.
var DefaultOfficeHours = []OfficeHours{{"08:30", "12:00"}, {"14:00", "17:30"}}

// WorkingTime measures time in which people work: the office hours of working days.
type WorkingTime struct {
	Calendar Calendar
	Hours    []OfficeHours // in order; none are the default
}

func (w WorkingTime) hours() []OfficeHours {
	if len(w.Hours) == 0 {
		return DefaultOfficeHours
	}
	return w.Hours
}

// Opening is when a day's work begins, whether or not the day is worked.
func (w WorkingTime) Opening(day Date) time.Time { return w.hours()[0].From.On(day) }

// Closing is when a day's work ends.
func (w WorkingTime) Closing(day Date) time.Time {
	hours := w.hours()
	return hours[len(hours)-1].Until.On(day)
}

// NextOpening is when work begins on the first working day after the one of a moment.
func (w WorkingTime) NextOpening(at time.Time) time.Time {
	return w.Opening(w.Calendar.AddWorkingDays(DateOf(at), 1))
}

// DayBefore is the same time of day on the working day before.
func (w WorkingTime) DayBefore(at time.Time) time.Time {
	day := DateOf(at)
	return w.Calendar.AddWorkingDays(day, -1).At(0, 0).Add(at.Sub(day.At(0, 0)))
}

// Add is the moment at which so much working time has gone by since another. At the close of
// a stretch it is that close, and not the next opening.
func (w WorkingTime) Add(at time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return at
	}
	for day := DateOf(at); ; day = w.Calendar.AddWorkingDays(day, 1) {
		if !w.Calendar.Working(day) {
			continue
		}
		for _, hours := range w.hours() {
			from, until := later(hours.From.On(day), at), hours.Until.On(day)
			left := until.Sub(from)
			if left <= 0 {
				continue
			}
			if d <= left {
				return from.Add(d)
			}
			d -= left
		}
		if day == lastDate { // time ends there
			return w.Closing(day)
		}
	}
}

// Between is how much working time lies between two moments; none when they are not in order.
func (w WorkingTime) Between(from, to time.Time) (d time.Duration) {
	for day := range DateOf(from).upTo(DateOf(to)) {
		if !w.Calendar.Working(day) {
			continue
		}
		for _, hours := range w.hours() {
			if part := earlier(hours.Until.On(day), to).Sub(later(hours.From.On(day), from)); part > 0 {
				d += part
			}
		}
	}
	return d
}

// Days are the working days from one day to another, both included.
func (w WorkingTime) Days(from, to Date) (n int) {
	for day := range from.upTo(to) {
		if w.Calendar.Working(day) {
			n++
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
