package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/residence"
)

func (a *API) residenceRoutes() {
	handle(a, operation{
		id: "registerResidence", method: http.MethodPost, path: "/v1/me/residences", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "Say where I live: verified at once by the roster or the door code, or pending",
	}, a.registerResidence)
	handle(a, operation{
		id: "listMyResidences", method: http.MethodGet, path: "/v1/me/residences", tag: accountTag,
		summary: "My homes, past ones too, newest first",
	}, a.listMyResidences)
	handle(a, operation{
		id: "leaveResidence", method: http.MethodDelete, path: "/v1/me/residences/{id}", tag: accountTag,
		summary: "Leave a home; its rights end at once",
	}, a.leaveResidence)
	handle(a, operation{
		id: "listHouseholdMembers", method: http.MethodGet, path: "/v1/me/residences/{id}/members", tag: accountTag,
		summary: "Who is of my household, or wants to be",
	}, a.listHouseholdMembers)
	handle(a, operation{
		id: "vouchForMember", method: http.MethodPost, path: "/v1/me/residences/{id}/vouches", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "Vouch for somebody of my household",
	}, a.vouchForMember)
	handle(a, operation{
		id: "takeBackVouch", method: http.MethodDelete, path: "/v1/me/residences/{id}/vouches/{residenceId}", tag: accountTag,
		summary: "Take back my word; that person's residence ends",
	}, a.takeBackVouch)
	handle(a, operation{
		id: "listResidences", method: http.MethodGet, path: "/v1/residences", tag: accountTag,
		summary: "Residences in my authority, oldest first",
	}, a.listResidences)
	handle(a, operation{
		id: "decideOnResidence", method: http.MethodPost, path: "/v1/residences/{id}/decisions", tag: accountTag, once: true,
		summary: "Approve or reject a pending residence",
	}, a.decideOnResidence)
	handle(a, operation{
		id: "removeResidence", method: http.MethodPost, path: "/v1/residences/{id}/removal", tag: accountTag, once: true,
		summary: "End somebody's residence",
	}, a.removeResidence)
	handle(a, operation{
		id: "listStairwells", method: http.MethodGet, path: "/v1/stairwells", tag: placesTag, public: true,
		summary: "The stairwells of a building",
	}, a.listStairwells)
	handle(a, operation{
		id: "renewDoorCode", method: http.MethodPost, path: "/v1/stairwells/{id}/door-codes", tag: placesTag, once: true,
		status: http.StatusCreated, summary: "Give a stairwell a new code for its notice sheet; the one before ends",
	}, a.renewDoorCode)
}

type registerResidenceIn struct {
	Body struct {
		BuildingID model.UnitID `json:"buildingId"`
		Stairwell  string       `json:"stairwell,omitempty" maxLength:"16" doc:"As in 2 or 2单元; 1 if left out"`
		Room       string       `json:"room" minLength:"1" maxLength:"16" doc:"As in 301"`
		Relation   string       `json:"relation" enum:"owner,tenant,family"`
		DoorCode   string       `json:"doorCode,omitempty" maxLength:"16" doc:"From the stairwell's notice sheet; five tries a day"`
	}
}

// ResidenceOut is one's own home. It is exported for the same reason as Paging.
type ResidenceOut struct {
	ID         model.ResidenceID     `json:"id"`
	EstateID   model.UnitID          `json:"estateId"`
	BuildingID model.UnitID          `json:"buildingId"`
	Stairwell  string                `json:"stairwell"`
	Room       string                `json:"room"`
	Relation   string                `json:"relation" enum:"owner,tenant,family"`
	Status     model.ResidenceStatus `json:"status" enum:"pending,verified,rejected,ended"`
	VerifiedBy model.ResidenceProof  `json:"verifiedBy,omitempty" enum:"roster,door_code,staff,vouch"`
	CreatedAt  time.Time             `json:"createdAt"`
	DecidedAt  *time.Time            `json:"decidedAt,omitempty"`
	EndedAt    *time.Time            `json:"endedAt,omitempty"`
}

func residenceFrom(r model.Residence) ResidenceOut {
	return ResidenceOut{
		ID: r.ID, EstateID: r.EstateID, BuildingID: r.BuildingID, Stairwell: r.Stairwell, Room: r.Room, Relation: r.Relation,
		Status: r.Status, VerifiedBy: r.Proof, CreatedAt: r.CreatedAt, DecidedAt: r.DecidedAt, EndedAt: r.EndedAt,
	}
}

func (a *API) registerResidence(ctx context.Context, actor model.Actor, in *registerResidenceIn) (*body[ResidenceOut], error) {
	b := in.Body
	r, err := a.Residence.Register(ctx, actor, residence.Door{
		BuildingID: b.BuildingID, Stairwell: b.Stairwell, Room: b.Room, Relation: b.Relation, Code: b.DoorCode,
	})
	if err != nil {
		return nil, err
	}
	return &body[ResidenceOut]{Body: residenceFrom(r)}, nil
}

type listMyResidencesIn struct{ Paging }

