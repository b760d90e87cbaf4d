package shop_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/shop"
)

// told is somebody's inbox, oldest first.
func (w *world) told(who model.Actor) []model.Message {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{Limit: 100})
	w.Must(err)
	slices.Reverse(inbox.Items)
	return inbox.Items
}

func (w *world) expectTold(who model.Actor, kinds ...string) {
	w.T.Helper()
	var got []string
	for _, m := range w.told(who) {
		got = append(got, m.Kind)
	}
	if !slices.Equal(got, kinds) {
		w.T.Errorf("told %v instead of %v", got, kinds)
	}
}

func TestTheOwnerOfARedemptionIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g := w.stocks(10, 5, 0)
		w.earns(w.wang, 40)
		r := w.redeems(w.wang, g, 2)
		w.Clock.Move(time.Second)
		_, err := w.Prepare(t.Context(), w.keeper, r.Redemption.ID)
		w.Must(err)
		w.expectTold(w.wang, "redemption_reserved", "redemption_ready")
		for _, m := range w.told(w.wang) {
			if strings.Contains(m.Text, r.PickupCode) || !strings.Contains(m.Text, "2 件“洗衣液”") || !strings.Contains(m.Text, model.Moment(r.Redemption.ExpiresAt)) {
				t.Error(m.Text)
			}
		}
		w.Clock.Move(shop.KeepFor)
		for range 2 {
			w.Must(w.Lapse(t.Context(), r.Redemption.ID))
		}
		w.expectTold(w.wang, "redemption_reserved", "redemption_ready", "redemption_lapsed")
		if _, err := w.Redeem(t.Context(), w.li, g.ID, 1); err == nil { // who has no points
			t.Fatal("redeemed without points")
		}
		w.expectTold(w.li)
	})
}

func TestWhoCancelsIsNotToldOfIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g := w.stocks(10, 5, 0)
		w.earns(w.wang, 40)
		mine, theirs := w.redeems(w.wang, g, 1), w.redeems(w.wang, g, 1)
		_, err := w.Cancel(t.Context(), w.wang, mine.Redemption.ID)
		w.Must(err)
		w.Clock.Move(time.Second)
		_, err = w.Cancel(t.Context(), w.keeper, theirs.Redemption.ID)
		w.Must(err)
		_, err = w.Cancel(t.Context(), w.keeper, theirs.Redemption.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.expectTold(w.wang, "redemption_reserved", "redemption_reserved", "redemption_cancelled")
	})
}
