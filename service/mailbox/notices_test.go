package mailbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
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
	if got := w.told(who); !slices.Equal(got, kinds) {
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
		w.expectTold(w.secretary)
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
