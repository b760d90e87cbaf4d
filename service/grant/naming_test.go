package grant_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/grant"
)

const eldersNumber = "13800000007"

// names names the elder for a role.
func (w *world) names(by model.Actor, role model.Role, unit model.UnitID, change ...func(*grant.Named)) (outcome grant.Outcome, err error) {
	named := grant.Named{Name: "郭志强", Phone: eldersNumber, Role: role, UnitID: unit}
	for _, c := range change {
		c(&named)
	}
	err = w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		outcome, _, err = w.Naming(by).Name(w.T.Context(), tx, named)
		return err
	})
	return outcome, err
}

// binds gives somebody a number as package account does, and says what waits for it.
func (w *world) binds(who model.Actor, number string) {
	w.T.Helper()
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error { return w.bind(tx, who, number) }))
}

func (w *world) bind(tx *store.Store, who model.Actor, number string) error {
	phone, err := account.NewPhone(tx, who.User, number)
	if err != nil {
		return err
	}
	if err := tx.Phones.Add(w.T.Context(), phone); err != nil {
		return err
	}
	return w.PhoneBound(w.T.Context(), tx, who.User, number)
}

func (w *world) waiting(by model.Actor) []grant.Waiting {
	w.T.Helper()
	list, err := w.Appointments(w.T.Context(), by, model.UnitID{}, model.Page{})
	w.Must(err)
	return list.Items
}

func TestWhoIsNamedHasTheRoleOnceTheNumberIsTheirs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		outcome, err := w.names(w.member, model.Secretary, w.branch)
		if outcome != grant.Waits || err != nil {
			t.Fatal(outcome, err)
		}
		if again, err := w.names(w.member, model.Secretary, w.branch); again != grant.Nothing || err != nil {
			t.Fatal(again, err)
		}
		found := w.waiting(w.clerk)
		if len(found) != 1 || found[0].Name != "郭志强" || found[0].Phone != eldersNumber || w.may(access.MailboxHandle, w.branch) {
			t.Fatalf("%+v", found)
		}
		w.binds(w.People(1)[0], "13800000008") // somebody else's number
		w.binds(w.elder, eldersNumber)
		if !w.may(access.MailboxHandle, w.branch) || w.told.last(w.elder) != "您有新的工作角色" || w.told.last(w.member) != "您登记的工作人员已绑定手机号" {
			t.Fatalf("%+v", w.told.notices)
		}
		a, err := w.Store.Appointments.Get(t.Context(), found[0].ID)
		w.Must(err)
		if a.GrantID.IsZero() || len(a.NameSealed)+len(a.PhoneSealed)+len(a.PhoneHash)+len(a.LiveKey) > 0 || len(w.waiting(w.clerk)) != 0 {
			t.Fatalf("%+v", a)
		}
		if outcome, err := w.names(w.clerk, model.Secretary, w.branch); outcome != grant.Nothing || err != nil {
			t.Fatal("they have it, and were named again:", outcome, err)
		}
		if outcome, err := w.names(w.clerk, model.ShopKeeper, w.branch); outcome != grant.Gives || err != nil || !w.may(access.ShopHandOver, w.branch) {
			t.Fatal("they are known, and wait:", outcome, err)
		}
	})
}

func TestNamingFollowsTheRulesOfGiving(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.binds(w.clerk, "13800000009")
		own := func(n *grant.Named) { n.Phone = "13800000009" }
		past := func(n *grant.Named) { n.From = "2026-11-22" }
		for what, c := range map[string]struct {
			by     model.Actor
			role   model.Role
			unit   model.UnitID
			change func(*grant.Named)
			want   error
		}{
			"themselves":          {w.clerk, model.Auditor, w.county, own, grant.ErrOwnRole},
			"a resident":          {w.elder, model.Secretary, w.branch, nil, fault.ErrForbidden},
			"in another town":     {w.member, model.Secretary, w.elsewhere, nil, fault.ErrNotFound},
			"above their own":     {w.member, model.Auditor, w.town, nil, access.ErrNotTheirs},
			"in a wrong unit":     {w.clerk, model.Secretary, w.town, nil, grant.ErrWrongUnit},
			"from yesterday":      {w.clerk, model.Secretary, w.branch, past, grant.ErrFromPast},
			"a role there is not": {w.clerk, "emperor", w.branch, nil, access.ErrNotTheirs},
		} {
			if c.change == nil {
				c.change = func(*grant.Named) {}
			}
			if _, err := w.names(c.by, c.role, c.unit, c.change); !errors.Is(err, c.want) {
				t.Errorf("%s: %v instead of %v", what, err, c.want)
			}
		}
		if len(w.waiting(w.clerk)) != 0 {
			t.Errorf("%+v", w.waiting(w.clerk))
		}
	})
}

func TestARoleForTwoPeopleWaitsForTheSecondAllTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.names(w.clerk, model.CountyClerk, w.county)
		w.Must(err)
		w.binds(w.elder, eldersNumber)
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User)
		w.Must(err)
		if len(grants) != 1 || !grants[0].Pending || w.may(access.OrgManage, w.county) {
			t.Fatalf("%+v", grants)
		}
		_, err = w.Confirm(t.Context(), w.clerk, grants[0].ID)
		w.ExpectFault(err, grant.ErrNotSecond)
		_, err = w.Confirm(t.Context(), w.second, grants[0].ID)
		w.Must(err)
		if !w.may(access.OrgManage, w.county) {
			t.Error("confirmed and without the role")
		}
	})
}

