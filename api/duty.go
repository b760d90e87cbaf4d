package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/duty"
)

const dutyTag = "Duty"

func (a *API) dutyRoutes() {
	handle(a, operation{
		id: "getOnDutyNow", method: http.MethodGet, path: "/v1/stations/{id}/on-duty-now", tag: dutyTag, public: true,
		summary: "Who is on duty at a station now, and until when",
	}, a.getOnDutyNow)
	handle(a, operation{
		id: "listDutyMembers", method: http.MethodGet, path: "/v1/stations/{id}/duty-members", tag: dutyTag,
		summary: "Who takes turns on duty at a station",
	}, a.listDutyMembers)
	handle(a, operation{
		id: "addDutyMember", method: http.MethodPost, path: "/v1/stations/{id}/duty-members", tag: dutyTag, once: true,
		status: http.StatusCreated, summary: "Let somebody take turns",
	}, a.addDutyMember)
	handle(a, operation{
		id: "endDutyMember", method: http.MethodDelete, path: "/v1/duty-members/{id}", tag: dutyTag,
		summary: "End that somebody takes turns, today",
	}, a.endDutyMember)
	handle(a, operation{
		id: "getDutyRoster", method: http.MethodGet, path: "/v1/stations/{id}/roster", tag: dutyTag,
		summary: "A station's month, day by day",
	}, a.getDutyRoster)
	handle(a, operation{
		id: "planDutyMonth", method: http.MethodPost, path: "/v1/stations/{id}/roster", tag: dutyTag, once: true,
		summary: "Plan the working days of a month that nobody has planned, by fair turns",
	}, a.planDutyMonth)
	handle(a, operation{
		id: "confirmDutyMonth", method: http.MethodPost, path: "/v1/stations/{id}/roster/confirmation", tag: dutyTag, once: true,
		summary: "Confirm every planned shift of a month",
	}, a.confirmDutyMonth)
	handle(a, operation{
		id: "setDutyDay", method: http.MethodPut, path: "/v1/stations/{id}/roster/{date}", tag: dutyTag,
		summary: "Say who is on duty on a day",
	}, a.setDutyDay)
	handle(a, operation{
		id: "listDutyGaps", method: http.MethodGet, path: "/v1/duty-gaps", tag: dutyTag,
		summary: "Working days on which stations have too few people",
	}, a.listDutyGaps)
	a.dutyShiftRoutes()
}

func (a *API) dutyShiftRoutes() {
	handle(a, operation{
		id: "listMyDutyShifts", method: http.MethodGet, path: "/v1/me/duty-shifts", tag: dutyTag,
		summary: "My shifts from today on",
	}, a.listMyDutyShifts)
	handle(a, operation{
		id: "confirmDutyShift", method: http.MethodPost, path: "/v1/duty-shifts/{id}/confirmation", tag: dutyTag, once: true,
		summary: "Confirm a planned shift",
	}, a.confirmDutyShift)
	handle(a, operation{
		id: "reportDutyAbsence", method: http.MethodPost, path: "/v1/duty-shifts/{id}/absence", tag: dutyTag, once: true,
		summary: "Say that somebody is absent from a shift",
	}, a.reportDutyAbsence)
	handle(a, operation{
		id: "askDutySwap", method: http.MethodPost, path: "/v1/duty-shifts/{id}/swaps", tag: dutyTag, once: true,
		status: http.StatusCreated, summary: "Ask another member to take my shift, perhaps for one of theirs",
	}, a.askDutySwap)
	handle(a, operation{
		id: "listDutySwaps", method: http.MethodGet, path: "/v1/stations/{id}/duty-swaps", tag: dutyTag,
		summary: "Swaps of a station: its leads see all, others their own",
	}, a.listDutySwaps)
	for _, move := range []struct {
		id, path, summary string
		do                func(context.Context, model.Actor, model.DutySwapID) (model.DutySwap, error)
	}{
		{"agreeDutySwap", "agreement", "Agree to take the shift", a.Duty.Agree},
		{"declineDutySwap", "decline", "Decline to take the shift", a.Duty.Decline},
		{"withdrawDutySwap", "withdrawal", "Take back what I asked", a.Duty.Withdraw},
		{"refuseDutySwap", "refusal", "Refuse a swap, as a lead", a.Duty.Refuse},
		{"approveDutySwap", "approval", "Approve an agreed swap, as a lead", a.Duty.Approve},
	} {
		handle(a, operation{
			id: move.id, method: http.MethodPost, path: "/v1/duty-swaps/{id}/" + move.path, tag: dutyTag, once: true, summary: move.summary,
		}, func(ctx context.Context, actor model.Actor, in *dutySwapIn) (*body[dutySwapOut], error) {
			return swapAnswer(move.do(ctx, actor, in.ID))
		})
	}
}

