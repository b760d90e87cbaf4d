package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/identity"
)

func (a *API) identityRoutes() {
	handle(a, operation{
		id: "askIdentityOpening", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/identity-openings", tag: mailboxTag, once: true,
		status: http.StatusCreated, summary: "Ask, for a reason of law, for the opening of who submitted a sealed request",
	}, a.askIdentityOpening)
	handle(a, operation{
		id: "listIdentityOpenings", method: http.MethodGet, path: "/v1/mailbox/identity-openings", tag: mailboxTag,
		summary: "Openings of sealed identities, newest first",
	}, a.listIdentityOpenings)
	handle(a, operation{
		id: "getIdentityOpening", method: http.MethodGet, path: "/v1/mailbox/identity-openings/{id}", tag: mailboxTag,
		summary: "One of them; it does not say who it is",
	}, a.getIdentityOpening)
	handle(a, operation{
		id: "approveIdentityOpening", method: http.MethodPost, path: "/v1/mailbox/identity-openings/{id}/approval", tag: mailboxTag, once: true,
		summary: "Approve, as a second officer, what another has asked for; the person is told",
	}, a.approveIdentityOpening)
	handle(a, operation{
		id: "refuseIdentityOpening", method: http.MethodPost, path: "/v1/mailbox/identity-openings/{id}/refusal", tag: mailboxTag, once: true,
		summary: "Refuse it, for a reason",
	}, a.refuseIdentityOpening)
	handle(a, operation{
		id: "revealIdentity", method: http.MethodPost, path: "/v1/mailbox/identity-openings/{id}/reveals", tag: mailboxTag, once: true,
		status: http.StatusCreated, summary: "Who it is, for the two officers, within a day of the approval; each look is recorded",
	}, a.revealIdentity)
	handle(a, operation{
		id: "suspendSealed", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/sealed-suspensions", tag: mailboxTag, once: true,
		status: http.StatusCreated, summary: "Take no sealed requests for some days from whoever submitted this one",
	}, a.suspendSealed)
	handle(a, operation{
		id: "listMyIdentityOpenings", method: http.MethodGet, path: "/v1/me/identity-openings", tag: mailboxTag,
		summary: "How sealed identities of mine were opened, newest first",
	}, a.listMyIdentityOpenings)
}

type identityOpeningOut struct {
	ID        model.IdentityOpeningID     `json:"id"`
	RequestID model.RequestID             `json:"requestId"`
	BranchID  model.UnitID                `json:"branchId"`
	Ground    model.IdentityGround        `json:"ground" enum:"criminal_case,court,supervision,life_safety"`
	Document  string                      `json:"document"`
	Note      string                      `json:"note"`
	Status    model.IdentityOpeningStatus `json:"status" enum:"asked,approved,refused,lapsed"`
	AskedBy   model.UserID                `json:"askedById"`
	DecidedBy *model.UserID               `json:"decidedById,omitempty"`
	AskedAt   time.Time                   `json:"askedAt"`
	ExpiresAt time.Time                   `json:"expiresAt" doc:"When it lapses; once approved, when it can be read no more"`
	DecidedAt *time.Time                  `json:"decidedAt,omitempty"`
}

func (a *API) identityOpeningFrom(o model.IdentityOpening) identityOpeningOut {
	return identityOpeningOut{
		ID: o.ID, RequestID: o.RequestID, BranchID: o.BranchID, Ground: o.Ground, Document: o.Document, Note: o.Note, Status: a.Identity.StatusOf(o),
		AskedBy: o.AskedBy, DecidedBy: personOrNone(o.DecidedBy), AskedAt: o.AskedAt, ExpiresAt: o.ExpiresAt, DecidedAt: o.DecidedAt,
	}
}

