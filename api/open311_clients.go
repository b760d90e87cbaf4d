package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

func (a *API) open311ClientRoutes() {
	handle(a, operation{
		id: "registerOpen311Client", method: http.MethodPost, path: "/v1/open311-clients", tag: open311Tag,
		status: http.StatusCreated, once: true, summary: "Let somebody's program submit requests; its key is told this once",
	}, a.registerOpen311Client)
	handle(a, operation{
		id: "listOpen311Clients", method: http.MethodGet, path: "/v1/open311-clients", tag: open311Tag,
		summary: "The programs that submit requests, or did",
	}, a.listOpen311Clients)
	handle(a, operation{
		id: "endOpen311Client", method: http.MethodDelete, path: "/v1/open311-clients/{id}", tag: open311Tag,
		summary: "Take a program's key away",
	}, a.endOpen311Client)
}

// Open311ClientOut is a program. It is exported for the same reason as Paging.
type Open311ClientOut struct {
	ID         model.Open311ClientID `json:"id"`
	Name       string                `json:"name"`
	DailyLimit int                   `json:"dailyLimit" doc:"Requests a day"`
	CreatedAt  time.Time             `json:"createdAt"`
	EndedAt    *time.Time            `json:"endedAt,omitempty"`
}

func open311ClientFrom(c model.Open311Client) Open311ClientOut {
	return Open311ClientOut{ID: c.ID, Name: c.Name, DailyLimit: c.DailyLimit, CreatedAt: c.CreatedAt, EndedAt: c.EndedAt}
}

type registerOpen311ClientIn struct {
	Body struct {
		Name       string `json:"name" minLength:"1" maxLength:"64"`
		DailyLimit int    `json:"dailyLimit" minimum:"1" maximum:"10000"`
	}
}

type registeredOpen311Client struct {
	Open311ClientOut
	APIKey string `json:"apiKey" doc:"Shown this once"`
}

func (a *API) registerOpen311Client(ctx context.Context, actor model.Actor, in *registerOpen311ClientIn) (*body[registeredOpen311Client], error) {
	client, key, err := a.Open311.Register(ctx, actor, in.Body.Name, in.Body.DailyLimit)
	if err != nil {
		return nil, err
	}
	return &body[registeredOpen311Client]{Body: registeredOpen311Client{Open311ClientOut: open311ClientFrom(client), APIKey: key}}, nil
}

func (a *API) listOpen311Clients(ctx context.Context, actor model.Actor, in *Paging) (*body[list[Open311ClientOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	clients, err := a.Open311.Clients(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(clients, open311ClientFrom), nil
}

type open311ClientIn struct {
	ID model.Open311ClientID `path:"id"`
}

func (a *API) endOpen311Client(ctx context.Context, actor model.Actor, in *open311ClientIn) (*none, error) {
	return nil, a.Open311.End(ctx, actor, in.ID)
}
