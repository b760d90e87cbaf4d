package proxy_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/service/mailbox"
	"jinlin/service/proxy"
)

func TestSilenceOfWhoHasNoPhoneAsksForAVisit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, m, day := t.Context(), w.mailbox, 24*time.Hour
		answered := func() proxy.Receipt {
			t.Helper()
			receipt := w.entered()
			_, err := m.Accept(ctx, w.secretary, receipt.ID, "")
			w.Must(err)
			_, err = m.Reply(ctx, w.secretary, receipt.ID, "扶手已加固")
			w.Must(err)
			return receipt
		}
		silent := func(receipt proxy.Receipt) model.RequestStatus {
			t.Helper()
			w.Clock.Move(7 * day)
			_, err := m.CloseSilent(ctx)
			w.Must(err)
			r, err := w.Store.Requests.Get(ctx, receipt.ID)
			w.Must(err)
			return r.Status
		}
		asked := answered()
		if got := silent(asked); got != model.RequestReturnVisit {
			t.Fatalf("nobody asked them, and it is %s", got)
		}
		state, err := m.ReturnVisit(ctx, w.worker, asked.ID, mailbox.Visit{Outcome: model.OutcomeFixed, Note: "上门看过，老人说好用"})
		if w.Must(err); state.Status != model.RequestClosed {
			t.Errorf("%+v", state)
		}
		claimed := answered()
		_, err = w.Claim(ctx, w.li, claimed.Receipt, claimed.Code)
		w.Must(err)
		if got := silent(claimed); got != model.RequestClosed {
			t.Errorf("who took it over is silent, and it is %s", got)
		}
		_, err = m.SetPolicy(ctx, w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: mailbox.AnyCategory}, Preset: model.PresetGeneral, CloseUnclaimed: true}, nil)
		w.Must(err)
		if got := silent(answered()); got != model.RequestClosed {
			t.Errorf("the county wants no visit, and it is %s", got)
		}
	})
}
