package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
)

// audience is which of the staff hear of a move.
type audience int

const (
	inCharge audience = iota // whoever it stands with now
	atLevel                  // those of the level it has reached
	above                    // those one level up
	watchful                 // whoever it stands with, and those of its level
	judgedBy                 // who gave the last answer, and those of its level
)

// staffSaying is what staff hear. The texts name the category and the receipt, never what was
// written, as with residents.
type staffSaying struct {
	to    audience
	title fault.Text
	text  fault.Text
}

// staffSayings are the moves that staff hear of. Whoever made one is not told.
var staffSayings = map[model.RequestMove]staffSaying{
	model.MoveDispatch: {inCharge, fault.Text{ZH: "有诉求派给您", EN: "A request was given to you"}, fault.Text{ZH: "“%s”诉求（编号 %s）已派给您，请及时签收办理。", EN: "The request about “%s” (%s) was given to you. Please begin in time."}},
	model.MoveReturn:   {atLevel, fault.Text{ZH: "诉求被退回", EN: "A request was returned"}, fault.Text{ZH: "“%s”诉求（编号 %s）被退回，请重新派办。", EN: "The request about “%s” (%s) was returned. Please give it to somebody else."}},
	model.MoveYellowCard: {
		watchful,
		fault.Text{ZH: "黄牌提醒：诉求即将到期", EN: "Yellow card: a request is nearly due"},
		fault.Text{ZH: "“%s”诉求（编号 %s）还有一个工作日到期，请抓紧办理。", EN: "The request about “%s” (%s) is due within one working day."},
	},
	model.MoveRedCard: {
		watchful,
		fault.Text{ZH: "红牌警示：诉求已逾期", EN: "Red card: a request is overdue"},
		fault.Text{ZH: "“%s”诉求（编号 %s）已逾期，请立即办理。", EN: "The request about “%s” (%s) is overdue. Please act now."},
	},
	model.MoveEscalation: {
		atLevel,
		fault.Text{ZH: "诉求升级督办", EN: "A request has come up to you"},
		fault.Text{ZH: "“%s”诉求（编号 %s）有环节超过时限，已升级到您这一级，请督办。", EN: "A step of the request about “%s” (%s) is overdue, and it has come up to your level."},
	},
	model.MoveUrge: {inCharge, fault.Text{ZH: "居民催办", EN: "A resident asks you to hurry"}, fault.Text{ZH: "居民催办“%s”诉求（编号 %s），请尽快办理。", EN: "The resident asks you to hurry with the request about “%s” (%s)."}},
	model.MoveExtension: {
		above,
		fault.Text{ZH: "延期申请待审批", EN: "More time is asked for"},
		fault.Text{ZH: "“%s”诉求（编号 %s）申请延期，请在到期前审批。", EN: "More time is asked for the request about “%s” (%s). Please decide before it is due."},
	},
	model.MoveExtensionGrant:   {inCharge, fault.Text{ZH: "延期申请已批准", EN: "More time was given"}, fault.Text{ZH: "“%s”诉求（编号 %s）的延期申请已批准。", EN: "The request about “%s” (%s) has more time."}},
	model.MoveExtensionRefusal: {inCharge, fault.Text{ZH: "延期申请未批准", EN: "More time was not given"}, fault.Text{ZH: "“%s”诉求（编号 %s）的延期申请未批准，请按期办理。", EN: "The request about “%s” (%s) has to be answered in time."}},
	model.MovePromiseBroken:    {watchful, fault.Text{ZH: "承诺逾期未兑现", EN: "A promise was broken"}, fault.Text{ZH: "对“%s”诉求（编号 %s）的承诺到期未兑现。", EN: "What was promised about the request about “%s” (%s) was not done by its day."}},
	model.MoveVisitDue:         {atLevel, fault.Text{ZH: "诉求待回访", EN: "A resident is to be asked"}, fault.Text{ZH: "“%s”诉求（编号 %s）答复后居民未评价，请回访核实；看不到提交人的，请在诉求对话中询问。", EN: "Nothing was heard after the answer to the request about “%s” (%s). Please ask the resident, in the conversation where you do not see who it is."}},
	model.MoveNaming:           named,
	model.MoveReferralAgreed:   {inCharge, fault.Text{ZH: "居民同意转交部门", EN: "The resident agrees to a referral"}, fault.Text{ZH: "“%s”诉求（编号 %s）的居民同意转交部门，时限继续计算。", EN: "The resident agrees that the request about “%s” (%s) is put before the department. Its time goes on."}},
	model.MoveReferralNo:       {inCharge, fault.Text{ZH: "居民不同意转交部门", EN: "The resident does not agree to a referral"}, fault.Text{ZH: "“%s”诉求（编号 %s）的居民不同意转交部门，请自行办理。", EN: "The resident does not agree that the request about “%s” (%s) is put before the department."}},
	model.MoveReferralAnswer:   {inCharge, fault.Text{ZH: "部门已答复", EN: "The department has answered"}, fault.Text{ZH: "“%s”诉求（编号 %s）转交的部门已答复，请查看并答复居民。", EN: "The department has answered about the request about “%s” (%s). Please answer the resident."}},
	model.MoveReferralReturn:   {inCharge, fault.Text{ZH: "部门退回转交", EN: "The department gave it back"}, fault.Text{ZH: "“%s”诉求（编号 %s）被部门退回，请查看原因。", EN: "The department gave back the request about “%s” (%s). Please read why."}},
	model.MoveResumption:       {inCharge, fault.Text{ZH: "诉求恢复办理", EN: "A request goes on"}, fault.Text{ZH: "“%s”诉求（编号 %s）已恢复办理，时限继续计算。", EN: "Work on the request about “%s” (%s) goes on, and so does its time."}},
}

