package station

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
)

// Days are the exceptions of a station from one day to another, at most a year.
// Faults: not_found, invalid.
func (s *Service) Days(ctx context.Context, id model.UnitID, from, to model.Date) ([]model.StationDay, error) {
	if _, err := s.standing(ctx, id); err != nil {
		return nil, err
	}
	if to < from || to > from.AddDays(366) {
		return nil, fault.InvalidField("to", "out_of_range", "起止日期须按先后排列，且不超过一年。", "The days must be in order and within a year.")
	}
	return s.store.StationDays.ListBetween(ctx, []model.UnitID{id}, from, to)
}

// Except sets the hours of one day; no spans close it. seen is the version that was read,
// nil for any. Faults: unauthenticated, forbidden, not_found, invalid, invalid_hours,
// changed_meanwhile.
func (s *Service) Except(ctx context.Context, actor model.Actor, day model.StationDay, spans model.Spans, seen *int) (model.StationDay, error) {
	if err := s.mayChange(ctx, actor, day.StationID); err != nil {
		return day, err
	}
	if err := spans.Check(); err != nil {
		return day, err
	}
	reason, err := fault.Reason(day.Reason, 1, 200)
	if err != nil {
		return day, err
	}
	day.Reason = reason
	if day.Date < s.today() {
		return day, fault.InvalidField("date", "past", "不能更改已经过去的日子。", "The day is over.")
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		before, err := exception(ctx, tx, day.StationID, day.Date, seen)
		if err != nil {
			return err
		}
		day.SetSpans(spans)
		day.ChangedBy, day.UpdatedAt, day.Version = actor.User, tx.Now(), before.Version
		if day.Version == 0 {
			day.Version = 1
			err = store.First(tx.StationDays.Add(ctx, &day))
		} else {
			err = store.Kept(tx.StationDays.SaveChanged(ctx, day))
			day.Version++
		}
		if err != nil {
			return err
		}
		return recordDay(ctx, tx, actor, day, "other hours on ")
	})
	return day, err
}

// Unexcept makes a day a usual one again. seen is as with Except.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) Unexcept(ctx context.Context, actor model.Actor, id model.UnitID, date model.Date, seen *int) error {
	if err := s.mayChange(ctx, actor, id); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		before, err := exception(ctx, tx, id, date, seen)
		if err != nil {
			return err
		}
		if before.Version == 0 {
			return fault.ErrNotFound
		}
		if err := store.Kept(tx.StationDays.Delete(ctx, before)); err != nil {
			return err
		}
		return recordDay(ctx, tx, actor, before, "usual hours on ")
	})
}

// exception is what holds for a day so far; version 0 when it is a usual one.
func exception(ctx context.Context, tx *store.Store, id model.UnitID, date model.Date, seen *int) (model.StationDay, error) {
	before, err := tx.StationDays.Get(ctx, id, date)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return before, err
	}
	return before, store.Seen(seen, before.Version)
}

func recordDay(ctx context.Context, tx *store.Store, actor model.Actor, day model.StationDay, what string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "station.day", ObjectKind: "station", ObjectID: day.StationID, Unit: day.StationID, Detail: what + string(day.Date),
	})
}
