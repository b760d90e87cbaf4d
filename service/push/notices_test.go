package push

import (
	"bytes"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

// tells writes a notice with a card and nothing else.
func (c *county) tells(user model.UserID, template model.Template, key string) {
	c.t.Helper()
	n := model.Notice{
		User: user, Kind: string(template), Title: fault.Text{ZH: "标题", EN: "Title"}, Text: fault.Text{ZH: "正文", EN: "Text"}, Key: key,
		Link: "pages/index/index", Card: &model.Card{Template: template, Fields: map[string]string{
			"thing1": "洗衣液", "phrase2": "已答复", "time3": "2026-11-24 09:00", "character_string2": "7K4M9QTD", "date3": "2026-11-30 10:00",
		}},
	}
	for field := range n.Card.Fields {
		if !fieldsOfTemplate[template][field] {
			delete(n.Card.Fields, field)
		}
	}
	if err := c.store.InTx(c.t.Context(), func(tx *store.Store) error { return c.Tell(c.t.Context(), tx, n) }); err != nil {
		c.t.Fatal(err)
	}
}

var fieldsOfTemplate = map[model.Template]map[string]bool{
	model.TemplateReply:      {"thing1": true, "phrase2": true, "time3": true},
	model.TemplateRedemption: {"thing1": true, "character_string2": true, "date3": true},
}

func (c *county) inbox(n int) []model.Message {
	c.t.Helper()
	l, err := c.Inbox(c.t.Context(), model.Actor{User: c.residents[n]}, model.Page{Limit: 100})
	if err != nil {
		c.t.Fatal(err)
	}
	return l.Items
}

func TestAnAnswerWaitsBehindNoNews(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		week := model.DateOf(clock.Now()).Week()
		for range WeeklyCap { // the week is used up by whatever else there is to tell
			if _, err := s.WeeklySends.TakeOne(t.Context(), c.residents[0], week, WeeklyCap); err != nil {
				t.Fatal(err)
			}
		}
		c.tap(1, model.TemplateReply, "accept")
		c.tap(1, model.TemplateRedemption, "accept")
		c.tells(c.residents[0], model.TemplateRedemption, "")
		c.tells(c.residents[0], model.TemplateReply, "")
		c.drain()
		if got := c.received()[persona(0)]; got != 1 || c.left(0, model.TemplateReply) != 0 || c.left(0, model.TemplateRedemption) != 1 {
			t.Errorf("%d messages; %d replies and %d redemptions left", got, c.left(0, model.TemplateReply), c.left(0, model.TemplateRedemption))
		}
		clock.Set(shanghai("2026-11-24", 23, 0))
		c.tap(1, model.TemplateReply, "accept")
		c.tells(c.residents[0], model.TemplateReply, "")
		c.drain()
		if got := c.received()[persona(0)]; got != 1 {
			t.Errorf("%d messages: an answer woke somebody", got)
		}
		clock.Set(shanghai("2026-11-25", 7, 0))
		c.drain()
		if got := c.received()[persona(0)]; got != 2 {
			t.Errorf("%d messages in the morning", got)
		}
	})
}

func TestAJobRunTwiceSendsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		for range 3 { // WeChat would take three
			c.tap(1, model.TemplateReply, "accept")
			clock.Move(time.Second)
		}
		c.tells(c.residents[0], model.TemplateReply, "request/1")
		c.tells(c.residents[0], model.TemplateReply, "request/1")
		job := jobFor(t, c.onlyDelivery())
		for _, process := range []*Service{c.Service, c.another(), c.Service} {
			if err := process.deliverWork(t.Context(), job); err != nil {
				t.Error(err)
			}
		}
		c.drain()
		if got := c.received()[persona(0)]; got != 1 || len(c.inbox(0)) != 1 {
			t.Errorf("%d messages, %d in the inbox", got, len(c.inbox(0)))
		}
	})
}

