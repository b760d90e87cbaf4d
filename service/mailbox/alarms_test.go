package mailbox_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// rings lets clocks ring minute by minute and says what happened when, as in
// "2026-11-24 17:30 yellow_card acknowledge".
func (w *world) rings(id model.RequestID, until time.Time) (seen []string) {
	w.T.Helper()
	for {
		due, err := w.Store.RequestAlarms.ListDue(w.T.Context(), until, 1)
		w.Must(err)
		if len(due) == 0 {
			break
		}
		w.Clock.Set(due[0].At.Add(-time.Minute))
		early, err := w.mailbox.Ring(w.T.Context())
		w.Must(err)
		if early != 0 {
			w.T.Fatalf("%d rang a minute early", early)
		}
		w.Clock.Set(due[0].At)
		if n, err := w.mailbox.Ring(w.T.Context()); n != 1 || err != nil {
			w.T.Fatalf("%d rang at %s, %v", n, model.Moment(due[0].At), err)
		}
	}
	w.Clock.Set(until)
	return w.byItself(id)
}

// byItself is what happened to a request of itself.
func (w *world) byItself(id model.RequestID) (seen []string) {
	w.T.Helper()
	events, err := w.Store.RequestEvents.ListByRequest(w.T.Context(), id)
	w.Must(err)
	for _, e := range events {
		if e.Party == model.PartySystem && e.Kind != model.MoveScreening {
			seen = append(seen, model.Moment(e.At)+" "+string(e.Kind)+" "+string(e.Details().Clock)+" "+string(e.Level))
		}
	}
	return seen
}

func TestCardsAndTheLadderComeAtTheirMinute(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		clock.Set(model.Date("2026-02-12").At(10, 0))
		w := newWorld(t, s, clock) // two days of work, then Spring Festival until the 23rd
		id := w.submitted(func(in *mailbox.Submission) { in.Category = "party" })
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		clock.Move(time.Hour)
		_, err = w.mailbox.Dispatch(t.Context(), w.secretary, id, mailbox.Target{UserID: w.gridWorker.User})
		w.Must(err)
		_, err = w.mailbox.Start(t.Context(), w.gridWorker, id)
		w.Must(err)
		got := w.rings(id, model.Date("2026-03-10").At(0, 0))
		want := []string{ // due on the 24th at half past five: the 13th, the 14th and the 24th are worked
			"2026-02-14 17:30 yellow_card reply grid",
			"2026-02-25 08:30 red_card reply grid",
			"2026-02-26 08:30 escalation reply branch",
			"2026-02-27 08:30 escalation reply community",
			"2026-02-28 08:30 escalation reply town",
			"2026-03-02 08:30 escalation reply county",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
		w.expectTold(w.gridWorker, "request_dispatches", "request_yellow_card", "request_red_card")
		w.expectTold(w.secretary, "request_escalation")
		w.expectTold(w.worker, "request_escalation")
		w.expectTold(w.committee, "request_escalation")
		w.expectTold(w.clerk, "request_escalation")
	})
}

func TestShortClocksHaveNoYellowCardAndTheLadderEndsWithTheAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) { in.Category = "safety" })
		seen := w.rings(id, s.Now().Add(3*time.Hour))
		if want := []string{"2026-11-23 11:00 red_card acknowledge branch", "2026-11-23 12:00 red_card reply branch"}; !slices.Equal(seen, want) {
			t.Errorf("%q", seen)
		}
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Reply(t.Context(), w.secretary, id, "已排除隐患")
		w.Must(err)
		if more := w.rings(id, s.Now().Add(40*day)); !slices.Equal(more, seen) {
			t.Errorf("after the answer: %q", more)
		}
		view, err := w.mailbox.Read(t.Context(), w.wang, id)
		w.Must(err)
		for _, c := range view.Clocks {
			if c.Name == model.ClockReply && (c.RedAt == nil || c.YellowAt != nil || c.MetAt == nil) {
				t.Errorf("%+v", c)
			}
		}
	})
}

