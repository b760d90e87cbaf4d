package signup_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/activity"
	"jinlin/service/signup"
)

// begun is an activity about to begin, with somebody signed up.
func (w *world) begun(change ...func(*activity.Plan)) (model.ActivityID, model.Actor, model.SignUpID) {
	w.T.Helper()
	id := w.publish(10, append([]func(*activity.Plan){func(p *activity.Plan) { p.Points = 5 }}, change...)...)
	wang := w.People(1)[0]
	joined := w.joins(wang, id)
	w.Clock.Set(w.read(id).StartsAt)
	return id, wang, joined.ID
}

func TestStaffsRecordEarnsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang, signUp := w.begun()
		var wg sync.WaitGroup
		answers := make([]signup.Recorded, 16)
		for i := range answers {
			wg.Go(func() {
				var err error
				answers[i], err = w.Record(t.Context(), w.secretary, id, signup.Fact{SignUpID: signUp, Kind: model.CameIn})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, got := range answers {
			if got != answers[0] || got.Outcome != model.PointsPosted || got.Status != model.SignUpConfirmed {
				t.Fatalf("%+v and %+v", got, answers[0])
			}
		}
		if n := w.points.earned.Load(); n != 1 {
			t.Fatalf("earned %d times", n)
		}
		if e := w.points.last.Load(); e.User != wang.User || e.Points != 5 || e.UnitID != w.branch || e.Reference != "attendance:"+signUp.String() || e.By.User != w.secretary.User {
			t.Fatalf("%+v", e)
		}
	})
}

// TestLookingFirstEarnsTwice is the power check: whoever looks whether it is on record and
// then writes, without holding the sign-up and without compare-and-set, earns again.
func TestLookingFirstEarnsTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		_, _, signUp := w.begun()
		var earned atomic.Int32
		var looked, wg sync.WaitGroup
		looked.Add(2)
		for range 2 {
			wg.Go(func() {
				err := w.naively(func(read, write *store.Store) error {
					row, err := read.SignUps.Get(t.Context(), signUp)
					looked.Done()
					looked.Wait()
					if err != nil || row.State != model.SignUpRegistered {
						return err
					}
					earned.Add(1)
					_, err = write.SignUps.SaveState(t.Context(), row, model.SignUpConfirmed) // whether it hit is not asked
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if earned.Load() != 2 {
			t.Fatal("the naive way should have earned twice")
		}
	})
}

func TestAnEmptyPoolIsADebtAndTheRecordStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang, signUp := w.begun()
		w.points.empty.Store(true)
		for range 2 {
			got, err := w.Record(t.Context(), w.secretary, id, signup.Fact{SignUpID: signUp, Kind: model.CameIn})
			if err != nil || got.Outcome != model.PointsOwed {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		if w.state(wang, id) != model.SignUpConfirmed || w.points.earned.Load() != 1 {
			t.Fatalf("%s, earned %d times", w.state(wang, id), w.points.earned.Load())
		}
	})
}

func TestPointsWaitForTheCheckOutWhereOneIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang, signUp := w.begun(func(p *activity.Plan) { p.RequiresCheckOut = true })
		record := func(kind model.AttendanceKind) (signup.Recorded, error) {
			return w.Record(t.Context(), w.secretary, id, signup.Fact{SignUpID: signUp, Kind: kind})
		}
		if _, err := record(model.WentOut); !errors.Is(err, signup.ErrNotCheckedIn) {
			t.Fatalf("left before coming: %v", err)
		}
		in, err := record(model.CameIn)
		if err != nil || in.Status != model.SignUpCheckedIn || w.points.earned.Load() != 0 {
			t.Fatalf("%+v, %v", in, err)
		}
		clock.Move(time.Hour)
		out, err := record(model.WentOut)
		if err != nil || out.Status != model.SignUpConfirmed || out.Outcome != model.PointsPosted || w.points.earned.Load() != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		roster, err := w.Roster(t.Context(), w.secretary, id, model.Page{})
		if err != nil || len(roster.Items) != 1 {
			t.Fatalf("%+v, %v", roster, err)
		}
		if line := roster.Items[0]; line.UserID != wang.User || !line.Out.Equal(clock.Now()) || !line.In.Equal(clock.Now().Add(-time.Hour)) || line.Outcome != model.PointsPosted {
			t.Fatalf("%+v", line)
		}
	})
}

func TestOfflineListsComeLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang, signUp := w.begun()
		other := w.People(1)[0]
		start := clock.Now()
		clock.Set(start.Add(-2 * time.Hour))
		second, err := w.Join(t.Context(), other, id, signup.Party{})
		w.Must(err)
		record := func(signUp model.SignUpID, at time.Time, clientID string) error {
			_, err := w.Record(t.Context(), w.secretary, id, signup.Fact{SignUpID: signUp, Kind: model.CameIn, At: at, ClientID: clientID})
			return err
		}
		if err := record(signUp, time.Time{}, ""); !errors.Is(err, signup.ErrNotOpen) {
			t.Fatalf("two hours before the start: %v", err)
		}
		clock.Set(start.Add(96 * time.Hour))
		w.Must(w.activities.Advance(t.Context()))
		w.Must(w.MarkNoShows(t.Context(), w.job(activity.NoShowJob)))
		if w.state(wang, id) != model.SignUpNoShow {
			t.Fatalf("%s", w.state(wang, id))
		}
		for range 2 {
			w.Must(record(signUp, start.Add(time.Minute), "tablet-1/17"))
		}
		if err := record(second.ID, start.Add(time.Minute), "tablet-1/17"); !errors.Is(err, signup.ErrClientID) {
			t.Fatalf("one name for two: %v", err)
		}
		if err := record(second.ID, clock.Now().Add(time.Hour), ""); !errors.Is(err, fault.ErrInvalid) {
			t.Fatalf("in the future: %v", err)
		}
		if err := record(second.ID, start.Add(-61*time.Minute), ""); !errors.Is(err, signup.ErrNotOpen) {
			t.Fatalf("before check-in opened: %v", err)
		}
		if w.state(wang, id) != model.SignUpConfirmed || w.state(other, id) != model.SignUpNoShow || w.points.earned.Load() != 1 {
			t.Fatalf("%s, %s", w.state(wang, id), w.state(other, id))
		}
	})
}

func TestPeopleCheckInWithTheCodeOfTheMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang, _ := w.begun()
		late := w.People(1)[0]
		check := func(p model.Actor, kind model.AttendanceKind, code string) (signup.Recorded, error) {
			return w.Check(t.Context(), p, id, kind, code)
		}
		code, err := w.CheckInCode(t.Context(), w.secretary, id)
		w.Must(err)
		if left := code.ExpiresAt.Sub(clock.Now()); left <= 0 || left > 30*time.Second {
			t.Fatalf("a code of %s", left)
		}
		if _, err := check(late, model.CameIn, code.Code); !errors.Is(err, signup.ErrNotSignedUp) {
			t.Fatalf("without a sign-up: %v", err)
		}
		if _, err := check(wang, model.WentOut, code.Code); !errors.Is(err, signup.ErrNotCheckedIn) {
			t.Fatalf("left before coming: %v", err)
		}
		clock.Set(code.ExpiresAt.Add(29 * time.Second)) // the slot after its own
		first, err := check(wang, model.CameIn, code.Code)
		if err != nil || first.Status != model.SignUpCheckedIn || w.points.earned.Load() != 0 {
			t.Fatalf("%+v, %v", first, err)
		}
		clock.Move(time.Second)
		if _, err := check(wang, model.WentOut, code.Code); !errors.Is(err, signup.ErrCodeExpired) {
			t.Fatalf("an old code: %v", err)
		}
		if again, err := check(wang, model.CameIn, code.Code); err != nil || again != first {
			t.Fatalf("a repeat: %+v, %v", again, err)
		}
		next, err := w.CheckInCode(t.Context(), w.secretary, id)
		w.Must(err)
		out, err := check(wang, model.WentOut, next.Code)
		if err != nil || out.Status != model.SignUpCheckedOut || next.Code == code.Code {
			t.Fatalf("%+v, %v", out, err)
		}
	})
}

func TestCheckInOpensBeforeTheStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for minutes, others := range map[int]int{activity.DefaultCheckIn: 59, 90: 89} {
			id, wang, _ := w.begun(func(p *activity.Plan) { p.CheckInMinutes = minutes })
			start := clock.Now()
			try := func(before int, want error) {
				t.Helper()
				clock.Set(start.Add(-time.Duration(before) * time.Minute))
				code, err := w.CheckInCode(t.Context(), w.secretary, id)
				w.Must(err)
				if _, err := w.Check(t.Context(), wang, id, model.CameIn, code.Code); !errors.Is(err, want) {
					t.Fatalf("%d minutes before the start: %v", before, err)
				}
			}
			try(minutes+1, signup.ErrNotOpen)
			try(others, nil)
		}
	})
}

func TestOnlyStaffOfTheUnitSeeTheRosterAndRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang, signUp := w.begun()
		for _, refused := range []func() error{
			func() error { _, err := w.Roster(t.Context(), wang, id, model.Page{}); return err },
			func() error { _, err := w.CheckInCode(t.Context(), wang, id); return err },
			func() error {
				_, err := w.Record(t.Context(), wang, id, signup.Fact{SignUpID: signUp, Kind: model.CameIn})
				return err
			},
		} {
			if err := refused(); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("a resident: %v", err)
			}
		}
		another := w.publish(1)
		if _, err := w.Record(t.Context(), w.secretary, another, signup.Fact{SignUpID: signUp, Kind: model.CameIn}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a sign-up of another activity: %v", err)
		}
	})
}
