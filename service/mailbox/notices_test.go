package mailbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
)

// told are the kinds of notices in somebody's inbox, oldest first.
func (w *world) told(who model.Actor) (kinds []string) {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{Limit: 100})
	w.Must(err)
	for _, m := range inbox.Items {
		kinds = append(kinds, m.Kind)
	}
	slices.Reverse(kinds)
	return kinds
}

func (w *world) expectTold(who model.Actor, kinds ...string) {
	w.T.Helper()
	w.works()
	if got := w.told(who); !slices.Equal(got, kinds) {
		w.T.Errorf("told %v instead of %v", got, kinds)
	}
}

// expectToldSoon is expectTold for what jobs tell, which come in no order.
func (w *world) expectToldSoon(who model.Actor, kinds ...string) {
	w.T.Helper()
	w.works()
	if got := slices.Sorted(slices.Values(w.told(who))); !slices.Equal(got, slices.Sorted(slices.Values(kinds))) {
		w.T.Errorf("told %v instead of %v", got, kinds)
	}
}

func TestASubmitterHearsWhatOthersDo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		_, err := w.mailbox.Write(t.Context(), w.wang, id, "请快一点")
		w.Must(err)
		_, err = w.mailbox.Urge(t.Context(), w.wang, id)
		w.Must(err)
		w.expectTold(w.wang)
		clock.Move(time.Second)
		_, err = w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Accept(t.Context(), w.secretary, id, "")
		if err == nil {
			t.Error("accepted twice")
		}
		clock.Move(time.Second)
		_, err = w.mailbox.Write(t.Context(), w.secretary, id, "已联系物业")
		w.Must(err)
		clock.Move(time.Second)
		_, err = w.mailbox.Write(t.Context(), w.secretary, id, "【复核】")
		w.Must(err)
		_, err = w.mailbox.Reply(t.Context(), w.secretary, id, "已换新灯")
		w.Must(err)
		w.expectTold(w.wang, "request_acceptance", "request_messages", "request_reply")
		clock.Move(8 * 24 * time.Hour)
		for range 2 {
			_, err = w.mailbox.CloseSilent(t.Context())
			w.Must(err)
		}
		w.expectTold(w.wang, "request_acceptance", "request_messages", "request_reply", "request_silence")
		w.expectTold(w.secretary, "request_urges")
		clock.Move(time.Second)
		_, err = w.mailbox.Refuse(t.Context(), w.secretary, w.submitted(), "不属于受理范围")
		w.Must(err)
		if got := w.told(w.wang); got[len(got)-1] != "request_refusal" {
			t.Errorf("told %v", got)
		}
	})
}

func TestANoticeDoesNotSayWhatWasWritten(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	id := w.replied()
	request, err := s.Requests.Get(t.Context(), id)
	w.Must(err)
	inbox, err := s.Messages.List(t.Context(), w.wang.User, model.Page{})
	w.Must(err)
	for _, m := range inbox.Items {
		if strings.Contains(m.Text, "楼道灯") || strings.Contains(m.Text, "换新灯") {
			t.Errorf("%q gives away what was written", m.Text)
		}
		if !strings.Contains(m.Text, request.Receipt) || !strings.Contains(m.Text, "公共设施维修") || m.Link != "pages/mailbox/detail?id="+id.String() {
			t.Errorf("%q with link %q", m.Text, m.Link)
		}
	}
}

func TestAHeldMessageIsToldOnceItIsReleased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		for _, text := range []string{"【复核】一", "【复核】二"} {
			_, err := w.mailbox.Write(t.Context(), w.secretary, id, text)
			w.Must(err)
		}
		_, err := w.mailbox.Write(t.Context(), w.wang, id, "【复核】三")
		w.Must(err)
		w.expectTold(w.wang)
		items, err := w.texts.Items(t.Context(), w.worker, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		for _, item := range items.Items {
			decide := w.texts.Release
			if item.Text == "【复核】二" {
				decide = w.texts.Refuse
			}
			_, err := decide(t.Context(), w.worker, item.ID, "看过了")
			w.Must(err)
		}
		if len(items.Items) != 3 {
			t.Fatalf("%d texts were held", len(items.Items))
		}
		w.expectTold(w.wang, "request_messages")
	})
}

func TestAHeldReplyIsShownAndToldOnceItIsReleased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.submitted()
		_, err := w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.secretary, id, "【复核】已换新灯")
		w.Must(err)
		reads := func(reader model.Actor) string {
			t.Helper()
			view, err := w.mailbox.Read(ctx, reader, id)
			w.Must(err)
			return view.Timeline[len(view.Timeline)-1].Text
		}
		if got := reads(w.wang); got != "" {
			t.Fatalf("the submitter reads %q", got)
		}
		w.expectTold(w.wang, "request_acceptance")
		closes := func(after time.Duration, want int) {
			t.Helper()
			clock.Move(after)
			closed, err := w.mailbox.CloseSilent(ctx)
			w.Must(err)
			if closed != want {
				t.Fatalf("%d were closed; want %d", closed, want)
			}
		}
		closes(8*24*time.Hour, 0)
		items, err := w.texts.Items(ctx, w.worker, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		_, err = w.texts.Release(ctx, w.secretary, items.Items[0].ID, "")
		w.ExpectFault(err, moderation.ErrOwnText)
		_, err = w.texts.Release(ctx, w.worker, items.Items[0].ID, "")
		w.Must(err)
		if got := reads(w.wang); got != "【复核】已换新灯" {
			t.Fatalf("the submitter reads %q", got)
		}
		w.expectTold(w.wang, "request_acceptance", "request_reply")
		closes(6*24*time.Hour, 0)
		closes(25*time.Hour, 1)
	})
}

func TestAHeldReasonOfARefusalIsShownOnceItIsReleased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.submitted(func(in *mailbox.Submission) { in.Text = "【复核】灯坏了" })
		_, err := w.mailbox.Refuse(ctx, w.secretary, id, "【违规】不归我们管")
		w.Must(err)
		items, err := w.texts.Items(ctx, w.worker, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		view, err := w.mailbox.Read(ctx, w.wang, id)
		w.Must(err)
		if last := view.Timeline[len(view.Timeline)-1]; len(items.Items) != 1 || last.Text != "" || view.Request.Status != model.RequestRefused {
			t.Fatalf("%d texts wait; the submitter reads %q", len(items.Items), last.Text)
		}
		w.expectTold(w.wang)
		_, err = w.texts.Release(ctx, w.worker, items.Items[0].ID, "")
		w.Must(err)
		view, err = w.mailbox.Read(ctx, w.wang, id)
		w.Must(err)
		if last := view.Timeline[len(view.Timeline)-1]; last.Text != "【违规】不归我们管" {
			t.Fatalf("the submitter reads %q", last.Text)
		}
		w.expectTold(w.wang, "request_refusal")
	})
}
