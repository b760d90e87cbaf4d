package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/account"
	"jinlin/service/desk"
)

func (a *API) deskLoginRoutes() {
	handle(a, operation{
		id: "askDeskLogin", method: http.MethodPost, path: "/v1/desk-logins", tag: accountTag, public: true,
		status: http.StatusCreated, summary: "A desktop page asks to be let in, and shows the code",
	}, a.askDeskLogin)
	handle(a, operation{
		id: "getDeskLogin", method: http.MethodGet, path: "/v1/desk-logins/{id}", tag: accountTag,
		summary: "What I am about to confirm, after the scan",
	}, a.getDeskLogin)
	handle(a, operation{
		id: "confirmDeskLogin", method: http.MethodPost, path: "/v1/desk-logins/{id}/confirmation", tag: accountTag, once: true,
		summary: "Let the page in as me",
	}, a.confirmDeskLogin)
	handle(a, operation{
		id: "refuseDeskLogin", method: http.MethodPost, path: "/v1/desk-logins/{id}/refusal", tag: accountTag, once: true,
		summary: "Keep the page out",
	}, a.refuseDeskLogin)
	handle(a, operation{
		id: "openDeskSession", method: http.MethodPost, path: "/v1/desk-logins/{id}/session", tag: accountTag, public: true,
		status: http.StatusCreated, summary: "The page takes its session, once; desk_login_waiting until somebody has confirmed",
	}, a.openDeskSession)
}

type askedDeskLoginOut struct {
	ID        model.DeskLoginID `json:"id"`
	Secret    string            `json:"secret" doc:"Of this page alone; shown this once"`
	Scene     string            `json:"scene" doc:"What the code carries: the id without its dashes"`
	Image     string            `json:"image" doc:"The mini-program code as a data: URL, for an img"`
	ExpiresAt time.Time         `json:"expiresAt"`
}

func askedDeskLoginFrom(asked desk.Asked) askedDeskLoginOut {
	return askedDeskLoginOut{
		ID: asked.ID, Secret: asked.Secret, Scene: asked.Scene(), ExpiresAt: asked.ExpiresAt,
		Image: "data:" + asked.Code.ContentType + ";base64," + base64.StdEncoding.EncodeToString(asked.Code.Bytes),
	}
}

func (a *API) askDeskLogin(ctx context.Context, _ model.Actor, _ *none) (*body[askedDeskLoginOut], error) {
	scope := scopeOf(ctx)
	if err := allow(ctx, a.settings.PerDesk, scope.address); err != nil {
		return nil, err
	}
	asked, err := a.Desk.Ask(ctx, account.Client(scope.userAgent), scope.address)
	if err != nil {
		return nil, err
	}
	return &body[askedDeskLoginOut]{Body: askedDeskLoginFrom(asked)}, nil
}

type deskLoginIn struct {
	ID model.DeskLoginID `path:"id"`
}

type deskLoginOut struct {
	ID        model.DeskLoginID     `json:"id"`
	Status    model.DeskLoginStatus `json:"status" enum:"waiting,confirmed,refused,used,expired"`
	Browser   string                `json:"browser" doc:"Program and system, as in Edge · Windows"`
	Address   string                `json:"address" doc:"Where the page is, as in 203.0.113.*; empty when that is not known"`
	CreatedAt time.Time             `json:"createdAt"`
	ExpiresAt time.Time             `json:"expiresAt"`
}

func showDeskLogin(d model.DeskLogin, err error) (*body[deskLoginOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[deskLoginOut]{Body: deskLoginOut{
		ID: d.ID, Status: d.Status, Browser: d.Browser, Address: d.Address, CreatedAt: d.CreatedAt, ExpiresAt: d.ExpiresAt,
	}}, nil
}

func (a *API) getDeskLogin(ctx context.Context, actor model.Actor, in *deskLoginIn) (*body[deskLoginOut], error) {
	return showDeskLogin(a.Desk.Look(ctx, actor, in.ID))
}

func (a *API) confirmDeskLogin(ctx context.Context, actor model.Actor, in *deskLoginIn) (*body[deskLoginOut], error) {
	return showDeskLogin(a.Desk.Confirm(ctx, actor, in.ID))
}

func (a *API) refuseDeskLogin(ctx context.Context, actor model.Actor, in *deskLoginIn) (*body[deskLoginOut], error) {
	return showDeskLogin(a.Desk.Refuse(ctx, actor, in.ID))
}

type openDeskSessionIn struct {
	ID   model.DeskLoginID `path:"id"`
	Body struct {
		Secret string `json:"secret" minLength:"1" maxLength:"64" doc:"What the page got when it asked"`
	}
}

func (a *API) openDeskSession(ctx context.Context, _ model.Actor, in *openDeskSessionIn) (*body[signInOut], error) {
	s, err := a.Desk.Open(ctx, in.ID, in.Body.Secret)
	if err != nil {
		return nil, err
	}
	return &body[signInOut]{Body: signInFrom(s)}, nil
}
