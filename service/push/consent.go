package push

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/wechat"
)

// Tap is what a client says its owner chose for one template.
type Tap struct {
	TemplateID string
	Result     string // accept, or one of WeChat's words for not accepting
}

// Offer is a template to ask for, at certain taps in the mini-program.
type Offer struct {
	Template   model.Template
	TemplateID string
	Taps       []string
	LongTerm   bool
	Left       int // messages that may still be sent
}

// taps says when to ask for which template: where its message is what the person waits
// for. WeChat shows the dialog at a tap only, for at most three templates safely.
var taps = map[model.Template][]string{
	model.TemplateReply:        {"submit_request", "give_feedback", "claim_request", "follow_request"},
	model.TemplateNews:         {"read_article"},
	model.TemplatePlaceOffered: {"sign_up"},
	model.TemplateReminder:     {"sign_up"},
	model.TemplateRedemption:   {"redeem"},
}

// Offers are the templates and what is left of the actor's consent to each.
func (s *Service) Offers(ctx context.Context, actor model.Actor) ([]Offer, error) {
	grants, err := s.store.TemplateGrants.List(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	left := map[string]int{}
	for _, g := range grants {
		left[g.TemplateID] = g.Left()
	}
	var offers []Offer
	for _, t := range model.Templates {
		id := s.templateID(t)
		if id == "" {
			continue
		}
		offers = append(offers, Offer{Template: t, TemplateID: id, Taps: taps[t], LongTerm: s.longTerm(id), Left: left[id]})
	}
	return offers, nil
}

// Permitted says whether somebody's consent to a template has a message left. It promises none:
// another may take it first.
func (s *Service) Permitted(ctx context.Context, tx *store.Store, user model.UserID, t model.Template) (bool, error) {
	id := s.templateID(t)
	if id == "" {
		return false, nil
	}
	holders, err := tx.TemplateGrants.ListHolders(ctx, id, []model.UserID{user})
	return len(holders) > 0, err
}

// ReportTaps hears from a client what its owner chose, and says whether the client was
// believed: it is not where WeChat tells of taps itself. Fault: unknown_template.
func (s *Service) ReportTaps(ctx context.Context, actor model.Actor, told []Tap) (believed bool, err error) {
	for _, tap := range told {
		if _, known := s.ours(tap.TemplateID); !known {
			return false, ErrUnknownTemplate
		}
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (bool, error) {
		heard, err := tx.WeChatEvents.Heard(ctx, wechat.EventSubscribePopup)
		if err != nil || heard {
			return false, err
		}
		for _, tap := range told {
			choice := wechat.SubscribeChoice{TemplateID: tap.TemplateID, Result: tap.Result}
			if err := s.choose(ctx, tx, actor.User, choice, store.ToldByClient, tx.Now()); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// choose writes a choice into the ledger.
func (s *Service) choose(ctx context.Context, tx *store.Store, user model.UserID, c wechat.SubscribeChoice, by store.Teller, at time.Time) error {
	if c.Accepted() {
		return tx.TemplateGrants.GiveAcceptance(ctx, user, c.TemplateID, by, s.longTerm(c.TemplateID), at)
	}
	return tx.TemplateGrants.SaveCleared(ctx, user, c.TemplateID, at)
}

// OnTap acts on WeChat's event about a tap on the dialog.
func (s *Service) OnTap(ctx context.Context, tx *store.Store, e wechat.Event) error {
	return s.onChoice(ctx, tx, e, true)
}

// OnChange acts on WeChat's event about a change in its settings, where a person can only
// turn off: an acceptance there allows the dialog again and grants no message.
func (s *Service) OnChange(ctx context.Context, tx *store.Store, e wechat.Event) error {
	return s.onChoice(ctx, tx, e, false)
}

func (s *Service) onChoice(ctx context.Context, tx *store.Store, e wechat.Event, grants bool) error {
	choice, ok := e.Detail.(wechat.SubscribeChoice)
	if _, known := s.ours(choice.TemplateID); !ok || !known || choice.Accepted() && !grants {
		return nil
	}
	account, err := tx.WeChat.GetByOpenID(ctx, e.OpenID)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.choose(ctx, tx, account.UserID, choice, store.ToldByWeChat, e.At.UTC())
}

// outcome is the work of an outcomeJob.
type outcome struct {
	User  model.UserID `json:"user"`
	MsgID int64        `json:"msgId"`
	Code  string       `json:"code"`
}

// OnSent acts on WeChat's event about what became of a message it had taken. Arriving is
// what we assume anyway; anything else is written down by a job, because the event may
// come before we have written which delivery had that message id.
func (s *Service) OnSent(ctx context.Context, tx *store.Store, e wechat.Event) error {
	told, ok := e.Detail.(wechat.SubscribeOutcome)
	if !ok || told.Arrived() {
		return nil
	}
	account, err := tx.WeChat.GetByOpenID(ctx, e.OpenID)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	payload, err := json.Marshal(outcome{User: account.UserID, MsgID: told.MsgID, Code: told.Code})
	if err != nil {
		return err
	}
	return tx.Jobs.Put(ctx, model.Job{Kind: outcomeJob, Payload: payload})
}

// outcomeTries is how often an outcome looks for its delivery; it may not be ours.
const outcomeTries = 3

func (s *Service) outcomeWork(ctx context.Context, job model.Job) error {
	var o outcome
	if err := json.Unmarshal(job.Payload, &o); err != nil {
		return err
	}
	status := model.DeliveryFailed
	if o.Code == refusedCode {
		status = model.DeliveryRefused
	}
	ours, err := s.store.Deliveries.SaveOutcome(ctx, o.MsgID, o.User, status, o.Code)
	if err == nil && !ours && job.Attempts < outcomeTries {
		return errors.New("no delivery has this message id yet")
	}
	return err
}

// Preferences are which WeChat messages the actor wants.
func (s *Service) Preferences(ctx context.Context, actor model.Actor) (model.PushPreference, error) {
	return preferences(ctx, s.store, actor.User)
}

func preferences(ctx context.Context, from *store.Store, user model.UserID) (model.PushPreference, error) {
	p, err := from.PushPreferences.Get(ctx, user)
	if errors.Is(err, fault.ErrNotFound) {
		return model.PushPreference{UserID: user, News: true, Notices: true}, nil
	}
	return p, err
}

// Prefer says which WeChat messages the actor wants. version, unless nil, is the one they
// saw. Fault: changed_meanwhile.
func (s *Service) Prefer(ctx context.Context, actor model.Actor, version *int, news, notices bool) (p model.PushPreference, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if p, err = preferences(ctx, tx, actor.User); err != nil {
			return err
		}
		if err := store.Seen(version, p.Version); err != nil {
			return err
		}
		p.News, p.Notices, p.UpdatedAt = news, notices, tx.Now()
		if p.Version == 0 {
			p.Version = 1
			return store.First(tx.PushPreferences.Add(ctx, &p))
		}
		if err := store.Kept(tx.PushPreferences.SaveChanged(ctx, p)); err != nil {
			return err
		}
		p.Version++
		return nil
	})
	return p, err
}
