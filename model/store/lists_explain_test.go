package store

import (
	"context"
	"strconv"
	"testing"
	"time"

	"jinlin/model"
)

// TestListsUseTheirIndexes holds the lists that people and staff open all day against
// MariaDB's planner, on tables of two thousand rows. Pages in the middle of a list are
// asked for: the first one is the easiest.
func TestListsUseTheirIndexes(t *testing.T) {
	p := newPlanner(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	f := fillLists(p, now)
	ctx, page := t.Context(), model.Page{Limit: 3, After: &model.Cursor{At: now.Add(time.Hour), ID: f.middle}}
	for _, check := range []struct {
		name, key string
		list      func() error
	}{
		{"a unit's pools", "points_pools_in_order", func() error { _, err := p.PointsPools.ListOf(ctx, f.unit, f.middle, 20); return err }},
		{"accounts", "PRIMARY", func() error { return listing(p.PointsAccounts.List(ctx, f.accounts, page)) }},
		{"entries", "ledger_entries_by_account", func() error {
			at := model.CursorAt(500)
			return listing(p.LedgerEntries.List(ctx, f.accounts[0], model.Page{After: &at}))
		}},
		{"activities of the county", "activities_by_start", func() error {
			return listing(p.Activities.List(ctx, ActivityFilter{From: now}, page))
		}},
		{"activities of some units", "activities_by_start", func() error {
			return listing(p.Activities.List(ctx, ActivityFilter{Units: f.units, From: now}, page))
		}},
		{"goods of a unit", "goods_by_unit", func() error { return listing(p.Goods.List(ctx, f.units[:1], page)) }},
		{"goods of some units", "PRIMARY", func() error { return listing(p.Goods.List(ctx, f.units, page)) }},
		{"my redemptions", "redemptions_by_user", func() error { return listing(p.Redemptions.ListByUser(ctx, f.user, page)) }},
		{"a till's redemptions", "redemptions_by_unit", func() error {
			return listing(p.Redemptions.ListByUnit(ctx, f.unit, model.RedemptionReserved, page))
		}},
		{"a person's roles", "grants_by_user", func() error {
			grants, err := p.Grants.ListByUser(ctx, f.user)
			return listing(model.Listing[model.Grant]{Items: grants}, err)
		}},
		{"who has had a person's roles", "grants_by_user", func() error { return listing(p.Grants.List(ctx, GrantFilter{User: f.user}, page)) }},
		{"the roles of some units", "PRIMARY", func() error { return listing(p.Grants.List(ctx, GrantFilter{Units: f.units}, page)) }},
		{"a role in a unit", "grants_by_unit", func() error {
			grants, err := p.Grants.ListByUnit(ctx, f.unit, model.GridWorker, now)
			return listing(model.Listing[model.Grant]{Items: grants}, err)
		}},
		{"everybody of a role", "grants_by_role", func() error {
			grants, err := p.Grants.ListHolding(ctx, model.CountyClerk, now)
			return listing(model.Listing[model.Grant]{Items: grants}, err)
		}},
		{"who has been in a team", "team_members_by_unit", func() error { return listing(p.TeamMembers.List(ctx, f.unit, page)) }},
		{"what is attached to a request", "uploads_by_holder", func() error {
			uploads, err := p.Uploads.ListByHolder(ctx, model.HeldByRequest, f.thing)
			return listing(model.Listing[model.Upload]{Items: uploads}, err)
		}},
		{"what a person sent", "uploads_by_owner", func() error { return listing(p.Uploads.ListByOwner(ctx, f.user, page)) }},
		{"what WeChat has not answered", "uploads_waiting", func() error {
			uploads, err := p.Uploads.ListByStatus(ctx, model.UploadPending, now.Add(time.Hour), 20)
			return listing(model.Listing[model.Upload]{Items: uploads}, err)
		}},
		{"what belongs to nothing", "uploads_waiting", func() error {
			uploads, err := p.Uploads.ListLoose(ctx, model.UploadPassed, now.Add(time.Hour), 20)
			return listing(model.Listing[model.Upload]{Items: uploads}, err)
		}},
		{"who has led a grid", "grid_leads_by_grid", func() error { return listing(p.GridLeads.List(ctx, f.unit, "", page)) }},
		{"what somebody leads", "grid_leads_by_user", func() error {
			leads, err := p.GridLeads.ListByUser(ctx, f.user, "2026-11-23")
			return listing(model.Listing[model.GridLead]{Items: leads}, err)
		}},
		{"a push's waiting jobs", "jobs_by_dedupe_key", func() error {
			jobs, err := p.Jobs.ListReady(ctx, "push.send/7[", 20)
			return listing(model.Listing[model.Job]{Items: jobs}, err)
		}},
	} {
		p.along(check.name, check.key, check.list)
	}
	p.notAlongAny(func() error {
		return run[model.Goods](p.db.Model(&model.Goods{}).Where("name = ?", "大米").Order("id").Limit(20))
	})
}

// filled is what fillLists added, of which the lists are asked for.
type filled struct {
	unit     model.UnitID
	units    []model.UnitID
	user     model.UserID
	thing    model.ID[any] // that uploads are attached to
	accounts []model.AccountID
	middle   [16]byte // an id in the middle of every list
}

const listRows = 2000

func fillLists(p *planner, now time.Time) (f filled) {
	p.t.Helper()
	unit := func(n int) model.UnitID { return model.UnitID{14: 1, 15: byte(n % 40)} }
	user := func(n int) model.UserID { return model.UserID{14: 2, 15: byte(n % 100)} }
	at := func(n int) time.Time { return now.Add(time.Duration(n) * time.Minute) }
	ids := make([][16]byte, listRows)
	accounts := make([]model.AccountID, listRows)
	for i := range ids {
		ids[i] = model.NewID[model.Unit](at(i))
		accounts[i] = model.AccountOf(model.VolunteerAccount, ids[i])
	}
	fill(p, "points_pools", p.PointsPools.Add, func(i int) model.PointsPool {
		return model.PointsPool{ID: ids[i], UnitID: unit(i), Sponsor: strconv.Itoa(i), CreatedAt: now}
	})
	fill(p, "points_accounts", p.PointsAccounts.Add, func(i int) model.PointsAccount {
		return model.PointsAccount{ID: accounts[i], Kind: model.VolunteerAccount, OwnerID: ids[i][:], UnitID: unit(i), CreatedAt: now}
	})
	fill(p, "ledger_entries", p.LedgerEntries.Add, func(i int) model.LedgerEntry {
		return model.LedgerEntry{ID: ids[i], TransactionID: ids[i], AccountID: accounts[i%2], Position: int64(i)}
	})
	fill(p, "activities", p.Activities.Add, func(i int) model.Activity {
		return model.Activity{
			ID: ids[i], UnitID: unit(i), State: model.ActivityPublished, StartsAt: at(i), EndsAt: at(i + 60),
			SignUpOpensAt: now, SignUpClosesAt: now, CreatedBy: user(i), CreatedAt: now, UpdatedAt: now,
		}
	})
	fill(p, "goods", p.Goods.Add, func(i int) model.Goods {
		return model.Goods{ID: ids[i], UnitID: unit(i), Name: "大米", Price: 1, CreatedAt: now}
	})
	fill(p, "redemptions", p.Redemptions.Add, func(i int) model.Redemption {
		return model.Redemption{
			ID: ids[i], GoodsID: ids[i], UnitID: unit(i), UserID: user(i), Quantity: 1, Price: 1, Status: model.RedemptionReserved,
			CodeHash: ids[i][:], CodeSealed: ids[i][:], ExpiresAt: now, CreatedAt: now, UpdatedAt: now,
		}
	})
	fill(p, "grants", p.Grants.Add, func(i int) model.Grant {
		role := model.GridWorker
		if i%200 == 0 {
			role = model.CountyClerk
		}
		return model.Grant{ID: ids[i], UserID: user(i), Role: role, UnitID: unit(i), ValidFrom: now, CreatedAt: now}
	})
	fill(p, "team_members", p.TeamMembers.Add, func(i int) model.TeamMember {
		return model.TeamMember{ID: ids[i], UnitID: unit(i), Role: model.Volunteer, Name: strconv.Itoa(i), PhoneSealed: []byte{}, ValidFrom: "2026-01-01", AddedBy: user(i), CreatedAt: now}
	})
	fill(p, "grid_leads", p.GridLeads.Add, func(i int) model.GridLead {
		return model.GridLead{ID: ids[i], GridID: unit(i), UserID: user(i), ValidFrom: "2026-01-01", AppointedBy: user(i), CreatedAt: now}
	})
	fill(p, "jobs", p.Jobs.Add, func(i int) model.Job {
		key := "push.send/" + strconv.Itoa(i) + "[1,0]"
		return model.Job{ID: ids[i], Kind: "push.send", Payload: []byte("7"), DedupeKey: &key, State: model.JobReady, RunAt: now, CreatedAt: now}
	})
	fill(p, "uploads", p.Uploads.Add, func(i int) model.Upload {
		u := model.Upload{ID: ids[i], OwnerID: user(i), Kind: model.UploadPhoto, Status: model.UploadPassed, HolderKind: model.HeldByRequest, HolderID: model.ID[any](ids[i/5]), CreatedAt: now, UpdatedAt: now}
		switch i % 50 {
		case 1:
			u.Status = model.UploadPending
		case 2:
			u.HolderKind, u.HolderID = "", model.ID[any]{}
		}
		return u
	})
	return filled{
		unit: unit(0), user: user(0), thing: model.ID[any](ids[7]), units: []model.UnitID{unit(0), unit(1), unit(2), unit(3), unit(4)},
		accounts: accounts[:5], middle: ids[listRows/2],
	}
}

// fill adds as many rows as the lists want to a table.
func fill[T any](p *planner, table string, add func(context.Context, ...*T) error, row func(i int) T) {
	p.t.Helper()
	rows := make([]*T, listRows)
	for i := range rows {
		rows[i] = new(row(i))
	}
	if err := add(p.t.Context(), rows...); err != nil {
		p.t.Fatal(err)
	}
	p.countAnew(table)
}
