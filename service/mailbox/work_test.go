package mailbox_test

import (
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

var (
	faultChanged   = fault.ErrChangedMeanwhile
	faultForbidden = fault.ErrForbidden
)

// accepted is a request of wang's that the secretary has accepted.
func (w *world) accepted(change ...func(*mailbox.Submission)) model.RequestID {
	w.T.Helper()
	id := w.submitted(change...)
	_, err := w.mailbox.Accept(w.T.Context(), w.secretary, id, "")
	w.Must(err)
	return id
}

// handling is one that the grid worker has begun to work on.
func (w *world) handling() model.RequestID {
	w.T.Helper()
	id := w.accepted()
	_, err := w.mailbox.Start(w.T.Context(), w.gridWorker, id)
	w.Must(err)
	return id
}

func TestARequestIsGivenToATeamAndComesBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.accepted()
		for name, to := range map[string]mailbox.Target{
			"nobody": {}, "both": {TeamID: w.hongqiaoBranch, UserID: w.worker.User},
			"another branch": {TeamID: w.tianyueBranch}, "a resident": {UserID: w.wang.User}, "another's secretary": {UserID: w.otherSecretary.User},
		} {
			if _, err := m.Dispatch(ctx, w.secretary, id, to); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		state, err := m.Dispatch(ctx, w.worker, id, mailbox.Target{TeamID: w.hongqiaoBranch})
		w.Must(err)
		if due := running(state.Clocks, s.Now()); state.Status != model.RequestDispatched || len(due) != 2 || due["handle"] != 2*day {
			t.Fatalf("%+v", state)
		}
		w.expectTold(w.secretary, "request_dispatches")
		w.expectTold(w.gridWorker, "request_dispatches")
		for _, level := range []model.RequestLevel{"branch", "community"} {
			state, err = m.Return(ctx, w.gridWorker, id, "这是物业的事")
			w.Must(err)
			if state.Level != level || running(state.Clocks, s.Now())["dispatch"] != day {
				t.Fatalf("returned to %s: %+v", level, state)
			}
			_, err = m.Dispatch(ctx, w.worker, id, mailbox.Target{UserID: w.gridWorker.User})
			w.Must(err)
		}
		view, err := m.Read(ctx, w.wang, id)
		w.Must(err)
		if view.Request.TeamID != w.hongqiaoBranch || !view.Request.AssigneeID.IsZero() {
			t.Errorf("the resident sees %+v", view.Request)
		}
		for _, e := range view.Timeline {
			if !e.Details().UserID.IsZero() {
				t.Errorf("the resident sees who has it: %+v", e)
			}
		}
		view, err = m.Read(ctx, w.secretary, id)
		w.Must(err)
		if view.Request.AssigneeID != w.gridWorker.User || view.Timeline[len(view.Timeline)-1].Details().UserID != w.gridWorker.User {
			t.Errorf("staff see %+v", view.Request)
		}
	})
}

func TestWhatTheGridWorkerGetsStandsAtTheGrid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		state, err := w.mailbox.Dispatch(t.Context(), w.secretary, w.accepted(), mailbox.Target{UserID: w.gridWorker.User})
		w.Must(err)
		if state.Level != model.LevelGrid {
			t.Errorf("%+v", state)
		}
		state, err = w.mailbox.Dispatch(t.Context(), w.secretary, state.ID, mailbox.Target{TeamID: w.hongqiaoBranch})
		if w.Must(err); state.Level != model.LevelBranch {
			t.Errorf("who has it no more is still the one that is warned: %+v", state)
		}
		id := w.replied()
		_, err = w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
		w.Must(err)
		_, err = w.mailbox.Accept(t.Context(), w.worker, id, "")
		w.Must(err)
		if state, err = w.mailbox.Dispatch(t.Context(), w.worker, id, mailbox.Target{TeamID: w.grid}); err != nil || state.Level != model.LevelCommunity {
			t.Errorf("what has come up stays there: %+v, %v", state, err)
		}
	})
}

