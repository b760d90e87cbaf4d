package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/county"
)

func (a *API) unitChangeRoutes() {
	handle(a, operation{
		id: "getUnitFacts", method: http.MethodGet, path: "/v1/units/{id}/facts", tag: placesTag, public: true,
		summary: "All that a unit was, is and will be",
	}, a.getUnitFacts)
	handle(a, operation{
		id: "foundUnit", method: http.MethodPost, path: "/v1/units", tag: placesTag, once: true, status: http.StatusCreated,
		summary: "Found a unit; branches come by restructurings only",
	}, a.foundUnit)
	handle(a, operation{
		id: "changeUnit", method: http.MethodPatch, path: "/v1/units/{id}", tag: placesTag,
		summary: "Change a unit, today or from a day to come",
	}, a.changeUnit)
	handle(a, operation{
		id: "closeUnit", method: http.MethodPost, path: "/v1/units/{id}/closure", tag: placesTag, once: true,
		summary: "End a unit on a day; nothing is deleted",
	}, a.closeUnit)
	handle(a, operation{
		id: "listCovered", method: http.MethodGet, path: "/v1/units/{id}/covers", tag: placesTag, public: true,
		summary: "What a unit leads, covers or serves on a day",
	}, a.listCovered)
	handle(a, operation{
		id: "coverUnits", method: http.MethodPost, path: "/v1/units/{id}/covers", tag: placesTag, once: true,
		summary: "Let a unit cover others: buildings of a grid, the grid of a group or joint branch, branches of a station",
	}, a.coverUnits)
	handle(a, operation{
		id: "releaseUnit", method: http.MethodDelete, path: "/v1/units/{id}/covers/{coveredId}", tag: placesTag,
		summary: "End a cover; the row stays",
	}, a.releaseUnit)
}

type factOut struct {
	Field     model.UnitField `json:"field"`
	Value     string          `json:"value" doc:"Ids and dates as text"`
	ValidFrom model.Date      `json:"validFrom"`
	ValidTo   *model.Date     `json:"validTo" nullable:"true" doc:"First day on which it is no longer so"`
}

func factFrom(f model.UnitFact) factOut {
	return factOut{Field: f.Field, Value: f.Value, ValidFrom: f.ValidFrom, ValidTo: f.ValidTo}
}

type historyOut struct {
	Facts []factOut `json:"facts" doc:"By field, then by time"`
}

