// Package tenure knows who is secretary of which branch, since when, and by whose decision.
//
// A secretary is proposed with where they were found: retired from a county organ or a state
// firm, or a member who lives in the estate. Three standards are judged by name: politically
// sound, recognised by the residents, capable. When the last judgement of each is that it is
// met, somebody other than who proposed may approve. On the planned day the tenure starts:
// by hand, or by itself as the day begins.
//
// A branch has one secretary at most, by a unique key: of two that start at once one hears
// post_taken. The post gives the grant of a secretary and its end takes it, in the same
// transaction; suspension takes it for a time and keeps the post. A tenure ends with its
// term, by resignation, by adjustment, or with its branch. A branch without anybody in post
// is on the list of vacancies from that moment on.
package tenure

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
)

// Faults of tenures.
var (
	ErrPostTaken = fault.Define(fault.Conflict, "post_taken",
		"该党支部已有在任书记，请先办理其离任。", "This branch has a secretary already. End that tenure first.")
	ErrOwnProposal = fault.Define(fault.Forbidden, "own_proposal",
		"提名人和本人不能批准，请由他人审批。", "Neither who proposed nor the person themselves may approve. Ask somebody else.")
	ErrOneself = fault.Define(fault.Forbidden, "own_candidacy",
		"不能提名或评议本人，请由他人办理。", "Nobody proposes or judges themselves. Ask somebody else.")
	ErrTooEarly = fault.Define(fault.Conflict, "too_early",
		"尚未到任职起始日期。", "The first day in post has not come yet.")
)

// Service keeps tenures.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service) *Service {
	return &Service{store: s, access: a, org: o}
}

// Proposal names a secretary to be.
type Proposal struct {
	BranchID   model.UnitID
	UserID     model.UserID
	Name       string // as it will be published
	Source     model.SecretarySource
	FormerUnit string     // required of a retired cadre
	StartsOn   model.Date // empty: today
}

// Propose opens a tenure of somebody else. Faults: unauthenticated, forbidden, not_found,
// invalid, own_candidacy.
func (s *Service) Propose(ctx context.Context, actor model.Actor, p Proposal) (model.Tenure, error) {
	if err := s.access.Require(ctx, actor, access.TenurePropose, p.BranchID); err != nil {
		return model.Tenure{}, err
	}
	if p.UserID == actor.User {
		return model.Tenure{}, ErrOneself
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Tenure, error) {
		t, err := draft(ctx, tx, p)
		if err != nil {
			return t, err
		}
		t.ProposedBy = actor.User
		event, err := t.Step(model.ProposeTenure, actor.User, "", tx.Now())
		if err != nil {
			return t, err
		}
		if err := errors.Join(tx.Tenures.Add(ctx, &t), tx.TenureEvents.Add(ctx, event)); err != nil {
			return t, err
		}
		return t, audit.Record(ctx, tx, actor, act(model.ProposeTenure, t))
	})
}

// draft is the tenure as the form tells it. Fault: invalid.
func draft(ctx context.Context, tx *store.Store, p Proposal) (model.Tenure, error) {
	today := model.DateOf(tx.Now())
	t := model.Tenure{
		ID: model.NewID[model.Tenure](tx.Now()), BranchID: p.BranchID, UserID: p.UserID, Name: strings.TrimSpace(p.Name),
		Source: p.Source, FormerUnit: strings.TrimSpace(p.FormerUnit), StartsOn: p.StartsOn, CreatedAt: tx.Now(),
	}
	if t.StartsOn == "" {
		t.StartsOn = today
	}
	branch, err := tx.Units.GetStanding(ctx, p.BranchID, max(today, t.StartsOn))
	if err != nil && !errors.Is(err, store.ErrUnitEnded) {
		return t, err
	}
	switch {
	case branch.Kind != model.Branch || !branch.In(max(today, t.StartsOn)):
		return t, fault.InvalidField("branchId", "unknown", "没有找到这个党支部。", "There is no such branch on that day.")
	case t.StartsOn < today:
		return t, fault.InvalidField("startsOn", "in_the_past", "任职日期不能早于今天。", "A tenure starts today or later.")
	case t.Source == model.RetiredCadre && t.FormerUnit == "":
		return t, fault.InvalidField("formerUnit", "required", "请填写原工作单位。", "Name where they worked before.")
	}
	_, err = tx.Users.Get(ctx, p.UserID)
	if errors.Is(err, fault.ErrNotFound) {
		err = fault.InvalidField("userId", "unknown", "没有找到这个人。", "There is no such person.")
	}
	return t, err
}

func act(move model.TenureMove, t model.Tenure) audit.Act {
	return audit.Act{Action: "tenure." + string(move), ObjectKind: "tenure", ObjectID: t.ID, Unit: t.BranchID, Detail: string(t.Status)}
}

