package api

import (
	"context"
	"net/http"

	"jinlin/model"
)

func (a *API) myBranchRoutes() {
	handle(a, operation{
		id: "getMyBranch", method: http.MethodGet, path: "/v1/my-branch", tag: placesTag, public: true, may: []int{http.StatusNotFound, http.StatusConflict},
		summary: "Which branch leads an estate or building, how to reach it, and who is there now",
	}, a.getMyBranch)
}

type myBranchIn struct {
	IfNoneMatching
	EstateID   model.UnitID `query:"estateId" doc:"One of estateId and buildingId; whoever is signed in and names neither is answered for where they live"`
	BuildingID model.UnitID `query:"buildingId"`
}

type myBranchOut struct {
	Estate     unitNameOut   `json:"estate"`
	Branch     unitOut       `json:"branch"`
	Secretary  string        `json:"secretary" doc:"Name as published; empty while the post is vacant"`
	GridWorker string        `json:"gridWorker" doc:"Name as published; empty while nobody leads the grid"`
	Phone      string        `json:"phone"`
	Station    *myStationOut `json:"station,omitempty" doc:"Left out where no station serves the branch"`
	OnDuty     *onDutyOut    `json:"onDuty,omitempty"`
	Mine       *mattersOut   `json:"mine,omitempty" doc:"My own requests; left out for whoever is not signed in"`
}

// UnitOut is a unit beside other things.
// It is exported because huma looks into exported embedded structs only.
type UnitOut = unitOut

type myStationOut struct {
	UnitOut
	StationState
}

type mattersOut struct {
	Open     int64           `json:"open"`
	LatestID model.RequestID `json:"latestId,omitzero"`
	Receipt  string          `json:"latestReceipt,omitempty"`
	Status   string          `json:"latestStatus,omitempty"`
}

// branchAge is how many seconds anybody may keep the answer: who is there now must be true.
const branchAge = 60

func (a *API) getMyBranch(ctx context.Context, actor model.Actor, in *myBranchIn) (*cacheable[myBranchOut], error) {
	found, err := a.MyBranch.Find(ctx, actor, in.EstateID, in.BuildingID)
	if err != nil {
		return nil, err
	}
	out := myBranchOut{
		Estate: nameOf(found.Estate), Branch: unitFrom(found.Branch), Secretary: found.Secretary, GridWorker: found.Worker,
		Phone: found.Branch.Phone,
	}
	if found.Duty != nil {
		there := onDutyFrom(*found.Duty)
		out.OnDuty = &there
		out.Station = &myStationOut{UnitOut: unitFrom(found.Duty.Station.Unit), StationState: stateOf(found.Duty.Station, found.Duty.Station.Day)}
	}
	if found.Mine == nil {
		return cached(out, in.IfNoneMatching, branchAge)
	}
	out.Mine = &mattersOut{Open: found.Mine.Open}
	if latest := found.Mine.Latest; latest != nil {
		out.Mine.LatestID, out.Mine.Receipt, out.Mine.Status = latest.ID, latest.Receipt, string(latest.Status)
	}
	return tagged(out, in.IfNoneMatching, "private, no-cache")
}
