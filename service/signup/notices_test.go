package signup_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/activity"
	"jinlin/service/signup"
)

// told are the notices of a kind in somebody's inbox.
func (w *world) told(who model.Actor, kind string) []model.Message {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{Limit: 100})
	w.Must(err)
	return slices.DeleteFunc(inbox.Items, func(m model.Message) bool { return m.Kind != kind })
}

func (w *world) expectTold(kind string, n int, people ...model.Actor) {
	w.T.Helper()
	for i, who := range people {
		if got := w.told(who, kind); len(got) != n {
			w.T.Errorf("person %d was told %d times of %s, not %d", i, len(got), kind, n)
		}
	}
}

func TestWhoeverIsOfferedAPlaceIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.publish(1, func(p *activity.Plan) { p.StartsAt, p.EndsAt = p.StartsAt.AddDate(0, 0, 5), p.EndsAt.AddDate(0, 0, 5) })
		people := w.People(3)
		for _, p := range people {
			w.joins(p, id)
		}
		w.Must(w.Withdraw(t.Context(), people[0], id))
		w.expectTold("place_offered", 0, people[0], people[2])
		w.expectTold("place_offered", 1, people[1])
		row, err := s.SignUps.GetByPerson(t.Context(), id, people[1].User)
		w.Must(err)
		if text := w.told(people[1], "place_offered")[0].Text; !strings.Contains(text, model.Moment(*row.OfferedUntil)) || !strings.Contains(text, "清扫楼道") {
			t.Error(text)
		}
		clock.Move(24 * time.Hour)
		for range 2 {
			w.Must(w.LapseOffers(t.Context()))
		}
		w.expectTold("place_offered", 1, people[1], people[2])
	})
}

// release runs the job that a cancellation leaves behind.
func (w *world) release(id model.ActivityID) {
	w.T.Helper()
	payload, err := json.Marshal(activity.JobPayload{ActivityID: id})
	w.Must(err)
	w.Must(w.Release(w.T.Context(), model.Job{Payload: payload}))
}

func TestACancellationIsToldToEverybodySignedUpOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.publish(2)
		people := w.People(4)
		for _, p := range people[:3] { // the third one waits
			w.joins(p, id)
		}
		w.Must(w.Withdraw(t.Context(), people[0], id)) // the third one is offered the place
		w.joins(people[3], id)
		_, err := w.activities.Cancel(t.Context(), w.secretary, id, "有雨")
		w.Must(err)
		for range 2 {
			w.release(id)
		}
		w.expectTold("activity_cancelled", 1, people[1:]...)
		w.expectTold("activity_cancelled", 0, people[0], w.secretary)
		if text := w.told(people[3], "activity_cancelled")[0].Text; !strings.Contains(text, "有雨") {
			t.Error(text)
		}
	})
}

func TestPeopleAreRemindedOnceOnTheEveningBefore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		tomorrow := model.DateOf(clock.Now()).AddDays(1)
		at := func(days, hour int) func(*activity.Plan) {
			return func(p *activity.Plan) {
				p.StartsAt = tomorrow.AddDays(days).At(hour, 0)
				p.EndsAt, p.SignUpClosesAt = p.StartsAt.Add(time.Hour), p.StartsAt
			}
		}
		early, late, after, cancelled := w.publish(1, at(0, 0)), w.publish(200, at(0, 23)), w.publish(9, at(1, 0)), w.publish(9, at(0, 10))
		people := w.People(3)
		w.joins(people[0], early)
		w.joins(people[1], early) // waits
		w.joins(people[0], after)
		w.joins(people[2], cancelled)
		for _, p := range w.People(101) { // more than one page
			w.joins(p, late)
		}
		w.joins(people[2], late)
		_, err := w.activities.Cancel(t.Context(), w.secretary, cancelled, "有雨")
		w.Must(err)
		evening := model.DateOf(clock.Now()).At(18, 0)
		clock.Set(evening)
		for range 2 { // the first worker died before it could say that it was done
			w.Must(w.Remind(t.Context(), signup.ReminderSlot(clock.Now())))
		}
		w.expectTold("reminder", 1, people[0], people[2])
		w.expectTold("reminder", 0, people[1])
		clock.Set(tomorrow.At(9, 0))
		w.Must(w.Remind(t.Context(), signup.ReminderSlot(clock.Now()))) // one is over, one is yet to come
		w.expectTold("reminder", 1, people[0], people[2])
		clock.Set(tomorrow.At(18, 0))
		w.Must(w.Remind(t.Context(), signup.ReminderSlot(clock.Now())))
		w.expectTold("reminder", 2, people[0])
	})
}

func TestTheEveningLastsUntilTheNext(t *testing.T) {
	t.Parallel()
	for at, evening := range map[time.Time]model.Date{
		model.Date("2026-11-24").At(17, 59): "2026-11-23",
		model.Date("2026-11-24").At(18, 0):  "2026-11-24",
		model.Date("2026-11-25").At(3, 0):   "2026-11-24",
	} {
		if got := signup.ReminderSlot(at); !got.Equal(evening.At(18, 0)) {
			t.Errorf("%s belongs to %s", at, got)
		}
	}
}
