package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

func (a *API) dispatchRuleRoutes() {
	handle(a, operation{
		id: "listDispatchRules", method: http.MethodGet, path: "/v1/mailbox/dispatch-rules", tag: mailboxTag,
		summary: "What a unit says of whose team gets which requests, or what the tops of my authority say",
	}, a.listDispatchRules)
	handle(a, operation{
		id: "getDispatchRule", method: http.MethodGet, path: "/v1/mailbox/dispatch-rules/{unitId}/{category}", tag: mailboxTag,
		summary: "Whose team gets the requests of a category, or of any",
	}, a.getDispatchRule)
	handle(a, operation{
		id: "setDispatchRule", method: http.MethodPut, path: "/v1/mailbox/dispatch-rules/{unitId}/{category}", tag: mailboxTag,
		summary: "Say whose team gets the requests of a unit and all below it, from now on",
	}, a.setDispatchRule)
	handle(a, operation{
		id: "endDispatchRule", method: http.MethodDelete, path: "/v1/mailbox/dispatch-rules/{unitId}/{category}", tag: mailboxTag,
		summary: "Take back what a unit says: what is said above it counts",
	}, a.endDispatchRule)
}

type dispatchRuleOut struct {
	ID        model.DispatchRuleID `json:"id"`
	UnitID    model.UnitID         `json:"unitId"`
	Category  string               `json:"category" doc:"any: of all that have none of their own"`
	Version   int                  `json:"version" doc:"Hand it back as If-Match when you change the rule"`
	Team      model.RuleTeam       `json:"team" enum:"branch,grid,community"`
	AtOnce    bool                 `json:"atOnce" doc:"On submission already, where the text passed its check"`
	CreatedAt time.Time            `json:"createdAt"`
}

func dispatchRuleFrom(r model.DispatchRule) dispatchRuleOut {
	return dispatchRuleOut{
		ID: r.ID, UnitID: r.UnitID, Category: categoryOf(r.Ruling), Version: r.Version, Team: r.Team, AtOnce: r.AtOnce, CreatedAt: r.CreatedAt,
	}
}

type listDispatchRulesIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"A county, town, community, branch or estate"`
}

func (a *API) listDispatchRules(ctx context.Context, actor model.Actor, in *listDispatchRulesIn) (*body[list[dispatchRuleOut]], error) {
	rules, err := a.Mailbox.DispatchRules(ctx, actor, in.UnitID)
	if err != nil {
		return nil, err
	}
	return parted(rules, in.Paging, dispatchRuleFrom)
}

func (a *API) getDispatchRule(ctx context.Context, actor model.Actor, in *RulingPath) (*versioned[dispatchRuleOut], error) {
	r, err := a.Mailbox.DispatchRule(ctx, actor, in.UnitID, in.Category)
	if err != nil {
		return nil, err
	}
	return withETag(r.Version, dispatchRuleFrom(r)), nil
}

type setDispatchRuleIn struct {
	Matching
	RulingPath
	Body struct {
		Team   model.RuleTeam `json:"team" enum:"branch,grid,community" doc:"Of the request's place; grid is the branch's where the place has no grid"`
		AtOnce bool           `json:"atOnce,omitempty" doc:"On submission already, where the text passed its check; otherwise when it is accepted"`
	}
}

func (a *API) setDispatchRule(ctx context.Context, actor model.Actor, in *setDispatchRuleIn) (*versioned[dispatchRuleOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	r, err := a.Mailbox.SetDispatchRule(ctx, actor, model.DispatchRule{
		Ruling: model.Ruling{UnitID: in.UnitID, Category: in.Category}, Team: in.Body.Team, AtOnce: in.Body.AtOnce,
	}, seen)
	if err != nil {
		return nil, err
	}
	return withETag(r.Version, dispatchRuleFrom(r)), nil
}

func (a *API) endDispatchRule(ctx context.Context, actor model.Actor, in *endRulingIn) (*none, error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return nil, a.Mailbox.EndDispatchRule(ctx, actor, in.UnitID, in.Category, seen)
}
