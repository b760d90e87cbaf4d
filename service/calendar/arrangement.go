package calendar

import (
	"context"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// ahead is how many days before a year begins its days off are needed: the longest clock of the mailbox is
// fifteen working days with seven more, and a clock that has begun is not counted anew.
const ahead = 45

// Notices tells people.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// TellUnarranged tells the county's clerks, once a week, that a year is near whose days off neither come with
// the program nor were entered by them: until they are, only weekdays count. It says whether that is so, and
// may run anywhere and again.
func (s *Service) TellUnarranged(ctx context.Context, notices Notices) (bool, error) {
	year := string(model.DateOf(s.store.Now()).AddDays(ahead))[:4]
	if model.Arranged(year) {
		return false, nil
	}
	entered, err := s.store.CalendarDays.ListBetween(ctx, model.Date(year+"-01-01"), model.Date(year+"-12-31"))
	if err != nil || slices.ContainsFunc(entered, func(d model.CalendarDay) bool { return d.Kind == model.Holiday }) {
		return false, err
	}
	return true, s.store.InTx(ctx, func(tx *store.Store) error {
		clerks, err := tx.Grants.ListHolding(ctx, model.CountyClerk, tx.Now())
		if err != nil {
			return err
		}
		for _, g := range clerks {
			if err := notices.Tell(ctx, tx, unarranged(g.UserID, year, model.DateOf(tx.Now()).Week())); err != nil {
				return err
			}
		}
		return nil
	})
}

func unarranged(user model.UserID, year string, week model.Date) model.Notice {
	return model.Notice{
		User: user, Kind: "calendar_unarranged", Title: fault.Text{ZH: "请录入" + year + "年放假安排", EN: "Enter the days off of " + year},
		Text: fault.Text{
			ZH: fmt.Sprintf("%s年的放假和调休安排尚未录入工作日历。请按国务院办公厅通知录入；已经开始计时的时限不会重新计算。", year),
			EN: fmt.Sprintf("The calendar does not know the days off of %s yet. Enter them as the State Council announced them; clocks that run already are not counted anew.", year),
		},
		Link: "pages/calendar/index", Key: "calendar/" + year + "/" + string(week),
	}
}
