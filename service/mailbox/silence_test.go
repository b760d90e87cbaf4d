package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

func TestAnAnswerThatIsHeldPastTheTimeToSpeakIsListed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.accepted()
		_, err := w.mailbox.Reply(ctx, w.secretary, id, "【复核】已换新灯")
		w.Must(err)
		clock.Move(7*day - time.Millisecond)
		w.Must(w.mailbox.CheckWatch(ctx))
		clock.Move(time.Millisecond)
		if err := w.mailbox.CheckWatch(ctx); err == nil || !strings.Contains(err.Error(), id.String()) {
			t.Fatal(err)
		}
		items, err := w.texts.Items(ctx, w.worker, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		_, err = w.texts.Release(ctx, w.worker, items.Items[0].ID, "")
		w.Must(err)
		w.Must(w.mailbox.CheckWatch(ctx)) // it is up to the resident now
	})
}

func TestEveryRequestThatNobodyWatchesIsNamed(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	now := s.Now()
	var ids []model.RequestID
	for range 3 {
		ids = append(ids, w.submitted())
	}
	clocks, err := s.RequestClocks.ListByRequests(t.Context(), ids...)
	w.Must(err)
	for _, c := range clocks {
		c.StoppedAt = &now
		_, err := s.RequestClocks.SaveMoved(t.Context(), c)
		w.Must(err)
	}
	err = w.mailbox.CheckWatch(t.Context())
	for _, id := range ids {
		if err == nil || !strings.Contains(err.Error(), id.String()) {
			t.Errorf("%v does not name %s", err, id)
		}
	}
}

func TestStaffSeeNoStarsAndFindARequestByItsReceipt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.replied()
		_, err := w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed, Rating: 2})
		w.Must(err)
		for who, want := range map[model.Actor]int{w.wang: 2, w.secretary: 0, w.auditor: 0} {
			view, err := w.mailbox.Read(ctx, who, id)
			w.Must(err)
			if last := view.Timeline[len(view.Timeline)-1]; last.Outcome != model.OutcomeFixed || last.Rating != want {
				t.Errorf("%+v, want %d stars", last, want)
			}
		}
		r, err := s.Requests.Get(ctx, id)
		w.Must(err)
		for number, want := range map[string]int{r.Receipt: 1, " " + strings.ToLower(r.Receipt): 1, "20260101-AAAA-AAAA": 0, "0000-0001-3": 0, "x": 0} {
			found, err := w.mailbox.Inbox(ctx, w.secretary, mailbox.InboxFilter{Number: number}, model.Page{})
			w.Must(err)
			if len(found.Items) != want || want == 1 && found.Items[0].Request.ID != id {
				t.Errorf("%q: %+v", number, found.Items)
			}
		}
		found, err := w.mailbox.Inbox(ctx, w.otherSecretary, mailbox.InboxFilter{Number: r.Receipt}, model.Page{})
		if w.Must(err); len(found.Items) != 0 {
			t.Error("it is found by who has no authority over it")
		}
		_, err = w.mailbox.Inbox(ctx, w.li, mailbox.InboxFilter{Number: r.Receipt}, model.Page{})
		w.ExpectFault(err, fault.ErrForbidden)
	})
}
