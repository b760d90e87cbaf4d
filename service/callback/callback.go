// Package callback takes in what WeChat tells us unasked.
//
// A push is verified by the gateway, each of its events is kept once under its dedupe key,
// and whoever cares about such events acts in the same transaction: an event that is told
// again, as WeChat does when our answer is late, does nothing again. Nothing slow happens
// here, because WeChat waits five seconds; what takes longer is a job. Of an event nothing
// is kept but who, what and when; kept events go after thirty days.
package callback

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/wechat"
)

const retention = 30 * 24 * time.Hour

// Gateway verifies what came.
type Gateway interface {
	// VerifyURL answers WeChat's check of the address. Fault: wechat_push_refused.
	VerifyURL(r *http.Request) (echo string, err error)
	// ParsePush reads the events of a push. Faults: wechat_push_refused, wechat_push_unreadable.
	ParsePush(r *http.Request, body []byte) ([]wechat.Event, error)
}

// Reaction is what somebody does about an event, in the transaction that keeps it.
type Reaction func(ctx context.Context, tx *store.Store, e wechat.Event) error

// Service takes events in.
type Service struct {
	store     *store.Store
	gateway   Gateway
	reactions map[string][]Reaction
}

// New makes the service.
func New(s *store.Store, g Gateway) *Service {
	return &Service{store: s, gateway: g, reactions: map[string][]Reaction{}}
}

// On adds who acts on events of a name. Add all before the first Receive.
func (s *Service) On(name string, r Reaction) { s.reactions[name] = append(s.reactions[name], r) }

// Verify answers WeChat's check of the address. Fault: wechat_push_refused.
func (s *Service) Verify(r *http.Request) (echo string, err error) { return s.gateway.VerifyURL(r) }

// Receive takes in one push.
// Faults: wechat_push_refused, wechat_push_unreadable.
func (s *Service) Receive(ctx context.Context, r *http.Request, body []byte) error {
	events, err := s.gateway.ParsePush(r, body)
	if err != nil {
		return err
	}
	for _, e := range events {
		err := s.take(ctx, e)
		if errors.Is(err, store.ErrDuplicate) {
			continue // told twice at once: the other is taking it in
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) take(ctx context.Context, e wechat.Event) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		if known, err := tx.WeChatEvents.Known(ctx, e.DedupeKey); known || err != nil {
			return err
		}
		kept := model.WeChatEvent{
			DedupeKey: e.DedupeKey, Name: short(e.Name, 64), OpenID: short(e.OpenID, 64), Detail: short(string(detail), 500),
			At: e.At.UTC(), ReceivedAt: tx.Now(),
		}
		if err := tx.WeChatEvents.Add(ctx, &kept); err != nil {
			return err
		}
		for _, react := range s.reactions[e.Name] {
			if err := react(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func short(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

// Forget deletes events that WeChat will not repeat any more; a recurring job's work.
func (s *Service) Forget(ctx context.Context) error {
	_, err := s.store.WeChatEvents.DeleteOld(ctx, s.store.Now().Add(-retention))
	return err
}
