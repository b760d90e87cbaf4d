package mailbox

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Faults of referrals.
var (
	ErrReferred = fault.Define(fault.Conflict, "already_referred",
		"该诉求已在征求居民意见或已转交部门。", "This request is being referred to a department already.")
	ErrSpeaksForSelf = fault.Define(fault.Conflict, "resident_decides",
		"该诉求由居民本人提交，须由本人在小程序中确认。", "The resident submitted this themselves, and decides in the mini-program.")
	ErrQuestionWaits = fault.Define(fault.Conflict, "question_waits",
		"转交说明正在审核，审核通过后才能同意。", "What the department is asked has not been released yet. Nobody can agree to what they have not read.")
)

// Refer asks the resident to agree that a department of the county is asked; the text says what
// for, and they read it. Its clocks go on. A request has one referral at a time.
// Faults: unauthenticated, forbidden, not_found, own_matter, illegal_transition, invalid,
// already_referred, unit_ended.
func (s *Service) Refer(ctx context.Context, actor model.Actor, id model.RequestID, department model.UnitID, text string) (State, error) {
	text, err := written("text", text)
	if err != nil {
		return State{}, err
	}
	if _, err := s.within(ctx, actor, access.MailboxHandle, id); err != nil {
		return State{}, err
	}
	if _, err := s.standing(ctx, "departmentId", department, model.Department); err != nil {
		return State{}, ignoringDepartment(err)
	}
	refer := func(tx *store.Store, m *matter, e model.RequestEvent) error {
		now := tx.Now()
		if err := stays(ctx, tx, department); err != nil {
			return err
		}
		r := model.Referral{
			ID: model.NewID[model.Referral](now), RequestID: m.ID, DepartmentID: department, Status: model.ReferralAsked,
			AskedBy: actor.User, Live: model.Lasting(), CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		e.To = m.Status
		if err := m.step(e.With(model.EventDetails{TeamID: department, Referral: r.ID})); err != nil {
			return err
		}
		r.Seq = m.Version
		err := tx.Referrals.Add(ctx, &r)
		if errors.Is(err, store.ErrDuplicate) {
			err = ErrReferred
		}
		return err
	}
	return s.staffSays(ctx, actor, id, model.MoveReferral, "", text, nil, refer)
}

// stays says whether a department stands and its end is not set: one that is being closed has no time
// to answer. Fault: unit_ended.
func stays(ctx context.Context, tx *store.Store, department model.UnitID) error {
	unit, err := tx.Units.GetStanding(ctx, department, model.DateOf(tx.Now()))
	if err == nil && unit.ValidTo != nil {
		err = store.ErrUnitEnded
	}
	return err
}

// ignoringDepartment says of a unit that is no department what is missing.
func ignoringDepartment(err error) error {
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	return fault.InvalidField("departmentId", "unknown", "没有找到这个部门。", "There is no such department.")
}

// Consent is a resident's word on a referral.
type Consent struct {
	Agrees bool
	Passes []model.Passed   // what the department may see
	How    model.ConsentHow // how staff heard it; "" in the mini-program
}

// DecideReferral is the resident's own word. They may say no as long as the department has not
// answered; it sees nothing any more then. Nobody agrees to a question that they cannot read yet.
// Faults: unauthenticated, not_found, illegal_transition, invalid, question_waits, unit_ended.
func (s *Service) DecideReferral(ctx context.Context, actor model.Actor, id model.ReferralID, c Consent) (State, error) {
	if actor.Nobody() {
		return State{}, fault.ErrUnauthenticated
	}
	referral, err := s.store.Referrals.Get(ctx, id)
	if err != nil {
		return State{}, err
	}
	c.How = model.ConsentByTap
	return s.residentMove(ctx, actor, referral.RequestID, func(tx *store.Store, m *matter) error {
		return m.decideReferral(ctx, tx, id, c, byResident(actor, tx, ""))
	})
}

// RecordConsent writes down what somebody said for whom others entered the request.
// Faults: those of access.Find, own_matter, illegal_transition, invalid, resident_decides,
// question_waits, unit_ended.
func (s *Service) RecordConsent(ctx context.Context, actor model.Actor, id model.ReferralID, c Consent) (State, error) {
	referral, err := s.referralIn(ctx, actor, access.MailboxEnter, id)
	if err != nil {
		return State{}, err
	}
	return s.staffMove(ctx, actor, referral.RequestID, "referral_consent", func(tx *store.Store, m *matter) error {
		absentee, err := tx.Absentees.GetByRequest(ctx, m.ID)
		if errors.Is(err, fault.ErrNotFound) || err == nil && absentee.ClaimedAt != nil {
			return ErrSpeaksForSelf
		}
		if err != nil {
			return err
		}
		if slices.Contains(c.Passes, model.PassName) { // it is sealed, and opened one by one
			return errNotNamed()
		}
		return m.decideReferral(ctx, tx, id, c, byStaff(actor, tx, "", "", ""))
	})
}

func errNotNamed() error {
	return fault.InvalidField("passes", "not_named", "该诉求未实名，不能转交姓名。", "The request is not named, so no name can be passed on.")
}

// referralIn finds a referral of a request in the actor's authority.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) referralIn(ctx context.Context, actor model.Actor, action access.Action, id model.ReferralID) (model.Referral, error) {
	if _, err := s.access.Units(ctx, actor, action); err != nil {
		return model.Referral{}, err
	}
	referral, err := s.store.Referrals.Get(ctx, id)
	if err == nil {
		_, err = s.within(ctx, actor, action, referral.RequestID)
	}
	return referral, err
}

