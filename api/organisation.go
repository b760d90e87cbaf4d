package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/county"
)

const organisationTag = "Organisation"

func (a *API) organisationRoutes() {
	handle(a, operation{
		id: "getCoverage", method: http.MethodGet, path: "/v1/units/{id}/coverage", tag: organisationTag,
		summary: "How far branches, grids and Party members cover a unit, and what they leave out",
	}, a.getCoverage)
	handle(a, operation{
		id: "listChecks", method: http.MethodGet, path: "/v1/organisation/checks", tag: organisationTag,
		summary: "Who breaks which rule of the organisation",
	}, a.listChecks)
	handle(a, operation{
		id: "listBranchesDue", method: http.MethodGet, path: "/v1/organisation/branches-due", tag: organisationTag,
		summary: "Estates whose branch is due within a month of the flats' hand-over, late, or not complete",
	}, a.listBranchesDue)
}

type coverageOut struct {
	Unit                   unitNameOut   `json:"unit"`
	Estates                int           `json:"estates"`
	Grids                  int           `json:"grids"`
	Buildings              int64         `json:"buildings"`
	BuildingsInGrids       int64         `json:"buildingsInGrids"`
	BuildingsWithMember    int64         `json:"buildingsWithMember"`
	EstatesWithoutBranch   []unitNameOut `json:"estatesWithoutBranch" doc:"This and the following name 200 at most"`
	BuildingsWithoutGrid   []placedOut   `json:"buildingsWithoutGrid" doc:"Or in more than one"`
	BuildingsWithoutMember []placedOut   `json:"buildingsWithoutMember"`
	GridsWithoutGroup      []unitNameOut `json:"gridsWithoutGroup" doc:"Of estates with a branch of their own"`
	GroupsWithoutGrid      []unitNameOut `json:"groupsWithoutGrid"`
}

type placedOut struct {
	ID       model.UnitID `json:"id"`
	Name     string       `json:"name"`
	EstateID model.UnitID `json:"estateId"`
}

func placedFrom(u model.Unit) placedOut {
	return placedOut{ID: u.ID, Name: u.Name, EstateID: u.ParentID}
}

func (a *API) getCoverage(ctx context.Context, actor model.Actor, in *unitIn) (*body[coverageOut], error) {
	c, err := a.County.Coverage(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[coverageOut]{Body: coverageOut{
		Unit: nameOf(c.Unit), Estates: c.Estates, Grids: c.Grids,
		Buildings: c.Buildings, BuildingsInGrids: c.InGrids, BuildingsWithMember: c.WithMember,
		EstatesWithoutBranch: mapped(c.EstatesWithoutBranch, nameOf), BuildingsWithoutGrid: mapped(c.BuildingsWithoutGrid, placedFrom),
		BuildingsWithoutMember: mapped(c.BuildingsWithoutMember, placedFrom), GridsWithoutGroup: mapped(c.GridsWithoutGroup, nameOf),
		GroupsWithoutGrid: mapped(c.GroupsWithoutGrid, nameOf),
	}}, nil
}

type listChecksIn struct {
	Paging
	Rule string `query:"rule" maxLength:"32" doc:"Only this rule"`
}

type offenceOut struct {
	Rule     string      `json:"rule"`
	Unit     unitNameOut `json:"unit"`
	Sentence string      `json:"sentence" doc:"What is wrong, in plain Chinese"`
}

func offenceFrom(o county.Offence) offenceOut {
	return offenceOut{Rule: o.Rule, Unit: nameOf(o.Unit), Sentence: o.Sentence}
}

func (a *API) listChecks(ctx context.Context, actor model.Actor, in *listChecksIn) (*body[list[offenceOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	offences, err := a.County.Checks(ctx, actor, in.Rule, page)
	if err != nil {
		return nil, err
	}
	return listed(offences, offenceFrom), nil
}

type listBranchesDueIn struct {
	Paging
	State string `query:"state" enum:"due,overdue,forming"`
}

type branchDueOut struct {
	Estate     unitNameOut           `json:"estate"`
	State      county.BranchDueState `json:"state" enum:"due,overdue,forming"`
	HandoverOn model.Date            `json:"handoverOn"`
	DueOn      model.Date            `json:"dueOn" doc:"Last day for the branch: a month after the hand-over"`
	DaysLeft   int                   `json:"daysLeft" doc:"Below zero: days it is late"`
	Branch     *unitNameOut          `json:"branch,omitempty"`
	Checklist  foundingOut           `json:"checklist"`
}

type foundingOut struct {
	Branch    bool `json:"branch"`
	Secretary bool `json:"secretary" doc:"One is in post"`
	Station   bool `json:"station" doc:"One serves the branch"`
	Notice    bool `json:"notice" doc:"The branch has published an article"`
	Groups    bool `json:"groups" doc:"A single branch has a group, a joint one its grid"`
}

func branchDueFrom(d county.BranchDue) branchDueOut {
	out := branchDueOut{
		Estate: nameOf(d.Estate), State: d.State(), HandoverOn: d.HandoverOn, DueOn: d.By, DaysLeft: d.Days,
		Checklist: foundingOut{Branch: d.Branch != nil, Secretary: d.Secretary, Station: d.Station, Notice: d.Notice, Groups: d.Groups},
	}
	if d.Branch != nil {
		branch := nameOf(*d.Branch)
		out.Branch = &branch
	}
	return out
}

func (a *API) listBranchesDue(ctx context.Context, actor model.Actor, in *listBranchesDueIn) (*body[list[branchDueOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	due, err := a.County.BranchesDue(ctx, actor, county.BranchDueState(in.State), page)
	if err != nil {
		return nil, err
	}
	return listed(due, branchDueFrom), nil
}
