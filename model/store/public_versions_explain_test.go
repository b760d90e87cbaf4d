package store

import (
	"testing"
	"time"

	"jinlin/model"
)

// TestTheListsOfTheBoardUseTheirIndexes asks for pages in the middle of the board, on a table
// of two thousand public versions of forty estates.
func TestTheListsOfTheBoardUseTheirIndexes(t *testing.T) {
	p, ctx, now := newPlanner(t), t.Context(), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n % 40)} }
	user := func(n int) model.UserID { return model.UserID{14: 2, 15: byte(n % 100)} }
	ids := make([]model.RequestID, listRows)
	for i := range ids {
		ids[i] = model.NewID[model.Request](now.Add(time.Duration(i) * time.Minute))
	}
	fill(p, "public_versions", p.PublicVersions.Add, func(i int) model.PublicVersion {
		at := now.Add(time.Duration(i) * time.Minute)
		v := model.PublicVersion{
			RequestID: ids[i], PublicID: model.PublicID(ids[i]), EstateID: unit(i), Category: "other", Status: model.PublicApproved, Shown: i%10 != 0, ShownTitle: "灯", AuthorID: user(i), CameAt: at, PublishedAt: at, CreatedAt: at, UpdatedAt: at, Version: 1,
		}
		if i%10 == 0 {
			v.Status = model.PublicProposed
		}
		return v
	})
	fill(p, "request_followers", p.RequestFollowers.Add, func(i int) model.RequestFollower {
		return model.RequestFollower{RequestID: ids[i/4], UserID: user(i), CreatedAt: now}
	})
	fill(p, "public_version_events", p.PublicVersionEvents.Add, func(i int) model.PublicVersionEvent {
		return model.PublicVersionEvent{ID: model.NewID[model.PublicVersionEvent](now), RequestID: ids[i/2], Seq: i % 2, At: now}
	})
	page := model.Page{Limit: 3, After: &model.Cursor{At: now.Add(1000 * time.Minute), ID: ids[1000]}}
	p.seeks("the board of an estate", "public_versions_of_estate", func() error {
		return listing(p.PublicVersions.ListShown(ctx, BoardFilter{EstateID: unit(7)}, page))
	})
	p.seeks("the board of the county", "public_versions_of_county", func() error {
		return listing(p.PublicVersions.ListShown(ctx, BoardFilter{}, page))
	})
	p.seeks("what came on some days", "public_versions_by_day", func() error {
		return listing(p.PublicVersions.ListCame(ctx, CameFilter{From: "2026-11-23", To: "2026-11-24", Categories: []string{"other"}}, page))
	})
	fill(p, "requests", p.Requests.Add, func(i int) model.Request {
		return model.Request{
			ID: ids[i], Receipt: ids[i].String()[4:], SubmitterID: user(i), EstateID: unit(i), BranchID: unit(i), Status: model.RequestAccepted, Open: i%3 != 0,
			DueAt: now, CreatedAt: now, UpdatedAt: now,
		}
	})
	p.findsBy("what ended of that", []string{"public_versions_by_day", "PRIMARY"}, func() error {
		open := false
		return listing(p.PublicVersions.ListCame(ctx, CameFilter{From: "2026-11-23", To: "2026-11-24", Open: &open}, page))
	})
	p.finds("what waits for approval", "public_versions_by_status", func() error {
		return listing(p.PublicVersions.ListByStatus(ctx, []model.UnitID{unit(0), unit(1), unit(10)}, model.PublicProposed, page))
	})
	p.along("what waits for approval in many estates", "public_versions_in_turn", func() error {
		var many []model.UnitID
		for i := range 40 {
			many = append(many, unit(i))
		}
		return listing(p.PublicVersions.ListByStatus(ctx, many, model.PublicProposed, page))
	})
	p.along("the steps of a public version", "public_version_events_by_request", func() error {
		return listed(p.PublicVersionEvents.ListByRequest(ctx, ids[3]))
	})
	p.along("the followers of a request", "PRIMARY", func() error {
		return listed(p.RequestFollowers.ListOf(ctx, ids[3], model.UserID{}, 2))
	})
	p.findsBy("what somebody follows", []string{"request_followers_by_user", "PRIMARY", "public_versions_by_public_id"}, func() error {
		return listing(p.RequestFollowers.ListByUser(ctx, user(5), page))
	})
	fill(p, "public_grams", p.PublicGrams.Add, func(i int) model.PublicGram {
		return model.PublicGram{CommunityID: unit(1), Gram: int64(i % 5), RequestID: ids[i]}
	})
	p.findsBy("requests that share words", []string{"PRIMARY"}, func() error {
		_, err := p.PublicGrams.ListAlike(ctx, unit(1), []int64{1, 2, 3}, 10)
		return err
	})
	fill(p, "open311_clients", p.Open311Clients.Add, func(i int) model.Open311Client {
		return model.Open311Client{ID: model.NewID[model.Open311Client](now), Name: "热线", KeyHash: ids[i][:], UserID: user(i), CreatedBy: user(i), CreatedAt: now}
	})
	p.along("whose key it is", "open311_clients_by_key", func() error {
		_, err := p.Open311Clients.GetByKey(ctx, ids[5][:])
		return err
	})
	p.along("the programs", "PRIMARY", func() error { return listing(p.Open311Clients.List(ctx, page)) })
	p.notAlongAny(func() error {
		return run[model.PublicVersion](p.db.Model(&model.PublicVersion{}).Where("title = ?", "灯").Order("request_id").Limit(20))
	})
}

// TestStatisticsGoAlongTheirIndexes reads a cohort of each kind on two thousand requests.
func TestStatisticsGoAlongTheirIndexes(t *testing.T) {
	p, ctx := newPlanner(t), t.Context()
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sample := fillRequests(p, now)
	of := func(kind model.UnitKind, id model.UnitID) Cohort {
		return Cohort{Unit: model.Unit{ID: id, Kind: kind}, From: now, To: now.Add(1000 * time.Minute)}
	}
	for name, c := range map[string]struct {
		cohort Cohort
		key    string
	}{
		"estate": {of(model.Estate, sample.EstateID), "requests_of_estate"},
		"town":   {of(model.Town, sample.TownID), "PRIMARY"},
		"county": {of(model.County, model.UnitID{}), "PRIMARY"},
	} {
		p.seeks(name, c.key, func() error { return listed(p.Requests.ListCohort(ctx, c.cohort, model.RequestID{})) })
	}
	fill(p, "request_events", p.RequestEvents.Add, func(i int) model.RequestEvent {
		return model.RequestEvent{ID: model.NewID[model.RequestEvent](now), RequestID: model.RequestID{14: byte(i / 80), 15: byte(1 + i%10)}, Seq: i / 10 % 8, Kind: model.MoveReply, At: now}
	})
	p.finds("courses", "request_events_by_request", func() error {
		return listed(p.RequestEvents.ListCourses(ctx, []model.RequestID{{14: 1, 15: 1}, {14: 1, 15: 2}}, now.Add(time.Hour)))
	})
}