func (m *matter) decideReferral(ctx context.Context, tx *store.Store, id model.ReferralID, c Consent, e model.RequestEvent) error {
	if c.Agrees && slices.Contains(c.Passes, model.PassName) && m.Identity != model.IdentityNamed {
		return errNotNamed()
	}
	e.Kind = model.MoveReferralNo
	if c.Agrees {
		e.Kind = model.MoveReferralAgreed
	}
	referral, err := m.moveReferral(ctx, tx, id, e, func(r *model.Referral) error {
		now := tx.Now()
		r.ConsentHow, r.ConsentAt, r.Passes = c.How, &now, ""
		if !c.Agrees {
			return nil
		}
		r.Passes = model.PassesOf(c.Passes)
		if _, err := tx.Units.GetStanding(ctx, r.DepartmentID, model.DateOf(now)); err != nil {
			return err
		}
		return m.askedAloud(ctx, tx, *r)
	})
	if err != nil || !c.Agrees {
		return err
	}
	return m.tellOffice(ctx, tx, referral, officeGot)
}

// askedAloud says whether the resident can read what a department is asked. Fault: question_waits.
func (m *matter) askedAloud(ctx context.Context, tx *store.Store, r model.Referral) error {
	events, err := m.course()
	if err != nil {
		return err
	}
	aloud, err := shown(ctx, tx, eventAt(events, r.Seq))
	if err == nil && !aloud {
		err = ErrQuestionWaits
	}
	return err
}

// eventAt is the event of a number; the zero event where there is none.
func eventAt(events []model.RequestEvent, seq int) model.RequestEvent {
	if i := slices.IndexFunc(events, func(e model.RequestEvent) bool { return e.Seq == seq }); i >= 0 {
		return events[i]
	}
	return model.RequestEvent{}
}

// moveReferral takes a referral along an arrow, with the event of its request, which is the
// newest when change is called. A department hears of it when something is not theirs any more.
func (m *matter) moveReferral(ctx context.Context, tx *store.Store, id model.ReferralID, e model.RequestEvent, change func(*model.Referral) error) (model.Referral, error) {
	referral, err := tx.Referrals.GetLocked(ctx, id)
	if err != nil {
		return referral, err
	}
	was := referral
	if err := referral.Step(e.Kind, tx.Now()); err != nil {
		return referral, err
	}
	e.To = m.Status
	if err := m.step(e.With(model.EventDetails{TeamID: referral.DepartmentID, Referral: id})); err != nil {
		return referral, err
	}
	if err := change(&referral); err != nil {
		return referral, err
	}
	if err := store.Held(tx.Referrals.SaveMoved(ctx, referral, was.Version)); err != nil || !was.Open() {
		return referral, err
	}
	if e.Kind == model.MoveReferralNo || e.Kind == model.MoveReferralBack {
		err = m.tellOffice(ctx, tx, referral, officeLost)
	}
	return referral, err
}

// endReferral ends the referral of a request that is over.
func (m *matter) endReferral(ctx context.Context, tx *store.Store) error {
	live, err := tx.Referrals.GetLive(ctx, m.ID)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = tx.Referrals.SaveEnded(ctx, live.ID, tx.Now())
	}
	if err != nil || !live.Open() {
		return err
	}
	return m.tellOffice(ctx, tx, live, officeLost)
}

// TakeBack ends a referral that staff need no more.
// Faults: those of access.Find, own_matter, illegal_transition.
func (s *Service) TakeBack(ctx context.Context, actor model.Actor, id model.ReferralID) (State, error) {
	referral, err := s.referralIn(ctx, actor, access.MailboxHandle, id)
	if err != nil {
		return State{}, err
	}
	return s.staffMove(ctx, actor, referral.RequestID, model.MoveReferralBack, func(tx *store.Store, m *matter) error {
		_, err := m.moveReferral(ctx, tx, id, byStaff(actor, tx, model.MoveReferralBack, "", ""), func(*model.Referral) error { return nil })
		return err
	})
}

// Asked is a referral as the two sides of its request see it.
type Asked struct {
	model.Referral
	Question string
	Waits    bool // the department's answer waits for somebody who releases it
}

