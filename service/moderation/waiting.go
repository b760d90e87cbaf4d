package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/identity"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

const (
	unitsAtOnce = 200
	itemsAtOnce = 1000 // of one unit; more than that wait a little longer
	holidays    = 30   // days in which there is a working day, whatever the calendar says
)

// TellWaiting tells those who may decide what waits for them, unit by unit, and says of how many
// units. It may run anywhere and again: when people hear of an item next is written in the
// transaction of the notices.
func (s *Service) TellWaiting(ctx context.Context, notices Notices) (told int, err error) {
	for {
		units, err := s.store.ModerationItems.ListUnitsDue(ctx, s.store.Now(), unitsAtOnce)
		if err != nil {
			return told, err
		}
		before, trouble := told, error(nil)
		for _, unit := range units {
			done, err := s.tellOf(ctx, notices, unit)
			trouble = errors.Join(trouble, err) // one unit must not keep the others waiting
			if done && err == nil {
				told++
			}
		}
		if trouble != nil || told == before {
			return told, trouble
		}
	}
}

// waiting is a held item that people have waited for.
type waiting struct {
	model.ModerationItem
	days int // working days
}

func (s *Service) tellOf(ctx context.Context, notices Notices, unit model.UnitID) (due bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		var items []waiting
		if items, due, err = remind(ctx, tx, unit); err != nil || !due {
			return err
		}
		ladder, err := s.ladder(ctx, tx, unit)
		if err != nil {
			return err
		}
		counts, err := countFor(ctx, tx, ladder, items)
		if err != nil {
			return err
		}
		for _, user := range slices.Concat(ladder...) {
			if counts[user] == 0 {
				continue
			}
			if err := notices.Tell(ctx, tx, waitingNotice(user, unit, counts[user], tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	return due, err
}

// remind reads what waits in a unit, writes when people hear next of what is due, and says whether
// anything was: another worker may have been faster.
func remind(ctx context.Context, tx *store.Store, unit model.UnitID) (items []waiting, due bool, err error) {
	held, err := tx.ModerationItems.ListHeld(ctx, unit, itemsAtOnce)
	if err != nil {
		return nil, false, err
	}
	calendar, err := calendarOf(ctx, tx, held)
	if err != nil {
		return nil, false, err
	}
	now := tx.Now()
	for _, item := range held {
		days, next := item.Waited(calendar, now)
		items = append(items, waiting{item, days})
		if item.RemindAt == nil || item.RemindAt.After(now) {
			continue
		}
		saved, err := tx.ModerationItems.SaveReminded(ctx, item, model.NextRound(next))
		if err != nil {
			return nil, false, err
		}
		due = due || saved
	}
	return items, due, nil
}

// calendarOf is the calendar from the day on which the first of some items was held.
func calendarOf(ctx context.Context, tx *store.Store, items []model.ModerationItem) (model.Calendar, error) {
	first := tx.Now()
	for _, item := range items {
		if item.HeldAt.Before(first) {
			first = item.HeldAt
		}
	}
	changed, err := tx.CalendarDays.ListBetween(ctx, model.DateOf(first), model.DateOf(tx.Now()).AddDays(holidays))
	return model.NewCalendar(changed...), err
}

// ladder are those who may decide in a unit, nearest first, each once and on the lowest rung that is
// theirs. A level without anybody is no rung.
func (s *Service) ladder(ctx context.Context, tx *store.Store, unit model.UnitID) (ladder [][]model.UserID, err error) {
	levels, err := s.org.Levels(ctx, unit)
	if err != nil {
		return nil, err
	}
	known := map[model.UserID]bool{}
	for _, units := range levels {
		var rung []model.UserID
		for _, at := range units {
			people, err := s.deciders(ctx, tx, at, unit)
			if err != nil {
				return nil, err
			}
			for _, user := range people {
				if !known[user] {
					known[user] = true
					rung = append(rung, user)
				}
			}
		}
		if len(rung) > 0 {
			ladder = append(ladder, rung)
		}
	}
	return ladder, nil
}

// deciders are those with a role at one unit who may decide in another.
func (s *Service) deciders(ctx context.Context, tx *store.Store, at, in model.UnitID) (people []model.UserID, err error) {
	for _, role := range access.Table[access.TextModerate] {
		grants, err := tx.Grants.ListByUnit(ctx, at, role, tx.Now())
		if err != nil {
			return nil, err
		}
		for _, g := range grants {
			people = append(people, g.UserID)
		}
	}
	return s.access.Able(ctx, people, access.TextModerate, in)
}

// countFor says for how many items each person of a ladder is asked: of each, those of the first
// rung and of one more for every working day. Who wrote a text does not decide on it, so a rung of
// its writer alone does not count.
func countFor(ctx context.Context, tx *store.Store, ladder [][]model.UserID, items []waiting) (map[model.UserID]int, error) {
	counts, othersThan := map[model.UserID]int{}, map[model.UserID][][]model.UserID{}
	for _, item := range items {
		rungs, known := othersThan[item.WriterID]
		if !known {
			var err error
			if rungs, err = without(ctx, tx, ladder, item.WriterID); err != nil {
				return nil, err
			}
			othersThan[item.WriterID] = rungs
		}
		for _, user := range slices.Concat(rungs[:min(item.days+1, len(rungs))]...) {
			counts[user]++
		}
	}
	return counts, nil
}

// without is a ladder without a writer, under whatever name they wrote.
func without(ctx context.Context, tx *store.Store, ladder [][]model.UserID, writer model.UserID) (rungs [][]model.UserID, err error) {
	for _, people := range ladder {
		var rung []model.UserID
		for _, user := range people {
			own, err := identity.Is(ctx, tx, writer, user)
			if err != nil {
				return nil, err
			}
			if !own {
				rung = append(rung, user)
			}
		}
		if len(rung) > 0 {
			rungs = append(rungs, rung)
		}
	}
	return rungs, nil
}

func waitingNotice(user model.UserID, unit model.UnitID, n int, at time.Time) model.Notice {
	return model.Notice{
		User: user, Kind: "texts_waiting", Title: fault.Text{ZH: "有内容待复核", EN: "Held texts wait"},
		Text: fault.Text{ZH: fmt.Sprintf("现有 %d 项内容等待复核，请及时处理。", n), EN: fmt.Sprintf("Texts and pictures that wait for your decision: %d.", n)},
		Link: "pages/moderation/items?unitId=" + unit.String(),
		Key:  fmt.Sprintf("moderation.round/%s/%d", unit, at.Truncate(time.Hour).Unix()),
	}
}
