package mailbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// notFixed has wang say that the newest answer did not help.
func (w *world) notFixed(id model.RequestID) {
	w.T.Helper()
	_, err := w.mailbox.GiveFeedback(w.T.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
	w.Must(err)
}

// visits has the county want return visits.
func (w *world) visits(preset string) {
	w.T.Helper()
	_, err := w.mailbox.SetPolicy(w.T.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county}, Preset: preset, ReturnVisit: true}, nil)
	w.Must(err)
}

// leavesVisit lets a resident say nothing of an answer until a visit is owed, and nobody make it for some time.
func (w *world) leavesVisit(late time.Duration) {
	w.T.Helper()
	w.Clock.Move(7 * day)
	_, err := w.mailbox.CloseSilent(w.T.Context())
	w.Must(err)
	w.Clock.Move(late)
	_, err = w.mailbox.Ring(w.T.Context())
	w.Must(err)
}

// answered is accepted and answered by somebody.
func (w *world) answered(id model.RequestID, by model.Actor) {
	w.T.Helper()
	_, err := w.mailbox.Accept(w.T.Context(), w.clerk, id, "")
	w.Must(err)
	_, err = w.mailbox.Reply(w.T.Context(), by, id, "又修了一次")
	w.Must(err)
}

func TestWhoeverDidNotFixItClosesItInNoWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.handling() // the grid worker has it, the secretary answers
		_, err := m.Reply(ctx, w.secretary, id, "已换新灯")
		w.Must(err)
		w.notFixed(id)
		for _, who := range []model.Actor{w.secretary, w.gridWorker} {
			_, err = m.Merge(ctx, who, id, w.submitted())
			w.ExpectFault(err, mailbox.ErrSamePerson)
		}
		w.answered(id, w.worker)
		clock.Move(7 * day)
		for _, who := range []model.Actor{w.secretary, w.gridWorker, w.worker} {
			for _, outcome := range []model.RequestOutcome{model.OutcomeFixed, model.OutcomeSilent, model.OutcomePartly, model.OutcomeNotFixed} {
				_, err = m.ReturnVisit(ctx, who, id, mailbox.Visit{Outcome: outcome, Note: "我问过了"})
				w.ExpectFault(err, mailbox.ErrSamePerson)
			}
		}
		_, err = m.Merge(ctx, w.worker, id, w.submitted())
		w.ExpectFault(err, mailbox.ErrSamePerson) // whose answer nobody has judged yet
		w.notFixed(id)
		w.answered(id, w.committee)
		clock.Move(7 * day)
		state, err := m.ReturnVisit(ctx, w.clerk, id, mailbox.Visit{Outcome: model.OutcomeFixed, Note: "上门看过，灯亮了"})
		w.Must(err)
		if state.Status != model.RequestClosed {
			t.Errorf("%+v", state)
		}
	})
}

func TestBothAnswersOfARoundFailTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.replied()
		_, err := m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly})
		w.Must(err)
		_, err = m.Reply(ctx, w.worker, id, "另一盏也换了")
		w.Must(err)
		w.notFixed(id)
		_, err = m.Accept(ctx, w.worker, id, "")
		w.Must(err)
		for _, who := range []model.Actor{w.secretary, w.worker} {
			_, err = m.Reply(ctx, who, id, "这次真的好了")
			w.ExpectFault(err, mailbox.ErrSamePerson)
		}
	})
}

// TestASecondFailureIsNamedInWriting, for both sides, and told to who answered.
func TestASecondFailureIsNamedInWriting(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.replied()
		namings := func() (texts []string) {
			view, err := w.mailbox.Read(t.Context(), w.wang, id)
			w.Must(err)
			for _, e := range view.Timeline {
				if e.Kind == model.MoveNaming {
					texts = append(texts, e.Text)
				}
			}
			return texts
		}
		clock.Move(time.Minute)
		w.notFixed(id)
		if got := namings(); len(got) != 0 {
			t.Errorf("named after the first time: %q", got)
		}
		clock.Move(time.Minute)
		w.answered(id, w.worker)
		clock.Move(time.Minute)
		w.notFixed(id)
		if got, unit := namings(), w.Read(w.community); len(got) != 1 || got[0] != "第2次答复后仍未解决，现予书面通报："+unit.Name+"。" {
			t.Errorf("%q", got)
		}
		for _, who := range []model.Actor{w.worker, w.committee} { // who answered, and who has it now
			if told := w.told(who); !slices.Contains(told, "request_naming") {
				t.Errorf("%s was told %q", who.User, told)
			}
		}
		if status, _ := w.whereItIs(id); status != model.RequestReopened {
			t.Errorf("%s", status)
		}
	})
}

