// Package mailbox is the red mailbox: residents say what is wrong, staff answer, and the
// resident has the last word.
//
// Anyone signed in may submit a request about an estate that a branch leads. Its text
// passes WeChat's check first: what passes is screened at once, anything else waits as
// submitted for a person, with its clocks running. Whoever accepts it gives it to the branch's
// team or to a person of it, or begins; whoever has it wrongly returns it, and the second return
// takes it a level up. Rules say by category and place whose team gets what is accepted, or what
// has just come in. A department of the county is asked only with the resident's consent, and sees
// what they pass on until it has answered or they say no; the branch answers the resident, and its
// time goes on. Work may rest for a reason, for some working days, and goes on by itself.
// More time is asked for before the time is up, and given by somebody else, once. A reply waits
// for feedback: fixed closes the request, partly keeps it replied with the reply clock running
// anew, not fixed reopens it one level higher with new clocks, and whoever answered or worked on it
// until then can neither give the next answer nor merge it away; from the second time on the unit
// that answered is named in writing, in the request's own course. Silence closes it as silent, or
// asks for a return visit first where the policy wants one, and where it was entered for somebody who
// has not taken it over and could not have said a word. A visit is made by somebody who has
// neither answered nor worked on it, closes nothing while the resident may still speak, and is
// told to the resident.
//
// What was said twice is merged. Whoever said it hears what becomes of the other, of every answer
// and of its end, also when that one is merged on; they read in their own request what was
// answered there, without names, and nothing else of it. They say what they think of each answer
// once: that is the word and the rating of their own request, and counts as such. Only the other's
// own submitter closes it. But "not fixed" of any of them, while the answer waits for a word, reopens
// it by the same rules, the first time that they say it; what they say so again is written down.
//
// How long each clock runs is said by policies: those of the county, or those of 12345 hot-lines
// that come with the program, in working time or by whatever day it is. An event says what it
// made of the clocks, so that they can be told from the events alone. A yellow card comes one
// working day before a clock runs out, a red card when the first day over begins, and then the
// request goes up rung by rung: grid, branch, community, town, county. An open request always has
// a running clock, and a clock is overdue because of what it says, never because of a mark.
//
// A request belongs to the units that were responsible when it was submitted, and staff
// with authority over one of them see it. When its branch is dissolved while it is open, it
// goes to the branch that leads its estate then. They see who submitted it only if the submitter
// gave a name. Of a sealed request they see a label, the same for all that somebody submits to
// that branch; who it is stands nowhere in the request's rows (package identity), and whether
// a residence of theirs is verified is not said, which could point at one person.
// Messages go both ways; one whose text did not pass stays with its own side
// until somebody releases it, and so do the words of a reply or a refusal. Nobody is silent
// about a reply that was not shown. Photos and recordings go with a request, a message or a
// reply; the other side sees them once they have passed a check of their own, and never before
// the words they came with.
//
// Nobody handles what they submitted themselves, under whatever name, nor what comes from somebody
// whose sealed identity they have had opened.
//
// Each move locks the request, comes after what the clocks did of themselves until then, is judged
// by the model's table, writes an immutable event, is recorded in the audit when staff made it, and
// is told to the submitter when it was not theirs, and to those of the staff whom it concerns. Of a
// new request those hear who can take it on: at once where its category cannot wait, otherwise on
// the next full hour of the day, once for all that wait. Of two people who press at once, the second
// hears illegal_transition with the new state.
package mailbox

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/identity"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/team"
	"jinlin/service/upload"
)

