package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/push"
)

const messageTag = "Messages"

func (a *API) subscriptionRoutes() {
	handle(a, operation{
		id: "listSubscriptionTemplates", method: http.MethodGet, path: "/v1/me/subscription-templates", tag: messageTag,
		summary: "Which templates to ask for at which tap, and what is left of my consent",
	}, a.listSubscriptionTemplates)
	handle(a, operation{
		id: "reportSubscriptionResults", method: http.MethodPost, path: "/v1/me/subscription-results", tag: messageTag, once: true,
		summary: "What wx.requestSubscribeMessage answered",
	}, a.reportSubscriptionResults)
	handle(a, operation{
		id: "getPushPreferences", method: http.MethodGet, path: "/v1/me/push-preferences", tag: messageTag,
		summary: "Which WeChat messages I want",
	}, a.getPushPreferences)
	handle(a, operation{
		id: "savePushPreferences", method: http.MethodPut, path: "/v1/me/push-preferences", tag: messageTag,
		summary: "Say which WeChat messages I want; the inbox gets all",
	}, a.savePushPreferences)
	handle(a, operation{
		id: "listMyMessages", method: http.MethodGet, path: "/v1/me/messages", tag: messageTag,
		summary: "My inbox, newest first",
	}, a.listMyMessages)
	handle(a, operation{
		id: "readMyMessage", method: http.MethodPost, path: "/v1/me/messages/{id}/read", tag: messageTag,
		summary: "Mark one of my messages read",
	}, a.readMyMessage)
}

type offerOut struct {
	Template   model.Template `json:"template" enum:"reply,news,place_offered,reminder,redemption"`
	TemplateID string         `json:"templateId" doc:"For wx.requestSubscribeMessage"`
	Taps       []string       `json:"taps" doc:"Where to ask: submit_request, give_feedback, claim_request, follow_request, read_article, sign_up, redeem"`
	LongTerm   bool           `json:"longTerm"`
	Left       int            `json:"left" doc:"Messages that may still be sent"`
}

type listTemplatesIn struct{ Paging }

func (a *API) listSubscriptionTemplates(ctx context.Context, actor model.Actor, in *listTemplatesIn) (*body[list[offerOut]], error) {
	offers, err := a.Push.Offers(ctx, actor)
	if err != nil {
		return nil, err
	}
	return parted(offers, in.Paging, func(o push.Offer) offerOut { return offerOut(o) })
}

type subscriptionResult struct {
	TemplateID string `json:"templateId" minLength:"1" maxLength:"64"`
	Result     string `json:"result" minLength:"1" maxLength:"32" doc:"As WeChat says: accept, reject, ban, filter"`
}

type subscriptionResultsIn struct {
	Body []subscriptionResult `minItems:"1" maxItems:"10"`
}

type subscriptionResultsOut struct {
	Counted bool `json:"counted" doc:"false where WeChat tells of taps itself"`
}

func (a *API) reportSubscriptionResults(ctx context.Context, actor model.Actor, in *subscriptionResultsIn) (*body[subscriptionResultsOut], error) {
	taps := make([]push.Tap, len(in.Body))
	for i, r := range in.Body {
		taps[i] = push.Tap(r)
	}
	counted, err := a.Push.ReportTaps(ctx, actor, taps)
	if err != nil {
		return nil, err
	}
	return &body[subscriptionResultsOut]{Body: subscriptionResultsOut{Counted: counted}}, nil
}

type preferencesBody struct {
	News    bool `json:"news" doc:"The daily push"`
	Notices bool `json:"notices" doc:"Everything else"`
}

// Preferences nobody set yet have version 0, and tags begin with 1.
const firstPreferencesTag = 1

func (a *API) getPushPreferences(ctx context.Context, actor model.Actor, _ *none) (*versioned[preferencesBody], error) {
	return preferencesOut(a.Push.Preferences(ctx, actor))
}

func preferencesOut(p model.PushPreference, err error) (*versioned[preferencesBody], error) {
	if err != nil {
		return nil, err
	}
	return withETag(p.Version+firstPreferencesTag, preferencesBody{News: p.News, Notices: p.Notices}), nil
}

type savePreferencesIn struct {
	Matching
	Body preferencesBody
}

func (a *API) savePushPreferences(ctx context.Context, actor model.Actor, in *savePreferencesIn) (*versioned[preferencesBody], error) {
	seen, err := in.seen(firstPreferencesTag)
	if err != nil {
		return nil, err
	}
	return preferencesOut(a.Push.Prefer(ctx, actor, seen, in.Body.News, in.Body.Notices))
}

type messageOut struct {
	ID        model.ID[model.Message] `json:"id"`
	Kind      string                  `json:"kind" doc:"What it is about, as in news"`
	Title     string                  `json:"title"`
	Text      string                  `json:"text"`
	Link      string                  `json:"link,omitempty" doc:"Page of the mini-program"`
	CreatedAt time.Time               `json:"createdAt"`
	ReadAt    *time.Time              `json:"readAt" nullable:"true"`
}

func messageFrom(m model.Message) messageOut {
	return messageOut{ID: m.ID, Kind: m.Kind, Title: m.Title, Text: m.Text, Link: m.Link, CreatedAt: m.CreatedAt, ReadAt: m.ReadAt}
}

type listMessagesIn struct{ Paging }

func (a *API) listMyMessages(ctx context.Context, actor model.Actor, in *listMessagesIn) (*body[list[messageOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	messages, err := a.Push.Inbox(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(messages, messageFrom), nil
}

type messageIn struct {
	ID model.ID[model.Message] `path:"id"`
}

func (a *API) readMyMessage(ctx context.Context, actor model.Actor, in *messageIn) (*none, error) {
	return nil, a.Push.Read(ctx, actor, in.ID)
}
