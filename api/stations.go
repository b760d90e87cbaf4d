package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/station"
)

const stationsTag = "Stations"

func (a *API) stationRoutes() {
	handle(a, operation{
		id: "listStations", method: http.MethodGet, path: "/v1/stations", tag: stationsTag, public: true,
		summary: "Service stations, and whether they are open now",
	}, a.listStations)
	handle(a, operation{
		id: "getStation", method: http.MethodGet, path: "/v1/stations/{id}", tag: stationsTag, public: true,
		summary: "One service station, and whether it is open now",
	}, a.getStation)
	handle(a, operation{
		id: "describeStation", method: http.MethodPut, path: "/v1/stations/{id}", tag: stationsTag,
		summary: "Change a station's rooms, area and hours from a day on",
	}, a.describeStation)
	handle(a, operation{
		id: "listStationVersions", method: http.MethodGet, path: "/v1/stations/{id}/versions", tag: stationsTag, public: true,
		summary: "What a station is, was and will be like, the newest first",
	}, a.listStationVersions)
	handle(a, operation{
		id: "listStationDays", method: http.MethodGet, path: "/v1/stations/{id}/days", tag: stationsTag, public: true,
		summary: "Days on which a station keeps other hours",
	}, a.listStationDays)
	handle(a, operation{
		id: "changeStationDay", method: http.MethodPut, path: "/v1/stations/{id}/days/{date}", tag: stationsTag,
		summary: "Close a station for a day, or set other hours",
	}, a.changeStationDay)
	handle(a, operation{
		id: "restoreStationDay", method: http.MethodDelete, path: "/v1/stations/{id}/days/{date}", tag: stationsTag,
		summary: "Give a day its usual hours again",
	}, a.restoreStationDay)
	a.catalogueRoutes()
}

type spanBody struct {
	From  string `json:"from" pattern:"^[0-2][0-9]:[0-5][0-9]$" doc:"As in 08:30"`
	Until string `json:"until" pattern:"^[0-2][0-9]:[0-5][0-9]$"`
}

func spansOut(spans model.Spans) []spanBody {
	out := make([]spanBody, len(spans))
	for i, span := range spans {
		out[i] = spanBody{string(span.From), string(span.Until)}
	}
	return out
}

func spansFrom(in []spanBody) model.Spans {
	out := make(model.Spans, len(in))
	for i, span := range in {
		out[i] = model.Span{From: model.TimeOfDay(span.From), Until: model.TimeOfDay(span.Until)}
	}
	return out
}

type hoursBody struct {
	Monday    []spanBody `json:"monday" maxItems:"6"`
	Tuesday   []spanBody `json:"tuesday" maxItems:"6"`
	Wednesday []spanBody `json:"wednesday" maxItems:"6"`
	Thursday  []spanBody `json:"thursday" maxItems:"6"`
	Friday    []spanBody `json:"friday" maxItems:"6"`
	Saturday  []spanBody `json:"saturday" maxItems:"6"`
	Sunday    []spanBody `json:"sunday" maxItems:"6"`
	Holiday   []spanBody `json:"holiday" maxItems:"6" doc:"On the days off of the State Council's arrangement; empty is closed"`
}

func hoursOut(h model.Hours) *hoursBody {
	day := func(d time.Weekday) []spanBody { return spansOut(h.Week[d]) }
	return &hoursBody{
		Monday: day(time.Monday), Tuesday: day(time.Tuesday), Wednesday: day(time.Wednesday), Thursday: day(time.Thursday),
		Friday: day(time.Friday), Saturday: day(time.Saturday), Sunday: day(time.Sunday), Holiday: spansOut(h.Holiday),
	}
}

func hoursFrom(in hoursBody) model.Hours {
	return model.Hours{Holiday: spansFrom(in.Holiday), Week: [7]model.Spans{
		time.Monday: spansFrom(in.Monday), time.Tuesday: spansFrom(in.Tuesday), time.Wednesday: spansFrom(in.Wednesday),
		time.Thursday: spansFrom(in.Thursday), time.Friday: spansFrom(in.Friday), time.Saturday: spansFrom(in.Saturday),
		time.Sunday: spansFrom(in.Sunday),
	}}
}

