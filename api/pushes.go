package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/service/push"
)

const pushTag = "Pushes"

func (a *API) pushRoutes() {
	handle(a, operation{
		id: "getPushPlan", method: http.MethodGet, path: "/v1/push-plans/{unitId}", tag: pushTag,
		summary: "When a unit's news goes out",
	}, a.getPushPlan)
	handle(a, operation{
		id: "savePushPlan", method: http.MethodPut, path: "/v1/push-plans/{unitId}", tag: pushTag,
		summary: "Change when a unit's news goes out",
	}, a.savePushPlan)
	handle(a, operation{
		id: "forecastPush", method: http.MethodPost, path: "/v1/push-plans/{unitId}/forecast", tag: pushTag,
		summary: "How many people a push would reach now",
	}, a.forecastPush)
	handle(a, operation{
		id: "runPush", method: http.MethodPost, path: "/v1/push-plans/{unitId}/run", tag: pushTag, once: true,
		status: http.StatusCreated, summary: "Push the news since the last push, for a date; one push a unit and date, ever",
	}, a.runPush)
	handle(a, operation{
		id: "listPushes", method: http.MethodGet, path: "/v1/pushes", tag: pushTag,
		summary: "A unit's pushes, newest first",
	}, a.listPushes)
	handle(a, operation{
		id: "pausePush", method: http.MethodPost, path: "/v1/pushes/{id}/pause", tag: pushTag, once: true,
		summary: "Send no more for now",
	}, a.pausePush)
	handle(a, operation{
		id: "resumePush", method: http.MethodPost, path: "/v1/pushes/{id}/resumption", tag: pushTag, once: true,
		summary: "Go on sending",
	}, a.resumePush)
	handle(a, operation{
		id: "stopPush", method: http.MethodPost, path: "/v1/pushes/{id}/stop", tag: pushTag, once: true,
		summary: "Send no more, for good",
	}, a.stopPush)
	handle(a, operation{
		id: "getPushReport", method: http.MethodGet, path: "/v1/pushes/{id}/report", tag: pushTag,
		summary: "How a push went, as of now",
	}, a.getPushReport)
	a.progressRoutes()
}

type quietHours struct {
	From  model.TimeOfDay `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Shanghai time"`
	Until model.TimeOfDay `json:"until" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Equal times: no quiet hours"`
}

type pushPlanBody struct {
	At         model.TimeOfDay `json:"at" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Shanghai time, outside the quiet hours"`
	Channels   []string        `json:"channels" minItems:"1" maxItems:"2" enum:"inbox,subscribe_message" doc:"The inbox always"`
	QuietHours quietHours      `json:"quietHours" doc:"Subscribe messages wait for their end"`
	Enabled    bool            `json:"enabled"`
}

const subscribeChannel = "subscribe_message"

func planFrom(p model.PushPlan) pushPlanBody {
	out := pushPlanBody{At: p.At, Channels: []string{"inbox"}, QuietHours: quietHours{p.QuietFrom, p.QuietUntil}, Enabled: p.Enabled}
	if p.Subscribe {
		out.Channels = append(out.Channels, subscribeChannel)
	}
	return out
}

// A plan nobody made yet has version 0, and tags begin with 1.
const firstPlanTag = 1

type pushPlanIn struct {
	UnitID model.UnitID `path:"unitId"`
}

func (a *API) getPushPlan(ctx context.Context, actor model.Actor, in *pushPlanIn) (*versioned[pushPlanBody], error) {
	plan, err := a.Push.Plan(ctx, actor, in.UnitID)
	if err != nil {
		return nil, err
	}
	return withETag(plan.Version+firstPlanTag, planFrom(plan)), nil
}

type savePushPlanIn struct {
	Matching
	UnitID model.UnitID `path:"unitId"`
	Body   pushPlanBody
}