// reopened is heard instead where a word about a reply opened the request anew.
var reopened = staffSaying{judgedBy, fault.Text{ZH: "诉求重新打开", EN: "A request was reopened"}, fault.Text{ZH: "“%s”诉求（编号 %s）的答复被评价为未解决，诉求已重新打开，须由此前经办人以外的同志办理。", EN: "The answer to the request about “%s” (%s) did not help. The request is open again, for somebody else than who answered it."}}

// partly is heard where it was only half of what was asked for.
var partly = staffSaying{judgedBy, fault.Text{ZH: "居民反馈部分解决", EN: "An answer helped in part"}, fault.Text{ZH: "“%s”诉求（编号 %s）的答复被评价为部分解决，请继续办理。", EN: "The answer to the request about “%s” (%s) helped in part. Please go on."}}

// wrote is heard where a resident wrote about a request that somebody has in hand.
var wrote = staffSaying{inCharge, fault.Text{ZH: "居民留言", EN: "A message of the resident"}, fault.Text{ZH: "居民在“%s”诉求（编号 %s）中留言，请查看回复。", EN: "The resident wrote about the request about “%s” (%s). Please read it."}}

// sayingOf is what staff hear of an event; false for nothing.
func (m *matter) sayingOf(e model.RequestEvent) (staffSaying, bool) {
	switch {
	case e.Reopens():
		return reopened, true
	case e.Outcome == model.OutcomePartly && !e.From.Ended():
		return partly, true
	case e.Kind == model.MoveVisitDue && e.Party != model.PartySystem:
		return staffSaying{}, false // the visit is in the same step
	case e.Held && (e.Kind == model.MoveReferralAnswer || e.Kind == model.MoveReferralReturn):
		return staffSaying{}, false // see MessageDecided
	case e.Kind == model.MoveMessage:
		return wrote, e.Party == model.PartyResident && !e.Held && !m.waits()
	}
	say, known := staffSayings[e.Kind]
	return say, known
}

