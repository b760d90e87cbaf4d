package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/grant"
)

func (a *API) staffRoutes() {
	handle(a, operation{
		id: "findStaff", method: http.MethodPost, path: "/v1/staff/lookups", tag: grantsTag, once: true,
		summary: "Whose number it is, to whoever gives roles; each look is on record",
	}, a.findStaff)
	handle(a, operation{
		id: "listStaffRoles", method: http.MethodGet, path: "/v1/staff/{userId}/roles", tag: grantsTag,
		summary: "The roles that somebody has had in my authority, newest first: from when to when, given by whom and why",
	}, a.listStaffRoles)
	handle(a, operation{
		id: "moveStaff", method: http.MethodPost, path: "/v1/staff/{userId}/moves", tag: grantsTag, once: true, status: http.StatusCreated,
		summary: "End a role and begin another at the same moment",
	}, a.moveStaff)
}

type findStaffIn struct {
	Body struct {
		Phone string `json:"phone" minLength:"11" maxLength:"20"`
	}
}

type foundStaffOut struct {
	ID          model.UserID `json:"id"`
	Nickname    string       `json:"nickname"`
	PhoneMasked string       `json:"phoneMasked"`
}

func (a *API) findStaff(ctx context.Context, actor model.Actor, in *findStaffIn) (*body[foundStaffOut], error) {
	found, err := a.Grant.Find(ctx, actor, in.Body.Phone)
	if err != nil {
		return nil, err
	}
	return &body[foundStaffOut]{Body: foundStaffOut{ID: found.ID, Nickname: found.Nickname, PhoneMasked: found.Masked}}, nil
}

type listStaffRolesIn struct {
	Paging
	UserID model.UserID `path:"userId"`
	UnitID model.UnitID `query:"unitId" doc:"Of this unit and all below it; all of your authority if left out"`
}

// staffRoleOut is a role with those who had to do with it, as they are called.
type staffRoleOut struct {
	GrantOut
	Unit      unitNameOut `json:"unit"`
	GivenBy   string      `json:"grantedBy,omitempty" doc:"What they are called"`
	Confirmer string      `json:"confirmedBy,omitempty"`
	Ender     string      `json:"endedBy,omitempty"`
}

func (a *API) listStaffRoles(ctx context.Context, actor model.Actor, in *listStaffRolesIn) (*body[list[staffRoleOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Grant.List(ctx, actor, grant.Filter{UnitID: in.UnitID, UserID: in.UserID}, page)
	if err != nil {
		return nil, err
	}
	names, err := a.Grant.Givers(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	units, err := a.Org.Units(ctx, mapped(found.Items, func(g model.Grant) model.UnitID { return g.UnitID }))
	if err != nil {
		return nil, err
	}
	return listed(found, func(g model.Grant) staffRoleOut {
		return staffRoleOut{
			GrantOut: a.grantFrom(g), Unit: nameOf(units[g.UnitID]),
			GivenBy: names[g.GrantedBy], Confirmer: names[g.ConfirmedBy], Ender: names[g.EndedBy],
		}
	}), nil
}

type moveStaffIn struct {
	UserID model.UserID `path:"userId"`
	Body   struct {
		From   model.GrantID `json:"from" doc:"The role that ends"`
		Role   string        `json:"role" enum:"department_officer,town_committee,part_time_member,community_worker,grid_worker,group_leader,branch_member,shop_keeper"`
		UnitID model.UnitID  `json:"unitId"`
		On     model.Date    `json:"on,omitempty" format:"date" doc:"First day of the new role; now if left out"`
		Reason string        `json:"reason,omitempty" maxLength:"200"`
	}
}

type movedStaffOut struct {
	Ended grantOut `json:"ended"`
	Begun grantOut `json:"begun"`
}

func (a *API) moveStaff(ctx context.Context, actor model.Actor, in *moveStaffIn) (*body[movedStaffOut], error) {
	moved, err := a.Grant.Move(ctx, actor, grant.Moving{
		UserID: in.UserID, From: in.Body.From, Role: model.Role(in.Body.Role), UnitID: in.Body.UnitID, On: in.Body.On, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return &body[movedStaffOut]{Body: movedStaffOut{Ended: a.grantFrom(moved.Ended), Begun: a.grantFrom(moved.Begun)}}, nil
}
