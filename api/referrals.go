package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/mailbox"
)

// Requests put before departments of the county, with the resident's consent.
func (a *API) referralRoutes() {
	handle(a, operation{
		id: "referRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/referrals", tag: mailboxTag,
		once: true, status: http.StatusCreated, summary: "Ask the resident to agree that a department is asked; clocks go on",
	}, a.referRequest)
	handle(a, operation{
		id: "listReferrals", method: http.MethodGet, path: "/v1/mailbox/requests/{id}/referrals", tag: mailboxTag,
		summary: "The referrals of a request, for both sides",
	}, a.listReferrals)
	handle(a, operation{
		id: "decideReferral", method: http.MethodPost, path: "/v1/mailbox/referrals/{id}/decision", tag: mailboxTag,
		once: true, summary: "Agree to a referral of my request and say what may be passed on, or say no, also later",
	}, a.decideReferral)
	handle(a, operation{
		id: "recordReferralConsent", method: http.MethodPost, path: "/v1/mailbox/referrals/{id}/recorded-consent", tag: mailboxTag,
		once: true, summary: "Write down what somebody said for whom others entered the request",
	}, a.recordReferralConsent)
	handle(a, operation{
		id: "takeReferralBack", method: http.MethodPost, path: "/v1/mailbox/referrals/{id}/withdrawal", tag: mailboxTag,
		once: true, summary: "End a referral that is not needed any more",
	}, a.takeReferralBack)
	handle(a, operation{
		id: "listReferredTo", method: http.MethodGet, path: "/v1/mailbox/referrals", tag: mailboxTag,
		summary: "What was referred to my department, newest first",
	}, a.listReferredTo)
	handle(a, operation{
		id: "getReferral", method: http.MethodGet, path: "/v1/mailbox/referrals/{id}", tag: mailboxTag,
		summary: "One of them, with what the resident passed on",
	}, a.getReferral)
	handle(a, operation{
		id: "answerReferral", method: http.MethodPost, path: "/v1/mailbox/referrals/{id}/answer", tag: mailboxTag,
		once: true, summary: "Answer the branch, which answers the resident",
	}, a.answerReferral)
	handle(a, operation{
		id: "returnReferral", method: http.MethodPost, path: "/v1/mailbox/referrals/{id}/return", tag: mailboxTag,
		once: true, summary: "Give back what is not for my department, with a reason",
	}, a.returnReferral)
}

type referRequestIn struct {
	RequestPath
	Body struct {
		DepartmentID model.UnitID `json:"departmentId"`
		Text         string       `json:"text" minLength:"1" maxLength:"2000" doc:"What the department is asked; the resident reads it"`
	}
}

func (a *API) referRequest(ctx context.Context, actor model.Actor, in *referRequestIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.Refer(ctx, actor, in.ID, in.Body.DepartmentID, in.Body.Text))
}

// ReferralHead is what everybody sees of a referral who sees it at all. It is exported for the
// same reason as Paging.
type ReferralHead struct {
	ID           model.ReferralID     `json:"id"`
	DepartmentID model.UnitID         `json:"departmentId"`
	Status       model.ReferralStatus `json:"status" enum:"asked,agreed,declined,answered,returned,ended"`
	Passes       []model.Passed       `json:"passes" enum:"text,location,answers,photos,name" doc:"What the resident agreed to pass on"`
	ConsentHow   model.ConsentHow     `json:"consentHow,omitempty" enum:"in_app,in_person,by_phone,written"`
	ConsentAt    *time.Time           `json:"consentAt,omitempty"`
	CreatedAt    time.Time            `json:"createdAt"`
	UpdatedAt    time.Time            `json:"updatedAt"`
}