func TestTwoLateClocksAreOneLadder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) { in.Category = "safety" })
		got := w.rings(id, s.Now().Add(6*time.Hour))
		want := []string{
			"2026-11-23 11:00 red_card acknowledge branch", "2026-11-23 12:00 red_card reply branch",
			"2026-11-23 15:00 escalation acknowledge community",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q\nwant %q", got, want)
		}
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "") // the reply is late still, and climbs on by itself
		w.Must(err)
		_, err = w.mailbox.Start(t.Context(), w.secretary, id)
		w.Must(err)
		got = w.rings(id, s.Now().Add(24*time.Hour))
		want = append(want, "2026-11-23 20:00 escalation reply town", "2026-11-24 00:00 escalation reply county")
		if !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

// TestWhatRingsLateHasItsOwnTime: no worker ran for twenty days, and nobody gains or loses by it.
func TestWhatRingsLateHasItsOwnTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.handling()
		_, err := w.mailbox.Pause(t.Context(), w.gridWorker, id, model.PauseMaterials, s.Now().Add(day))
		w.Must(err)
		clock.Move(20 * day)
		for range 2 {
			_, err = w.mailbox.Ring(t.Context())
			w.Must(err)
		}
		want := []string{
			"2026-11-24 10:00 resumption  branch", "2026-11-30 10:00 yellow_card reply branch", "2026-12-01 10:00 red_card reply branch",
			"2026-12-02 08:30 escalation reply community", "2026-12-03 08:30 escalation reply town", "2026-12-04 08:30 escalation reply county",
		}
		if got := w.byItself(id); !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

// TestAMoveComesAfterWhatWasDueBeforeIt: no worker ran, and what was late is late all the same.
func TestAMoveComesAfterWhatWasDueBeforeIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, red := w.mailbox, t.Context(), []string{"2026-11-24 10:00 red_card acknowledge branch"}
		accepted, merged, into, withdrawn := w.submitted(), w.submitted(), w.submitted(), w.submitted()
		clock.Move(26 * time.Hour)
		_, err := m.Accept(ctx, w.secretary, accepted, "")
		w.Must(err)
		_, err = m.Merge(ctx, w.secretary, merged, into)
		w.Must(err)
		_, err = m.Withdraw(ctx, w.wang, withdrawn)
		w.Must(err)
		for _, id := range []model.RequestID{accepted, merged, into, withdrawn} {
			if got := w.byItself(id); !slices.Equal(got, red) {
				t.Errorf("%q", got)
			}
			w.whereItIs(id)
		}
		if n := len(w.told(w.secretary)); n != 4 {
			t.Errorf("%d cards are told", n)
		}
		_, err = m.Accept(ctx, w.secretary, merged, "")
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

// TestWhatIsOverBeforeAMoveIsOver: a pause that was to end has ended, and a promise is broken.
func TestWhatIsOverBeforeAMoveIsOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.handling()
		_, err := m.Promise(ctx, w.gridWorker, id, "换灯", model.DateOf(s.Now()))
		w.Must(err)
		promises, err := s.RequestPromises.ListByRequest(ctx, id)
		w.Must(err)
		_, err = m.Pause(ctx, w.gridWorker, id, model.PauseMaterials, s.Now().Add(day))
		w.Must(err)
		clock.Move(2 * day)
		_, err = m.KeepPromise(ctx, w.gridWorker, id, promises[0].ID, "换好了")
		w.ExpectFault(err, mailbox.ErrPromiseOver)
		_, err = m.Reply(ctx, w.gridWorker, id, "已换新灯")
		w.Must(err)
		if got := w.byItself(id); len(got) != 1 || got[0] != "2026-11-24 10:00 resumption  branch" {
			t.Errorf("%q", got)
		}
		w.whereItIs(id)
	})
}

// deaf dies of the first notice: the process ends after the card, before whom it is for has heard.
type deaf struct{ dies context.CancelFunc }