func (a *API) listMyResidences(ctx context.Context, actor model.Actor, in *listMyResidencesIn) (*body[list[ResidenceOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Residence.Mine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(rows, residenceFrom), nil
}

type residenceIn struct {
	ID model.ResidenceID `path:"id"`
}

func (a *API) leaveResidence(ctx context.Context, actor model.Actor, in *residenceIn) (*none, error) {
	return nil, a.Residence.Leave(ctx, actor, in.ID)
}

// memberOut is somebody of a household as its members see them.
type memberOut struct {
	ID         model.ResidenceID     `json:"id" doc:"Their residence, for a vouch"`
	Nickname   string                `json:"nickname"`
	Relation   string                `json:"relation" enum:"owner,tenant,family"`
	Status     model.ResidenceStatus `json:"status" enum:"pending,verified,ended"`
	VerifiedBy model.ResidenceProof  `json:"verifiedBy,omitempty" enum:"roster,door_code,staff,vouch"`
	CreatedAt  time.Time             `json:"createdAt"`
	Me         bool                  `json:"me"`
}

func memberFrom(m residence.Member) memberOut {
	return memberOut{
		ID: m.ID, Nickname: m.Nickname, Relation: m.Relation, Status: m.Status, VerifiedBy: m.Proof, CreatedAt: m.CreatedAt, Me: m.Me,
	}
}

type listHouseholdMembersIn struct {
	Paging
	ID model.ResidenceID `path:"id" doc:"One of mine"`
}

func (a *API) listHouseholdMembers(ctx context.Context, actor model.Actor, in *listHouseholdMembersIn) (*body[list[memberOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	members, err := a.Residence.Members(ctx, actor, in.ID, page)
	if err != nil {
		return nil, err
	}
	return listed(members, memberFrom), nil
}

type vouchForMemberIn struct {
	ID   model.ResidenceID `path:"id" doc:"One of mine"`
	Body struct {
		ResidenceID model.ResidenceID `json:"residenceId" doc:"Of the person who waits, from the list of members"`
	}
}

func (a *API) vouchForMember(ctx context.Context, actor model.Actor, in *vouchForMemberIn) (*body[memberOut], error) {
	m, err := a.Residence.Vouch(ctx, actor, in.ID, in.Body.ResidenceID)
	if err != nil {
		return nil, err
	}
	return &body[memberOut]{Body: memberFrom(m)}, nil
}

type takeBackVouchIn struct {
	ID          model.ResidenceID `path:"id" doc:"One of mine"`
	ResidenceID model.ResidenceID `path:"residenceId"`
}

func (a *API) takeBackVouch(ctx context.Context, actor model.Actor, in *takeBackVouchIn) (*none, error) {
	_, err := a.Residence.TakeBack(ctx, actor, in.ID, in.ResidenceID)
	return nil, err
}

type listResidencesIn struct {
	Paging
	Status string `query:"status" enum:"pending,verified,rejected,ended" default:"pending"`
}

// caseOut is a residence as staff see it.
type caseOut struct {
	ResidenceOut
	Nickname    string `json:"nickname"`
	PhoneMasked string `json:"phoneMasked" doc:"Empty when the person has bound none"`
}

func caseFrom(c residence.Case) caseOut {
	return caseOut{ResidenceOut: residenceFrom(c.Residence), Nickname: c.Nickname, PhoneMasked: c.Phone}
}

func (a *API) listResidences(ctx context.Context, actor model.Actor, in *listResidencesIn) (*body[list[caseOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	cases, err := a.Residence.Cases(ctx, actor, model.ResidenceStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(cases, caseFrom), nil
}

type decideOnResidenceIn struct {
	ID   model.ResidenceID `path:"id"`
	Body struct {
		Decision string `json:"decision" enum:"approve,reject"`
		Reason   string `json:"reason,omitempty" maxLength:"200" doc:"Needed to reject; the person reads it"`
	}
}

func (a *API) decideOnResidence(ctx context.Context, actor model.Actor, in *decideOnResidenceIn) (*body[caseOut], error) {
	decide := a.Residence.Approve
	if in.Body.Decision == "reject" {
		decide = a.Residence.Reject
	}
	return showCase(decide(ctx, actor, in.ID, in.Body.Reason))
}

type removeResidenceIn struct {
	ID   model.ResidenceID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"The person reads it"`
	}
}

func (a *API) removeResidence(ctx context.Context, actor model.Actor, in *removeResidenceIn) (*body[caseOut], error) {
	return showCase(a.Residence.Remove(ctx, actor, in.ID, in.Body.Reason))
}

func showCase(c residence.Case, err error) (*body[caseOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[caseOut]{Body: caseFrom(c)}, nil
}

type listStairwellsIn struct {
	Paging
	BuildingID model.UnitID `query:"buildingId" required:"true"`
}

type stairwellOut struct {
	ID         model.StairwellID `json:"id"`
	BuildingID model.UnitID      `json:"buildingId"`
	Name       string            `json:"name" doc:"As in 2"`
}

func (a *API) listStairwells(ctx context.Context, _ model.Actor, in *listStairwellsIn) (*body[list[stairwellOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Residence.Stairwells(ctx, in.BuildingID, page)
	if err != nil {
		return nil, err
	}
	return listed(rows, func(s model.Stairwell) stairwellOut {
		return stairwellOut{ID: s.ID, BuildingID: s.BuildingID, Name: s.Name}
	}), nil
}

type stairwellIn struct {
	ID model.StairwellID `path:"id"`
}

type doorCodeOut struct {
	Code    string `json:"code" doc:"Shown this once; only a hash is kept"`
	Version int    `json:"version" doc:"How many codes the stairwell has had"`
}

func (a *API) renewDoorCode(ctx context.Context, actor model.Actor, in *stairwellIn) (*body[doorCodeOut], error) {
	made, err := a.Residence.RenewDoorCode(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[doorCodeOut]{Body: doorCodeOut{Code: made.Code, Version: made.Version}}, nil
}
