package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

func (a *API) clockPolicyRoutes() {
	handle(a, operation{
		id: "listClockPresets", method: http.MethodGet, path: "/v1/mailbox/clock-presets", tag: mailboxTag, public: true,
		summary: "The policies that come with the program, as 12345 hot-lines have them",
	}, a.listClockPresets)
	handle(a, operation{
		id: "listClockPolicies", method: http.MethodGet, path: "/v1/mailbox/clock-policies", tag: mailboxTag,
		summary: "What a unit says about clocks, or what the tops of my authority say",
	}, a.listClockPolicies)
	handle(a, operation{
		id: "getClockPolicy", method: http.MethodGet, path: "/v1/mailbox/clock-policies/{unitId}/{category}", tag: mailboxTag,
		summary: "What a unit says about the clocks of a category, or of any",
	}, a.getClockPolicy)
	handle(a, operation{
		id: "setClockPolicy", method: http.MethodPut, path: "/v1/mailbox/clock-policies/{unitId}/{category}", tag: mailboxTag,
		summary: "Say how long clocks run from now on; those that run stay due when they were",
	}, a.setClockPolicy)
	handle(a, operation{
		id: "endClockPolicy", method: http.MethodDelete, path: "/v1/mailbox/clock-policies/{unitId}/{category}", tag: mailboxTag,
		summary: "Take back what a unit says: what is said above it counts",
	}, a.endClockPolicy)
}

// ClockLimits are how long each clock runs. It is exported for the same reason as Paging.
type ClockLimits struct {
	Acknowledge model.ClockLimit `json:"acknowledge,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d|wh|wd)$" doc:"As in 24h, 7d, 2wh or 15wd: w is working time"`
	Dispatch    model.ClockLimit `json:"dispatch,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d|wh|wd)$" doc:"Until somebody has it"`
	Handle      model.ClockLimit `json:"handle,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d|wh|wd)$" doc:"Until whoever has it begins"`
	Reply       model.ClockLimit `json:"reply,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d|wh|wd)$"`
	Silence     model.ClockLimit `json:"silence,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d)$" doc:"How long a reply waits for feedback"`
	Visit       model.ClockLimit `json:"visit,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d|wh|wd)$" doc:"A return visit that is owed"`
	Rung        model.ClockLimit `json:"rung,omitempty" maxLength:"8" pattern:"^[0-9]{1,3}(h|d|wh|wd)$" doc:"From the red card and from rung to rung of the ladder"`
}

func limitsFrom(p model.ClockPolicy) ClockLimits {
	return ClockLimits{
		Acknowledge: p.Acknowledge, Dispatch: p.Dispatch, Handle: p.Handle, Reply: p.Reply, Silence: p.Silence, Visit: p.Visit, Rung: p.Rung,
	}
}

// presetOut is a policy that comes with the program.
type presetOut struct {
	Preset string `json:"preset"`
	ClockLimits
	ReturnVisit bool `json:"returnVisit" doc:"Silence asks for a visit before it closes"`
}

type listClockPresetsIn struct{ Paging }

func (a *API) listClockPresets(_ context.Context, _ model.Actor, in *listClockPresetsIn) (*body[list[presetOut]], error) {
	return parted(a.Mailbox.Presets(), in.Paging, func(p model.ClockPolicy) presetOut {
		return presetOut{Preset: p.Preset, ClockLimits: limitsFrom(p), ReturnVisit: p.ReturnVisit}
	})
}

type clockPolicyOut struct {
	UnitID   model.UnitID `json:"unitId"`
	Category string       `json:"category" doc:"any: of all that have none of their own"`
	Version  int          `json:"version" doc:"Hand it back as If-Match when you change the policy"`
	Preset   string       `json:"preset,omitempty" doc:"Left out where somebody chose other figures"`
	ClockLimits
	ReturnVisit    bool      `json:"returnVisit" doc:"Silence asks for a visit before it closes"`
	CloseUnclaimed bool      `json:"closeUnclaimed" doc:"Silence closes also what was entered for others and nobody took over, without a visit"`
	PhotoOfWork    bool      `json:"photoOfWork" doc:"An answer shows in a photo what was done, or explains why nothing could be"`
	CreatedAt      time.Time `json:"createdAt"`
}

func clockPolicyFrom(p model.ClockPolicy) clockPolicyOut {
	return clockPolicyOut{
		UnitID: p.UnitID, Category: categoryOf(p.Ruling), Version: p.Version, Preset: p.Preset, ClockLimits: limitsFrom(p),
		ReturnVisit: p.ReturnVisit, CloseUnclaimed: p.CloseUnclaimed, PhotoOfWork: p.PhotoOfWork, CreatedAt: p.CreatedAt,
	}
}

type listClockPoliciesIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"A county, town, community or branch"`
}

func (a *API) listClockPolicies(ctx context.Context, actor model.Actor, in *listClockPoliciesIn) (*body[list[clockPolicyOut]], error) {
	policies, err := a.Mailbox.Policies(ctx, actor, in.UnitID)
	if err != nil {
		return nil, err
	}
	return parted(policies, in.Paging, clockPolicyFrom)
}

func (a *API) getClockPolicy(ctx context.Context, actor model.Actor, in *RulingPath) (*versioned[clockPolicyOut], error) {
	p, err := a.Mailbox.Policy(ctx, actor, in.UnitID, in.Category)
	if err != nil {
		return nil, err
	}
	return withETag(p.Version, clockPolicyFrom(p)), nil
}

type setClockPolicyIn struct {
	Matching
	RulingPath
	Body struct {
		Preset string `json:"preset" enum:"general,danger,utilities,complex,consult,complaint,province" doc:"What the figures that are left out are taken from"`
		ClockLimits
		ReturnVisit    *bool `json:"returnVisit,omitempty" doc:"Silence asks for a visit before it closes; left out, as the preset has it"`
		CloseUnclaimed bool  `json:"closeUnclaimed,omitempty" doc:"Silence closes also what was entered for others and nobody took over; otherwise somebody is to ask them first"`
		PhotoOfWork    bool  `json:"photoOfWork,omitempty" doc:"An answer needs a photo of what was done, unless it explains why nothing could be"`
	}
}

func (a *API) setClockPolicy(ctx context.Context, actor model.Actor, in *setClockPolicyIn) (*versioned[clockPolicyOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	b := in.Body
	p := model.ClockPolicy{
		Ruling: model.Ruling{UnitID: in.UnitID, Category: in.Category}, Preset: b.Preset,
		Acknowledge: b.Acknowledge, Dispatch: b.Dispatch, Handle: b.Handle, Reply: b.Reply,
		Silence: b.Silence, Visit: b.Visit, Rung: b.Rung, CloseUnclaimed: b.CloseUnclaimed, PhotoOfWork: b.PhotoOfWork,
	}
	if preset, known := model.ClockPreset(b.Preset); known {
		p.ReturnVisit = preset.ReturnVisit
	}
	if b.ReturnVisit != nil {
		p.ReturnVisit = *b.ReturnVisit
	}
	if p, err = a.Mailbox.SetPolicy(ctx, actor, p, seen); err != nil {
		return nil, err
	}
	return withETag(p.Version, clockPolicyFrom(p)), nil
}

func (a *API) endClockPolicy(ctx context.Context, actor model.Actor, in *endRulingIn) (*none, error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return nil, a.Mailbox.EndPolicy(ctx, actor, in.UnitID, in.Category, seen)
}
