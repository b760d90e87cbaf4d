package push

import (
	"context"
	"encoding/json"

	"jinlin/model"
	"jinlin/model/store"
)

// Notice is one thing to tell one person.
type Notice struct {
	User  model.UserID
	Kind  string // what it is about, as in "reply"; at most 32 characters
	Title string
	Text  string
	Link  string // page of the mini-program, as in "pages/mailbox/detail?id=…"
	Key   string // a person is told once under a key, ever; "" tells each time. At most 128 characters
	Card  *Card  // nil: the inbox only
}

// Card is the subscribe message beside a notice.
type Card struct {
	Template model.Template
	Fields   map[string]string // by the template's keys; cut to what WeChat takes when sent
	Urgent   bool              // also in quiet hours and over the weekly cap
}

// Notify tells somebody something, in the transaction of what it tells of: a message in
// the inbox at once, the subscribe message by a worker after the commit.
func (s *Service) Notify(ctx context.Context, tx *store.Store, n Notice) error {
	m := model.Message{
		ID: model.NewID[model.Message](tx.Now()), UserID: n.User, Kind: n.Kind,
		Title: short(n.Title, 100), Text: short(n.Text, 1000), Link: n.Link, CreatedAt: tx.Now(),
	}
	key := "message/" + m.ID.String()
	if n.Key != "" {
		key = n.Key
		m.DedupeKey = &key
		known, err := tx.Messages.ListKnown(ctx, key, []model.UserID{n.User})
		if err != nil || len(known) > 0 {
			return err
		}
	}
	if err := tx.Messages.Add(ctx, &m); err != nil || n.Card == nil {
		return err
	}
	return s.enclose(ctx, tx, n, key)
}

// enclose queues the subscribe message of a notice.
func (s *Service) enclose(ctx context.Context, tx *store.Store, n Notice, key string) error {
	fields, err := json.Marshal(n.Card.Fields)
	if err != nil {
		return err
	}
	d := model.Delivery{
		ID: model.NewID[model.Delivery](tx.Now()), UserID: n.User, DedupeKey: key, Template: n.Card.Template,
		Page: n.Link, Fields: fields, Urgent: n.Card.Urgent, Status: model.DeliveryQueued, CreatedAt: tx.Now(),
	}
	if err := tx.Deliveries.Add(ctx, &d); err != nil {
		return err
	}
	payload, err := json.Marshal(d.ID)
	if err != nil {
		return err
	}
	return tx.Jobs.Put(ctx, model.Job{Kind: deliverJob, Payload: payload})
}

func short(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// Inbox pages the actor's messages, newest first.
func (s *Service) Inbox(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.Message], error) {
	return s.store.Messages.List(ctx, actor.User, page)
}

// Read marks one of the actor's messages read; what WeChat delivered of it counts as read
// too. Fault: not_found.
func (s *Service) Read(ctx context.Context, actor model.Actor, id model.ID[model.Message]) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		m, err := tx.Messages.Get(ctx, actor.User, id)
		if err != nil {
			return err
		}
		if _, err := tx.Messages.SaveRead(ctx, id); err != nil {
			return err
		}
		key := "message/" + m.ID.String()
		if m.DedupeKey != nil {
			key = *m.DedupeKey
		}
		return tx.Deliveries.SaveRead(ctx, key, actor.User)
	})
}
