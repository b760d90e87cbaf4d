package push

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/jobs"
	"jinlin/service/wechat"
)

// letter is a delivery that is ours to send, and then what came of sending it.
type letter struct {
	delivery model.Delivery
	openID   string
	msgID    int64
	err      error
}

// take makes up to room queued deliveries of a push ours to send, with everything they
// cost, in one transaction; others that it looks at and that cannot be sent are settled.
// more says whether there was anything to look at.
func (s *Service) take(ctx context.Context, id model.PushID, room int) (letters []letter, more bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		letters, more = nil, false
		p, err := tx.Pushes.Get(ctx, id)
		if err != nil || p.Status != model.PushSending {
			return err
		}
		rows, err := tx.Deliveries.ListIn(ctx, id, model.DeliveryQueued, screenedAt)
		if err != nil {
			return err
		}
		more = len(rows) > 0
		letters, err = s.pick(ctx, tx, rows, room, p.Unrestricted)
		return err
	})
	return letters, more, err
}

// takeOne is take for a delivery that belongs to no push.
func (s *Service) takeOne(ctx context.Context, id model.DeliveryID) (letters []letter, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		d, err := tx.Deliveries.Get(ctx, id)
		if err != nil {
			return err
		}
		letters, err = s.pick(ctx, tx, []model.Delivery{d}, 1, false)
		return err
	})
	return letters, err
}

