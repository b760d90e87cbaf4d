package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/team"
)

const teamsTag = "Service teams"

func (a *API) teamRoutes() {
	handle(a, operation{
		id: "getMyTeam", method: http.MethodGet, path: "/v1/my-team", tag: teamsTag,
		summary: "The service team of my home, or of an estate or building",
	}, a.getMyTeam)
	handle(a, operation{
		id: "listTeamMembers", method: http.MethodGet, path: "/v1/units/{id}/team-members", tag: teamsTag,
		summary: "Who has been in the team of a branch, an estate or a building, newest first",
	}, a.listTeamMembers)
	handle(a, operation{
		id: "addTeamMember", method: http.MethodPost, path: "/v1/units/{id}/team-members", tag: teamsTag, once: true,
		status: http.StatusCreated, summary: "Take somebody into a team",
	}, a.addTeamMember)
	handle(a, operation{
		id: "getTeamMember", method: http.MethodGet, path: "/v1/team-members/{id}", tag: teamsTag,
		summary: "One place in a team",
	}, a.getTeamMember)
	handle(a, operation{
		id: "changeTeamMember", method: http.MethodPatch, path: "/v1/team-members/{id}", tag: teamsTag,
		summary: "Change a member's published name, telephone or task",
	}, a.changeTeamMember)
	handle(a, operation{
		id: "endTeamMember", method: http.MethodDelete, path: "/v1/team-members/{id}", tag: teamsTag,
		summary: "End somebody's place in a team, today",
	}, a.endTeamMember)
}

type myTeamIn struct {
	EstateID   model.UnitID `query:"estateId" doc:"My home if neither this nor buildingId is given"`
	BuildingID model.UnitID `query:"buildingId"`
}

type myTeamOut struct {
	Branch    unitNameOut     `json:"branch"`
	Phone     string          `json:"phone" doc:"Of the branch"`
	Secretary string          `json:"secretary" doc:"Name as published; empty while the post is vacant"`
	Worker    string          `json:"worker" doc:"The grid worker who leads, name as published; empty while there is none"`
	Members   []teamPersonOut `json:"members"`
}

type teamPersonOut struct {
	ID    model.TeamMemberID `json:"id"`
	Role  model.TeamRole     `json:"role" enum:"lead_worker,party_member,volunteer,building_head,property,owners_committee,police,lawyer,doctor,other"`
	Name  string             `json:"name"`
	Phone string             `json:"phone,omitempty" doc:"In full for those who live there, masked for others"`
	Task  string             `json:"task,omitempty"`
}

func teamPersonFrom(m model.TeamMember, phones map[model.TeamMemberID]string) teamPersonOut {
	return teamPersonOut{ID: m.ID, Role: m.Role, Name: m.Name, Phone: phones[m.ID], Task: m.Task}
}

func (a *API) getMyTeam(ctx context.Context, actor model.Actor, in *myTeamIn) (*body[myTeamOut], error) {
	mine, err := a.Team.Mine(ctx, actor, in.EstateID, in.BuildingID)
	if err != nil {
		return nil, err
	}
	return &body[myTeamOut]{Body: myTeamOut{
		Branch: nameOf(mine.Branch), Phone: mine.Branch.Phone, Secretary: mine.Secretary.Name, Worker: mine.Worker.Name,
		Members: mapped(mine.Members, func(m model.TeamMember) teamPersonOut { return teamPersonFrom(m, mine.Phones) }),
	}}, nil
}

// TeamPersonOut is a member beside other things.
// It is exported because huma looks into exported embedded structs only.
type TeamPersonOut = teamPersonOut

type teamMemberOut struct {
	TeamPersonOut
	UnitID    model.UnitID  `json:"unitId"`
	UserID    *model.UserID `json:"userId,omitempty" doc:"Left out for whoever has no account"`
	ValidFrom model.Date    `json:"validFrom" format:"date"`
	ValidTo   *model.Date   `json:"validTo,omitempty" format:"date" doc:"First day on which they are no more"`
	Version   int           `json:"version" doc:"Hand it back as If-Match when you change the member"`
}

