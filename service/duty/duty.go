// Package duty keeps the rosters of who is on duty (轮班值守) at which station.
//
// A station has a pool of members who take turns. On a working day two or three of them are
// on duty; more or fewer, or anybody on a day off, need a reason that is kept. Nobody has
// two shifts on one day, wherever they are.
//
// A month is planned at once by fair turns: each working day that nobody has planned yet
// goes to whoever has fewest shifts in that month, then in the ninety days before, then to
// whoever's last one is longest ago. See model.FairTurns. What is planned by hand stays.
//
// A shift (M3) is planned and confirmed by people; it begins and ends by time. Nobody
// checks in and nothing counts hours or gives marks: the rules for government apps forbid
// it. That somebody is absent is what a person says, they themself or the lead.
//
// Whoever has a shift may ask another member to take it, perhaps for one of theirs. The
// other agrees, the lead approves, and then the old shift is swapped and a new one stands
// in its place. A shift moves on only from where it was read, so of two swaps of one shift
// that are approved at once, one wins, and the others are overtaken.
//
// When tomorrow is a working day and a station has fewer than two people, its lead is told
// in the afternoon; the list of such days can be asked for at any time.
package duty

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
	"jinlin/service/calendar"
	"jinlin/service/org"
	"jinlin/service/station"
)

var (
	// ErrHowMany is a fault: a working day wants two or three.
	ErrHowMany = fault.Define(fault.Conflict, "wrong_number_on_duty",
		"工作日值班须为 2 至 3 人，休息日值班须有安排；如确需例外，请填写原因。",
		"Two or three people are on duty on a working day and nobody on a day off; an exception needs a reason.")
	// ErrElsewhere is a fault: somebody has a shift on that day already.
	ErrElsewhere = fault.Define(fault.Conflict, "on_duty_already",
		"该同志当天已有值班。", "This person is on duty already on that day.")
	// ErrShiftsAhead is a fault: somebody who leaves the pool still has shifts.
	ErrShiftsAhead = fault.Define(fault.Conflict, "shifts_ahead",
		"该同志还有未完成的值班，请先换班。", "This person still has shifts; hand them over first.")
	// ErrTooFew is a fault: the pool cannot fill the month.
	ErrTooFew = fault.Define(fault.Conflict, "pool_too_small",
		"值班人员不足，无法排满每个工作日；如确需例外，请填写原因。",
		"The pool is too small to fill every working day; an exception needs a reason.")
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service keeps the rosters.
type Service struct {
	store    *store.Store
	access   *access.Service
	org      *org.Service
	calendar *calendar.Service
	station  *station.Service
	notices  Notices
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, c *calendar.Service, st *station.Service, n Notices) *Service {
	return &Service{store: s, access: a, org: o, calendar: c, station: st, notices: n}
}

// OnDuty is who is at a station now.
type OnDuty struct {
	Station station.Station
	People  []model.DutyShift // whose shift has begun and not ended
	Until   time.Time         // when the first of them goes; zero when nobody is there
}

// OnDutyNow says who is on duty at a station. Fault: not_found.
func (s *Service) OnDutyNow(ctx context.Context, id model.UnitID) (OnDuty, error) {
	where, err := s.station.Station(ctx, id)
	if err != nil {
		return OnDuty{}, err
	}
	return s.At(ctx, where)
}

// At is OnDutyNow of a station that has been read.
func (s *Service) At(ctx context.Context, where station.Station) (OnDuty, error) {
	now := s.store.Now()
	found := OnDuty{Station: where}
	shifts, err := s.store.DutyShifts.ListBetween(ctx, []model.UnitID{where.ID}, where.Day, where.Day, true)
	for _, shift := range shifts {
		if shift.Now(now) != model.ShiftOnDuty {
			continue
		}
		found.People = append(found.People, shift)
		if found.Until.IsZero() || shift.EndsAt.Before(found.Until) {
			found.Until = shift.EndsAt
		}
	}
	return found, err
}

// Pool are the members of a station. Faults: those of access.Require.
func (s *Service) Pool(ctx context.Context, actor model.Actor, id model.UnitID) ([]model.DutyMember, error) {
	if err := s.access.Require(ctx, actor, access.DutyRead, id); err != nil {
		return nil, err
	}
	return s.store.DutyMembers.ListLive(ctx, id)
}

// AddMember lets somebody of the station's community take turns, under the name given.
// Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) AddMember(ctx context.Context, actor model.Actor, id model.UnitID, user model.UserID, name string) (model.DutyMember, error) {
	if err := s.mayManage(ctx, actor, id); err != nil {
		return model.DutyMember{}, err
	}
	if name = strings.TrimSpace(name); name == "" {
		return model.DutyMember{}, fault.InvalidField("name", "required", "请填写姓名。", "Give a name.")
	}
	if works, err := s.worksAt(ctx, user, id); err != nil || !works {
		if err == nil {
			err = fault.InvalidField("userId", "not_staff", "该同志不是本社区的工作人员。", "This person does not work in the community.")
		}
		return model.DutyMember{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DutyMember, error) {
		m := model.DutyMember{
			ID: model.NewID[model.DutyMember](tx.Now()), StationID: id, UserID: user, Name: name,
			ValidFrom: model.DateOf(tx.Now()), Live: model.Lasting(), AddedBy: actor.User, CreatedAt: tx.Now(),
		}
		err := tx.DutyMembers.Add(ctx, &m)
		if errors.Is(err, store.ErrDuplicate) {
			return m, fault.InvalidField("userId", "duplicate", "该同志已在值班名单中。", "This person takes turns here already.")
		}
		if err != nil {
			return m, err
		}
		return m, record(ctx, tx, actor, "duty.member", id, m.ID, "added")
	})
}