// pick skips the rows whose person has turned such messages off or has granted none, and
// takes up to room of the rest.
// All rows are of one template.
func (s *Service) pick(ctx context.Context, tx *store.Store, rows []model.Delivery, room int, unrestricted bool) ([]letter, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	holders, off, err := s.attitudes(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	var refused, without, chosen []model.DeliveryID
	for _, d := range rows {
		switch {
		case slices.Contains(off, d.UserID):
			refused = append(refused, d.ID)
		case !slices.Contains(holders, d.UserID):
			without = append(without, d.ID)
		case len(chosen) < room:
			chosen = append(chosen, d.ID)
		}
	}
	if err := tx.Deliveries.SaveSkipped(ctx, refused, model.DeliveryRefused, model.ReasonOptedOut); err != nil {
		return nil, err
	}
	if err := tx.Deliveries.SaveSkipped(ctx, without, model.DeliveryNoPermit, ""); err != nil {
		return nil, err
	}
	taken, err := tx.Deliveries.SaveTaken(ctx, chosen, s.lease)
	if err != nil {
		return nil, err
	}
	return s.pay(ctx, tx, taken, unrestricted)
}

// attitudes are who of the rows' people has granted such a message, and who has turned
// such messages off.
func (s *Service) attitudes(ctx context.Context, tx *store.Store, rows []model.Delivery) (holders, off []model.UserID, err error) {
	users := make([]model.UserID, len(rows))
	for i, d := range rows {
		users[i] = d.UserID
	}
	template := rows[0].Template
	if holders, err = tx.TemplateGrants.ListHolders(ctx, s.templateID(template), users); err != nil {
		return nil, nil, err
	}
	off, err = tx.PushPreferences.ListOff(ctx, users, template == model.TemplateNews)
	return holders, off, err
}

// pay takes what each delivery costs; those that cannot pay are settled. The rows are in
// order of people, so that two takers never wait for each other crosswise.
func (s *Service) pay(ctx context.Context, tx *store.Store, taken []model.Delivery, unrestricted bool) ([]letter, error) {
	users := make([]model.UserID, len(taken))
	for i, d := range taken {
		users[i] = d.UserID
	}
	accounts, err := tx.WeChat.ListByUsers(ctx, users)
	if err != nil {
		return nil, err
	}
	openIDs := map[model.UserID]string{}
	for _, account := range accounts {
		openIDs[account.UserID] = account.OpenID
	}
	var letters []letter
	for _, d := range taken {
		if d.Status, err = s.payOne(ctx, tx, &d, openIDs[d.UserID], unrestricted); err != nil {
			return nil, err
		}
		if d.Status == model.DeliverySending {
			letters = append(letters, letter{delivery: d, openID: openIDs[d.UserID]})
		} else if _, err := tx.Deliveries.SaveSettled(ctx, d); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

func (s *Service) payOne(ctx context.Context, tx *store.Store, d *model.Delivery, openID string, unrestricted bool) (model.DeliveryStatus, error) {
	template := s.templateID(d.Template)
	if openID == "" {
		return model.DeliveryNoPermit, nil
	}
	granted, err := tx.TemplateGrants.TakeOne(ctx, d.UserID, template)
	if err != nil || !granted {
		return model.DeliveryNoPermit, err
	}
	if unrestricted || d.Urgent {
		return model.DeliverySending, nil
	}
	week := model.DateOf(tx.Now()).Week()
	allowed, err := tx.WeeklySends.TakeOne(ctx, d.UserID, week, capOf(d.Template))
	if err != nil {
		return "", err
	}
	if !allowed {
		return model.DeliveryCapped, tx.TemplateGrants.GiveOne(ctx, d.UserID, template)
	}
	d.CountedOn = week
	return model.DeliverySending, tx.Deliveries.SaveCounted(ctx, *d)
}

// capOf is how many messages of a week may go before one of this template. What answers
// somebody's own request counts like any other message and waits behind none.
func capOf(t model.Template) int {
	if t == model.TemplateReply {
		return math.MaxInt32
	}
	return WeeklyCap
}

// hand calls WeChat for all letters at once and notes what it said. The calls outlive
// their job: what has begun is better known than unknown.
func (s *Service) hand(ctx context.Context, letters []letter) []letter {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callLimit)
	defer cancel()
	var calls sync.WaitGroup
	for i := range letters {
		calls.Go(func() { letters[i].msgID, letters[i].err = s.call(ctx, letters[i]) })
	}
	calls.Wait()
	return letters
}

func (s *Service) call(ctx context.Context, l letter) (int64, error) {
	fields, err := s.unsealed(l.delivery)
	if err != nil {
		return 0, &wechat.Error{API: "subscribe_send", Code: wechat.NoCode, Msg: "unreadable fields", Class: wechat.ClassConfig}
	}
	return s.wechat.SendSubscribe(ctx, wechat.SubscribeMessage{
		OpenID: l.openID, TemplateID: s.templateID(l.delivery.Template), Page: l.delivery.Page, Fields: fields,
	})
}

// refusedCode is WeChat's word that a person takes no such message, or none any more.
const refusedCode = "43101"

// settle writes what became of the letters, and what is given back. Its error is Later
// when WeChat could not take messages at all.
func (s *Service) settle(ctx context.Context, letters []letter) error {
	if len(letters) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
	defer cancel()
	err := s.store.InTx(ctx, func(tx *store.Store) error {
		for _, l := range letters {
			if err := s.settleOne(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.deferral(letters)
}

func (s *Service) settleOne(ctx context.Context, tx *store.Store, l letter) error {
	d := l.delivery
	d.MsgID, d.Reason = l.msgID, reasonOf(l.err)
	save, giveBack := tx.Deliveries.SaveSettled, true
	switch wechat.ClassOf(l.err) {
	case "":
		d.Status, giveBack = model.DeliverySent, false
	case wechat.ClassPermanent:
		d.Status = model.DeliveryRefused
	case wechat.ClassConfig, wechat.ClassUser:
		d.Status = model.DeliveryFailed
	case wechat.ClassToken, wechat.ClassQuota, wechat.ClassRetry:
		save = tx.Deliveries.SaveRequeued
	default:
		d.Status, giveBack = model.DeliveryUnknown, false
	}
	saved, err := save(ctx, d)
	if err != nil || !saved || !giveBack {
		return err
	}
	return s.giveBack(ctx, tx, d)
}

// giveBack returns what a delivery cost that WeChat surely did not take. Where WeChat
// refused the person, there is nothing left of the grant.
func (s *Service) giveBack(ctx context.Context, tx *store.Store, d model.Delivery) error {
	template := s.templateID(d.Template)
	var err error
	if d.Status == model.DeliveryRefused {
		err = tx.TemplateGrants.SaveCleared(ctx, d.UserID, template, time.Time{})
	} else {
		err = tx.TemplateGrants.GiveOne(ctx, d.UserID, template)
	}
	if err != nil || d.CountedOn == "" {
		return err
	}
	return tx.WeeklySends.GiveOne(ctx, d.UserID, d.CountedOn)
}

func reasonOf(err error) string {
	var e *wechat.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		return "error"
	case e.Code == wechat.NoCode:
		return "no answer"
	}
	return strconv.FormatInt(e.Code, 10)
}

// deferral is how long to wait when WeChat took some of the letters not at all: nil when
// it took them or said no for good.
func (s *Service) deferral(letters []letter) error {
	var wait time.Duration
	var why error
	for _, l := range letters {
		var d time.Duration
		switch wechat.ClassOf(l.err) {
		case wechat.ClassToken, wechat.ClassRetry:
			d = time.Minute
		case wechat.ClassQuota: // renewed at midnight in Beijing
			now := s.store.Now()
			d = model.DateOf(now).AddDays(1).At(0, 1).Sub(now)
		}
		if d > wait {
			wait, why = d, l.err
		}
	}
	if wait == 0 {
		return nil
	}
	return jobs.Later(wait, why)
}
