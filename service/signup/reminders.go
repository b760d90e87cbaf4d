package signup

import (
	"context"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// RemindJob reminds people of the next day's activities; its slots are ReminderSlot's.
const RemindJob = "signup.remind"

// remindAt is when people are reminded of what is on tomorrow: they are home from work,
// and it is two hours and more until the quiet ones.
const remindAt model.TimeOfDay = "18:00"

// ReminderSlot is the evening to which a moment belongs: from six o'clock to the next.
func ReminderSlot(now time.Time) time.Time { return remindAt.Last(now) }

// Remind reminds those with a place at an activity that begins on the day after an
// evening, unless it has begun: the work of a job that may come late and may be repeated.
func (s *Service) Remind(ctx context.Context, evening time.Time) error {
	day := model.DateOf(evening).AddDays(1)
	on := store.ActivityFilter{From: day.At(0, 0), To: day.AddDays(1).At(0, 0)}
	activities := model.All(func(page model.Page) (model.Listing[model.Activity], error) {
		return s.store.Activities.List(ctx, on, page)
	})
	for a, err := range activities {
		if err != nil {
			return err
		}
		if a.StartsAt.Before(on.From) {
			continue
		}
		if err := s.remindAll(ctx, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// remindAll tells some at a time, so that no transaction is long.
func (s *Service) remindAll(ctx context.Context, id model.ActivityID) error {
	page := model.Page{Limit: batch}
	for {
		var rows model.Listing[model.SignUp]
		err := s.store.InTx(ctx, func(tx *store.Store) error {
			a, err := tx.Activities.Get(ctx, id)
			if err != nil || a.StateAt(tx.Now()) != model.ActivityPublished { // begun, or cancelled meanwhile
				return err
			}
			if rows, err = tx.SignUps.ListByActivity(ctx, id, page); err != nil {
				return err
			}
			return s.remindRows(ctx, tx, a, rows.Items)
		})
		if err != nil || rows.Next == nil {
			return err
		}
		page.After = rows.Next
	}
}

func (s *Service) remindRows(ctx context.Context, tx *store.Store, a model.Activity, rows []model.SignUp) error {
	for _, row := range rows {
		if row.State != model.SignUpRegistered {
			continue
		}
		if err := s.notices.Tell(ctx, tx, reminder(a, row)); err != nil {
			return err
		}
	}
	return nil
}