// onlyDelivery is the one delivery that belongs to no push.
func (c *county) onlyDelivery() model.DeliveryID {
	c.t.Helper()
	var ids []model.DeliveryID
	for _, m := range c.inbox(0) {
		d, err := c.store.Deliveries.GetByKey(c.t.Context(), c.residents[0], keyOf(m))
		if err != nil {
			c.t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	if len(ids) != 1 {
		c.t.Fatalf("%d deliveries", len(ids))
	}
	return ids[0]
}

func TestANoticeWhoseSenderDiedIsNotSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(1)
		for range 2 {
			c.tap(1, model.TemplateReply, "accept")
			clock.Move(time.Second)
		}
		c.tells(c.residents[0], model.TemplateReply, "")
		c.lease = -time.Second // over at once, by the database's clock
		taken, err := c.takeOne(t.Context(), c.onlyDelivery())
		if err != nil || len(taken) != 1 {
			t.Fatalf("%d taken, %v", len(taken), err)
		}
		c.hand(t.Context(), taken) // and dies before it can write that down
		c.drain()
		if got := c.received()[persona(0)]; got != 1 || c.left(0, model.TemplateReply) != 1 {
			t.Errorf("%d messages, %d left", got, c.left(0, model.TemplateReply))
		}
		d, err := s.Deliveries.Get(t.Context(), taken[0].delivery.ID)
		if err != nil || d.Status != model.DeliveryUnknown {
			t.Errorf("the delivery is %s, %v", d.Status, err)
		}
	})
}

func TestWhoWantsNoNoticesGetsThemInTheInboxOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := newCounty(t, s, clock, development())
		c.settleIn(2) // the second one has granted nothing
		c.tap(1, model.TemplateReply, "accept")
		if _, err := c.Prefer(t.Context(), model.Actor{User: c.residents[0]}, nil, true, false); err != nil {
			t.Fatal(err)
		}
		for _, resident := range c.residents {
			c.tells(resident, model.TemplateReply, "")
		}
		c.drain()
		if got := c.received(); len(got) != 0 || len(c.inbox(0)) != 1 || len(c.inbox(1)) != 1 || c.left(0, model.TemplateReply) != 1 {
			t.Errorf("%v; %d and %d in the inboxes, %d left", got, len(c.inbox(0)), len(c.inbox(1)), c.left(0, model.TemplateReply))
		}
	})
}

func TestANoticeSpeaksItsReadersLanguage(t *testing.T) {
	s, clock := storetest.OpenSQLite(t)
	c := newCounty(t, s, clock, development())
	c.settleIn(1)
	now := clock.Now()
	smith := model.User{ID: model.NewID[model.User](now), Nickname: "Smith", Locale: "en", CreatedAt: now, UpdatedAt: now, Version: 1}
	if err := s.Users.Add(t.Context(), &smith); err != nil {
		t.Fatal(err)
	}
	c.residents = append(c.residents, smith.ID)
	gone := model.NewID[model.User](now)
	for _, user := range append(c.residents, gone) {
		c.tells(user, model.TemplateReply, "")
	}
	if zh, en := c.inbox(0)[0], c.inbox(1)[0]; zh.Title != "标题" || zh.Text != "正文" || en.Title != "Title" || en.Text != "Text" {
		t.Errorf("%q %q, %q %q", zh.Title, zh.Text, en.Title, en.Text)
	}
	if known, err := s.Messages.List(t.Context(), gone, model.Page{}); err != nil || len(known.Items) != 0 {
		t.Errorf("somebody without an account has %d messages, %v", len(known.Items), err)
	}
}

func TestAPickUpCodeIsNotReadableInTheDatabase(t *testing.T) {
	s, clock := storetest.OpenSQLite(t)
	c := newCounty(t, s, clock, development())
	c.settleIn(1)
	c.tells(c.residents[0], model.TemplateRedemption, "")
	d, err := s.Deliveries.Get(t.Context(), c.onlyDelivery())
	if err != nil || bytes.Contains(d.Fields, []byte("7K4M9QTD")) {
		t.Errorf("%q, %v", d.Fields, err)
	}
	if fields, err := c.unsealed(d); err != nil || fields["character_string2"] != "7K4M9QTD" {
		t.Errorf("%v, %v", fields, err)
	}
}
