package store

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// TestListsOfRequestsUseTheirIndexes holds every hot list of the mailbox against MariaDB's
// planner, on a table of two thousand requests.
func TestListsOfRequestsUseTheirIndexes(t *testing.T) {
	p := newPlanner(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sample := fillRequests(p, now)
	ctx, page := t.Context(), model.Page{After: &model.Cursor{At: now.Add(time.Hour), ID: sample.ID}}
	inbox := func(kind model.UnitKind, id model.UnitID, f RequestFilter) *gorm.DB {
		return ahead(p.Requests.inbox(ctx, model.Unit{ID: id, Kind: kind}, f), "due_at", page)
	}
	open := RequestFilter{Open: true}
	for name, check := range map[string]struct {
		query *gorm.DB
		key   string
	}{
		"estate":    {inbox(model.Estate, sample.EstateID, open), "requests_by_estate"},
		"grid":      {inbox(model.Grid, sample.GridID, open), "requests_by_grid"},
		"branch":    {inbox(model.Branch, sample.BranchID, open), "requests_by_branch"},
		"community": {inbox(model.Community, sample.CommunityID, open), "requests_by_community"},
		"town":      {inbox(model.Town, sample.TownID, open), "requests_by_town"},
		"county":    {inbox(model.County, model.UnitID{}, open), "requests_by_due"},
		"refused":   {inbox(model.County, model.UnitID{}, RequestFilter{Status: model.RequestRefused}), "requests_by_status"},
		"of a town": {inbox(model.Town, model.UnitID{14: 1, 15: 3}, RequestFilter{Open: true, Status: model.RequestReturned}), "requests_by_town_and_status"},
		"status":    {inbox(model.Branch, sample.BranchID, RequestFilter{Open: true, Status: model.RequestAccepted}), "requests_by_branch"},
		"overdue":   {inbox(model.Branch, sample.BranchID, RequestFilter{Open: true, Overdue: now.Add(9 * time.Hour)}), "requests_by_branch"},
	} {
		p.along(name, check.key, func() error { return run[model.Request](check.query) })
	}
	for _, check := range []struct {
		name, key string
		list      func() error
	}{
		{"in hand", "requests_by_assignee", func() error { return listing(p.Requests.ListInHand(ctx, sample.AssigneeID, page)) }},
		{"silent", "requests_waiting", func() error {
			return listed(p.Requests.ListSilent(ctx, now, model.Cursor{At: now.Add(-time.Hour), ID: sample.ID}, 200))
		}},
		{"merged", "requests_by_merger", func() error { return listed(p.Requests.ListMerged(ctx, sample.ID, model.RequestID{}, 50)) }},
		{"merged of somebody's", "requests_by_submitter", func() error { return only(p.Requests.CountMergedInto(ctx, sample.ID, sample.SubmitterID)) }},
		{"alarms", "request_alarms_due", func() error { return listed(p.RequestAlarms.ListDue(ctx, now.Add(time.Hour), 200)) }},
		{"versions of a policy", "clock_policies_by_unit", func() error { return only(p.ClockPolicies.Get(ctx, sample.BranchID, "safety")) }},
		{"promises", "request_promises_by_request", func() error { return listed(p.RequestPromises.ListByRequest(ctx, sample.ID)) }},
		{"promises of a branch", "request_promises_by_branch", func() error { return listed(p.RequestPromises.CountOf(ctx, sample.BranchID)) }},
		{"rules of a unit", "dispatch_rules_by_unit", func() error { return listed(p.DispatchRules.ListNewest(ctx, sample.BranchID)) }},
		{"a rule", "dispatch_rules_by_unit", func() error { return only(p.DispatchRules.Get(ctx, sample.BranchID, "safety")) }},
		{"referrals", "referrals_by_request", func() error { return listed(p.Referrals.ListByRequest(ctx, sample.ID)) }},
		{"a referral under way", "referrals_live", func() error { _, _ = p.Referrals.GetLive(ctx, sample.ID); return nil }},
		{"referrals that a department has", "referrals_by_department", func() error { return only(p.Referrals.CountLive(ctx, sample.TownID)) }},
		{"referrals of departments", "referrals_by_department", func() error {
			return listing(p.Referrals.List(ctx, []model.UnitID{sample.TownID}, model.ReferralAgreed, model.Page{Limit: 3}))
		}},
		{"newest of an estate", "requests_of_estate", func() error { return listed(p.Requests.ListNewestOpen(ctx, sample.EstateID, 200)) }},
		{"canned replies", "canned_replies_by_unit", func() error { return listing(p.CannedReplies.List(ctx, sample.BranchID, model.Page{Limit: 3})) }},
	} {
		p.along(check.name, check.key, check.list)
	}
	p.findsBy("awaited answers", []string{"requests_by_submitter", "PRIMARY"}, func() error { return only(p.Requests.CountAwaited(ctx, sample.SubmitterID)) })
	naive := p.db.Model(&model.Request{}).Where("location = ?", "三号楼").Order("due_at, id").Limit(20)
	p.notAlongAny(func() error { return run[model.Request](naive) })
}

// only is the error of a list.
func only[T any](_ T, err error) error { return err }

func run[T any](q *gorm.DB) error {
	_, err := all[T](q)
	return err
}

// fillRequests adds two thousand requests of twenty branches and gives one of them.
func fillRequests(p *planner, now time.Time) model.Request {
	p.t.Helper()
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n)} }
	rows := make([]*model.Request, 2000)
	for i := range rows {
		at := now.Add(time.Duration(i) * time.Minute)
		r := &model.Request{
			ID: model.NewID[model.Request](at), SubmitterID: model.UserID{15: 1}, AssigneeID: model.UserID{15: byte(i % 50)},
			EstateID: unit(i % 40), GridID: unit(i % 30), BranchID: unit(i % 20), CommunityID: unit(i % 10), TownID: unit(i % 5),
			Status: model.RequestAccepted, WaitsFor: model.PartyStaff, DueAt: at, Open: i%4 != 0, CreatedAt: now, UpdatedAt: now,
		}
		if i%20 == 1 && i > 1 {
			r.MergedInto = rows[1].ID
		}
		if i%10 == 0 {
			r.Status, r.WaitsFor = model.RequestReplied, model.PartyResident
		}
		switch {
		case !r.MergedInto.IsZero():
			r.Status = model.RequestMerged
		case i%100 == 4:
			r.Status = model.RequestRefused
		case i%7 == 3 && i%10 != 0 && r.Open:
			r.Status = model.RequestReturned
		}
		r.Receipt = r.ID.String()[4:]
		rows[i] = r
	}
	if err := p.Requests.Add(p.t.Context(), rows...); err != nil {
		p.t.Fatal(err)
	}
	p.countAnew("requests")
	fill(p, "request_alarms", p.RequestAlarms.Add, func(i int) model.RequestAlarm {
		return model.RequestAlarm{ClockID: model.NewID[model.RequestClock](now), RequestID: rows[i].ID, Kind: model.MoveRedCard, At: rows[i].DueAt}
	})
	fill(p, "request_promises", p.RequestPromises.Add, func(i int) model.RequestPromise {
		return model.RequestPromise{
			ID: model.NewID[model.RequestPromise](now), RequestID: rows[i].ID, BranchID: rows[i].BranchID, DueOn: "2026-12-01",
			Status: model.PromiseOpen, MadeBy: model.UserID{15: 1}, CreatedAt: now, UpdatedAt: now,
		}
	})
	fill(p, "canned_replies", p.CannedReplies.Add, func(i int) model.CannedReply {
		return model.CannedReply{ID: model.CannedReplyID(rows[i].ID), UnitID: rows[i].BranchID, CreatedBy: model.UserID{15: 1}, CreatedAt: now}
	})
	ruling := func(i int) model.Ruling {
		return model.Ruling{UnitID: unit(i % 40), Category: "safety", Version: i, ChangedBy: model.UserID{15: 1}, CreatedAt: now}
	}
	fill(p, "dispatch_rules", p.DispatchRules.Add, func(i int) model.DispatchRule {
		return model.DispatchRule{ID: model.NewID[model.DispatchRule](now), Ruling: ruling(i), Team: model.TeamOfGrid}
	})
	fill(p, "referrals", p.Referrals.Add, func(i int) model.Referral {
		return model.Referral{
			ID: model.NewID[model.Referral](now), RequestID: rows[i].ID, DepartmentID: unit(i % 50), Status: model.ReferralAgreed, Live: model.Lasting(),
			AskedBy: model.UserID{15: 1}, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
	})
	fill(p, "clock_policies", p.ClockPolicies.Add, func(i int) model.ClockPolicy {
		return model.ClockPolicy{ID: model.NewID[model.ClockPolicy](now), Ruling: ruling(i)}
	})
	return *rows[1]
}

