package model

import "time"

// DayKind says what the calendar makes of a day.
type DayKind string

// The kinds of days.
const (
	Workday   DayKind = "workday"
	Weekend   DayKind = "weekend"
	Holiday   DayKind = "holiday" // a day off by the State Council's arrangement
	MakeUpDay DayKind = "make_up" // a day of the weekend that is worked in return
)

// Working says whether people work on such a day.
func (k DayKind) Working() bool { return k == Workday || k == MakeUpDay }

// CalendarDay is a day that is not what its weekday says. The arrangements of the State
// Council come with the program; the table holds what the county changed, which wins.
type CalendarDay struct {
	Date      Date      `gorm:"primaryKey" data:"none"`
	Kind      DayKind   `data:"none"`
	Name      string    `data:"none"` // as in 春节
	ChangedBy UserID    `data:"none"`
	UpdatedAt time.Time `data:"none"`
	Version   int       `data:"none"` // 0: not changed by the county
}

// Calendar tells working days from others. It holds the days that are not what their
// weekday says.
type Calendar map[Date]CalendarDay

// NewCalendar is the State Council's calendar with what the county changed.
func NewCalendar(changed ...CalendarDay) Calendar {
	c := make(Calendar, len(arranged)+len(changed))
	for date, day := range arranged {
		c[date] = day
	}
	for _, day := range changed {
		c[day.Date] = day
	}
	return c
}

// Day says what a day is.
func (c Calendar) Day(date Date) CalendarDay {
	if day, special := c[date]; special {
		return day
	}
	switch date.Weekday() {
	case time.Saturday, time.Sunday:
		return CalendarDay{Date: date, Kind: Weekend}
	}
	return CalendarDay{Date: date, Kind: Workday}
}

// Working says whether people work on a day.
func (c Calendar) Working(date Date) bool { return c.Day(date).Kind.Working() }

// AddWorkingDays is the n-th working day after a day, or before it when n is negative.
func (c Calendar) AddWorkingDays(date Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		date = date.AddDays(step)
		if c.Working(date) {
			n--
		}
	}
	return date
}

// Arranged says whether the State Council's arrangement of a year is known. Before it is
// published only the weekdays count.
func Arranged(year string) bool { return year == "2025" || year == "2026" }

// arrangements are the notices of the General Office of the State Council for 2025 and
// 2026: the days off from one to another, and the weekend days worked in return.
var arrangements = []struct {
	name        string
	first, last Date
	worked      []Date
}{
	{"元旦", "2025-01-01", "2025-01-01", nil},
	{"春节", "2025-01-28", "2025-02-04", []Date{"2025-01-26", "2025-02-08"}},
	{"清明节", "2025-04-04", "2025-04-06", nil},
	{"劳动节", "2025-05-01", "2025-05-05", []Date{"2025-04-27"}},
	{"端午节", "2025-05-31", "2025-06-02", nil},
	{"国庆节、中秋节", "2025-10-01", "2025-10-08", []Date{"2025-09-28", "2025-10-11"}},
	{"元旦", "2026-01-01", "2026-01-03", []Date{"2026-01-04"}},
	{"春节", "2026-02-15", "2026-02-23", []Date{"2026-02-14", "2026-02-28"}},
	{"清明节", "2026-04-04", "2026-04-06", nil},
	{"劳动节", "2026-05-01", "2026-05-05", []Date{"2026-05-09"}},
	{"端午节", "2026-06-19", "2026-06-21", nil},
	{"中秋节", "2026-09-25", "2026-09-27", nil},
	{"国庆节", "2026-10-01", "2026-10-07", []Date{"2026-09-20", "2026-10-10"}},
}

var arranged = arrangedDays()

func arrangedDays() Calendar {
	days := Calendar{}
	for _, a := range arrangements {
		for date := a.first; date <= a.last; date = date.AddDays(1) {
			days[date] = CalendarDay{Date: date, Kind: Holiday, Name: a.name}
		}
		for _, date := range a.worked {
			days[date] = CalendarDay{Date: date, Kind: MakeUpDay, Name: a.name}
		}
	}
	return days
}
