package demo_test

import (
	"reflect"
	"testing"

	"jinlin/model"
	"jinlin/service/demo"
)

func TestTheCountyIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	a, b := demo.Generate(), demo.Generate()
	if len(a.Units) != len(b.Units) || len(a.Users) != len(b.Users) {
		t.Fatalf("%d and %d units, %d and %d people", len(a.Units), len(b.Units), len(a.Users), len(b.Users))
	}
	for i := range a.Units {
		if a.Units[i].ID != b.Units[i].ID || a.Units[i].Name != b.Units[i].Name {
			t.Fatalf("unit %d is %s once and %s then", i, a.Units[i].Name, b.Units[i].Name)
		}
	}
	for i := range a.Residences {
		if !reflect.DeepEqual(a.Residences[i], b.Residences[i]) {
			t.Fatalf("residence %d differs", i)
		}
	}
}

func TestNamesAndIDsAreUnique(t *testing.T) {
	t.Parallel()
	c := demo.Generate()
	ids, names, accounts := map[model.UnitID]bool{}, map[string]bool{}, map[string]bool{}
	for _, u := range c.Units {
		name := u.ParentID.String() + u.Name
		if u.Kind == model.Estate {
			name = u.Name // an estate's name is enough to find it
		}
		if ids[u.ID] || names[name] {
			t.Errorf("%s %s is not unique", u.Kind, u.Name)
		}
		ids[u.ID], names[name] = true, true
	}
	for _, a := range c.Accounts {
		if accounts[a.OpenID] {
			t.Errorf("two people have one openid")
		}
		accounts[a.OpenID] = true
	}
	for _, s := range c.Secretaries {
		if s.User.IsZero() || s.Branch == nil {
			t.Errorf("a secretary of nothing: %+v", s)
		}
	}
}

func TestSomeWorkWhereTheyDoNotLive(t *testing.T) {
	t.Parallel()
	c := demo.Generate()
	homes := map[model.UserID]bool{}
	for _, r := range c.Residences {
		homes[r.UserID] = true
	}
	verified := map[model.UserID]bool{}
	for _, e := range c.Employments {
		if e.UserID.IsZero() || e.UnitID.IsZero() || homes[e.UserID] || (e.Live == nil) != (e.Status == model.EmploymentEnded) {
			t.Errorf("%+v", e)
		}
		verified[e.UserID] = e.Status == model.EmploymentVerified
	}
	if !verified[c.People["courier-chen"]] || len(c.Employments) < 4 {
		t.Errorf("%d work somewhere", len(c.Employments))
	}
}

func TestEveryPersonaHasAnAccount(t *testing.T) {
	t.Parallel()
	c := demo.Generate()
	for _, p := range demo.Personas() {
		if c.People[p.Name].IsZero() {
			t.Errorf("%s has no account", p.Name)
		}
	}
}
