// Package push tells people things: in the app's inbox always, by WeChat's subscribe
// message where they have agreed to one.
//
// # Consent
//
// WeChat lets us send what a person tapped "accept" for: one message a tap with a one-time
// template, any number with a long-term one. It never says how much is left, so there is a
// ledger. A tap may be told twice, by WeChat's own event and by the person's client. Each
// teller has a count and the greater one holds, so a tap told twice counts once. Once an
// event about a tap has reached us in the last thirty days, clients are not believed any
// more, because a client can say anything; so where WeChat's message push is set up the
// ledger never holds more than WeChat granted, and where it is not, clients are what there
// is, and a client that lies earns its owner a refusal (43101) that sets the ledger back.
//
// # At most once
//
// WeChat has no key by which it would know a message again, so a message must not be sent
// twice by us. Whoever sends first commits, in one transaction, that they will: the
// delivery is theirs for a lease, the person's grant and a place under the weekly cap are
// taken. Only then WeChat is called, and then the outcome is written. A delivery whose
// sender died in between, or whose answer was lost, is unknown: it counts as having used
// its grant and is never sent again. At most as many deliveries as a worker has under way
// can end so at its death. Where WeChat surely did not take a message, the grant and the
// place are given back.
//
// # Pushes
//
// Each unit has at most one push a date, ever. It tells of the articles that were
// published since the last one; with none there is no push. First its audience is frozen
// (the people with a verified residence in the unit's estates) and each of them gets a
// message in the inbox; then the subscribe messages go out, by as many workers as there
// are. Pausing and stopping bite between two batches. A daily slot that nobody served
// within two hours is recorded as missed and not sent. In quiet hours messages wait for
// their end, and for the next day when WeChat's daily quota is used up; the report says
// until when. Who has turned news off here is counted as refused, and once more apart.
// Nobody gets more than ten subscribe messages a week from all senders together, urgent
// ones apart. That somebody's request was answered is counted in the week and never held
// back by it, so that no news stands before it.
//
// # Notices
//
// What other services have to tell is a notice, written in the transaction of the fact it
// tells of. It is a message in the inbox, and a delivery of its own where it has a card.
package push

import (
	"context"
	"slices"
	"sync"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/jobs"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// Faults of this package.
var (
	ErrPushExists = fault.Define(fault.Conflict, "push_exists",
		"该日期已经推送过，每天只能推送一次。", "There is a push of this date already; there is one a day.")
	ErrNothing = fault.Define(fault.Conflict, "nothing_to_push",
		"上次推送之后没有新发布的文章。", "No article was published since the last push.")
	ErrUnknownTemplate = fault.Define(fault.Invalid, "unknown_template",
		"没有这个订阅消息模板。", "There is no such subscribe message template.")
)

// Rules that residents are told of.
const (
	WeeklyCap = 10            // subscribe messages a person gets in a week from all senders
	Lateness  = 2 * time.Hour // after which a slot is missed
)

const (
	lease       = 35 * time.Second // of a delivery; longer than callLimit and writing the outcome take
	callLimit   = 20 * time.Second // of one call to WeChat, renewing the token included
	settleLimit = 10 * time.Second // for writing outcomes, even when the job was called off
	sharers     = 4                // jobs of one push, and so the most processes that share it
	audienceAt  = 500              // people frozen in one transaction
	screenedAt  = 200              // deliveries looked at in one transaction
	daysAhead   = 366              // how far from today a demonstration may be dated
)

// Sender hands a subscribe message to WeChat.
type Sender interface {
	// SendSubscribe sends at most once; the class of its error says what is certain.
	SendSubscribe(ctx context.Context, m wechat.SubscribeMessage) (msgID int64, err error)
}

// Settings are what the deployment decides.
type Settings struct {
	Production  bool
	Concurrency int                       // most messages this process has under way to WeChat
	TemplateIDs map[model.Template]string // WeChat's ids
	LongTerm    []string                  // ids of long-term templates
}

// Service tells people things.
type Service struct {
	store    *store.Store
	access   *access.Service
	org      *org.Service
	wechat   Sender
	settings Settings
	lease    time.Duration
	slots    chan struct{} // one for each message under way

	mu   sync.Mutex
	busy map[model.PushID]bool // pushes this process is sending
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, w Sender, settings Settings) *Service {
	return &Service{
		store: s, access: a, org: o, wechat: w, settings: settings, lease: lease,
		slots: make(chan struct{}, max(1, settings.Concurrency)), busy: map[model.PushID]bool{},
	}
}

// Kinds of jobs.
const (
	freezeJob  = "push.freeze"
	sendJob    = "push.send"
	deliverJob = "push.deliver"
	outcomeJob = "push.outcome"
	dailyJob   = "push.daily"
)

// Work sets who does this package's jobs.
func (s *Service) Work(r *jobs.Runner) {
	r.Handle(freezeJob, s.freezeWork)
	r.Handle(sendJob, s.sendWork)
	r.Handle(deliverJob, s.deliverWork)
	r.Handle(outcomeJob, s.outcomeWork)
	r.Handle(dailyJob, func(ctx context.Context, _ model.Job) error { return s.Daily(ctx) })
	r.Repeat(jobs.Periodic{Kind: dailyJob, Slot: jobs.Every(time.Minute)})
}

// templateID is WeChat's id of a template.
func (s *Service) templateID(t model.Template) string { return s.settings.TemplateIDs[t] }

// ours finds which template an id of WeChat's is.
func (s *Service) ours(id string) (model.Template, bool) {
	for _, t := range model.Templates {
		if id != "" && s.templateID(t) == id {
			return t, true
		}
	}
	return "", false
}

func (s *Service) longTerm(id string) bool { return slices.Contains(s.settings.LongTerm, id) }