func teamMemberFrom(m model.TeamMember, phones map[model.TeamMemberID]string) teamMemberOut {
	return teamMemberOut{
		TeamPersonOut: teamPersonFrom(m, phones), UnitID: m.UnitID, UserID: personOrNone(m.UserID), ValidFrom: m.ValidFrom, ValidTo: m.ValidTo,
		Version: m.Version + firstVersion,
	}
}

type listTeamMembersIn struct {
	Paging
	ID model.UnitID `path:"id"`
}

func (a *API) listTeamMembers(ctx context.Context, actor model.Actor, in *listTeamMembersIn) (*body[list[teamMemberOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, phones, err := a.Team.Roster(ctx, actor, in.ID, page)
	if err != nil {
		return nil, err
	}
	return listed(found, func(m model.TeamMember) teamMemberOut { return teamMemberFrom(m, phones) }), nil
}

type addTeamMemberIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		Role   string       `json:"role" enum:"lead_worker,party_member,volunteer,building_head,property,owners_committee,police,lawyer,doctor,other"`
		Name   string       `json:"name" minLength:"1" maxLength:"32" doc:"As it will be published"`
		Phone  string       `json:"phone,omitempty" maxLength:"20" doc:"Shown to those who live there"`
		Task   string       `json:"task,omitempty" maxLength:"100" doc:"What they look after"`
		UserID model.UserID `json:"userId,omitempty" doc:"Their account; required of the lead worker"`
		From   model.Date   `json:"from,omitempty" format:"date" doc:"First day; today if left out"`
	}
}

func (a *API) addTeamMember(ctx context.Context, actor model.Actor, in *addTeamMemberIn) (*body[teamMemberOut], error) {
	m, err := a.Team.Add(ctx, actor, in.ID, team.Joining{
		Role: model.TeamRole(in.Body.Role), UserID: in.Body.UserID, Name: in.Body.Name, Phone: in.Body.Phone, Task: in.Body.Task, From: in.Body.From,
	})
	if err != nil {
		return nil, err
	}
	return &body[teamMemberOut]{Body: teamMemberFrom(m, nil)}, nil
}

type teamMemberIn struct {
	ID model.TeamMemberID `path:"id"`
}

// firstVersion is the tag of a member that nobody has changed: no tag is 0.
const firstVersion = 1

func (a *API) getTeamMember(ctx context.Context, actor model.Actor, in *teamMemberIn) (*versioned[teamMemberOut], error) {
	m, phones, err := a.Team.Member(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return withETag(m.Version+firstVersion, teamMemberFrom(m, phones)), nil
}

type changeTeamMemberIn struct {
	Matching
	ID   model.TeamMemberID `path:"id"`
	Body struct {
		Name  *string `json:"name,omitempty" minLength:"1" maxLength:"32" doc:"As it will be published"`
		Phone *string `json:"phone,omitempty" maxLength:"20" doc:"Shown to those who live there; empty takes it away"`
		Task  *string `json:"task,omitempty" maxLength:"100" doc:"What they look after"`
	}
}

func (a *API) changeTeamMember(ctx context.Context, actor model.Actor, in *changeTeamMemberIn) (*versioned[teamMemberOut], error) {
	version, err := in.seen(firstVersion)
	if err != nil {
		return nil, err
	}
	change := team.Change{Name: in.Body.Name, Phone: in.Body.Phone, Task: in.Body.Task}
	if _, err := a.Team.Change(ctx, actor, in.ID, version, change); err != nil {
		return nil, err
	}
	return a.getTeamMember(ctx, actor, &teamMemberIn{ID: in.ID})
}

func (a *API) endTeamMember(ctx context.Context, actor model.Actor, in *teamMemberIn) (*none, error) {
	return nil, a.Team.End(ctx, actor, in.ID)
}
