package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/mailbox"
)

func (a *API) mailboxStaffRoutes() {
	handle(a, operation{
		id: "listInbox", method: http.MethodGet, path: "/v1/mailbox/inbox", tag: mailboxTag,
		summary: "Requests of my units, what is due first coming first; without a status what is open",
	}, a.listInbox)
	handle(a, operation{
		id: "acceptRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/acceptance", tag: mailboxTag,
		once: true, summary: "Take a request on",
	}, a.acceptRequest)
	handle(a, operation{
		id: "refuseRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/refusal", tag: mailboxTag,
		once: true, summary: "Refuse a request, with a reason",
	}, a.refuseRequest)
	handle(a, operation{
		id: "startRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/start", tag: mailboxTag,
		once: true, summary: "Begin to work on a request",
	}, a.startRequest)
	handle(a, operation{
		id: "replyToRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/reply", tag: mailboxTag,
		once: true, summary: "Answer a request",
	}, a.replyToRequest)
}

type listInboxIn struct {
	Paging
	Status  string       `query:"status" enum:"submitted,screened,accepted,refused,dispatched,returned,handling,paused,replied,return_visit,closed,reopened,merged,withdrawn"`
	Overdue bool         `query:"overdue" doc:"Only what staff are late with"`
	UnitID  model.UnitID `query:"unitId" doc:"Only requests of this estate, grid, branch, community or town"`
	Number  string       `query:"number" maxLength:"32" doc:"Only the request with this receipt number or slip number, whatever its status; the other filters do not count then"`
}

func (a *API) listInbox(ctx context.Context, actor model.Actor, in *listInboxIn) (*body[list[RequestOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	requests, err := a.Mailbox.Inbox(ctx, actor, mailbox.InboxFilter{
		Status: model.RequestStatus(in.Status), Overdue: in.Overdue, UnitID: in.UnitID, Number: in.Number,
	}, page)
	if err != nil {
		return nil, err
	}
	return listed(requests, inboxEntryFrom), nil
}

type acceptRequestIn struct {
	RequestPath
	Body *struct {
		Priority model.RequestPriority `json:"priority,omitempty" enum:"normal,high,urgent" doc:"normal if left out"`
	}
}

func (a *API) acceptRequest(ctx context.Context, actor model.Actor, in *acceptRequestIn) (*body[RequestState], error) {
	var priority model.RequestPriority
	if in.Body != nil {
		priority = in.Body.Priority
	}
	return stateFrom(a.Mailbox.Accept(ctx, actor, in.ID, priority))
}

type refuseRequestIn struct {
	RequestPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) refuseRequest(ctx context.Context, actor model.Actor, in *refuseRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Refuse(ctx, actor, in.ID, in.Body.Reason))
}

func (a *API) startRequest(ctx context.Context, actor model.Actor, in *RequestPath) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Start(ctx, actor, in.ID))
}

type replyToRequestIn struct {
	RequestPath
	Body struct {
		Text    string `json:"text" minLength:"1" maxLength:"2000" doc:"What was done: the evidence with which it will close"`
		Outcome string `json:"outcome,omitempty" enum:"fixed,explained" doc:"explained: nothing could be done, and the text says why; the resident confirms it"`
		Attaching
	}
}

func (a *API) replyToRequest(ctx context.Context, actor model.Actor, in *replyToRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Answer(ctx, actor, in.ID, mailbox.Answer{
		Text: in.Body.Text, Explained: in.Body.Outcome == string(model.OutcomeExplained), Uploads: in.Body.Uploads,
	}))
}