type onDutyOut struct {
	StationID model.UnitID     `json:"stationId"`
	Phone     string           `json:"phone" doc:"The duty phone"`
	OpenNow   *bool            `json:"openNow" nullable:"true"`
	Until     *time.Time       `json:"until,omitempty" doc:"When the first of them goes; left out when nobody is there"`
	People    []dutyPersonBody `json:"people"`
}

type dutyPersonBody struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"`
}

func onDutyFrom(d duty.OnDuty) onDutyOut {
	out := onDutyOut{StationID: d.Station.ID, Phone: d.Station.Phone, People: []dutyPersonBody{}, OpenNow: stateOf(d.Station, d.Station.Day).OpenNow}
	for _, shift := range d.People {
		out.People = append(out.People, dutyPersonBody{shift.Name, shift.EndsAt})
	}
	if !d.Until.IsZero() {
		out.Until = &d.Until
	}
	return out
}

func (a *API) getOnDutyNow(ctx context.Context, _ model.Actor, in *stationIn) (*body[onDutyOut], error) {
	found, err := a.Duty.OnDutyNow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[onDutyOut]{Body: onDutyFrom(found)}, nil
}

type dutyMemberOut struct {
	ID        model.DutyMemberID `json:"id"`
	StationID model.UnitID       `json:"stationId"`
	UserID    model.UserID       `json:"userId"`
	Name      string             `json:"name"`
	ValidFrom model.Date         `json:"validFrom" format:"date"`
}

func dutyMemberFrom(m model.DutyMember) dutyMemberOut {
	return dutyMemberOut{ID: m.ID, StationID: m.StationID, UserID: m.UserID, Name: m.Name, ValidFrom: m.ValidFrom}
}

func (a *API) listDutyMembers(ctx context.Context, actor model.Actor, in *listOfStationIn) (*body[list[dutyMemberOut]], error) {
	members, err := a.Duty.Pool(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return parted(members, in.Paging, dutyMemberFrom)
}

type addDutyMemberIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		UserID model.UserID `json:"userId" doc:"Somebody with a post in the station's community"`
		Name   string       `json:"name" minLength:"1" maxLength:"32" doc:"As published on the roster"`
	}
}

func (a *API) addDutyMember(ctx context.Context, actor model.Actor, in *addDutyMemberIn) (*body[dutyMemberOut], error) {
	m, err := a.Duty.AddMember(ctx, actor, in.ID, in.Body.UserID, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &body[dutyMemberOut]{Body: dutyMemberFrom(m)}, nil
}

type dutyMemberIn struct {
	ID model.DutyMemberID `path:"id"`
}

func (a *API) endDutyMember(ctx context.Context, actor model.Actor, in *dutyMemberIn) (*struct{}, error) {
	return nil, a.Duty.EndMember(ctx, actor, in.ID)
}

type dutyShiftOut struct {
	ID        model.DutyShiftID  `json:"id"`
	StationID model.UnitID       `json:"stationId"`
	Date      model.Date         `json:"date" format:"date"`
	MemberID  model.DutyMemberID `json:"memberId"`
	Name      string             `json:"name"`
	StartsAt  time.Time          `json:"startsAt"`
	EndsAt    time.Time          `json:"endsAt"`
	Status    model.ShiftStatus  `json:"status" enum:"planned,confirmed,on_duty,done,swapped,absent" doc:"As time has it; nobody checks in"`
}

func (a *API) dutyShiftFrom(s model.DutyShift) dutyShiftOut {
	return dutyShiftOut{
		ID: s.ID, StationID: s.StationID, Date: s.Date, MemberID: s.MemberID, Name: s.Name,
		StartsAt: s.StartsAt, EndsAt: s.EndsAt, Status: a.Duty.StatusOf(s),
	}
}

// dutySheetOut is the roster of a month, whole.
type dutySheetOut struct {
	Items []dutyDayOut `json:"items"`
}

type dutyDayOut struct {
	CalendarDayOut
	Reason  string         `json:"reason,omitempty" doc:"Why there are more or fewer than usual"`
	Missing bool           `json:"missing" doc:"A working day to come with too few people"`
	Version int            `json:"version" doc:"Hand it back as If-Match when you change the day; 0 is not planned"`
	Shifts  []dutyShiftOut `json:"shifts"`
}

type getDutyRosterIn struct {
	ID    model.UnitID `path:"id"`
	Month string       `query:"month" required:"true" pattern:"^20[0-9]{2}-(0[1-9]|1[0-2])$" doc:"As in 2026-12"`
}

func (a *API) getDutyRoster(ctx context.Context, actor model.Actor, in *getDutyRosterIn) (*body[dutySheetOut], error) {
	found, err := a.Duty.Roster(ctx, actor, in.ID, duty.Month(in.Month))
	if err != nil {
		return nil, err
	}
	out := dutySheetOut{Items: []dutyDayOut{}}
	for _, d := range found {
		day := dutyDayOut{CalendarDayOut: calendarDayFrom(d.CalendarDay), Reason: d.Reason, Missing: d.Missing, Version: d.Version, Shifts: []dutyShiftOut{}}
		for _, shift := range d.Shifts {
			day.Shifts = append(day.Shifts, a.dutyShiftFrom(shift))
		}
		out.Items = append(out.Items, day)
	}
	return &body[dutySheetOut]{Body: out}, nil
}

type planDutyMonthIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		Month  string `json:"month" pattern:"^20[0-9]{2}-(0[1-9]|1[0-2])$" doc:"As in 2026-12; what is past of it stays"`
		PerDay int    `json:"perDay" minimum:"2" maximum:"3"`
		Reason string `json:"reason,omitempty" maxLength:"200" doc:"Why days may have fewer, where the pool is too small"`
	}
}

