package grant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
)

// fieldwork are the roles with which work stands.
var fieldwork = []model.Role{model.GridWorker, model.CommunityWorker, model.Secretary}

// settled refuses the end of a role that leaves work behind. It comes after the end has been
// written: whoever began something that rests on the role was first, and is seen, or waits and
// finds it ended. Fault: work_in_hand, with a field for each kind of work.
func (s *Service) settled(ctx context.Context, tx *store.Store, g model.Grant, at time.Time) error {
	if g.Pending || !slices.Contains(fieldwork, g.Role) {
		return nil
	}
	others, err := tx.Grants.ListByUser(ctx, g.UserID)
	if err != nil {
		return err
	}
	d := model.Departure{Grant: g, Kept: slices.DeleteFunc(others, func(other model.Grant) bool {
		return other.ID == g.ID || !other.Holds(at)
	})}
	var left []fault.Field
	for _, work := range s.work {
		n, err := work.CountPersonalWork(ctx, tx, d)
		if err != nil {
			return err
		}
		if n > 0 {
			w := work.PersonalWork()
			left = append(left, fault.Field{Path: w.Kind, Code: "in_hand", Message: fault.Text{
				ZH: fmt.Sprintf("还有%d%s。", n, w.Name.ZH), EN: fmt.Sprintf("%d %s.", n, w.Name.EN),
			}})
		}
	}
	if len(left) > 0 {
		return ErrInHand.WithFields(left...)
	}
	return nil
}

// Moving is a role that ends and another that begins.
type Moving struct {
	UserID model.UserID
	From   model.GrantID
	Role   model.Role
	UnitID model.UnitID
	On     model.Date // empty: now
	Reason string
}

// Moved is what became of the two roles.
type Moved struct{ Ended, Begun model.Grant }

// Move ends a role and begins another at the same moment: now, or as a day to come begins. The
// rules are those of Give and End, for each of the two. A role that takes two people is not
// given in a move, and a secretary's ends with the tenure.
// Faults: those of Give and End, in_the_past, illegal_transition, not_by_move.
func (s *Service) Move(ctx context.Context, actor model.Actor, m Moving) (Moved, error) {
	seen, err := access.Find(ctx, s.access, actor, access.GrantManage, s.store.Grants.Get, m.From)
	if err == nil && seen.UserID != m.UserID {
		err = fault.ErrNotFound
	}
	if err != nil {
		return Moved{}, err
	}
	if err := s.mayMove(ctx, actor, seen, m); err != nil {
		return Moved{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Moved, error) {
		at, err := moment(tx, m.On)
		if err != nil {
			return Moved{}, err
		}
		old, err := s.leave(ctx, tx, actor, m.From, at)
		if err != nil {
			return Moved{}, err
		}
		begun, unit, err := s.begin(ctx, tx, actor, m, at)
		if err != nil {
			return Moved{}, err
		}
		if err := s.settled(ctx, tx, old, at); err != nil {
			return Moved{}, err
		}
		return Moved{Ended: old, Begun: begun}, errors.Join(recordMove(ctx, tx, actor, old, begun), s.tell(ctx, tx, begun, unit, moved))
	})
}

// ErrNotByMove is a fault: one of the two roles has a way of its own.
var ErrNotByMove = fault.Define(fault.Conflict, "not_by_move",
	"须两人办理的角色和支部书记不能通过岗位调整办理，请分别办理。", "Roles that take two people, and secretaries, are not changed in a move. Do each by its own way.")

// mayMove says whether the actor ends the one role and gives the other.
// Faults: own_role, role_beyond_authority, not_found, not_by_move, invalid.
func (s *Service) mayMove(ctx context.Context, actor model.Actor, old model.Grant, m Moving) error {
	if err := s.access.Require(ctx, actor, access.GrantManage, m.UnitID); err != nil {
		return err
	}
	if m.UserID == actor.User {
		return ErrOwnRole
	}
	if err := s.access.RequireGiver(ctx, actor, old.Role, old.UnitID); err != nil {
		return err
	}
	if err := s.access.RequireGiver(ctx, actor, m.Role, m.UnitID); err != nil {
		return err
	}
	switch {
	case access.Posts[m.Role].TwoPeople, old.Role == model.Secretary, m.Role == model.Secretary:
		return ErrNotByMove
	case m.Role == old.Role && m.UnitID == old.UnitID:
		return fault.InvalidField("role", "same", "新旧角色相同。", "Both roles are the same.")
	}
	return nil
}

// moment is when a move takes place. Fault: in_the_past.
func moment(tx *store.Store, on model.Date) (time.Time, error) {
	now := tx.Now()
	switch today := model.DateOf(now); {
	case on == "" || on == today:
		return now, nil
	case on < today:
		return now, org.ErrPast
	}
	return on.At(0, 0), nil
}

// leave ends a role at a moment. Faults: illegal_transition, last_clerk, invalid.
func (s *Service) leave(ctx context.Context, tx *store.Store, actor model.Actor, id model.GrantID, at time.Time) (model.Grant, error) {
	g, err := tx.Grants.Get(ctx, id)
	if err == nil {
		err = g.May(model.MoveGrant, tx.Now())
	}
	if err == nil {
		err = replaceable(ctx, tx, g)
	}
	if err != nil {
		return g, err
	}
	save := tx.Grants.SaveEndedBy
	if at.After(tx.Now()) {
		save = tx.Grants.SaveEnding
	}
	ended, err := save(ctx, id, actor.User, at)
	if err == nil && !ended {
		err = fault.InvalidField("on", "after_end", "原角色在此日期前已终止。", "The old role ends before that day.")
	}
	g.ValidTo, g.EndedBy = &at, actor.User
	return g, err
}

// begin gives the new role from that moment on. Faults: invalid, unit_ended, already_granted.
func (s *Service) begin(ctx context.Context, tx *store.Store, actor model.Actor, m Moving, at time.Time) (model.Grant, model.Unit, error) {
	g, unit, err := drafted(ctx, tx, Giving{UserID: m.UserID, Role: m.Role, UnitID: m.UnitID, From: &at, Reason: m.Reason})
	if err != nil {
		return g, unit, err
	}
	g.GrantedBy = actor.User
	err = tx.Grants.AddLive(ctx, &g)
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrGranted
	}
	return g, unit, err
}

func recordMove(ctx context.Context, tx *store.Store, actor model.Actor, old, begun model.Grant) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "grant.move", ObjectKind: "grant", ObjectID: begun.ID, Unit: begun.UnitID,
		Detail: string(old.Role) + " to " + string(begun.Role) + " of " + begun.UserID.String() + ", from grant " + old.ID.String(),
	})
}
