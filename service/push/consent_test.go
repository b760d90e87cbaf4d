package push

import (
	"errors"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func TestAnEventToldTwiceIsOneGrant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		c.fault(`{"path":"push","kind":"malformed","variant":"duplicate"}`)
		c.tap(1, model.TemplateNews, "accept")
		if left := c.left(0, model.TemplateNews); left != 1 {
			t.Errorf("%d left of one tap", left)
		}
		clock.Move(1e9)
		c.tap(1, model.TemplateNews, "accept")
		if left := c.left(0, model.TemplateNews); left != 2 {
			t.Errorf("%d left of two taps", left)
		}
		c.tap(1, model.TemplateNews, "reject")
		if left := c.left(0, model.TemplateNews); left != 0 {
			t.Errorf("%d left after a refusal", left)
		}
	})
}

func TestATapToldByClientAndWeChatCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		me := model.Actor{User: c.residents[0]}
		accepted := []Tap{{TemplateID: "news", Result: "accept"}, {TemplateID: "reply", Result: "reject"}}
		believed, err := c.ReportTaps(t.Context(), me, accepted)
		if err != nil || !believed || c.left(0, model.TemplateNews) != 1 {
			t.Fatalf("without events: believed %t, %v, %d left", believed, err, c.left(0, model.TemplateNews))
		}
		c.tap(1, model.TemplateNews, "accept") // the same tap, told by WeChat later
		believed, err = c.ReportTaps(t.Context(), me, accepted)
		if err != nil || believed || c.left(0, model.TemplateNews) != 1 {
			t.Errorf("with events: believed %t, %v, %d left", believed, err, c.left(0, model.TemplateNews))
		}
		if _, err := c.ReportTaps(t.Context(), me, []Tap{{TemplateID: "other", Result: "accept"}}); !errors.Is(err, ErrUnknownTemplate) {
			t.Errorf("a template that is not ours: %v", err)
		}
	})
}

func TestALongTermGrantStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		settings := development()
		settings.LongTerm = []string{"news"}
		c := newCounty(t, s, clock, settings)
		c.control("PUT", "/templates/news", `{"fields":["thing1","thing2","date3"],"longTerm":true}`, nil)
		c.settleIn(1)
		c.tap(1, model.TemplateNews, "accept")
		for _, date := range []model.Date{"2026-12-01", "2026-12-02", "2026-12-03"} {
			c.publish("一")
			if _, err := c.Run(t.Context(), c.secretary, c.branch.ID, date); err != nil {
				t.Fatal(err)
			}
			c.drain()
		}
		if got := c.received()[persona(0)]; got != 3 {
			t.Errorf("%d messages of three pushes", got)
		}
	})
}

func (c *county) notify(n int, key string, urgent bool) {
	c.t.Helper()
	err := c.store.InTx(c.t.Context(), func(tx *store.Store) error {
		return c.Tell(c.t.Context(), tx, model.Notice{
			User: c.residents[n], Kind: "reminder", Title: fault.Text{ZH: "活动提醒", EN: "Reminder"},
			Text: fault.Text{ZH: "明天上午", EN: "tomorrow morning"}, Link: "pages/activity/detail?id=1", Key: key,
			Card: &model.Card{Template: model.TemplateReminder, Urgent: urgent, Fields: map[string]string{
				"thing1": "义诊", "time2": "2026-11-24 09:00", "thing3": "党群服务站",
			}},
		})
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.drain()
}

func TestANoticeIsToldOnceAndCapped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		me := model.Actor{User: c.residents[0]}
		for range 13 {
			clock.Move(1e9)
			c.tap(1, model.TemplateReminder, "accept")
		}
		c.notify(0, "once", false)
		c.notify(0, "once", false)
		for range 10 {
			c.notify(0, "", false)
		}
		if got := c.received()[persona(0)]; got != WeeklyCap || c.left(0, model.TemplateReminder) != 3 {
			t.Errorf("%d messages in a week, %d left", got, c.left(0, model.TemplateReminder))
		}
		c.notify(0, "", true)
		if got := c.received()[persona(0)]; got != WeeklyCap+1 {
			t.Errorf("%d messages with an urgent one", got)
		}
		clock.Set(shanghai("2026-11-30", 22, 0)) // the next Monday, in the evening
		c.notify(0, "", false)
		if got := c.received()[persona(0)]; got != WeeklyCap+1 {
			t.Errorf("%d messages in the quiet hours", got)
		}
		clock.Set(shanghai("2026-12-01", 7, 0))
		c.drain()
		if got := c.received()[persona(0)]; got != WeeklyCap+2 {
			t.Errorf("%d messages in the morning", got)
		}
		inbox, err := c.Inbox(t.Context(), me, model.Page{Limit: 100})
		if err != nil || len(inbox.Items) != 13 {
			t.Fatalf("%d in the inbox, %v", len(inbox.Items), err)
		}
	})
}

func TestWhoWantsNoNewsGetsItInTheInboxOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(2)
		c.tap(2, model.TemplateNews, "accept")
		me := model.Actor{User: c.residents[0]}
		if _, err := c.Prefer(t.Context(), me, nil, false, true); err != nil {
			t.Fatal(err)
		}
		p := c.frozenPush()
		c.drain()
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliverySent: 1, model.DeliveryRefused: 1})
		if r := c.report(p); r.OptedOut != 1 {
			t.Errorf("%d have turned news off", r.OptedOut)
		}
		inbox, err := c.Inbox(t.Context(), me, model.Page{})
		if err != nil || len(inbox.Items) != 1 {
			t.Fatalf("%d in the inbox, %v", len(inbox.Items), err)
		}
		other := model.Actor{User: c.residents[1]}
		theirs, err := c.Inbox(t.Context(), other, model.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Read(t.Context(), me, theirs.Items[0].ID); err == nil {
			t.Error("somebody else's message was read")
		}
		for range 2 {
			if err := c.Read(t.Context(), other, theirs.Items[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		c.counts(p, map[model.DeliveryStatus]int64{model.DeliveryRead: 1, model.DeliveryRefused: 1})
	})
}