func TestWorkRestsForAReasonAndGoesOnByItself(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.handling()
		pause := func(d time.Duration) (mailbox.State, error) {
			return m.Pause(ctx, w.gridWorker, id, model.PauseMaterials, s.Now().Add(d))
		}
		_, err := pause(8 * day) // six days of work
		w.ExpectFault(err, mailbox.ErrPauseTooLong)
		_, err = pause(0)
		w.ExpectFault(err, fault.ErrInvalid)
		state, err := pause(7 * day)
		w.Must(err)
		if due := running(state.Clocks, s.Now()); state.Status != model.RequestPaused || len(due) != 1 || due["pause"] != 7*day {
			t.Fatalf("%+v", state)
		}
		if _, err := m.Reply(ctx, w.gridWorker, id, "好了"); fault.From(err).Current != "paused" {
			t.Errorf("a reply while work rests: %v", err)
		}
		clock.Move(7 * day)
		if n, err := m.Ring(ctx); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		view, err := m.Read(ctx, w.wang, id)
		w.Must(err)
		if due := running(view.Clocks, s.Now()); view.Request.Status != model.RequestHandling || due["reply"] != 7*day || view.Overdue {
			t.Fatalf("%+v", view)
		}
		_, err = pause(7 * day)
		w.Must(err)
		_, err = m.Resume(ctx, w.secretary, id) // at once: that was a day all the same
		w.Must(err)
		clock.Move(time.Hour)
		_, err = pause(7 * day)
		w.ExpectFault(err, mailbox.ErrPauseTooLong)
		_, err = pause(4 * day)
		w.Must(err)
		clock.Move(4 * day)
		_, err = m.Ring(ctx)
		w.Must(err)
		_, err = pause(day)
		w.ExpectFault(err, mailbox.ErrPauseTooLong) // ten in all
		clock.Move(8 * day)
		_, err = pause(time.Hour)
		w.ExpectFault(err, mailbox.ErrOverdue)
	})
}

// TestPausesCannotBeStrungTogether: each counts a day at least, and none is longer than it may be.
func TestPausesCannotBeStrungTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.handling()
		for _, until := range []string{"9999-12-31T16:00:00Z", "9998-06-01T00:00:00Z", "2028-01-01T00:00:00Z"} {
			at, err := time.Parse(time.RFC3339, until)
			w.Must(err)
			_, err = m.Pause(ctx, w.gridWorker, id, model.PauseMaterials, at)
			w.ExpectFault(err, fault.ErrInvalid)
		}
		_, err := m.Pause(ctx, w.gridWorker, id, model.PauseMaterials, s.Now().Add(300*day))
		w.ExpectFault(err, mailbox.ErrPauseTooLong)
		for i := range 12 {
			_, err := m.Pause(ctx, w.gridWorker, id, model.PauseMaterials, s.Now().Add(time.Hour))
			if i >= 10 {
				w.ExpectFault(err, mailbox.ErrPauseTooLong)
				continue
			}
			w.Must(err)
			_, err = m.Resume(ctx, w.gridWorker, id)
			w.Must(err)
		}
	})
}

