package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/tenure"
)

const tenuresTag = "Secretaries"

func (a *API) tenureRoutes() {
	handle(a, operation{
		id: "listTenures", method: http.MethodGet, path: "/v1/tenures", tag: tenuresTag,
		summary: "Secretaries of branches and proposals, newest first",
	}, a.listTenures)
	handle(a, operation{
		id: "proposeTenure", method: http.MethodPost, path: "/v1/tenures", tag: tenuresTag, once: true, status: http.StatusCreated,
		summary: "Propose a secretary",
	}, a.proposeTenure)
	handle(a, operation{
		id: "getTenure", method: http.MethodGet, path: "/v1/tenures/{id}", tag: tenuresTag,
		summary: "One tenure with its judgements and steps",
	}, a.getTenure)
	handle(a, operation{
		id: "judgeTenure", method: http.MethodPost, path: "/v1/tenures/{id}/judgements", tag: tenuresTag, once: true,
		summary: "Judge one of the three standards; the last word counts",
	}, a.judgeTenure)
	handle(a, operation{
		id: "approveTenure", method: http.MethodPost, path: "/v1/tenures/{id}/approval", tag: tenuresTag, once: true,
		summary: "Approve another's proposal",
	}, a.approveTenure)
	handle(a, operation{
		id: "rejectTenure", method: http.MethodPost, path: "/v1/tenures/{id}/rejection", tag: tenuresTag, once: true,
		summary: "End a proposal",
	}, a.rejectTenure)
	handle(a, operation{
		id: "startTenure", method: http.MethodPost, path: "/v1/tenures/{id}/start", tag: tenuresTag, once: true,
		summary: "Put an approved secretary in post",
	}, a.startTenure)
	handle(a, operation{
		id: "suspendTenure", method: http.MethodPost, path: "/v1/tenures/{id}/suspension", tag: tenuresTag, once: true,
		summary: "Take a secretary's rights for a time",
	}, a.suspendTenure)
	handle(a, operation{
		id: "resumeTenure", method: http.MethodPost, path: "/v1/tenures/{id}/resumption", tag: tenuresTag, once: true,
		summary: "Give a suspended secretary their rights again",
	}, a.resumeTenure)
	handle(a, operation{
		id: "endTenure", method: http.MethodPost, path: "/v1/tenures/{id}/end", tag: tenuresTag, once: true,
		summary: "End a tenure today",
	}, a.endTenure)
	handle(a, operation{
		id: "listVacancies", method: http.MethodGet, path: "/v1/vacancies", tag: tenuresTag,
		summary: "Branches without anybody in post",
	}, a.listVacancies)
}

// TenureOut is a tenure in a list.
// It is exported because huma looks into exported embedded structs only.
type TenureOut struct {
	ID              model.TenureID        `json:"id"`
	BranchID        model.UnitID          `json:"branchId"`
	UserID          model.UserID          `json:"userId"`
	Name            string                `json:"name" doc:"As published"`
	Source          model.SecretarySource `json:"source"`
	FormerUnit      string                `json:"formerUnit,omitempty"`
	Status          model.TenureStatus    `json:"status"`
	StartsOn        model.Date            `json:"startsOn" doc:"First day in post, as planned"`
	StartedOn       *model.Date           `json:"startedOn,omitempty"`
	EndedOn         *model.Date           `json:"endedOn,omitempty" doc:"First day on which they are no more"`
	EndReason       model.TenureEnd       `json:"endReason,omitempty"`
	AppointedByUnit *model.UnitID         `json:"appointedByUnitId,omitempty" doc:"The body in whose name it was approved"`
}

func tenureFrom(t model.Tenure) TenureOut {
	out := TenureOut{
		ID: t.ID, BranchID: t.BranchID, UserID: t.UserID, Name: t.Name, Source: t.Source, FormerUnit: t.FormerUnit, Status: t.Status,
		StartsOn: t.StartsOn, StartedOn: t.StartedOn, EndedOn: t.EndedOn, EndReason: t.EndReason,
	}
	if !t.AppointedByUnit.IsZero() {
		out.AppointedByUnit = &t.AppointedByUnit
	}
	return out
}

