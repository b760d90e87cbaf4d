package gridlead_test

import (
	"database/sql"
	"errors"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/gridlead"
)

func TestOfManyWhoAppointAtOnceOneLeads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := []model.Actor{w.xing, w.qi}
		w.AtOnce(8, func(i int) error {
			_, err := w.Appoint(t.Context(), w.clerk, w.grid, people[i%2].User, today.AddDays(i%3))
			return err
		}, gridlead.ErrMeanwhile, gridlead.ErrLeads, gridlead.ErrPlanned)
		live, err := w.Store.GridLeads.ListAfter(t.Context(), w.grid, today.AddDays(5))
		if err != nil || len(live) != 1 || live[0].Live == nil {
			t.Fatalf("%+v, %v", live, err)
		}
		for day := range 6 { // leadOn fails on two of a day
			w.leadOn(today.AddDays(day))
		}
	})
}

// The race above would see two leads: this is what it sees when somebody looks whether there
// is one and adds one without the key.
func TestPowerLookingForTheLeadFirstAppointsTwo(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		meet := storetest.NewBarrier(2)
		appointed := w.AtOnce(2, func(i int) error {
			var n int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM grid_leads WHERE grid_id = ?", w.grid[:]).Scan(&n)
			meet.Wait()
			if err != nil || n > 0 {
				return errors.Join(err, gridlead.ErrMeanwhile)
			}
			return s.GridLeads.Add(t.Context(), &model.GridLead{
				ID: model.NewID[model.GridLead](clock.Now()), GridID: w.grid, UserID: []model.Actor{w.xing, w.qi}[i].User, ValidFrom: today,
				AppointedBy: w.clerk.User, CreatedAt: clock.Now(),
			})
		}, gridlead.ErrMeanwhile)
		if list, err := s.GridLeads.List(t.Context(), w.grid, today, model.Page{}); appointed != 2 || err != nil || len(list.Items) != 2 {
			t.Fatalf("the naive way appointed %d, %+v, %v", appointed, list, err)
		}
	})
}

// errLeads stands for what package grant says of a role on which a lead rests.
var errLeads = errors.New("leads a grid")

// endsRole ends a role as package grant does: written first, counted then.
func (w *world) endsRole(g model.Grant) error {
	ctx := w.T.Context()
	return w.Store.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.Grants.SaveEndedBy(ctx, g.ID, w.clerk.User, tx.Now()); err != nil {
			return err
		}
		n, err := w.CountPersonalWork(ctx, tx, model.Departure{Grant: g})
		if err == nil && n > 0 {
			err = errLeads
		}
		return err
	})
}

// rootless says whether somebody leads the grid whose role has ended.
func (w *world) rootless(g model.Grant) bool {
	w.T.Helper()
	g, err := w.Store.Grants.Get(w.T.Context(), g.ID)
	w.Must(err)
	return w.leadOn(today) == g.UserID && !g.Holds(w.Clock.Now())
}

func TestNobodyLeadsWhoseRoleEndsAtThatMoment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 6 {
			worker := w.Staff(model.GridWorker, w.grid)
			grants, err := w.Store.Grants.ListByUser(t.Context(), worker.User)
			w.Must(err)
			w.AtOnce(2, func(i int) error {
				if i == 0 {
					return w.endsRole(grants[0])
				}
				_, err := w.Appoint(t.Context(), w.clerk, w.grid, worker.User, "")
				return err
			}, errLeads, fault.ErrInvalid)
			if w.rootless(grants[0]) {
				t.Fatal("somebody leads without a role")
			}
		}
	})
}

// The race above would see it: this is what it sees when the one looks for leads and then ends
// the role, and the other looks for the role and then leads.
func TestPowerLookingForEachOtherFirstLeavesALeadWithoutARole(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		grants, err := s.Grants.ListByUser(t.Context(), w.xing.User)
		w.Must(err)
		meet := storetest.NewBarrier(2)
		looks := []string{
			"SELECT COUNT(*) FROM grid_leads WHERE user_id = ?",
			"SELECT 1 - COUNT(*) FROM grants WHERE user_id = ? AND valid_to IS NULL",
		}
		w.AtOnce(2, func(i int) error {
			var n int
			err := past.QueryRowContext(t.Context(), looks[i], w.xing.User[:]).Scan(&n)
			meet.Wait()
			switch {
			case err != nil || n > 0:
				return errors.Join(err, errLeads)
			case i == 0:
				return s.Grants.SaveEnded(t.Context(), grants[0].ID, clock.Now())
			}
			return s.GridLeads.Add(t.Context(), &model.GridLead{
				ID: model.NewID[model.GridLead](clock.Now()), GridID: w.grid, UserID: w.xing.User, ValidFrom: today, Live: model.Lasting(),
				AppointedBy: w.clerk.User, CreatedAt: clock.Now(),
			})
		}, errLeads)
		if !w.rootless(grants[0]) {
			t.Fatal("the naive way left nobody without a role")
		}
	})
}
