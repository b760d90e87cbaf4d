package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/grant"
)

const grantsTag = "Grants"

func (a *API) grantRoutes() {
	handle(a, operation{
		id: "listGrants", method: http.MethodGet, path: "/v1/grants", tag: grantsTag,
		summary: "Who has had which role where, newest first",
	}, a.listGrants)
	handle(a, operation{
		id: "giveGrant", method: http.MethodPost, path: "/v1/grants", tag: grantsTag, once: true, status: http.StatusCreated,
		summary: "Give somebody a role in a unit; some wait for a second person",
	}, a.giveGrant)
	handle(a, operation{
		id: "confirmGrant", method: http.MethodPost, path: "/v1/grants/{id}/confirmation", tag: grantsTag, once: true,
		summary: "Confirm, as a second person, what another has given",
	}, a.confirmGrant)
	handle(a, operation{
		id: "endGrant", method: http.MethodDelete, path: "/v1/grants/{id}", tag: grantsTag,
		summary: "End a role now; the row stays",
	}, a.endGrant)
}

type grantOut struct {
	ID          model.GrantID     `json:"id"`
	UserID      model.UserID      `json:"userId"`
	Role        model.Role        `json:"role"`
	UnitID      model.UnitID      `json:"unitId"`
	Status      model.GrantStatus `json:"status" enum:"pending,planned,in_force,ended"`
	From        time.Time         `json:"from" doc:"Of a pending one, as proposed"`
	To          *time.Time        `json:"to" nullable:"true" doc:"First moment at which it is no more; null while no end is known"`
	GivenBy     *model.UserID     `json:"grantedById,omitempty"`
	ConfirmedBy *model.UserID     `json:"confirmedById,omitempty"`
	EndedBy     *model.UserID     `json:"endedById,omitempty" doc:"Left out where it ended by itself, or with something else"`
	Reason      string            `json:"reason,omitempty" doc:"Why it was given"`
	CreatedAt   time.Time         `json:"createdAt"`
}

func (a *API) grantFrom(g model.Grant) grantOut {
	return grantOut{
		ID: g.ID, UserID: g.UserID, Role: g.Role, UnitID: g.UnitID, Status: a.Grant.StatusOf(g), From: g.ValidFrom, To: g.ValidTo,
		GivenBy: personOrNone(g.GrantedBy), ConfirmedBy: personOrNone(g.ConfirmedBy), EndedBy: personOrNone(g.EndedBy), Reason: g.Reason, CreatedAt: g.CreatedAt,
	}
}

// grantListed is a grant in a list, with what people call who and where it is.
type grantListed struct {
	GrantOut
	Nickname string      `json:"nickname"`
	Unit     unitNameOut `json:"unit"`
}

// GrantOut is a grant beside other things.
// It is exported because huma looks into exported embedded structs only.
type GrantOut = grantOut

type listGrantsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"Of this unit and all below it; all of your authority if left out"`
	UserID model.UserID `query:"userId"`
	Role   string       `query:"role" enum:"county_clerk,department_officer,town_committee,part_time_member,community_worker,grid_worker,secretary,group_leader,branch_member,shop_keeper,auditor"`
	AsOf   model.Date   `query:"asOf" format:"date" doc:"Only what was in force at some time of that day; past and planned ones too if left out"`
	Status string       `query:"status" enum:"pending" doc:"Only what waits for a second person"`
}

func (a *API) listGrants(ctx context.Context, actor model.Actor, in *listGrantsIn) (*body[list[grantListed]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Grant.List(ctx, actor, grant.Filter{
		UnitID: in.UnitID, UserID: in.UserID, Role: model.Role(in.Role), AsOf: in.AsOf, Pending: in.Status != "",
	}, page)
	if err != nil {
		return nil, err
	}
	names, err := a.Grant.Names(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	ids := mapped(found.Items, func(g model.Grant) model.UnitID { return g.UnitID })
	units, err := a.Org.Units(ctx, ids)
	if err != nil {
		return nil, err
	}
	return listed(found, func(g model.Grant) grantListed {
		return grantListed{GrantOut: a.grantFrom(g), Nickname: names[g.UserID], Unit: nameOf(units[g.UnitID])}
	}), nil
}

type giveGrantIn struct {
	Body struct {
		UserID model.UserID `json:"userId"`
		Role   string       `json:"role" enum:"county_clerk,department_officer,town_committee,part_time_member,community_worker,grid_worker,secretary,group_leader,branch_member,shop_keeper,auditor"`
		UnitID model.UnitID `json:"unitId"`
		From   string       `json:"from,omitempty" maxLength:"40" doc:"A date or a time (RFC 3339); now if left out"`
		To     string       `json:"to,omitempty" maxLength:"40" doc:"The first date or time at which it is no more"`
		Reason string       `json:"reason,omitempty" maxLength:"200" doc:"Why; who may see grants reads it, and the person in their export"`
	}
}

func (a *API) giveGrant(ctx context.Context, actor model.Actor, in *giveGrantIn) (*body[grantOut], error) {
	from, err := momentOf("from", in.Body.From)
	if err != nil {
		return nil, err
	}
	to, err := momentOf("to", in.Body.To)
	if err != nil {
		return nil, err
	}
	g, err := a.Grant.Give(ctx, actor, grant.Giving{
		UserID: in.Body.UserID, Role: model.Role(in.Body.Role), UnitID: in.Body.UnitID, From: from, To: to, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return &body[grantOut]{Body: a.grantFrom(g)}, nil
}

// momentOf reads a time, or the beginning of a date in Shanghai; "" is nil.
func momentOf(path, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, text, model.Shanghai)
	}
	if err != nil || at.Year() < 2000 {
		return nil, fault.InvalidField(path, "invalid_time", "请填写日期或时间。", "Give a date or a time.")
	}
	at = at.UTC().Truncate(time.Millisecond)
	return &at, nil
}

type grantIn struct {
	ID model.GrantID `path:"id"`
}

func (a *API) confirmGrant(ctx context.Context, actor model.Actor, in *grantIn) (*body[grantOut], error) {
	g, err := a.Grant.Confirm(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[grantOut]{Body: a.grantFrom(g)}, nil
}

func (a *API) endGrant(ctx context.Context, actor model.Actor, in *grantIn) (*none, error) {
	return nil, a.Grant.End(ctx, actor, in.ID)
}
