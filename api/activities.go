package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/activity"
)

const activitiesTag = "Activities"

func (a *API) activityRoutes() {
	handle(a, operation{
		id: "draftActivity", method: http.MethodPost, path: "/v1/activities", tag: activitiesTag, once: true,
		status: http.StatusCreated, summary: "Write an activity; nobody else sees the draft",
	}, a.draftActivity)
	handle(a, operation{
		id: "changeActivity", method: http.MethodPatch, path: "/v1/activities/{id}", tag: activitiesTag,
		summary: "Change a draft",
	}, a.changeActivity)
	handle(a, operation{
		id: "publishActivity", method: http.MethodPost, path: "/v1/activities/{id}/publication", tag: activitiesTag, once: true,
		summary: "Publish a draft",
	}, a.publishActivity)
	handle(a, operation{
		id: "cancelActivity", method: http.MethodPost, path: "/v1/activities/{id}/cancellation", tag: activitiesTag, once: true,
		summary: "Call an activity off",
	}, a.cancelActivity)
	handle(a, operation{
		id: "listActivities", method: http.MethodGet, path: "/v1/activities", tag: activitiesTag, public: true,
		summary: "Published activities, by start",
	}, a.listActivities)
	handle(a, operation{
		id: "getActivity", method: http.MethodGet, path: "/v1/activities/{id}", tag: activitiesTag, public: true,
		summary: "One activity, with my sign-up",
	}, a.getActivity)
	handle(a, operation{
		id: "getActivityCalendar", method: http.MethodGet, path: "/v1/activities/{id}/calendar.ics", tag: activitiesTag, public: true,
		summary: "The activity for a phone's calendar",
	}, a.getActivityCalendar)
}

type draftActivityIn struct {
	Body struct {
		Title            string         `json:"title" minLength:"1" maxLength:"64"`
		Description      string         `json:"description,omitempty" maxLength:"4000"`
		UnitID           model.UnitID   `json:"unitId"`
		StartsAt         time.Time      `json:"startsAt"`
		EndsAt           time.Time      `json:"endsAt" doc:"At most 31 days after the start"`
		SignUpOpensAt    time.Time      `json:"signUpOpensAt"`
		SignUpClosesAt   time.Time      `json:"signUpClosesAt" doc:"Not after the end"`
		Capacity         int            `json:"capacity" minimum:"1" maximum:"10000"`
		WaitingList      *bool          `json:"waitingList,omitempty" doc:"True if left out"`
		Place            string         `json:"place" minLength:"1" maxLength:"128"`
		Points           int            `json:"points,omitempty" minimum:"0" maximum:"40" doc:"For each person who came"`
		PoolID           *model.PoolID  `json:"poolId,omitempty" doc:"The nearest pools of the unit if left out"`
		RequiresCheckOut bool           `json:"requiresCheckOut,omitempty" doc:"Points need a check-out as well"`
		Audience         model.Audience `json:"audience,omitempty" enum:"open,verified" doc:"Open to everybody if left out; verified: residents of the unit's estates"`
		CheckInMinutes   *int           `json:"checkInMinutes,omitempty" minimum:"0" maximum:"1440" doc:"How long before the start check-in opens; 60 if left out"`
	}
}

func (a *API) draftActivity(ctx context.Context, actor model.Actor, in *draftActivityIn) (*versioned[ActivityOut], error) {
	b := in.Body
	plan := activity.Plan{
		Title: b.Title, Description: b.Description, Place: b.Place, StartsAt: b.StartsAt, EndsAt: b.EndsAt,
		SignUpOpensAt: b.SignUpOpensAt, SignUpClosesAt: b.SignUpClosesAt, Capacity: b.Capacity, WaitingList: true,
		Points: b.Points, RequiresCheckOut: b.RequiresCheckOut, Audience: b.Audience, CheckInMinutes: activity.DefaultCheckIn,
	}
	set(&plan.WaitingList, b.WaitingList)
	set(&plan.PoolID, b.PoolID)
	set(&plan.CheckInMinutes, b.CheckInMinutes)
	drafted, err := a.Activity.Draft(ctx, actor, b.UnitID, plan)
	return a.showActivity(ctx, drafted, err)
}

// set takes a value that was given.
func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

