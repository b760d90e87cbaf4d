package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/moderation"
	"jinlin/service/upload"
)

// Referred is a referral as its department sees it: what staff ask, what the request is about and
// where, and of the rest what the resident passed on, while it is theirs to answer.
type Referred struct {
	model.Referral
	Question  string
	Receipt   string
	Category  string
	EstateID  model.UnitID
	DueAt     *time.Time // when the branch has to answer; nil where no clock runs
	Text      string
	Location  string
	Position  model.Position
	Answers   []Answered
	Photos    upload.Attachments
	Submitter string // nickname
}

// ReferredTo pages what was referred to a department, or where none is named to those of the
// actor's authority, in a status, newest first. It says nothing of what residents wrote.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) ReferredTo(ctx context.Context, actor model.Actor, department model.UnitID, status model.ReferralStatus, page model.Page) (model.Listing[model.Referral], error) {
	departments, err := s.departments(ctx, actor, department)
	if err != nil || len(departments) == 0 {
		return model.Listing[model.Referral]{}, err
	}
	switch status {
	case model.ReferralAgreed, model.ReferralAnswered, model.ReferralReturned:
	default:
		return model.Listing[model.Referral]{}, fault.InvalidField("status", "unknown", "没有这个状态。", "There is no such status.")
	}
	return s.store.Referrals.List(ctx, departments, status, page)
}

// departments are those in the actor's authority, or the one that is named.
func (s *Service) departments(ctx context.Context, actor model.Actor, named model.UnitID) ([]model.UnitID, error) {
	if _, err := s.access.Ground(ctx, actor, access.ReferralAnswer, named); err != nil || !named.IsZero() {
		return []model.UnitID{named}, err
	}
	units, err := s.org.OfKind(ctx, model.Department)
	if err != nil {
		return nil, err
	}
	var mine []model.UnitID
	for _, unit := range units {
		may, err := s.access.May(ctx, actor, access.ReferralAnswer, unit.ID)
		if err != nil {
			return nil, err
		}
		if may {
			mine = append(mine, unit.ID)
		}
	}
	return mine, nil
}

// referred finds a referral that its department may see.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) referred(ctx context.Context, actor model.Actor, id model.ReferralID) (model.Referral, error) {
	referral, err := access.Find(ctx, s.access, actor, access.ReferralAnswer, s.store.Referrals.Get, id)
	if err == nil && (referral.ConsentAt == nil || referral.Status == model.ReferralDeclined || referral.Status == model.ReferralEnded) {
		err = fault.ErrNotFound
	}
	return referral, err
}

// ReadReferral shows one to its department. Faults: unauthenticated, forbidden, not_found.
func (s *Service) ReadReferral(ctx context.Context, actor model.Actor, id model.ReferralID) (Referred, error) {
	referral, err := s.referred(ctx, actor, id)
	if err != nil {
		return Referred{}, err
	}
	request, err := s.store.Requests.Get(ctx, referral.RequestID)
	if err != nil {
		return Referred{}, err
	}
	out := Referred{Referral: referral, Receipt: request.Receipt, Category: request.Category, EstateID: request.EstateID}
	if err := s.fillQuestion(ctx, &out); err != nil || !referral.Open() {
		return out, err
	}
	err = s.passOn(ctx, actor, request, &out)
	return out, err
}

// fillQuestion adds what staff ask, and by when they have to answer.
func (s *Service) fillQuestion(ctx context.Context, out *Referred) error {
	events, err := s.store.RequestEvents.ListByRequest(ctx, out.RequestID)
	if err != nil {
		return err
	}
	out.Question = eventAt(events, out.Seq).Text
	clocks, err := s.store.RequestClocks.ListByRequests(ctx, out.RequestID)
	for _, clock := range clocks {
		if clock.Name == model.ClockReply && clock.Running() {
			out.DueAt = &clock.DueAt
		}
	}
	return err
}

// passOn adds what the resident agreed to pass on, and nothing else.
func (s *Service) passOn(ctx context.Context, actor model.Actor, r model.Request, out *Referred) error {
	if out.Passes.Has(model.PassText) {
		out.Text = r.Text
	}
	if out.Passes.Has(model.PassLocation) {
		out.Location, out.Position = r.Location, r.Position
	}
	if out.Passes.Has(model.PassAnswers) {
		out.Answers = answered(r)
	}
	named := r.Source == model.SourceBox || r.Source == model.SourceGroup // a slip is signed, and a group shows who speaks
	if out.Passes.Has(model.PassPhotos) && !named {
		parts, err := s.uploads.Of(ctx, actor, model.HeldByRequest, model.ID[any](r.ID))
		if err != nil {
			return err
		}
		out.Photos = parts[1] // those that came with the submission
	}
	if !out.Passes.Has(model.PassName) || r.Identity != model.IdentityNamed {
		return nil
	}
	user, err := s.store.Users.Get(ctx, r.SubmitterID)
	if errors.Is(err, fault.ErrNotFound) { // an absentee, see package proxy
		return nil
	}
	out.Submitter = user.Nickname
	return err
}

