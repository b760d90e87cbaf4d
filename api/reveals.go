package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/reveal"
)

func (a *API) revealRoutes() {
	handle(a, operation{
		id: "revealResidence", method: http.MethodPost, path: "/v1/residences/{id}/reveals", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "The phone number of whoever registered a home, for a reason that they can read",
	}, a.revealResidence)
	handle(a, operation{
		id: "revealSignUp", method: http.MethodPost, path: "/v1/sign-ups/{id}/reveals", tag: activitiesTag, once: true,
		status: http.StatusCreated, summary: "The phone number of whoever signed up, for a reason that they can read",
	}, a.revealSignUp)
}

// RevealReason is the body of every reveal. It is exported because huma looks into exported
// embedded structs only.
type RevealReason struct {
	Body struct {
		Reason string `json:"reason" minLength:"4" maxLength:"200" doc:"Kept in the record; the person can read it"`
	}
}

type revealOut struct {
	ID    model.RevealID `json:"id"`
	Phone string         `json:"phone"`
	At    time.Time      `json:"at"`
}

func revealed(shown reveal.Shown, err error) (*body[revealOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[revealOut]{Body: revealOut{ID: shown.ID, Phone: shown.Phone, At: shown.At}}, nil
}

type revealResidenceIn struct {
	ID model.ResidenceID `path:"id"`
	RevealReason
}

func (a *API) revealResidence(ctx context.Context, actor model.Actor, in *revealResidenceIn) (*body[revealOut], error) {
	return revealed(a.Reveal.OfResidence(ctx, actor, in.ID, in.Body.Reason))
}

type revealSignUpIn struct {
	ID model.SignUpID `path:"id"`
	RevealReason
}

func (a *API) revealSignUp(ctx context.Context, actor model.Actor, in *revealSignUpIn) (*body[revealOut], error) {
	return revealed(a.Reveal.OfSignUp(ctx, actor, in.ID, in.Body.Reason))
}
