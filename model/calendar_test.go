package model_test

import (
	"testing"

	"jinlin/model"
)

func TestTheCalendarKnowsTheArrangements(t *testing.T) {
	t.Parallel()
	c := model.NewCalendar()
	for date, kind := range map[model.Date]model.DayKind{
		"2025-01-26": model.MakeUpDay, "2025-01-27": model.Workday, "2025-01-28": model.Holiday, "2025-02-05": model.Workday,
		"2025-10-08": model.Holiday, "2025-10-11": model.MakeUpDay, "2025-10-12": model.Weekend,
		"2026-01-02": model.Holiday, "2026-01-04": model.MakeUpDay, "2026-02-23": model.Holiday, "2026-02-24": model.Workday,
		"2026-09-20": model.MakeUpDay, "2026-10-07": model.Holiday, "2026-10-08": model.Workday, "2026-11-28": model.Weekend,
	} {
		if got := c.Day(date).Kind; got != kind {
			t.Errorf("%s is a %s; want %s", date, got, kind)
		}
	}
}

// TestAWorkedDayIsOfTheWeekend: whoever mistypes an arrangement mostly hits a weekday.
func TestAWorkedDayIsOfTheWeekend(t *testing.T) {
	t.Parallel()
	off, worked := map[string]int{}, map[string]int{}
	for date, day := range model.NewCalendar() {
		year, weekend := string(date[:4]), model.Calendar{}.Day(date).Kind == model.Weekend
		switch {
		case day.Kind == model.MakeUpDay:
			worked[year]++
			if !weekend {
				t.Errorf("%s is worked in return, and no day of the weekend", date)
			}
		case !weekend:
			off[year]++
		}
	}
	// The law gives 13 days: weekdays off, less the weekend days worked in return.
	for year, want := range map[string]int{"2025": 5, "2026": 6} {
		if worked[year] != want {
			t.Errorf("%d days of %s are worked in return; want %d", worked[year], year, want)
		}
	}
	if off["2025"]-worked["2025"] != 13 || off["2026"]-worked["2026"] != 13 {
		t.Errorf("working days lost: %v less %v; the law gives 13 days", off, worked)
	}
}

func TestTheCountyOverrulesTheCalendar(t *testing.T) {
	t.Parallel()
	c := model.NewCalendar(
		model.CalendarDay{Date: "2026-10-08", Kind: model.Holiday, Name: "县庆"},
		model.CalendarDay{Date: "2026-10-10", Kind: model.Weekend})
	if c.Working("2026-10-08") || c.Working("2026-10-10") {
		t.Error("the county's days do not count")
	}
	if got := c.AddWorkingDays("2026-09-30", 2); got != "2026-10-12" {
		t.Errorf("two working days after the holidays is %s", got)
	}
	if got := c.AddWorkingDays("2026-10-12", -2); got != "2026-09-30" {
		t.Errorf("and back is %s", got)
	}
}
