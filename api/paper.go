package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/mailbox"
	"jinlin/service/paperbox"
	"jinlin/service/proxy"
)

const paperTag = "Red mailbox on paper"

func (a *API) paperRoutes() {
	handle(a, operation{
		id: "hangBox", method: http.MethodPost, path: "/v1/mailbox/boxes", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Register a box of tin: where it hangs, how often it is opened",
	}, a.hangBox)
	handle(a, operation{
		id: "listBoxes", method: http.MethodGet, path: "/v1/mailbox/boxes", tag: paperTag,
		summary: "The boxes of my units; only those that should have been opened, if asked",
	}, a.listBoxes)
	handle(a, operation{
		id: "getBox", method: http.MethodGet, path: "/v1/mailbox/boxes/{id}", tag: paperTag, summary: "A box",
	}, a.getBox)
	handle(a, operation{
		id: "changeBox", method: http.MethodPut, path: "/v1/mailbox/boxes/{id}", tag: paperTag, summary: "Change its place or rhythm",
	}, a.changeBox)
	handle(a, operation{
		id: "takeBoxDown", method: http.MethodPost, path: "/v1/mailbox/boxes/{id}/end", tag: paperTag, once: true, summary: "Take it down",
	}, a.takeBoxDown)
	handle(a, operation{
		id: "listBoxOpenings", method: http.MethodGet, path: "/v1/mailbox/boxes/{id}/openings", tag: paperTag, summary: "Its openings, newest first",
	}, a.listBoxOpenings)
	handle(a, operation{
		id: "printSlips", method: http.MethodPost, path: "/v1/mailbox/slip-books", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Numbers and codes of a book of slips, to be printed; the codes are not shown again",
	}, a.printSlips)
	a.boxOpeningRoutes()
}

func (a *API) boxOpeningRoutes() {
	handle(a, operation{
		id: "openBox", method: http.MethodPost, path: "/v1/mailbox/box-openings", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Say that I have opened a box; a second person confirms it",
	}, a.openBox)
	handle(a, operation{
		id: "getBoxOpening", method: http.MethodGet, path: "/v1/mailbox/box-openings/{id}", tag: paperTag,
		summary: "An opening with its slips and their answers, for the sheet on the stairs",
	}, a.getBoxOpening)
	handle(a, operation{
		id: "confirmBoxOpening", method: http.MethodPost, path: "/v1/mailbox/box-openings/{id}/confirmation", tag: paperTag, once: true,
		summary: "Confirm, as the second person, that it was opened and how many slips there were",
	}, a.confirmBoxOpening)
	handle(a, operation{
		id: "voidBoxOpening", method: http.MethodPost, path: "/v1/mailbox/box-openings/{id}/voidance", tag: paperTag, once: true,
		summary: "Take back an opening that nobody has confirmed",
	}, a.voidBoxOpening)
	handle(a, operation{
		id: "keyInSlips", method: http.MethodPost, path: "/v1/mailbox/box-openings/{id}/slips", tag: paperTag, once: true, status: http.StatusCreated,
		summary: "Key slips in; each number once, whatever is repeated", timeout: 30 * time.Second,
	}, a.keyInSlips)
	handle(a, operation{
		id: "getPublicSlip", method: http.MethodGet, path: "/v1/public/slips/{number}", tag: paperTag, public: true,
		summary: "How far a slip has come; with the code of its tear-off part also the answer",
	}, a.getPublicSlip)
}

type boxOut struct {
	ID         model.BoxID  `json:"id"`
	BranchID   model.UnitID `json:"branchId"`
	EstateID   model.UnitID `json:"estateId"`
	Place      string       `json:"place"`
	RhythmDays int          `json:"rhythmDays" doc:"At the latest so many days after the last opening"`
	DueOn      model.Date   `json:"dueOn" format:"date" doc:"The day of the next opening, at the latest"`
	Overdue    bool         `json:"overdue"`
	OpenedAt   *time.Time   `json:"openedAt,omitempty"`
	EndedAt    *time.Time   `json:"endedAt,omitempty"`
}

