package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
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
