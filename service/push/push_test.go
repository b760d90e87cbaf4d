package push

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func TestAtOnceThereIsOnePush(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(3)
		c.publish("一")
		clock.Move(time.Minute)
		newest := c.publish("二")
		var made, refused atomic.Int32
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				_, err := c.Run(t.Context(), c.secretary, c.branch.ID, "2026-12-01")
				switch {
				case err == nil:
					made.Add(1)
				case errors.Is(err, ErrPushExists), errors.Is(err, ErrNothing): // the first has the articles
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || refused.Load() != 11 {
			t.Fatalf("%d made, %d refused", made.Load(), refused.Load())
		}
		c.drain()
		pushes, err := c.Pushes(t.Context(), c.secretary, c.branch.ID, model.Page{})
		if err != nil || len(pushes.Items) != 1 {
			t.Fatalf("%d pushes, %v", len(pushes.Items), err)
		}
		r := c.report(pushes.Items[0])
		if r.Push.Title != newest.Title || len(r.Articles) != 2 || r.InApp != 3 || r.Push.Status != model.PushFinished {
			t.Errorf("%q of %d articles to %d, %s", r.Push.Title, len(r.Articles), r.InApp, r.Push.Status)
		}
		if _, err := c.Run(t.Context(), c.secretary, c.branch.ID, "2026-12-02"); !errors.Is(err, ErrNothing) {
			t.Errorf("a second push of the same articles: %v", err)
		}
		c.publish("三")
		if _, err := c.Run(t.Context(), c.secretary, c.branch.ID, "2026-12-01"); !errors.Is(err, ErrPushExists) {
			t.Errorf("a second push of one date: %v", err)
		}
	})
}

func TestProductionPushesTodayOnly(t *testing.T) {
	s, clock := storetest.OpenSQLite(t)
	settings := development()
	settings.Production = true
	c := newCounty(t, s, clock, settings)
	c.publish("一")
	if _, err := c.Run(t.Context(), c.secretary, c.branch.ID, "2026-11-24"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("tomorrow in production: %v", err)
	}
	c.settings.Production = false
	for _, date := range []model.Date{"2027-11-26", "2026-02-30", "morgen"} {
		if _, err := c.Run(t.Context(), c.secretary, c.branch.ID, date); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", date, err)
		}
	}
	if _, err := c.Run(t.Context(), model.Actor{User: model.NewID[model.User](clock.Now())}, c.branch.ID, ""); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}

func TestFreezingAgainAddsNobodyTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(7)
		c.publish("一")
		p, err := c.Run(t.Context(), c.secretary, c.branch.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the first worker dies before it can say that it is done
			if err := c.freezeEstate(t.Context(), p, c.estate.ID); err != nil {
				t.Fatal(err)
			}
		}
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliveryNoPermit: 7})
		if r := c.report(p); r.InApp != 7 {
			t.Errorf("%d in the inbox", r.InApp)
		}
	})
}

func shanghai(day model.Date, hour, minute int) time.Time { return day.At(hour, minute) }

func TestTheDailySlot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(2)
		pushes := func() []model.Push {
			l, err := c.Pushes(t.Context(), c.secretary, c.branch.ID, model.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return l.Items
		}
		clock.Set(shanghai("2026-11-24", 7, 29))
		c.drain()
		if got := pushes(); len(got) != 0 {
			t.Fatalf("%d pushes before the first article", len(got))
		}
		c.publish("一")
		clock.Set(shanghai("2026-11-24", 7, 31))
		for _, again := range []time.Duration{0, time.Minute, time.Hour} { // every slot serves a day once
			clock.Move(again)
			c.drain()
		}
		if got := pushes(); len(got) != 1 || got[0].Date != "2026-11-24" || got[0].Status != model.PushFinished {
			t.Fatalf("on the day: %+v", got)
		}
		clock.Set(shanghai("2026-11-25", 8, 0))
		c.drain()
		if got := pushes(); len(got) != 1 {
			t.Fatalf("%d pushes, the second with nothing to tell", len(got))
		}
		c.publish("二")
		clock.Set(shanghai("2026-11-26", 9, 31))
		c.drain()
		if got := pushes(); len(got) != 2 || got[0].Status != model.PushMissed {
			t.Fatalf("two hours late: %+v", got)
		}
		clock.Set(shanghai("2026-11-27", 7, 30))
		c.drain()
		if got := pushes(); len(got) != 3 || got[0].Title != "二" || got[0].Status != model.PushFinished {
			t.Fatalf("the day after: %+v", got)
		}
	})
}

func TestManyWorkersServeASlotOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.publish("一")
		clock.Set(shanghai("2026-11-24", 7, 30))
		var wg sync.WaitGroup
		for range 6 {
			other := c.another()
			wg.Go(func() {
				if err := other.Daily(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		l, err := c.Pushes(t.Context(), c.secretary, c.branch.ID, model.Page{})
		if err != nil || len(l.Items) != 1 || l.Items[0].Status != model.PushPlanned {
			t.Fatalf("%+v, %v", l.Items, err)
		}
	})
}

func TestQuietHoursPutASendingOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		settings := development()
		settings.Production = true
		c := newCounty(t, s, clock, settings)
		c.settleIn(3)
		c.tap(3, model.TemplateNews, "accept")
		clock.Set(shanghai("2026-11-24", 21, 45))
		p := c.frozenPush()
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliveryQuietDeferred: 3})
		c.waits(p, shanghai("2026-11-25", 7, 0))
		clock.Set(shanghai("2026-11-25", 6, 59))
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliveryQuietDeferred: 3})
		clock.Set(shanghai("2026-11-25", 7, 0))
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 3})
		if r := c.report(p); r.Push.Status != model.PushFinished || r.WaitingUntil != nil {
			t.Errorf("the push is %s and waits until %v", r.Push.Status, r.WaitingUntil)
		}
	})
}

func TestPlans(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		plan, err := c.Plan(t.Context(), c.secretary, c.branch.ID)
		if err != nil || plan.At != "07:30" || !plan.Enabled || plan.Version != 0 {
			t.Fatalf("the default is %+v, %v", plan, err)
		}
		seen := plan.Version
		plan.At = "22:00"
		if _, err := c.SavePlan(t.Context(), c.secretary, &seen, plan); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a slot in the quiet hours: %v", err)
		}
		var saved, stale atomic.Int32
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				plan := plan
				plan.At = model.TimeOfDay(fmt.Sprintf("08:0%d", i))
				_, err := c.SavePlan(t.Context(), c.secretary, &seen, plan)
				switch {
				case err == nil:
					saved.Add(1)
				case errors.Is(err, fault.ErrChangedMeanwhile):
					stale.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if saved.Load() != 1 || stale.Load() != 4 {
			t.Errorf("%d saved, %d stale", saved.Load(), stale.Load())
		}
		plan, err = c.Plan(t.Context(), c.secretary, c.branch.ID)
		if err != nil || plan.Version != 1 || plan.At < "08:00" {
			t.Errorf("%+v, %v", plan, err)
		}
	})
}

func TestForecast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(6)
		c.tap(4, model.TemplateNews, "accept")
		f, err := c.Forecast(t.Context(), c.secretary, c.branch.ID)
		if err != nil || f != (Forecast{Audience: 6, WithGrant: 4}) {
			t.Errorf("%+v, %v", f, err)
		}
	})
}