func TestMoreTimeIsAskedInTimeAndGivenBySomebodyElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.handling()
		due := s.Now().Add(7 * day)
		_, err := m.DecideExtension(ctx, w.secretary, id, true)
		w.ExpectFault(err, mailbox.ErrNoExtension)
		_, err = m.AskExtension(ctx, w.gridWorker, id, due.Add(14*day), "配件未到")
		w.ExpectFault(err, mailbox.ErrExtensionTooLong)
		_, err = m.AskExtension(ctx, w.gridWorker, id, due, "配件未到")
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = m.AskExtension(ctx, w.gridWorker, id, due.Add(9*day), "配件未到")
		w.Must(err)
		_, err = m.AskExtension(ctx, w.gridWorker, id, due.Add(9*day), "配件未到")
		w.ExpectFault(err, mailbox.ErrExtended)
		_, err = m.DecideExtension(ctx, w.gridWorker, id, true)
		w.ExpectFault(err, mailbox.ErrSamePerson)
		_, err = m.DecideExtension(ctx, w.secretary, id, false)
		w.Must(err)
		_, err = m.AskExtension(ctx, w.gridWorker, id, due.Add(2*day), "只要两天")
		w.Must(err)
		state, err := m.DecideExtension(ctx, w.secretary, id, true)
		w.Must(err)
		if got := running(state.Clocks, s.Now()); got["reply"] != 9*day {
			t.Errorf("%v", got)
		}
		_, err = m.AskExtension(ctx, w.gridWorker, id, due.Add(3*day), "再要一天")
		w.ExpectFault(err, mailbox.ErrExtended)

		late := w.handling()
		_, err = m.AskExtension(ctx, w.gridWorker, late, s.Now().Add(8*day), "配件未到")
		w.Must(err)
		clock.Move(7*day + time.Millisecond)
		_, err = m.DecideExtension(ctx, w.secretary, late, true)
		w.ExpectFault(err, mailbox.ErrOverdue)
	})
}

func TestWhoeverDidNotFixItCannotAnswerAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.replied()
		_, err := m.ReturnVisit(ctx, w.secretary, id, mailbox.Visit{Outcome: model.OutcomeFixed, Note: "我问过了"})
		w.ExpectFault(err, mailbox.ErrSamePerson)
		state, err := m.ReturnVisit(ctx, w.worker, id, mailbox.Visit{Outcome: model.OutcomeNotFixed, Note: "居民说灯还是不亮"})
		w.Must(err)
		if due := running(state.Clocks, s.Now()); state.Status != model.RequestReopened || state.Level != model.LevelCommunity || len(due) != 2 {
			t.Fatalf("%+v", state)
		}
		_, err = m.Accept(ctx, w.worker, id, "")
		w.Must(err)
		_, err = m.Reply(ctx, w.secretary, id, "真的修好了")
		w.ExpectFault(err, mailbox.ErrSamePerson)
		_, err = m.Answer(ctx, w.worker, id, mailbox.Answer{Text: "线路老化，要等统一改造", Explained: true})
		w.Must(err)
		state, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeExplained})
		w.Must(err)
		if state.Status != model.RequestClosed || state.Outcome != model.OutcomeExplained {
			t.Errorf("%+v", state)
		}
		_, err = m.GiveFeedback(ctx, w.wang, w.replied(), mailbox.Feedback{Outcome: model.OutcomeExplained})
		w.ExpectFault(err, mailbox.ErrNotProposed)
	})
}

func TestSilenceAsksForAVisitWhereThePolicyWantsOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx := w.mailbox, t.Context()
		_, err := m.SetPolicy(ctx, w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.community, Category: "facilities"}, Preset: model.PresetGeneral, ReturnVisit: true}, nil)
		w.Must(err)
		id := w.replied()
		clock.Move(7 * day)
		_, err = m.CloseSilent(ctx)
		w.Must(err)
		view, err := m.Read(ctx, w.worker, id)
		w.Must(err)
		if due := running(view.Clocks, s.Now()); view.Request.Status != model.RequestReturnVisit || len(due) != 1 || due["visit"] <= 0 {
			t.Fatalf("%+v", view.Request)
		}
		state, err := m.ReturnVisit(ctx, w.worker, id, mailbox.Visit{Outcome: model.OutcomeSilent, Note: "三次电话无人接听"})
		w.Must(err)
		if state.Status != model.RequestClosed || state.Outcome != model.OutcomeSilent {
			t.Errorf("%+v", state)
		}
	})
}

