package tenure_test

import (
	"database/sql"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/tenure"
)

func TestOfManyWhoStartAtOnceOneHasThePost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := make([]model.Tenure, 8)
		for i := range made {
			made[i] = w.approved("")
		}
		started := w.AtOnce(len(made), func(i int) error {
			_, err := w.Start(t.Context(), w.other, made[i].ID)
			return err
		}, tenure.ErrPostTaken)
		grants, err := w.Store.Grants.ListByUnit(t.Context(), w.branch, model.Secretary, w.Store.Now())
		if started != 1 || len(grants) != 1 || err != nil {
			t.Fatalf("%d started, %d grants, %v", started, len(grants), err)
		}
	})
}

// The race above would see two in one post: this is what it sees when the post is looked at
// and then taken.
func TestPowerLookingAtThePostFirstFillsItTwice(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		made := make([]model.Tenure, 8)
		for i := range made {
			made[i] = w.approved("")
		}
		var looked sync.WaitGroup
		looked.Add(len(made))
		started := w.AtOnce(len(made), func(i int) error {
			var inPost int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM tenures WHERE branch_id = ? AND status = 'in_post'", w.branch[:]).Scan(&inPost)
			looked.Done()
			looked.Wait()
			if err != nil {
				return err
			}
			if inPost > 0 {
				return tenure.ErrPostTaken
			}
			_, err = past.ExecContext(t.Context(), "UPDATE tenures SET status = 'in_post' WHERE id = ?", made[i].ID[:])
			return err
		}, tenure.ErrPostTaken)
		if started < 2 {
			t.Fatalf("the naive way put %d in post", started)
		}
	})
}

func TestApprovalAndRejectionAtOnceAreOneDecision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.proposes("")
		w.judges(made.ID)
		decided := w.AtOnce(8, func(i int) (err error) {
			if i%2 == 0 {
				_, err = w.Approve(t.Context(), w.other, made.ID, "")
			} else {
				_, err = w.Reject(t.Context(), w.clerk, made.ID, "不同意")
			}
			return err
		}, fault.ErrIllegalTransition)
		// An approved tenure may still be rejected; of each kind there is one at most.
		got, err := w.Store.Tenures.Get(t.Context(), made.ID)
		if decided < 1 || decided > 2 || err != nil || decided == 2 && got.Status != model.TenureRejected {
			t.Fatalf("%d decisions, %+v, %v", decided, got, err)
		}
	})
}