// TestABureausVisitIsOwedByTheNextWorkingDay, also after an answer late on a Friday; who is not asked
// still closes it.
func TestABureausVisitIsOwedByTheNextWorkingDay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.visits(model.PresetComplaint)
		for _, c := range []struct{ answered, due time.Time }{
			{model.Date("2026-12-02").At(9, 0), model.Date("2026-12-03").At(17, 30)},
			{model.Date("2026-12-04").At(17, 20), model.Date("2026-12-07").At(17, 30)},
		} {
			clock.Set(c.answered.Add(-time.Hour))
			id := w.accepted()
			clock.Set(c.answered)
			_, err := w.mailbox.Reply(t.Context(), w.secretary, id, "已换新灯")
			w.Must(err)
			clock.Move(time.Hour)
			_, err = w.mailbox.CloseSilent(t.Context())
			w.Must(err)
			clocks, err := s.RequestClocks.ListByRequests(t.Context(), id)
			w.Must(err)
			visit, owed := clocks.Current(model.ClockVisit)
			if r := w.read(id); r.Status != model.RequestReturnVisit || !owed || !visit.DueAt.Equal(c.due) {
				t.Errorf("%s, answered on %s: due on %s", r.Status, model.Moment(c.answered), model.Moment(visit.DueAt))
			}
			w.Must(second(w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed})))
		}
		_, err := w.mailbox.SetPolicy(t.Context(), w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county}, Preset: model.PresetComplaint}, nil)
		w.Must(err)
		id := w.replied()
		clock.Move(6 * day)
		_, err = w.mailbox.CloseSilent(t.Context())
		w.Must(err)
		if r := w.read(id); r.Status != model.RequestReplied {
			t.Errorf("without visits it is %s too soon", r.Status)
		}
	})
}

// TestWhoMayNotAskIsNotAskedTo: of a visit that is owed those hear who may make it, and of one that was
// made nobody hears that it is owed.
func TestWhoMayNotAskIsNotAskedTo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		colleague := w.Staff(model.CommunityWorker, w.community)
		id := w.replied()
		_, err := w.mailbox.ReturnVisit(t.Context(), w.worker, id, mailbox.Visit{Outcome: model.OutcomeNotFixed, Note: "电话里说不亮"})
		w.Must(err)
		if told := w.told(colleague); slices.Contains(told, "request_visit_due") {
			t.Errorf("of a visit that was made: %q", told)
		}
		w.visits(model.PresetGeneral)
		w.replied()
		w.leavesVisit(3 * day)
		for who, want := range map[model.Actor]bool{w.secretary: false, w.worker: true, colleague: true} {
			told := w.told(who)
			if slices.Contains(told, "request_visit_due") != want || slices.Contains(told, "request_red_card") != want {
				t.Errorf("%s was told %q", who.User, told)
			}
		}
	})
}

// TestTheUnitThatAnsweredIsNamed, though the visit that it owed has come up to others since.
func TestTheUnitThatAnsweredIsNamed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.visits(model.PresetGeneral)
		id := w.replied()
		w.notFixed(id)
		w.answered(id, w.worker)
		w.leavesVisit(7 * day)
		if r := w.read(id); r.Level == model.LevelCommunity || r.Status != model.RequestReturnVisit {
			t.Fatalf("it is %s at %s", r.Status, r.Level)
		}
		w.notFixed(id)
		events, err := s.RequestEvents.ListByRequest(t.Context(), id)
		w.Must(err)
		if naming, _ := model.LastOf(events, model.MoveNaming); !strings.Contains(naming.Text, w.Read(w.community).Name) {
			t.Errorf("%q", naming.Text)
		}
	})
}

// second is the error of a call that gives something too.
func second[T any](_ T, err error) error { return err }