func TestWhatWasSaidTwiceIsMergedAndItsSubmitterHears(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, into := w.mailbox, t.Context(), w.accepted()
		in := w.lamp()
		in.Identity = model.IdentityHidden
		second, err := m.Submit(ctx, w.li, in)
		w.Must(err)
		for _, wrong := range []model.RequestID{second.ID, model.NewID[model.Request](s.Now())} {
			if _, err := m.Merge(ctx, w.secretary, second.ID, wrong); fault.KindOf(err) != fault.Invalid {
				t.Errorf("into %s: %v", wrong, err)
			}
		}
		state, err := m.Merge(ctx, w.secretary, second.ID, into)
		w.Must(err)
		if state.Status != model.RequestMerged || len(running(state.Clocks, s.Now())) != 0 {
			t.Fatalf("%+v", state)
		}
		_, err = m.Merge(ctx, w.secretary, into, second.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		clock.Move(time.Second)
		_, err = m.Reply(ctx, w.secretary, into, "已换新灯")
		w.Must(err)
		clock.Move(time.Second)
		_, err = m.GiveFeedback(ctx, w.wang, into, mailbox.Feedback{Outcome: model.OutcomeFixed})
		w.Must(err)
		w.expectToldSoon(w.li, "request_merges", "request_reply", "request_feedback")
		w.expectTold(w.wang, "request_acceptance", "request_reply")
		view, err := m.Read(ctx, w.wang, into)
		w.Must(err)
		i := slices.IndexFunc(view.Timeline, func(e mailbox.Said) bool { return e.Kind == model.MoveAbsorb })
		if i < 0 || !view.Timeline[i].Details().OtherID.IsZero() {
			t.Errorf("%+v", view.Timeline)
		}
	})
}

// TestTwoWhoMergeCrosswiseDoNotWaitForEachOther: one of them wins, and nothing is lost in a circle.
func TestTwoWhoMergeCrosswiseDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for range 5 {
			a, b := w.submitted(), w.submitted()
			won := w.AtOnce(2, func(i int) error {
				from, into := a, b
				if i == 1 {
					from, into = b, a
				}
				_, err := w.mailbox.Merge(t.Context(), w.secretary, from, into)
				return err
			}, fault.ErrInvalid, fault.ErrIllegalTransition)
			if won != 1 {
				t.Fatalf("%d merged", won)
			}
		}
	})
}

// TestWhoHasLostTheirRoleHearsNoMore: it goes to the others of the team, who may see it.
func TestWhoHasLostTheirRoleHearsNoMore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.handling()
		grants, err := s.Grants.ListByUser(t.Context(), w.gridWorker.User)
		w.Must(err)
		w.Must(s.Grants.SaveEnded(t.Context(), grants[0].ID, s.Now()))
		clock.Move(time.Minute)
		_, err = w.mailbox.Urge(t.Context(), w.wang, id)
		w.Must(err)
		w.expectTold(w.gridWorker)
		w.expectTold(w.secretary, "request_urges")
	})
}

func TestOfTwoWhoMoveItAtOnceTheSecondSeesWhereItIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.handling()
		won := w.AtOnce(4, func(i int) error {
			var err error
			if i%2 == 0 {
				_, err = w.mailbox.Pause(t.Context(), w.gridWorker, id, model.PauseExpert, s.Now().Add(day))
			} else {
				_, err = w.mailbox.Return(t.Context(), w.gridWorker, id, "不归我们")
			}
			if f := fault.From(err); err != nil && f.Current != "paused" && f.Current != "returned" {
				t.Errorf("told of the state %q", f.Current)
			}
			return err
		}, fault.ErrIllegalTransition)
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}

// TestAPausedRequestIsUrgedToo: whoever waits need not wait until work goes on to say so.
func TestAPausedRequestIsUrgedToo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.handling()
		_, err := w.mailbox.Pause(t.Context(), w.gridWorker, id, model.PauseMaterials, clock.Now().Add(48*time.Hour))
		w.Must(err)
		state, err := w.mailbox.Urge(t.Context(), w.wang, id)
		if w.Must(err); state.Status != model.RequestPaused {
			t.Errorf("it is %s", state.Status)
		}
		_, err = w.mailbox.Urge(t.Context(), w.wang, id)
		w.ExpectFault(err, mailbox.ErrAlreadyUrged)
		w.expectTold(w.gridWorker, "request_urges")
	})
}
