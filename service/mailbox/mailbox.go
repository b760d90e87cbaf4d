// Package mailbox is the red mailbox: residents say what is wrong, staff answer, and the
// resident has the last word.
//
// Anyone signed in may submit a request about an estate that a branch leads. Its text
// passes WeChat's check first: what passes is screened at once, anything else waits as
// submitted for a person, with its clocks running. Staff owe an acknowledgement within 24
// hours and a reply within 7 days. A reply waits 7 days for feedback: fixed closes the
// request, partly keeps it replied with the reply clock running anew, not fixed reopens it
// one level higher with new clocks, silence closes it as silent. An open request always has
// a running clock, and a clock is overdue because of what it says, never because of a mark.
//
// A request belongs to the units that were responsible when it was submitted, and staff
// with authority over one of them see it. When its branch is dissolved while it is open, it
// goes to the branch that leads its estate then. They see who submitted it only if the submitter
// gave a name. Messages go both ways; one whose text did not pass stays with its own side
// until somebody releases it, and so do the words of a reply or a refusal. Nobody is silent
// about a reply that was not shown. Photos and recordings go with a request, a message or a
// reply; the other side sees them once they have passed a check of their own, and never before
// the words they came with.
//
// Each move locks the request, is judged by the model's table, writes an immutable event,
// is recorded in the audit when staff made it, and is told to the submitter when it was not
// theirs. Of two people who press at once, the
// second hears illegal_transition with the new state.
package mailbox

import (
	"context"
	"errors"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/upload"
)

// Faults of the mailbox.
var (
	ErrDailyLimit = fault.Define(fault.RateLimited, "daily_limit_reached",
		"今天提交的诉求已达上限，请明天再来。", "You have submitted as many requests as one day allows. Please come back tomorrow.")
	ErrAlreadyUrged = fault.Define(fault.Conflict, "already_urged",
		"今天已经催办过了，请明天再来。", "You have urged this request today already.")
	ErrIdentityNotOffered = fault.Define(fault.Invalid, "identity_not_offered",
		"暂不提供密封提交，请选择实名或隐名。", "Sealed identities are not offered yet. Choose named or hidden.")
	ErrConversationFull = fault.Define(fault.Conflict, "conversation_full",
		"这条诉求的往来记录已满，请联系工作人员。", "This request cannot take more messages. Please contact the staff.")
)

// Settings are what an operator may want otherwise.
type Settings struct {
	DailyLimit int // requests a person may submit a day; 0 is no limit
	Clocks     model.ClockPolicy
}

// Defaults are 10 requests a day, 24 hours to acknowledge, 7 days to reply, and 7 days of
// silence until a request closes.
func Defaults() Settings {
	const day = 24 * time.Hour
	return Settings{DailyLimit: 10, Clocks: model.ClockPolicy{
		model.ClockAcknowledge: day, model.ClockReply: 7 * day, model.ClockSilence: 7 * day,
	}}
}

// Service runs the mailbox.
type Service struct {
	store    *store.Store
	access   *access.Service
	org      *org.Service
	texts    *moderation.Service
	uploads  *upload.Service
	notices  Notices
	settings Settings
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, texts *moderation.Service, uploads *upload.Service, notices Notices, settings Settings) *Service {
	return &Service{store: s, access: a, org: o, texts: texts, uploads: uploads, notices: notices, settings: settings}
}

// Settings are those in force.
func (s *Service) Settings() Settings { return s.settings }

// State is how a request stands after a move.
type State struct {
	ID      model.RequestID
	Receipt string
	Status  model.RequestStatus
	Outcome model.RequestOutcome
	Level   model.RequestLevel
	Clocks  model.RequestClocks
}

// mine finds a request of the actor's own. Faults: unauthenticated, not_found.
func (s *Service) mine(ctx context.Context, actor model.Actor, id model.RequestID) (model.Request, error) {
	if actor.Nobody() {
		return model.Request{}, fault.ErrUnauthenticated
	}
	request, err := s.store.Requests.Get(ctx, id)
	if err == nil && request.SubmitterID != actor.User {
		err = fault.ErrNotFound
	}
	return request, err
}

// within finds a request in the actor's authority.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) within(ctx context.Context, actor model.Actor, action access.Action, id model.RequestID) (model.Request, error) {
	return access.Find(ctx, s.access, actor, action, s.store.Requests.Get, id)
}

// eitherSide finds a request for its submitter or for staff, and says which of them the
// actor is. Faults: unauthenticated, not_found.
func (s *Service) eitherSide(ctx context.Context, actor model.Actor, action access.Action, id model.RequestID) (model.Request, model.RequestParty, error) {
	request, err := s.mine(ctx, actor, id)
	if !errors.Is(err, fault.ErrNotFound) {
		return request, model.PartyResident, err
	}
	request, err = s.within(ctx, actor, action, id)
	if errors.Is(err, fault.ErrForbidden) { // residents may read requests, but not this one
		err = fault.ErrNotFound
	}
	return request, model.PartyStaff, err
}

// check has a text of the actor's judged.
func (s *Service) check(ctx context.Context, actor model.Actor, text string) (moderation.Verdict, error) {
	return s.texts.Judge(ctx, actor.User, moderation.Text{Scene: moderation.Forum, Body: text})
}

// putBefore puts the held texts of new events before a person.
func (s *Service) putBefore(ctx context.Context, tx *store.Store, m *matter) error {
	for _, e := range m.events {
		if !e.Held {
			continue
		}
		item := model.ModerationItem{
			Kind: model.ModeratedMessage, ObjectID: model.ID[any](m.ID), ObjectVersion: e.Seq, UnitID: m.BranchID,
			WriterID: e.ActorID, Text: e.Text,
		}
		if err := s.texts.Hold(ctx, tx, item); err != nil {
			return err
		}
	}
	return nil
}

// written is a text without the space around it. Fault: invalid.
func written(path, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fault.InvalidField(path, "required", "请填写内容。", "Please write something.")
	}
	return text, nil
}
