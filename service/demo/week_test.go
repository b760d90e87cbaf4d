package demo_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/activity"
	"jinlin/service/demo"
	"jinlin/service/mailbox"
	"jinlin/service/news"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/push"
	"jinlin/service/shop"
	"jinlin/service/wechat/sandbox"
)

func ledgerAddsUp(t *testing.T, s *store.Store) {
	ledger := points.New(s, access.New(s, org.New(s)), nil, true)
	report, err := ledger.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if report.Balances[model.VolunteerAccount] <= 0 || report.Balances[model.HeldAccount] <= 0 || report.Balances[model.ShopAccount] <= 0 {
		t.Errorf("nobody has points to show: %+v", report)
	}
	till := shop.New(s, access.New(s, org.New(s)), org.New(s), ledger, nil)
	if _, err := till.Verify(t.Context()); err != nil {
		t.Error(err)
	}
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

func requestStates(t *testing.T, s *store.Store) {
	units := org.New(s)
	box := mailbox.New(s, access.New(s, units), units, nil, nil, nil, mailbox.Defaults())
	clerk := persona(t, s, "clerk-county")
	for _, state := range []model.RequestStatus{
		model.RequestScreened, model.RequestAccepted, model.RequestDispatched, model.RequestHandling, model.RequestPaused, model.RequestReplied, model.RequestClosed,
		model.RequestReopened, model.RequestRefused, model.RequestWithdrawn,
	} {
		inbox, err := box.Inbox(t.Context(), clerk, mailbox.InboxFilter{Status: state}, model.Page{})
		if err != nil || len(inbox.Items) == 0 {
			t.Errorf("%d requests are %s, %v", len(inbox.Items), state, err)
		}
	}
	if unwatched, err := box.Unwatched(t.Context()); err != nil || len(unwatched) != 0 {
		t.Errorf("open requests without a clock: %v, %v", unwatched, err)
	}
}

// persona is somebody of the county as an actor.
func persona(t *testing.T, s *store.Store, name string) model.Actor {
	t.Helper()
	account, err := s.WeChat.GetByOpenID(t.Context(), sandbox.OpenID(name))
	if err != nil {
		t.Fatal(name, err)
	}
	return model.Actor{User: account.UserID}
}

func articleStates(t *testing.T, s *store.Store) {
	units := org.New(s)
	press := news.New(s, access.New(s, units), units, nil)
	clerk, county := persona(t, s, "clerk-county"), theCounty(t, s)
	for _, status := range []model.ArticleStatus{
		model.ArticleDraft, model.ArticleSubmitted, model.ArticleRejected, model.ArticleScheduled, model.ArticlePublished, model.ArticleWithdrawn,
	} {
		desk, err := press.Desk(t.Context(), clerk, county, status, model.Page{})
		if err != nil || len(desk.Items) == 0 {
			t.Errorf("%d articles are %s, %v", len(desk.Items), status, err)
		}
	}
}

func theCounty(t *testing.T, s *store.Store) model.UnitID {
	t.Helper()
	counties, err := s.Units.ListAll(t.Context(), model.County)
	if err != nil || len(counties) != 1 {
		t.Fatalf("%d counties, %v", len(counties), err)
	}
	return counties[0].ID
}

func newsPushed(t *testing.T, s *store.Store) {
	units := org.New(s)
	desk := push.New(s, access.New(s, units), units, nil, push.Settings{})
	secretary, branch := persona(t, s, "secretary-hongqiao"), demo.Generate().Branch("虹桥小区").ID
	pushes, err := desk.Pushes(t.Context(), secretary, branch, model.Page{})
	if err != nil || len(pushes.Items) < 3 {
		t.Fatalf("%d pushes, %v", len(pushes.Items), err)
	}
	sent := 0
	for _, p := range pushes.Items {
		report, err := desk.Report(t.Context(), secretary, p.ID)
		if err != nil || p.Status != model.PushFinished {
			t.Errorf("the push of %s is %s, %v", p.Date, p.Status, err)
		}
		sent += int(report.ByStatus[model.DeliverySent])
	}
	if sent == 0 {
		t.Error("nobody has had a subscribe message")
	}
	inbox, err := desk.Inbox(t.Context(), persona(t, s, "resident-wang"), model.Page{})
	if err != nil || len(inbox.Items) < 3 {
		t.Errorf("%d messages in the inbox, %v", len(inbox.Items), err)
	}
}

func activitiesBeforeAndAfter(t *testing.T, s *store.Store) {
	units := org.New(s)
	plans := activity.New(s, access.New(s, units), units, nil, nil)
	week := 8 * 24 * time.Hour
	listed, err := plans.List(t.Context(), activity.Filter{From: s.Now().Add(-week), To: s.Now().Add(week)}, model.Page{Limit: model.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	states, signUps := map[model.ActivityState]int{}, map[model.SignUpState]int{}
	for _, a := range listed.Items {
		states[a.State]++
		people, err := s.SignUps.ListByActivity(t.Context(), a.ID, model.Page{Limit: model.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range people.Items {
			signUps[one.State]++
		}
	}
	if states[model.ActivityFinished] < 5 || states[model.ActivityPublished] < 5 || len(states) != 2 {
		t.Errorf("activities: %v", states)
	}
	for _, state := range []model.SignUpState{
		model.SignUpRegistered, model.SignUpWaitlisted, model.SignUpOffered, model.SignUpConfirmed, model.SignUpCancelled, model.SignUpNoShow,
	} {
		if signUps[state] == 0 {
			t.Errorf("no sign-up is %s: %v", state, signUps)
		}
	}
}

// nothingLeftOver: what is due has been done, so that the first worker does not begin
// with the past.
func nothingLeftOver(t *testing.T, s *store.Store) {
	if since, waiting, err := s.Jobs.OldestDue(t.Context()); err != nil || waiting {
		t.Errorf("a job waits since %s, %v", since, err)
	}
}
