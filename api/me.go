package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/account"
)

func (a *API) meRoutes() {
	handle(a, operation{id: "getMe", method: http.MethodGet, path: "/v1/me", tag: accountTag, summary: "Who I am"}, a.getMe)
	handle(a, operation{
		id: "changeMe", method: http.MethodPatch, path: "/v1/me", tag: accountTag,
		summary: "Change my nickname or language",
	}, a.changeMe)
	handle(a, operation{
		id: "bindPhone", method: http.MethodPost, path: "/v1/me/phone", tag: accountTag, once: true,
		summary: "Bind the number that WeChat gives for a code of getPhoneNumber",
	}, a.bindPhone)
}

type meOut struct {
	ID           model.UserID    `json:"id"`
	Nickname     string          `json:"nickname"`
	NicknameHeld string          `json:"nicknameHeld,omitempty" doc:"Asked for, and waiting for a person's eye"`
	Locale       string          `json:"locale" enum:"zh,en"`
	PhoneMasked  string          `json:"phoneMasked" doc:"As in 138****0000; empty when no number is bound"`
	Roles        []roleOut       `json:"roles"`
	Residences   []ResidenceOut  `json:"residences" doc:"Pending and verified ones"`
	Employments  []employmentOut `json:"employments" doc:"Verified ones"`
	Points       balanceOut      `json:"points"`
}

type roleOut struct {
	Role model.Role  `json:"role"`
	Unit unitNameOut `json:"unit"`
}

type unitNameOut struct {
	ID   model.UnitID   `json:"id"`
	Name string         `json:"name"`
	Kind model.UnitKind `json:"kind"`
}

func (a *API) getMe(ctx context.Context, actor model.Actor, _ *none) (*versioned[meOut], error) {
	profile, err := a.Account.Me(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := meOut{
		ID: profile.User.ID, Nickname: profile.User.Nickname, NicknameHeld: profile.User.NicknameHeld, Locale: profile.User.Locale,
		PhoneMasked: profile.Phone, Roles: []roleOut{}, Residences: []ResidenceOut{},
	}
	for _, grant := range profile.Grants {
		unit, err := a.Org.Unit(ctx, grant.UnitID)
		if err != nil {
			return nil, err
		}
		out.Roles = append(out.Roles, roleOut{Role: grant.Role, Unit: nameOf(unit)})
	}
	for _, r := range profile.Residences {
		out.Residences = append(out.Residences, residenceFrom(r))
	}
	out.Employments = mapped(profile.Employed, employmentFrom)
	balance, err := a.Points.Balance(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	out.Points = balanceOut{Available: balance.Available, Held: balance.Held}
	return withETag(profile.User.Version, out), nil
}

type changeMeIn struct {
	Matching
	Body struct {
		Nickname *string `json:"nickname,omitempty" minLength:"1" maxLength:"20"`
		Locale   *string `json:"locale,omitempty" enum:"zh,en" doc:"The language of notices"`
	}
}

func (a *API) changeMe(ctx context.Context, actor model.Actor, in *changeMeIn) (*versioned[meOut], error) {
	version, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	if _, err := a.Account.ChangeMe(ctx, actor, version, account.Change{Nickname: in.Body.Nickname, Locale: in.Body.Locale}); err != nil {
		return nil, err
	}
	return a.getMe(ctx, actor, nil)
}

type bindPhoneIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"128" doc:"What the getPhoneNumber button gave; works once"`
	}
}

type phoneOut struct {
	PhoneMasked string `json:"phoneMasked"`
}

func (a *API) bindPhone(ctx context.Context, actor model.Actor, in *bindPhoneIn) (*body[phoneOut], error) {
	bound, err := a.Account.BindPhone(ctx, actor, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &body[phoneOut]{Body: phoneOut{PhoneMasked: bound.Masked}}, nil
}

func nameOf(u model.Unit) unitNameOut { return unitNameOut{ID: u.ID, Name: u.Name, Kind: u.Kind} }