func (d deaf) Tell(ctx context.Context, _ *store.Store, _ model.Notice) error {
	d.dies()
	return ctx.Err()
}

func TestAWorkerThatDiesBetweenCardAndNoticeLeavesNeither(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		clock.Move(24 * time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		dying := w.hearing(deaf{cancel}, mailbox.Defaults())
		if n, err := dying.Ring(ctx); n != 0 || err == nil || ctx.Err() == nil {
			t.Fatalf("it lived: %d rang, %v", n, err)
		}
		if got := w.byItself(id); len(got) != 0 {
			t.Fatalf("left behind: %q", got)
		}
		cards := func() (n int) {
			for _, kind := range w.told(w.secretary) {
				if kind == "request_red_card" {
					n++
				}
			}
			return n
		}
		if n := cards(); n != 0 {
			t.Fatalf("%d were told", n)
		}
		for _, want := range []int{1, 0} {
			if n, err := w.mailbox.Ring(t.Context()); n != want || err != nil {
				t.Fatalf("%d rang; want %d, %v", n, want, err)
			}
		}
		if got := w.byItself(id); !slices.Equal(got, []string{"2026-11-24 10:00 red_card acknowledge branch"}) {
			t.Errorf("%q", got)
		}
		if n := cards(); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// TestSeveralWorkersRingOnce has many look at the same table at once.
func TestSeveralWorkersRingOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for range 5 {
			w.submitted()
		}
		clock.Move(24 * time.Hour)
		var all sync.WaitGroup
		rung := make([]int, 6)
		for i := range rung {
			all.Go(func() {
				n, err := w.mailbox.Ring(t.Context())
				w.Must(err)
				rung[i] = n
			})
		}
		all.Wait()
		sum := 0
		for _, n := range rung {
			sum += n
		}
		if sum != 5 { // a red card each: the day to acknowledge is over
			t.Errorf("%v rang", rung)
		}
		if told := w.told(w.secretary); len(told) != 5 {
			t.Errorf("told %v", told)
		}
	})
}

// TestRingingWithoutLookingAgainWouldRingTwice is the power check: whoever takes what they read
// before the lock for what is has both of two workers give the card.
func TestRingingWithoutLookingAgainWouldRingTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		clock.Move(24 * time.Hour)
		due, err := s.RequestAlarms.ListDue(t.Context(), s.Now(), 10)
		w.Must(err)
		for range 2 { // each has read the alarm, and then waits for the lock
			w.Must(s.InTx(t.Context(), func(tx *store.Store) error {
				r, err := tx.Requests.GetLocked(t.Context(), id)
				if err != nil {
					return err
				}
				version := r.Version
				e, err := r.Step(model.RequestEvent{Kind: due[0].Kind, To: r.Status, Party: model.PartySystem, At: tx.Now()})
				if err != nil {
					return err
				}
				if _, err := tx.Requests.SaveMoved(t.Context(), r, version); err != nil {
					return err
				}
				return tx.RequestEvents.Add(t.Context(), &e)
			}))
		}
		events, err := s.RequestEvents.ListByRequest(t.Context(), id)
		w.Must(err)
		if n := len(events) - 2; n != 2 {
			t.Errorf("%d cards: this test cannot tell", n)
		}
	})
}

