package store

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// explained is one row of MariaDB's EXPLAIN.
type explained struct {
	Table string
	Type  string
	Key   *string
	Extra string
}

// explain asks how a prepared query would run, without rewriting it.
func explain[T any](t *testing.T, c *conn, q *gorm.DB) []explained {
	t.Helper()
	var into []T
	statement := q.Session(&gorm.Session{DryRun: true}).Find(&into).Statement
	var plan []explained
	if err := c.db.Raw("EXPLAIN "+statement.SQL.String(), statement.Vars...).Scan(&plan).Error; err != nil {
		t.Fatal(err)
	}
	if len(plan) == 0 {
		t.Fatal("EXPLAIN said nothing")
	}
	return plan
}

// TestListsOfRequestsUseTheirIndexes holds every hot list of the mailbox against MariaDB's
// planner, on a table of two thousand requests.
func TestListsOfRequestsUseTheirIndexes(t *testing.T) {
	c := &conn{now: model.SystemClock}
	if err := c.openMySQL(Options{URL: migratedDatabase(t), MaxConns: 4, Clock: model.SystemClock}); err != nil {
		t.Fatal(err)
	}
	s := bind(c)
	defer s.Close()
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sample := fillRequests(t, s, now)
	ctx, page := t.Context(), model.Page{After: &model.Cursor{At: now.Add(time.Hour), ID: sample.ID}}
	inbox := func(kind model.UnitKind, id model.UnitID, f RequestFilter) *gorm.DB {
		return ahead(s.Requests.inbox(ctx, model.Unit{ID: id, Kind: kind}, f), "due_at", page)
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
		"status":    {inbox(model.Branch, sample.BranchID, RequestFilter{Open: true, Status: model.RequestAccepted}), "requests_by_branch"},
		"overdue":   {inbox(model.Branch, sample.BranchID, RequestFilter{Open: true, Overdue: now.Add(9 * time.Hour)}), "requests_by_branch"},
		"silent": {s.Requests.read(ctx).Where("waits_for = ? AND due_at <= ?", model.PartyResident, now).
			Order("due_at, id").Limit(200), "requests_waiting"},
	} {
		for _, step := range explain[model.Request](t, c, check.query) {
			if step.Key == nil || *step.Key != check.key || step.Type == "ALL" || step.Type == "index" || step.Extra == "Using filesort" {
				t.Errorf("%s: not along %s: %+v", name, check.key, step)
			}
		}
	}
	naive := c.db.Model(&model.Request{}).Where("location = ?", "三号楼").Order("due_at, id").Limit(20)
	if plan := explain[model.Request](t, c, naive)[0]; plan.Key != nil && plan.Type != "ALL" && plan.Type != "index" {
		t.Errorf("this test cannot tell an index from none: %+v", plan)
	}
}

// fillRequests adds two thousand requests of twenty branches and gives one of them.
func fillRequests(t *testing.T, s *Store, now time.Time) model.Request {
	t.Helper()
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n)} }
	rows := make([]*model.Request, 2000)
	for i := range rows {
		at := now.Add(time.Duration(i) * time.Minute)
		r := &model.Request{
			ID: model.NewID[model.Request](at), SubmitterID: model.UserID{15: 1},
			EstateID: unit(i % 40), GridID: unit(i % 30), BranchID: unit(i % 20), CommunityID: unit(i % 10), TownID: unit(i % 5),
			Status: model.RequestAccepted, WaitsFor: model.PartyStaff, DueAt: at, Open: i%4 != 0, CreatedAt: now, UpdatedAt: now,
		}
		if i%10 == 0 {
			r.Status, r.WaitsFor = model.RequestReplied, model.PartyResident
		}
		r.Receipt = r.ID.String()[4:]
		rows[i] = r
	}
	if err := s.Requests.Add(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Exec("ANALYZE TABLE requests").Error; err != nil {
		t.Fatal(err)
	}
	return *rows[1]
}
