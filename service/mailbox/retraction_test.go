package mailbox_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// refusesWords has the clerk refuse what is held.
func (w *world) refusesWords() {
	w.T.Helper()
	items, err := w.texts.Items(w.T.Context(), w.clerk, w.hongqiaoBranch, model.TextHeld, model.Page{})
	w.Must(err)
	for _, item := range items.Items {
		_, err := w.texts.Refuse(w.T.Context(), w.clerk, item.ID, "用语不当")
		w.Must(err)
	}
}

// whereItIs says where a request is and when its reply is due, and has its clocks told from its events.
func (w *world) whereItIs(id model.RequestID) (model.RequestStatus, time.Duration) {
	w.T.Helper()
	r, err := w.Store.Requests.Get(w.T.Context(), id)
	w.Must(err)
	events, err := w.Store.RequestEvents.ListByRequest(w.T.Context(), id)
	w.Must(err)
	kept, err := w.Store.RequestClocks.ListByRequests(w.T.Context(), id)
	w.Must(err)
	for _, folded := range model.Folded(events) {
		same := 0
		for _, c := range kept {
			if c.Same(folded) {
				same++
			}
		}
		if same != 1 {
			w.T.Errorf("from events: %+v, kept: %+v", folded, kept)
		}
	}
	return r.Status, running(kept, w.Store.Now())["reply"]
}

func TestARefusedReplyIsNoReply(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.accepted()
		_, err := m.Answer(ctx, w.secretary, id, mailbox.Answer{Text: "【复核】已换新灯", Explained: true})
		w.Must(err)
		clock.Move(day)
		w.refusesWords()
		if status, due := w.whereItIs(id); status != model.RequestHandling || due != 6*day {
			t.Fatalf("%s, due in %s", status, due)
		}
		w.expectTold(w.wang, "request_acceptance")
		if told := w.told(w.secretary); told[len(told)-1] != "request_retraction" {
			t.Errorf("the writer is told %v", told)
		}
		events, err := s.RequestEvents.ListByRequest(ctx, id)
		w.Must(err)
		if c := model.CourseOf(events); c.RepliedAt != nil {
			t.Errorf("counted as answered: %+v", c)
		}
		clock.Move(8 * day)
		if n, err := m.CloseSilent(ctx); n != 0 || err != nil {
			t.Errorf("%d closed, %v", n, err)
		}
		_, err = m.Reply(ctx, w.secretary, id, "已换新灯")
		w.Must(err)
		_, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeExplained})
		w.ExpectFault(err, mailbox.ErrNotProposed)
		_, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly})
		w.Must(err)
		_, err = m.Reply(ctx, w.worker, id, "【复核】另一盏也换了")
		w.Must(err)
		w.refusesWords()
		if status, due := w.whereItIs(id); status != model.RequestReplied || due != 7*day {
			t.Errorf("%s, due in %s", status, due)
		}
		_, err = m.Reply(ctx, w.worker, id, "另一盏也换了")
		w.Must(err)
		w.whereItIs(id)
	})
}

func TestWhatIsRefusedForARefusedReasonIsScreenedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.submitted()
		_, err := w.mailbox.Refuse(ctx, w.secretary, id, "【违规】不归我们管")
		w.Must(err)
		clock.Move(time.Hour)
		w.refusesWords()
		if status, due := w.whereItIs(id); status != model.RequestScreened || due != 7*day-time.Hour {
			t.Fatalf("%s, due in %s", status, due)
		}
		w.expectTold(w.wang) // of nothing that they could not have read
		_, err = w.mailbox.Accept(ctx, w.worker, id, "")
		w.Must(err)
		w.whereItIs(id)
	})
}

func TestWordsRefusedTooLateChangeNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.accepted()
		_, err := w.mailbox.Reply(t.Context(), w.secretary, id, "【复核】已换新灯")
		w.Must(err)
		w.notFixed(id)
		w.refusesWords()
		if status, due := w.whereItIs(id); status != model.RequestReopened || due != 7*day {
			t.Errorf("%s, due in %s", status, due)
		}
	})
}

// TestARefusedCommentTakesNothingBack: whose comment cannot be shown has spoken all the same.
func TestARefusedCommentTakesNothingBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for outcome, want := range map[model.RequestOutcome]model.RequestStatus{
			model.OutcomeFixed: model.RequestClosed, model.OutcomePartly: model.RequestReplied, model.OutcomeNotFixed: model.RequestReopened,
		} {
			id := w.replied()
			_, err := w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: outcome, Comment: "【复核】"})
			w.Must(err)
			before, err := s.Requests.Get(t.Context(), id)
			w.Must(err)
			w.refusesWords()
			if after, err := s.Requests.Get(t.Context(), id); err != nil || after.Status != want || after.Version != before.Version {
				t.Errorf("%s leads to %s, %v", outcome, after.Status, err)
			}
		}
	})
}

// TestARefusedPromiseIsNone: its maker hears so, and nothing is broken when its day is over.
func TestARefusedPromiseIsNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.accepted()
		_, err := w.mailbox.Promise(t.Context(), w.secretary, id, "【复核】周五前换新", "2026-11-27")
		w.Must(err)
		clock.Move(time.Minute)
		w.refusesWords()
		if last := w.lastTold(w.secretary); last.Title != "您的承诺未通过复核" {
			t.Errorf("%+v", last)
		}
		book, err := w.mailbox.PromiseBook(t.Context(), w.hongqiaoBranch)
		if w.Must(err); book != (mailbox.PromiseBook{}) {
			t.Errorf("%+v", book)
		}
		clock.Move(7 * day)
		_, err = w.mailbox.Ring(t.Context())
		w.Must(err)
		events, err := s.RequestEvents.ListByRequest(t.Context(), id)
		w.Must(err)
		if broken, found := model.LastOf(events, model.MovePromiseBroken); found {
			t.Errorf("%+v", broken)
		}
	})
}

// TestWordsReleasedTooLateAreNoNews: nobody is asked what they think of an answer that they have said
// did not help, nor whether they agree to what is not asked any more.
func TestWordsReleasedTooLateAreNoNews(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.accepted()
		_, err := m.Reply(ctx, w.secretary, id, "【复核】已换新灯")
		w.Must(err)
		_, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
		w.Must(err)
		w.releasesWords()
		w.expectTold(w.wang, "request_acceptance")
		_, err = m.Accept(ctx, w.worker, id, "")
		w.Must(err)
		_, err = m.Refer(ctx, w.worker, id, w.Unit(model.Department, w.county), "【复核】请供电部门查看线路")
		w.Must(err)
		list, err := m.Referrals(ctx, w.worker, id)
		w.Must(err)
		_, err = m.TakeBack(ctx, w.worker, list[0].ID)
		w.Must(err)
		w.releasesWords()
		w.expectTold(w.wang, "request_acceptance", "request_acceptance")
	})
}