// Faults of the mailbox.
var (
	ErrDailyLimit = fault.Define(fault.RateLimited, "daily_limit_reached",
		"今天提交的诉求已达上限，请明天再来。", "You have submitted as many requests as one day allows. Please come back tomorrow.")
	ErrAlreadyUrged = fault.Define(fault.Conflict, "already_urged",
		"今天已经催办过了，请明天再来。", "You have urged this request today already.")
	ErrSamePerson = fault.Define(fault.Conflict, "same_person",
		"须由其他同志办理：此前的答复、办理或申请是您经手的。", "Somebody else has to do this: the answer, the work or the request before it was yours.")
	ErrPauseTooLong = fault.Define(fault.Conflict, "pause_too_long",
		"暂停时间超过上限。", "Work cannot rest that long.")
	ErrOverdue = fault.Define(fault.Conflict, "already_overdue",
		"诉求已逾期，不能再暂停或延期。", "It is overdue: it can neither rest nor have more time.")
	ErrExtensionTooLong = fault.Define(fault.Conflict, "extension_too_long",
		"延期超过上限。", "That is more time than an extension can give.")
	ErrExtended = fault.Define(fault.Conflict, "extension_used",
		"该诉求已申请过延期。", "More time has been asked for already.")
	ErrNoExtension = fault.Define(fault.Conflict, "no_extension",
		"没有待审批的延期申请。", "Nobody asks for more time.")
	ErrNotProposed = fault.Define(fault.Conflict, "not_proposed",
		"答复中没有说明无法解决，不能以“已解释”办结。", "The answer did not say that nothing could be done, so it cannot be closed as explained.")
	ErrOwnMatter = fault.Define(fault.Forbidden, "own_matter",
		"不能办理与本人有关的诉求，请由其他同志办理。", "You cannot handle a request that concerns yourself. Somebody else has to.")
	ErrKnowsWho = fault.Define(fault.Forbidden, "identity_opened",
		"您已查看或正在申请查看该提交人的密封身份，不能再办理其诉求，请由其他同志办理。",
		"You have had the sealed identity behind it opened, or ask for that. Somebody else has to handle it.")
	ErrVisitTooSoon = fault.Define(fault.Conflict, "visit_too_soon",
		"居民评价的时间还没有结束，暂不能以回访办结；居民表示未解决的可以随时登记。",
		"The resident still has time to speak, so a visit cannot close it yet. That it is not fixed can be written down at any time.")
	ErrPhotoMissing = fault.Define(fault.Conflict, "photo_missing",
		"请附上办理结果的照片；确实无法解决的，请选择“已解释”并说明原因。",
		"Please show in a photo what was done; or say that nothing could be, and why.")
	ErrJudged = fault.Define(fault.Conflict, "already_judged",
		"您已对这次答复作过评价。", "You have said what you think of this answer already.")
	ErrConversationFull = fault.Define(fault.Conflict, "conversation_full",
		"这条诉求的往来记录已满，请联系工作人员。", "This request cannot take more messages. Please contact the staff.")
)

// Settings are what an operator may want otherwise.
type Settings struct {
	DailyLimit    int                 // requests a person may submit a day; 0 is no limit
	Hours         []model.OfficeHours // none are the default
	PauseDays     int                 // working days that one pause may last
	AllPausesDays int                 // and all of a request's together
	ExtensionDays int                 // working days that the one extension may give
}

// Defaults are 10 requests a day, pauses of 5 working days and of 10 in all, and one extension
// of 7. How long clocks run is said by policies, see model.ClockPresets.
func Defaults() Settings {
	return Settings{DailyLimit: 10, PauseDays: 5, AllPausesDays: 10, ExtensionDays: 7}
}

// Service runs the mailbox.
type Service struct {
	store    *store.Store
	access   *access.Service
	org      *org.Service
	texts    *moderation.Service
	uploads  *upload.Service
	notices  Notices
	teams    *team.Service
	settings Settings
	listen   []Listener
	conceal  Concealer
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, texts *moderation.Service, uploads *upload.Service, notices Notices, settings Settings) *Service {
	return &Service{
		store: s, access: a, org: o, texts: texts, uploads: uploads, notices: notices, teams: team.New(s, a, o), settings: settings,
	}
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
	if err != nil {
		return request, err
	}
	own, err := identity.Is(ctx, s.store, request.SubmitterID, actor.User)
	if err == nil && !own {
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
		if err := s.putTextBefore(ctx, tx, m, *e, e.Text); err != nil {
			return err
		}
	}
	return nil
}

// putTextBefore puts words that came with a held event before a person.
func (s *Service) putTextBefore(ctx context.Context, tx *store.Store, m *matter, e model.RequestEvent, text string) error {
	return s.texts.Hold(ctx, tx, model.ModerationItem{
		Kind: model.ModeratedMessage, ObjectID: model.ID[any](m.ID), ObjectVersion: e.Seq, UnitID: m.BranchID,
		WriterID: e.ActorID, Text: text,
	})
}

// written is a text without the space around it. Fault: invalid.
func written(path, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fault.InvalidField(path, "required", "请填写内容。", "Please write something.")
	}
	return text, nil
}
