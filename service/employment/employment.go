// Package employment knows where people of the new-employment groups work: couriers, drivers
// and others who serve an area without living there.
//
// A person says to which group they belong and in which area they work: an estate, a grid, a
// community or a town. Filling in the form is their consent to its text, unless they have
// taken that back. A worker, grid worker or secretary of the area verifies it or turns it
// down, never one's own. A verified employment gives what concerns the people of the area: its
// news, and activities for verified people; what a verified home gives beyond that, it does
// not. It is asked for anew each time, so whoever leaves, or is removed, has nothing of it
// from that moment. A person has one employment in an area at a time.
//
// From served to serving: the stage of a person follows from the activities that earn points
// to which they have come, and is kept nowhere.
//
// Employments are dated and not deleted while their person consents; each step is an event,
// and those of staff are in the record.
package employment

import (
	"context"
	"errors"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/claim"
	"jinlin/service/org"
)

// Faults of employments.
var (
	ErrRegistered = fault.Define(fault.Conflict, "employment_registered",
		"您已登记过这个工作区域。", "You have registered this work area already.")
	ErrOwn = fault.Define(fault.Forbidden, "own_employment",
		"不能审核自己的登记，请由其他工作人员办理。", "You cannot decide on your own registration.")
)

// A brake on how often a person registers in a day.
const (
	registrations   = 10
	registrationUse = "employment.register"
)

// Service keeps the employments.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	notices claim.Notices
	limits  bool
}

// New makes the service. limits says whether a person registers so many areas a day only.
func New(s *store.Store, a *access.Service, o *org.Service, notices claim.Notices, limits bool) *Service {
	return &Service{store: s, access: a, org: o, notices: notices, limits: limits}
}

// Work is what somebody says of their work.
type Work struct {
	Area     model.UnitID
	Kind     model.EmploymentKind
	Platform string // may be empty
}

// Register says where the actor works; it waits for staff of the area. Faults:
// unauthenticated, invalid, rate_limited, employment_registered, consent_required.
func (s *Service) Register(ctx context.Context, actor model.Actor, w Work) (model.Employment, error) {
	if actor.Nobody() {
		return model.Employment{}, fault.ErrUnauthenticated
	}
	if err := s.judge(ctx, &w); err != nil {
		return model.Employment{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Employment, error) {
		if err := agreed(ctx, tx, actor.User); err != nil {
			return model.Employment{}, err
		}
		return s.add(ctx, tx, actor, w)
	})
}

// judge looks at the form. Fault: invalid.
func (s *Service) judge(ctx context.Context, w *Work) error {
	w.Platform = strings.TrimSpace(w.Platform)
	if !w.Kind.Known() {
		return fault.InvalidField("kind", "unknown", "没有这个群体类别。", "There is no such group.")
	}
	area, err := s.org.Unit(ctx, w.Area)
	today := model.DateOf(s.store.Now())
	if errors.Is(err, fault.ErrNotFound) || err == nil && (!slices.Contains(model.WorkAreas, area.Kind) || !area.In(today)) {
		return fault.InvalidField("unitId", "unknown", "没有这个工作区域。", "There is no such work area.")
	}
	return err
}

// agreed keeps the consent that filling in the form is. Fault: consent_required.
func agreed(ctx context.Context, tx *store.Store, user model.UserID) error {
	if err := tx.Consents.AddFirst(ctx, user, model.PurposeEmployment, model.ConsentOnForm); err != nil {
		return err
	}
	given, err := tx.Consents.InForce(ctx, user, model.PurposeEmployment)
	if err == nil && !given {
		err = store.ErrConsentRequired
	}
	return err
}

func (s *Service) add(ctx context.Context, tx *store.Store, actor model.Actor, w Work) (model.Employment, error) {
	now := tx.Now()
	if s.limits {
		if err := tx.DailyUses.Spend(ctx, actor.User, registrationUse, registrations, fault.ErrRateLimited); err != nil {
			return model.Employment{}, err
		}
	}
	e := model.Employment{
		ID: model.NewID[model.Employment](now), UserID: actor.User, UnitID: w.Area, Kind: w.Kind, Platform: w.Platform,
		Status: model.EmploymentPending, Live: model.Lasting(), CreatedAt: now,
	}
	err := tx.Employments.Add(ctx, &e)
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrRegistered
	}
	if err != nil {
		return e, err
	}
	return e, addEvent(ctx, tx, "", e, step{by: actor.User})
}

// Mine pages the actor's employments, past ones too, newest first.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.Employment], error) {
	return s.store.Employments.ListOfUser(ctx, actor.User, page)
}

// stages are those of some people.
func (s *Service) stages(ctx context.Context, users []model.UserID) (func(model.UserID) model.Stage, error) {
	rows, err := s.store.SignUps.CountServed(ctx, users, s.store.Now().Add(-model.RegularWithin))
	known := map[model.UserID]store.Served{}
	for _, row := range rows {
		known[row.UserID] = row
	}
	return func(user model.UserID) model.Stage { return model.StageOf(known[user].Ever, known[user].Lately) }, err
}

// Leave ends one of the actor's employments; its rights end with it.
// Faults: not_found, illegal_transition.
func (s *Service) Leave(ctx context.Context, actor model.Actor, id model.EmploymentID) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		e, err := tx.Employments.GetForMove(ctx, id)
		if err == nil && e.UserID != actor.User {
			err = fault.ErrNotFound
		}
		if err == nil {
			_, err = move(ctx, tx, e, step{move: model.EndEmployment, by: actor.User})
		}
		return err
	})
}

// step is one arrow of the machine.
type step struct {
	move   model.EmploymentMove
	by     model.UserID
	reason string
}

// move takes an employment one step on, with its event. Fault: illegal_transition, also for
// whoever comes second.
func move(ctx context.Context, tx *store.Store, e model.Employment, s step) (model.Employment, error) {
	from, now := e.Status, tx.Now()
	to, err := e.After(s.move)
	if err != nil {
		return e, err
	}
	e.Status = to
	if s.move == model.EndEmployment {
		e.EndedAt, e.Live = &now, nil
	} else {
		e.DecidedAt = &now
	}
	if s.move == model.RejectEmployment {
		e.Live = nil
	}
	saved, err := tx.Employments.SaveMoved(ctx, from, e)
	if err == nil && !saved { // held by GetForMove, so only where a lock holds on one node of a cluster
		err = fault.ErrChangedMeanwhile
	}
	if err != nil {
		return e, err
	}
	return e, addEvent(ctx, tx, from, e, s)
}

func addEvent(ctx context.Context, tx *store.Store, from model.EmploymentStatus, e model.Employment, s step) error {
	return tx.EmploymentEvents.Add(ctx, &model.EmploymentEvent{
		ID: model.NewID[model.EmploymentEvent](tx.Now()), EmploymentID: e.ID, FromStatus: from, ToStatus: e.Status,
		ActorID: s.by, Reason: s.reason, At: tx.Now(),
	})
}
