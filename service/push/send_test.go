package push

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

// sendTogether lets several processes send a push at once, until each has nothing to do.
func sendTogether(t *testing.T, p model.Push, processes ...*Service) {
	t.Helper()
	var sending sync.WaitGroup
	for _, s := range processes {
		sending.Go(func() {
			if err := s.sendWork(t.Context(), jobFor(t, p.ID)); err != nil && !later(err) {
				t.Error(err)
			}
		})
	}
	sending.Wait()
}

func later(err error) bool { return errors.Is(err, errUnderWay) || errors.Is(err, errElsewhere) }

func TestTwoProcessesReachEachGrantOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1000)
		c.tap(700, model.TemplateNews, "accept")
		p := c.frozenPush()
		sendTogether(t, p, c.Service, c.another())
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 700, model.DeliveryNoPermit: 300})
		got := c.received()
		if len(got) != 700 {
			t.Errorf("%d people got it, want 700", len(got))
		}
		for who, n := range got {
			if n != 1 {
				t.Errorf("%s got it %d times", who, n)
			}
		}
		r := c.report(p)
		if r.InApp != 1000 || r.Audience != 1000 || r.Push.Status != model.PushFinished {
			t.Errorf("%d in the inbox, audience %d, %s", r.InApp, r.Audience, r.Push.Status)
		}
	})
}

// naive is how one would send without thinking of others: look, send, write down.
func naive(t *testing.T, c *county, p model.Push, bothLooked *sync.WaitGroup) {
	rows, err := c.store.Deliveries.ListIn(t.Context(), p.ID, model.DeliveryQueued, 100)
	bothLooked.Done()
	bothLooked.Wait()
	for _, d := range rows {
		if err == nil {
			account, _ := c.store.WeChat.GetByUser(t.Context(), d.UserID)
			_, err = c.call(t.Context(), letter{delivery: d, openID: account.OpenID})
		}
		if err == nil {
			err = c.store.Deliveries.SaveMoved(t.Context(), []model.DeliveryID{d.ID}, model.DeliveryQueued, model.DeliverySent)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestTheNaiveSenderSendsTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(5)
		c.tap(5, model.TemplateNews, "accept")
		c.tap(5, model.TemplateNews, "accept") // WeChat itself would take two
		p := c.frozenPush()
		var sending, bothLooked sync.WaitGroup
		bothLooked.Add(2)
		for range 2 {
			sending.Go(func() { naive(t, c, p, &bothLooked) })
		}
		sending.Wait()
		twice := 0
		for _, n := range c.received() {
			if n == 2 {
				twice++
			}
		}
		if twice == 0 {
			t.Error("nobody got it twice: the race test proves nothing")
		}
	})
}

func TestADeadSenderLeavesTheUnknownBehind(t *testing.T) {
	for name, beforeDeath := range map[string]func(c *county, taken []letter){
		"before it sent": func(*county, []letter) {},
		"after it sent":  func(c *county, taken []letter) { c.hand(context.Background(), taken) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
				c := newCounty(t, s, clock, development())
				c.settleIn(40)
				c.tap(40, model.TemplateNews, "accept")
				p := c.frozenPush()
				if _, err := c.ready(t.Context(), p.ID); err != nil {
					t.Fatal(err)
				}
				c.lease = -time.Second // over at once, by the database's clock
				taken, _, err := c.take(t.Context(), p.ID, c.settings.Concurrency)
				if err != nil || len(taken) != c.settings.Concurrency {
					t.Fatalf("%d taken, %v", len(taken), err)
				}
				beforeDeath(c, taken)
				sendTogether(t, p, c.another(), c.another())
				c.drain()
				lost := int64(len(taken))
				c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 40 - lost, model.DeliveryUnknown: lost})
				for who, n := range c.received() {
					if n != 1 {
						t.Errorf("%s got it %d times", who, n)
					}
				}
				if r := c.report(p); r.Push.Status != model.PushFinished {
					t.Errorf("the push is %s", r.Push.Status)
				}
				for i := range c.residents {
					if left := c.left(i, model.TemplateNews); left != 0 {
						t.Errorf("resident %d has %d left", i, left)
					}
				}
			})
		})
	}
}

func TestALateSenderStillSaysHowItWent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		c.tap(1, model.TemplateNews, "accept")
		p := c.frozenPush()
		_, err := c.ready(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.lease = -time.Second
		taken, _, err := c.take(t.Context(), p.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		sent := c.hand(t.Context(), taken)
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliveryUnknown: 1})
		if err := c.Service.settle(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 1})
	})
}

