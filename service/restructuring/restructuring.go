// Package restructuring changes which branches there are and which estates they lead.
//
// A restructuring is a batch: branches to be founded, branches that shall be called
// otherwise or lead other estates, and branches to be dissolved, each with its successor. It
// is drafted, submitted, and approved by somebody who had no hand in the draft; on its day
// it takes effect, in one transaction and once. Until then it can be withdrawn. Nothing is
// deleted: units and covers end on that day and others begin, so that any day can be asked
// for, and lineages say who took over from whom.
//
// What the rules of the organisation would find wrong afterwards is listed by name when it
// is submitted and approved, and again when it takes effect, because much may have happened
// meanwhile; what was wrong before does not count. A branch is not dissolved while open work
// stands with it, unless the batch says for that kind of work that it goes to the
// successors: what belongs to an estate to the branch that leads it then, the rest to the
// main successor. Whoever begins something in a branch holds it (store.Units.GetStanding),
// and the batch holds all branches that it dissolves, so that nothing comes in between.
//
// With a branch end its secretary's tenure, the roles in it and what it covers. Its groups
// go with their grids to the branch that leads these afterwards, if that is a single one,
// and end otherwise. Successors that no station serves are served by its stations. All
// buildings of a joint branch's estates come into the grid to which it is bound.
//
// If something is in the way on the day, the restructuring stays approved, its event says
// what, those who made it are told, and the next day tries again.
package restructuring

import (
	"context"
	"errors"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/county"
	"jinlin/service/org"
)

// Faults of restructurings.
var (
	ErrOwnDraft = fault.Define(fault.Forbidden, "own_restructuring",
		"起草或修改过方案的人不能审核，请由他人审核。", "Whoever drafted or edited it may not review it. Ask somebody else.")
	ErrRules = fault.Define(fault.Conflict, "rules_broken",
		"方案生效后将不符合组织设置规则，请按所列问题修改。", "Afterwards these rules of the organisation would be broken.")
	ErrOpenWork = fault.Define(fault.Conflict, "open_work",
		"拟撤销的党支部还有未办结的工作，请先办结或在方案中勾选移交。", "Open work stands with branches to be dissolved. Finish it, or let the plan hand it over.")
	ErrTooMuchWork = fault.Define(fault.Conflict, "too_much_work",
		"需要移交的工作过多，请分批办理。", "There is too much work to hand over at once. Use several restructurings.")
	ErrNotDue = fault.Define(fault.Conflict, "not_due",
		"尚未到生效日期。", "The day on which it takes effect has not come yet.")
)

// Work is a kind of open work that stands with branches.
type Work interface {
	// Work names the kind.
	Work() model.Work
	// CountWork says how much of it stands with which of some branches.
	CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error)
	// HandOverWork gives what of it stands with a branch to others.
	HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error
}

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service keeps restructurings.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	notices Notices
	work    []Work
}

// New makes the service. Work is handed over in the order given.
func New(s *store.Store, a *access.Service, o *org.Service, n Notices, work ...Work) *Service {
	return &Service{store: s, access: a, org: o, notices: n, work: work}
}

// Draft writes a restructuring down. Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) Draft(ctx context.Context, actor model.Actor, f Form) (model.Restructuring, error) {
	if err := s.access.Require(ctx, actor, access.OrgRestructure, f.UnitID); err != nil {
		return model.Restructuring{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Restructuring, error) {
		now := tx.Now()
		r := model.Restructuring{ID: model.NewID[model.Restructuring](now), UnitID: f.UnitID, DraftedBy: actor.User, CreatedAt: now}
		if err := s.fill(ctx, tx, &r, f); err != nil {
			return r, err
		}
		event, err := r.Step(model.DraftRestructuring, actor.User, "", now)
		if err != nil {
			return r, err
		}
		err = errors.Join(tx.Restructurings.Add(ctx, &r), tx.RestructuringEvents.Add(ctx, event))
		if err != nil {
			return r, err
		}
		return r, audit.Record(ctx, tx, actor, act(model.DraftRestructuring, r))
	})
}

func act(move model.RestructuringMove, r model.Restructuring) audit.Act {
	return audit.Act{
		Action: "restructuring." + string(move), ObjectKind: "restructuring", ObjectID: r.ID, Unit: r.UnitID,
		Detail: string(r.Status) + ", from " + string(r.EffectiveOn),
	}
}

// Edit replaces a draft, if it still has the version that was read; nil is any. It stays in
// its unit. Faults: unauthenticated, forbidden, not_found, illegal_transition,
// changed_meanwhile, invalid.
func (s *Service) Edit(ctx context.Context, actor model.Actor, id model.RestructuringID, version *int, f Form) (model.Restructuring, error) {
	return s.step(ctx, actor, id, access.OrgRestructure, func(tx *store.Store, r *model.Restructuring) error {
		if err := store.Seen(version, r.Version); err != nil {
			return err
		}
		if err := move(ctx, tx, actor, r, model.EditRestructuring, ""); err != nil {
			return err
		}
		return s.fill(ctx, tx, r, f)
	})
}