type changeActivityIn struct {
	Matching
	ID   model.ActivityID `path:"id"`
	Body struct {
		Title            *string         `json:"title,omitempty" minLength:"1" maxLength:"64"`
		Description      *string         `json:"description,omitempty" maxLength:"4000"`
		StartsAt         *time.Time      `json:"startsAt,omitempty"`
		EndsAt           *time.Time      `json:"endsAt,omitempty"`
		SignUpOpensAt    *time.Time      `json:"signUpOpensAt,omitempty"`
		SignUpClosesAt   *time.Time      `json:"signUpClosesAt,omitempty"`
		Capacity         *int            `json:"capacity,omitempty" minimum:"1" maximum:"10000"`
		WaitingList      *bool           `json:"waitingList,omitempty"`
		Place            *string         `json:"place,omitempty" minLength:"1" maxLength:"128"`
		Points           *int            `json:"points,omitempty" minimum:"0" maximum:"40"`
		PoolID           *model.PoolID   `json:"poolId,omitempty"`
		RequiresCheckOut *bool           `json:"requiresCheckOut,omitempty"`
		Audience         *model.Audience `json:"audience,omitempty" enum:"open,verified"`
		CheckInMinutes   *int            `json:"checkInMinutes,omitempty" minimum:"0" maximum:"1440"`
	}
}

func (a *API) changeActivity(ctx context.Context, actor model.Actor, in *changeActivityIn) (*versioned[ActivityOut], error) {
	version, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	b := in.Body
	changed, err := a.Activity.Change(ctx, actor, in.ID, version, func(p *activity.Plan) {
		set(&p.Title, b.Title)
		set(&p.Description, b.Description)
		set(&p.StartsAt, b.StartsAt)
		set(&p.EndsAt, b.EndsAt)
		set(&p.SignUpOpensAt, b.SignUpOpensAt)
		set(&p.SignUpClosesAt, b.SignUpClosesAt)
		set(&p.Capacity, b.Capacity)
		set(&p.WaitingList, b.WaitingList)
		set(&p.Place, b.Place)
		set(&p.Points, b.Points)
		set(&p.PoolID, b.PoolID)
		set(&p.RequiresCheckOut, b.RequiresCheckOut)
		set(&p.Audience, b.Audience)
		set(&p.CheckInMinutes, b.CheckInMinutes)
	})
	return a.showActivity(ctx, changed, err)
}

type activityIn struct {
	ID model.ActivityID `path:"id"`
}

func (a *API) publishActivity(ctx context.Context, actor model.Actor, in *activityIn) (*versioned[ActivityOut], error) {
	published, err := a.Activity.Publish(ctx, actor, in.ID)
	return a.showActivity(ctx, published, err)
}

type cancelActivityIn struct {
	ID   model.ActivityID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Everybody reads it"`
	}
}

func (a *API) cancelActivity(ctx context.Context, actor model.Actor, in *cancelActivityIn) (*versioned[ActivityOut], error) {
	cancelled, err := a.Activity.Cancel(ctx, actor, in.ID, in.Body.Reason)
	return a.showActivity(ctx, cancelled, err)
}

type listActivitiesIn struct {
	Paging
	EstateID model.UnitID `query:"estateId" doc:"Only what concerns the people of this estate"`
	From     string       `query:"from" maxLength:"40" doc:"On after this: an RFC 3339 time, or the beginning of a day like 2006-01-02. Without from and to: from now"`
	To       string       `query:"to" maxLength:"40" doc:"Begun before this: an RFC 3339 time, or the end of a day like 2006-01-02"`
}

