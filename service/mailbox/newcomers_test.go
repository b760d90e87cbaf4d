package mailbox_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/jobs"
	"jinlin/service/mailbox"
)

// works does the jobs that are due.
func (w *world) works() {
	w.T.Helper()
	runner := jobs.New(w.Store, slog.New(slog.DiscardHandler), 1)
	w.mailbox.Jobs(runner)
	_, err := runner.Drain(w.T.Context())
	w.Must(err)
}

// lastTold is the newest notice in somebody's inbox.
func (w *world) lastTold(who model.Actor) model.Message {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{Limit: 1})
	w.Must(err)
	if len(inbox.Items) == 0 {
		w.T.Fatal("told nothing")
	}
	return inbox.Items[0]
}

func TestStaffHearOfWhatCannotWaitAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) { in.Category, in.Text = "safety", "井盖丢了" })
		for _, who := range []model.Actor{w.secretary, w.gridWorker} {
			w.expectTold(who, "request_submission")
			if m := w.lastTold(who); strings.Contains(m.Text, "井盖") || m.Link != "pages/mailbox/handle?id="+id.String() {
				t.Errorf("%+v", m)
			}
		}
		w.expectTold(w.otherSecretary)
		w.expectTold(w.clerk)
	})
}

func TestStaffHearOfOtherRequestsTogetherOnTheHour(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		clock.Set(time.Date(2026, 11, 24, 9, 10, 0, 0, model.Shanghai))
		seen := w.submitted()
		for range 2 {
			w.submitted()
		}
		_, err := w.mailbox.Accept(t.Context(), w.secretary, seen, "")
		w.Must(err)
		w.works()
		w.expectTold(w.secretary)
		clock.Set(time.Date(2026, 11, 24, 10, 0, 10, 0, model.Shanghai))
		w.works()
		w.works()
		w.expectTold(w.secretary, "requests_waiting")
		w.expectTold(w.gridWorker, "requests_waiting")
		w.expectTold(w.otherSecretary)
		if m := w.lastTold(w.secretary); m.Text != "现有 2 件诉求等待受理，请及时查看。" {
			t.Error(m.Text)
		}
		clock.Set(time.Date(2026, 11, 24, 20, 30, 0, 0, model.Shanghai)) // in the evening it waits for the morning
		w.submitted()
		clock.Set(time.Date(2026, 11, 25, 7, 59, 0, 0, model.Shanghai))
		w.works()
		w.expectTold(w.secretary, "requests_waiting")
		clock.Set(time.Date(2026, 11, 25, 8, 0, 10, 0, model.Shanghai))
		w.works()
		w.expectTold(w.secretary, "requests_waiting", "requests_waiting")
	})
}

func TestAResidentsWordsReachWhoHasTheRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.submitted()
		_, err := w.mailbox.Write(ctx, w.wang, id, "还没人管吗")
		w.Must(err)
		w.expectTold(w.secretary) // it will be read with the request
		_, err = w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Start(ctx, w.gridWorker, id)
		w.Must(err)
		_, err = w.mailbox.Write(ctx, w.wang, id, "三楼也不亮")
		w.Must(err)
		w.expectTold(w.gridWorker, "request_messages")
		w.expectTold(w.secretary)
		_, err = w.mailbox.Write(ctx, w.wang, id, "【复核】四楼也不亮")
		w.Must(err)
		w.expectTold(w.gridWorker, "request_messages")
		items, err := w.texts.Items(ctx, w.worker, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		_, err = w.texts.Release(ctx, w.worker, items.Items[0].ID, "")
		w.Must(err)
		w.expectTold(w.gridWorker, "request_messages", "request_messages")
		w.expectTold(w.wang, "request_acceptance")
	})
}

func TestWhatAnAnswerDidNotDoIsHeardByWhoGaveIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.submitted()
		_, err := w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Start(ctx, w.gridWorker, id)
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.gridWorker, id, "已换新灯")
		w.Must(err)
		_, err = w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly})
		w.Must(err)
		for _, who := range []model.Actor{w.gridWorker, w.secretary} {
			w.expectTold(who, "request_feedback")
		}
		clock.Move(time.Minute)
		_, err = w.mailbox.Reply(ctx, w.gridWorker, id, "二楼也换了")
		w.Must(err)
		_, err = w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
		w.Must(err)
		w.expectTold(w.gridWorker, "request_feedback", "request_feedback")
		w.expectTold(w.worker, "request_feedback")
		w.expectTold(w.secretary, "request_feedback")
	})
}
