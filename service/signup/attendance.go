package signup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
)

// ErrClientID is a fault: an offline list uses one name for two records.
var ErrClientID = fault.Define(fault.Conflict, "client_id_used",
	"该离线记录编号已用于另一条签到。", "This clientId was used for a different record.")

// Points pays what was earned, in the transaction of the record that earns it.
type Points interface {
	// Earn says whether the points were posted. When not, the pool was empty and a debt
	// was recorded instead, which is no error.
	Earn(ctx context.Context, tx *store.Store, e model.Earning) (posted bool, err error)
}

// clockSkew is how far ahead of ours the clock of an offline list may be.
const clockSkew = 5 * time.Minute

// Fact is that somebody came or went.
type Fact struct {
	SignUpID model.SignUpID
	Kind     model.AttendanceKind
	At       time.Time // zero: now
	ClientID string    // what an offline list calls the record; "" when it has no name
}

// Recorded is what is on record, the first time and every time after.
type Recorded struct {
	SignUpID model.SignUpID
	Kind     model.AttendanceKind
	At       time.Time
	Status   model.SignUpState
	Outcome  model.PointsOutcome // owed: recorded all the same, and a debt to the person
}

// Record is staff's word that somebody came or went, perhaps from an offline list after
// the end. The record that earns the activity's points posts them. A repeat, also by
// somebody else, answers what is on record.
// Faults: not_signed_up, check_in_not_open, not_checked_in, client_id_used, invalid,
// illegal_transition, not_found and those of access.Require.
func (s *Service) Record(ctx context.Context, actor model.Actor, id model.ActivityID, fact Fact) (Recorded, error) {
	if _, err := s.attended(ctx, actor, id); err != nil {
		return Recorded{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Recorded, error) {
		a, err := tx.Activities.Get(ctx, id)
		if err != nil {
			return Recorded{}, err
		}
		row, done, err := held(ctx, tx, fact.SignUpID, fact.Kind, model.ByStaff)
		if err == nil && row.ActivityID != id {
			err = fault.ErrNotFound
		}
		if err != nil || done != nil {
			return recorded(row, done), err
		}
		if fact.At, err = recordable(a, fact.At, tx.Now()); err != nil {
			return Recorded{}, err
		}
		if err := unnamed(ctx, tx, id, fact.ClientID); err != nil {
			return Recorded{}, err
		}
		out, err := s.record(ctx, tx, actor, a, row, fact, model.ByStaff)
		if err != nil {
			return out, err
		}
		return out, audit.Record(ctx, tx, actor, audit.Act{
			Action: "attendance.record", ObjectKind: "sign_up", ObjectID: row.ID, Unit: a.UnitID,
			Detail: fmt.Sprintf("%s, points %s", fact.Kind, out.Outcome),
		})
	})
}

// held holds a sign-up until the transaction ends and finds what is on record about it.
func held(ctx context.Context, tx *store.Store, id model.SignUpID, kind model.AttendanceKind, source model.AttendanceSource) (model.SignUp, *model.Attendance, error) {
	row, err := tx.SignUps.GetForMove(ctx, id)
	if err != nil {
		return row, nil, err
	}
	known, err := tx.Attendances.Get(ctx, row.ID, kind, source)
	if errors.Is(err, fault.ErrNotFound) {
		return row, nil, nil
	}
	return row, &known, err
}

func recorded(row model.SignUp, done *model.Attendance) Recorded {
	if done == nil {
		return Recorded{}
	}
	return Recorded{SignUpID: row.ID, Kind: done.Kind, At: done.At, Status: row.State, Outcome: done.Outcome}
}

// recordable gives the time to write down. Faults: check_in_not_open, invalid, illegal_transition.
func recordable(a model.Activity, at, now time.Time) (time.Time, error) {
	if err := takesAttendance(a); err != nil {
		return at, err
	}
	if at.IsZero() {
		at = now
	}
	at = at.UTC().Truncate(time.Millisecond)
	switch {
	case at.After(now.Add(clockSkew)):
		return at, fault.InvalidField("at", "in_future", "时间不能晚于现在。", "The time must not lie in the future.")
	case at.After(now):
		at = now
	}
	if at.Before(a.CheckInOpensAt()) {
		return at, ErrNotOpen
	}
	return at, nil
}

func unnamed(ctx context.Context, tx *store.Store, id model.ActivityID, clientID string) error {
	if clientID == "" {
		return nil
	}
	_, err := tx.Attendances.GetByClient(ctx, id, clientID)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err == nil {
		return ErrClientID
	}
	return err
}

// record writes a fact that is not on record yet, moves the sign-up and earns. The move
// to confirmed is what earns: a compare-and-set, which happens once.
func (s *Service) record(ctx context.Context, tx *store.Store, actor model.Actor, a model.Activity, row model.SignUp, fact Fact, source model.AttendanceSource) (Recorded, error) {
	earns := source == model.ByStaff && fact.Kind.Earns(a)
	to, err := next(row, fact.Kind, earns)
	if err != nil {
		return Recorded{}, err
	}
	outcome := model.NoPoints
	if to != row.State {
		if err := move(ctx, tx, row, to, actor.User); err != nil {
			return Recorded{}, err
		}
		if earns {
			if outcome, err = s.earn(ctx, tx, actor, a, row); err != nil {
				return Recorded{}, err
			}
		}
	}
	known := model.Attendance{
		ID: model.NewID[model.Attendance](tx.Now()), ActivityID: a.ID, SignUpID: row.ID, Kind: fact.Kind, Source: source,
		At: fact.At, RecordedBy: actor.User, Outcome: outcome, CreatedAt: tx.Now(),
	}
	if fact.ClientID != "" {
		known.ClientID = &fact.ClientID
	}
	err = tx.Attendances.Add(ctx, &known)
	if errors.Is(err, store.ErrDuplicate) { // the sign-up is held, so it is the name that was taken meanwhile
		err = ErrClientID
	}
	row.State = to
	return recorded(row, &known), err
}

// next is where a fact takes a sign-up; the same state when nowhere.
// Faults: not_signed_up, not_checked_in.
func next(row model.SignUp, kind model.AttendanceKind, earns bool) (model.SignUpState, error) {
	if !row.HasPlace() || row.State == model.SignUpOffered {
		return row.State, ErrNotSignedUp
	}
	absent := row.State == model.SignUpRegistered || row.State == model.SignUpNoShow
	switch {
	case kind == model.WentOut && absent:
		return row.State, ErrNotCheckedIn
	case earns:
		return model.SignUpConfirmed, nil
	case kind == model.CameIn && absent:
		return model.SignUpCheckedIn, nil
	case kind == model.WentOut && row.State == model.SignUpCheckedIn:
		return model.SignUpCheckedOut, nil
	}
	return row.State, nil
}

func (s *Service) earn(ctx context.Context, tx *store.Store, actor model.Actor, a model.Activity, row model.SignUp) (model.PointsOutcome, error) {
	if a.Points == 0 {
		return model.NoPoints, nil
	}
	posted, err := s.points.Earn(ctx, tx, model.Earning{
		User: row.UserID, Points: int64(a.Points), PoolID: a.PoolID, UnitID: a.UnitID, Cause: model.CauseAttendance,
		Reference: "attendance:" + row.ID.String(), By: actor,
	})
	switch {
	case err != nil:
		return model.NoPoints, err
	case posted:
		return model.PointsPosted, nil
	}
	return model.PointsOwed, nil
}
