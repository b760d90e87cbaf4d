package store

import (
	"context"
	"time"

	"jinlin/model"
)

// SignUps are who comes to which activity.
type SignUps struct{ table[model.SignUp] }

// Get reads one. Fault: not_found.
func (t SignUps) Get(ctx context.Context, id model.SignUpID) (model.SignUp, error) {
	return t.one(ctx, "id = ?", id)
}

// GetForMove reads one and holds it until the transaction ends. Fault: not_found.
func (t SignUps) GetForMove(ctx context.Context, id model.SignUpID) (model.SignUp, error) {
	return t.locked(ctx, "id = ?", id)
}

// GetByPerson reads one person's for one activity. Fault: not_found.
func (t SignUps) GetByPerson(ctx context.Context, activity model.ActivityID, user model.UserID) (model.SignUp, error) {
	return t.one(ctx, "activity_id = ? AND user_id = ?", activity, user)
}

// ListByActivity pages an activity's sign-ups in order of their ids.
func (t SignUps) ListByActivity(ctx context.Context, activity model.ActivityID, page model.Page) (model.Listing[model.SignUp], error) {
	return oldest(t.read(ctx).Where("activity_id = ?", activity), page, func(s model.SignUp) [16]byte { return s.ID })
}

// ListByUser pages a person's sign-ups, newest first.
func (t SignUps) ListByUser(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.SignUp], error) {
	return newest(t.read(ctx).Where("user_id = ?", user), page, func(s model.SignUp) [16]byte { return s.ID })
}

// ListIn are so many of an activity's sign-ups in some states.
func (t SignUps) ListIn(ctx context.Context, activity model.ActivityID, limit int, states ...model.SignUpState) ([]model.SignUp, error) {
	return all[model.SignUp](t.read(ctx).Where("activity_id = ? AND state IN ?", activity, states).Limit(limit))
}

// ListWaiting are those who have waited longest.
func (t SignUps) ListWaiting(ctx context.Context, activity model.ActivityID, limit int) ([]model.SignUp, error) {
	return all[model.SignUp](t.read(ctx).
		Where("activity_id = ? AND state = ?", activity, model.SignUpWaitlisted).Order("waiting_number").Limit(limit))
}

// ListLapsing are the offers whose time is over, longest ago first.
func (t SignUps) ListLapsing(ctx context.Context, at time.Time, limit int) ([]model.SignUp, error) {
	return all[model.SignUp](t.read(ctx).
		Where("state = ? AND offered_until <= ?", model.SignUpOffered, at).Order("offered_until").Limit(limit))
}

// CountAhead says how many wait with a lower number.
func (t SignUps) CountAhead(ctx context.Context, s model.SignUp) (int64, error) {
	return t.count(ctx, "activity_id = ? AND state = ? AND waiting_number < ?", s.ActivityID, model.SignUpWaitlisted, s.WaitingNumber)
}

// CountPlaces adds up the places of an activity's sign-ups that have one.
func (t SignUps) CountPlaces(ctx context.Context, activity model.ActivityID) (n int64, err error) {
	err = t.read(ctx).Select("COALESCE(SUM(places), 0)").Where("activity_id = ? AND state NOT IN ?", activity,
		[]model.SignUpState{model.SignUpWaitlisted, model.SignUpDeclined, model.SignUpLapsed, model.SignUpCancelled}).Scan(&n).Error
	return n, named(plain(err))
}

// SaveAgain begins a sign-up anew that was given up before, if it still is as it was read.
// Fault: consent_required.
func (t SignUps) SaveAgain(ctx context.Context, was, now model.SignUp) (bool, error) {
	if err := t.c.consented(ctx, now); err != nil {
		return false, err
	}
	return hit(t.write(ctx).Where("id = ? AND state = ?", was.ID, was.State).Updates(map[string]any{
		"state": now.State, "places": now.Places, "waiting_number": now.WaitingNumber, "offered_until": nil,
		"details": now.Details, "updated_at": t.c.now(),
	}))
}

// DeleteDetails deletes whom a person brings along and what they answered, of all their sign-ups.
func (t SignUps) DeleteDetails(ctx context.Context, user model.UserID) error {
	_, err := t.set(ctx, map[string]any{"details": []byte{}}, "user_id = ? AND details <> ?", user, []byte{})
	return err
}

// SaveState moves a sign-up that is still in the state it was read in.
func (t SignUps) SaveState(ctx context.Context, s model.SignUp, to model.SignUpState) (bool, error) {
	return t.move(ctx, s, map[string]any{"state": to, "offered_until": nil})
}

// SaveOffered is SaveState to offered, until a time.
func (t SignUps) SaveOffered(ctx context.Context, s model.SignUp, until time.Time) (bool, error) {
	return t.move(ctx, s, map[string]any{"state": model.SignUpOffered, "offered_until": until})
}

func (t SignUps) move(ctx context.Context, s model.SignUp, values map[string]any) (bool, error) {
	values["updated_at"] = t.c.now()
	return t.set(ctx, values, "id = ? AND state = ?", s.ID, s.State)
}

// SignUpEvents are the moves of sign-ups.
type SignUpEvents struct{ table[model.SignUpEvent] }

// ListBySignUp are one sign-up's moves, oldest first.
func (t SignUpEvents) ListBySignUp(ctx context.Context, id model.SignUpID) ([]model.SignUpEvent, error) {
	return all[model.SignUpEvent](t.read(ctx).Where("sign_up_id = ?", id).Order("id").Limit(model.MaxLimit))
}

// Attendances are the facts about who came. They are added and read, never changed.
type Attendances struct{ table[model.Attendance] }

// Get reads one fact. Fault: not_found.
func (t Attendances) Get(ctx context.Context, signUp model.SignUpID, kind model.AttendanceKind, source model.AttendanceSource) (model.Attendance, error) {
	return t.one(ctx, "sign_up_id = ? AND kind = ? AND source = ?", signUp, kind, source)
}

// GetByClient reads the fact that an offline list called so. Fault: not_found.
func (t Attendances) GetByClient(ctx context.Context, activity model.ActivityID, clientID string) (model.Attendance, error) {
	return t.one(ctx, "activity_id = ? AND client_id = ?", activity, clientID)
}

// ListBySignUps are all facts about these sign-ups, four each at most.
func (t Attendances) ListBySignUps(ctx context.Context, ids []model.SignUpID) ([]model.Attendance, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.Attendance](t.read(ctx).Where("sign_up_id IN ?", ids))
}
