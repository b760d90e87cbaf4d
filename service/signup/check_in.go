package signup

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// What can be in the way of checking in.
var (
	ErrCodeExpired = fault.Define(fault.Conflict, "code_expired",
		"签到码已过期，请重新扫码。", "This code is not valid any more. Please scan again.")
	ErrNotOpen = fault.Define(fault.Conflict, "check_in_not_open",
		"签到尚未开放或已经结束。", "Check-in is not open.")
	ErrNotCheckedIn = fault.Define(fault.Conflict, "not_checked_in",
		"尚未签到，不能签退。", "Nobody can leave before having come.")
)

// CodeEvery is how long a check-in code is shown.
const CodeEvery = 30 * time.Second

const (
	codeLength  = 10            // characters of five bits
	codesAfter  = 2 * time.Hour // how long after the end codes are still taken
	codePurpose = "activities.check_in_code"
)

// Code is what is shown for people to scan.
type Code struct {
	Code      string
	ExpiresAt time.Time // when the next one is shown; this one is taken for 30 s more
}

// CheckInCode is the code of the moment. It is a keyed hash of activity and time, so that
// every replica shows the same one and none is stored.
// Faults: illegal_transition for a draft or a cancelled activity, and those of access.Require.
func (s *Service) CheckInCode(ctx context.Context, actor model.Actor, id model.ActivityID) (Code, error) {
	a, err := s.attended(ctx, actor, id)
	if err != nil {
		return Code{}, err
	}
	if err := takesAttendance(a); err != nil {
		return Code{}, err
	}
	now := s.store.Now()
	return Code{Code: s.code(id, now), ExpiresAt: now.Truncate(CodeEvery).Add(CodeEvery)}, nil
}

func (s *Service) code(id model.ActivityID, at time.Time) string {
	return shown(s.store.Keys().Index(codePurpose, slotOf(id, at)))
}

func slotOf(id model.ActivityID, at time.Time) string {
	slot := binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/int64(CodeEvery/time.Second)))
	return string(id[:]) + string(slot)
}

func shown(sum []byte) string { return base32.StdEncoding.EncodeToString(sum)[:codeLength] }

// current says whether a code is that of this slot or the one before, also from a replica
// that has not been given the newest field key yet. Comparing in plain time is safe: what a
// guess could learn is worth 30 seconds.
func (s *Service) current(id model.ActivityID, code string) bool {
	now, keys := s.store.Now(), s.store.Keys()
	sums := slices.Concat(keys.Indexes(codePurpose, slotOf(id, now)), keys.Indexes(codePurpose, slotOf(id, now.Add(-CodeEvery))))
	return slices.ContainsFunc(sums, func(sum []byte) bool { return code == shown(sum) })
}

// attended is an activity whose attendance the actor may record.
func (s *Service) attended(ctx context.Context, actor model.Actor, id model.ActivityID) (model.Activity, error) {
	if _, err := s.access.Units(ctx, actor, access.AttendanceRecord); err != nil {
		return model.Activity{}, err
	}
	a, err := s.store.Activities.Get(ctx, id)
	if err != nil {
		return a, err
	}
	return a, s.access.Require(ctx, actor, access.AttendanceRecord, a.UnitID)
}

func takesAttendance(a model.Activity) error {
	if a.State == model.ActivityDraft || a.State == model.ActivityCancelled {
		return fault.IllegalMove(string(a.State), nil)
	}
	return nil
}

// Check is the actor's own word, with the code of the moment, of having come or going.
// Repeats are answered like the first, whatever their code.
// Faults: code_expired, not_signed_up, check_in_not_open, not_checked_in, not_found.
func (s *Service) Check(ctx context.Context, actor model.Actor, id model.ActivityID, kind model.AttendanceKind, code string) (Recorded, error) {
	if actor.Nobody() {
		return Recorded{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Recorded, error) {
		a, err := tx.Activities.Get(ctx, id)
		if err == nil && !a.Visible() {
			err = fault.ErrNotFound
		}
		if err != nil {
			return Recorded{}, err
		}
		mine, err := tx.SignUps.GetByPerson(ctx, id, actor.User)
		if errors.Is(err, fault.ErrNotFound) {
			err = ErrNotSignedUp
		}
		if err != nil {
			return Recorded{}, err
		}
		row, done, err := held(ctx, tx, mine.ID, kind, model.ByCode)
		if err != nil || done != nil {
			return recorded(row, done), err
		}
		if err := s.checkable(a, tx.Now(), code); err != nil {
			return Recorded{}, err
		}
		return s.record(ctx, tx, actor, a, row, Fact{Kind: kind, At: tx.Now()}, model.ByCode)
	})
}

func (s *Service) checkable(a model.Activity, now time.Time, code string) error {
	switch {
	case takesAttendance(a) != nil:
		return takesAttendance(a)
	case now.Before(a.CheckInOpensAt()), !now.Before(a.EndsAt.Add(codesAfter)):
		return ErrNotOpen
	case !s.current(a.ID, code):
		return ErrCodeExpired
	}
	return nil
}
