package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
)

func (a *API) closureRoutes() {
	handle(a, operation{
		id: "getMyClosure", method: http.MethodGet, path: "/v1/me/closure", tag: accountTag,
		summary: "Whether my account is being closed",
	}, a.getMyClosure)
	handle(a, operation{
		id: "closeMyAccount", method: http.MethodPost, path: "/v1/me/closure", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "Close my account: sessions end now, and my data is erased when the time to go back is over",
	}, a.closeMyAccount)
	handle(a, operation{
		id: "keepMyAccount", method: http.MethodDelete, path: "/v1/me/closure", tag: accountTag,
		summary: "Keep my account after all",
	}, a.keepMyAccount)
}

type closureOut struct {
	Status  model.ClosureStatus `json:"status" enum:"asked,erasing"`
	AskedAt time.Time           `json:"askedAt"`
	DueAt   time.Time           `json:"dueAt" doc:"Until then DELETE /v1/me/closure takes it back"`
}

func closureFrom(c model.Closure) closureOut {
	return closureOut{Status: c.Status, AskedAt: c.AskedAt, DueAt: c.DueAt}
}

func (a *API) getMyClosure(ctx context.Context, actor model.Actor, _ *none) (*body[closureOut], error) {
	c, err := a.Privacy.Closing(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &body[closureOut]{Body: closureFrom(c)}, nil
}

func (a *API) closeMyAccount(ctx context.Context, actor model.Actor, _ *none) (*body[closureOut], error) {
	c, err := a.Privacy.Close(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &body[closureOut]{Body: closureFrom(c)}, nil
}

func (a *API) keepMyAccount(ctx context.Context, actor model.Actor, _ *none) (*none, error) {
	return nil, a.Privacy.Reopen(ctx, actor)
}

// closing tells somebody who signs in that their account is being closed; nil when it is not.
func (a *API) closing(ctx context.Context, user model.UserID) (*closureOut, error) {
	c, err := a.Privacy.Closing(ctx, model.Actor{User: user})
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := closureFrom(c)
	return &out, nil
}