type roomBody struct {
	Name  string `json:"name" minLength:"1" maxLength:"32"`
	Use   string `json:"use,omitempty" maxLength:"64"`
	Seats int    `json:"seats,omitempty" minimum:"0" maximum:"2000"`
}

func roomsOut(rooms []model.Room) []roomBody {
	out := make([]roomBody, len(rooms))
	for i, room := range rooms {
		out[i] = roomBody(room)
	}
	return out
}

// StationState is whether a station is open, for whoever asks now.
// It is exported because huma looks into exported embedded structs only.
type StationState struct {
	OpenNow   *bool      `json:"openNow" nullable:"true" doc:"null where nobody has said when it is open"`
	OpenUntil *time.Time `json:"openUntil,omitempty" doc:"When it closes, if it is open"`
	OpensNext *time.Time `json:"opensNext,omitempty" doc:"Left out if it does not open within three weeks"`
	Today     []spanBody `json:"today" doc:"Hours of today"`
}

type stationOut struct {
	ID          model.UnitID  `json:"id"`
	Name        string        `json:"name"`
	CommunityID model.UnitID  `json:"communityId"`
	Address     string        `json:"address,omitempty"`
	Phone       string        `json:"phone,omitempty" doc:"The duty phone"`
	Area        int           `json:"areaSquareMetres,omitempty"`
	Rooms       []roomBody    `json:"rooms"`
	Hours       *hoursBody    `json:"hours,omitempty" doc:"Of a usual week; left out where nobody has said"`
	HoursText   string        `json:"hoursText,omitempty" doc:"The hours as the unit's card has them"`
	Serves      []unitNameOut `json:"serves" doc:"Branches; there may be none"`
	StationState
}

func stationFrom(s station.Station, at model.Date) stationOut {
	out := stationOut{
		ID: s.ID, Name: s.Name, CommunityID: s.ParentID, Address: s.Address, Phone: s.Phone, HoursText: s.Unit.Hours,
		Area: s.Profile.Area, Rooms: roomsOut(s.Profile.RoomList()), Serves: []unitNameOut{}, StationState: stateOf(s, at),
	}
	if s.Profile.Version > 0 {
		out.Hours = hoursOut(s.Profile.Opening())
	}
	for _, branch := range s.Serves {
		out.Serves = append(out.Serves, nameOf(branch))
	}
	return out
}

func stateOf(s station.Station, today model.Date) StationState {
	state := StationState{Today: spansOut(s.Opening.On(today))}
	if s.Known() {
		state.OpenNow = &s.Open
	}
	if s.Open {
		state.OpenUntil = &s.Until
	}
	if !s.OpensNext.IsZero() {
		state.OpensNext = &s.OpensNext
	}
	return state
}

type listStationsIn struct {
	Paging
	BranchID    model.UnitID `query:"branchId" doc:"Only those that serve this branch; they are few and have no pages"`
	CommunityID model.UnitID `query:"communityId" doc:"Only those in this community"`
}

