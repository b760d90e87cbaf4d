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

func TestAPromiseIsKeptPutOffOrBrokenForAllToSee(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.handling()
		for range 3 {
			_, err := m.Promise(ctx, w.secretary, id, "本月底前换新灯", "2026-11-30")
			w.Must(err)
			clock.Move(time.Second)
		}
		_, err := m.Promise(ctx, w.secretary, id, "昨天就好了", "2026-11-22")
		w.ExpectFault(err, fault.ErrInvalid)
		view, err := m.Read(ctx, w.wang, id)
		w.Must(err)
		kept, putOff, broken := view.Promises[0], view.Promises[1], view.Promises[2]
		if text := view.Timeline[kept.Seq-1].Text; text != "本月底前换新灯" {
			t.Errorf("the words of the promise are %q", text)
		}
		_, err = m.KeepPromise(ctx, w.gridWorker, id, kept.ID, "已全部换新")
		w.Must(err)
		_, err = m.KeepPromise(ctx, w.gridWorker, id, kept.ID, "又换了一次")
		w.ExpectFault(err, mailbox.ErrPromiseOver)
		_, err = m.PutOff(ctx, w.gridWorker, id, putOff.ID, "2026-12-31", "厂家缺货")
		w.Must(err)
		_, err = m.KeepPromise(ctx, w.gridWorker, w.handling(), broken.ID, "别的诉求")
		w.ExpectFault(err, fault.ErrNotFound)
		clock.Move(time.Second)
		_, err = m.Reply(ctx, w.secretary, id, "灯已报修，月底前换新")
		w.Must(err)
		_, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed})
		w.Must(err)
		closed, err := s.Requests.Get(ctx, id)
		w.Must(err)

		clock.Set(model.Date("2026-12-01").At(0, 0)) // the day is over, and the matter long closed
		_, err = m.Ring(ctx)
		w.Must(err)
		view, err = m.Read(ctx, w.wang, id)
		w.Must(err)
		var became []model.PromiseStatus
		for _, p := range view.Promises {
			became = append(became, p.Status)
		}
		if !slices.Equal(became, []model.PromiseStatus{model.PromiseKept, model.PromiseOpen, model.PromiseBroken}) || view.Promises[1].Moved != 1 {
			t.Errorf("%+v", view.Promises)
		}
		if r := view.Request; r.Status != model.RequestClosed || r.Open || !r.DueAt.Equal(closed.DueAt) || !r.UpdatedAt.Equal(closed.UpdatedAt) {
			t.Errorf("a promise moved the end of its request: %+v", r)
		}
		book, err := m.PromiseBook(ctx, w.hongqiaoBranch)
		w.Must(err)
		if book != (mailbox.PromiseBook{Open: 1, Kept: 1, Broken: 1, Moved: 1}) {
			t.Errorf("%+v", book)
		}
		if told := w.told(w.secretary); !slices.Contains(told, "request_promise_broken") {
			t.Errorf("the secretary is told %v", told)
		}
	})
}

func TestAUnitKeepsTextsToUseAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx := w.mailbox, t.Context()
		r, err := m.AddCannedReply(ctx, w.secretary, model.CannedReply{UnitID: w.hongqiaoBranch, Title: "已转物业", Text: "已转物业办理。"})
		w.Must(err)
		_, err = m.AddCannedReply(ctx, w.secretary, model.CannedReply{UnitID: w.tianyueBranch, Title: "已转物业", Text: "已转物业办理。"})
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = m.AddCannedReply(ctx, w.secretary, model.CannedReply{UnitID: w.hongqiaoBranch, Title: " ", Text: "空"})
		w.ExpectFault(err, fault.ErrInvalid)
		listing, err := m.CannedReplies(ctx, w.worker, w.hongqiaoBranch, model.Page{})
		w.Must(err)
		if len(listing.Items) != 1 || listing.Items[0].Text != "已转物业办理。" {
			t.Errorf("%+v", listing.Items)
		}
		w.ExpectFault(m.DropCannedReply(ctx, w.otherSecretary, r.ID), fault.ErrNotFound)
		w.Must(m.DropCannedReply(ctx, w.worker, r.ID))
		w.ExpectFault(m.DropCannedReply(ctx, w.worker, r.ID), fault.ErrNotFound)
	})
}
