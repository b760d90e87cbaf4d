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

func TestARoleReachesItsUnitAndNoFurther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := storetest.World{T: t, Store: s, Clock: clock}
		county := w.Unit(model.County, model.UnitID{})
		mine, other := w.Unit(model.Branch, county), w.Unit(model.Branch, county)
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

func TestWhoeverMayNowhereDoesNotLearnWhatExists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := storetest.World{T: t, Store: s, Clock: clock}
		county := w.Unit(model.County, model.UnitID{})
		mine, other := w.Unit(model.Branch, county), w.Unit(model.Branch, county)
		insider, outsider, resident := w.Staff(model.Secretary, mine), w.Staff(model.Secretary, other), w.Person("居民")
		article := model.Article{
			ID: model.NewID[model.Article](s.Now()), UnitID: mine, AuthorID: insider.User, Status: model.ArticleDraft, CreatedAt: s.Now(), UpdatedAt: s.Now(), Version: 1,
		}
		w.Must(s.Articles.Add(t.Context(), &article))
		a, missing := access.New(s, org.New(s)), model.NewID[model.Article](s.Now())
		for _, c := range []struct {
			who  model.Actor
			id   model.ArticleID
			want error
		}{
			{model.Actor{}, article.ID, fault.ErrUnauthenticated},
			{resident, article.ID, fault.ErrForbidden},
			{resident, missing, fault.ErrForbidden},
			{outsider, article.ID, fault.ErrNotFound},
			{outsider, missing, fault.ErrNotFound},
			{insider, missing, fault.ErrNotFound},
			{insider, article.ID, nil},
		} {
			found, err := access.Find(t.Context(), a, c.who, access.ArticleWrite, s.Articles.Get, c.id)
			if !errors.Is(err, c.want) || (err == nil) != (found.ID == article.ID) {
				t.Errorf("%+v: %v instead of %v", found, err, c.want)
			}
		}
	})
}

func TestARoleEndsWithItsUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := storetest.World{T: t, Store: s, Clock: clock}
		county := w.Unit(model.County, model.UnitID{})
		branch := w.Unit(model.Branch, county)
		secretary, a := w.Staff(model.Secretary, branch), access.New(s, org.New(s))
		w.Must(a.Require(t.Context(), secretary, access.MailboxHandle, branch))
		unit, today := w.Read(branch), model.DateOf(s.Now())
		unit.ValidTo = &today
		if saved, err := s.Units.SaveChanged(t.Context(), unit); err != nil || !saved {
			t.Fatal(saved, err)
		}
		w.ExpectFault(access.New(s, org.New(s)).Require(t.Context(), secretary, access.MailboxHandle, branch), fault.ErrForbidden)
	})
}

func TestEveryActionHasARole(t *testing.T) {
	t.Parallel()
	for action, roles := range access.Table {
		if len(roles) == 0 {
			t.Errorf("nobody may do %s", action)
		}
	}
}
