package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/identity"
	"jinlin/service/push"
)

func TestASealedPersonIsToldAfterTheNextQuarterOfAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		w.Clock.Set(model.Date("2026-11-24").At(10, 14))
		_, err := w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		waiting := w.waiting()
		if len(waiting) != 1 || waiting[0].RunAt.Before(model.Date("2026-11-24").At(10, 15)) || !waiting[0].RunAt.Before(model.Date("2026-11-24").At(10, 16)) {
			t.Fatalf("%+v", waiting)
		}
		if row := string(waiting[0].Payload) + *waiting[0].DedupeKey; strings.Contains(row, id.String()) || strings.Contains(row, "sealed_news") {
			t.Errorf("it can be read: %q", row)
		}
		if done := w.works(w.Store); done != 0 {
			t.Error("it came at once")
		}
		if inbox := w.inbox(w.wang); len(inbox) != 1 || !inbox[0].CreatedAt.Equal(w.Clock.Now()) || inbox[0].ID.Time() != w.Clock.Now() {
			t.Errorf("%+v", inbox)
		}
		if waiting = w.waiting(); len(waiting) != 0 {
			t.Errorf("a row is left that says when it happened: %+v", waiting)
		}
	})
}

// waiting are the jobs of what sealed identities are yet to be told.
func (w *world) waiting() []model.Job {
	w.T.Helper()
	waiting, err := w.Store.Jobs.ListReady(w.T.Context(), "sealed/", 10)
	w.Must(err)
	return waiting
}

// TestWhatIsToldTwiceIsHeardOnce: whatever tells may do so again, before the first telling has
// arrived and after it, and whoever brings it may die before it is done.
func TestWhatIsToldTwiceIsHeardOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		request, err := w.Store.Requests.Get(ctx, w.submits(w.wang, w.estate))
		w.Must(err)
		tells := func() {
			w.Must(w.Store.InTx(ctx, func(tx *store.Store) error {
				return w.letters.Tell(ctx, tx, model.Notice{User: request.SubmitterID, Key: "one", Card: &model.Card{Template: model.TemplateReply}})
			}))
		}
		tells()
		tells()
		w.Clock.Move(16 * time.Minute)
		lost := w.waiting()[0]
		lost.Owner = []byte("who held it once")
		if err := w.letters.Deliver(ctx, lost); !errors.Is(err, fault.ErrBusy) {
			t.Errorf("it was delivered by somebody whose it is no more: %v", err)
		}
		if done := w.works(w.Store); done != 1 {
			t.Errorf("%d jobs", done)
		}
		tells()
		inbox := w.inbox(w.wang)
		if len(inbox) != 1 {
			t.Fatalf("%+v", inbox)
		}
		sent, err := w.Store.Deliveries.GetByKey(ctx, w.wang.User, *inbox[0].DedupeKey)
		if w.Must(err); sent.CreatedAt != inbox[0].CreatedAt || sent.Template != model.TemplateReply {
			t.Errorf("%+v", sent)
		}
	})
}

func TestWhatWaitsForSomebodyErasedIsDropped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		_, err := w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		w.Must(w.Store.EraseIdentity(ctx, w.wang.User, "已注销用户"))
		if inbox := w.inbox(w.wang); len(inbox) != 0 || len(w.waiting()) != 0 {
			t.Errorf("%+v", inbox)
		}
	})
}

// TestWhatWaitsComesUnderANewKey: keys may be rotated while somebody is yet to be told.
func TestWhatWaitsComesUnderANewKey(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "mariadb": storetest.MySQLURL} {
		t.Run(engine, func(t *testing.T) {
			at, clock := url(t), storetest.NewClock()
			w := newWorld(t, storetest.Open(t, at, clock), clock, nil)
			fresh := storetest.OpenUnder(t, at, clock, storetest.KeysOf(2, storetest.Masters[0], storetest.Masters[1]))
			_, err := w.mailbox.Accept(t.Context(), w.secretary, w.submits(w.wang, w.estate), "")
			w.Must(err)
			resealed, err := fresh.Reseal(t.Context(), "jobs", nil, func() bool { return false })
			if w.Must(err); resealed != (store.Resealed{Moved: 1}) || int(w.waiting()[0].Payload[0]) != fresh.Keys().Mark() {
				t.Fatalf("%+v", resealed)
			}
			w.letters = identity.NewCourier(fresh, push.New(fresh, nil, nil, nil, push.Settings{}))
			if inbox := w.inbox(w.wang); len(inbox) != 1 {
				t.Errorf("%+v", inbox)
			}
		})
	}
}
