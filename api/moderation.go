package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

const moderationTag = "Moderation"

func (a *API) moderationRoutes() {
	handle(a, operation{
		id: "listModerationItems", method: http.MethodGet, path: "/v1/moderation/items", tag: moderationTag,
		summary: "A unit's texts that wait for a person, with those of all units below it, what has waited longest first",
	}, a.listModerationItems)
	handle(a, operation{
		id: "decideOnText", method: http.MethodPost, path: "/v1/moderation/items/{id}/decisions", tag: moderationTag, once: true,
		summary: "Release or refuse a text that somebody else wrote",
	}, a.decideOnText)
}

// moderationItemOut leaves out who wrote the text: it is judged by what it says.
type moderationItemOut struct {
	ID            model.ModerationItemID `json:"id"`
	Kind          model.ModerationKind   `json:"kind" enum:"activity,cancellation,message,nickname,upload"`
	ObjectID      model.ID[any]          `json:"objectId" doc:"The activity, the request in whose course it was written, the account, or the upload: GET /v1/uploads/{objectId} shows it, and is recorded"`
	ObjectVersion int                    `json:"objectVersion" doc:"Which version of the activity or account, or which event of the request; 1 for an upload"`
	UnitID        model.UnitID           `json:"unitId"`
	Text          string                 `json:"text"`
	Status        model.ModerationStatus `json:"status" enum:"held,released,refused,dropped" doc:"dropped: changed since, or passed otherwise"`
	Reason        string                 `json:"reason,omitempty"`
	HeldAt        time.Time              `json:"heldAt"`
	DecidedAt     *time.Time             `json:"decidedAt,omitempty"`
}

func moderationItemFrom(i model.ModerationItem) moderationItemOut {
	return moderationItemOut{
		ID: i.ID, Kind: i.Kind, ObjectID: i.ObjectID, ObjectVersion: i.ObjectVersion, UnitID: i.UnitID,
		Text: i.Text, Status: i.Status, Reason: i.Reason, HeldAt: i.HeldAt, DecidedAt: i.DecidedAt,
	}
}

type listModerationItemsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true"`
	Status string       `query:"status" enum:"held,released,refused,dropped" default:"held"`
}

func (a *API) listModerationItems(ctx context.Context, actor model.Actor, in *listModerationItemsIn) (*body[list[moderationItemOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	items, err := a.Moderation.Items(ctx, actor, in.UnitID, model.ModerationStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(items, moderationItemFrom), nil
}

type decideOnTextIn struct {
	ID   model.ModerationItemID `path:"id"`
	Body struct {
		Decision string `json:"decision" enum:"release,refuse"`
		Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Needed to refuse"`
	}
}

func (a *API) decideOnText(ctx context.Context, actor model.Actor, in *decideOnTextIn) (*body[moderationItemOut], error) {
	decide := a.Moderation.Release
	if in.Body.Decision == "refuse" {
		decide = a.Moderation.Refuse
	}
	item, err := decide(ctx, actor, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &body[moderationItemOut]{Body: moderationItemFrom(item)}, nil
}