func (a *API) openingAnswer(o model.IdentityOpening, err error) (*body[identityOpeningOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[identityOpeningOut]{Body: a.identityOpeningFrom(o)}, nil
}

type askIdentityOpeningIn struct {
	RequestPath
	Body struct {
		Ground   model.IdentityGround `json:"ground" enum:"criminal_case,court,supervision,life_safety"`
		Document string               `json:"document" minLength:"1" maxLength:"100" doc:"The number of the paper that asks for it; the person reads it"`
		Note     string               `json:"note" minLength:"4" maxLength:"500" doc:"For the second officer, and in the person's export"`
	}
}

func (a *API) askIdentityOpening(ctx context.Context, actor model.Actor, in *askIdentityOpeningIn) (*body[identityOpeningOut], error) {
	return a.openingAnswer(a.Identity.Ask(ctx, actor, in.ID, identity.Asking{Ground: in.Body.Ground, Document: in.Body.Document, Note: in.Body.Note}))
}

type listIdentityOpeningsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"Of this unit and all below it; all of your authority if left out"`
	Status string       `query:"status" enum:"asked,approved,refused,lapsed"`
}

func (a *API) listIdentityOpenings(ctx context.Context, actor model.Actor, in *listIdentityOpeningsIn) (*body[list[identityOpeningOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Identity.List(ctx, actor, in.UnitID, model.IdentityOpeningStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(found, a.identityOpeningFrom), nil
}

type identityOpeningIn struct {
	ID model.IdentityOpeningID `path:"id"`
}

func (a *API) getIdentityOpening(ctx context.Context, actor model.Actor, in *identityOpeningIn) (*body[identityOpeningOut], error) {
	return a.openingAnswer(a.Identity.Get(ctx, actor, in.ID))
}

func (a *API) approveIdentityOpening(ctx context.Context, actor model.Actor, in *identityOpeningIn) (*body[identityOpeningOut], error) {
	return a.openingAnswer(a.Identity.Approve(ctx, actor, in.ID))
}

type refuseIdentityOpeningIn struct {
	ID   model.IdentityOpeningID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (a *API) refuseIdentityOpening(ctx context.Context, actor model.Actor, in *refuseIdentityOpeningIn) (*body[identityOpeningOut], error) {
	return a.openingAnswer(a.Identity.Refuse(ctx, actor, in.ID, in.Body.Reason))
}

type identityOut struct {
	Opening  identityOpeningOut `json:"opening"`
	Nickname string             `json:"nickname"`
	Phone    string             `json:"phone,omitempty" doc:"Left out if they have bound none"`
}

func (a *API) revealIdentity(ctx context.Context, actor model.Actor, in *identityOpeningIn) (*body[identityOut], error) {
	shown, err := a.Identity.Reveal(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[identityOut]{Body: identityOut{Opening: a.identityOpeningFrom(shown.Opening), Nickname: shown.Nickname, Phone: shown.Phone}}, nil
}

type suspendSealedIn struct {
	RequestPath
	Body struct {
		Days   int    `json:"days" minimum:"1" maximum:"30"`
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"The person reads it"`
	}
}

type suspensionOut struct {
	Label string    `json:"label"`
	Until time.Time `json:"until"`
}

func (a *API) suspendSealed(ctx context.Context, actor model.Actor, in *suspendSealedIn) (*body[suspensionOut], error) {
	s, err := a.Identity.Suspend(ctx, actor, in.ID, in.Body.Days, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &body[suspensionOut]{Body: suspensionOut{Label: s.Label, Until: s.Until}}, nil
}

// myIdentityOpeningOut names neither officer: the person objects to the department, not to
// somebody.
type myIdentityOpeningOut struct {
	ID        model.IdentityOpeningID `json:"id"`
	RequestID model.RequestID         `json:"requestId"`
	Ground    model.IdentityGround    `json:"ground" enum:"criminal_case,court,supervision,life_safety"`
	Document  string                  `json:"document"`
	OpenedAt  *time.Time              `json:"openedAt,omitempty"`
}

func (a *API) listMyIdentityOpenings(ctx context.Context, actor model.Actor, in *Paging) (*body[list[myIdentityOpeningOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Identity.Mine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(found, func(o model.IdentityOpening) myIdentityOpeningOut {
		return myIdentityOpeningOut{ID: o.ID, RequestID: o.RequestID, Ground: o.Ground, Document: o.Document, OpenedAt: o.DecidedAt}
	}), nil
}
