// Package grant gives people roles and ends them.
//
// A role is given in a unit, from a moment on and until another if that is known. Who may
// give which role where is access.Posts: the county's clerks all of them, a town's committee
// those below it. Nobody gives a role to themselves, whoever they are. A role that reaches
// over the whole county waits until a second person who may give it has confirmed it, neither
// who gave it nor who gets it; until then it gives nothing.
//
// Nobody has the same role in the same unit twice at one time, by a unique key. A role is not
// given in a unit that is no more, and ends with its unit (package access). Ending one bites
// with the next request on every replica; the row stays. A secretary whose role is ended by
// hand keeps the post and is suspended (package tenure). The last clerk of the county whose
// end is not known cannot be ended: nobody would be left to make another.
//
// A worker's or secretary's role does not end while work stands with the person because of
// it: grids they lead, shifts to come, requests they have begun to work on. That is given to
// somebody else first, or another role of theirs reaches it too. A move is the end of one role
// and the beginning of another at the same moment, in one transaction: what the new role reaches
// stays with the person.
//
// Whoever gives a role finds the person by their number: see Find.
//
// Who has no account yet is named by their mobile number, as with a file of staff (Naming). The
// appointment waits until WeChat confirms that number for somebody and then becomes a grant by
// these same rules, at the word of whoever named them and only while they may still give it;
// after 90 days it comes to nothing. Numbers change hands, so whoever named somebody is told
// when the role is taken up.
//
// Each of these is on record, and whoever it concerns is told.
package grant

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
	"jinlin/service/tenure"
)

// Faults of grants.
var (
	ErrOwnRole = fault.Define(fault.Forbidden, "own_role",
		"不能为自己授予角色，请由他人办理。", "Nobody gives a role to themselves. Ask somebody else.")
	ErrNotSecond = fault.Define(fault.Forbidden, "second_person_required",
		"须由授予人和本人以外的人员确认。", "Somebody other than who gave it and who gets it has to confirm it.")
	ErrGranted = fault.Define(fault.Conflict, "already_granted",
		"该同志在该单位已有这一角色。", "This person has this role in this unit already.")
	ErrLastClerk = fault.Define(fault.Conflict, "last_clerk",
		"这是最后一名县级管理员，请先安排接任人员。", "This is the county's last clerk. Make another one first.")
	ErrInHand = fault.Define(fault.Conflict, "work_in_hand",
		"该同志还有未移交的工作，请先移交。", "Work still stands with this person. Give it to somebody else first.")
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Work is something that stands with a person because of a role.
type Work interface {
	PersonalWork() model.Work
	CountPersonalWork(ctx context.Context, tx *store.Store, d model.Departure) (int, error)
}

// Service gives and ends roles.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	notices Notices
	limits  bool
	work    []Work
}

// New makes the service. limits says whether PerDay holds; work is what keeps a role from
// ending.
func New(s *store.Store, a *access.Service, o *org.Service, n Notices, limits bool, work ...Work) *Service {
	return &Service{store: s, access: a, org: o, notices: n, limits: limits, work: work}
}

// Giving is a role to be given.
type Giving struct {
	UserID   model.UserID
	Role     model.Role
	UnitID   model.UnitID
	From, To *time.Time // nil: now; no end is known
	Reason   string     // "": none was given
}

// Give gives a role, or proposes it where a second person has to confirm it.
// Faults: unauthenticated, forbidden, not_found, own_role, role_beyond_authority, invalid,
// unit_ended, already_granted.
func (s *Service) Give(ctx context.Context, actor model.Actor, give Giving) (model.Grant, error) {
	err := s.mayGive(ctx, actor, give.Role, give.UnitID)
	if give.UserID == actor.User && (err == nil || errors.Is(err, access.ErrNotTheirs)) {
		err = ErrOwnRole
	}
	if err != nil {
		return model.Grant{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Grant, error) { return s.give(ctx, tx, actor, give) })
}

// mayGive lets an actor pass who may give a role in a unit, to others than themselves.
// Faults: unauthenticated, forbidden, not_found, role_beyond_authority.
func (s *Service) mayGive(ctx context.Context, actor model.Actor, role model.Role, unit model.UnitID) error {
	if err := s.access.Require(ctx, actor, access.GrantManage, unit); err != nil {
		return err
	}
	return s.access.RequireGiver(ctx, actor, role, unit)
}

