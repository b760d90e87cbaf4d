package mailbox_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// together runs n calls at once and counts those that succeed; the others must fail as
// they should.
func together(t *testing.T, n int, want error, do func(i int) error) (succeeded int) {
	t.Helper()
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			switch err := do(i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, want):
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	return int(won.Load())
}

func TestOfSeveralStaffAtOnceOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		staff := []model.Actor{w.secretary, w.worker, w.gridWorker, w.clerk}
		won := together(t, 12, fault.ErrIllegalTransition, func(i int) error {
			var err error
			if actor := staff[i%len(staff)]; i%2 == 0 {
				_, err = w.mailbox.Accept(t.Context(), actor, id, "")
			} else {
				_, err = w.mailbox.Refuse(t.Context(), actor, id, "不属于小区事务")
			}
			if f := fault.From(err); err != nil && f.Current != "accepted" && f.Current != "refused" {
				t.Errorf("told of the state %q", f.Current)
			}
			return err
		})
		view, err := w.mailbox.Read(t.Context(), w.wang, id)
		w.Must(err)
		if won != 1 || len(view.Timeline) != 3 {
			t.Errorf("%d won, %d events", won, len(view.Timeline))
		}
	})
}

// TestStaffAtOnceWouldBothWinWithoutTheLock is the power check: judged on what was read
// before the transaction, both moves happen, and the last one wipes out the other's.
func TestStaffAtOnceWouldBothWinWithoutTheLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		var haveRead sync.WaitGroup
		haveRead.Add(2)
		won := together(t, 2, fault.ErrIllegalTransition, func(i int) error {
			request, err := s.Requests.Get(t.Context(), id)
			w.Must(err)
			haveRead.Done()
			haveRead.Wait()
			e := model.RequestEvent{Kind: model.MoveAcceptance, To: model.RequestAccepted, At: s.Now()}
			if i == 1 {
				e.Kind, e.To = model.MoveRefusal, model.RequestRefused
			}
			if _, err := request.Step(e); err != nil {
				return err
			}
			return s.InTx(t.Context(), func(tx *store.Store) error {
				now, err := tx.Requests.GetLocked(t.Context(), id)
				if err != nil {
					return err
				}
				_, err = tx.Requests.SaveMoved(t.Context(), request, now.Version)
				return err
			})
		})
		if won != 2 {
			t.Errorf("%d won: this test cannot tell a lock from none", won)
		}
	})
}

func TestParallelRepeatsUnderOneKeyAreOneRequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		states := make([]mailbox.State, 20)
		won := together(t, len(states), nil, func(i int) error {
			key := &model.OnceKey{Actor: w.wang.User, Operation: "submitRequest", Key: "k-1", Hash: make([]byte, 32)}
			state, err := w.mailbox.Submit(model.WithOnceKey(t.Context(), key), w.wang, w.lamp())
			states[i] = state
			return err
		})
		listing, err := w.mailbox.ListMine(t.Context(), w.wang, model.Page{})
		w.Must(err)
		used, err := s.DailyUses.Get(t.Context(), w.wang.User, "mailbox.request", "2026-11-23")
		w.Must(err)
		if won != len(states) || len(listing.Items) != 1 || used != 1 {
			t.Fatalf("%d answers, %d requests, %d used", won, len(listing.Items), used)
		}
		for _, state := range states {
			if state.ID != states[0].ID || state.Receipt != states[0].Receipt || len(state.Clocks) != 2 {
				t.Fatalf("two answers: %+v and %+v", state, states[0])
			}
		}
	})
}

func TestTheDailyLimitHoldsForManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		won := together(t, 40, mailbox.ErrDailyLimit, func(int) error {
			_, err := w.mailbox.Submit(t.Context(), w.wang, w.lamp())
			return err
		})
		listing, err := w.mailbox.ListMine(t.Context(), w.wang, model.Page{Limit: 50})
		w.Must(err)
		if won != 10 || len(listing.Items) != 10 {
			t.Errorf("%d succeeded, %d requests; the limit is 10", won, len(listing.Items))
		}
	})
}

// TestCountingFirstWouldExceedTheLimit is the power check: looking whether there is one
// left and then taking it lets everybody through who looked in time.
func TestCountingFirstWouldExceedTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		const limit, people = 10, 12
		user, today := model.NewID[model.User](s.Now()), model.DateOf(s.Now())
		var looked sync.WaitGroup
		looked.Add(people)
		won := together(t, people, mailbox.ErrDailyLimit, func(int) error {
			used, err := s.DailyUses.Get(t.Context(), user, "naive", today)
			looked.Done()
			looked.Wait()
			if err != nil || used >= limit {
				return errors.Join(err, mailbox.ErrDailyLimit)
			}
			return s.InTx(t.Context(), func(tx *store.Store) error {
				_, err := tx.DailyUses.Take(t.Context(), user, "naive", today, 1000)
				return err
			})
		})
		if won <= limit {
			t.Errorf("%d got through a limit of %d: this test cannot tell", won, limit)
		}
	})
}

func TestUrgingAtOnceIsUrgingOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		won := together(t, 8, mailbox.ErrAlreadyUrged, func(int) error {
			_, err := w.mailbox.Urge(t.Context(), w.wang, id)
			return err
		})
		if won != 1 {
			t.Errorf("%d urged", won)
		}
	})
}

func TestSilenceAndFeedbackAtOnceEndARequestOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.replied()
		clock.Move(7 * day)
		var closed atomic.Int32
		given := together(t, 4, fault.ErrIllegalTransition, func(i int) error {
			if i%2 == 0 {
				n, err := w.mailbox.CloseSilent(t.Context())
				closed.Add(int32(n))
				return errors.Join(err, fault.ErrIllegalTransition)
			}
			_, err := w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed})
			return err
		})
		if given+int(closed.Load()) != 1 {
			t.Errorf("ended %d times by feedback and %d times by silence", given, closed.Load())
		}
	})
}
