package model

import (
	"slices"
	"time"

	"jinlin/model/fault"
)

// Span is a stretch of a day in Shanghai, from one time until another.
type Span struct {
	From  TimeOfDay `json:"from"`
	Until TimeOfDay `json:"until"`
}

// Spans are stretches of one day in order; none is a closed day.
type Spans []Span

// ErrHours is a fault: stretches of a day that are out of order, overlap or are no times.
var ErrHours = fault.Define(fault.Invalid, "invalid_hours",
	"时间段须按先后排列、互不重叠，格式如 08:30 至 12:00。", "Hours must be in order, must not overlap, and look like 08:30 until 12:00.")

// Check refuses what is no order of stretches. Fault: invalid_hours.
func (s Spans) Check() error {
	last := TimeOfDay("")
	for _, span := range s {
		_, err := ParseTimeOfDay(string(span.From))
		if _, until := ParseTimeOfDay(string(span.Until)); err != nil || until != nil || span.From >= span.Until || span.From < last {
			return ErrHours
		}
		last = span.Until
	}
	return nil
}

// Hours are when something is open in a usual week.
type Hours struct {
	Week    [7]Spans `json:"week"`    // by time.Weekday: Sunday first
	Holiday Spans    `json:"holiday"` // on the days off of the State Council's arrangement
}

// Check refuses hours that are none. Fault: invalid_hours.
func (h Hours) Check() error {
	for _, spans := range append(h.Week[:], h.Holiday) {
		if err := spans.Check(); err != nil {
			return err
		}
	}
	return nil
}

// On are the hours of a day as the calendar has it. A weekend day that is worked in return
// has its own hours, or Friday's where it would be closed.
func (h Hours) On(day CalendarDay) Spans {
	spans := h.Week[day.Date.Weekday()]
	switch {
	case day.Kind == Holiday:
		return h.Holiday
	case day.Kind == MakeUpDay && len(spans) == 0:
		return h.Week[time.Friday]
	}
	return spans
}

// Opening says when a station is open: its hours as they are dated, the calendar, and the
// days that are exceptions.
type Opening struct {
	Profiles   []StationProfile // those that hold on some day asked for, oldest first
	Exceptions []StationDay
	Calendar   Calendar
}

// Known says whether anything is known of a day's hours.
func (o Opening) Known(day Date) bool {
	_, known := o.profile(day)
	return known || slices.ContainsFunc(o.Exceptions, func(e StationDay) bool { return e.Date == day })
}

// profile is the one that holds on a day.
func (o Opening) profile(day Date) (StationProfile, bool) {
	for _, p := range slices.Backward(o.Profiles) {
		if p.In(day) {
			return p, true
		}
	}
	return StationProfile{}, false
}

// On are the hours of a day.
func (o Opening) On(day Date) Spans {
	for _, exception := range o.Exceptions {
		if exception.Date == day {
			return exception.Spans()
		}
	}
	profile, _ := o.profile(day)
	return profile.Opening().On(o.Calendar.Day(day))
}

// At says whether it is open, and until when.
func (o Opening) At(now time.Time) (until time.Time, open bool) {
	day := DateOf(now)
	for _, span := range o.On(day) {
		if end := span.Until.On(day); !now.Before(span.From.On(day)) && now.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// Horizon is how many days ahead the next opening is looked for: longer than any holidays.
const Horizon = 21

// Next is when it opens next after a moment; false when it does not within the Horizon.
func (o Opening) Next(now time.Time) (time.Time, bool) {
	day := DateOf(now)
	for range Horizon {
		for _, span := range o.On(day) {
			if from := span.From.On(day); from.After(now) {
				return from, true
			}
		}
		day = day.AddDays(1)
	}
	return time.Time{}, false
}
