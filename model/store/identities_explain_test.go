package store

import (
	"testing"
	"time"

	"jinlin/model"
)

// TestListsOfIdentitiesUseTheirIndexes looks at what is asked of sealed identities with every
// list of a person's own requests, and at the lists of openings.
func TestListsOfIdentitiesUseTheirIndexes(t *testing.T) {
	p, ctx, now := newPlanner(t), t.Context(), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	var err error
	if p.keys, err = NewKeys(0, MasterKey{Secret: make([]byte, KeySize), Profile: AES}); err != nil {
		t.Fatal(err)
	}
	user := func(n int) model.UserID { return model.UserID{14: 2, 15: byte(n % 100)} }
	var middle [16]byte
	var openings []*model.IdentityOpening
	var rows []*model.SealedIdentity
	for i := range listRows {
		at := now.Add(time.Duration(i) * time.Minute)
		id := model.NewID[model.User](at)
		if i == listRows/2 {
			middle = id
		}
		rows = append(rows, &model.SealedIdentity{
			ID: id, BranchID: model.UnitID{15: byte(1 + i%40)}, PersonSealed: []byte{1}, PersonHash: p.keys.PersonIndex(user(i)),
			PairKey: p.keys.Index("pair", id.String()), CreatedAt: now,
		})
		openings = append(openings, &model.IdentityOpening{
			ID: model.IdentityOpeningID(id), IdentityID: id, RequestID: model.RequestID(id), BranchID: model.UnitID{15: byte(1 + i%40)},
			Status: model.OpeningApproved, AskedBy: user(1), AskedAt: now, ExpiresAt: now,
		})
	}
	if err := p.SealedIdentities.Add(ctx, rows...); err != nil {
		t.Fatal(err)
	}
	if err := p.IdentityOpenings.Add(ctx, openings...); err != nil {
		t.Fatal(err)
	}
	p.countAnew("sealed_identities", "identity_openings")
	page := model.Page{Limit: 3, After: &model.Cursor{ID: middle}}
	p.along("ids of a person", "sealed_identities_by_person", func() error { _, err := p.SealedIdentities.ListIDs(ctx, user(7)); return err })
	p.along("openings of a branch", "identity_openings_by_branch", func() error {
		return listing(p.IdentityOpenings.List(ctx, []model.UnitID{{15: 1}}, model.OpeningApproved, page))
	})
	p.finds("openings that somebody knows of", "identity_openings_by_identity", func() error {
		return only(p.IdentityOpenings.CountKnowing(ctx, model.Request{SubmitterID: rows[3].ID}, model.UserID{15: 1}, now))
	})
	p.finds("openings of a person", "identity_openings_by_identity", func() error {
		return listing(p.IdentityOpenings.ListApprovedOf(ctx, []model.UserID{rows[3].ID, rows[1900].ID}, model.Page{}))
	})
}
