package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/mailbox"
)

// What staff do with a request between its acceptance and its end.
func (a *API) mailboxWorkRoutes() {
	handle(a, operation{
		id: "dispatchRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/dispatches", tag: mailboxTag,
		once: true, summary: "Give a request to a team, or to a person who may handle it",
	}, a.dispatchRequest)
	handle(a, operation{
		id: "returnRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/returns", tag: mailboxTag,
		once: true, summary: "Give a request back that is not for us; the second return takes it one level up",
	}, a.returnRequest)
	handle(a, operation{
		id: "pauseRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/pauses", tag: mailboxTag,
		once: true, summary: "Let work rest for a reason; it goes on by itself",
	}, a.pauseRequest)
	handle(a, operation{
		id: "resumeRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/resumption", tag: mailboxTag,
		once: true, summary: "Go on before the pause is over",
	}, a.resumeRequest)
	handle(a, operation{
		id: "askExtension", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/extensions", tag: mailboxTag,
		once: true, summary: "Ask for more time before the time is up, once",
	}, a.askExtension)
	handle(a, operation{
		id: "decideExtension", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/extensions/decisions", tag: mailboxTag,
		once: true, summary: "Give the time that somebody else asked for, or do not",
	}, a.decideExtension)
	handle(a, operation{
		id: "mergeRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/merges", tag: mailboxTag,
		once: true, summary: "Merge a request into another that says the same",
	}, a.mergeRequest)
	handle(a, operation{
		id: "recordReturnVisit", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/return-visits", tag: mailboxTag,
		once: true, summary: "Write down what the resident said of the answer",
	}, a.recordReturnVisit)
}

type dispatchRequestIn struct {
	RequestPath
	Body struct {
		TeamUnitID model.UnitID `json:"teamUnitId,omitempty" doc:"The request's branch, grid or community; this or userId"`
		UserID     model.UserID `json:"userId,omitempty" doc:"Who may handle the request"`
	}
}

func (a *API) dispatchRequest(ctx context.Context, actor model.Actor, in *dispatchRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Dispatch(ctx, actor, in.ID, mailbox.Target{TeamID: in.Body.TeamUnitID, UserID: in.Body.UserID}))
}

type returnRequestIn struct {
	RequestPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) returnRequest(ctx context.Context, actor model.Actor, in *returnRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Return(ctx, actor, in.ID, in.Body.Reason))
}

type pauseRequestIn struct {
	RequestPath
	Body struct {
		Reason model.PauseReason `json:"reason" enum:"materials,season,resident,department,expert" doc:"materials: parts or documents are on their way; resident: they are asked or away; department: another office has to act first"`
		Until  time.Time         `json:"until" doc:"At most 5 working days ahead, and 10 in all for a request"`
	}
}

func (a *API) pauseRequest(ctx context.Context, actor model.Actor, in *pauseRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Pause(ctx, actor, in.ID, in.Body.Reason, keptTime(in.Body.Until)))
}

func (a *API) resumeRequest(ctx context.Context, actor model.Actor, in *RequestPath) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Resume(ctx, actor, in.ID))
}

type askExtensionIn struct {
	RequestPath
	Body struct {
		Until  time.Time `json:"until" doc:"At most 7 working days after the reply is due"`
		Reason string    `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) askExtension(ctx context.Context, actor model.Actor, in *askExtensionIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.AskExtension(ctx, actor, in.ID, keptTime(in.Body.Until), in.Body.Reason))
}

type decideExtensionIn struct {
	RequestPath
	Body struct {
		Decision string `json:"decision" enum:"grant,refuse"`
	}
}

func (a *API) decideExtension(ctx context.Context, actor model.Actor, in *decideExtensionIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.DecideExtension(ctx, actor, in.ID, in.Body.Decision == "grant"))
}

type mergeRequestIn struct {
	RequestPath
	Body struct {
		IntoID model.RequestID `json:"intoId"`
	}
}

func (a *API) mergeRequest(ctx context.Context, actor model.Actor, in *mergeRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Merge(ctx, actor, in.ID, in.Body.IntoID))
}

type returnVisitIn struct {
	RequestPath
	Body struct {
		Outcome model.RequestOutcome `json:"outcome" enum:"fixed,explained,partly,not_fixed,silent" doc:"silent: nobody could be reached"`
		Note    string               `json:"note" minLength:"1" maxLength:"2000" doc:"Who was asked, how, and what they said"`
		Attaching
	}
}

func (a *API) recordReturnVisit(ctx context.Context, actor model.Actor, in *returnVisitIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.ReturnVisit(ctx, actor, in.ID, mailbox.Visit{
		Outcome: in.Body.Outcome, Note: in.Body.Note, Uploads: in.Body.Uploads,
	}))
}

// keptTime is a client's time as both databases keep it.
func keptTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