func TestWhatWeChatAnswersDecides(t *testing.T) {
	const people = 10
	for name, test := range map[string]struct {
		fault    string
		status   model.DeliveryStatus
		left     int // grants per person, as the ledger has it
		accepted int // by WeChat
		wait     bool
	}{
		"43101":      {`"kind":"errcode","errcode":43101`, model.DeliveryRefused, 0, 0, false},
		"47003":      {`"kind":"errcode","errcode":47003`, model.DeliveryFailed, 1, 0, false},
		"40037":      {`"kind":"errcode","errcode":40037`, model.DeliveryFailed, 1, 0, false},
		"-1":         {`"kind":"errcode","errcode":-1`, model.DeliveryUnknown, 0, 0, false},
		"drop_after": {`"kind":"drop_after"`, model.DeliveryUnknown, 0, people, false},
		"status 503": {`"kind":"status","status":503`, model.DeliveryUnknown, 0, 0, false},
		"45009":      {`"kind":"errcode","errcode":45009`, model.DeliveryQueued, 1, 0, true},
		"40001":      {`"kind":"errcode","errcode":40001`, model.DeliveryQueued, 1, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
				c := newCounty(t, s, clock, development())
				c.settleIn(people)
				c.tap(people, model.TemplateNews, "accept")
				p := c.frozenPush()
				c.fault(`{"path":"` + sendPath + `",` + test.fault + `}`)
				err := c.sendWork(t.Context(), jobFor(t, p.ID))
				if (err != nil) != test.wait {
					t.Fatalf("the job ended with %v", err)
				}
				c.counts(p, map[model.DeliveryStatus]int64{test.status: people})
				for i := range people {
					if left := c.left(i, model.TemplateNews); left != test.left {
						t.Errorf("resident %d has %d left, want %d", i, left, test.left)
					}
				}
				c.fault("")
				clock.Move(25 * time.Hour)
				c.drain()
				want := test.accepted
				if test.wait {
					want = people
				}
				if got := c.received(); len(got) != want {
					t.Errorf("%d people got it, want %d", len(got), want)
				}
				if r := c.report(p); r.Push.Status != model.PushFinished {
					t.Errorf("the push is %s", r.Push.Status)
				}
			})
		})
	}
}

func TestAPushWithoutQuotaSaysUntilWhenItWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(2)
		c.tap(2, model.TemplateNews, "accept")
		p := c.frozenPush()
		if r := c.report(p); r.WaitingUntil != nil {
			t.Errorf("before its sending it waits until %s", r.WaitingUntil)
		}
		c.fault(`{"path":"` + sendPath + `","kind":"errcode","errcode":45009}`)
		c.drain()
		c.waits(p, shanghai("2026-11-24", 0, 1)) // WeChat renews its quota at midnight
		if _, err := c.Pause(t.Context(), c.secretary, p.ID); err != nil {
			t.Fatal(err)
		}
		if r := c.report(p); r.WaitingUntil != nil {
			t.Errorf("paused, it waits until %s", r.WaitingUntil)
		}
		if _, err := c.Resume(t.Context(), c.secretary, p.ID); err != nil {
			t.Fatal(err)
		}
		c.drain()
		c.waits(p, shanghai("2026-11-24", 0, 1))
		c.fault("")
		clock.Set(shanghai("2026-11-24", 0, 1))
		if r := c.report(p); r.WaitingUntil != nil {
			t.Errorf("due, it waits until %s", r.WaitingUntil)
		}
	})
}

// waits fails the test unless the push says that it goes on then.
func (c *county) waits(p model.Push, until time.Time) {
	c.t.Helper()
	if r := c.report(p); r.WaitingUntil == nil || !r.WaitingUntil.Equal(until) {
		c.t.Errorf("the push waits until %v, not %s", r.WaitingUntil, until)
	}
}

func TestPauseAndStopBiteBetweenBatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(20)
		c.tap(20, model.TemplateNews, "accept")
		p := c.frozenPush()
		p, err := c.ready(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.batch(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Pause(t.Context(), c.secretary, p.ID); err != nil {
			t.Fatal(err)
		}
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 8, model.DeliveryQueued: 12})
		if _, err := c.Resume(t.Context(), c.secretary, p.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.batch(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stop(t.Context(), c.secretary, p.ID); err != nil {
			t.Fatal(err)
		}
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 16, model.DeliveryQueued: 4})
		if r := c.report(p); r.Push.Status != model.PushStopped || len(r.Events) != 6 {
			t.Errorf("%s after %d events", r.Push.Status, len(r.Events))
		}
	})
}