// Referrals are those of a request, oldest first, for both sides. The resident sees neither what
// the department told the staff nor who of it did, and staff see no answer that waits for release.
// Faults: unauthenticated, not_found.
func (s *Service) Referrals(ctx context.Context, actor model.Actor, id model.RequestID) (list []Asked, err error) {
	_, party, err := s.eitherSide(ctx, actor, access.MailboxRead, id)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.Referrals.ListByRequest(ctx, id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	events, err := s.events(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		asked, err := s.askedFor(ctx, party, r, events)
		if err != nil {
			return nil, err
		}
		list = append(list, asked)
	}
	return list, nil
}

func (s *Service) askedFor(ctx context.Context, party model.RequestParty, r model.Referral, events []model.RequestEvent) (Asked, error) {
	asked := Asked{Referral: r}
	if e := eventAt(events, r.AnswerSeq); e.Held { // and what was refused is not shown either
		item, err := heldItem(ctx, s.store, e)
		if err != nil {
			return asked, err
		}
		asked.Waits, asked.Answer = item.Status == model.TextHeld, ""
	}
	if e := eventAt(events, r.Seq); open(party, e) {
		asked.Question = e.Text
	}
	if party == model.PartyResident {
		asked.Waits, asked.Answer, asked.OfficerID, asked.AskedBy = false, "", model.UserID{}, model.UserID{}
	}
	return asked, nil
}

// retractReferral takes back what was asked of a department or answered by it, in words that were
// refused, unless something came of it: a question ends with them, after an answer the department
// is asked again.
func (m *matter) retractReferral(ctx context.Context, tx *store.Store, words model.RequestEvent) error {
	rows, err := tx.Referrals.ListByRequest(ctx, m.ID)
	if err != nil || m.Status.Ended() {
		return err
	}
	asks := words.Kind == model.MoveReferral
	over := slices.ContainsFunc(rows, func(r model.Referral) bool { return !asks && r.Live != nil })
	i := slices.IndexFunc(rows, func(r model.Referral) bool {
		return asks && r.Seq == words.Seq && r.Status == model.ReferralAsked || !asks && r.AnswerSeq == words.Seq
	})
	if i < 0 || over {
		return nil
	}
	referral, err := m.redoReferral(ctx, tx, rows[i].ID)
	if err != nil {
		return err
	}
	gone := stays(ctx, tx, referral.DepartmentID)
	if ignoring(gone, store.ErrUnitEnded) != nil {
		return gone
	}
	if !asks && gone != nil {
		return m.endUnanswered(ctx, tx, referral)
	}
	if _, err := m.save(ctx, tx); err != nil {
		return err
	}
	if !asks {
		return m.service.notices.Tell(ctx, tx, m.officeNotice(words.ActorID, referral, officeAgain, words.ID.String()))
	}
	return m.service.notices.Tell(ctx, tx, staffNotice(words.ActorID, m.Request, *m.events[len(m.events)-1], notAsked))
}

func (m *matter) redoReferral(ctx context.Context, tx *store.Store, id model.ReferralID) (model.Referral, error) {
	e := model.RequestEvent{Kind: model.MoveReferralRedo, Party: model.PartySystem, At: tx.Now()}
	return m.moveReferral(ctx, tx, id, e, func(r *model.Referral) error {
		r.Answer, r.AnswerSeq, r.OfficerID = "", 0, model.UserID{}
		return nil
	})
}

// endUnanswered ends a referral whose department has nobody any more who could answer it again.
func (m *matter) endUnanswered(ctx context.Context, tx *store.Store, r model.Referral) error {
	e := model.RequestEvent{Kind: model.MoveReferralBack, Party: model.PartySystem, At: tx.Now()}
	if _, err := m.moveReferral(ctx, tx, r.ID, e, func(*model.Referral) error { return nil }); err != nil {
		return err
	}
	if _, err := m.save(ctx, tx); err != nil {
		return err
	}
	return m.service.tellThem(ctx, tx, m.Request, *m.events[len(m.events)-1], unanswered)
}

// unanswered is what staff hear whose referral ends without an answer.
var unanswered = staffSaying{inCharge, fault.Text{ZH: "部门未能答复", EN: "The department cannot answer"}, fault.Text{ZH: "“%s”诉求（编号 %s）转交的部门已撤销，没有可用的答复，请自行办理。", EN: "The department that was asked about the request about “%s” (%s) is closed, and no answer of it can be used. Please go on without."}}

// notAsked is what staff hear whose question to a department cannot be shown.
var notAsked = staffSaying{
	title: fault.Text{ZH: "转交说明未通过复核", EN: "What you asked a department was not released"},
	text:  fault.Text{ZH: "您为“%s”诉求（编号 %s）写的转交说明未通过复核，未征求居民意见，请重新填写。", EN: "What you asked a department about the request about “%s” (%s) was not released, and the resident was not asked. Please write it again."},
}
