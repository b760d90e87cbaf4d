package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/consent"
)

func (a *API) consentRoutes() {
	handle(a, operation{
		id: "listMyConsents", method: http.MethodGet, path: "/v1/me/consents", tag: accountTag,
		summary: "What my data is used for, and what I said to that",
	}, a.listMyConsents)
	handle(a, operation{
		id: "sayMyConsent", method: http.MethodPost, path: "/v1/me/consents", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "Agree to a use of my data, or take that back",
	}, a.sayMyConsent)
}

type consentOut struct {
	Purpose         model.Purpose `json:"purpose" enum:"account,phone,residence,employment,companions,children"`
	Version         int           `json:"version" doc:"Of the text below"`
	Title           string        `json:"title"`
	Text            string        `json:"text"`
	Sensitive       bool          `json:"sensitive" doc:"Such data is refused until this is agreed to"`
	Given           bool          `json:"given" doc:"This very version is agreed to"`
	AnsweredVersion int           `json:"answeredVersion,omitempty" doc:"Of the text that was last answered"`
	AnsweredAt      *time.Time    `json:"answeredAt,omitempty"`
}

func (a *API) listMyConsents(ctx context.Context, actor model.Actor, in *struct{ Paging }) (*body[list[consentOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	mine, err := a.Consent.Mine(ctx, actor)
	if err != nil {
		return nil, err
	}
	l := scopeOf(ctx).language
	return listed(model.Part(mine, page), func(s consent.Standing) consentOut { return consentFrom(l, s) }), nil
}

func consentFrom(l language, s consent.Standing) consentOut {
	out := consentOut{
		Purpose: s.Purpose, Version: s.Version, Title: l.of(s.Title), Text: l.of(s.Text),
		Sensitive: s.Sensitive, Given: s.InForce(),
	}
	if s.Answered {
		out.AnsweredVersion, out.AnsweredAt = s.Latest.Version, &s.Latest.At
	}
	return out
}

type sayConsentIn struct {
	Body struct {
		Purpose model.Purpose `json:"purpose" enum:"account,phone,residence,employment,companions,children"`
		Version int           `json:"version,omitempty" minimum:"1" doc:"Of the text that was shown; needed to agree"`
		Given   bool          `json:"given" doc:"false takes it back"`
	}
}

func (a *API) sayMyConsent(ctx context.Context, actor model.Actor, in *sayConsentIn) (*body[consentOut], error) {
	s, err := a.Consent.Say(ctx, actor, consent.Answer(in.Body))
	if err != nil {
		return nil, err
	}
	return &body[consentOut]{Body: consentFrom(scopeOf(ctx).language, s)}, nil
}
