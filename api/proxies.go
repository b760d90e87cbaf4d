package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/mailbox"
	"jinlin/service/proxy"
)

func (a *API) proxyRoutes() {
	handle(a, operation{
		id: "enterForSomebody", method: http.MethodPost, path: "/v1/mailbox/proxies", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Enter a request for somebody without a phone, who agreed to it",
	}, a.enterForSomebody)
	handle(a, operation{
		id: "captureFromGroup", method: http.MethodPost, path: "/v1/mailbox/captures", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Catch what was said in a WeChat group, unverified until whoever said it takes it over",
	}, a.captureFromGroup)
	handle(a, operation{
		id: "getProxy", method: http.MethodGet, path: "/v1/mailbox/requests/{id}/proxy", tag: paperTag,
		summary: "For whom others entered a request, masked, and how they agreed",
	}, a.getProxy)
	handle(a, operation{
		id: "revealProxy", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/proxy/reveals", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Their name and number whole, for a reason",
	}, a.revealProxy)
	handle(a, operation{
		id: "listEnteredForMe", method: http.MethodGet, path: "/v1/me/entered-requests", tag: paperTag,
		summary: "Requests that were entered with my number, and that I can take over",
	}, a.listEnteredForMe)
	handle(a, operation{
		id: "claimRequest", method: http.MethodPost, path: "/v1/me/entered-requests", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Take over a request that was entered for me, with the code of its receipt or by my number",
	}, a.claimRequest)
}

// Consenting is how somebody agreed. It is exported for the same reason as Paging.
type Consenting struct {
	How model.ConsentHow `json:"how" enum:"in_person,by_phone,written"`
	At  *time.Time       `json:"at,omitempty" doc:"Now if left out"`
}

type enterForSomebodyIn struct {
	Body struct {
		EstateID model.UnitID `json:"estateId"`
		Name     string       `json:"name" minLength:"1" maxLength:"50" doc:"Sealed"`
		Phone    string       `json:"phone,omitempty" maxLength:"20" doc:"Sealed; who binds this number can take the request over"`
		Consent  Consenting   `json:"consent"`
		EnteredForm
	}
}

// ReceiptOut is what somebody is handed. It is exported for the same reason as Paging.
type ReceiptOut struct {
	RequestState
	Code string `json:"code" doc:"For the receipt, or the link: with it the person takes the request over. It is not shown again"`
}

func receiptFrom(r proxy.Receipt) ReceiptOut { return ReceiptOut{requestState(r.State), r.Code} }

func (a *API) enterForSomebody(ctx context.Context, actor model.Actor, in *enterForSomebodyIn) (*body[ReceiptOut], error) {
	said := proxy.Said{
		Submission: in.Body.submission(in.Body.EstateID), Person: proxy.Person{Name: in.Body.Name, Phone: in.Body.Phone},
		Consent: proxy.Consent{How: in.Body.Consent.How, At: in.Body.Consent.At},
	}
	receipt, err := a.Proxy.Enter(ctx, actor, said)
	if err != nil {
		return nil, err
	}
	return &body[ReceiptOut]{Body: receiptFrom(receipt)}, nil
}

type captureFromGroupIn struct {
	Body struct {
		EstateID model.UnitID `json:"estateId"`
		SaidBy   string       `json:"saidBy,omitempty" maxLength:"50" doc:"As the group calls them; sealed"`
		Group    string       `json:"group" minLength:"1" maxLength:"100"`
		EnteredForm
	}
}

type similarOut struct {
	ID      model.RequestID `json:"id"`
	Receipt string          `json:"receipt"`
	Text    string          `json:"text"`
	Alike   float64         `json:"alike" doc:"0 to 1"`
}

type capturedOut struct {
	ReceiptOut
	Link    string       `json:"link,omitempty" doc:"For whoever said it, and not for the whole group: for 30 days the first who opens it takes the request over, at pages/mailbox/claim with receipt and code. Other than the rest it is made anew for a repeated Idempotency-Key, and left out while WeChat makes none"`
	Similar []similarOut `json:"similar" doc:"Open requests of the estate that say much the same, most alike first"`
}

