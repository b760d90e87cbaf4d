package org_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/org"
)

// amend changes a unit's fields from a day on.
func (c *county) amend(id model.UnitID, on model.Date, fields map[model.UnitField]string) error {
	c.t.Helper()
	return c.s.InTx(c.t.Context(), func(tx *store.Store) error {
		unit, err := tx.Units.GetLocked(c.t.Context(), id)
		if err == nil {
			_, err = org.Amend(c.t.Context(), tx, unit, org.Amendment{Fields: fields, On: on})
		}
		return err
	})
}

func (c *county) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// named checks what a unit was called on days.
func (c *county) named(o *org.Service, id model.UnitID, want map[model.Date]string) {
	c.t.Helper()
	for day, name := range want {
		unit, err := o.UnitOn(c.t.Context(), id, day)
		if err != nil || unit.Name != name {
			c.t.Errorf("on %s it is called %q, %v; want %q", day, unit.Name, err, name)
		}
	}
}

func TestAChangeEndsOneFactAndBeginsAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		called := func(name string) map[model.UnitField]string { return map[model.UnitField]string{model.FieldName: name} }
		c.must(c.amend(c.hongqiao, "", called("虹桥花园"))) // today, 2026-11-23
		c.must(c.amend(c.hongqiao, "2027-03-01", called("虹桥三期")))
		c.must(c.amend(c.hongqiao, "2027-01-01", called("虹桥二期"))) // before a change that is planned already
		c.must(c.amend(c.hongqiao, "2027-01-01", called("虹桥新苑"))) // and once more for the same day
		want := map[model.Date]string{
			"2025-01-01": "虹桥小区", "2026-11-22": "虹桥小区", "2026-11-23": "虹桥花园", "2026-12-31": "虹桥花园",
			"2027-01-01": "虹桥新苑", "2027-02-28": "虹桥新苑", "2027-03-01": "虹桥三期", "2030-01-01": "虹桥三期",
		}
		c.named(o, c.hongqiao, want)
		for _, day := range []model.Date{"2026-11-23", "2027-01-01", "2027-03-01"} {
			now := want[day]
			clock.Set(day.At(0, 0))
			_, err := o.ApplyDue(t.Context())
			c.must(err)
			if unit, err := s.Units.Get(t.Context(), c.hongqiao); err != nil || unit.Name != now {
				t.Errorf("on %s the unit says %q, %v", day, unit.Name, err)
			}
			c.named(o, c.hongqiao, want)
		}
		if again, err := o.ApplyDue(t.Context()); err != nil || again != 0 {
			t.Errorf("applied twice: %d, %v", again, err)
		}
		if _, err := o.UnitOn(t.Context(), c.hongqiao, "2024-12-31"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("before its first day: %v", err)
		}
	})
}

func TestLateFactsAreAppliedInTheirOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		for day, phone := range map[model.Date]string{"2026-12-01": "0350-0000001", "2026-12-02": "0350-0000002", "2026-12-03": "0350-0000003"} {
			c.must(c.amend(c.station, day, map[model.UnitField]string{model.FieldPhone: phone}))
		}
		clock.Set(model.Date("2026-12-02").At(9, 0)) // nobody worked for a day and a half
		if n, err := o.ApplyDue(t.Context()); n != 2 || err != nil {
			t.Errorf("%d applied, %v", n, err)
		}
		if unit, err := s.Units.Get(t.Context(), c.station); err != nil || unit.Phone != "0350-0000002" {
			t.Errorf("%+v, %v", unit, err)
		}
	})
}

func TestTheTreeOfAnyDayIsReadFromTheFacts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		c.must(c.amend(c.dongchen1, "2026-12-01", map[model.UnitField]string{model.FieldParent: c.nancheng.String(), model.FieldName: "东辰新区"}))
		below := func(parent model.UnitID, day model.Date) (names []string) {
			list, err := o.List(t.Context(), org.Filter{Parent: parent, Kind: model.Estate, AsOf: day}, model.Page{})
			c.must(err)
			for _, unit := range list.Items {
				names = append(names, unit.Name)
			}
			slices.Sort(names)
			return names
		}
		check := func() {
			t.Helper()
			for day, want := range map[model.Date][2][]string{
				"2026-06-01": {{"东辰一区", "东辰二区"}, {"虹桥小区"}},
				"2026-12-05": {{"东辰二区"}, {"东辰新区", "虹桥小区"}},
			} {
				if got := below(c.kangle, day); !slices.Equal(got, want[0]) {
					t.Errorf("%s: 康乐 has %v", day, got)
				}
				if got := below(c.nancheng, day); !slices.Equal(got, want[1]) {
					t.Errorf("%s: 南城 has %v", day, got)
				}
			}
		}
		check()
		clock.Set(model.Date("2026-12-05").At(0, 0))
		_, err := o.ApplyDue(t.Context())
		c.must(err)
		check()
		if within, err := o.Within(t.Context(), c.dongchen1, c.nancheng); !within || err != nil {
			t.Errorf("authority did not follow the move: %t, %v", within, err)
		}
	})
}

func TestAChangeIsRefusedWhereItCannotBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		c := build(t, s)
		name := map[model.UnitField]string{model.FieldName: "x"}
		if err := c.amend(c.hongqiao, "2026-11-22", name); !errors.Is(err, org.ErrPast) {
			t.Errorf("yesterday: %v", err)
		}
		end := model.Date("2026-12-01")
		unit, err := s.Units.Get(t.Context(), c.grid)
		c.must(err)
		unit.ValidTo = &end
		if ok, err := s.Units.SaveChanged(t.Context(), unit); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := c.amend(c.grid, "2026-12-01", name); !errors.Is(err, org.ErrUnitEnded) {
			t.Errorf("after its end: %v", err)
		}
		_, err = org.Amend(t.Context(), s, unit, org.Amendment{Fields: name}) // as it was read before that
		if !errors.Is(err, fault.ErrChangedMeanwhile) {
			t.Errorf("changed meanwhile: %v", err)
		}
	})
}

func TestTheHistoryOfAUnitHasNoGaps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c, o := build(t, s), org.New(s)
		for i := range 5 {
			clock.Move(24 * time.Hour)
			c.must(c.amend(c.station, "", map[model.UnitField]string{model.FieldHours: string(rune('a' + i))}))
		}
		history, err := o.History(t.Context(), c.station)
		c.must(err)
		last := map[model.UnitField]model.UnitFact{}
		for _, fact := range history {
			if before, ok := last[fact.Field]; ok && (before.ValidTo == nil || *before.ValidTo != fact.ValidFrom) {
				t.Errorf("%+v does not follow %+v", fact, before)
			}
			last[fact.Field] = fact
		}
		if len(history) != 1+1+6 || last[model.FieldName].Value != "虹桥小区党群服务站" || last[model.FieldHours].ValidTo != nil {
			t.Errorf("%+v", history)
		}
	})
}
