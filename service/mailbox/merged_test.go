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

// sameOf is a request of somebody's that says what wang says.
func (w *world) sameOf(who model.Actor, as model.RequestIdentity) model.RequestID {
	w.T.Helper()
	in := w.lamp()
	in.Identity = as
	state, err := w.mailbox.Submit(w.T.Context(), who, in)
	w.Must(err)
	return state.ID
}

func (w *world) merges(from, into model.RequestID) {
	w.T.Helper()
	_, err := w.mailbox.Merge(w.T.Context(), w.worker, from, into)
	w.Must(err)
	w.Clock.Move(time.Second)
}

// says has somebody say what they think of an answer.
func (w *world) says(who model.Actor, id model.RequestID, outcome model.RequestOutcome) error {
	_, err := w.mailbox.GiveFeedback(w.T.Context(), who, id, mailbox.Feedback{Outcome: outcome, Rating: 2, Comment: "还是黑的"})
	w.Clock.Move(time.Second)
	return err
}

// chain is li's request in zhao's sealed one, and that in wang's.
func (w *world) chain() (zhao model.Actor, first, second, last model.RequestID) {
	w.T.Helper()
	zhao = w.Person("赵老师")
	first, second, last = w.sameOf(w.li, model.IdentityHidden), w.sameOf(zhao, model.IdentitySealed), w.accepted()
	w.merges(first, second)
	w.merges(second, last)
	w.works()
	return zhao, first, second, last
}

func (w *world) statusOf(id model.RequestID) model.RequestStatus {
	w.T.Helper()
	r, err := w.Store.Requests.Get(w.T.Context(), id)
	w.Must(err)
	return r.Status
}

func TestWhoseRequestWasMergedOnHearsWhatBecomesOfTheLast(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx := w.mailbox, t.Context()
		zhao, first, second, last := w.chain()
		for _, below := range []model.RequestID{first, second} {
			_, err := m.Merge(ctx, w.worker, last, below)
			w.ExpectFault(err, fault.ErrIllegalTransition)
		}
		_, err := m.Reply(ctx, w.secretary, last, "【复核】王女士您好，已换新灯")
		w.Must(err)
		w.expectTold(w.li, "request_merges")
		w.ExpectFault(w.says(w.li, first, model.OutcomeFixed), fault.ErrIllegalTransition) // of what nobody can read
		items, err := w.texts.Items(ctx, w.clerk, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		_, err = w.texts.Release(ctx, w.clerk, items.Items[0].ID, "")
		w.Must(err)
		clock.Move(time.Second)
		for who, id := range map[model.Actor]model.RequestID{w.li: first, zhao: second} {
			view, err := m.Read(ctx, who, id)
			w.Must(err)
			if !view.Request.MergedInto.IsZero() || view.Merged == nil || view.Merged.Status != model.RequestReplied || len(view.Merged.Answers) != 1 {
				t.Fatalf("%+v, %+v", view.Request, view.Merged)
			}
			if text := view.Merged.Answers[0].Text; strings.Contains(text, "王女士") || !strings.Contains(text, "已换新灯") {
				t.Errorf("they read %q", text)
			}
			_, err = m.Read(ctx, who, last)
			w.ExpectFault(err, fault.ErrNotFound)
			mine, err := m.ListMine(ctx, who, model.Page{})
			if w.Must(err); len(mine.Items) != 1 || !mine.Items[0].Request.MergedInto.IsZero() {
				t.Errorf("%+v", mine.Items)
			}
			seen, err := m.Read(ctx, w.worker, id)
			if w.Must(err); seen.Request.MergedInto != last || seen.Merged != nil {
				t.Errorf("staff see %+v, %+v", seen.Request, seen.Merged)
			}
		}
		w.Must(w.says(w.wang, last, model.OutcomePartly))
		_, err = m.Reply(ctx, w.worker, last, "另一盏也换了")
		w.Must(err)
		clock.Move(time.Second)
		w.Must(w.says(w.wang, last, model.OutcomeFixed))
		w.expectToldSoon(w.li, "request_merges", "request_reply", "request_reply", "request_feedback")
	})
}

