package demo_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/demo"
	"jinlin/service/mailbox"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/shop"
	"jinlin/service/wechat/sandbox"
)

func TestTheLedgerOfTheWeekAddsUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		load(t, s)
		ledger := points.New(s, access.New(s, org.New(s)), true)
		report, err := ledger.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if report.Balances[model.VolunteerAccount] <= 0 || report.Balances[model.HeldAccount] <= 0 || report.Balances[model.ShopAccount] <= 0 {
			t.Errorf("nobody has points to show: %+v", report)
		}
		till := shop.New(s, access.New(s, org.New(s)), org.New(s), ledger)
		if _, err := till.Verify(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestNothingHappenedInTheFuture, not even when the county is loaded a minute after midnight.
func TestNothingHappenedInTheFuture(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		clock.Set(time.Date(2026, 11, 23, 0, 1, 0, 0, model.Shanghai))
		load(t, s)
		page := model.Page{Limit: model.MaxLimit}
		for {
			entries, err := s.Audit.List(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries.Items {
				if e.At.After(s.Now()) || e.At.Before(s.Now().AddDate(0, 0, -15)) {
					t.Errorf("%s happened at %s", e.Action, e.At)
				}
			}
			if page.After = entries.Next; page.After == nil {
				return
			}
		}
	})
}

func TestTheWeekIsWholeAtAnyHour(t *testing.T) {
	t.Parallel()
	var reports []demo.Report
	for _, hour := range []int{0, 7, 12, 23} {
		s, clock := storetest.OpenSQLite(t)
		clock.Set(time.Date(2026, 11, 23, hour, 31, 0, 0, model.Shanghai))
		reports = append(reports, load(t, s))
	}
	for _, report := range reports {
		if report != reports[0] {
			t.Errorf("%+v, and at midnight %+v", report, reports[0])
		}
	}
}

func TestRequestsAreInManyStates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		load(t, s)
		units := org.New(s)
		box := mailbox.New(s, access.New(s, units), units, nil, mailbox.Defaults())
		clerk, err := s.WeChat.GetByOpenID(t.Context(), sandbox.OpenID("clerk-county"))
		if err != nil {
			t.Fatal(err)
		}
		for _, state := range []model.RequestStatus{
			model.RequestScreened, model.RequestAccepted, model.RequestHandling, model.RequestReplied, model.RequestClosed,
			model.RequestReopened, model.RequestRefused, model.RequestWithdrawn,
		} {
			inbox, err := box.Inbox(t.Context(), model.Actor{User: clerk.UserID}, mailbox.InboxFilter{Status: state}, model.Page{})
			if err != nil || len(inbox.Items) == 0 {
				t.Errorf("%d requests are %s, %v", len(inbox.Items), state, err)
			}
		}
		if unwatched, err := box.Unwatched(t.Context()); err != nil || len(unwatched) != 0 {
			t.Errorf("open requests without a clock: %v, %v", unwatched, err)
		}
	})
}
