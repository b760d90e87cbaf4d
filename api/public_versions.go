package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/board"
)

// publicVersionRoutes are how staff write what the public reads of requests.
func (a *API) publicVersionRoutes() {
	handle(a, operation{
		id: "getPublicVersion", method: http.MethodGet, path: "/v1/mailbox/requests/{id}/public-version", tag: boardTag,
		summary: "A request's public version in any state, for staff and its submitter",
	}, a.getPublicVersion)
	handle(a, operation{
		id: "proposePublicVersion", method: http.MethodPut, path: "/v1/mailbox/requests/{id}/public-version", tag: boardTag,
		summary: "Write what the public is to read of a request; somebody else approves it",
	}, a.proposePublicVersion)
	handle(a, operation{
		id: "approvePublicVersion", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/public-version/approval", tag: boardTag, once: true,
		summary: "Show somebody else's public version on the board",
	}, a.approvePublicVersion)
	handle(a, operation{
		id: "rejectPublicVersion", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/public-version/rejection", tag: boardTag, once: true,
		summary: "Send somebody else's public version back",
	}, a.rejectPublicVersion)
	handle(a, operation{
		id: "withdrawPublicVersion", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/public-version/withdrawal", tag: boardTag, once: true,
		summary: "Take a request off the board: staff for a reason, its submitter for none",
	}, a.withdrawPublicVersion)
	handle(a, operation{
		id: "listPublicVersionEvents", method: http.MethodGet, path: "/v1/mailbox/requests/{id}/public-version/events", tag: boardTag,
		summary: "The way a public version went",
	}, a.listPublicVersionEvents)
	handle(a, operation{
		id: "listPublicVersions", method: http.MethodGet, path: "/v1/mailbox/public-versions", tag: boardTag,
		summary: "Public versions of a unit's estates in one state",
	}, a.listPublicVersions)
}

type publicVersionOut struct {
	RequestID   model.RequestID           `json:"requestId"`
	PublicID    model.PublicID            `json:"publicId" doc:"What the public knows the request by"`
	EstateID    model.UnitID              `json:"estateId"`
	Status      model.PublicVersionStatus `json:"status" enum:"proposed,published,rejected,withdrawn,barred" doc:"Of the words below; barred: the request stays off the board"`
	Title       string                    `json:"title"`
	Text        string                    `json:"text"`
	Answer      string                    `json:"answer,omitempty"`
	BuildingID  *model.UnitID             `json:"buildingId,omitempty" doc:"Left out: the building is not named"`
	Held        bool                      `json:"held" doc:"The text check did not clearly pass it: look closely before approving"`
	Shown       bool                      `json:"shown" doc:"The board shows it, as it was approved last"`
	PublishedAt *time.Time                `json:"publishedAt,omitempty"`
	UpdatedAt   time.Time                 `json:"updatedAt"`
}

func publicVersionFrom(v model.PublicVersion) publicVersionOut {
	out := publicVersionOut{
		RequestID: v.RequestID, PublicID: v.PublicID, EstateID: v.EstateID, Status: v.Status, Title: v.Title, Text: v.Text, Answer: v.Answer,
		Held: v.Held, Shown: v.Shown, UpdatedAt: v.UpdatedAt,
	}
	if !v.BuildingID.IsZero() {
		out.BuildingID = &v.BuildingID
	}
	if v.Shown {
		out.PublishedAt = &v.PublishedAt
	}
	return out
}

func publicVersion(v model.PublicVersion, err error) (*versioned[publicVersionOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(v.Version, publicVersionFrom(v)), nil
}

func (a *API) getPublicVersion(ctx context.Context, actor model.Actor, in *RequestPath) (*versioned[publicVersionOut], error) {
	return publicVersion(a.Board.Read(ctx, actor, in.ID))
}

type proposePublicVersionIn struct {
	Matching
	RequestPath
	Body struct {
		Title      string       `json:"title" minLength:"1" maxLength:"80"`
		Text       string       `json:"text" minLength:"1" maxLength:"2000" doc:"In words of the staff's own, without names, numbers of any kind and doors"`
		Answer     string       `json:"answer,omitempty" maxLength:"2000" doc:"What was done"`
		BuildingID model.UnitID `json:"buildingId,omitempty" doc:"The request's own, to name it; left out: only the estate is named"`
	}
}

func (a *API) proposePublicVersion(ctx context.Context, actor model.Actor, in *proposePublicVersionIn) (*versioned[publicVersionOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return publicVersion(a.Board.Propose(ctx, actor, in.ID, board.Words{
		Title: in.Body.Title, Text: in.Body.Text, Answer: in.Body.Answer, BuildingID: in.Body.BuildingID,
	}, seen))
}

type approvePublicVersionIn struct {
	Matching
	RequestPath
}

func (a *API) approvePublicVersion(ctx context.Context, actor model.Actor, in *approvePublicVersionIn) (*versioned[publicVersionOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return publicVersion(a.Board.Approve(ctx, actor, in.ID, seen))
}

type rejectPublicVersionIn struct {
	Matching
	RequestPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (a *API) rejectPublicVersion(ctx context.Context, actor model.Actor, in *rejectPublicVersionIn) (*versioned[publicVersionOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return publicVersion(a.Board.Reject(ctx, actor, in.ID, seen, in.Body.Reason))
}

type withdrawPublicVersionIn struct {
	RequestPath
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Staff must give one"`
	}
}

func (a *API) withdrawPublicVersion(ctx context.Context, actor model.Actor, in *withdrawPublicVersionIn) (*versioned[publicVersionOut], error) {
	reason := ""
	if in.Body != nil {
		reason = in.Body.Reason
	}
	return publicVersion(a.Board.Withdraw(ctx, actor, in.ID, reason))
}

type publicVersionEventOut struct {
	Move   model.PublicVersionMove   `json:"move" enum:"proposal,approval,rejection,withdrawal,return,bar" doc:"return: approval was refused, and the words went back; bar: for the second time"`
	From   model.PublicVersionStatus `json:"from,omitempty"`
	To     model.PublicVersionStatus `json:"to"`
	Reason string                    `json:"reason,omitempty"`
	At     time.Time                 `json:"at"`
}

type listPublicVersionEventsIn struct {
	Paging
	RequestPath
}

func (a *API) listPublicVersionEvents(ctx context.Context, actor model.Actor, in *listPublicVersionEventsIn) (*body[list[publicVersionEventOut]], error) {
	events, err := a.Board.History(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return parted(events, in.Paging, func(e model.PublicVersionEvent) publicVersionEventOut {
		return publicVersionEventOut{Move: e.Move, From: e.From, To: e.To, Reason: e.Reason, At: e.At}
	})
}

type listPublicVersionsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true"`
	Status string       `query:"status" enum:"proposed,published,rejected,withdrawn,barred" default:"proposed"`
}

func (a *API) listPublicVersions(ctx context.Context, actor model.Actor, in *listPublicVersionsIn) (*body[list[publicVersionOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	versions, err := a.Board.Desk(ctx, actor, in.UnitID, model.PublicVersionStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(versions, publicVersionFrom), nil
}
