package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/org"
)

const placesTag = "Places"

func (a *API) unitRoutes() {
	handle(a, operation{
		id: "listUnits", method: http.MethodGet, path: "/v1/units", tag: placesTag, public: true,
		summary: "Units of the county, as of a day",
	}, a.listUnits)
	handle(a, operation{
		id: "getUnit", method: http.MethodGet, path: "/v1/units/{id}", tag: placesTag, public: true,
		summary: "One unit",
	}, a.getUnit)
}

type listUnitsIn struct {
	Paging
	ParentID model.UnitID `query:"parentId" doc:"Only directly below this unit, in the tree of places"`
	Superior model.UnitID `query:"superiorId" doc:"Only directly below this unit, in the Party's tree"`
	Kind     string       `query:"kind" enum:"county,town,community,estate,building,grid,station,department,committee,organisation,branch,group" doc:"Only of this kind"`
	AsOf     model.Date   `query:"asOf" format:"date" doc:"As the county was on this day; today if left out"`
}

type unitOut struct {
	ID         model.UnitID     `json:"id"`
	ParentID   *model.UnitID    `json:"parentId" nullable:"true" doc:"In the tree of places"`
	SuperiorID *model.UnitID    `json:"superiorId,omitempty" doc:"In the Party's tree; left out for places"`
	Kind       model.UnitKind   `json:"kind"`
	Name       string           `json:"name"`
	BranchType model.BranchType `json:"branchType,omitempty"`
	Address    string           `json:"address,omitempty"`
	Phone      string           `json:"phone,omitempty"`
	Hours      string           `json:"hours,omitempty"`
	HandoverOn *model.Date      `json:"handoverOn,omitempty" doc:"When the flats of an estate were handed over"`
	ValidFrom  model.Date       `json:"validFrom"`
	ValidTo    *model.Date      `json:"validTo" nullable:"true"`
}

func unitFrom(u model.Unit) unitOut {
	out := unitOut{
		ID: u.ID, Kind: u.Kind, Name: u.Name, BranchType: u.BranchType, Address: u.Address,
		Phone: u.Phone, Hours: u.Hours, HandoverOn: u.HandoverOn, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo,
	}
	if !u.ParentID.IsZero() {
		out.ParentID = &u.ParentID
	}
	if !u.SuperiorID.IsZero() {
		out.SuperiorID = &u.SuperiorID
	}
	return out
}

func (a *API) listUnits(ctx context.Context, _ model.Actor, in *listUnitsIn) (*body[list[unitOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	units, err := a.Org.List(ctx, org.Filter{
		Parent: in.ParentID, Superior: in.Superior, Kind: model.UnitKind(in.Kind), AsOf: in.AsOf,
	}, page)
	if err != nil {
		return nil, err
	}
	return listed(units, unitFrom), nil
}

type unitIn struct {
	ID model.UnitID `path:"id"`
}

type getUnitIn struct {
	ID   model.UnitID `path:"id"`
	AsOf model.Date   `query:"asOf" format:"date" doc:"As the unit was on this day; as it is now if left out"`
}

func (a *API) getUnit(ctx context.Context, _ model.Actor, in *getUnitIn) (*versioned[unitOut], error) {
	if in.AsOf == "" {
		return unitOf(a.Org.Unit(ctx, in.ID))
	}
	return unitOf(a.Org.UnitOn(ctx, in.ID, in.AsOf))
}