func (a *API) savePushPlan(ctx context.Context, actor model.Actor, in *savePushPlanIn) (*versioned[pushPlanBody], error) {
	seen, err := in.seen(firstPlanTag)
	if err != nil {
		return nil, err
	}
	plan, err := a.Push.SavePlan(ctx, actor, seen, model.PushPlan{
		UnitID: in.UnitID, At: in.Body.At, Subscribe: slices.Contains(in.Body.Channels, subscribeChannel),
		QuietFrom: in.Body.QuietHours.From, QuietUntil: in.Body.QuietHours.Until, Enabled: in.Body.Enabled,
	})
	if err != nil {
		return nil, err
	}
	return withETag(plan.Version+firstPlanTag, planFrom(plan)), nil
}

type forecastOut struct {
	Audience  int64 `json:"audience" doc:"People with a verified residence; all get it in the inbox"`
	WithGrant int64 `json:"withGrant" doc:"Of these, who would get a subscribe message too"`
}

func (a *API) forecastPush(ctx context.Context, actor model.Actor, in *pushPlanIn) (*body[forecastOut], error) {
	f, err := a.Push.Forecast(ctx, actor, in.UnitID)
	if err != nil {
		return nil, err
	}
	return &body[forecastOut]{Body: forecastOut(f)}, nil
}

type pushOut struct {
	ID         model.PushID     `json:"id"`
	UnitID     model.UnitID     `json:"unitId"`
	Date       model.Date       `json:"date"`
	Status     model.PushStatus `json:"status" enum:"planned,audience_frozen,sending,paused,finished,stopped,missed"`
	Title      string           `json:"title"`
	CreatedAt  time.Time        `json:"createdAt"`
	FinishedAt *time.Time       `json:"finishedAt,omitempty"`
}

func pushFrom(p model.Push) pushOut {
	return pushOut{ID: p.ID, UnitID: p.UnitID, Date: p.Date, Status: p.Status, Title: p.Title, CreatedAt: p.CreatedAt, FinishedAt: p.FinishedAt}
}

type runPushIn struct {
	UnitID model.UnitID `path:"unitId"`
	Body   struct {
		Date model.Date `json:"date" format:"date" doc:"Today in production; elsewhere any within a year"`
	}
}

func (a *API) runPush(ctx context.Context, actor model.Actor, in *runPushIn) (*body[pushOut], error) {
	return onePush(a.Push.Run(ctx, actor, in.UnitID, in.Body.Date))
}

func onePush(p model.Push, err error) (*body[pushOut], error) {
	if err != nil {
		return nil, err
	}
	return &body[pushOut]{Body: pushFrom(p)}, nil
}

type listPushesIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true"`
}

