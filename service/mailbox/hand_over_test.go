package mailbox_test

import (
	"context"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
	"jinlin/service/wechat"
)

// TestWhatIsHeldAndPromisedGoesWithItsRequest when a branch is split: what is of no request goes to
// the first heir, and which of the two works is handed over first makes no difference.
func TestWhatIsHeldAndPromisedGoesWithItsRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		for _, textsFirst := range []bool{false, true} {
			w := newWorld(t, s, clock)
			ctx, first := t.Context(), w.Unit(model.Branch, w.community)
			id, photo := w.handling(), w.photo(w.wang)
			_, err := w.mailbox.Promise(ctx, w.secretary, id, "本月底前换新灯", model.DateOf(clock.Now().AddDate(0, 0, 5)))
			w.Must(err)
			_, err = w.mailbox.Write(ctx, w.wang, id, "这样的灯", photo)
			w.Must(err)
			w.judged(photo, wechat.Review)
			_, err = w.mailbox.Reply(ctx, w.secretary, id, "已换新灯【复核】")
			w.Must(err)
			other := model.NewID[any](clock.Now())
			hold := func(tx *store.Store) error {
				return w.texts.Hold(ctx, tx, model.ModerationItem{Kind: model.ModeratedActivity, ObjectID: other, ObjectVersion: 1, UnitID: w.hongqiaoBranch, WriterID: w.secretary.User, Text: "活动"})
			}
			w.Must(s.InTx(ctx, hold))

			w.splits(first, textsFirst)
			for what, want := range map[model.ID[any]]model.UnitID{model.ID[any](id): w.tianyueBranch, model.ID[any](photo): w.tianyueBranch, other: first} {
				if got := w.decidedBy(what); got != want {
					t.Errorf("texts first %t: %s is decided by %s, not %s", textsFirst, what, got, want)
				}
			}
			book, err := w.mailbox.PromiseBook(ctx, w.tianyueBranch)
			if w.Must(err); book != (mailbox.PromiseBook{Open: 1}) {
				t.Errorf("the heir has promised %+v", book)
			}
			if book, err = w.mailbox.PromiseBook(ctx, w.hongqiaoBranch); err != nil || book != (mailbox.PromiseBook{}) {
				t.Errorf("the branch before has promised %+v, %v", book, err)
			}
			clock.Move(time.Hour)
		}
	})
}

// splits hands the work of hongqiao's branch over: its estate is tianyue's, all else the first heir's.
func (w *world) splits(first model.UnitID, textsFirst bool) {
	w.T.Helper()
	works := []func(context.Context, *store.Store, model.HandOver) error{w.mailbox.HandOverWork, w.texts.HandOverWork}
	if textsFirst {
		works[0], works[1] = works[1], works[0]
	}
	h := model.HandOver{From: w.hongqiaoBranch, To: first, ByHome: map[model.UnitID]model.UnitID{w.hongqiao: w.tianyueBranch}}
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		for _, work := range works {
			if err := work(w.T.Context(), tx, h); err != nil {
				return err
			}
		}
		return nil
	}))
}

// decidedBy is in whose authority it is what becomes of a held text or upload of something.
func (w *world) decidedBy(object model.ID[any]) model.UnitID {
	w.T.Helper()
	for _, kind := range []model.ModerationKind{model.ModeratedMessage, model.ModeratedUpload, model.ModeratedActivity} {
		held, err := w.Store.ModerationItems.ListByObject(w.T.Context(), kind, object, model.TextHeld)
		if w.Must(err); len(held) == 1 {
			return held[0].UnitID
		}
	}
	w.T.Fatal("nothing is held")
	return model.UnitID{}
}
