package shop_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/points"
	"jinlin/service/shop"
)

func TestGoodsAreReservedHandedOverAndReturned(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 0)
		w.earns(w.wang, 30)
		r := w.redeems(w.wang, goods, 3)
		if len(r.PickupCode) != 8 || r.Redemption.Status != model.RedemptionReserved || !r.Redemption.ExpiresAt.Equal(w.Clock.Now().Add(shop.KeepFor)) {
			t.Fatalf("%+v", r)
		}
		w.expect(w.wang, 18, 12, goods, 7)
		_, err := w.Prepare(t.Context(), w.keeper, r.Redemption.ID)
		w.Must(err)
		typed := strings.ToLower(r.PickupCode[:4] + " " + r.PickupCode[4:])
		_, err = w.HandOver(t.Context(), w.keeper, typed)
		w.Must(err)
		w.expect(w.wang, 18, 0, goods, 7)
		_, err = w.TakeBack(t.Context(), w.keeper, r.Redemption.ID, 1)
		w.Must(err)
		_, err = w.TakeBack(t.Context(), w.keeper, r.Redemption.ID, 3)
		w.ExpectFault(err, shop.ErrTooMany)
		back, err := w.TakeBack(t.Context(), w.keeper, r.Redemption.ID, 2)
		w.Must(err)
		_, err = w.TakeBack(t.Context(), w.keeper, r.Redemption.ID, 1)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.expect(w.wang, 30, 0, goods, 10)
		moves := w.moves(r.Redemption.ID)
		slices.Sort(moves) // within one millisecond they are in no order
		want := []string{">reserved +3", "handed_over>handed_over -1", "handed_over>returned -2", "ready>handed_over +3", "reserved>ready +3"}
		if back.Status != model.RedemptionReturned || !reflect.DeepEqual(moves, want) {
			t.Fatalf("%s; %q", back.Status, moves)
		}
		w.verified()
	})
}

func TestACodeIsUsedOnceAndAtItsOwnShop(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 0)
		w.earns(w.wang, 30)
		r := w.redeems(w.wang, goods, 1)
		_, err := w.HandOver(t.Context(), w.wang, r.PickupCode)
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.HandOver(t.Context(), w.elsewhere, r.PickupCode)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.HandOver(t.Context(), w.keeper, "ZZZZZZZZ")
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.HandOver(t.Context(), w.keeper, r.PickupCode)
		w.Must(err)
		_, err = w.HandOver(t.Context(), w.keeper, r.PickupCode)
		var refused *fault.Error
		if !errors.As(err, &refused) || refused.Code != "illegal_transition" || refused.Current != "handed_over" {
			t.Fatalf("%v", err)
		}
	})
}

func TestACodeIsShownToItsOwnerWhileItCanBeUsed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 0)
		w.earns(w.wang, 30)
		r := w.redeems(w.wang, goods, 1)
		mine, err := w.Mine(t.Context(), w.wang, model.Page{})
		w.Must(err)
		if len(mine.Items) != 1 || mine.Items[0].PickupCode != r.PickupCode {
			t.Fatalf("%+v", mine)
		}
		seen, err := w.Redemption(t.Context(), w.keeper, r.Redemption.ID)
		if err != nil || seen.PickupCode != "" {
			t.Fatalf("the keeper sees %q, %v", seen.PickupCode, err)
		}
		for _, other := range []model.Actor{w.li, w.elsewhere} {
			_, err = w.Redemption(t.Context(), other, r.Redemption.ID)
			w.ExpectFault(err, fault.ErrNotFound)
			_, err = w.Cancel(t.Context(), other, r.Redemption.ID)
			w.ExpectFault(err, fault.ErrNotFound)
		}
		_, err = w.HandOver(t.Context(), w.keeper, r.PickupCode)
		w.Must(err)
		seen, err = w.Redemption(t.Context(), w.wang, r.Redemption.ID)
		if err != nil || seen.PickupCode != "" {
			t.Fatalf("a used code is shown: %q, %v", seen.PickupCode, err)
		}
	})
}

func TestCancellingGivesEverythingBackOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 5)
		w.earns(w.wang, 30)
		r := w.redeems(w.wang, goods, 5)
		_, err := w.Cancel(t.Context(), w.wang, r.Redemption.ID)
		w.Must(err)
		_, err = w.Cancel(t.Context(), w.keeper, r.Redemption.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.expect(w.wang, 30, 0, goods, 10)
		_, err = w.HandOver(t.Context(), w.keeper, r.PickupCode)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.redeems(w.wang, goods, 5) // the month counts it no more
		w.verified()
	})
}

func TestAReservationLapsesAfterSevenDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 5)
		w.earns(w.wang, 30)
		kept, left := w.redeems(w.wang, goods, 1), w.redeems(w.wang, goods, 2)
		_, err := w.HandOver(t.Context(), w.keeper, kept.PickupCode)
		w.Must(err)
		w.Clock.Move(shop.KeepFor - time.Millisecond)
		w.lapses(0)
		w.Clock.Move(time.Millisecond)
		w.lapses(2)
		for range 2 { // a repeated job changes nothing
			w.Must(w.Lapse(t.Context(), left.Redemption.ID))
			w.Must(w.Lapse(t.Context(), kept.Redemption.ID))
		}
		w.expect(w.wang, 26, 0, goods, 9)
		seen, err := w.Redemption(t.Context(), w.wang, left.Redemption.ID)
		if err != nil || seen.Redemption.Status != model.RedemptionLapsed {
			t.Fatalf("%+v, %v", seen, err)
		}
		w.verified()
	})
}

// lapses counts the lapse jobs that are due.
func (w *world) lapses(want int) {
	w.T.Helper()
	jobs, err := w.Store.Jobs.SaveClaim(w.T.Context(), []string{shop.LapseJob}, 10, time.Minute)
	w.Must(err)
	if len(jobs) != want {
		w.T.Fatalf("%d reservations lapse; want %d", len(jobs), want)
	}
}

func TestARefusedRedemptionLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 3)
		w.earns(w.wang, 10)
		redeem := func(n int64) error {
			_, err := w.Redeem(t.Context(), w.wang, goods.ID, n)
			return err
		}
		w.ExpectFault(redeem(11), shop.ErrOutOfStock)
		w.ExpectFault(redeem(4), shop.ErrLimitReached)
		w.ExpectFault(redeem(3), points.ErrInsufficient)
		w.expect(w.wang, 10, 0, goods, 10)
		w.Must(redeem(2))
		w.earns(w.wang, 100)
		w.ExpectFault(redeem(2), shop.ErrLimitReached)
		w.Clock.Set(model.Date("2026-12-01").At(0, 0))
		w.Must(redeem(3)) // a new month
		w.verified()
	})
}

func TestStockByHandNeverGoesBelowZero(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 3, 0)
		_, err := w.MoveStock(t.Context(), w.keeper, goods.ID, -4, "损坏")
		w.ExpectFault(err, shop.ErrOutOfStock)
		now, err := w.MoveStock(t.Context(), w.keeper, goods.ID, 7, "补货")
		if err != nil || now.Stock != 10 {
			t.Fatalf("%+v, %v", now, err)
		}
		_, err = w.MoveStock(t.Context(), w.elsewhere, goods.ID, 1, "补货")
		w.ExpectFault(err, fault.ErrNotFound)
		w.verified()
	})
}

func TestAnEstateSeesTheGoodsOfItsStation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		here := w.stocks(4, 3, 0)
		elsewhere := w.Unit(model.Estate, w.county)
		for estate, want := range map[model.UnitID]int{w.estate: 1, elsewhere: 0} {
			goods, err := w.Goods(t.Context(), estate, model.Page{})
			if err != nil || len(goods.Items) != want || want == 1 && goods.Items[0].ID != here.ID {
				t.Fatalf("%+v, %v", goods, err)
			}
		}
	})
}

func TestTheDaySheetIsTheTillsDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goods := w.stocks(4, 10, 0)
		w.earns(w.wang, 40)
		r := w.redeems(w.wang, goods, 3)
		w.redeems(w.wang, goods, 2) // only reserved
		_, err := w.HandOver(t.Context(), w.keeper, r.PickupCode)
		w.Must(err)
		_, err = w.TakeBack(t.Context(), w.keeper, r.Redemption.ID, 1)
		w.Must(err)
		sheet, err := w.DaySheet(t.Context(), w.keeper, "")
		w.Must(err)
		want := shop.Line{HandedOver: 3, Returned: 1, PointsTaken: 12, PointsReturned: 4}
		if len(sheet.Lines) != 1 || sheet.Total != want || sheet.Lines[0].Goods.Name != "洗衣液" {
			t.Fatalf("%+v", sheet)
		}
		other, err := w.DaySheet(t.Context(), w.elsewhere, sheet.Date)
		if err != nil || len(other.Lines) != 0 {
			t.Fatalf("%+v, %v", other, err)
		}
		waiting, err := w.Waiting(t.Context(), w.keeper, w.station, model.RedemptionReserved, model.Page{})
		if err != nil || len(waiting.Items) != 1 || waiting.Items[0].PickupCode != "" {
			t.Fatalf("%+v, %v", waiting, err)
		}
	})
}