// TestAWordOfSomebodyWhoMayNoLongerGiveIsWorthNothing also names them anew, by another person.
func TestAWordOfSomebodyWhoMayNoLongerGiveIsWorthNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.names(w.member, model.Secretary, w.branch)
		w.Must(err)
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.member.User)
		w.Must(err)
		w.Must(w.End(t.Context(), w.clerk, grants[0].ID))
		w.binds(w.elder, eldersNumber)
		w.Must(w.Appoint(t.Context()))
		if w.may(access.MailboxHandle, w.branch) || len(w.waiting(w.clerk)) != 1 {
			t.Fatal("the role was given at the word of somebody who may not")
		}
		outcome, err := w.names(w.clerk, model.Secretary, w.branch)
		if outcome != grant.Gives || err != nil || !w.may(access.MailboxHandle, w.branch) {
			t.Fatal(outcome, err)
		}
	})
}

func TestWhatWaitsEndsByAPersonOrByTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, role := range []model.Role{model.Secretary, model.ShopKeeper, model.BranchMember} {
			_, err := w.names(w.clerk, role, w.branch)
			w.Must(err)
		}
		found := w.waiting(w.clerk)
		dismissed := found[slices.IndexFunc(found, func(a grant.Waiting) bool { return a.Role == model.BranchMember })]
		w.ExpectFault(w.Dismiss(t.Context(), w.elder, dismissed.ID), fault.ErrForbidden)
		w.Must(w.Dismiss(t.Context(), w.clerk, dismissed.ID))
		w.Must(w.Dismiss(t.Context(), w.clerk, dismissed.ID))
		outcome, err := w.names(w.clerk, model.ShopKeeper, w.branch, func(n *grant.Named) { n.From = "2027-02-01" })
		if outcome != grant.Alters || err != nil || len(w.waiting(w.clerk)) != 2 {
			t.Fatal(outcome, err, w.waiting(w.clerk))
		}
		w.Clock.Move(91 * 24 * time.Hour)
		w.Must(w.Appoint(t.Context()))
		if left := w.waiting(w.clerk); len(left) != 1 || left[0].Role != model.ShopKeeper {
			t.Fatalf("%+v", left)
		}
		w.binds(w.elder, eldersNumber)
		if w.may(access.MailboxHandle, w.branch) || !w.may(access.ShopHandOver, w.branch) {
			t.Error("what was over was given, or what was not was not")
		}
	})
}

// TestANumberBoundWhileItIsNamed lets both happen at once. Whoever is missed by both is found
// by Appoint, and nobody has the role twice.
func TestANumberBoundWhileItIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := w.People(6)
		for i, who := range people {
			number := fmt.Sprintf("1380000010%d", i)
			w.AtOnce(2, func(n int) error {
				if n == 0 {
					_, err := w.names(w.clerk, model.ShopKeeper, w.branch, func(n *grant.Named) { n.Phone = number })
					return err
				}
				return w.Store.InTx(t.Context(), func(tx *store.Store) error { return w.bind(tx, who, number) })
			})
		}
		w.AtOnce(2, func(int) error { return w.Appoint(t.Context()) })
		for _, who := range people {
			grants, err := w.Store.Grants.ListByUser(t.Context(), who.User)
			w.Must(err)
			if len(grants) != 1 {
				t.Errorf("%d grants", len(grants))
			}
		}
		if len(w.waiting(w.clerk)) != 0 {
			t.Errorf("%+v", w.waiting(w.clerk))
		}
	})
}

// The race above would see somebody whom both have missed: this is who is left waiting where
// each looks before the other's word is given, and for whom there is Appoint.
func TestPowerWhoIsNamedAndBoundAtOnceIsMissedByBoth(t *testing.T) {
	t.Parallel()
	clock := storetest.NewClock()
	w := newWorld(t, storetest.Open(t, storetest.MySQLURL(t), clock), clock)
	who, meet := w.Person("郭志强"), storetest.NewBarrier(2)
	w.AtOnce(2, func(i int) error {
		return w.Store.InTx(t.Context(), func(tx *store.Store) error {
			defer meet.Wait()
			if i == 0 {
				return w.bind(tx, who, eldersNumber)
			}
			_, _, err := w.Naming(w.clerk).Name(t.Context(), tx, grant.Named{Name: "郭志强", Phone: eldersNumber, Role: model.ShopKeeper, UnitID: w.branch})
			return err
		})
	})
	if grants, err := w.Store.Grants.ListByUser(t.Context(), who.User); err != nil || len(grants) != 0 || len(w.waiting(w.clerk)) != 1 {
		t.Fatalf("%d grants, %d waiting, %v: they did not miss each other", len(grants), len(w.waiting(w.clerk)), err)
	}
	w.Must(w.Appoint(t.Context()))
	if grants, err := w.Store.Grants.ListByUser(t.Context(), who.User); err != nil || len(grants) != 1 {
		t.Fatalf("%d grants, %v", len(grants), err)
	}
}