func (a *API) listPushes(ctx context.Context, actor model.Actor, in *listPushesIn) (*body[list[pushOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	pushes, err := a.Push.Pushes(ctx, actor, in.UnitID, page)
	if err != nil {
		return nil, err
	}
	return listed(pushes, pushFrom), nil
}

type pushIn struct {
	ID model.PushID `path:"id"`
}

func (a *API) pausePush(ctx context.Context, actor model.Actor, in *pushIn) (*body[pushOut], error) {
	return onePush(a.Push.Pause(ctx, actor, in.ID))
}

func (a *API) resumePush(ctx context.Context, actor model.Actor, in *pushIn) (*body[pushOut], error) {
	return onePush(a.Push.Resume(ctx, actor, in.ID))
}

func (a *API) stopPush(ctx context.Context, actor model.Actor, in *pushIn) (*body[pushOut], error) {
	return onePush(a.Push.Stop(ctx, actor, in.ID))
}

// pushFigures are a push's counts.
type pushFigures struct {
	Status   model.PushStatus `json:"status" enum:"planned,audience_frozen,sending,paused,finished,stopped,missed"`
	Audience int64            `json:"audience"`
	ByStatus pushCounts       `json:"byStatus"`
	OptedOut int64            `json:"optedOut" doc:"Of the refused: who has turned news off in the mini-program"`
	InApp    int64            `json:"inApp" doc:"Messages in inboxes"`

	WaitingUntil *time.Time `json:"waitingUntil,omitempty" doc:"Nothing is sent before: quiet hours, or WeChat takes no more for now"`
}

type pushCounts struct {
	Sent          int64 `json:"sent"`
	Read          int64 `json:"read" doc:"Sent, and then read in the inbox"`
	NoPermit      int64 `json:"no_permit" doc:"No grant left"`
	Refused       int64 `json:"refused" doc:"The person takes none: WeChat says so, or they said so here, see optedOut"`
	Capped        int64 `json:"capped" doc:"The week's messages are used up"`
	QuietDeferred int64 `json:"quiet_deferred" doc:"Wait for the end of the quiet hours"`
	Failed        int64 `json:"failed" doc:"Certainly not sent"`
	Unknown       int64 `json:"unknown" doc:"Perhaps sent; never repeated"`
	Queued        int64 `json:"queued"`
	Sending       int64 `json:"sending"`
}

func figuresFrom(r push.Report) pushFigures {
	n := r.ByStatus
	return pushFigures{Status: r.Push.Status, Audience: r.Audience, InApp: r.InApp, OptedOut: r.OptedOut, WaitingUntil: r.WaitingUntil, ByStatus: pushCounts{
		Sent: n[model.DeliverySent], Read: n[model.DeliveryRead], NoPermit: n[model.DeliveryNoPermit], Refused: n[model.DeliveryRefused],
		Capped: n[model.DeliveryCapped], QuietDeferred: n[model.DeliveryQuietDeferred], Failed: n[model.DeliveryFailed],
		Unknown: n[model.DeliveryUnknown], Queued: n[model.DeliveryQueued], Sending: n[model.DeliverySending],
	}}
}

type pushEventOut struct {
	From model.PushStatus `json:"from,omitempty"`
	To   model.PushStatus `json:"to"`
	By   *model.UserID    `json:"by,omitempty" doc:"Left out when a worker did it"`
	At   time.Time        `json:"at"`
}

type pushReportOut struct {
	Push     pushOut           `json:"push"`
	Status   model.PushStatus  `json:"status" enum:"planned,audience_frozen,sending,paused,finished,stopped,missed"`
	Audience int64             `json:"audience" doc:"People with a verified residence when it was frozen"`
	ByStatus pushCounts        `json:"byStatus"`
	OptedOut int64             `json:"optedOut" doc:"Of the refused: who has turned news off in the mini-program"`
	InApp    int64             `json:"inApp" doc:"Messages in inboxes"`
	Articles []model.ArticleID `json:"articleIds" doc:"Newest first"`
	Events   []pushEventOut    `json:"events"`

	WaitingUntil *time.Time `json:"waitingUntil,omitempty" doc:"Nothing is sent before: quiet hours, or WeChat takes no more for now"`
}

func (a *API) getPushReport(ctx context.Context, actor model.Actor, in *pushIn) (*body[pushReportOut], error) {
	r, err := a.Push.Report(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	n := figuresFrom(r)
	out := pushReportOut{
		Push: pushFrom(r.Push), Status: n.Status, Audience: n.Audience, ByStatus: n.ByStatus, InApp: n.InApp,
		OptedOut: n.OptedOut, WaitingUntil: n.WaitingUntil, Articles: []model.ArticleID{}, Events: []pushEventOut{},
	}
	for _, article := range r.Articles {
		out.Articles = append(out.Articles, article.ID)
	}
	for _, e := range r.Events {
		event := pushEventOut{From: e.FromStatus, To: e.ToStatus, At: e.At}
		if !e.ActorID.IsZero() {
			event.By = &e.ActorID
		}
		out.Events = append(out.Events, event)
	}
	return &body[pushReportOut]{Body: out}, nil
}
