package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/grant"
)

func (a *API) appointmentRoutes() {
	handle(a, operation{
		id: "listAppointments", method: http.MethodGet, path: "/v1/appointments", tag: grantsTag,
		summary: "Who was named for a role by their number and has no account with it yet, newest first",
	}, a.listAppointments)
	handle(a, operation{
		id: "dismissAppointment", method: http.MethodDelete, path: "/v1/appointments/{id}", tag: grantsTag,
		summary: "Name somebody no more; what has become a grant stays",
	}, a.dismissAppointment)
}

type appointmentOut struct {
	ID          model.AppointmentID `json:"id"`
	NameMasked  string              `json:"nameMasked"`
	PhoneMasked string              `json:"phoneMasked"`
	Role        model.Role          `json:"role"`
	Unit        unitNameOut         `json:"unit"`
	From        model.Date          `json:"from"`
	NamedBy     model.UserID        `json:"namedById" doc:"Who answers for it; the role is given while they may give it"`
	CreatedAt   time.Time           `json:"createdAt"`
	ExpiresAt   time.Time           `json:"expiresAt" doc:"When it comes to nothing"`
}

type listAppointmentsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"Of this unit and all below it; all of your authority if left out"`
}

func (a *API) listAppointments(ctx context.Context, actor model.Actor, in *listAppointmentsIn) (*body[list[appointmentOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Grant.Appointments(ctx, actor, in.UnitID, page)
	if err != nil {
		return nil, err
	}
	units, err := a.Org.Units(ctx, mapped(found.Items, func(w grant.Waiting) model.UnitID { return w.UnitID }))
	if err != nil {
		return nil, err
	}
	return listed(found, func(w grant.Waiting) appointmentOut {
		return appointmentOut{
			ID: w.ID, NameMasked: model.MaskName(w.Name), PhoneMasked: model.MaskPhone(w.Phone), Role: w.Role, Unit: nameOf(units[w.UnitID]),
			From: w.StartsOn, NamedBy: w.NamedBy, CreatedAt: w.CreatedAt, ExpiresAt: w.ExpiresAt,
		}
	}), nil
}

type appointmentIn struct {
	ID model.AppointmentID `path:"id"`
}

func (a *API) dismissAppointment(ctx context.Context, actor model.Actor, in *appointmentIn) (*none, error) {
	return nil, a.Grant.Dismiss(ctx, actor, in.ID)
}
