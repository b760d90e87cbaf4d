package moderation_test

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/moderation"
)

// desk is a branch in a county, with texts of its secretary's that wait.
type desk struct {
	storetest.World
	*moderation.Service
	county, branch           model.UnitID
	secretary, worker, clerk model.Actor
}

func newDesk(t testing.TB, s *store.Store, clock *storetest.Clock) *desk {
	d := &desk{World: storetest.World{T: t, Store: s, Clock: clock}, Service: judge(s, &adviser{})}
	d.county = d.Unit(model.County, model.UnitID{})
	community := d.Unit(model.Community, d.county)
	d.branch = d.Unit(model.Branch, community)
	d.secretary, d.worker, d.clerk = d.Staff(model.Secretary, d.branch), d.Staff(model.CommunityWorker, community), d.Staff(model.CountyClerk, d.county)
	return d
}

// held puts version n of one activity's text before a person.
func (d *desk) held(n int) model.ModerationItem {
	d.T.Helper()
	object := model.ID[any]{15: 1}
	d.Must(d.Store.InTx(d.T.Context(), func(tx *store.Store) error {
		return d.Hold(d.T.Context(), tx, model.ModerationItem{
			Kind: model.ModeratedActivity, ObjectID: object, ObjectVersion: n, UnitID: d.branch, WriterID: d.secretary.User, Text: fmt.Sprint("第", n, "稿"),
		})
	}))
	item, err := d.Store.ModerationItems.GetByObject(d.T.Context(), model.ModeratedActivity, object, n)
	d.Must(err)
	return item
}

func TestOneTextIsDecidedOnceByTwentyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		item := d.held(1)
		if again := d.held(1); again.ID != item.ID {
			t.Fatal("one text was held twice")
		}
		clock.Move(time.Minute)
		done := d.AtOnce(20, func(i int) error {
			decide := d.Release
			if i%2 == 0 {
				decide = d.Refuse
			}
			_, err := decide(t.Context(), []model.Actor{d.worker, d.clerk}[i%2], item.ID, "看过了")
			return err
		}, fault.ErrIllegalTransition)
		events, err := s.ModerationEvents.List(t.Context(), item.ID)
		d.Must(err)
		if done != 1 || len(events) != 2 || events[1].FromStatus != model.TextHeld {
			t.Fatalf("decided %d times: %+v", done, events)
		}
		if now, err := s.ModerationItems.Get(t.Context(), item.ID); err != nil || now.Status != events[1].ToStatus || now.DecidedAt == nil {
			t.Fatalf("%+v, %v", now, err)
		}
	})
}

// The race above would see two decisions: this is what it sees when the status is looked at
// and then written.
func TestPowerLookingAtTheStatusFirstDecidesOften(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		d := newDesk(t, s, clock)
		item := d.held(1)
		var looked sync.WaitGroup
		looked.Add(8)
		done := d.AtOnce(8, func(int) error {
			var status string
			err := past.QueryRowContext(t.Context(), "SELECT status FROM moderation_items WHERE id = ?", item.ID[:]).Scan(&status)
			looked.Done()
			looked.Wait()
			if err != nil {
				return err
			}
			if status != "held" {
				return fault.ErrIllegalTransition
			}
			_, err = past.ExecContext(t.Context(), "UPDATE moderation_items SET status = 'released' WHERE id = ?", item.ID[:])
			return err
		}, fault.ErrIllegalTransition)
		if done <= 1 {
			t.Fatalf("the naive desk decided %d times", done)
		}
	})
}

func TestWhatHasWaitedLongestComesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		for n := range 3 {
			d.held(n + 1)
			clock.Move(time.Minute)
		}
		page := model.Page{Limit: 2}
		for _, want := range [][]string{{"第1稿", "第2稿"}, {"第3稿"}} {
			items, err := d.Items(t.Context(), d.clerk, d.county, model.TextHeld, page)
			d.Must(err)
			for i, item := range items.Items {
				if len(items.Items) != len(want) || item.Text != want[i] {
					t.Fatalf("%+v; want %q", items.Items, want)
				}
			}
			page.After = items.Next
		}
		if page.After != nil {
			t.Error("there is no third page")
		}
		auditor := d.Staff(model.Auditor, d.county)
		_, err := d.Items(t.Context(), auditor, d.county, model.TextHeld, model.Page{})
		d.ExpectFault(err, fault.ErrForbidden)
		_, err = d.Items(t.Context(), d.secretary, d.county, model.TextHeld, model.Page{})
		d.ExpectFault(err, fault.ErrNotFound)
	})
}

func TestToRefuseTakesAReasonAndLeavesARecord(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		d := newDesk(t, s, clock)
		item := d.held(1)
		_, err := d.Refuse(t.Context(), d.clerk, item.ID, "  ")
		d.ExpectFault(err, fault.ErrInvalid)
		refused, err := d.Refuse(t.Context(), d.clerk, item.ID, " 不合适 ")
		if err != nil || refused.Status != model.TextRefused || refused.Reason != "不合适" {
			t.Fatalf("%+v, %v", refused, err)
		}
		var rows int
		d.Must(past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM audit_entries WHERE action = 'moderation.refuse' AND object_id = ? AND actor_id = ?",
			item.ID[:], d.clerk.User[:]).Scan(&rows))
		if rows != 1 {
			t.Errorf("%d audit rows", rows)
		}
	})
}