// give is Give for whoever has been let pass. Faults: invalid, unit_ended, already_granted.
func (s *Service) give(ctx context.Context, tx *store.Store, actor model.Actor, give Giving) (model.Grant, error) {
	g, unit, err := drafted(ctx, tx, give)
	if err != nil {
		return g, err
	}
	g.GrantedBy = actor.User
	err = tx.Grants.AddLive(ctx, &g)
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrGranted
	}
	if err != nil {
		return g, err
	}
	if err := record(ctx, tx, actor, "grant.give", g); err != nil {
		return g, err
	}
	if g.Pending {
		return g, s.askForSecond(ctx, tx, g, unit)
	}
	return g, s.tell(ctx, tx, g, unit, given)
}

// drafted is the grant as the form tells it, and its unit. Faults: invalid, unit_ended.
func drafted(ctx context.Context, tx *store.Store, give Giving) (model.Grant, model.Unit, error) {
	now, post := tx.Now(), access.Posts[give.Role]
	g := model.Grant{
		ID: model.NewID[model.Grant](now), UserID: give.UserID, Role: give.Role, UnitID: give.UnitID, Pending: post.TwoPeople,
		ValidFrom: now, ValidTo: give.To, Reason: strings.TrimSpace(give.Reason), CreatedAt: now,
	}
	if give.From != nil {
		if model.DateOf(*give.From) < model.DateOf(now) {
			return g, model.Unit{}, fault.InvalidField("from", "in_the_past", "起始时间不能早于今天。", "A role begins today or later.")
		}
		if give.From.After(now) {
			g.ValidFrom = *give.From
		}
	}
	if g.ValidTo != nil && !g.ValidTo.After(g.ValidFrom) {
		return g, model.Unit{}, fault.InvalidField("to", "before_from", "结束时间须晚于起始时间。", "A role ends after it began.")
	}
	unit, err := tx.Units.GetStanding(ctx, g.UnitID, model.DateOf(g.ValidFrom))
	if err != nil {
		return g, unit, err
	}
	if !slices.Contains(post.In, unit.Kind) {
		return g, unit, fault.InvalidField("unitId", "wrong_kind", "这类单位没有这一角色。", "Nobody has this role in a unit of this kind.")
	}
	return g, unit, present(ctx, tx, g.UserID)
}

// present says whether a person has an account. Fault: invalid.
func present(ctx context.Context, tx *store.Store, id model.UserID) error {
	user, err := tx.Users.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) || err == nil && user.ErasedAt != nil {
		return fault.InvalidField("userId", "unknown", "没有找到这个人。", "There is no such person.")
	}
	return err
}

// Confirm puts a proposed role in force, from its planned beginning or from now on.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, second_person_required,
// role_beyond_authority, invalid, unit_ended.
func (s *Service) Confirm(ctx context.Context, actor model.Actor, id model.GrantID) (model.Grant, error) {
	seen, err := access.Find(ctx, s.access, actor, access.GrantConfirm, s.store.Grants.Get, id)
	if err != nil {
		return seen, err
	}
	if seen.GrantedBy == actor.User || seen.UserID == actor.User {
		return seen, ErrNotSecond
	}
	if err := s.access.RequireGiver(ctx, actor, seen.Role, seen.UnitID); err != nil {
		return seen, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Grant, error) {
		g, err := tx.Grants.Get(ctx, id)
		if err == nil {
			err = g.May(model.ConfirmGrant, tx.Now())
		}
		if err != nil {
			return g, err
		}
		g.Pending, g.ConfirmedBy = false, actor.User
		if g.ValidFrom.Before(tx.Now()) {
			g.ValidFrom = tx.Now()
		}
		unit, err := tx.Units.GetStanding(ctx, g.UnitID, model.DateOf(g.ValidFrom))
		if err != nil {
			return g, err
		}
		if err := present(ctx, tx, g.UserID); err != nil {
			return g, err
		}
		if err := confirmed(ctx, tx, g); err != nil {
			return g, err
		}
		return g, errors.Join(record(ctx, tx, actor, "grant.confirm", g), s.tell(ctx, tx, g, unit, given))
	})
}

// confirmed writes a confirmation. Who comes second hears what it has become meanwhile.
// Fault: illegal_transition.
func confirmed(ctx context.Context, tx *store.Store, g model.Grant) error {
	saved, err := tx.Grants.SaveConfirmed(ctx, g)
	if err != nil || saved {
		return err
	}
	now, err := tx.Grants.Get(ctx, g.ID)
	if err == nil {
		err = now.May(model.ConfirmGrant, tx.Now())
	}
	return errors.Join(err, fault.ErrBusy)
}