func (a *API) getUnitFacts(ctx context.Context, _ model.Actor, in *unitIn) (*body[historyOut], error) {
	facts, err := a.Org.History(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[historyOut]{Body: historyOut{Facts: mapped(facts, factFrom)}}, nil
}

// mapped renders what is shown whole.
func mapped[T, U any](rows []T, f func(T) U) []U {
	out := make([]U, len(rows))
	for i, row := range rows {
		out[i] = f(row)
	}
	return out
}

type foundUnitIn struct {
	Body struct {
		Kind       string       `json:"kind" enum:"town,community,estate,building,grid,station,department,committee,organisation,group"`
		Name       string       `json:"name" minLength:"1" maxLength:"64"`
		ParentID   model.UnitID `json:"parentId" doc:"Where it hangs in the tree of places"`
		SuperiorID model.UnitID `json:"superiorId,omitempty" doc:"In the Party's tree, for a committee or an organisation"`
		Address    string       `json:"address,omitempty" maxLength:"128"`
		Phone      string       `json:"phone,omitempty" maxLength:"32"`
		Hours      string       `json:"hours,omitempty" maxLength:"128"`
		HandoverOn *model.Date  `json:"handoverOn,omitempty" format:"date" doc:"When the flats of an estate were handed over"`
		ValidFrom  model.Date   `json:"validFrom,omitempty" format:"date" doc:"Today if left out"`
	}
}

func (a *API) foundUnit(ctx context.Context, actor model.Actor, in *foundUnitIn) (*versioned[unitOut], error) {
	return unitOf(a.County.Found(ctx, actor, county.Founding{
		Kind: model.UnitKind(in.Body.Kind), Name: in.Body.Name, ParentID: in.Body.ParentID, SuperiorID: in.Body.SuperiorID,
		Address: in.Body.Address, Phone: in.Body.Phone, Hours: in.Body.Hours, HandoverOn: in.Body.HandoverOn, From: in.Body.ValidFrom,
	}))
}

// unitOf renders a unit with the version that a change must name.
func unitOf(u model.Unit, err error) (*versioned[unitOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(u.Changes+1, unitFrom(u)), nil
}

type changeUnitIn struct {
	Matching
	ID   model.UnitID `path:"id"`
	Body struct {
		Name        *string       `json:"name,omitempty" minLength:"1" maxLength:"64"`
		Address     *string       `json:"address,omitempty" maxLength:"128"`
		Phone       *string       `json:"phone,omitempty" maxLength:"32"`
		Hours       *string       `json:"hours,omitempty" maxLength:"128"`
		ParentID    *model.UnitID `json:"parentId,omitempty"`
		SuperiorID  *model.UnitID `json:"superiorId,omitempty"`
		HandoverOn  *model.Date   `json:"handoverOn,omitempty" format:"date"`
		EffectiveOn model.Date    `json:"effectiveOn,omitempty" format:"date" doc:"Today if left out; never earlier"`
	}
}

func (a *API) changeUnit(ctx context.Context, actor model.Actor, in *changeUnitIn) (*versioned[unitOut], error) {
	seen, err := in.seen(1)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return unitOf(a.County.Change(ctx, actor, in.ID, seen, county.Change{
		Name: b.Name, Address: b.Address, Phone: b.Phone, Hours: b.Hours,
		ParentID: b.ParentID, SuperiorID: b.SuperiorID, HandoverOn: b.HandoverOn, On: b.EffectiveOn,
	}))
}

type closeUnitIn struct {
	ID   model.UnitID `path:"id"`
	Body *struct {
		On model.Date `json:"on,omitempty" format:"date" doc:"Today if left out; never earlier"`
	}
}

func (a *API) closeUnit(ctx context.Context, actor model.Actor, in *closeUnitIn) (*versioned[unitOut], error) {
	var on model.Date
	if in.Body != nil {
		on = in.Body.On
	}
	return unitOf(a.County.Close(ctx, actor, in.ID, on))
}

type listCoveredIn struct {
	Paging
	ID   model.UnitID `path:"id"`
	AsOf model.Date   `query:"asOf" format:"date" doc:"Today if left out"`
}

func (a *API) listCovered(ctx context.Context, _ model.Actor, in *listCoveredIn) (*body[list[unitNameOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	covered, err := a.Org.Covered(ctx, in.ID, in.AsOf, page)
	if err != nil {
		return nil, err
	}
	return listed(covered, nameOf), nil
}

type coverUnitsIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		CoveredIDs []model.UnitID `json:"coveredIds" minItems:"1" maxItems:"200"`
		From       model.Date     `json:"from,omitempty" format:"date" doc:"Today if left out; never earlier"`
	}
}

func (a *API) coverUnits(ctx context.Context, actor model.Actor, in *coverUnitsIn) (*body[unitOut], error) {
	unit, err := a.County.Cover(ctx, actor, in.ID, in.Body.CoveredIDs, in.Body.From)
	if err != nil {
		return nil, err
	}
	return &body[unitOut]{Body: unitFrom(unit)}, nil
}

type releaseUnitIn struct {
	ID        model.UnitID `path:"id"`
	CoveredID model.UnitID `path:"coveredId"`
	On        model.Date   `query:"on" format:"date" doc:"Today if left out; never earlier"`
}

func (a *API) releaseUnit(ctx context.Context, actor model.Actor, in *releaseUnitIn) (*none, error) {
	return nil, a.County.Release(ctx, actor, in.ID, in.CoveredID, in.On)
}