// worksAt says whether somebody has a post at a station, or where it lies or below that.
func (s *Service) worksAt(ctx context.Context, user model.UserID, id model.UnitID) (bool, error) {
	grants, err := s.access.Grants(ctx, model.Actor{User: user})
	if err != nil {
		return false, err
	}
	for _, grant := range grants {
		if posted, err := s.postedAt(ctx, grant, id); err != nil || posted {
			return posted, err
		}
	}
	return false, nil
}

// postedAt says whether a grant is a post at a station, or where it lies or below that.
func (s *Service) postedAt(ctx context.Context, grant model.Grant, id model.UnitID) (bool, error) {
	switch grant.Role {
	case model.CommunityWorker, model.GridWorker, model.Secretary:
	default:
		return false, nil
	}
	if grant.UnitID == id {
		return true, nil
	}
	station, err := s.org.Unit(ctx, id)
	if err != nil || station.ParentID.IsZero() {
		return false, err
	}
	return s.org.Within(ctx, grant.UnitID, station.ParentID)
}

// EndMember takes somebody out of a pool from today on.
// Faults: unauthenticated, forbidden, not_found, shifts_ahead.
func (s *Service) EndMember(ctx context.Context, actor model.Actor, id model.DutyMemberID) error {
	if _, err := s.access.Units(ctx, actor, access.DutyManage); err != nil {
		return err
	}
	member, err := s.store.DutyMembers.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.mayManage(ctx, actor, member.StationID); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		today := model.DateOf(tx.Now())
		ended, err := tx.DutyMembers.SaveEnded(ctx, id, today)
		if err != nil {
			return err
		}
		if !ended {
			return fault.ErrNotFound
		}
		ahead, err := tx.DutyShifts.ListByUsers(ctx, []model.UserID{member.UserID}, today, "9999-12-31")
		if err != nil {
			return err
		}
		if slices.ContainsFunc(ahead, func(shift model.DutyShift) bool {
			return shift.StationID == member.StationID && shift.Now(tx.Now()) != model.ShiftDone
		}) {
			return ErrShiftsAhead
		}
		return record(ctx, tx, actor, "duty.member", member.StationID, id, "ended")
	})
}

// Mine are the actor's shifts from today on, at most those of a year.
func (s *Service) Mine(ctx context.Context, actor model.Actor) ([]model.DutyShift, error) {
	today := model.DateOf(s.store.Now())
	return s.store.DutyShifts.ListByUsers(ctx, []model.UserID{actor.User}, today, today.AddDays(366))
}

// mayManage lets the leads of a station pass. Faults: those of access.Require.
func (s *Service) mayManage(ctx context.Context, actor model.Actor, id model.UnitID) error {
	if err := s.access.Require(ctx, actor, access.DutyManage, id); err != nil {
		return err
	}
	_, err := s.station.Station(ctx, id)
	return err
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, action string, unit model.UnitID, object [16]byte, detail string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: action, ObjectKind: "duty", ObjectID: object, Unit: unit, Detail: detail,
	})
}