func TestWhoseRequestWasMergedHasAWordOfTheirOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx := w.mailbox, t.Context()
		zhao, first, second, last := w.chain()
		w.ExpectFault(w.says(w.li, first, model.OutcomeFixed), fault.ErrIllegalTransition)
		_, err := m.Reply(ctx, w.secretary, last, "已换新灯")
		w.Must(err)
		w.ExpectFault(w.says(w.li, last, model.OutcomeFixed), fault.ErrNotFound)
		w.ExpectFault(w.says(w.li, first, model.OutcomeExplained), mailbox.ErrNotProposed)
		w.Must(w.says(w.li, first, model.OutcomeFixed))
		w.ExpectFault(w.says(w.li, first, model.OutcomeNotFixed), mailbox.ErrJudged)
		if w.statusOf(last) != model.RequestReplied || w.statusOf(first) != model.RequestMerged {
			t.Fatal("only its own submitter closes it")
		}
		events, err := s.RequestEvents.ListByRequest(ctx, first)
		w.Must(err)
		if c := model.CourseOf(events); c.Word != model.OutcomeFixed || c.Rating != 2 || c.Status != model.RequestMerged {
			t.Errorf("%+v", c)
		}
		w.Must(w.says(zhao, second, model.OutcomeNotFixed))
		r, err := s.Requests.Get(ctx, last)
		w.Must(err)
		if due := w.runningOf(last); r.Status != model.RequestReopened || r.Level != model.LevelCommunity || len(due) != 2 {
			t.Fatalf("%s at %s, %v", r.Status, r.Level, due)
		}
		w.whereItIs(last)
		if events, err = s.RequestEvents.ListByRequest(ctx, last); err != nil || !events[len(events)-1].ActorID.IsZero() || model.CourseOf(events).Word != "" {
			t.Errorf("the other's own row: %+v, %v", model.CourseOf(events), err)
		}
		for _, who := range []model.Actor{w.secretary, w.worker} {
			if told := w.told(who); told[len(told)-1] != "request_objection" {
				t.Errorf("staff are told %v", told)
			}
		}
		w.expectTold(w.wang, "request_acceptance", "request_reply", "request_objection")
		w.expectToldSoon(w.li, "request_merges", "request_reply", "request_objection")
		_, err = m.Accept(ctx, w.worker, last, "")
		w.Must(err)
		_, err = m.Reply(ctx, w.secretary, last, "真的修好了")
		w.ExpectFault(err, mailbox.ErrSamePerson)
		_, err = m.Reply(ctx, w.worker, last, "换了线路")
		w.Must(err)
		w.Must(w.says(zhao, second, model.OutcomeNotFixed)) // a second time: written down
		if w.statusOf(last) != model.RequestReplied {
			t.Errorf("reopened twice by one person: %s", w.statusOf(last))
		}
		w.Must(w.says(w.wang, last, model.OutcomeFixed))
		w.ExpectFault(w.says(w.li, first, model.OutcomeNotFixed), fault.ErrIllegalTransition)
		w.Must(w.says(w.li, first, model.OutcomeFixed))
	})
}

func (w *world) runningOf(id model.RequestID) map[model.ClockName]time.Duration {
	w.T.Helper()
	clocks, err := w.Store.RequestClocks.ListByRequests(w.T.Context(), id)
	w.Must(err)
	return running(clocks, w.Store.Now())
}

// TestWhatItWasMergedIntoIsRefused: whose matter goes with another's hears why.
func TestWhatItWasMergedIntoIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, refused, second := t.Context(), w.submitted(), w.sameOf(w.li, model.IdentityNamed)
		w.merges(second, refused)
		_, err := w.mailbox.Refuse(ctx, w.secretary, refused, "不属于受理范围")
		w.Must(err)
		w.expectToldSoon(w.li, "request_merges", "request_refusal")
		view, err := w.mailbox.Read(ctx, w.li, second)
		if w.Must(err); len(view.Merged.Answers) != 1 || view.Merged.Answers[0].Text != "不属于受理范围" {
			t.Errorf("%+v", view.Merged)
		}
	})
}

// TestAllWhoObjectAtOnceReopenItOnce: and whoever merges it on meanwhile waits, or they do.
func TestAllWhoObjectAtOnceReopenItOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into, other := w.accepted(), w.accepted()
		people := []model.Actor{w.Person("一"), w.Person("二"), w.Person("三")}
		ids := make([]model.RequestID, len(people))
		for i, who := range people {
			ids[i] = w.sameOf(who, model.IdentityNamed)
			w.merges(ids[i], into)
		}
		_, err := w.mailbox.Reply(t.Context(), w.secretary, into, "已换新灯")
		w.Must(err)
		w.AtOnce(len(people)+1, func(i int) error {
			var err error
			if i < len(people) {
				_, err = w.mailbox.GiveFeedback(t.Context(), people[i], ids[i], mailbox.Feedback{Outcome: model.OutcomeNotFixed})
			} else {
				_, err = w.mailbox.Merge(t.Context(), w.clerk, into, other)
			}
			return err
		}, fault.ErrIllegalTransition, fault.ErrBusy)
		events, err := s.RequestEvents.ListByRequest(t.Context(), into)
		w.Must(err)
		events = slices.DeleteFunc(events, func(e model.RequestEvent) bool { return e.Kind != model.MoveObjection })
		w.works()
		merged, err := s.Requests.ListMerged(t.Context(), other, model.RequestID{}, 10)
		w.Must(err)
		if len(events) > 1 || len(merged) != len(people)+1 {
			t.Errorf("reopened %d times, %d merged", len(events), len(merged))
		}
	})
}

