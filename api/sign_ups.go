package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/points"
	"jinlin/service/signup"
)

func (a *API) signUpRoutes() {
	handle(a, operation{
		id: "signUp", method: http.MethodPost, path: "/v1/activities/{id}/sign-ups", tag: activitiesTag, once: true,
		status: http.StatusCreated, summary: "Sign up, or join the waiting list",
	}, a.signUp)
	handle(a, operation{
		id: "withdrawSignUp", method: http.MethodDelete, path: "/v1/activities/{id}/sign-ups/mine", tag: activitiesTag,
		summary: "Give my place, offer or waiting number up",
	}, a.withdrawSignUp)
	handle(a, operation{
		id: "acceptOffer", method: http.MethodPost, path: "/v1/sign-ups/{id}/acceptance", tag: activitiesTag, once: true,
		summary: "Take an offered place",
	}, a.acceptOffer)
	handle(a, operation{
		id: "listMySignUps", method: http.MethodGet, path: "/v1/me/sign-ups", tag: activitiesTag,
		summary: "My sign-ups, newest first",
	}, a.listMySignUps)
	handle(a, operation{
		id: "listRoster", method: http.MethodGet, path: "/v1/activities/{id}/sign-ups", tag: activitiesTag,
		summary: "Who signed up and who came",
	}, a.listRoster)
	handle(a, operation{
		id: "getCheckInCode", method: http.MethodGet, path: "/v1/activities/{id}/check-in-code", tag: activitiesTag, may: []int{http.StatusConflict},
		summary: "The code of the moment, to be shown for scanning",
	}, a.getCheckInCode)
	handle(a, operation{
		id: "checkIn", method: http.MethodPost, path: "/v1/activities/{id}/check-ins", tag: activitiesTag, once: true,
		summary: "Say that I came, with the code",
	}, a.checkIn)
	handle(a, operation{
		id: "checkOut", method: http.MethodPost, path: "/v1/activities/{id}/check-outs", tag: activitiesTag, once: true,
		summary: "Say that I leave, with the code",
	}, a.checkOut)
	handle(a, operation{
		id: "recordAttendance", method: http.MethodPost, path: "/v1/activities/{id}/attendance", tag: activitiesTag, once: true,
		summary: "Record that somebody came or left; earns the points once",
	}, a.recordAttendance)
}

type companion struct {
	Name      string `json:"name" minLength:"1" maxLength:"32"`
	Relation  string `json:"relation" minLength:"1" maxLength:"16"`
	BirthYear int    `json:"birthYear,omitempty" minimum:"1900" maximum:"2100"`
}

type signUpIn struct {
	ID   model.ActivityID `path:"id"`
	Body struct {
		People   []companion       `json:"people,omitempty" maxItems:"5" doc:"Who comes along; all get places, or all wait"`
		Together bool              `json:"together,omitempty" doc:"Always so: a group is never split"`
		Answers  map[string]string `json:"answers,omitempty" maxProperties:"10" doc:"Short answers to what the organisers ask; only they read them"`
	}
}

type joinedOut struct {
	ID       model.SignUpID    `json:"id"`
	Status   model.SignUpState `json:"status"`
	Position int               `json:"position,omitempty" doc:"On the waiting list, from 1"`
}

func joinedFrom(j signup.Joined) *body[joinedOut] {
	return &body[joinedOut]{Body: joinedOut{ID: j.ID, Status: j.Status, Position: j.Position}}
}

func (a *API) signUp(ctx context.Context, actor model.Actor, in *signUpIn) (*body[joinedOut], error) {
	party := signup.Party{Answers: in.Body.Answers}
	for _, c := range in.Body.People {
		party.People = append(party.People, signup.Companion(c))
	}
	joined, err := a.SignUp.Join(ctx, actor, in.ID, party)
	if err != nil {
		return nil, err
	}
	return joinedFrom(joined), nil
}

func (a *API) withdrawSignUp(ctx context.Context, actor model.Actor, in *activityIn) (*none, error) {
	return nil, a.SignUp.Withdraw(ctx, actor, in.ID)
}

type acceptOfferIn struct {
	ID model.SignUpID `path:"id"`
}

