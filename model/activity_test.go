package model_test

import (
	"errors"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
)

func TestOnlyWakingTimePasses(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, model.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct{ from, want string }{
		{"2026-11-23 08:00", "2026-11-23 20:00"},
		{"2026-11-23 09:30", "2026-11-23 21:30"}, // exactly to the evening
		{"2026-11-23 20:30", "2026-11-24 18:00"}, // an hour today, eleven tomorrow
		{"2026-11-23 23:00", "2026-11-24 19:00"},
		{"2026-11-23 03:00", "2026-11-23 19:00"},
		{"2026-12-31 21:30", "2027-01-01 19:00"},
	} {
		if got := model.AfterWaking(at(c.from), 12*time.Hour); !got.Equal(at(c.want)) {
			t.Errorf("12 waking hours from %s: %s instead of %s", c.from, got.In(model.Shanghai), c.want)
		}
	}
}

func TestAnActivityIsOngoingAndFinishedByTheClock(t *testing.T) {
	t.Parallel()
	start := model.Date("2026-11-23").At(10, 0)
	a := model.Activity{State: model.ActivityPublished, StartsAt: start, EndsAt: start.Add(time.Hour)}
	for after, want := range map[time.Duration]model.ActivityState{
		-time.Millisecond: model.ActivityPublished, 0: model.ActivityOngoing,
		time.Hour - 1: model.ActivityOngoing, time.Hour: model.ActivityFinished,
	} {
		if got := a.StateAt(start.Add(after)); got != want {
			t.Errorf("%s after the start: %s instead of %s", after, got, want)
		}
	}
	a.State = model.ActivityCancelled
	if got := a.StateAt(a.EndsAt); got != model.ActivityCancelled {
		t.Errorf("a cancelled one became %s", got)
	}
}

// TestSignUpsMoveAsDrawn walks M16 and nothing else.
func TestSignUpsMoveAsDrawn(t *testing.T) {
	t.Parallel()
	path := []model.SignUpState{
		model.SignUpWaitlisted, model.SignUpOffered, model.SignUpLapsed, model.SignUpWaitlisted, model.SignUpOffered, model.SignUpDeclined,
		model.SignUpRegistered, model.SignUpCancelled, model.SignUpRegistered, model.SignUpNoShow, model.SignUpCheckedIn,
		model.SignUpCheckedOut, model.SignUpConfirmed,
	}
	for i, to := range path[1:] {
		if err := (model.SignUp{State: path[i]}).Move(to); err != nil {
			t.Errorf("%s → %s: %v", path[i], to, err)
		}
	}
	for _, bad := range [][2]model.SignUpState{
		{model.SignUpConfirmed, model.SignUpRegistered},
		{model.SignUpWaitlisted, model.SignUpRegistered},
		{model.SignUpWaitlisted, model.SignUpConfirmed},
		{model.SignUpCheckedIn, model.SignUpCancelled},
		{model.SignUpNoShow, model.SignUpRegistered},
	} {
		err := (model.SignUp{State: bad[0]}).Move(bad[1])
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.ErrIllegalTransition.Code || f.Current != string(bad[0]) {
			t.Errorf("%s → %s: %v", bad[0], bad[1], err)
		}
	}
}
