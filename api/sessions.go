package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/account"
)

const accountTag = "Account"

func (a *API) sessionRoutes() {
	handle(a, operation{
		id: "signIn", method: http.MethodPost, path: "/v1/sessions/wechat", tag: accountTag, public: true,
		status: http.StatusCreated, summary: "Sign in with a code of wx.login",
	}, a.signIn)
	handle(a, operation{
		id: "listSessions", method: http.MethodGet, path: "/v1/sessions", tag: accountTag,
		summary: "My open sessions, oldest first",
	}, a.listSessions)
	handle(a, operation{
		id: "endSession", method: http.MethodDelete, path: "/v1/sessions/{id}", tag: accountTag,
		summary: "End one of my sessions",
	}, a.endSession)
	handle(a, operation{
		id: "signOut", method: http.MethodDelete, path: "/v1/sessions/current", tag: accountTag,
		summary: "End this session",
	}, a.signOut)
	handle(a, operation{
		id: "signOutEverywhere", method: http.MethodDelete, path: "/v1/sessions", tag: accountTag,
		summary: "End all my sessions",
	}, a.signOutEverywhere)
}

type signInIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"128" doc:"What wx.login gave; works once, and again within 60 s for a retry"`
	}
}

type signInOut struct {
	Token     string      `json:"token" doc:"For Authorization: Bearer"`
	ExpiresAt time.Time   `json:"expiresAt" doc:"When the session ends if it is not used"`
	User      userOut     `json:"user"`
	Closure   *closureOut `json:"closure,omitempty" doc:"The account is being closed"`
}

type userOut struct {
	ID       model.UserID `json:"id"`
	Nickname string       `json:"nickname"`
}

func (a *API) signIn(ctx context.Context, _ model.Actor, in *signInIn) (*body[signInOut], error) {
	s, err := a.Account.SignInWithWeChat(ctx, in.Body.Code, account.Client(scopeOf(ctx).userAgent))
	if err != nil {
		return nil, err
	}
	out := signInFrom(s)
	out.Closure, err = a.closing(ctx, s.User.ID)
	return &body[signInOut]{Body: out}, err
}

func signInFrom(s account.SignIn) signInOut {
	return signInOut{Token: s.Token, ExpiresAt: s.ExpiresAt, User: userOut{ID: s.User.ID, Nickname: s.User.Nickname}}
}

type sessionOut struct {
	ID         model.SessionID `json:"id"`
	Client     string          `json:"client" doc:"Program and system it was opened with, as in 微信 · iPhone"`
	CreatedAt  time.Time       `json:"createdAt"`
	LastSeenAt time.Time       `json:"lastSeenAt" doc:"To the hour"`
	ExpiresAt  time.Time       `json:"expiresAt" doc:"When it ends if it is not used"`
	Current    bool            `json:"current" doc:"The one that asks"`
}

type listSessionsIn struct{ Paging }

func (a *API) listSessions(ctx context.Context, actor model.Actor, in *listSessionsIn) (*body[list[sessionOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	open, err := a.Account.Sessions(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(open, func(s model.Session) sessionOut {
		return sessionOut{
			ID: s.ID, Client: s.Client, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt,
			Current: s.ID == actor.Session,
		}
	}), nil
}

type sessionIn struct {
	ID model.SessionID `path:"id"`
}

func (a *API) endSession(ctx context.Context, actor model.Actor, in *sessionIn) (*none, error) {
	return nil, a.Account.End(ctx, actor, in.ID)
}

func (a *API) signOut(ctx context.Context, actor model.Actor, _ *none) (*none, error) {
	return nil, a.Account.SignOut(ctx, actor)
}

func (a *API) signOutEverywhere(ctx context.Context, actor model.Actor, _ *none) (*none, error) {
	return nil, a.Account.SignOutEverywhere(ctx, actor)
}
