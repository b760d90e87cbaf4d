// Package gridlead knows who leads which grid, since when and until when.
//
// A grid has one lead at a time (牵头人). Whoever leads it is a grid or community worker of the
// grid's community, in all of it or in one of its grids, on the day on which they begin. Who is
// appointed begins today or on a day to come, and who led until then ends that day, in the same
// transaction; nobody is appointed to begin before somebody who is to lead later. Two who
// appoint at once cannot both: a unique key lets one lead last. A lead can also be ended with
// nobody after, with a reason; the checks of the organisation name a grid that nobody leads.
//
// A lead rests on a role. Whoever ends a role hears of the grids that rest on it (package
// grant): they are given to somebody else first. Appointing and ending at once wait for each
// other, so that nobody leads a grid whose role has been ended. A role that ends by itself on a
// known day leaves the fact as it is; such a lead counts no more, and the checks say so.
package gridlead

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
)

// Faults of leads.
var (
	ErrLeads = fault.Define(fault.Conflict, "leads_already",
		"该同志已是这个网格的牵头人。", "This person leads the grid already.")
	ErrPlanned = fault.Define(fault.Conflict, "lead_planned",
		"该网格在此日期之后已安排了牵头人，请先取消原安排。", "Somebody is to lead this grid from a later day on. End that first.")
	ErrMeanwhile = fault.Define(fault.Conflict, "lead_appointed_meanwhile",
		"刚刚有人为该网格指定了牵头人，请刷新后再试。", "Somebody has just appointed a lead of this grid. Look again.")
	ErrNobody = fault.Define(fault.Conflict, "no_lead",
		"该网格没有任期未定的牵头人。", "Nobody leads this grid without a known end.")
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service keeps the leads of grids.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	notices Notices
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, n Notices) *Service {
	return &Service{store: s, access: a, org: o, notices: n}
}

// Appoint lets somebody lead a grid from a day on; the empty day is today.
// Faults: unauthenticated, forbidden, not_found, in_the_past, invalid, unit_ended, leads_already,
// lead_planned, lead_appointed_meanwhile.
func (s *Service) Appoint(ctx context.Context, actor model.Actor, grid model.UnitID, user model.UserID, from model.Date) (model.GridLead, error) {
	if err := s.require(ctx, actor, access.GridManage, grid); err != nil {
		return model.GridLead{}, err
	}
	today := model.DateOf(s.store.Now())
	if from == "" {
		from = today
	}
	if from < today {
		return model.GridLead{}, org.ErrPast
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.GridLead, error) {
		l := model.GridLead{
			ID: model.NewID[model.GridLead](tx.Now()), GridID: grid, UserID: user, ValidFrom: from, Live: model.Lasting(),
			AppointedBy: actor.User, CreatedAt: tx.Now(),
		}
		unit, err := tx.Units.GetStanding(ctx, grid, from)
		if err != nil {
			return l, err
		}
		if err := s.rests(ctx, tx, l, unit.ParentID); err != nil {
			return l, err
		}
		before, err := succeed(ctx, tx, l)
		if err != nil {
			return l, err
		}
		return l, errors.Join(record(ctx, tx, actor, "grid.lead", l), s.tell(ctx, tx, l, unit, before))
	})
}

// require lets an actor pass who may do an action in a grid.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) require(ctx context.Context, actor model.Actor, action access.Action, grid model.UnitID) error {
	if err := s.access.Require(ctx, actor, action, grid); err != nil {
		return err
	}
	unit, err := s.org.Unit(ctx, grid)
	if err == nil && unit.Kind != model.Grid {
		err = fault.ErrNotFound
	}
	return err
}

// rests finds the role on which a lead rests, and sees to it that nobody ends it without
// seeing the lead. Fault: invalid.
func (s *Service) rests(ctx context.Context, tx *store.Store, l model.GridLead, community model.UnitID) error {
	grants, err := tx.Grants.ListByUser(ctx, l.UserID)
	if err != nil {
		return err
	}
	at := tx.Now()
	if l.ValidFrom > model.DateOf(at) {
		at = l.ValidFrom.At(0, 0)
	}
	for _, g := range grants {
		works, err := s.org.WorksIn(ctx, g, community)
		if err == nil && works {
			works, err = tx.Grants.SaveRelied(ctx, g.ID, at)
		}
		if err != nil || works {
			return err
		}
	}
	return fault.InvalidField("userId", "not_staff", "该同志不是本社区的网格员或社区工作者。", "This person is no grid or community worker of the community.")
}