// listenToSQLite opens a SQLite database and gives the query that was asked last. SQLite has no figures
// of the tables: its plans are the same for few rows and for many.
func listenToSQLite(t *testing.T) (*Store, *query) {
	t.Helper()
	c, asked := &conn{now: model.SystemClock}, &query{}
	if err := c.openSQLite(migratedFile(t), Options{Clock: model.SystemClock}); err != nil {
		t.Fatal(err)
	}
	s := bind(c)
	t.Cleanup(func() { _ = s.Close() })
	hear := func(db *gorm.DB) { *asked = query{db.Statement.SQL.String(), whole(db.Statement.Vars)} }
	if err := c.reads.Callback().Query().After("gorm:query").Register("test:hear", hear); err != nil {
		t.Fatal(err)
	}
	return s, asked
}

// expectPlan looks for words in SQLite's plan of one step.
func expectPlan(t *testing.T, s *Store, q query, want string) {
	t.Helper()
	var plan []struct{ Detail string }
	if err := s.db.Raw("EXPLAIN QUERY PLAN "+q.sql, q.vars...).Scan(&plan).Error; err != nil {
		t.Fatal(err)
	}
	if len(plan) != 1 || !strings.Contains(plan[0].Detail, want) {
		t.Errorf("%s: %+v, not %s", q.sql, plan, want)
	}
}