// End ends a role now. One that has ended already stays as it is.
// Faults: unauthenticated, forbidden, not_found, role_beyond_authority, last_clerk, work_in_hand.
func (s *Service) End(ctx context.Context, actor model.Actor, id model.GrantID) error {
	seen, err := access.Find(ctx, s.access, actor, access.GrantManage, s.store.Grants.Get, id)
	if err != nil {
		return err
	}
	if err := s.access.RequireGiver(ctx, actor, seen.Role, seen.UnitID); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		g, err := tx.Grants.Get(ctx, id)
		if err != nil || g.StatusAt(tx.Now()) == model.GrantEnded {
			return err
		}
		if err := replaceable(ctx, tx, g); err != nil {
			return err
		}
		if g.Role == model.Secretary {
			if err := tenure.SuspendWithGrant(ctx, tx, actor, g, "角色已被终止"); err != nil {
				return err
			}
		}
		ended, err := tx.Grants.SaveEndedBy(ctx, id, actor.User, tx.Now())
		if err != nil || !ended {
			return err
		}
		if err := s.settled(ctx, tx, g, tx.Now()); err != nil {
			return err
		}
		unit, err := tx.Units.Get(ctx, g.UnitID)
		if err != nil {
			return err
		}
		return errors.Join(record(ctx, tx, actor, "grant.end", g), s.tell(ctx, tx, g, unit, over))
	})
}

// replaceable says whether the county has another clerk whose end is not known. Of two who
// end each other at once, one waits here for the other. Fault: last_clerk.
func replaceable(ctx context.Context, tx *store.Store, g model.Grant) error {
	if g.Role != model.CountyClerk || !g.Holds(tx.Now()) {
		return nil
	}
	clerks, err := tx.Grants.ListHeld(ctx, model.CountyClerk, tx.Now())
	if err != nil || slices.ContainsFunc(clerks, func(other model.Grant) bool {
		return other.UserID != g.UserID && other.ValidTo == nil
	}) {
		return err
	}
	return ErrLastClerk
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, action string, g model.Grant) error {
	detail := string(g.Role) + " to " + g.UserID.String()
	if g.Pending {
		detail += ", to be confirmed"
	}
	return audit.Record(ctx, tx, actor, audit.Act{Action: action, ObjectKind: "grant", ObjectID: g.ID, Unit: g.UnitID, Detail: detail})
}

// Filter narrows a list of grants; zero fields do not.
type Filter struct {
	UnitID  model.UnitID // this unit and all below it
	UserID  model.UserID
	Role    model.Role
	AsOf    model.Date // in force at some time of that day
	Pending bool       // waiting for a second person
}

// List pages grants in the actor's authority, past ones too, newest first.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) List(ctx context.Context, actor model.Actor, f Filter, page model.Page) (list model.Listing[model.Grant], err error) {
	tops, err := s.access.Ground(ctx, actor, access.GrantRead, f.UnitID)
	if err != nil {
		return list, err
	}
	units, err := s.below(ctx, tops)
	if err != nil {
		return list, err
	}
	return s.store.Grants.List(ctx, store.GrantFilter{
		Units: units, User: f.UserID, Role: f.Role, Day: f.AsOf, Pending: f.Pending,
	}, page)
}

// below are the units of some tops and all below them; nil for the whole county.
func (s *Service) below(ctx context.Context, tops []model.UnitID) (units []model.UnitID, err error) {
	for _, top := range tops {
		unit, err := s.org.Unit(ctx, top)
		if err != nil {
			return nil, err
		}
		if unit.Kind == model.County {
			return nil, nil
		}
		below, err := s.org.Below(ctx, top)
		if err != nil {
			return nil, err
		}
		units = append(append(units, top), below...)
	}
	return units, nil
}

// Names are what people are called, for a page of grants.
func (s *Service) Names(ctx context.Context, grants []model.Grant) (map[model.UserID]string, error) {
	ids := make([]model.UserID, len(grants))
	for i, g := range grants {
		ids[i] = g.UserID
	}
	return s.store.Users.Nicknames(ctx, ids)
}

// StatusOf is where a grant is now, as time has it.
func (s *Service) StatusOf(g model.Grant) model.GrantStatus { return g.StatusAt(s.store.Now()) }
