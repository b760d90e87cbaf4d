package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/mailbox"
)

func (a *API) mailboxResidentRoutes() {
	handle(a, operation{
		id: "submitRequest", method: http.MethodPost, path: "/v1/mailbox/requests", tag: mailboxTag,
		status: http.StatusCreated, once: true, summary: "Submit a request",
	}, a.submitRequest)
	handle(a, operation{
		id: "listMyRequests", method: http.MethodGet, path: "/v1/me/requests", tag: mailboxTag,
		summary: "What I submitted, newest first",
	}, a.listMyRequests)
	handle(a, operation{
		id: "urgeRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/urges", tag: mailboxTag,
		status: http.StatusCreated, once: true, summary: "Ask staff to hurry, once a day",
	}, a.urgeRequest)
	handle(a, operation{
		id: "giveFeedback", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/feedback", tag: mailboxTag,
		once: true, summary: "Say whether a reply fixed it; not_fixed reopens it, or what it was merged into, one level higher",
	}, a.giveFeedback)
	handle(a, operation{
		id: "withdrawRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/withdrawal", tag: mailboxTag,
		once: true, summary: "Withdraw my request",
	}, a.withdrawRequest)
}

type submitRequestIn struct {
	Body struct {
		Category   string                `json:"category" minLength:"1" maxLength:"32" doc:"A code of /v1/mailbox/categories"`
		Text       string                `json:"text" minLength:"1" maxLength:"2000"`
		Identity   model.RequestIdentity `json:"identity" enum:"named,hidden,sealed" doc:"hidden: staff do not see whose it is. sealed: nor does any row of the request; staff know the submitter by a label, and opening it takes two officers and a reason of law"`
		EstateID   model.UnitID          `json:"estateId"`
		BuildingID model.UnitID          `json:"buildingId,omitempty"`
		Location   string                `json:"location,omitempty" maxLength:"200"`
		Position   *Marked               `json:"position,omitempty" doc:"Where the matter is; only staff and the submitter see it"`
		Answering
		Attaching
	}
}

// Marked is a point on the map. It is exported for the same reason as Paging.
type Marked struct {
	Latitude  float64 `json:"latitude" minimum:"-90" maximum:"90" doc:"GCJ-02, as WeChat's chooser of places gives it"`
	Longitude float64 `json:"longitude" minimum:"-180" maximum:"180"`
}

func (m *Marked) position() model.Position {
	if m == nil {
		return ""
	}
	return model.PositionAt(m.Latitude, m.Longitude)
}

func markedAt(p model.Position) *Marked {
	if latitude, longitude, ok := p.Degrees(); ok {
		return &Marked{latitude, longitude}
	}
	return nil
}

func (a *API) submitRequest(ctx context.Context, actor model.Actor, in *submitRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Submit(ctx, actor, mailbox.Submission{
		Category: in.Body.Category, Text: in.Body.Text, Identity: in.Body.Identity,
		EstateID: in.Body.EstateID, BuildingID: in.Body.BuildingID, Location: in.Body.Location,
		Position: in.Body.Position.position(), Answers: in.Body.list(), Uploads: in.Body.Uploads,
	}))
}

func (a *API) listMyRequests(ctx context.Context, actor model.Actor, in *Paging) (*body[list[RequestOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	requests, err := a.Mailbox.ListMine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(requests, inboxEntryFrom), nil
}

func (a *API) urgeRequest(ctx context.Context, actor model.Actor, in *RequestPath) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Urge(ctx, actor, in.ID))
}

type giveFeedbackIn struct {
	RequestPath
	Body struct {
		Outcome model.RequestOutcome `json:"outcome" enum:"fixed,partly,not_fixed,explained" doc:"explained: the answer says that nothing could be done, and that is accepted"`
		Rating  int                  `json:"rating,omitempty" minimum:"1" maximum:"5"`
		Comment string               `json:"comment,omitempty" maxLength:"2000"`
	}
}

func (a *API) giveFeedback(ctx context.Context, actor model.Actor, in *giveFeedbackIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.GiveFeedback(ctx, actor, in.ID, mailbox.Feedback{
		Outcome: in.Body.Outcome, Rating: in.Body.Rating, Comment: in.Body.Comment,
	}))
}

func (a *API) withdrawRequest(ctx context.Context, actor model.Actor, in *RequestPath) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Withdraw(ctx, actor, in.ID))
}