func tenureBody(t model.Tenure, err error) (*body[TenureOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[TenureOut]{Body: tenureFrom(t)}, nil
}

type listTenuresIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"Only of this branch, or of the branches of this unit"`
	Status string       `query:"status" enum:"proposed,standards_checked,approved,in_post,suspended,ended,rejected"`
}

func (a *API) listTenures(ctx context.Context, actor model.Actor, in *listTenuresIn) (*body[list[TenureOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	tenures, err := a.Tenure.List(ctx, actor, tenure.Filter{UnitID: in.UnitID, Status: model.TenureStatus(in.Status)}, page)
	if err != nil {
		return nil, err
	}
	return listed(tenures, tenureFrom), nil
}

type proposeTenureIn struct {
	Body struct {
		BranchID   model.UnitID `json:"branchId"`
		UserID     model.UserID `json:"userId"`
		Name       string       `json:"name" minLength:"1" maxLength:"32" doc:"As it will be published"`
		Source     string       `json:"source" enum:"retired_cadre,resident_member"`
		FormerUnit string       `json:"formerUnit,omitempty" maxLength:"64" doc:"Required of a retired cadre"`
		StartsOn   model.Date   `json:"startsOn,omitempty" format:"date" doc:"First day in post; today if left out"`
	}
}

func (a *API) proposeTenure(ctx context.Context, actor model.Actor, in *proposeTenureIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.Propose(ctx, actor, tenure.Proposal{
		BranchID: in.Body.BranchID, UserID: in.Body.UserID, Name: in.Body.Name, Source: model.SecretarySource(in.Body.Source),
		FormerUnit: in.Body.FormerUnit, StartsOn: in.Body.StartsOn,
	}))
}

type tenureIn struct {
	ID model.TenureID `path:"id"`
}

type judgementOut struct {
	Standard model.Standard `json:"standard"`
	Met      bool           `json:"met"`
	Note     string         `json:"note,omitempty"`
	JudgedBy model.UserID   `json:"judgedById"`
	At       time.Time      `json:"at"`
}

type tenureStepOut struct {
	Move    model.TenureMove   `json:"move"`
	From    model.TenureStatus `json:"from,omitempty"`
	To      model.TenureStatus `json:"to"`
	ActorID *model.UserID      `json:"actorId,omitempty" doc:"Left out for what happened by itself"`
	Note    string             `json:"note,omitempty"`
	At      time.Time          `json:"at"`
}

type courseOut struct {
	TenureOut
	Judgements []judgementOut  `json:"judgements"`
	Timeline   []tenureStepOut `json:"timeline"`
}

func (a *API) getTenure(ctx context.Context, actor model.Actor, in *tenureIn) (*body[courseOut], error) {
	course, err := a.Tenure.Course(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[courseOut]{Body: courseOut{
		TenureOut: tenureFrom(course.Tenure),
		Judgements: mapped(course.Judgements, func(j model.TenureJudgement) judgementOut {
			return judgementOut{Standard: j.Standard, Met: j.Met, Note: j.Note, JudgedBy: j.JudgedBy, At: j.At}
		}),
		Timeline: mapped(course.Events, func(e model.TenureEvent) tenureStepOut {
			return tenureStepOut{Move: e.Move, From: e.From, To: e.To, ActorID: personOrNone(e.ActorID), Note: e.Note, At: e.At}
		}),
	}}, nil
}

// personOrNone leaves out whoever is nobody.
func personOrNone(id model.UserID) *model.UserID { return idOrNone(id) }

// idOrNone leaves out an id that names nothing.
func idOrNone[T any](id model.ID[T]) *model.ID[T] {
	if id.IsZero() {
		return nil
	}
	return &id
}

type judgeTenureIn struct {
	ID   model.TenureID `path:"id"`
	Body struct {
		Standard string `json:"standard" enum:"politically_sound,recognised,capable"`
		Met      bool   `json:"met"`
		Note     string `json:"note,omitempty" maxLength:"500"`
	}
}

func (a *API) judgeTenure(ctx context.Context, actor model.Actor, in *judgeTenureIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.Judge(ctx, actor, in.ID, tenure.Judgement{
		Standard: model.Standard(in.Body.Standard), Met: in.Body.Met, Note: in.Body.Note,
	}))
}

type approveTenureIn struct {
	ID   model.TenureID `path:"id"`
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"500"`
	}
}

func (a *API) approveTenure(ctx context.Context, actor model.Actor, in *approveTenureIn) (*body[TenureOut], error) {
	note := ""
	if in.Body != nil {
		note = in.Body.Note
	}
	return tenureBody(a.Tenure.Approve(ctx, actor, in.ID, note))
}

type tenureReasonIn struct {
	ID   model.TenureID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (a *API) rejectTenure(ctx context.Context, actor model.Actor, in *tenureReasonIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.Reject(ctx, actor, in.ID, in.Body.Reason))
}

func (a *API) startTenure(ctx context.Context, actor model.Actor, in *tenureIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.Start(ctx, actor, in.ID))
}

func (a *API) suspendTenure(ctx context.Context, actor model.Actor, in *tenureReasonIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.Suspend(ctx, actor, in.ID, in.Body.Reason))
}

func (a *API) resumeTenure(ctx context.Context, actor model.Actor, in *tenureIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.Resume(ctx, actor, in.ID))
}

type endTenureIn struct {
	ID   model.TenureID `path:"id"`
	Body struct {
		Reason string `json:"reason" enum:"term,resigned,adjusted"`
		Note   string `json:"note,omitempty" maxLength:"500"`
	}
}

func (a *API) endTenure(ctx context.Context, actor model.Actor, in *endTenureIn) (*body[TenureOut], error) {
	return tenureBody(a.Tenure.End(ctx, actor, in.ID, model.TenureEnd(in.Body.Reason), in.Body.Note))
}

type listVacanciesIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"Only of this branch, or of the branches of this unit"`
}

type vacancyOut struct {
	Branch    unitNameOut `json:"branch"`
	Since     model.Date  `json:"since" doc:"First day without anybody in post"`
	Suspended *TenureOut  `json:"suspended,omitempty" doc:"Who has the post and may not act"`
	Coming    *TenureOut  `json:"coming,omitempty" doc:"The proposal that has come furthest"`
}

func vacancyFrom(v tenure.Vacancy) vacancyOut {
	out := vacancyOut{Branch: nameOf(v.Branch), Since: v.Since}
	if v.Suspended != nil {
		t := tenureFrom(*v.Suspended)
		out.Suspended = &t
	}
	if v.Coming != nil {
		t := tenureFrom(*v.Coming)
		out.Coming = &t
	}
	return out
}

func (a *API) listVacancies(ctx context.Context, actor model.Actor, in *listVacanciesIn) (*body[list[vacancyOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	vacancies, err := a.Tenure.Vacancies(ctx, actor, in.UnitID, page)
	if err != nil {
		return nil, err
	}
	return listed(vacancies, vacancyFrom), nil
}
