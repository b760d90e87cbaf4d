package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

// Promises that staff make about requests, and the texts they use again.
func (a *API) promiseRoutes() {
	handle(a, operation{
		id: "makePromise", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/promises", tag: mailboxTag,
		once: true, summary: "Promise something by a day",
	}, a.makePromise)
	handle(a, operation{
		id: "putOffPromise", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/promises/{promiseId}/moves", tag: mailboxTag,
		once: true, summary: "Put a promise off to another day, with a reason",
	}, a.putOffPromise)
	handle(a, operation{
		id: "keepPromise", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/promises/{promiseId}/fulfilment", tag: mailboxTag,
		once: true, summary: "Say that what was promised is done, and how",
	}, a.keepPromise)
	handle(a, operation{
		id: "countPromises", method: http.MethodGet, path: "/v1/public/promises", tag: mailboxTag, public: true,
		summary: "What became of the promises of a branch: kept, put off, broken",
	}, a.countPromises)
	handle(a, operation{
		id: "listCannedReplies", method: http.MethodGet, path: "/v1/mailbox/canned-replies", tag: mailboxTag,
		summary: "Texts that a unit's staff use again, newest first",
	}, a.listCannedReplies)
	handle(a, operation{
		id: "addCannedReply", method: http.MethodPost, path: "/v1/mailbox/canned-replies", tag: mailboxTag,
		status: http.StatusCreated, once: true, summary: "Keep a text for a unit's staff",
	}, a.addCannedReply)
	handle(a, operation{
		id: "dropCannedReply", method: http.MethodDelete, path: "/v1/mailbox/canned-replies/{id}", tag: mailboxTag,
		summary: "Take a text away",
	}, a.dropCannedReply)
}

type promiseOut struct {
	ID     model.PromiseID     `json:"id"`
	Seq    int                 `json:"entry" doc:"The entry of the timeline with its words, counted from 1 among all events"`
	On     model.Date          `json:"on" format:"date" doc:"The last day on which it can be kept"`
	Moved  int                 `json:"moved" doc:"How often it was put off, each time with a reason"`
	Status model.PromiseStatus `json:"status" enum:"open,kept,broken"`
}

func promiseFrom(p model.RequestPromise) promiseOut {
	return promiseOut{ID: p.ID, Seq: p.Seq, On: p.DueOn, Moved: p.Moved, Status: p.Status}
}

type makePromiseIn struct {
	RequestPath
	Body struct {
		Text string     `json:"text" minLength:"1" maxLength:"2000"`
		On   model.Date `json:"on" format:"date" doc:"The last day on which it can be kept, within a year"`
	}
}

func (a *API) makePromise(ctx context.Context, actor model.Actor, in *makePromiseIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Promise(ctx, actor, in.ID, in.Body.Text, in.Body.On))
}

// PromisePath names a promise. It is exported for the same reason as Paging.
type PromisePath struct {
	RequestPath
	PromiseID model.PromiseID `path:"promiseId"`
}

type putOffPromiseIn struct {
	PromisePath
	Body struct {
		On     model.Date `json:"on" format:"date"`
		Reason string     `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) putOffPromise(ctx context.Context, actor model.Actor, in *putOffPromiseIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.PutOff(ctx, actor, in.ID, in.PromiseID, in.Body.On, in.Body.Reason))
}

type keepPromiseIn struct {
	PromisePath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"2000" doc:"What was done"`
		Attaching
	}
}

func (a *API) keepPromise(ctx context.Context, actor model.Actor, in *keepPromiseIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.KeepPromise(ctx, actor, in.ID, in.PromiseID, in.Body.Text, in.Body.Uploads...))
}

type promiseBookOut struct {
	Open   int64 `json:"open"`
	Kept   int64 `json:"kept"`
	Broken int64 `json:"broken"`
	Moved  int64 `json:"moved" doc:"Of all of them, how many were put off at least once"`
}

type countPromisesIn struct {
	UnitID model.UnitID `query:"unitId" required:"true" doc:"A branch"`
}

func (a *API) countPromises(ctx context.Context, _ model.Actor, in *countPromisesIn) (*body[promiseBookOut], error) {
	book, err := a.Mailbox.PromiseBook(ctx, in.UnitID)
	if err != nil {
		return nil, err
	}
	return &body[promiseBookOut]{Body: promiseBookOut{Open: book.Open, Kept: book.Kept, Broken: book.Broken, Moved: book.Moved}}, nil
}

type cannedReplyOut struct {
	ID        model.CannedReplyID `json:"id"`
	UnitID    model.UnitID        `json:"unitId"`
	Title     string              `json:"title"`
	Text      string              `json:"text"`
	CreatedAt time.Time           `json:"createdAt"`
}

func cannedReplyFrom(r model.CannedReply) cannedReplyOut {
	return cannedReplyOut{ID: r.ID, UnitID: r.UnitID, Title: r.Title, Text: r.Text, CreatedAt: r.CreatedAt}
}

type listCannedRepliesIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true"`
}

func (a *API) listCannedReplies(ctx context.Context, actor model.Actor, in *listCannedRepliesIn) (*body[list[cannedReplyOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	replies, err := a.Mailbox.CannedReplies(ctx, actor, in.UnitID, page)
	if err != nil {
		return nil, err
	}
	return listed(replies, cannedReplyFrom), nil
}

type addCannedReplyIn struct {
	Body struct {
		UnitID model.UnitID `json:"unitId"`
		Title  string       `json:"title" minLength:"1" maxLength:"64"`
		Text   string       `json:"text" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) addCannedReply(ctx context.Context, actor model.Actor, in *addCannedReplyIn) (*body[cannedReplyOut], error) {
	r, err := a.Mailbox.AddCannedReply(ctx, actor, model.CannedReply{UnitID: in.Body.UnitID, Title: in.Body.Title, Text: in.Body.Text})
	if err != nil {
		return nil, err
	}
	return &body[cannedReplyOut]{Body: cannedReplyFrom(r)}, nil
}

type dropCannedReplyIn struct {
	ID model.CannedReplyID `path:"id"`
}

func (a *API) dropCannedReply(ctx context.Context, actor model.Actor, in *dropCannedReplyIn) (*none, error) {
	return nil, a.Mailbox.DropCannedReply(ctx, actor, in.ID)
}
