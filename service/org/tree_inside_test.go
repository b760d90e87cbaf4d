package org

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

// aging is a service whose tree says that a town has its first name, and whose database says
// that it has its second.
func aging(t *testing.T, s *store.Store, clock *storetest.Clock) (*Service, model.UnitID) {
	t.Helper()
	w := storetest.World{T: t, Store: s, Clock: clock}
	town := w.Unit(model.Town, model.UnitID{})
	o := New(s)
	if o.called(t, town) != string(model.Town) {
		t.Fatal("the town has another name")
	}
	unit := w.Read(town)
	unit.Name = "second"
	w.Must(store.Kept(s.Units.SaveChanged(t.Context(), unit)))
	return o, town
}

func (s *Service) called(t *testing.T, id model.UnitID) string {
	t.Helper()
	unit, err := s.Unit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return unit.Name
}

func TestOneReadsTheTreeAnewWhileOthersGoOn(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	o, town := aging(t, s, clock)
	if name := o.called(t, town); name != "town" {
		t.Errorf("a fresh tree was read anew: %s", name)
	}
	o.read, o.reading = time.Now().Add(-treeFresh), true
	if name := o.called(t, town); name != "town" {
		t.Errorf("somebody reads it already, and it was read again: %s", name)
	}
	o.read = time.Now().Add(-treeAge)
	if name := o.called(t, town); name != "second" {
		t.Errorf("it is too old and was used: %s", name)
	}
	o, town = aging(t, s, clock)
	o.read = time.Now().Add(-treeFresh)
	if name := o.called(t, town); name != "second" || o.reading || time.Since(o.read) > treeFresh {
		t.Errorf("it was not read anew: %s", name)
	}
}

// TestWhatWasReadBeforeAChangeIsNotKept lets a change come between the reading of a tree and
// its end.
func TestWhatWasReadBeforeAChangeIsNotKept(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	o, town := aging(t, s, clock)
	known, before := o.tree, o.forgotten
	o.Forget()
	if got := o.renewed(t.Context(), known, before); got == known || o.tree != nil {
		t.Error("a tree from before the change is kept")
	}
	if o.called(t, town) != "second" || o.tree == nil {
		t.Error("the next one does not read it")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := o.renewed(t.Context(), known, o.forgotten); got != known {
		t.Error("the database is gone, and so is a tree that was good")
	}
}