func TestNobodyClosesByAVisitWhileTheResidentMaySpeak(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, sealed := w.mailbox, t.Context(), func(in *mailbox.Submission) { in.Identity = model.IdentitySealed }
		for _, id := range []model.RequestID{w.accepted(), w.accepted(sealed)} {
			_, err := m.Answer(ctx, w.secretary, id, mailbox.Answer{Text: "已换新灯", Explained: true})
			w.Must(err)
			clock.Move(7*day - time.Minute)
			for _, outcome := range []model.RequestOutcome{model.OutcomeFixed, model.OutcomeExplained, model.OutcomeSilent} {
				_, err = m.ReturnVisit(ctx, w.worker, id, mailbox.Visit{Outcome: outcome, Note: "电话里说好了"})
				w.ExpectFault(err, mailbox.ErrVisitTooSoon)
			}
			clock.Move(time.Minute)
			state, err := m.ReturnVisit(ctx, w.worker, id, mailbox.Visit{Outcome: model.OutcomeFixed, Note: "电话里说好了"})
			w.Must(err)
			if state.Outcome != model.OutcomeFixed {
				t.Errorf("%+v", state)
			}
			if told := w.told(w.wang); !slices.Contains(told, "request_return_visits") {
				t.Errorf("the resident is told %v", told)
			}
			_, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
			w.ExpectFault(err, fault.ErrIllegalTransition)
		}
		held := w.accepted()
		_, err := m.Reply(ctx, w.secretary, held, "【复核】已换新灯")
		w.Must(err)
		clock.Move(8 * day)
		_, err = m.ReturnVisit(ctx, w.worker, held, mailbox.Visit{Outcome: model.OutcomeFixed, Note: "电话里说好了"})
		w.ExpectFault(err, mailbox.ErrVisitTooSoon) // they have nothing to speak about yet
		state, err := m.ReturnVisit(ctx, w.worker, held, mailbox.Visit{Outcome: model.OutcomeNotFixed, Note: "居民说灯还是不亮"})
		w.Must(err)
		if state.Status != model.RequestReopened {
			t.Errorf("%+v", state)
		}
	})
}

func TestNobodyHandlesTheirOwnRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx := w.mailbox, t.Context()
		for _, as := range []model.RequestIdentity{model.IdentityNamed, model.IdentityHidden, model.IdentitySealed} {
			in := w.lamp()
			in.Identity = as
			own, err := m.Submit(ctx, w.secretary, in)
			w.Must(err)
			other := w.accepted()
			_, err = m.Accept(ctx, w.secretary, own.ID, "")
			w.ExpectFault(err, mailbox.ErrOwnMatter)
			_, err = m.Refuse(ctx, w.secretary, own.ID, "不受理")
			w.ExpectFault(err, mailbox.ErrOwnMatter)
			for _, pair := range [][2]model.RequestID{{own.ID, other}, {other, own.ID}} {
				_, err = m.Merge(ctx, w.secretary, pair[0], pair[1])
				w.ExpectFault(err, mailbox.ErrOwnMatter)
			}
			_, err = m.Accept(ctx, w.worker, own.ID, "")
			w.Must(err)
			// A colleague does not learn from trying whose it is.
			_, err = m.Dispatch(ctx, w.worker, own.ID, mailbox.Target{UserID: w.secretary.User})
			w.Must(err)
			_, err = m.Start(ctx, w.secretary, own.ID)
			w.ExpectFault(err, mailbox.ErrOwnMatter)
			_, err = m.Start(ctx, w.worker, own.ID)
			w.Must(err)
			_, err = m.Reply(ctx, w.secretary, own.ID, "已办")
			w.ExpectFault(err, mailbox.ErrOwnMatter)
			_, err = m.Reply(ctx, w.worker, own.ID, "已办")
			w.Must(err)
			clock.Move(7 * day)
			_, err = m.ReturnVisit(ctx, w.secretary, own.ID, mailbox.Visit{Outcome: model.OutcomeFixed, Note: "很满意"})
			w.ExpectFault(err, mailbox.ErrOwnMatter)
			_, err = m.GiveFeedback(ctx, w.secretary, own.ID, mailbox.Feedback{Outcome: model.OutcomeFixed, Rating: 5})
			w.Must(err)
		}
	})
}