// succeed writes a lead after those who come before, and gives the one that led until then.
// Faults: leads_already, lead_planned, lead_appointed_meanwhile.
func succeed(ctx context.Context, tx *store.Store, l model.GridLead) (before model.GridLead, err error) {
	others, err := tx.GridLeads.ListAfter(ctx, l.GridID, l.ValidFrom)
	if err != nil {
		return before, err
	}
	for _, other := range others {
		switch {
		case other.ValidFrom > l.ValidFrom:
			return before, ErrPlanned
		case other.UserID == l.UserID && other.ValidTo == nil:
			return before, ErrLeads
		}
		if other.UserID != l.UserID {
			before = other
		}
	}
	if err := tx.GridLeads.SaveRelieved(ctx, l.GridID, l.ValidFrom, l.AppointedBy); err != nil {
		return before, err
	}
	err = tx.GridLeads.Add(ctx, &l)
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrMeanwhile
	}
	return before, err
}

// End ends on a day that somebody leads a grid, with a reason; the empty day is today.
// Faults: unauthenticated, forbidden, not_found, in_the_past, invalid, no_lead.
func (s *Service) End(ctx context.Context, actor model.Actor, grid model.UnitID, on model.Date, reason string) (model.GridLead, error) {
	if err := s.require(ctx, actor, access.GridManage, grid); err != nil {
		return model.GridLead{}, err
	}
	if on == "" {
		on = model.DateOf(s.store.Now())
	}
	if on < model.DateOf(s.store.Now()) {
		return model.GridLead{}, org.ErrPast
	}
	reason, err := fault.Reason(reason, 1, 200)
	if err != nil {
		return model.GridLead{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.GridLead, error) {
		l, err := tx.GridLeads.GetLive(ctx, grid)
		if errors.Is(err, fault.ErrNotFound) {
			err = ErrNobody
		}
		if err != nil {
			return l, err
		}
		on := max(on, l.ValidFrom)
		ended, err := tx.GridLeads.SaveEnded(ctx, l.ID, on, actor.User, reason)
		if err == nil && !ended {
			err = ErrNobody
		}
		if err != nil {
			return l, err
		}
		l.ValidTo, l.Live, l.Reason, l.EndedBy = &on, nil, reason, actor.User
		unit, err := tx.Units.Get(ctx, grid)
		if err != nil {
			return l, err
		}
		return l, errors.Join(record(ctx, tx, actor, "grid.lead_end", l), s.relieve(ctx, tx, l, unit, on))
	})
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, action string, l model.GridLead) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: action, ObjectKind: "grid_lead", ObjectID: l.ID, Unit: l.GridID, Detail: l.UserID.String() + " from " + string(l.ValidFrom),
	})
}

// List pages who has led a grid, newest first, or who led it on a day.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) List(ctx context.Context, actor model.Actor, grid model.UnitID, asOf model.Date, page model.Page) (list model.Listing[model.GridLead], err error) {
	if err := s.require(ctx, actor, access.TeamRead, grid); err != nil {
		return list, err
	}
	return s.store.GridLeads.List(ctx, grid, asOf, page)
}

// Names are what those are called who lead, appointed and ended on a page.
func (s *Service) Names(ctx context.Context, leads []model.GridLead) (map[model.UserID]string, error) {
	var ids []model.UserID
	for _, l := range leads {
		ids = append(ids, l.UserID)
	}
	return s.store.Users.Nicknames(ctx, ids)
}

// PersonalWork is what of the leads stands with a person: the grids they lead.
func (s *Service) PersonalWork() model.Work {
	return model.Work{Kind: "leads", Name: fault.Text{ZH: "个牵头的网格", EN: "grids led"}}
}

// CountPersonalWork counts the grids that rest on the role that ends.
func (s *Service) CountPersonalWork(ctx context.Context, tx *store.Store, d model.Departure) (n int, err error) {
	leads, err := tx.GridLeads.ListByUser(ctx, d.Grant.UserID, model.DateOf(tx.Now()))
	if err != nil {
		return 0, err
	}
	for _, l := range leads {
		grid, err := tx.Units.Get(ctx, l.GridID)
		if err != nil {
			return 0, err
		}
		if !grid.In(model.DateOf(tx.Now())) {
			continue
		}
		left, err := d.Leaves(func(g model.Grant) (bool, error) { return s.org.WorksIn(ctx, g, grid.ParentID) })
		if err != nil {
			return 0, err
		}
		if left {
			n++
		}
	}
	return n, nil
}