type dutyPlanOut struct {
	Days  []model.Date  `json:"days" doc:"That were planned"`
	Short []model.Date  `json:"short" doc:"Of these, the days with fewer people than asked for"`
	Rule  string        `json:"rule" doc:"How the turns were dealt out"`
	Turns []dutyTurnOut `json:"turns"`
}

type dutyTurnOut struct {
	MemberID model.DutyMemberID `json:"memberId"`
	Name     string             `json:"name"`
	Before   int                `json:"before" doc:"Shifts in the ninety days before"`
	Planned  int                `json:"planned" doc:"Shifts in this month"`
}

const fairRule = "先轮到本月值班最少的同志；相同时看前九十天谁值得少；再相同时看谁上次值班最早。"

func (a *API) planDutyMonth(ctx context.Context, actor model.Actor, in *planDutyMonthIn) (*body[dutyPlanOut], error) {
	plan, err := a.Duty.PlanMonth(ctx, actor, in.ID, duty.Month(in.Body.Month), in.Body.PerDay, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	out := dutyPlanOut{
		Days: append([]model.Date{}, plan.Days...), Short: append([]model.Date{}, plan.Short...), Rule: fairRule, Turns: []dutyTurnOut{},
	}
	for _, turn := range plan.Turns {
		out.Turns = append(out.Turns, dutyTurnOut{turn.Member.ID, turn.Member.Name, turn.Before, turn.Planned})
	}
	return &body[dutyPlanOut]{Body: out}, nil
}

type confirmDutyMonthIn struct {
	ID   model.UnitID `path:"id"`
	Body struct {
		Month string `json:"month" pattern:"^20[0-9]{2}-(0[1-9]|1[0-2])$"`
	}
}

type confirmedOut struct {
	Confirmed int `json:"confirmed"`
}

func (a *API) confirmDutyMonth(ctx context.Context, actor model.Actor, in *confirmDutyMonthIn) (*body[confirmedOut], error) {
	n, err := a.Duty.ConfirmMonth(ctx, actor, in.ID, duty.Month(in.Body.Month))
	return &body[confirmedOut]{Body: confirmedOut{n}}, err
}

type setDutyDayIn struct {
	Matching
	ID   model.UnitID `path:"id"`
	Date string       `path:"date" format:"date"`
	Body struct {
		MemberIDs []model.DutyMemberID `json:"memberIds" maxItems:"20"`
		Reason    string               `json:"reason,omitempty" maxLength:"200" doc:"Why there are more or fewer than usual"`
	}
}

func (a *API) setDutyDay(ctx context.Context, actor model.Actor, in *setDutyDayIn) (*struct{}, error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return nil, a.Duty.SetDay(ctx, actor, in.ID, model.Date(in.Date), in.Body.MemberIDs, in.Body.Reason, seen)
}

type listDutyGapsIn struct {
	Paging
	Days int `query:"days" minimum:"1" maximum:"31" default:"7" doc:"How many days ahead, from tomorrow"`
}

type dutyGapOut struct {
	Station unitNameOut `json:"station"`
	Date    model.Date  `json:"date" format:"date"`
	People  int         `json:"people"`
}

func (a *API) listDutyGaps(ctx context.Context, actor model.Actor, in *listDutyGapsIn) (*body[list[dutyGapOut]], error) {
	gaps, err := a.Duty.Gaps(ctx, actor, in.Days)
	if err != nil {
		return nil, err
	}
	return parted(gaps, in.Paging, func(g duty.Gap) dutyGapOut { return dutyGapOut{nameOf(g.Station), g.Date, g.People} })
}

func (a *API) listMyDutyShifts(ctx context.Context, actor model.Actor, in *Paging) (*body[list[dutyShiftOut]], error) {
	shifts, err := a.Duty.Mine(ctx, actor)
	if err != nil {
		return nil, err
	}
	return parted(shifts, *in, a.dutyShiftFrom)
}

type dutyShiftIn struct {
	ID model.DutyShiftID `path:"id"`
}

func (a *API) shiftAnswer(s model.DutyShift, err error) (*body[dutyShiftOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[dutyShiftOut]{Body: a.dutyShiftFrom(s)}, nil
}

func (a *API) confirmDutyShift(ctx context.Context, actor model.Actor, in *dutyShiftIn) (*body[dutyShiftOut], error) {
	return a.shiftAnswer(a.Duty.Confirm(ctx, actor, in.ID))
}

type dutyAbsenceIn struct {
	ID   model.DutyShiftID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (a *API) reportDutyAbsence(ctx context.Context, actor model.Actor, in *dutyAbsenceIn) (*body[dutyShiftOut], error) {
	return a.shiftAnswer(a.Duty.ReportAbsence(ctx, actor, in.ID, in.Body.Reason))
}

type askDutySwapIn struct {
	ID   model.DutyShiftID `path:"id"`
	Body struct {
		MemberID   model.DutyMemberID `json:"memberId" doc:"Who is to take it"`
		InReturnID *model.DutyShiftID `json:"inReturnId,omitempty" doc:"Their shift, for which I come; left out, they just take mine"`
		Reason     string             `json:"reason,omitempty" maxLength:"200"`
	}
}

type dutySwapOut struct {
	ID         model.DutySwapID   `json:"id"`
	StationID  model.UnitID       `json:"stationId"`
	ShiftID    model.DutyShiftID  `json:"shiftId"`
	InReturnID *model.DutyShiftID `json:"inReturnId,omitempty"`
	MemberID   model.DutyMemberID `json:"memberId" doc:"Who was asked"`
	Status     model.SwapStatus   `json:"status" enum:"asked,agreed,approved,declined,refused,withdrawn,overtaken"`
	Reason     string             `json:"reason,omitempty"`
	CreatedAt  time.Time          `json:"createdAt"`
}

func dutySwapFrom(s model.DutySwap) dutySwapOut {
	out := dutySwapOut{
		ID: s.ID, StationID: s.StationID, ShiftID: s.ShiftID, MemberID: s.MemberID, Status: s.Status, Reason: s.Reason, CreatedAt: s.CreatedAt,
	}
	if !s.InReturn.IsZero() {
		out.InReturnID = &s.InReturn
	}
	return out
}

func swapAnswer(s model.DutySwap, err error) (*body[dutySwapOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[dutySwapOut]{Body: dutySwapFrom(s)}, nil
}

func (a *API) askDutySwap(ctx context.Context, actor model.Actor, in *askDutySwapIn) (*body[dutySwapOut], error) {
	w := duty.Wish{Shift: in.ID, Member: in.Body.MemberID, Reason: in.Body.Reason}
	if in.Body.InReturnID != nil {
		w.InReturn = *in.Body.InReturnID
	}
	return swapAnswer(a.Duty.Ask(ctx, actor, w))
}

type listDutySwapsIn struct {
	Paging
	ID   model.UnitID `path:"id"`
	Open bool         `query:"open" default:"true" doc:"Those that wait for somebody, or the settled ones"`
}

func (a *API) listDutySwaps(ctx context.Context, actor model.Actor, in *listDutySwapsIn) (*body[list[dutySwapOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	swaps, err := a.Duty.Swaps(ctx, actor, in.ID, in.Open, page)
	if err != nil {
		return nil, err
	}
	return listed(swaps, dutySwapFrom), nil
}

type dutySwapIn struct {
	ID model.DutySwapID `path:"id"`
}
