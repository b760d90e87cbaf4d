package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// World writes the places and people of a test. Tests of a service embed it in a world of
// their own, beside the service.
type World struct {
	T     testing.TB
	Store *store.Store
	Clock *Clock
}

// founded is when the units of every world began.
const founded = model.Date("2020-01-01")

// Must ends the test if there is an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// ExpectFault ends the test if the error is not that fault.
func (w *World) ExpectFault(err, want error) {
	w.T.Helper()
	if !errors.Is(err, want) {
		w.T.Fatalf("got %v; want %v", err, want)
	}
}

// Unit adds a unit, named like its kind.
func (w *World) Unit(kind model.UnitKind, parent model.UnitID) model.UnitID {
	w.T.Helper()
	now := w.Clock.Now()
	u := model.Unit{ID: model.NewID[model.Unit](now), ParentID: parent, Kind: kind, Name: string(kind), ValidFrom: founded, CreatedAt: now}
	w.Must(w.Store.Units.Add(w.T.Context(), &u))
	return u.ID
}

// Cover has a unit lead or cover another.
func (w *World) Cover(unit, covered model.UnitID) {
	w.T.Helper()
	w.Must(w.Store.Covers.Add(w.T.Context(), model.NewCover(w.Read(unit), w.Read(covered), founded)))
}

// Read reads a unit.
func (w *World) Read(id model.UnitID) model.Unit {
	w.T.Helper()
	unit, err := w.Store.Units.Get(w.T.Context(), id)
	w.Must(err)
	return unit
}

// Person adds somebody whom WeChat knows.
func (w *World) Person(nickname string) model.Actor {
	w.T.Helper()
	return w.people(nickname, 1)[0]
}

// People adds so many residents.
func (w *World) People(n int) []model.Actor {
	w.T.Helper()
	return w.people("居民", n)
}

func (w *World) people(nickname string, n int) []model.Actor {
	w.T.Helper()
	now := w.Clock.Now()
	users, accounts, actors := make([]*model.User, n), make([]*model.WeChatAccount, n), make([]model.Actor, n)
	for i := range users {
		id := model.NewID[model.User](now)
		users[i] = &model.User{ID: id, Nickname: nickname, Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
		accounts[i] = &model.WeChatAccount{OpenID: "o-" + id.String(), UserID: id, CreatedAt: now, LastSeenAt: now}
		actors[i] = model.Actor{User: id}
	}
	w.Must(w.Store.Users.Add(w.T.Context(), users...))
	w.Must(w.Store.WeChat.Add(w.T.Context(), accounts...))
	return actors
}

// Staff adds somebody with a role in a unit.
func (w *World) Staff(role model.Role, unit model.UnitID) model.Actor {
	w.T.Helper()
	who := w.Person(string(role))
	w.Grant(who, role, unit)
	return who
}

// Grant gives somebody a role in a unit, as of an hour ago.
func (w *World) Grant(who model.Actor, role model.Role, unit model.UnitID) {
	w.T.Helper()
	now := w.Clock.Now()
	w.Must(w.Store.Grants.Add(w.T.Context(), &model.Grant{
		ID: model.NewID[model.Grant](now), UserID: who.User, Role: role, UnitID: unit, ValidFrom: now.Add(-time.Hour), CreatedAt: now,
	}))
}

// LivesIn gives somebody a verified residence.
func (w *World) LivesIn(who model.Actor, estate, building model.UnitID) {
	w.T.Helper()
	now := w.Clock.Now()
	w.Must(w.Store.Residences.Add(w.T.Context(), &model.Residence{
		ID: model.NewID[model.Residence](now), UserID: who.User, EstateID: estate, BuildingID: building, Relation: "owner",
		Status: model.ResidenceVerified, CreatedAt: now,
	}))
}

// AtOnce does something n times at once and counts how often it was done; every other time
// it must be refused in one of these ways.
func (w *World) AtOnce(n int, do func(i int) error, refused ...error) int {
	w.T.Helper()
	var done atomic.Int32
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			err := do(i)
			for _, f := range refused {
				if errors.Is(err, f) {
					return
				}
			}
			if err != nil {
				w.T.Error(err)
				return
			}
			done.Add(1)
		})
	}
	all.Wait()
	return int(done.Load())
}

// Agrees has somebody consent to the present text of a purpose.
func (w *World) Agrees(who model.Actor, p model.Purpose) {
	w.T.Helper()
	text, _ := model.ConsentTextOf(p)
	w.Must(w.Store.Consents.Add(w.T.Context(), &model.Consent{
		ID: model.NewID[model.Consent](w.Clock.Now()), UserID: who.User, Purpose: p, Version: text.Version,
		Given: true, Channel: model.ConsentInApp, At: w.Clock.Now(),
	}))
}
