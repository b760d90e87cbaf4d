package paperbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/paperbox"
	"jinlin/service/push"
)

// heard is how often somebody heard that an opening was missed.
func (w *world) heard(who model.Actor) (n int) {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{Limit: 100})
	w.Must(err)
	for _, m := range inbox.Items {
		if m.Kind == "box_missed" {
			n++
		}
	}
	return n
}

// at sets the clock to an hour of a day and lets the job run twice, as two slots would.
func (w *world) at(date model.Date, hour, minute, secretary, worker int) {
	w.T.Helper()
	w.Clock.Set(date.At(hour, minute))
	for range 2 {
		_, err := w.TellMissed(w.T.Context())
		w.Must(err)
	}
	if s, c := w.heard(w.secretary), w.heard(w.worker); s != secretary || c != worker {
		w.T.Errorf("at %d:%02d of %s the secretary had heard %d times, not %d, and the community %d, not %d", hour, minute, date, s, secretary, c, worker)
	}
}

func TestAMissedOpeningIsToldToTheTeamAndThenToTheCommunity(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, box, ended := t.Context(), w.hung(), w.hung()
		_, err := w.TakeDown(ctx, w.secretary, ended.ID)
		w.Must(err)
		w.at("2026-11-30", 23, 0, 0, 0)
		w.at("2026-12-01", 7, 59, 0, 0)
		w.at("2026-12-01", 8, 0, 1, 0)
		w.at("2026-12-02", 7, 59, 1, 0)
		w.at("2026-12-02", 8, 0, 1, 1)
		w.at("2026-12-05", 9, 0, 1, 1)

		// A rhythm under which it is still overdue is about the same opening.
		_, err = w.Change(ctx, w.secretary, box.ID, nil, paperbox.Form{Place: box.Place, RhythmDays: 5})
		w.Must(err)
		w.at("2026-12-06", 9, 0, 1, 1)

		o, err := w.Open(ctx, w.secretary, box.ID, 0)
		w.Must(err)
		_, err = w.Confirm(ctx, w.worker, o.ID, 0)
		w.Must(err)
		w.at("2026-12-11", 23, 0, 1, 1)
		w.at("2026-12-12", 8, 0, 2, 1)
		w.at("2026-12-13", 8, 0, 2, 2)

		got, err := w.Get(ctx, w.secretary, ended.ID)
		if w.Must(err); got.Told != model.ToldNobody {
			t.Errorf("of a box that was taken down the word went %d far", got.Told)
		}
	})
}

func TestWhereABranchHasNobodyTheCommunityHearsAtOnceAndOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hung()
		grants, err := w.Store.Grants.ListByUnit(t.Context(), w.branch, model.Secretary, w.Clock.Now())
		w.Must(err)
		w.Clock.Move(time.Hour)
		for _, g := range grants {
			w.Must(w.Store.Grants.SaveEnded(t.Context(), g.ID, w.Clock.Now()))
		}
		w.at("2026-12-01", 8, 0, 0, 1)
		w.at("2026-12-03", 8, 0, 0, 1)
	})
}

// loud are notices without a key: nothing but the row keeps them from being told twice.
type loud struct {
	to     paperbox.Notices
	broken atomic.Bool // the process dies once it has told
}

var errKilled = errors.New("killed")

func (l *loud) Tell(ctx context.Context, tx *store.Store, n model.Notice) error {
	n.Key = ""
	err := l.to.Tell(ctx, tx, n)
	if l.broken.Load() {
		return errKilled
	}
	return err
}

// replica is the service in another process.
func (w *world) replica() (*paperbox.Service, *loud) {
	units := org.New(w.Store)
	rights := access.New(w.Store, units)
	notices := &loud{to: push.New(w.Store, rights, units, nil, push.Settings{})}
	return paperbox.New(w.Store, rights, units, w.mailbox, w.proxy, notices), notices
}

func TestReplicasTellOfAMissedOpeningOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hung()
		w.Clock.Set(model.Date("2026-12-02").At(9, 0)) // both words are due
		var replicas [4]*paperbox.Service
		for i := range replicas {
			replicas[i], _ = w.replica()
		}
		w.AtOnce(len(replicas), func(i int) error {
			_, err := replicas[i].TellMissed(t.Context())
			return err
		})
		if s, c := w.heard(w.secretary), w.heard(w.worker); s != 1 || c != 1 {
			t.Errorf("the secretary heard %d times, the community %d", s, c)
		}
	})
}

// TestReplicasWouldTellTwiceWithoutTheCondition is the power check: judged by what was read
// before, both tell.
func TestReplicasWouldTellTwiceWithoutTheCondition(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hung()
		w.Clock.Set(model.Date("2026-12-01").At(9, 0))
		_, notices := w.replica()
		both := storetest.NewBarrier(2)
		w.AtOnce(2, func(int) error {
			missed, err := w.Store.Boxes.ListMissed(t.Context(), model.ToldNobody, "2026-12-01", 1)
			w.Must(err)
			both.Wait()
			if len(missed) == 0 {
				return nil
			}
			return w.Store.InTx(t.Context(), func(tx *store.Store) error {
				if _, err := tx.Boxes.SaveTold(t.Context(), missed[0]); err != nil {
					return err
				}
				return notices.Tell(t.Context(), tx, model.Notice{User: w.secretary.User, Kind: "box_missed"})
			})
		})
		if n := w.heard(w.secretary); n != 2 {
			t.Errorf("heard %d times: this test cannot tell a condition from none", n)
		}
	})
}

func TestAKillBetweenNoticeAndRowTellsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		box := w.hung()
		w.Clock.Set(model.Date("2026-12-01").At(9, 0))
		s, notices := w.replica()
		notices.broken.Store(true)
		if _, err := s.TellMissed(t.Context()); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		got, err := w.Store.Boxes.Get(t.Context(), box.ID)
		if w.Must(err); got.Told != model.ToldNobody || w.heard(w.secretary) != 0 {
			t.Fatalf("something of it stayed: %d, %d", got.Told, w.heard(w.secretary))
		}
		notices.broken.Store(false)
		for range 2 {
			_, err := s.TellMissed(t.Context())
			w.Must(err)
		}
		if n := w.heard(w.secretary); n != 1 {
			t.Errorf("heard %d times", n)
		}
	})
}
