package push

import (
	"context"
	"encoding/json"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Tell tells somebody something, in the transaction of what it tells of: a message in the
// inbox at once, in their language, and the subscribe message by a worker after the commit.
// Whoever has no account any more is told nothing.
func (s *Service) Tell(ctx context.Context, tx *store.Store, n model.Notice) error {
	user, err := tx.Users.Get(ctx, n.User)
	if errors.Is(err, fault.ErrNotFound) || err == nil && user.ErasedAt != nil {
		return nil
	}
	if err != nil {
		return err
	}
	m := model.Message{
		ID: model.NewID[model.Message](tx.Now()), UserID: n.User, Kind: n.Kind,
		Title: short(spoken(n.Title, user), 100), Text: short(spoken(n.Text, user), 1000), Link: n.Link, CreatedAt: tx.Now(),
	}
	if n.Key != "" {
		m.DedupeKey = &n.Key
		known, err := tx.Messages.ListKnown(ctx, n.Key, []model.UserID{n.User})
		if err != nil || len(known) > 0 {
			return err
		}
	}
	err = tx.Messages.Add(ctx, &m)
	if n.Key != "" && errors.Is(err, store.ErrDuplicate) { // told at the same moment
		return nil
	}
	if err != nil || n.Card == nil {
		return err
	}
	return s.enclose(ctx, tx, n, keyOf(m))
}

// keyOf is the key under which a message's delivery is known.
func keyOf(m model.Message) string {
	if m.DedupeKey != nil {
		return *m.DedupeKey
	}
	return "message/" + m.ID.String()
}

// spoken is a sentence in somebody's language.
func spoken(t fault.Text, to model.User) string {
	if to.Locale == "en" {
		return t.EN
	}
	return t.ZH
}

// enclose queues the subscribe message of a notice. Its fields are sealed: there may be a
// pick-up code among them.
func (s *Service) enclose(ctx context.Context, tx *store.Store, n model.Notice, key string) error {
	fields, err := json.Marshal(n.Card.Fields)
	if err != nil {
		return err
	}
	d := model.Delivery{
		ID: model.NewID[model.Delivery](tx.Now()), UserID: n.User, DedupeKey: key, Template: n.Card.Template,
		Page: n.Link, Urgent: n.Card.Urgent, Status: model.DeliveryQueued, CreatedAt: tx.Now(),
	}
	if d.Fields, err = tx.Keys().Seal(fieldsOf(d), fields); err != nil {
		return err
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

func fieldsOf(d model.Delivery) store.Place {
	return store.Place{Table: "deliveries", Column: "fields", Row: d.ID.String()}
}

// unsealed are a delivery's fields. Those of a push are everybody's, and not sealed.
func (s *Service) unsealed(d model.Delivery) (fields map[string]string, err error) {
	text := d.Fields
	if d.PushID.IsZero() {
		if text, err = s.store.Keys().Open(fieldsOf(d), d.Fields); err != nil {
			return nil, err
		}
	}
	err = json.Unmarshal(text, &fields)
	return fields, err
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
		return tx.Deliveries.SaveRead(ctx, keyOf(m), actor.User)
	})
}