// TestAnswersToWhoIsNotNamedAreWithheld: what is taken out of an answer would name them to whoever
// wrote it with a list of names, and reads it as somebody whose request was merged.
func TestAnswersToWhoIsNotNamedAreWithheld(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for _, as := range []model.RequestIdentity{model.IdentityHidden, model.IdentitySealed} {
			into, from := w.sameOf(w.wang, as), w.sameOf(w.li, model.IdentityNamed)
			w.merges(from, into)
			_, err := w.mailbox.Accept(t.Context(), w.secretary, into, "")
			w.Must(err)
			_, err = w.mailbox.Reply(t.Context(), w.secretary, into, "赵老师、王女士、李师傅：已换新灯")
			w.Must(err)
			view, err := w.mailbox.Read(t.Context(), w.li, from)
			w.Must(err)
			if m := view.Merged; m == nil || m.Status != model.RequestReplied || len(m.Answers) != 0 || !m.Withheld {
				t.Errorf("%s: %+v", as, m)
			}
		}
	})
}

func TestMergingOnIsWrittenDownAndPartlyReachesWhoHasIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		_, first, _, last := w.chain()
		events, err := s.RequestEvents.ListByRequest(t.Context(), first)
		w.Must(err)
		if e := events[len(events)-1]; e.Kind != model.MoveMergedOn || e.Details().OtherID != last || !e.ActorID.IsZero() {
			t.Errorf("%+v", e)
		}
		_, err = w.mailbox.Reply(t.Context(), w.secretary, last, "已换新灯")
		w.Must(err)
		w.works()
		before := len(w.told(w.secretary))
		w.Must(w.says(w.li, first, model.OutcomePartly))
		if told := w.told(w.secretary); len(told) != before+1 {
			t.Errorf("told %v", told)
		}
	})
}

// TestWhoseRequestWasMergedCanBeWrittenTo: an answer that is withheld can be told in words of its own.
func TestWhoseRequestWasMergedCanBeWrittenTo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into, from := w.sameOf(w.wang, model.IdentitySealed), w.sameOf(w.li, model.IdentityNamed)
		w.merges(from, into)
		_, err := w.mailbox.Write(t.Context(), w.li, from, "灯修好了吗？")
		w.Must(err)
		_, err = w.mailbox.Write(t.Context(), w.worker, from, "明天来修")
		w.Must(err)
		w.expectToldSoon(w.li, "request_merges", "request_messages")
		if r, err := s.Requests.Get(t.Context(), from); err != nil || r.Status != model.RequestMerged || r.Open {
			t.Errorf("%+v, %v", r, err)
		}
		_, err = w.mailbox.Withdraw(t.Context(), w.wang, into)
		w.Must(err)
		_, err = w.mailbox.Write(t.Context(), w.wang, into, "还有一句")
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

// TestWhatManyWereMergedIntoCanBeAnswered: its course is bounded, and keeps room for what comes of it.
func TestWhatManyWereMergedIntoCanBeAnswered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into, from := w.accepted(), w.sameOf(w.li, model.IdentityNamed)
		r, err := s.Requests.Get(t.Context(), into)
		w.Must(err)
		read := r.Version
		r.Version = model.MaxRequestTalk
		_, err = s.Requests.SaveMoved(t.Context(), r, read)
		w.Must(err)
		_, err = w.mailbox.Merge(t.Context(), w.worker, from, into)
		w.ExpectFault(err, mailbox.ErrConversationFull)
		if status := w.statusOf(from); status != model.RequestScreened {
			t.Error(status)
		}
	})
}

// TestAHiddenWordReopensLikeAnybodys, also of whoever has reopened it by name: that it did not would tell.
func TestAHiddenWordReopensLikeAnybodys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into := w.sameOf(w.li, model.IdentityNamed)
		for i, identity := range []model.RequestIdentity{model.IdentityNamed, model.IdentityHidden, model.IdentitySealed} {
			own := w.sameOf(w.wang, identity)
			w.merges(own, into)
			_, err := w.mailbox.Accept(t.Context(), w.clerk, into, "")
			w.Must(err)
			_, err = w.mailbox.Reply(t.Context(), []model.Actor{w.secretary, w.worker, w.clerk}[i], into, "已换新灯")
			w.Must(err)
			w.Must(w.says(w.wang, own, model.OutcomeNotFixed))
			if status := w.statusOf(into); status != model.RequestReopened {
				t.Errorf("after a word of a %s one it is %s", identity, status)
			}
		}
	})
}
