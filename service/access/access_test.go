package access_test

import (
	"errors"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
)

func unit(t *testing.T, s *store.Store, kind model.UnitKind, parent model.UnitID) model.UnitID {
	t.Helper()
	u := model.Unit{ID: model.NewID[model.Unit](s.Now()), ParentID: parent, Kind: kind, Name: string(kind), ValidFrom: "2025-01-01", CreatedAt: s.Now()}
	if err := s.Units.Add(t.Context(), &u); err != nil {
		t.Fatal(err)
	}
	return u.ID
}

func TestARoleReachesItsUnitAndNoFurther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		county := unit(t, s, model.County, model.UnitID{})
		mine := unit(t, s, model.Branch, county)
		other := unit(t, s, model.Branch, county)
		a := access.New(s, org.New(s))
		who := model.Actor{User: model.NewID[model.User](s.Now())}
		until := s.Now().Add(time.Hour)
		if err := s.Grants.Add(t.Context(), &model.Grant{
			ID: model.NewID[model.Grant](s.Now()), UserID: who.User, Role: model.Secretary, UnitID: mine,
			ValidFrom: s.Now(), ValidTo: &until, CreatedAt: s.Now(),
		}); err != nil {
			t.Fatal(err)
		}
		check := func(actor model.Actor, action access.Action, u model.UnitID, want error) {
			t.Helper()
			if err := a.Require(t.Context(), actor, action, u); (want != nil || err != nil) && !errors.Is(err, want) {
				t.Errorf("%s: %v instead of %v", action, err, want)
			}
		}
		check(who, access.MailboxHandle, mine, nil)
		check(who, access.MailboxHandle, other, fault.ErrNotFound)
		check(who, access.MailboxHandle, county, fault.ErrNotFound)
		check(who, access.MailboxHandle, model.UnitID{}, fault.ErrNotFound)
		check(who, access.ArticleApprove, mine, fault.ErrForbidden)
		check(model.Actor{}, access.MailboxHandle, mine, fault.ErrUnauthenticated)
		check(model.Actor{User: model.NewID[model.User](s.Now())}, access.MailboxRead, mine, fault.ErrForbidden)
		clock.Move(time.Hour)
		check(who, access.MailboxHandle, mine, fault.ErrForbidden)
	})
}

func TestEveryActionHasARoleAndNoRoleIsAResidents(t *testing.T) {
	t.Parallel()
	for action, roles := range access.Table {
		if len(roles) == 0 {
			t.Errorf("nobody may do %s", action)
		}
	}
	for _, action := range []access.Action{access.MailboxHandle, access.ArticleApprove, access.PointsAward, access.ShopHandOver} {
		for _, role := range access.Table[action] {
			if role == model.Auditor {
				t.Errorf("the auditor may %s, which writes", action)
			}
		}
	}
}