func (a *API) listActivities(ctx context.Context, _ model.Actor, in *listActivitiesIn) (*body[list[ActivityOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	filter := activity.Filter{Estate: in.EstateID}
	if filter.From, err = moment("query.from", in.From, 0); err != nil {
		return nil, err
	}
	if filter.To, err = moment("query.to", in.To, 1); err != nil {
		return nil, err
	}
	found, err := a.Activity.List(ctx, filter, page)
	if err != nil {
		return nil, err
	}
	ids := make([]model.UnitID, len(found.Items))
	for i, item := range found.Items {
		ids[i] = item.UnitID
	}
	units, err := a.Org.Units(ctx, ids)
	if err != nil {
		return nil, err
	}
	return listed(found, func(item model.Activity) ActivityOut {
		return activityFrom(item, units[item.UnitID], a.Activity.Now())
	}), nil
}

// moment reads a time, or a day and so many days more; "" is the zero time. Fault: invalid.
func moment(path, text string, daysMore int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	day, err := model.ParseDate(text)
	if err != nil {
		return time.Time{}, fault.InvalidField(path, "invalid_time", "应为 RFC 3339 时间或 2006-01-02 格式的日期。", "Neither an RFC 3339 time nor a date like 2006-01-02.")
	}
	return day.AddDays(daysMore).At(0, 0), nil
}

// ActivityOut is an activity as everybody sees it.
// It is exported because huma looks into exported embedded structs only.
type ActivityOut struct {
	ID               model.ActivityID    `json:"id"`
	Status           model.ActivityState `json:"status" enum:"draft,published,ongoing,finished,cancelled"`
	Title            string              `json:"title"`
	Description      string              `json:"description"`
	UnitID           model.UnitID        `json:"unitId"`
	Unit             unitNameOut         `json:"unit"`
	StartsAt         time.Time           `json:"startsAt"`
	EndsAt           time.Time           `json:"endsAt"`
	SignUpOpensAt    time.Time           `json:"signUpOpensAt"`
	SignUpClosesAt   time.Time           `json:"signUpClosesAt"`
	CheckInOpensAt   time.Time           `json:"checkInOpensAt"`
	Capacity         int                 `json:"capacity"`
	PlacesLeft       int                 `json:"placesLeft"`
	WaitingList      bool                `json:"waitingList"`
	Waiting          int                 `json:"waiting" doc:"Sign-ups on the waiting list"`
	Place            string              `json:"place"`
	Points           int                 `json:"points"`
	PoolID           *model.PoolID       `json:"poolId,omitempty"`
	RequiresCheckOut bool                `json:"requiresCheckOut"`
	Audience         model.Audience      `json:"audience"`
	CancelReason     string              `json:"cancelReason,omitempty"`
}

func activityFrom(a model.Activity, unit model.Unit, now time.Time) ActivityOut {
	out := ActivityOut{
		ID: a.ID, Status: a.StateAt(now), Title: a.Title, Description: a.Description, UnitID: a.UnitID, Unit: nameOf(unit),
		StartsAt: a.StartsAt, EndsAt: a.EndsAt, SignUpOpensAt: a.SignUpOpensAt, SignUpClosesAt: a.SignUpClosesAt,
		CheckInOpensAt: a.CheckInOpensAt(), Capacity: a.Capacity, PlacesLeft: a.PlacesLeft, WaitingList: a.WaitingList,
		Waiting: a.Waiting, Place: a.Place, Points: a.Points, RequiresCheckOut: a.RequiresOut, Audience: a.Audience,
		CancelReason: a.CancelReason,
	}
	if !a.PoolID.IsZero() {
		out.PoolID = &a.PoolID
	}
	return out
}

// showActivity answers what staff did to an activity.
func (a *API) showActivity(ctx context.Context, shown model.Activity, err error) (*versioned[ActivityOut], error) {
	if err != nil {
		return nil, err
	}
	unit, err := a.Org.Unit(ctx, shown.UnitID)
	if err != nil {
		return nil, err
	}
	return withETag(shown.Version, activityFrom(shown, unit, a.Activity.Now())), nil
}

type activityWithMineOut struct {
	ActivityOut
	MySignUp *signUpOut `json:"mySignUp,omitempty" doc:"Left out for who has none, or is not signed in"`
}

func (a *API) getActivity(ctx context.Context, actor model.Actor, in *activityIn) (*versioned[activityWithMineOut], error) {
	found, err := a.Activity.Get(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	shown, err := a.showActivity(ctx, found, nil)
	if err != nil {
		return nil, err
	}
	out := activityWithMineOut{ActivityOut: shown.Body}
	mine, err := a.SignUp.MineFor(ctx, actor, found)
	if mine != nil {
		signUp := signUpFrom(*mine)
		out.MySignUp = &signUp
	}
	return withETag(found.Version, out), err
}

type calendarOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) getActivityCalendar(ctx context.Context, actor model.Actor, in *activityIn) (*calendarOut, error) {
	found, err := a.Activity.Get(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &calendarOut{ContentType: "text/calendar; charset=utf-8", Disposition: `attachment; filename="activity.ics"`, Body: activity.Calendar(found)}, nil
}