func TestAPolicyCountsForWhatBeginsAfterIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		before := w.submitted()
		p, err := w.mailbox.SetPolicy(t.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: mailbox.AnyCategory}, Preset: model.PresetProvince}, nil)
		w.Must(err)
		after := w.submitted()
		replyDue := func(id model.RequestID) time.Time {
			t.Helper()
			clocks, err := s.RequestClocks.ListByRequests(t.Context(), id)
			w.Must(err)
			c, _ := clocks.Current(model.ClockReply)
			return c.DueAt
		}
		if got := replyDue(before); !got.Equal(s.Now().Add(7 * day)) {
			t.Errorf("what ran is due %s", got)
		}
		if got := replyDue(after); !got.Equal(model.Date("2026-12-14").At(17, 30)) {
			t.Errorf("fifteen working days end %s", model.Moment(got))
		}
		_, err = w.mailbox.SetPolicy(t.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: mailbox.AnyCategory}, Preset: model.PresetComplex}, &p.Version)
		w.Must(err)
		_, err = w.mailbox.SetPolicy(t.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: mailbox.AnyCategory}, Preset: model.PresetConsult}, &p.Version)
		w.ExpectFault(err, faultChanged)
		_, err = w.mailbox.SetPolicy(t.Context(), w.secretary, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.hongqiaoBranch, Category: mailbox.AnyCategory}, Preset: model.PresetConsult}, nil)
		w.ExpectFault(err, faultForbidden)
		w.Must(w.mailbox.EndPolicy(t.Context(), w.clerk, w.county, mailbox.AnyCategory, nil))
		if got := replyDue(w.submitted()); !got.Equal(s.Now().Add(7 * day)) {
			t.Errorf("after its end: %s", got)
		}
	})
}

// TestARestGivesANewWarning: what was said to be due within a day is not any more, and is said again.
func TestARestGivesANewWarning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		clock.Set(time.Date(2026, 11, 23, 9, 0, 0, 0, model.Shanghai))
		id := w.submitted() // due on the 30th at nine
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Start(t.Context(), w.secretary, id)
		w.Must(err)
		w.rings(id, time.Date(2026, 11, 27, 10, 0, 0, 0, model.Shanghai))
		_, err = w.mailbox.Pause(t.Context(), w.secretary, id, model.PauseMaterials, clock.Now().Add(time.Hour))
		w.Must(err) // for an hour, after which it is near still
		w.rings(id, time.Date(2026, 11, 27, 12, 0, 0, 0, model.Shanghai))
		_, err = w.mailbox.Pause(t.Context(), w.secretary, id, model.PauseMaterials, clock.Now().Add(3*day))
		w.Must(err)
		got := w.rings(id, time.Date(2026, 12, 3, 12, 0, 0, 0, model.Shanghai))
		want := []string{
			"2026-11-27 09:00 yellow_card reply branch", "2026-11-27 11:00 resumption  branch",
			"2026-11-30 12:00 resumption  branch", "2026-12-02 10:00 yellow_card reply branch", "2026-12-03 10:00 red_card reply branch",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

// TestTheTimeToDispatchCountsFromWhenItCame: whoever accepts it late in time has little left of it,
// and whoever accepts it too late has it once more.
func TestTheTimeToDispatchCountsFromWhenItCame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for after, left := range map[time.Duration]time.Duration{20 * time.Hour: 4 * time.Hour, 25 * time.Hour: 24 * time.Hour} {
			id := w.submitted()
			clock.Move(after)
			state, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
			w.Must(err)
			if due := running(state.Clocks, s.Now())["dispatch"]; due != left {
				t.Errorf("accepted after %s: %s are left", after, due)
			}
		}
	})
}

// TestMoreTimeIsAsMuchAsWasAskedFor: a pause between the question and the answer takes nothing of it.
func TestMoreTimeIsAsMuchAsWasAskedFor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted() // due in seven days
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Start(t.Context(), w.secretary, id)
		w.Must(err)
		due := s.Now().Add(7 * day)
		_, err = w.mailbox.AskExtension(t.Context(), w.secretary, id, due.Add(2*day), "配件未到")
		w.Must(err)
		_, err = w.mailbox.Pause(t.Context(), w.secretary, id, model.PauseMaterials, s.Now().Add(5*day))
		w.Must(err)
		clock.Move(5 * day)
		_, err = w.mailbox.Ring(t.Context())
		w.Must(err)
		state, err := w.mailbox.DecideExtension(t.Context(), w.worker, id, true)
		w.Must(err)
		if clock, _ := state.Clocks.Current(model.ClockReply); !clock.DueAt.Equal(due.Add(7 * day)) {
			t.Errorf("due at %s, want %s", clock.DueAt, due.Add(7*day))
		}
	})
}