func (a *API) listStations(ctx context.Context, _ model.Actor, in *listStationsIn) (*body[list[stationOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	var found model.Listing[station.Station]
	if in.BranchID.IsZero() {
		found, err = a.Station.Stations(ctx, in.CommunityID, page)
	} else {
		found.Items, err = a.Station.OfBranch(ctx, in.BranchID)
	}
	if err != nil {
		return nil, err
	}
	return listed(found, func(s station.Station) stationOut { return stationFrom(s, s.Day) }), nil
}

type stationIn struct {
	ID model.UnitID `path:"id"`
}

type listOfStationIn struct {
	Paging
	ID model.UnitID `path:"id"`
}

func (a *API) getStation(ctx context.Context, _ model.Actor, in *stationIn) (*versioned[stationOut], error) {
	return stationAnswer(a.Station.Station(ctx, in.ID))
}

func stationAnswer(s station.Station, err error) (*versioned[stationOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(s.Latest+1, stationFrom(s, s.Day)), nil
}

type describeStationIn struct {
	Matching
	ID   model.UnitID `path:"id"`
	Body struct {
		Area  int        `json:"areaSquareMetres" minimum:"0" maximum:"100000"`
		Rooms []roomBody `json:"rooms" maxItems:"50"`
		Hours hoursBody  `json:"hours"`
		From  *string    `json:"from,omitempty" format:"date" doc:"The day on which it begins to hold; today if left out"`
	}
}

func (a *API) describeStation(ctx context.Context, actor model.Actor, in *describeStationIn) (*versioned[stationOut], error) {
	seen, err := in.seen(1)
	if err != nil {
		return nil, err
	}
	d := station.Description{Area: in.Body.Area, Hours: hoursFrom(in.Body.Hours)}
	for _, room := range in.Body.Rooms {
		d.Rooms = append(d.Rooms, model.Room(room))
	}
	if in.Body.From != nil {
		d.From = model.Date(*in.Body.From)
	}
	return stationAnswer(a.Station.Describe(ctx, actor, in.ID, d, seen))
}

type stationVersionOut struct {
	Version   int         `json:"version"`
	Area      int         `json:"areaSquareMetres"`
	Rooms     []roomBody  `json:"rooms"`
	Hours     *hoursBody  `json:"hours"`
	ValidFrom model.Date  `json:"validFrom" format:"date"`
	ValidTo   *model.Date `json:"validTo" nullable:"true" doc:"The first day on which it is no more"`
	CreatedAt time.Time   `json:"createdAt"`
}

func (a *API) listStationVersions(ctx context.Context, _ model.Actor, in *listOfStationIn) (*body[list[stationVersionOut]], error) {
	versions, err := a.Station.History(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return parted(versions, in.Paging, func(v model.StationProfile) stationVersionOut {
		return stationVersionOut{
			Version: v.Version, Area: v.Area, Rooms: roomsOut(v.RoomList()), Hours: hoursOut(v.Opening()),
			ValidFrom: v.ValidFrom, ValidTo: v.ValidTo, CreatedAt: v.CreatedAt,
		}
	})
}

type stationDayOut struct {
	Date   model.Date `json:"date" format:"date"`
	Hours  []spanBody `json:"hours" doc:"Empty: closed"`
	Reason string     `json:"reason"`
}

func stationDayFrom(d model.StationDay) stationDayOut {
	return stationDayOut{Date: d.Date, Hours: spansOut(d.Spans()), Reason: d.Reason}
}

type listStationDaysIn struct {
	Paging
	ID   model.UnitID `path:"id"`
	From string       `query:"from" format:"date" required:"true"`
	To   string       `query:"to" format:"date" required:"true" doc:"At most a year after from"`
}

func (a *API) listStationDays(ctx context.Context, _ model.Actor, in *listStationDaysIn) (*body[list[stationDayOut]], error) {
	found, err := a.Station.Days(ctx, in.ID, model.Date(in.From), model.Date(in.To))
	if err != nil {
		return nil, err
	}
	return parted(found, in.Paging, stationDayFrom)
}

type changeStationDayIn struct {
	Matching
	ID   model.UnitID `path:"id"`
	Date string       `path:"date" format:"date"`
	Body struct {
		Hours  []spanBody `json:"hours" maxItems:"6" doc:"Empty: closed"`
		Reason string     `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (a *API) changeStationDay(ctx context.Context, actor model.Actor, in *changeStationDayIn) (*versioned[stationDayOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	day, err := a.Station.Except(ctx, actor, model.StationDay{
		StationID: in.ID, Date: model.Date(in.Date), Reason: in.Body.Reason,
	}, spansFrom(in.Body.Hours), seen)
	if err != nil {
		return nil, err
	}
	return withETag(day.Version, stationDayFrom(day)), nil
}

type restoreStationDayIn struct {
	Matching
	ID   model.UnitID `path:"id"`
	Date string       `path:"date" format:"date"`
}

func (a *API) restoreStationDay(ctx context.Context, actor model.Actor, in *restoreStationDayIn) (*struct{}, error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return nil, a.Station.Unexcept(ctx, actor, in.ID, model.Date(in.Date), seen)
}
