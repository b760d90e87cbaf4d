package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/employment"
)

func (a *API) employmentRoutes() {
	handle(a, operation{
		id: "registerEmployment", method: http.MethodPost, path: "/v1/me/employments", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "Say where I work, as a courier, driver and the like; staff of the area verify it",
	}, a.registerEmployment)
	handle(a, operation{
		id: "listMyEmployments", method: http.MethodGet, path: "/v1/me/employments", tag: accountTag,
		summary: "My work areas, past ones too, newest first",
	}, a.listMyEmployments)
	handle(a, operation{
		id: "leaveEmployment", method: http.MethodDelete, path: "/v1/me/employments/{id}", tag: accountTag,
		summary: "Leave a work area; its rights end at once",
	}, a.leaveEmployment)
	handle(a, operation{
		id: "listEmployments", method: http.MethodGet, path: "/v1/employments", tag: accountTag,
		summary: "Employments in my authority, oldest first",
	}, a.listEmployments)
	handle(a, operation{
		id: "decideOnEmployment", method: http.MethodPost, path: "/v1/employments/{id}/decisions", tag: accountTag, once: true,
		summary: "Approve or reject a pending employment",
	}, a.decideOnEmployment)
	handle(a, operation{
		id: "removeEmployment", method: http.MethodPost, path: "/v1/employments/{id}/removal", tag: accountTag, once: true,
		summary: "End somebody's employment in an area",
	}, a.removeEmployment)
}

type registerEmploymentIn struct {
	Body struct {
		UnitID   model.UnitID `json:"unitId" doc:"The work area: an estate, a grid, a community or a town"`
		Kind     string       `json:"kind" enum:"courier,food_rider,ride_hailing_driver,lorry_driver,domestic_worker,live_streamer,other"`
		Platform string       `json:"platform,omitempty" maxLength:"40" doc:"For whom, as in 顺丰速运"`
	}
}

// EmploymentOut is an employment.
// It is exported because huma looks into exported embedded structs only.
type EmploymentOut = employmentOut

type employmentOut struct {
	ID        model.EmploymentID     `json:"id"`
	UnitID    model.UnitID           `json:"unitId" doc:"The work area; news and activities of it are asked for with this id"`
	Kind      model.EmploymentKind   `json:"kind" enum:"courier,food_rider,ride_hailing_driver,lorry_driver,domestic_worker,live_streamer,other"`
	Platform  string                 `json:"platform"`
	Status    model.EmploymentStatus `json:"status" enum:"pending,verified,rejected,ended"`
	CreatedAt time.Time              `json:"createdAt"`
	DecidedAt *time.Time             `json:"decidedAt,omitempty"`
	EndedAt   *time.Time             `json:"endedAt,omitempty"`
}

func employmentFrom(e model.Employment) employmentOut {
	return employmentOut{
		ID: e.ID, UnitID: e.UnitID, Kind: e.Kind, Platform: e.Platform, Status: e.Status,
		CreatedAt: e.CreatedAt, DecidedAt: e.DecidedAt, EndedAt: e.EndedAt,
	}
}

func (a *API) registerEmployment(ctx context.Context, actor model.Actor, in *registerEmploymentIn) (*body[employmentOut], error) {
	e, err := a.Employment.Register(ctx, actor, employment.Work{
		Area: in.Body.UnitID, Kind: model.EmploymentKind(in.Body.Kind), Platform: in.Body.Platform,
	})
	if err != nil {
		return nil, err
	}
	return &body[employmentOut]{Body: employmentFrom(e)}, nil
}

func (a *API) listMyEmployments(ctx context.Context, actor model.Actor, in *struct{ Paging }) (*body[list[employmentOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Employment.Mine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(rows, employmentFrom), nil
}

type employmentIn struct {
	ID model.EmploymentID `path:"id"`
}

func (a *API) leaveEmployment(ctx context.Context, actor model.Actor, in *employmentIn) (*none, error) {
	return nil, a.Employment.Leave(ctx, actor, in.ID)
}

// employmentCaseOut is an employment as staff see it.
type employmentCaseOut struct {
	EmploymentOut
	Nickname    string      `json:"nickname"`
	PhoneMasked string      `json:"phoneMasked" doc:"Empty when the person has bound none"`
	Stage       model.Stage `json:"stage" enum:"served,volunteer,regular" doc:"From the activities that earn points they have come to"`
}

func employmentCaseFrom(c employment.Case) employmentCaseOut {
	return employmentCaseOut{EmploymentOut: employmentFrom(c.Employment), Nickname: c.Nickname, PhoneMasked: c.Phone, Stage: c.Stage}
}

type listEmploymentsIn struct {
	Paging
	Status string `query:"status" enum:"pending,verified,rejected,ended" default:"pending"`
}

func (a *API) listEmployments(ctx context.Context, actor model.Actor, in *listEmploymentsIn) (*body[list[employmentCaseOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	cases, err := a.Employment.Cases(ctx, actor, model.EmploymentStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(cases, employmentCaseFrom), nil
}

type decideOnEmploymentIn struct {
	ID   model.EmploymentID `path:"id"`
	Body struct {
		Decision string `json:"decision" enum:"approve,reject"`
		Reason   string `json:"reason,omitempty" maxLength:"200" doc:"Needed to reject; the person reads it"`
	}
}

func (a *API) decideOnEmployment(ctx context.Context, actor model.Actor, in *decideOnEmploymentIn) (*body[employmentCaseOut], error) {
	decide := a.Employment.Approve
	if in.Body.Decision == "reject" {
		decide = a.Employment.Reject
	}
	return showEmploymentCase(decide(ctx, actor, in.ID, in.Body.Reason))
}

type removeEmploymentIn struct {
	ID   model.EmploymentID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"The person reads it"`
	}
}

func (a *API) removeEmployment(ctx context.Context, actor model.Actor, in *removeEmploymentIn) (*body[employmentCaseOut], error) {
	return showEmploymentCase(a.Employment.Remove(ctx, actor, in.ID, in.Body.Reason))
}

func showEmploymentCase(c employment.Case, err error) (*body[employmentCaseOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[employmentCaseOut]{Body: employmentCaseFrom(c)}, nil
}