// tellStaff tells those of the staff whom the steps concern.
func (m *matter) tellStaff(ctx context.Context, tx *store.Store) error {
	for _, e := range m.events {
		if e.Kind == model.MoveSubmission || e.Kind == model.MoveHandOver || e.Kind == model.MoveSuccession {
			if err := m.announce(ctx, tx, *e); err != nil {
				return err
			}
		}
		if say, known := m.sayingOf(*e); known {
			if err := m.service.tellThem(ctx, tx, m.Request, *e, say); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellThem tells an audience of an event, but not whoever made it.
func (s *Service) tellThem(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent, say staffSaying) error {
	people, err := s.audience(ctx, tx, r, say.to)
	if err == nil && (e.Kind == model.MoveVisitDue || e.Details().Clock == model.ClockVisit) {
		people, err = s.visitors(ctx, tx, r, people)
	}
	if err != nil {
		return err
	}
	for _, user := range people {
		if user == e.ActorID {
			continue
		}
		if err := s.notices.Tell(ctx, tx, staffNotice(user, r, e, say)); err != nil {
			return err
		}
	}
	return nil
}

// visitors are those of some people who may ask the resident how it was; where none of them may, those of
// the next level up that has somebody. Who is not named is not left out: that would tell who it is.
func (s *Service) visitors(ctx context.Context, tx *store.Store, r model.Request, people []model.UserID) ([]model.UserID, error) {
	history, err := s.matter(ctx, tx, r).history()
	hands := model.HandsOf(history)
	barred := func(user model.UserID) bool {
		return !hands.MayVisit(user) || r.Identity == model.IdentityNamed && user == r.SubmitterID
	}
	for level := r.Level; err == nil; level = level.Up() {
		if people = slices.DeleteFunc(people, barred); len(people) > 0 || level == model.LevelCounty {
			break
		}
		people, err = s.ofLevel(ctx, tx, r, level.Up())
	}
	return people, err
}

func staffNotice(user model.UserID, r model.Request, e model.RequestEvent, say staffSaying) model.Notice {
	category := nameOf(r.Category)
	return model.Notice{
		User: user, Kind: "request_" + string(e.Kind), Title: say.title,
		Text: fault.Text{ZH: fmt.Sprintf(say.text.ZH, category.ZH, r.Receipt), EN: fmt.Sprintf(say.text.EN, category.EN, r.Receipt)},
		Link: "pages/mailbox/handle?id=" + r.ID.String(),
		Key:  "request/" + e.ID.String(),
	}
}

// audience are the people of an audience, each once.
func (s *Service) audience(ctx context.Context, tx *store.Store, r model.Request, to audience) ([]model.UserID, error) {
	switch to {
	case inCharge:
		return s.inCharge(ctx, tx, r)
	case above:
		return s.ofLevel(ctx, tx, r, r.Level.Up())
	}
	people, err := s.ofLevel(ctx, tx, r, r.Level)
	if err != nil || to == atLevel {
		return people, err
	}
	others, err := s.inCharge(ctx, tx, r)
	if to == judgedBy {
		others, err = s.answered(ctx, tx, r)
	}
	return union(people, others), err
}

// answered is who gave the last answer to a request, if they may still handle it.
func (s *Service) answered(ctx context.Context, tx *store.Store, r model.Request) ([]model.UserID, error) {
	events, err := tx.RequestEvents.ListByRequest(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	answer, _ := model.LastOf(events, model.MoveReply)
	return s.able(ctx, someone(answer.ActorID), r)
}

// inCharge are whom a request stands with: who was given it, or the team that was, or else
// those of its level.
func (s *Service) inCharge(ctx context.Context, tx *store.Store, r model.Request) ([]model.UserID, error) {
	switch {
	case !r.AssigneeID.IsZero():
		people, err := s.able(ctx, someone(r.AssigneeID), r)
		if err != nil || len(people) > 0 {
			return people, err
		}
	case !r.TeamID.IsZero() && r.TeamID == r.GridID:
		return s.ofLevel(ctx, tx, r, model.LevelGrid)
	case !r.TeamID.IsZero() && r.TeamID == r.CommunityID:
		return s.ofLevel(ctx, tx, r, model.LevelCommunity)
	case !r.TeamID.IsZero():
		return s.ofTeam(ctx, r)
	}
	return s.ofLevel(ctx, tx, r, r.Level)
}

// ofTeam are those of the branch's team who may handle the request: helpers without a role
// could not even open it.
func (s *Service) ofTeam(ctx context.Context, r model.Request) ([]model.UserID, error) {
	place := r.EstateID
	if !r.BuildingID.IsZero() {
		place = r.BuildingID
	}
	team, err := s.teams.TeamOf(ctx, place)
	if err != nil {
		return nil, ignoring(err, fault.ErrNotFound, org.ErrNoBranch)
	}
	return s.able(ctx, team.People(), r)
}

// able are those of some people who may handle a request: nobody hears of what they may not see,
// though they were in charge of it once.
func (s *Service) able(ctx context.Context, people []model.UserID, r model.Request) ([]model.UserID, error) {
	return s.access.Able(ctx, people, access.MailboxHandle, r.Units()...)
}

// mayHandle says whether somebody has authority over a request.
func (s *Service) mayHandle(ctx context.Context, user model.UserID, r model.Request) (bool, error) {
	return s.access.May(ctx, model.Actor{User: user}, access.MailboxHandle, r.Units()...)
}

// ignoring is no error for those that are named.
func ignoring(err error, faults ...error) error {
	for _, f := range faults {
		if errors.Is(err, f) {
			return nil
		}
	}
	return err
}

// ofLevel are those who answer for requests at a level; where a level has nobody, those of the
// next one up that has.
func (s *Service) ofLevel(ctx context.Context, tx *store.Store, r model.Request, level model.RequestLevel) ([]model.UserID, error) {
	for {
		people, err := s.holders(ctx, tx, r, level)
		if err == nil {
			people, err = s.able(ctx, people, r)
		}
		if err != nil || len(people) > 0 || level == model.LevelCounty {
			return people, err
		}
		level = level.Up()
	}
}

func (s *Service) holders(ctx context.Context, tx *store.Store, r model.Request, level model.RequestLevel) ([]model.UserID, error) {
	switch level {
	case model.LevelGrid:
		if r.GridID.IsZero() {
			return nil, nil
		}
		worker, err := s.org.WorkerOf(ctx, r.GridID)
		return someone(worker.User), err
	case model.LevelBranch:
		secretary, err := s.org.SecretaryOf(ctx, r.BranchID)
		return someone(secretary.User), err
	case model.LevelCommunity:
		return held(tx.Grants.ListByUnit(ctx, r.CommunityID, model.CommunityWorker, tx.Now()))
	case model.LevelTown:
		return held(tx.Grants.ListByUnit(ctx, r.TownID, model.TownCommittee, tx.Now()))
	}
	units, err := s.policyUnits(ctx, r)
	if err != nil {
		return nil, err
	}
	return held(tx.Grants.ListByUnit(ctx, units[len(units)-1], model.CountyClerk, tx.Now()))
}

func someone(user model.UserID) []model.UserID {
	if user.IsZero() {
		return nil
	}
	return []model.UserID{user}
}

// held are who has some grants.
func held(grants []model.Grant, err error) (people []model.UserID, _ error) {
	for _, g := range grants {
		if !slices.Contains(people, g.UserID) {
			people = append(people, g.UserID)
		}
	}
	return people, err
}