// TestMoreTimeIsWorkingTimeWhereTheClockCountsThat: from Monday 10:00 a day of three is due on Thursday at the
// close; two days more, after a rest of two days, end on the Wednesday after, and not on the Friday.
func TestMoreTimeIsWorkingTimeWhereTheClockCountsThat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		clock.Set(model.Date("2026-11-23").At(10, 0))
		id := w.accepted(func(in *mailbox.Submission) { in.Category = "party" })
		_, err := w.mailbox.Start(t.Context(), w.secretary, id)
		w.Must(err)
		_, err = w.mailbox.AskExtension(t.Context(), w.secretary, id, model.Date("2026-11-30").At(17, 30), "配件未到")
		w.Must(err)
		_, err = w.mailbox.Pause(t.Context(), w.secretary, id, model.PauseMaterials, model.Date("2026-11-25").At(10, 0))
		w.Must(err)
		clock.Set(model.Date("2026-11-25").At(10, 0))
		_, err = w.mailbox.Ring(t.Context())
		w.Must(err)
		state, err := w.mailbox.DecideExtension(t.Context(), w.worker, id, true)
		w.Must(err)
		if clock, _ := state.Clocks.Current(model.ClockReply); !clock.DueAt.Equal(model.Date("2026-12-02").At(17, 30)) {
			t.Errorf("due at %s", model.Moment(clock.DueAt))
		}
	})
}

func TestMoreTimeCanBeAskedForTheAnswerAfterPartly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.replied()
		_, err := w.mailbox.AskExtension(t.Context(), w.secretary, id, s.Now().Add(9*day), "配件未到")
		w.ExpectFault(err, fault.ErrIllegalTransition) // nothing is owed
		_, err = w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly})
		w.Must(err)
		_, err = w.mailbox.AskExtension(t.Context(), w.secretary, id, s.Now().Add(9*day), "配件未到")
		w.Must(err)
		state, err := w.mailbox.DecideExtension(t.Context(), w.worker, id, true)
		w.Must(err)
		if clock, _ := state.Clocks.Current(model.ClockReply); state.Status != model.RequestReplied || !clock.DueAt.Equal(s.Now().Add(9*day)) {
			t.Errorf("%+v", state)
		}
	})
}

// TestNothingRestsInTheMinuteOfItsRedCard: the card would stay, and the ladder be climbed at once afterwards.
func TestNothingRestsInTheMinuteOfItsRedCard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) { in.Category = "safety" }) // due in two hours
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Start(t.Context(), w.secretary, id)
		w.Must(err)
		clock.Move(2 * time.Hour)
		_, err = w.mailbox.Pause(t.Context(), w.secretary, id, model.PauseMaterials, s.Now().Add(day))
		w.ExpectFault(err, mailbox.ErrOverdue)
		_, err = w.mailbox.AskExtension(t.Context(), w.secretary, id, s.Now().Add(day), "配件未到")
		w.ExpectFault(err, mailbox.ErrOverdue)
	})
}

// TestAlarmsThatFailForGoodKeepNoneBehindThemWaiting, however many they are.
func TestAlarmsThatFailForGoodKeepNoneBehindThemWaiting(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.accepted()
		clock.Move(30 * 24 * time.Hour)
		rows := make([]*model.RequestAlarm, 450)
		for i := range rows {
			rows[i] = &model.RequestAlarm{
				ClockID: model.NewID[model.RequestClock](clock.Now()), RequestID: model.NewID[model.Request](clock.Now()), Kind: model.MoveYellowCard, At: clock.Now().AddDate(-1, 0, 0),
			}
		}
		w.Must(s.RequestAlarms.Add(t.Context(), rows...))
		rung, err := w.mailbox.Ring(t.Context())
		if !errors.Is(err, fault.ErrNotFound) || rung == 0 || len(w.byItself(id)) != rung {
			t.Errorf("%d rang: %q, %v", rung, w.byItself(id), err)
		}
	})
}
