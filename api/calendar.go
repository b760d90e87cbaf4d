package api

import (
	"context"
	"net/http"

	"jinlin/model"
)

func (a *API) calendarRoutes() {
	handle(a, operation{
		id: "listCalendarDays", method: http.MethodGet, path: "/v1/calendar", tag: placesTag, public: true,
		summary: "Working days, weekends, holidays and make-up days",
	}, a.listCalendarDays)
	handle(a, operation{
		id: "changeCalendarDay", method: http.MethodPut, path: "/v1/calendar/{date}", tag: placesTag,
		summary: "Say what a day is, in place of the State Council's arrangement",
	}, a.changeCalendarDay)
	handle(a, operation{
		id: "restoreCalendarDay", method: http.MethodDelete, path: "/v1/calendar/{date}", tag: placesTag,
		summary: "Take back what the county said of a day",
	}, a.restoreCalendarDay)
}

type listCalendarDaysIn struct {
	Paging
	From string `query:"from" format:"date" required:"true"`
	To   string `query:"to" format:"date" required:"true" doc:"At most 400 days after from"`
}

// CalendarDayOut is what the calendar says of a day.
// It is exported because huma looks into exported embedded structs only.
type CalendarDayOut struct {
	Date    model.Date    `json:"date" format:"date"`
	Kind    model.DayKind `json:"kind" enum:"workday,weekend,holiday,make_up" doc:"make_up: a day of the weekend that is worked in return for a holiday"`
	Working bool          `json:"working"`
	Name    string        `json:"name,omitempty" doc:"Of the holiday"`
	Changed bool          `json:"changed" doc:"By the county; otherwise as the State Council has it"`
	Version int           `json:"version" doc:"Hand it back as If-Match when you change the day; 0 is as the State Council has it"`
}

func calendarDayFrom(d model.CalendarDay) CalendarDayOut {
	return CalendarDayOut{Date: d.Date, Kind: d.Kind, Working: d.Kind.Working(), Name: d.Name, Changed: d.Version > 0, Version: d.Version}
}

func (a *API) listCalendarDays(ctx context.Context, _ model.Actor, in *listCalendarDaysIn) (*body[list[CalendarDayOut]], error) {
	found, err := a.Calendar.Days(ctx, model.Date(in.From), model.Date(in.To))
	if err != nil {
		return nil, err
	}
	return parted(found, in.Paging, calendarDayFrom)
}

type changeCalendarDayIn struct {
	Matching
	Date string `path:"date" format:"date"`
	Body struct {
		Kind string `json:"kind" enum:"workday,weekend,holiday,make_up"`
		Name string `json:"name,omitempty" maxLength:"64" doc:"Of the holiday"`
	}
}

func (a *API) changeCalendarDay(ctx context.Context, actor model.Actor, in *changeCalendarDayIn) (*versioned[CalendarDayOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	day, err := a.Calendar.Change(ctx, actor, model.CalendarDay{
		Date: model.Date(in.Date), Kind: model.DayKind(in.Body.Kind), Name: in.Body.Name,
	}, seen)
	if err != nil {
		return nil, err
	}
	return withETag(day.Version, calendarDayFrom(day)), nil
}

type restoreCalendarDayIn struct {
	Matching
	Date string `path:"date" format:"date"`
}

func (a *API) restoreCalendarDay(ctx context.Context, actor model.Actor, in *restoreCalendarDayIn) (*struct{}, error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return nil, a.Calendar.Restore(ctx, actor, model.Date(in.Date), seen)
}