// AnswerReferral is the department's word to the branch, which answers the resident. Words that do
// not pass the text check reach the branch once they are released.
// Faults: those of access.Find, own_matter, illegal_transition, invalid.
func (s *Service) AnswerReferral(ctx context.Context, actor model.Actor, id model.ReferralID, text string) (model.Referral, error) {
	return s.fromOffice(ctx, actor, id, model.MoveReferralAnswer, "text", text)
}

// ReturnReferral gives back what is not for the department, with a reason.
// Faults: those of access.Find, own_matter, illegal_transition, invalid.
func (s *Service) ReturnReferral(ctx context.Context, actor model.Actor, id model.ReferralID, reason string) (model.Referral, error) {
	return s.fromOffice(ctx, actor, id, model.MoveReferralReturn, "reason", reason)
}

// fromOffice writes what a department says. Its words stand with the referral and in no event:
// the branch says to the resident what becomes of them.
func (s *Service) fromOffice(ctx context.Context, actor model.Actor, id model.ReferralID, move model.RequestMove, path, text string) (model.Referral, error) {
	text, err := written(path, text)
	if err != nil {
		return model.Referral{}, err
	}
	referral, err := s.referred(ctx, actor, id)
	if err != nil {
		return referral, err
	}
	verdict, err := s.check(ctx, actor, text)
	if err != nil {
		return referral, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Referral, error) {
		m, err := s.take(ctx, tx, referral.RequestID)
		if err != nil {
			return referral, err
		}
		if err := m.notTheirs(ctx, tx, actor); err != nil {
			return referral, err
		}
		e := byStaff(actor, tx, move, "", "")
		e.Held = verdict != moderation.Passed
		return m.fromOffice(ctx, tx, actor, id, e, text)
	})
}

func (m *matter) fromOffice(ctx context.Context, tx *store.Store, actor model.Actor, id model.ReferralID, e model.RequestEvent, text string) (model.Referral, error) {
	moved, err := m.moveReferral(ctx, tx, id, e, func(r *model.Referral) error {
		r.Answer, r.AnswerSeq, r.OfficerID = text, m.Version, actor.User
		return nil
	})
	if err != nil {
		return moved, err
	}
	if e.Held {
		if err := m.service.putTextBefore(ctx, tx, m, *m.events[len(m.events)-1], text); err != nil {
			return moved, err
		}
	}
	err = audit.Record(ctx, tx, actor, audit.Act{
		Action: "mailbox." + string(e.Kind), ObjectKind: "referral", ObjectID: id, Unit: moved.DepartmentID, Detail: m.Receipt,
	})
	if err != nil {
		return moved, err
	}
	_, err = m.save(ctx, tx)
	return moved, err
}

// officeSaying is what a department's officers hear: the category and the receipt, as with others.
type officeSaying struct {
	kind        string
	title, text fault.Text
}

var (
	officeGot = officeSaying{
		"referral_agreed",
		fault.Text{ZH: "有诉求转交本部门", EN: "A request was referred to you"},
		fault.Text{ZH: "“%s”诉求（编号 %s）经居民同意转交本部门，请查看并答复。", EN: "The request about “%s” (%s) was referred to your department with the resident's consent."},
	}
	officeLost = officeSaying{
		"referral_over",
		fault.Text{ZH: "转交已撤回", EN: "A referral is over"},
		fault.Text{ZH: "“%s”诉求（编号 %s）不再转交本部门，无需答复。", EN: "The request about “%s” (%s) is not referred to your department any more. No answer is needed."},
	}
	officeAgain = officeSaying{
		"referral_again",
		fault.Text{ZH: "您的答复未通过复核", EN: "Your answer was not released"},
		fault.Text{ZH: "您对转交的“%s”诉求（编号 %s）的答复未通过复核，请重新答复。", EN: "What you answered about the request about “%s” (%s) was not released. Please answer again."},
	}
)

// tellOffice tells a department's officers of a referral.
func (m *matter) tellOffice(ctx context.Context, tx *store.Store, r model.Referral, say officeSaying) error {
	officers, err := held(tx.Grants.ListByUnit(ctx, r.DepartmentID, model.DepartmentOfficer, tx.Now()))
	for _, user := range officers {
		if err == nil {
			err = m.service.notices.Tell(ctx, tx, m.officeNotice(user, r, say, r.ID.String()))
		}
	}
	return err
}

func (m *matter) officeNotice(user model.UserID, r model.Referral, say officeSaying, key string) model.Notice {
	category := nameOf(m.Category)
	return model.Notice{
		User: user, Kind: say.kind, Title: say.title,
		Text: fault.Text{ZH: fmt.Sprintf(say.text.ZH, category.ZH, m.Receipt), EN: fmt.Sprintf(say.text.EN, category.EN, m.Receipt)},
		Link: "pages/mailbox/referral?id=" + r.ID.String(), Key: say.kind + "/" + key,
	}
}