// changed is the same query with one part said in another way.
func (q query) changed(t *testing.T, part, other string) query {
	t.Helper()
	if !strings.Contains(q.sql, part) {
		t.Fatalf("no %s in %s", part, q.sql)
	}
	return query{strings.Replace(q.sql, part, other, 1), q.vars}
}

func TestSQLiteCountsAPersonsRequestsAmongTheirs(t *testing.T) {
	s, asked := listenToSQLite(t)
	if _, err := s.Requests.CountOpen(t.Context(), model.UserID{15: 1}); err != nil {
		t.Fatal(err)
	}
	expectPlan(t, s, *asked, "requests_by_submitter")
	expectPlan(t, s, asked.changed(t, "COALESCE(open, FALSE)", "open"), "requests_by_due") // or this test could not tell
}

func TestSQLiteFindsWhatIsShownByItsID(t *testing.T) {
	s, asked := listenToSQLite(t)
	if _, err := s.PublicVersions.ListShownByID(t.Context(), make([]model.RequestID, 40)); err != nil {
		t.Fatal(err)
	}
	expectPlan(t, s, *asked, "sqlite_autoindex_public_versions_1 (request_id=?)")
	expectPlan(t, s, asked.changed(t, "COALESCE(shown, FALSE)", "shown"), "(shown=?)") // whichever index begins with that
	if _, err := s.PublicVersions.ListNamed(t.Context(), make([]model.PublicID, 40)); err != nil {
		t.Fatal(err)
	}
	expectPlan(t, s, *asked, "public_versions_by_public_id (public_id=?)")
}

// TestSQLiteBeginsAnInboxWhereThePageDoes: what lies before a page deep in a list is not gone through,
// nor what other branches have in the same status.
func TestSQLiteBeginsAnInboxWhereThePageDoes(t *testing.T) {
	s, asked := listenToSQLite(t)
	page := model.Page{After: &model.Cursor{At: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC), ID: model.RequestID{15: 1}}}
	for kind, want := range map[model.UnitKind]string{
		model.Estate: "requests_by_estate (estate_id=? AND open=? AND due_at>?)",
		model.Grid:   "requests_by_grid (grid_id=? AND open=? AND due_at>?)",
		model.Branch: "requests_by_branch (branch_id=? AND open=? AND due_at>?)",
		model.Town:   "requests_by_town_and_status (town_id=? AND open=? AND status=? AND due_at>?)",
		model.County: "requests_by_status (open=? AND status=? AND due_at>?)",
	} {
		f := RequestFilter{Status: model.RequestClosed}
		if _, err := s.Requests.ListInbox(t.Context(), []model.Unit{{ID: model.UnitID{15: 1}, Kind: kind}}, f, page); err != nil {
			t.Fatal(err)
		}
		expectPlan(t, s, *asked, want)
		if kind == model.Branch {
			expectPlan(t, s, asked.changed(t, "due_at >= ? AND (due_at > ? OR id > ?)", "(due_at > ? OR (due_at = ? AND id > ?))"), "(branch_id=? AND open=?)")
		}
	}
}
