package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/mailbox"
)

const mailboxTag = "Red mailbox"

// What both sides of the mailbox read.
func (a *API) mailboxRoutes() {
	handle(a, operation{
		id: "listCategories", method: http.MethodGet, path: "/v1/mailbox/categories", tag: mailboxTag, public: true,
		summary: "What requests can be about, and what to ask",
	}, a.listCategories)
	handle(a, operation{
		id: "getRequest", method: http.MethodGet, path: "/v1/mailbox/requests/{id}", tag: mailboxTag,
		summary: "A request with its timeline, for its submitter and for staff",
	}, a.getRequest)
	handle(a, operation{
		id: "writeMessage", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/messages", tag: mailboxTag,
		status: http.StatusCreated, once: true, summary: "Write to the other side",
	}, a.writeMessage)
	a.mailboxResidentRoutes()
	a.mailboxStaffRoutes()
	a.mailboxWorkRoutes()
	a.clockPolicyRoutes()
	a.promiseRoutes()
	a.dispatchRuleRoutes()
	a.referralRoutes()
}

type categoryOut struct {
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	Questions []string `json:"questions" doc:"What to ask somebody who writes about this"`
	Asks      []askOut `json:"asks" doc:"The same questions with their codes, under which to answer"`
}

// askOut is a question.
type askOut struct {
	Question string `json:"question" doc:"Its code"`
	Text     string `json:"text"`
}

// Answering are answers to the questions of a category. It is exported for the same reason as Paging.
type Answering struct {
	Answers []answerIn `json:"answers,omitempty" maxItems:"10" doc:"To questions of the category, at most one to each"`
}

type answerIn struct {
	Question string `json:"question" minLength:"1" maxLength:"32" doc:"A code of the category's asks"`
	Text     string `json:"text" maxLength:"200" doc:"Blank is no answer"`
}

func (a Answering) list() []model.RequestAnswer {
	return mapped(a.Answers, func(in answerIn) model.RequestAnswer { return model.RequestAnswer(in) })
}

// answerOut is a question with what was answered.
type answerOut struct {
	Question string `json:"question" doc:"Its code"`
	Asked    string `json:"asked"`
	Text     string `json:"text"`
}

func answersFrom(ctx context.Context, answers []mailbox.Answered) (out []answerOut) {
	language := scopeOf(ctx).language
	for _, a := range answers {
		out = append(out, answerOut{a.Question.Code, language.of(a.Question.Text), a.Text})
	}
	return out
}

type listCategoriesIn struct{ Paging }

