package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

func (a *API) gridLeadRoutes() {
	handle(a, operation{
		id: "listGridLeads", method: http.MethodGet, path: "/v1/grids/{id}/leads", tag: teamsTag,
		summary: "Who has led a grid, newest first, or who led it on a day",
	}, a.listGridLeads)
	handle(a, operation{
		id: "appointGridLead", method: http.MethodPost, path: "/v1/grids/{id}/leads", tag: teamsTag, once: true,
		status: http.StatusCreated, summary: "Let a worker of the community lead a grid; who led it until then ends that day",
	}, a.appointGridLead)
	handle(a, operation{
		id: "endGridLead", method: http.MethodPost, path: "/v1/grids/{id}/lead/end", tag: teamsTag, once: true,
		summary: "End that somebody leads a grid, with nobody after",
	}, a.endGridLead)
}

type gridLeadOut struct {
	ID          model.GridLeadID `json:"id"`
	GridID      model.UnitID     `json:"gridId"`
	UserID      model.UserID     `json:"userId"`
	ValidFrom   model.Date       `json:"validFrom" format:"date"`
	ValidTo     *model.Date      `json:"validTo,omitempty" format:"date" doc:"First day on which they lead no more"`
	Reason      string           `json:"reason,omitempty" doc:"Why it ended, where nobody came after"`
	AppointedBy model.UserID     `json:"appointedById"`
	EndedBy     *model.UserID    `json:"endedById,omitempty"`
	CreatedAt   time.Time        `json:"createdAt"`
}

func gridLeadFrom(l model.GridLead) gridLeadOut {
	return gridLeadOut{
		ID: l.ID, GridID: l.GridID, UserID: l.UserID, ValidFrom: l.ValidFrom, ValidTo: l.ValidTo, Reason: l.Reason,
		AppointedBy: l.AppointedBy, EndedBy: personOrNone(l.EndedBy), CreatedAt: l.CreatedAt,
	}
}

// GridLeadOut is a lead beside other things.
// It is exported because huma looks into exported embedded structs only.
type GridLeadOut = gridLeadOut

type gridLeadListed struct {
	GridLeadOut
	Name string `json:"name" doc:"What they are called"`
}

type listGridLeadsIn struct {
	Paging
	ID   model.UnitID `path:"id"`
	AsOf model.Date   `query:"asOf" format:"date" doc:"Only who led on that day"`
}

func (a *API) listGridLeads(ctx context.Context, actor model.Actor, in *listGridLeadsIn) (*body[list[gridLeadListed]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.GridLead.List(ctx, actor, in.ID, in.AsOf, page)
	if err != nil {
		return nil, err
	}
	names, err := a.GridLead.Names(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	return listed(found, func(l model.GridLead) gridLeadListed {
		return gridLeadListed{GridLeadOut: gridLeadFrom(l), Name: names[l.UserID]}
	}), nil
}

type appointGridLeadIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		UserID model.UserID `json:"userId" doc:"A grid or community worker of the grid's community"`
		From   model.Date   `json:"from,omitempty" format:"date" doc:"First day; today if left out"`
	}
}

func (a *API) appointGridLead(ctx context.Context, actor model.Actor, in *appointGridLeadIn) (*body[gridLeadOut], error) {
	l, err := a.GridLead.Appoint(ctx, actor, in.ID, in.Body.UserID, in.Body.From)
	if err != nil {
		return nil, err
	}
	return &body[gridLeadOut]{Body: gridLeadFrom(l)}, nil
}

type endGridLeadIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		On     model.Date `json:"on,omitempty" format:"date" doc:"First day without; today if left out"`
		Reason string     `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (a *API) endGridLead(ctx context.Context, actor model.Actor, in *endGridLeadIn) (*body[gridLeadOut], error) {
	l, err := a.GridLead.End(ctx, actor, in.ID, in.Body.On, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &body[gridLeadOut]{Body: gridLeadFrom(l)}, nil
}
