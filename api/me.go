package api

import (
	"context"
	"net/http"

	"jinlin/model"
)

func (a *API) meRoutes() {
	handle(a, operation{id: "getMe", method: http.MethodGet, path: "/v1/me", tag: accountTag, summary: "Who I am"}, a.getMe)
}

type meOut struct {
	ID         model.UserID   `json:"id"`
	Nickname   string         `json:"nickname"`
	Roles      []roleOut      `json:"roles"`
	Residences []residenceOut `json:"residences"`
	Points     balanceOut     `json:"points"`
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

type residenceOut struct {
	ID         model.ID[model.Residence] `json:"id"`
	EstateID   model.UnitID              `json:"estateId"`
	BuildingID model.UnitID              `json:"buildingId"`
	Status     model.ResidenceStatus     `json:"status"`
}

func (a *API) getMe(ctx context.Context, actor model.Actor, _ *none) (*body[meOut], error) {
	profile, err := a.Account.Me(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := meOut{ID: profile.User.ID, Nickname: profile.User.Nickname, Roles: []roleOut{}, Residences: []residenceOut{}}
	for _, grant := range profile.Grants {
		unit, err := a.Org.Unit(ctx, grant.UnitID)
		if err != nil {
			return nil, err
		}
		out.Roles = append(out.Roles, roleOut{Role: grant.Role, Unit: nameOf(unit)})
	}
	for _, r := range profile.Residences {
		out.Residences = append(out.Residences, residenceOut{ID: r.ID, EstateID: r.EstateID, BuildingID: r.BuildingID, Status: r.Status})
	}
	balance, err := a.Points.Balance(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	out.Points = balanceOut{Available: balance.Available, Held: balance.Held}
	return &body[meOut]{Body: out}, nil
}

func nameOf(u model.Unit) unitNameOut { return unitNameOut{ID: u.ID, Name: u.Name, Kind: u.Kind} }