// Judgement is what somebody judges of a standard.
type Judgement struct {
	Standard model.Standard
	Met      bool
	Note     string
}

// Judge records a judgement of somebody else. With the one by which all three are met, the
// standards are checked. Faults: unauthenticated, forbidden, not_found, illegal_transition,
// own_candidacy.
func (s *Service) Judge(ctx context.Context, actor model.Actor, id model.TenureID, j Judgement) (model.Tenure, error) {
	return s.step(ctx, actor, id, access.TenurePropose, func(tx *store.Store, t *model.Tenure) error {
		if t.UserID == actor.User {
			return ErrOneself
		}
		trial := *t
		checked, err := trial.Step(model.CheckTenure, actor.User, "", tx.Now())
		if err != nil {
			return err
		}
		judgements, err := tx.TenureJudgements.ListOf(ctx, id)
		if err != nil {
			return err
		}
		row := model.TenureJudgement{
			ID: model.NewID[model.TenureJudgement](tx.Now()), TenureID: id, Seq: len(judgements) + 1,
			Standard: j.Standard, Met: j.Met, Note: strings.TrimSpace(j.Note), JudgedBy: actor.User, At: tx.Now(),
		}
		err = errors.Join(tx.TenureJudgements.Add(ctx, &row), audit.Record(ctx, tx, actor, act(model.CheckTenure, *t)))
		if err != nil || !model.AllMet(append(judgements, row)) {
			return err
		}
		*t = trial
		return tx.TenureEvents.Add(ctx, checked)
	})
}

// Approve lets the committee's word count: somebody else than who proposed, and not the
// person themselves. Faults: unauthenticated, forbidden, not_found, illegal_transition, own_proposal.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.TenureID, note string) (model.Tenure, error) {
	return s.step(ctx, actor, id, access.TenureDecide, func(tx *store.Store, t *model.Tenure) error {
		if t.ProposedBy == actor.User || t.UserID == actor.User {
			return ErrOwnProposal
		}
		body, err := s.appointing(ctx, t.BranchID)
		if err != nil {
			return err
		}
		t.ApprovedBy, t.AppointedByUnit = actor.User, body
		return move(ctx, tx, actor, t, model.ApproveTenure, note)
	})
}

// appointing is the body in whose name a secretary of a branch is approved: the town's
// committee, or the town where it has none.
func (s *Service) appointing(ctx context.Context, branch model.UnitID) (model.UnitID, error) {
	chain, err := s.org.Reach(ctx, branch)
	if err != nil {
		return model.UnitID{}, err
	}
	units, err := s.org.Units(ctx, chain)
	var town model.UnitID
	for _, unit := range units {
		switch unit.Kind {
		case model.Committee:
			return unit.ID, err
		case model.Town:
			town = unit.ID
		}
	}
	return town, err
}

// Reject ends a proposal, with a reason.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Reject(ctx context.Context, actor model.Actor, id model.TenureID, reason string) (model.Tenure, error) {
	return s.plain(ctx, actor, id, model.RejectTenure, reason)
}

func (s *Service) plain(ctx context.Context, actor model.Actor, id model.TenureID, m model.TenureMove, note string) (model.Tenure, error) {
	return s.step(ctx, actor, id, access.TenureDecide, func(tx *store.Store, t *model.Tenure) error {
		return move(ctx, tx, actor, t, m, note)
	})
}

// step lets whoever may do it move a tenure, once for their key, on record.
func (s *Service) step(ctx context.Context, actor model.Actor, id model.TenureID, action access.Action, do func(tx *store.Store, t *model.Tenure) error) (model.Tenure, error) {
	if _, err := access.Find(ctx, s.access, actor, action, s.store.Tenures.Get, id); err != nil {
		return model.Tenure{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Tenure, error) {
		t, err := tx.Tenures.GetLocked(ctx, id)
		if err != nil {
			return t, err
		}
		read := t.Version
		if err := do(tx, &t); err != nil || t.Version == read {
			return t, err
		}
		return t, save(ctx, tx, t, read)
	})
}

// save writes a moved tenure. Fault: post_taken.
func save(ctx context.Context, tx *store.Store, t model.Tenure, read int) error {
	err := store.Held(tx.Tenures.SaveMoved(ctx, t, read))
	if errors.Is(err, store.ErrDuplicate) {
		return ErrPostTaken
	}
	return err
}

// move takes a step and writes its event, and the audit where a person made it.
func move(ctx context.Context, tx *store.Store, actor model.Actor, t *model.Tenure, m model.TenureMove, note string) error {
	event, err := t.Step(m, actor.User, strings.TrimSpace(note), tx.Now())
	if err != nil {
		return err
	}
	if err := tx.TenureEvents.Add(ctx, event); err != nil || actor.Nobody() {
		return err
	}
	return audit.Record(ctx, tx, actor, act(m, *t))
}
