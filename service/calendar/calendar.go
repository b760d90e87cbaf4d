// Package calendar tells working days from others.
//
// The arrangements of the State Council come with the program. The county's clerk may say
// of any day that it is something else, because a year's arrangement is not published yet
// or the county has a day of its own; what the clerk says wins until it is taken back. Duty
// rosters, stations' hours and clocks that run in working days all ask here.
package calendar

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// MaxDays is the most days that one question may span.
const MaxDays = 400

// Service keeps the calendar.
type Service struct {
	store  *store.Store
	access *access.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service) *Service { return &Service{store: s, access: a} }

// Between is the calendar from one day to another, both included. Days outside are as the
// State Council has them.
func (s *Service) Between(ctx context.Context, from, to model.Date) (model.Calendar, error) {
	changed, err := s.store.CalendarDays.ListBetween(ctx, from, to)
	return model.NewCalendar(changed...), err
}

// Days are the days from one to another, both included, at most MaxDays. Fault: invalid.
func (s *Service) Days(ctx context.Context, from, to model.Date) ([]model.CalendarDay, error) {
	if to < from || to > from.AddDays(MaxDays) {
		return nil, fault.InvalidField("to", "out_of_range", "起止日期须按先后排列，且不超过 400 天。", "The days must be in order and at most 400.")
	}
	c, err := s.Between(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var days []model.CalendarDay
	for date := from; date <= to; date = date.AddDays(1) {
		days = append(days, c.Day(date))
	}
	return days, nil
}

// Change says what a day is. seen is the version that was read, nil for any.
// Faults: unauthenticated, forbidden, invalid, changed_meanwhile.
func (s *Service) Change(ctx context.Context, actor model.Actor, day model.CalendarDay, seen *int) (model.CalendarDay, error) {
	unit, err := s.county(ctx, actor)
	if err != nil {
		return day, err
	}
	if day.Name = strings.TrimSpace(day.Name); day.Name == "" && day.Kind == model.Holiday {
		return day, fault.InvalidField("name", "required", "请填写节日名称。", "Name the holiday.")
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.CalendarDay, error) {
		day.ChangedBy, day.UpdatedAt = actor.User, tx.Now()
		before, err := s.before(ctx, tx, day.Date, seen)
		if err != nil {
			return day, err
		}
		if day.Version = before.Version; day.Version == 0 {
			day.Version = 1
			err = store.First(tx.CalendarDays.Add(ctx, &day))
		} else {
			err = store.Kept(tx.CalendarDays.SaveChanged(ctx, day))
			day.Version++
		}
		if err != nil {
			return day, err
		}
		return day, record(ctx, tx, actor, unit, day.Date, string(day.Kind))
	})
}

// Restore takes back what the county said of a day. seen is as with Change.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) Restore(ctx context.Context, actor model.Actor, date model.Date, seen *int) error {
	unit, err := s.county(ctx, actor)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		before, err := s.before(ctx, tx, date, seen)
		if err != nil {
			return err
		}
		if before.Version == 0 {
			return fault.ErrNotFound
		}
		if err := store.Kept(tx.CalendarDays.Delete(ctx, before)); err != nil {
			return err
		}
		return record(ctx, tx, actor, unit, date, "restored")
	})
}

// county is the top of whoever may change the calendar: it is one for the whole county.
func (s *Service) county(ctx context.Context, actor model.Actor) (model.UnitID, error) {
	tops, err := s.access.Units(ctx, actor, access.CalendarManage)
	if err != nil {
		return model.UnitID{}, err
	}
	return tops[0], nil
}

// before is what the county says of a day so far; version 0 when it says nothing.
func (s *Service) before(ctx context.Context, tx *store.Store, date model.Date, seen *int) (model.CalendarDay, error) {
	before, err := tx.CalendarDays.Get(ctx, date)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return before, err
	}
	return before, store.Seen(seen, before.Version)
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, unit model.UnitID, date model.Date, detail string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "calendar.day", ObjectKind: "calendar_day", Unit: unit, Detail: string(date) + " " + detail,
	})
}