func (a *API) boxFrom(b model.Box) boxOut {
	return boxOut{
		ID: b.ID, BranchID: b.BranchID, EstateID: b.EstateID, Place: b.Place, RhythmDays: b.RhythmDays, DueOn: b.DueOn,
		Overdue: b.Overdue(a.Paper.Today()), OpenedAt: b.OpenedAt, EndedAt: b.EndedAt,
	}
}

func (a *API) boxAnswer(b model.Box, err error) (*versioned[boxOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(b.Version, a.boxFrom(b)), nil
}

// BoxForm is what is said of a box. It is exported for the same reason as Paging.
type BoxForm struct {
	Place      string `json:"place" minLength:"1" maxLength:"200"`
	RhythmDays int    `json:"rhythmDays" minimum:"1" maximum:"31"`
}

type hangBoxIn struct {
	Body struct {
		EstateID model.UnitID `json:"estateId"`
		BoxForm
	}
}

func (a *API) hangBox(ctx context.Context, actor model.Actor, in *hangBoxIn) (*versioned[boxOut], error) {
	return a.boxAnswer(a.Paper.Hang(ctx, actor, in.Body.EstateID, paperbox.Form(in.Body.BoxForm)))
}

type listBoxesIn struct {
	Paging
	UnitID  model.UnitID `query:"unitId" doc:"Of this unit and all below it; all of your authority if left out"`
	Overdue bool         `query:"overdue" doc:"Only those that should have been opened"`
}

func (a *API) listBoxes(ctx context.Context, actor model.Actor, in *listBoxesIn) (*body[list[boxOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Paper.Boxes(ctx, actor, in.UnitID, in.Overdue, page)
	if err != nil {
		return nil, err
	}
	return listed(found, a.boxFrom), nil
}

type boxIn struct {
	ID model.BoxID `path:"id"`
}

func (a *API) getBox(ctx context.Context, actor model.Actor, in *boxIn) (*versioned[boxOut], error) {
	return a.boxAnswer(a.Paper.Get(ctx, actor, in.ID))
}

type changeBoxIn struct {
	ID model.BoxID `path:"id"`
	Matching
	Body BoxForm
}

func (a *API) changeBox(ctx context.Context, actor model.Actor, in *changeBoxIn) (*versioned[boxOut], error) {
	version, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return a.boxAnswer(a.Paper.Change(ctx, actor, in.ID, version, paperbox.Form(in.Body)))
}

func (a *API) takeBoxDown(ctx context.Context, actor model.Actor, in *boxIn) (*versioned[boxOut], error) {
	return a.boxAnswer(a.Paper.TakeDown(ctx, actor, in.ID))
}

type boxOpeningOut struct {
	ID          model.BoxOpeningID     `json:"id"`
	BoxID       model.BoxID            `json:"boxId"`
	Status      model.BoxOpeningStatus `json:"status" enum:"opened,confirmed,void"`
	Slips       int                    `json:"slips" doc:"Found in it"`
	OpenedBy    model.UserID           `json:"openedById"`
	ConfirmedBy *model.UserID          `json:"confirmedById,omitempty"`
	OpenedAt    time.Time              `json:"openedAt" doc:"The clocks of its slips run from here"`
}

func boxOpeningFrom(o model.BoxOpening) boxOpeningOut {
	return boxOpeningOut{
		ID: o.ID, BoxID: o.BoxID, Status: o.Status, Slips: o.Slips, OpenedBy: o.OpenedBy, ConfirmedBy: personOrNone(o.ConfirmedBy), OpenedAt: o.OpenedAt,
	}
}

func boxOpeningAnswer(o model.BoxOpening, err error) (*body[boxOpeningOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[boxOpeningOut]{Body: boxOpeningFrom(o)}, nil
}

type listBoxOpeningsIn struct {
	ID model.BoxID `path:"id"`
	Paging
}

func (a *API) listBoxOpenings(ctx context.Context, actor model.Actor, in *listBoxOpeningsIn) (*body[list[boxOpeningOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Paper.Openings(ctx, actor, in.ID, page)
	if err != nil {
		return nil, err
	}
	return listed(found, boxOpeningFrom), nil
}

type openBoxIn struct {
	Body struct {
		BoxID model.BoxID `json:"boxId"`
		Slips int         `json:"slips" minimum:"0" maximum:"100" doc:"How many were in it"`
	}
}

func (a *API) openBox(ctx context.Context, actor model.Actor, in *openBoxIn) (*body[boxOpeningOut], error) {
	return boxOpeningAnswer(a.Paper.Open(ctx, actor, in.Body.BoxID, in.Body.Slips))
}

type boxOpeningIn struct {
	ID model.BoxOpeningID `path:"id"`
}

type confirmBoxOpeningIn struct {
	ID   model.BoxOpeningID `path:"id"`
	Body struct {
		Slips int `json:"slips" minimum:"0" maximum:"100" doc:"How many I counted"`
	}
}

func (a *API) confirmBoxOpening(ctx context.Context, actor model.Actor, in *confirmBoxOpeningIn) (*body[boxOpeningOut], error) {
	return boxOpeningAnswer(a.Paper.Confirm(ctx, actor, in.ID, in.Body.Slips))
}

func (a *API) voidBoxOpening(ctx context.Context, actor model.Actor, in *boxOpeningIn) (*body[boxOpeningOut], error) {
	return boxOpeningAnswer(a.Paper.Void(ctx, actor, in.ID))
}

// PublicSlip is what anybody may hear of a slip. It is exported for the same reason as Paging.
type PublicSlip struct {
	Number     string               `json:"number" doc:"As it is printed"`
	Status     string               `json:"status" doc:"That of the request; waiting while the slip was not found in a box"`
	Category   string               `json:"category,omitempty" doc:"Its name in the reader's language"`
	Outcome    model.RequestOutcome `json:"outcome,omitempty"`
	Level      model.RequestLevel   `json:"level,omitempty"`
	ReceivedAt *time.Time           `json:"receivedAt,omitempty" doc:"When the box was opened"`
	AnsweredAt *time.Time           `json:"answeredAt,omitempty"`
	Answer     string               `json:"answer,omitempty" doc:"In public only with the code"`
}

func slipFrom(t paperbox.Told, name func(fault.Text) string) PublicSlip {
	out := PublicSlip{
		Number: t.Number.Printed(), Status: string(t.Status), Outcome: t.Outcome, Level: t.Level, AnsweredAt: t.AnsweredAt, Answer: t.Answer,
	}
	if t.Status == "" {
		out.Status = "waiting"
		return out
	}
	out.Category, out.ReceivedAt = name(mailbox.NameOf(t.Category)), &t.ReceivedAt
	return out
}

type foundOut struct {
	BoxOpeningOut
	Entered []PublicSlip `json:"entered" doc:"The slips that were keyed in"`
}

// BoxOpeningOut is an opening beside its slips. It is exported for the same reason as Paging.
type BoxOpeningOut = boxOpeningOut

func (a *API) getBoxOpening(ctx context.Context, actor model.Actor, in *boxOpeningIn) (*body[foundOut], error) {
	found, err := a.Paper.Opening(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := foundOut{BoxOpeningOut: boxOpeningFrom(found.BoxOpening), Entered: []PublicSlip{}}
	for _, t := range found.Slips {
		out.Entered = append(out.Entered, slipFrom(t, scopeOf(ctx).language.of))
	}
	return &body[foundOut]{Body: out}, nil
}

type getPublicSlipIn struct {
	Number string `path:"number" maxLength:"20"`
	Code   string `query:"code" maxLength:"20" doc:"Of the tear-off part"`
}

func (a *API) getPublicSlip(ctx context.Context, _ model.Actor, in *getPublicSlipIn) (*body[PublicSlip], error) {
	told, err := a.Paper.Public(ctx, in.Number, in.Code)
	if err != nil {
		return nil, err
	}
	return &body[PublicSlip]{Body: slipFrom(told, scopeOf(ctx).language.of)}, nil
}

type printSlipsIn struct {
	Body struct {
		BranchID model.UnitID `json:"branchId"`
		Count    int          `json:"count" minimum:"1" maximum:"100"`
	}
}

type printedSlipOut struct {
	Number string `json:"number" doc:"On both parts"`
	Code   string `json:"code" doc:"On the part that is torn off, only"`
}

type slipBookOut struct {
	ID       model.SlipBookID `json:"id"`
	BranchID model.UnitID     `json:"branchId"`
	Slips    []printedSlipOut `json:"slips"`
}

func (a *API) printSlips(ctx context.Context, actor model.Actor, in *printSlipsIn) (*body[slipBookOut], error) {
	book, err := a.Paper.Print(ctx, actor, in.Body.BranchID, in.Body.Count)
	if err != nil {
		return nil, err
	}
	out := slipBookOut{ID: book.ID, BranchID: book.BranchID}
	for _, s := range book.Slips {
		out.Slips = append(out.Slips, printedSlipOut{s.Number.Printed(), s.Code})
	}
	return &body[slipBookOut]{Body: out}, nil
}

// EnteredForm is what staff type for somebody. It is exported for the same reason as Paging.
type EnteredForm struct {
	Category   string       `json:"category" minLength:"1" maxLength:"32" doc:"A code of /v1/mailbox/categories"`
	Text       string       `json:"text" minLength:"1" maxLength:"2000"`
	BuildingID model.UnitID `json:"buildingId,omitempty"`
	Location   string       `json:"location,omitempty" maxLength:"200"`
	Answering
	Attaching
}

func (f EnteredForm) submission(estate model.UnitID) mailbox.Submission {
	return mailbox.Submission{
		Category: f.Category, Text: f.Text, EstateID: estate, BuildingID: f.BuildingID, Location: f.Location, Answers: f.list(), Uploads: f.Uploads,
	}
}

type keyInSlipsIn struct {
	ID   model.BoxOpeningID `path:"id"`
	Body struct {
		Items []keyedSlip `json:"items" minItems:"1" maxItems:"50"`
	}
}

type keyedSlip struct {
	Number   string       `json:"number" minLength:"1" maxLength:"20"`
	EstateID model.UnitID `json:"estateId,omitempty" doc:"That of the box if left out"`
	Name     string       `json:"name,omitempty" maxLength:"50" doc:"As written on the slip; sealed"`
	Phone    string       `json:"phone,omitempty" maxLength:"20" doc:"As written on the slip; sealed"`
	NoPhoto  string       `json:"noPhoto,omitempty" enum:"unreadable,no_camera,private" doc:"Why no photo of the slip is among the uploads: it shows nothing, nobody can take one, or it shows what others must not see"`
	EnteredForm
}

type slipOutcomeOut struct {
	Number   string        `json:"number"`
	Request  *RequestState `json:"request,omitempty"`
	Repeated bool          `json:"repeated,omitempty" doc:"It was keyed in before; the request is that one"`
	Code     string        `json:"code,omitempty" doc:"Why it was not keyed in"`
	Message  string        `json:"message,omitempty"`
}

type slipOutcomesOut struct {
	Items []slipOutcomeOut `json:"items" doc:"In the order in which they were sent"`
}

func (a *API) keyInSlips(ctx context.Context, actor model.Actor, in *keyInSlipsIn) (*body[slipOutcomesOut], error) {
	slips := make([]paperbox.Keyed, len(in.Body.Items))
	for i, k := range in.Body.Items {
		slips[i] = paperbox.Keyed{
			Submission: k.submission(k.EstateID), Person: proxy.Person{Name: k.Name, Phone: k.Phone}, Number: k.Number, NoPhoto: model.NoPhoto(k.NoPhoto),
		}
	}
	outcomes, err := a.Paper.KeyIn(ctx, actor, in.ID, slips)
	if err != nil {
		return nil, err
	}
	return &body[slipOutcomesOut]{Body: slipOutcomesOut{mapped(outcomes, func(o paperbox.Outcome) slipOutcomeOut {
		out := slipOutcomeOut{Number: o.Number.Printed(), Repeated: o.Repeated}
		if o.Problem != nil {
			out.Code, out.Message = o.Problem.Code, scopeOf(ctx).language.of(o.Problem.Message)
			return out
		}
		state := requestState(o.State)
		out.Request = &state
		return out
	})}}, nil
}