// Submit hands a draft in for review.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, rules_broken.
func (s *Service) Submit(ctx context.Context, actor model.Actor, id model.RestructuringID) (model.Restructuring, error) {
	return s.step(ctx, actor, id, access.OrgRestructure, func(tx *store.Store, r *model.Restructuring) error {
		if err := move(ctx, tx, actor, r, model.SubmitRestructuring, ""); err != nil {
			return err
		}
		return s.judge(ctx, tx, *r)
	})
}

// Approve lets it take effect on its day: at once, when that is today or has passed. Then
// the two are one: what is in the way of the effect is in the way of the approval.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, own_restructuring,
// rules_broken, and at once also open_work, too_much_work.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.RestructuringID, note string) (model.Restructuring, error) {
	return s.step(ctx, actor, id, access.OrgReview, func(tx *store.Store, r *model.Restructuring) error {
		if err := move(ctx, tx, actor, r, model.ApproveRestructuring, note); err != nil {
			return err
		}
		if err := s.fourEyes(ctx, tx, actor, *r); err != nil {
			return err
		}
		r.ReviewedBy = actor.User
		if r.EffectiveOn > model.DateOf(tx.Now()) {
			return s.judge(ctx, tx, *r)
		}
		return s.effect(ctx, tx, actor, r)
	})
}

// fourEyes refuses a reviewer who had a hand in the draft. Fault: own_restructuring.
func (s *Service) fourEyes(ctx context.Context, tx *store.Store, actor model.Actor, r model.Restructuring) error {
	events, err := tx.RestructuringEvents.ListOf(ctx, r.ID)
	if err != nil {
		return err
	}
	hand := []model.RestructuringMove{model.DraftRestructuring, model.EditRestructuring, model.SubmitRestructuring}
	if slices.ContainsFunc(events, func(e model.RestructuringEvent) bool {
		return e.ActorID == actor.User && slices.Contains(hand, e.Move)
	}) {
		return ErrOwnDraft
	}
	return nil
}

// Reject sends it back to be edited, with a reason. Whoever drafted it may withdraw it, not
// reject it. Faults: unauthenticated, forbidden, not_found, illegal_transition,
// own_restructuring.
func (s *Service) Reject(ctx context.Context, actor model.Actor, id model.RestructuringID, reason string) (model.Restructuring, error) {
	return s.step(ctx, actor, id, access.OrgReview, func(tx *store.Store, r *model.Restructuring) error {
		if err := move(ctx, tx, actor, r, model.RejectRestructuring, reason); err != nil {
			return err
		}
		return s.fourEyes(ctx, tx, actor, *r)
	})
}

// Withdraw gives it up, any time before it takes effect, with a reason.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Withdraw(ctx context.Context, actor model.Actor, id model.RestructuringID, reason string) (model.Restructuring, error) {
	return s.step(ctx, actor, id, access.OrgRestructure, func(tx *store.Store, r *model.Restructuring) error {
		return move(ctx, tx, actor, r, model.WithdrawRestructuring, reason)
	})
}

// Effect lets an approved one take effect now, after its day when something was in the way.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, not_due, rules_broken,
// open_work, too_much_work.
func (s *Service) Effect(ctx context.Context, actor model.Actor, id model.RestructuringID) (model.Restructuring, error) {
	return s.step(ctx, actor, id, access.OrgRestructure, func(tx *store.Store, r *model.Restructuring) error {
		return s.effect(ctx, tx, actor, r)
	})
}

// step lets whoever may do it move a restructuring, once for their key, on record.
func (s *Service) step(ctx context.Context, actor model.Actor, id model.RestructuringID, action access.Action, do func(tx *store.Store, r *model.Restructuring) error) (model.Restructuring, error) {
	if _, err := access.Find(ctx, s.access, actor, action, s.store.Restructurings.Get, id); err != nil {
		return model.Restructuring{}, err
	}
	defer s.org.Forget()
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Restructuring, error) {
		r, err := tx.Restructurings.GetLocked(ctx, id)
		if err != nil {
			return r, err
		}
		read := r.Version
		if err := do(tx, &r); err != nil {
			return r, err
		}
		return r, save(ctx, tx, r, read)
	})
}

func save(ctx context.Context, tx *store.Store, r model.Restructuring, read int) error {
	return store.Held(tx.Restructurings.SaveMoved(ctx, r, read))
}

// move takes a step and writes its event, and the audit of it.
func move(ctx context.Context, tx *store.Store, actor model.Actor, r *model.Restructuring, m model.RestructuringMove, note string) error {
	event, err := r.Step(m, actor.User, note, tx.Now())
	if err != nil {
		return err
	}
	return errors.Join(tx.RestructuringEvents.Add(ctx, event), audit.Record(ctx, tx, actor, act(m, *r)))
}

// judge says what would be wrong on its day as things stand now. Fault: rules_broken.
func (s *Service) judge(ctx context.Context, tx *store.Store, r model.Restructuring) error {
	day := max(r.EffectiveOn, model.DateOf(tx.Now()))
	p, err := county.ReadPicture(ctx, tx, day)
	if err != nil {
		return err
	}
	return refusal(outline(p, r, day))
}

// refusal is the fault that names what is wrong; nil when nothing is.
func refusal(sh *shape) error {
	if len(sh.wrong) == 0 {
		return nil
	}
	return ErrRules.WithFields(sh.wrong[:min(len(sh.wrong), maxNamed)]...)
}

// maxNamed is how many obstacles one answer names.
const maxNamed = 200
