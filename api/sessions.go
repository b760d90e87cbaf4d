package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

const accountTag = "Account"

func (a *API) sessionRoutes() {
	handle(a, operation{
		id: "signIn", method: http.MethodPost, path: "/v1/sessions/wechat", tag: accountTag, public: true,
		status: http.StatusCreated, summary: "Sign in with a code of wx.login",
	}, a.signIn)
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
	Token     string    `json:"token" doc:"For Authorization: Bearer"`
	ExpiresAt time.Time `json:"expiresAt" doc:"When the session ends if it is not used"`
	User      userOut   `json:"user"`
}

type userOut struct {
	ID       model.UserID `json:"id"`
	Nickname string       `json:"nickname"`
}

func (a *API) signIn(ctx context.Context, _ model.Actor, in *signInIn) (*body[signInOut], error) {
	s, err := a.Account.SignInWithWeChat(ctx, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &body[signInOut]{Body: signInOut{
		Token: s.Token, ExpiresAt: s.ExpiresAt, User: userOut{ID: s.User.ID, Nickname: s.User.Nickname},
	}}, nil
}

func (a *API) signOut(ctx context.Context, actor model.Actor, _ *none) (*none, error) {
	return nil, a.Account.SignOut(ctx, actor)
}

func (a *API) signOutEverywhere(ctx context.Context, actor model.Actor, _ *none) (*none, error) {
	return nil, a.Account.SignOutEverywhere(ctx, actor)
}
