package points_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
)

// told are the texts of a kind in somebody's inbox, newest first.
func (w *world) told(who model.Actor, kind string) (texts []string) {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{Limit: 100})
	w.Must(err)
	for _, m := range inbox.Items {
		if m.Kind == kind {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func TestAnAwardIsToldOnceItIsPosted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.filled(1000)
		small := points.Awarding{User: w.wang.User, Points: 20, Cause: "照看独居老人", Reference: "1"}
		for range 2 {
			_, err := w.Award(t.Context(), w.secretary, small)
			w.Must(err)
		}
		if got := w.told(w.wang, "points_award"); len(got) != 1 || !strings.Contains(got[0], "20") || !strings.Contains(got[0], small.Cause) {
			t.Fatalf("told %q", got)
		}
		large, err := w.Award(t.Context(), w.secretary, points.Awarding{User: w.li.User, Points: 200, Cause: "调解", Reference: "2"})
		w.Must(err)
		if got := w.told(w.li, "points_award"); len(got) != 0 {
			t.Fatalf("told %q of an award that waits", got)
		}
		_, err = w.Approve(t.Context(), w.clerk, large.ID)
		w.Must(err)
		if got := w.told(w.li, "points_award"); len(got) != 1 {
			t.Fatalf("told %q", got)
		}
	})
}

func TestWhatRunsOutIsToldOnceAhead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.filled(1000)
		w.earns(w.wang, 10)
		w.earns(w.wang, 15)
		w.earns(w.li, 20)
		end := model.LotEnd(clock.Now())
		clock.Set(end.AddDays(-31).At(12, 0))
		w.Must(w.Warn(t.Context()))
		w.Must(w.holds(w.li, 20, "spent"))
		if got := w.told(w.wang, "points_ending"); len(got) != 0 {
			t.Fatalf("told too early: %q", got)
		}
		clock.Set(end.AddDays(-29).At(12, 0)) // nobody worked the day before
		for range 2 {
			w.Must(w.Warn(t.Context()))
			clock.Move(24 * time.Hour)
		}
		got := w.told(w.wang, "points_ending")
		if len(got) != 1 || !strings.Contains(got[0], "25") || !strings.Contains(got[0], string(end.AddDays(-1))) {
			t.Errorf("told %q", got)
		}
		if got := w.told(w.li, "points_ending"); len(got) != 0 {
			t.Errorf("told %q of what is spent", got)
		}
	})
}