func referralHead(r model.Referral) ReferralHead {
	head := ReferralHead{
		ID: r.ID, DepartmentID: r.DepartmentID, Status: r.Status, Passes: r.Passes.List(), ConsentHow: r.ConsentHow, ConsentAt: r.ConsentAt,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if head.Passes == nil {
		head.Passes = []model.Passed{}
	}
	return head
}

type askedReferralOut struct {
	ReferralHead
	Question string `json:"question,omitempty" doc:"What the department is asked"`
	Answer   string `json:"answer,omitempty" doc:"The department's, or why it gave it back; only staff see it"`
	Waits    bool   `json:"answerWaits,omitempty" doc:"The department's words wait for somebody who releases them"`
}

type listReferralsIn struct {
	RequestPath
	Paging
}

func (a *API) listReferrals(ctx context.Context, actor model.Actor, in *listReferralsIn) (*body[list[askedReferralOut]], error) {
	rows, err := a.Mailbox.Referrals(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return parted(rows, in.Paging, func(r mailbox.Asked) askedReferralOut {
		return askedReferralOut{ReferralHead: referralHead(r.Referral), Question: r.Question, Answer: r.Answer, Waits: r.Waits}
	})
}

// ReferralPath names a referral. It is exported for the same reason as Paging.
type ReferralPath struct {
	ID model.ReferralID `path:"id"`
}

// Deciding is a word on a referral. It is exported for the same reason as Paging.
type Deciding struct {
	Decision string         `json:"decision" enum:"agree,refuse"`
	Passes   []model.Passed `json:"passes,omitempty" maxItems:"5" enum:"text,location,answers,photos,name" doc:"What may be passed on; what the request is about and where always is"`
}

type decideReferralIn struct {
	ReferralPath
	Body Deciding
}

func (a *API) decideReferral(ctx context.Context, actor model.Actor, in *decideReferralIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.DecideReferral(ctx, actor, in.ID, mailbox.Consent{Agrees: in.Body.Decision == "agree", Passes: in.Body.Passes}))
}

type recordConsentIn struct {
	ReferralPath
	Body struct {
		Deciding
		How model.ConsentHow `json:"how" enum:"in_person,by_phone,written"`
	}
}

func (a *API) recordReferralConsent(ctx context.Context, actor model.Actor, in *recordConsentIn) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.RecordConsent(ctx, actor, in.ID, mailbox.Consent{
		Agrees: in.Body.Decision == "agree", Passes: in.Body.Passes, How: in.Body.How,
	}))
}

func (a *API) takeReferralBack(ctx context.Context, actor model.Actor, in *ReferralPath) (*body[RequestState], error) {
	return stateFrom(a.Mailbox.TakeBack(ctx, actor, in.ID))
}

type listReferredToIn struct {
	Paging
	DepartmentID model.UnitID `query:"departmentId" doc:"All of my authority if left out"`
	Status       string       `query:"status" default:"agreed" enum:"agreed,answered,returned"`
}

func (a *API) listReferredTo(ctx context.Context, actor model.Actor, in *listReferredToIn) (*body[list[ReferralHead]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Mailbox.ReferredTo(ctx, actor, in.DepartmentID, model.ReferralStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(rows, referralHead), nil
}

type referredOut struct {
	ReferralHead
	Receipt   string       `json:"receipt"`
	Category  string       `json:"category"`
	EstateID  model.UnitID `json:"estateId"`
	DueAt     *time.Time   `json:"dueAt,omitempty" doc:"When the branch has to have answered"`
	Question  string       `json:"question"`
	Answer    string       `json:"answer,omitempty" doc:"Ours"`
	Text      string       `json:"text,omitempty"`
	Location  string       `json:"location,omitempty"`
	Position  *Marked      `json:"position,omitempty" doc:"Where the matter is"`
	Answers   []answerOut  `json:"answers,omitempty"`
	Uploads   []uploadOut  `json:"uploads,omitempty"`
	Waiting   int          `json:"uploadsWaiting,omitempty" doc:"Uploads that have not passed their check yet"`
	Submitter string       `json:"submitter,omitempty" doc:"Nickname"`
}

type getReferralIn struct {
	Addressed
	ReferralPath
}

func (a *API) getReferral(ctx context.Context, actor model.Actor, in *getReferralIn) (*body[referredOut], error) {
	r, err := a.Mailbox.ReadReferral(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := referredOut{
		ReferralHead: referralHead(r.Referral), Receipt: r.Receipt, Category: r.Category, EstateID: r.EstateID, DueAt: r.DueAt, Question: r.Question,
		Answer: r.Answer, Text: r.Text, Location: r.Location, Position: markedAt(r.Position), Answers: answersFrom(ctx, r.Answers), Waiting: r.Photos.Waiting, Submitter: r.Submitter,
	}
	for _, u := range r.Photos.Shown {
		out.Uploads = append(out.Uploads, uploadFrom(u, a.origin(in.Addressed)))
	}
	return &body[referredOut]{Body: out}, nil
}

type answerReferralIn struct {
	ReferralPath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) answerReferral(ctx context.Context, actor model.Actor, in *answerReferralIn) (*body[ReferralHead], error) {
	return headFrom(a.Mailbox.AnswerReferral(ctx, actor, in.ID, in.Body.Text))
}

type returnReferralIn struct {
	ReferralPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (a *API) returnReferral(ctx context.Context, actor model.Actor, in *returnReferralIn) (*body[ReferralHead], error) {
	return headFrom(a.Mailbox.ReturnReferral(ctx, actor, in.ID, in.Body.Reason))
}

func headFrom(r model.Referral, err error) (*body[ReferralHead], error) {
	if err != nil {
		return nil, err
	}
	return &body[ReferralHead]{Body: referralHead(r)}, nil
}