func (a *API) acceptOffer(ctx context.Context, actor model.Actor, in *acceptOfferIn) (*body[joinedOut], error) {
	joined, err := a.SignUp.Accept(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return joinedFrom(joined), nil
}

type signUpOut struct {
	ID           model.SignUpID    `json:"id"`
	ActivityID   model.ActivityID  `json:"activityId"`
	Status       model.SignUpState `json:"status"`
	Places       int               `json:"places" doc:"I and who comes along"`
	Position     int               `json:"position,omitempty" doc:"On the waiting list, from 1"`
	OfferedUntil *time.Time        `json:"offeredUntil,omitempty" doc:"By when an offered place must be accepted"`
	People       []companion       `json:"people,omitempty"`
	Answers      map[string]string `json:"answers,omitempty"`
	Activity     *activityNameOut  `json:"activity,omitempty" doc:"In the list of mine"`
}

func signUpFrom(m signup.Mine) signUpOut {
	return signUpOut{
		ID: m.ID, ActivityID: m.ActivityID, Status: m.State, Places: m.Places, Position: m.Position,
		OfferedUntil: m.OfferedUntil, People: companionsFrom(m.Party.People), Answers: m.Party.Answers,
	}
}

func companionsFrom(people []signup.Companion) []companion {
	var out []companion
	for _, c := range people {
		out = append(out, companion(c))
	}
	return out
}

type activityNameOut struct {
	ID       model.ActivityID    `json:"id"`
	Title    string              `json:"title"`
	Status   model.ActivityState `json:"status"`
	StartsAt time.Time           `json:"startsAt"`
	EndsAt   time.Time           `json:"endsAt"`
	Place    string              `json:"place"`
}

func (a *API) listMySignUps(ctx context.Context, actor model.Actor, in *struct{ Paging }) (*body[list[signUpOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	mine, err := a.SignUp.ListMine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	now := a.Activity.Now()
	return listed(mine, func(m signup.Mine) signUpOut {
		out := signUpFrom(m)
		out.Activity = &activityNameOut{
			ID: m.Activity.ID, Title: m.Activity.Title, Status: m.Activity.StateAt(now),
			StartsAt: m.Activity.StartsAt, EndsAt: m.Activity.EndsAt, Place: m.Activity.Place,
		}
		return out
	}), nil
}

type listRosterIn struct {
	Paging
	ID model.ActivityID `path:"id"`
}

type rosterOut struct {
	ID            model.SignUpID      `json:"id"`
	User          userOut             `json:"user"`
	Status        model.SignUpState   `json:"status"`
	Places        int                 `json:"places"`
	WaitingNumber int                 `json:"waitingNumber,omitempty" doc:"Order of the waiting list"`
	OfferedUntil  *time.Time          `json:"offeredUntil,omitempty"`
	People        []companion         `json:"people,omitempty" doc:"Names are masked"`
	Answers       map[string]string   `json:"answers,omitempty"`
	CheckedInAt   *time.Time          `json:"checkedInAt,omitempty"`
	CheckedOutAt  *time.Time          `json:"checkedOutAt,omitempty"`
	Points        model.PointsOutcome `json:"points" enum:"none,posted,owed"`
}

func (a *API) listRoster(ctx context.Context, actor model.Actor, in *listRosterIn) (*body[list[rosterOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	roster, err := a.SignUp.Roster(ctx, actor, in.ID, page)
	if err != nil {
		return nil, err
	}
	return listed(roster, func(r signup.OnRoster) rosterOut {
		return rosterOut{
			ID: r.ID, User: userOut{ID: r.UserID, Nickname: r.Nickname}, Status: r.State, Places: r.Places,
			WaitingNumber: r.WaitingNumber, OfferedUntil: r.OfferedUntil, People: companionsFrom(r.Party.People),
			Answers: r.Party.Answers, CheckedInAt: r.In, CheckedOutAt: r.Out, Points: r.Outcome,
		}
	}), nil
}

type checkInCodeOut struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expiresAt" doc:"When to show the next one"`
}

func (a *API) getCheckInCode(ctx context.Context, actor model.Actor, in *activityIn) (*body[checkInCodeOut], error) {
	code, err := a.SignUp.CheckInCode(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[checkInCodeOut]{Body: checkInCodeOut(code)}, nil
}

type checkIn struct {
	ID   model.ActivityID `path:"id"`
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"64"`
	}
}

type attendanceOut struct {
	SignUpID model.SignUpID       `json:"signUpId"`
	Kind     model.AttendanceKind `json:"kind"`
	At       time.Time            `json:"at"`
	Status   model.SignUpState    `json:"status"`
	Points   model.PointsOutcome  `json:"points" enum:"none,posted,owed"`
}

func attendanceFrom(r signup.Recorded) *body[attendanceOut] {
	return &body[attendanceOut]{Body: attendanceOut{SignUpID: r.SignUpID, Kind: r.Kind, At: r.At, Status: r.Status, Points: r.Outcome}}
}

func (a *API) checkIn(ctx context.Context, actor model.Actor, in *checkIn) (*body[attendanceOut], error) {
	return a.check(ctx, actor, in, model.CameIn)
}

func (a *API) checkOut(ctx context.Context, actor model.Actor, in *checkIn) (*body[attendanceOut], error) {
	return a.check(ctx, actor, in, model.WentOut)
}

func (a *API) check(ctx context.Context, actor model.Actor, in *checkIn, kind model.AttendanceKind) (*body[attendanceOut], error) {
	done, err := a.SignUp.Check(ctx, actor, in.ID, kind, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return attendanceFrom(done), nil
}

type recordAttendanceIn struct {
	ID   model.ActivityID `path:"id"`
	Body struct {
		SignUpID model.SignUpID       `json:"signUpId"`
		At       *time.Time           `json:"at,omitempty" doc:"When it was; now if left out"`
		Kind     model.AttendanceKind `json:"kind" enum:"in,out"`
		ClientID string               `json:"clientId,omitempty" maxLength:"64" doc:"What an offline list calls this record, unique per activity"`
	}
}

// recordAttendance answers pool_exhausted when the points are owed: what was recorded
// stays recorded, and a repeat is answered the same.
func (a *API) recordAttendance(ctx context.Context, actor model.Actor, in *recordAttendanceIn) (*body[attendanceOut], error) {
	fact := signup.Fact{SignUpID: in.Body.SignUpID, Kind: in.Body.Kind, ClientID: in.Body.ClientID}
	set(&fact.At, in.Body.At)
	done, err := a.SignUp.Record(ctx, actor, in.ID, fact)
	if err == nil && done.Outcome == model.PointsOwed {
		err = points.ErrPoolExhausted
	}
	if err != nil {
		return nil, err
	}
	return attendanceFrom(done), nil
}
