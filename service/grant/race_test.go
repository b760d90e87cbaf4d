package grant_test

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/grant"
)

func TestOfManyWhoGiveTheSameRoleAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		given := w.AtOnce(8, func(i int) error {
			_, err := w.gives([]model.Actor{w.clerk, w.second, w.member}[i%3], model.Secretary, w.branch)
			return err
		}, grant.ErrGranted)
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User)
		if given != 1 || len(grants) != 1 || err != nil {
			t.Fatalf("given %d times, %d grants, %v", given, len(grants), err)
		}
	})
}

// The race above would see two grants: this is what it sees when somebody looks whether
// there is one and then adds it.
func TestPowerLookingForTheGrantFirstGivesItTwice(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		var looked sync.WaitGroup
		looked.Add(8)
		given := w.AtOnce(8, func(int) error {
			var n int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM grants WHERE user_id = ? AND unit_id = ?", w.elder.User[:], w.branch[:]).Scan(&n)
			looked.Done()
			looked.Wait()
			if err == nil && n > 0 {
				err = grant.ErrGranted
			}
			if err != nil {
				return err
			}
			return s.Grants.Add(t.Context(), &model.Grant{
				ID: model.NewID[model.Grant](clock.Now()), UserID: w.elder.User, Role: model.Secretary, UnitID: w.branch, ValidFrom: clock.Now(), CreatedAt: clock.Now(),
			})
		}, grant.ErrGranted)
		if given < 2 {
			t.Fatalf("the naive way gave it %d times", given)
		}
	})
}

// clerks are those of the county with their grants, after some more were made.
func (w *world) clerks(more int) (people []model.Actor, grants []model.GrantID) {
	w.T.Helper()
	people = []model.Actor{w.clerk, w.second}
	for range more {
		people = append(people, w.Staff(model.CountyClerk, w.county))
	}
	for _, who := range people {
		held, err := w.Store.Grants.ListByUser(w.T.Context(), who.User)
		w.Must(err)
		grants = append(grants, held[0].ID)
	}
	return people, grants
}

func (w *world) clerksLeft() int {
	w.T.Helper()
	left, err := w.Store.Grants.ListHolding(w.T.Context(), model.CountyClerk, w.Clock.Now())
	w.Must(err)
	return len(left)
}

func TestClerksWhoEndEachOtherAtOnceLeaveOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people, grants := w.clerks(4)
		ended := w.AtOnce(len(people), func(i int) error {
			return w.End(t.Context(), people[i], grants[(i+1)%len(grants)])
		}, grant.ErrLastClerk, access.ErrNotTheirs, fault.ErrForbidden) // whoever is no clerk any more ends nobody
		if left := w.clerksLeft(); left == 0 || ended != len(people)-left {
			t.Fatalf("%d ended, %d left", ended, left)
		}
	})
}

// The race above would see nobody left: this is what it sees when the others are counted
// and then one is ended.
func TestPowerCountingTheClerksFirstLeavesNone(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		_, grants := w.clerks(0)
		var counted sync.WaitGroup
		counted.Add(len(grants))
		w.AtOnce(len(grants), func(i int) error {
			var n int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM grants WHERE role = 'county_clerk' AND valid_to IS NULL").Scan(&n)
			counted.Done()
			counted.Wait()
			if err == nil && n < 2 {
				err = grant.ErrLastClerk
			}
			if err != nil {
				return err
			}
			return s.Grants.SaveEnded(t.Context(), grants[i], clock.Now())
		}, grant.ErrLastClerk)
		if left := w.clerksLeft(); left != 0 {
			t.Fatalf("the naive way left %d", left)
		}
	})
}

func TestConfirmationAndEndAtOnceAreOneStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g, err := w.gives(w.clerk, model.Auditor, w.county)
		w.Must(err)
		w.Clock.Move(time.Minute)
		w.AtOnce(8, func(i int) error {
			if i%2 == 0 {
				return w.End(t.Context(), w.clerk, g.ID)
			}
			_, err := w.Confirm(t.Context(), w.second, g.ID)
			return err
		}, fault.ErrIllegalTransition)
		g, err = w.Store.Grants.Get(t.Context(), g.ID)
		if err != nil || g.StatusAt(w.Clock.Now()) != model.GrantEnded || g.Live != nil || g.Pending != g.ConfirmedBy.IsZero() {
			t.Fatalf("%+v, %v", g, err)
		}
	})
}
