package calendar_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/calendar"
	"jinlin/service/org"
	"jinlin/service/push"
)

// TestClerksHearOfAYearWithoutDaysOff once a week from the middle of November, until they entered one.
func TestClerksHearOfAYearWithoutDaysOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := storetest.World{T: t, Store: s, Clock: clock}
		clock.Set(model.Date("2025-12-01").At(8, 0))
		units := org.New(s)
		rights := access.New(s, units)
		days, pushes := calendar.New(s, rights), push.New(s, rights, units, nil, push.Settings{})
		clerk := w.Staff(model.CountyClerk, w.Unit(model.County, model.UnitID{}))
		w.Staff(model.Auditor, w.Unit(model.County, model.UnitID{}))
		expect := func(day model.Date, want int) {
			t.Helper()
			clock.Set(day.At(8, 0))
			for range 2 {
				if _, err := days.TellUnarranged(t.Context(), pushes); err != nil {
					t.Fatal(err)
				}
			}
			told, err := s.Messages.List(t.Context(), clerk.User, model.Page{Limit: 10})
			w.Must(err)
			if len(told.Items) != want {
				t.Errorf("%s: told %d times, not %d", day, len(told.Items), want)
			}
		}
		expect("2025-12-20", 0) // 2026 is known
		expect("2026-11-16", 0)
		expect("2026-11-17", 1)
		expect("2026-11-22", 1) // the Sunday of that week
		expect("2026-11-23", 2)
		_, err := days.Change(t.Context(), clerk, model.CalendarDay{Date: "2027-02-01", Kind: model.Workday}, nil)
		w.Must(err)
		expect("2026-11-30", 3) // that is no day off
		clock.Move(time.Minute)
		_, err = days.Change(t.Context(), clerk, model.CalendarDay{Date: "2027-01-01", Kind: model.Holiday, Name: "元旦"}, nil)
		w.Must(err)
		expect("2026-12-07", 3)
	})
}