func (a *API) listCategories(ctx context.Context, _ model.Actor, in *listCategoriesIn) (*body[list[categoryOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	language := scopeOf(ctx).language
	return listed(model.Part(a.Mailbox.Categories(), page), func(c mailbox.Category) categoryOut {
		out := categoryOut{Code: c.Code, Name: language.of(c.Name), Questions: []string{}, Asks: []askOut{}}
		for _, question := range c.Questions {
			text := language.of(question.Text)
			out.Questions, out.Asks = append(out.Questions, text), append(out.Asks, askOut{question.Code, text})
		}
		return out
	}), nil
}

type clockOut struct {
	Name      model.ClockName  `json:"name" enum:"acknowledge,dispatch,handle,reply,visit,silence,pause" doc:"silence is how long a reply waits for feedback, pause how long work rests; the others are owed by staff"`
	Allowed   model.ClockLimit `json:"allowed,omitempty" doc:"24h and 7d go by whatever day it is, 2wh and 15wd are working time"`
	DueAt     time.Time        `json:"dueAt"`
	MetAt     *time.Time       `json:"metAt,omitempty" doc:"When what it waited for came"`
	StoppedAt *time.Time       `json:"stoppedAt,omitempty" doc:"From when on it no longer mattered"`
	HeldAt    *time.Time       `json:"heldAt,omitempty" doc:"It stands still since then, while work rests"`
	YellowAt  *time.Time       `json:"yellowAt,omitempty" doc:"When the yellow card came: one working day before it runs out"`
	RedAt     *time.Time       `json:"redAt,omitempty" doc:"When the red card came: on the first day over"`
}

func clocksFrom(clocks model.RequestClocks) []clockOut {
	out := make([]clockOut, len(clocks))
	for i, c := range clocks {
		out[i] = clockOut{
			Name: c.Name, Allowed: c.Allowed, DueAt: c.DueAt, MetAt: c.MetAt, StoppedAt: c.StoppedAt,
			HeldAt: c.HeldAt, YellowAt: c.YellowAt, RedAt: c.RedAt,
		}
	}
	return out
}

// RequestState answers every move. It and the two below are exported for the same reason as
// Paging.
type RequestState struct {
	ID      model.RequestID      `json:"id"`
	Receipt string               `json:"receipt" doc:"To be told, typed or printed"`
	Status  model.RequestStatus  `json:"status" enum:"submitted,screened,accepted,refused,dispatched,returned,handling,paused,replied,return_visit,closed,reopened,merged,withdrawn"`
	Outcome model.RequestOutcome `json:"outcome,omitempty" doc:"Once closed: fixed, explained or silent"`
	Level   model.RequestLevel   `json:"level" enum:"grid,branch,community,town,county"`
	Clocks  []clockOut           `json:"clocks"`
}

func stateFrom(s mailbox.State, err error) (*body[RequestState], error) {
	if err != nil {
		return nil, err
	}
	return &body[RequestState]{Body: requestState(s)}, nil
}

func requestState(s mailbox.State) RequestState {
	return RequestState{ID: s.ID, Receipt: s.Receipt, Status: s.Status, Outcome: s.Outcome, Level: s.Level, Clocks: clocksFrom(s.Clocks)}
}

// RequestOut is a request in a list, and the head of one that is shown whole.
type RequestOut struct {
	RequestState
	Source     model.RequestSource   `json:"source,omitempty" doc:"How it came in: online, box, proxy, wechat_group, open311"`
	Category   string                `json:"category"`
	Text       string                `json:"text"`
	Location   string                `json:"location,omitempty"`
	Position   *Marked               `json:"position,omitempty"`
	Identity   model.RequestIdentity `json:"identity"`
	EstateID   model.UnitID          `json:"estateId"`
	BuildingID *model.UnitID         `json:"buildingId,omitempty"`
	BranchID   model.UnitID          `json:"branchId"`
	TeamUnitID *model.UnitID         `json:"teamUnitId,omitempty" doc:"Whose team has it"`
	AssigneeID *model.UserID         `json:"assigneeId,omitempty" doc:"Who of the team has it; only staff see it"`
	MergedInto *model.RequestID      `json:"mergedIntoId,omitempty" doc:"Of a merged request, and of a withdrawn one that others had been merged into: which one goes on. Only staff see it"`
	Priority   model.RequestPriority `json:"priority"`
	Overdue    bool                  `json:"overdue" doc:"Staff are late"`
	Unverified bool                  `json:"unverified,omitempty" doc:"Heard in a WeChat group, and nobody has confirmed yet that they said it"`
	CreatedAt  time.Time             `json:"createdAt"`
}

func requestFrom(r model.Request, clocks model.RequestClocks, overdue, unverified bool) RequestOut {
	out := RequestOut{
		RequestState: RequestState{ID: r.ID, Receipt: r.Receipt, Status: r.Status, Outcome: r.Outcome, Level: r.Level, Clocks: clocksFrom(clocks)},
		Source:       r.Source,
		Category:     r.Category, Text: r.Text, Location: r.Location, Position: markedAt(r.Position), Identity: r.Identity,
		EstateID: r.EstateID, BranchID: r.BranchID, Priority: r.Priority, Overdue: overdue, Unverified: unverified, CreatedAt: r.CreatedAt,
	}
	out.BuildingID, out.TeamUnitID = idOrNone(r.BuildingID), idOrNone(r.TeamID)
	out.AssigneeID, out.MergedInto = idOrNone(r.AssigneeID), idOrNone(r.MergedInto)
	return out
}

func inboxEntryFrom(e mailbox.Entry) RequestOut {
	return requestFrom(e.Request, e.Clocks, e.Overdue, e.Unverified)
}

// EventFacts are what an event carries beside words. It is exported for the same reason as Paging.
type EventFacts struct {
	Clock      model.ClockName       `json:"clock,omitempty" doc:"That a card or an escalation is about"`
	Reason     model.PauseReason     `json:"reason,omitempty" doc:"Of a pause"`
	Until      *time.Time            `json:"until,omitempty" doc:"Of a pause or an extension"`
	TeamUnitID *model.UnitID         `json:"teamUnitId,omitempty" doc:"Of a dispatch"`
	UserID     *model.UserID         `json:"userId,omitempty" doc:"Of a dispatch; only staff see it"`
	OtherID    *model.RequestID      `json:"otherId,omitempty" doc:"Of a merge and an objection; only staff see it"`
	PromiseID  *model.PromiseID      `json:"promiseId,omitempty"`
	On         model.Date            `json:"on,omitempty" format:"date" doc:"Of a promise"`
	RuleID     *model.DispatchRuleID `json:"ruleId,omitempty" doc:"Of a dispatch: the rule that gave it to the team"`
	ReferralID *model.ReferralID     `json:"referralId,omitempty" doc:"Of a request to a department"`
	Explained  bool                  `json:"explained,omitempty" doc:"Nothing could be done, and the reply says why"`
}

func factsFrom(d model.EventDetails) EventFacts {
	return EventFacts{
		Clock: d.Clock, Reason: d.Reason, Until: d.Until, TeamUnitID: idOrNone(d.TeamID), UserID: idOrNone(d.UserID),
		OtherID: idOrNone(d.OtherID), PromiseID: idOrNone(d.Promise), RuleID: idOrNone(d.Rule), ReferralID: idOrNone(d.Referral), On: d.On, Explained: d.Explained,
	}
}

// eventOut is one entry of a timeline.
type eventOut struct {
	Kind    model.RequestMove    `json:"kind"`
	From    model.RequestStatus  `json:"from"`
	To      model.RequestStatus  `json:"to"`
	Level   model.RequestLevel   `json:"level"`
	By      model.RequestParty   `json:"by" enum:"resident,staff,system"`
	Text    string               `json:"text,omitempty"`
	Held    bool                 `json:"held,omitempty" doc:"The text did not pass the check, and nobody released it: only its own side sees it"`
	Outcome model.RequestOutcome `json:"outcome,omitempty"`
	Rating  int                  `json:"rating,omitempty"`
	EventFacts
	Uploads []uploadOut `json:"uploads,omitempty" doc:"The reader's own, and of others what has passed"`
	Waiting int         `json:"uploadsWaiting,omitempty" doc:"Uploads of others that have not passed yet"`
	At      time.Time   `json:"at"`
}

func eventFrom(e mailbox.Said, origin string) eventOut {
	out := eventOut{
		Kind: e.Kind, From: e.From, To: e.To, Level: e.Level, By: e.Party,
		Text: e.Text, Held: e.Held, Outcome: e.Outcome, Rating: e.Rating, EventFacts: factsFrom(e.Details()), Waiting: e.Waiting, At: e.At,
	}
	for _, u := range e.Shown {
		out.Uploads = append(out.Uploads, uploadFrom(u, origin))
	}
	return out
}

// Attaching are the uploads that go with a text. It is exported for the same reason as Paging.
type Attaching struct {
	Uploads []model.UploadID `json:"uploads,omitempty" maxItems:"10" doc:"My own, attached to nothing yet: at most 9 photos and 1 recording"`
}

// RequestPath names the request in the path.
type RequestPath struct {
	ID model.RequestID `path:"id"`
}

type requestViewOut struct {
	RequestOut
	Mine              bool         `json:"mine" doc:"The reader submitted it"`
	Submitter         string       `json:"submitter,omitempty" doc:"Nickname; left out where the submitter is hidden from the reader"`
	Label             string       `json:"label,omitempty" doc:"Of a sealed request: what staff call its submitter, the same in all of theirs to this branch"`
	VerifiedResidence bool         `json:"verifiedResidence" doc:"The submitter's residence in that estate has been verified; not said of a sealed request"`
	Answers           []answerOut  `json:"answers,omitempty" doc:"To the questions of its category"`
	Promises          []promiseOut `json:"promises" doc:"Answers with a date"`
	Timeline          []eventOut   `json:"timeline"`
	Merged            *mergedOut   `json:"merged,omitempty" doc:"Of my own merged request: what became of the one that it was merged into"`
}

// mergedOut is what the submitter of a merged request knows of the other.
type mergedOut struct {
	Status  model.RequestStatus  `json:"status"`
	Outcome model.RequestOutcome `json:"outcome,omitempty"`
	Answers []mergedAnswerOut    `json:"answers" doc:"Without names. My feedback on my own request is about the newest reply"`

	Withheld bool `json:"withheld,omitempty" doc:"There are answers that only the branch can tell me: the other request does not name who submitted it"`
}

type mergedAnswerOut struct {
	Kind      model.RequestMove `json:"kind" enum:"reply,refusal"`
	Text      string            `json:"text"`
	Explained bool              `json:"explained,omitempty" doc:"Nothing could be done, and the reply says why"`
	At        time.Time         `json:"at"`
}

func mergedFrom(m *mailbox.Merged) *mergedOut {
	if m == nil {
		return nil
	}
	answers := mapped(m.Answers, func(a mailbox.MergedAnswer) mergedAnswerOut { return mergedAnswerOut(a) })
	return &mergedOut{Status: m.Status, Outcome: m.Outcome, Answers: answers, Withheld: m.Withheld}
}

type getRequestIn struct {
	Addressed
	RequestPath
}

func (a *API) getRequest(ctx context.Context, actor model.Actor, in *getRequestIn) (*body[requestViewOut], error) {
	view, err := a.Mailbox.Read(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := requestViewOut{
		RequestOut: requestFrom(view.Request, view.Clocks, view.Overdue, view.Unverified),
		Mine:       view.Mine, Submitter: view.Submitter, Label: view.Label, VerifiedResidence: view.Verified, Timeline: []eventOut{},
		Promises: mapped(view.Promises, promiseFrom), Answers: answersFrom(ctx, view.Answers),
		Merged: mergedFrom(view.Merged),
	}
	for _, e := range view.Timeline {
		out.Timeline = append(out.Timeline, eventFrom(e, a.origin(in.Addressed)))
	}
	return &body[requestViewOut]{Body: out}, nil
}

type writeMessageIn struct {
	Addressed
	RequestPath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"2000"`
		Attaching
	}
}

func (a *API) writeMessage(ctx context.Context, actor model.Actor, in *writeMessageIn) (*body[eventOut], error) {
	event, err := a.Mailbox.Write(ctx, actor, in.ID, in.Body.Text, in.Body.Uploads...)
	if err != nil {
		return nil, err
	}
	return &body[eventOut]{Body: eventFrom(event, a.origin(in.Addressed))}, nil
}