func (a *API) captureFromGroup(ctx context.Context, actor model.Actor, in *captureFromGroupIn) (*body[capturedOut], error) {
	captured, err := a.Proxy.Capture(ctx, actor, proxy.Caught{
		Submission: in.Body.submission(in.Body.EstateID), SaidBy: in.Body.SaidBy, Group: in.Body.Group,
	})
	if err != nil {
		return nil, err
	}
	out := capturedOut{ReceiptOut: receiptFrom(captured.Receipt), Link: captured.Link, Similar: []similarOut{}}
	for _, s := range captured.Similar {
		out.Similar = append(out.Similar, similarOut(s))
	}
	return &body[capturedOut]{Body: out}, nil
}

type proxyOut struct {
	Source     model.RequestSource `json:"source" enum:"box,proxy,wechat_group"`
	Name       string              `json:"name,omitempty"`
	Phone      string              `json:"phone,omitempty"`
	HeardIn    string              `json:"heardIn,omitempty" doc:"The group"`
	ConsentHow model.ConsentHow    `json:"consentHow,omitempty" enum:"in_person,by_phone,written"`
	ConsentAt  *time.Time          `json:"consentAt,omitempty"`
	EnteredBy  model.UserID        `json:"enteredById"`
	EnteredAt  time.Time           `json:"enteredAt"`
	ClaimedAt  *time.Time          `json:"claimedAt,omitempty" doc:"When the person took it over"`
	Unverified bool                `json:"unverified" doc:"Nobody has confirmed yet that they said it"`
}

func proxyAnswer(p proxy.About, err error) (*body[proxyOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[proxyOut]{Body: proxyOut{
		Source: p.Source, Name: p.Name, Phone: p.Phone, HeardIn: p.HeardIn, ConsentHow: p.ConsentHow, ConsentAt: p.ConsentAt,
		EnteredBy: p.EnteredBy, EnteredAt: p.CreatedAt, ClaimedAt: p.ClaimedAt, Unverified: p.Unverified(),
	}}, nil
}

func (a *API) getProxy(ctx context.Context, actor model.Actor, in *RequestPath) (*body[proxyOut], error) {
	return proxyAnswer(a.Proxy.About(ctx, actor, in.ID))
}

type revealProxyIn struct {
	RequestPath
	RevealReason
}

func (a *API) revealProxy(ctx context.Context, actor model.Actor, in *revealProxyIn) (*body[proxyOut], error) {
	return proxyAnswer(a.Proxy.Reveal(ctx, actor, in.ID, in.Body.Reason))
}

type enteredForMeOut struct {
	Receipt   string              `json:"receipt"`
	Category  string              `json:"category" doc:"Its name in the reader's language"`
	Source    model.RequestSource `json:"source" enum:"box,proxy,wechat_group"`
	CreatedAt time.Time           `json:"createdAt"`
}

func (a *API) listEnteredForMe(ctx context.Context, actor model.Actor, in *Paging) (*body[list[enteredForMeOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Proxy.Mine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	language := scopeOf(ctx).language
	return listed(found, func(w proxy.Waiting) enteredForMeOut {
		return enteredForMeOut{w.Receipt, language.of(mailbox.NameOf(w.Category)), w.Source, w.CreatedAt}
	}), nil
}

type claimRequestIn struct {
	Body struct {
		Receipt string `json:"receipt" minLength:"1" maxLength:"40" doc:"The number on the receipt or on the slip"`
		Code    string `json:"code,omitempty" maxLength:"20" doc:"Not needed where I have bound the number it was entered with"`
	}
}

func (a *API) claimRequest(ctx context.Context, actor model.Actor, in *claimRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Proxy.Claim(ctx, actor, in.Body.Receipt, in.Body.Code))
}
