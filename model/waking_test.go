package model_test

import (
	"testing"
	"time"

	"jinlin/model"
)

func TestTheNextRoundIsAFullHourOfTheDay(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, model.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for from, want := range map[string]string{
		"2026-11-24 09:00": "2026-11-24 10:00", "2026-11-24 09:59": "2026-11-24 10:00", "2026-11-24 19:30": "2026-11-24 20:00",
		"2026-11-24 20:00": "2026-11-25 08:00", "2026-11-24 23:59": "2026-11-25 08:00", "2026-11-25 00:10": "2026-11-25 08:00", "2026-11-25 07:59": "2026-11-25 08:00",
	} {
		if got := model.NextRound(at(from)); !got.Equal(at(want)) {
			t.Errorf("after %s: %s", from, got.In(model.Shanghai))
		}
	}
}

func TestAnItemWaitsInWorkingDays(t *testing.T) {
	t.Parallel()
	held := model.ModerationItem{HeldAt: time.Date(2026, 11, 27, 10, 10, 0, 0, model.Shanghai)} // a Friday
	for after, want := range map[time.Duration]int{0: 0, 24 * time.Hour: 0, 72*time.Hour - 1: 0, 72 * time.Hour: 1, 96 * time.Hour: 2} {
		days, next := held.Waited(model.NewCalendar(), held.HeldAt.Add(after))
		if days != want || !next.After(held.HeldAt.Add(after)) {
			t.Errorf("after %s: %d days, then %s", after, days, next)
		}
	}
}
