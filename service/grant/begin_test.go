package grant_test

import (
	"database/sql"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/grant"
	"jinlin/service/org"
)

// nowhere is a service that no county has been founded in, and some people who signed in.
func nowhere(t *testing.T, s *store.Store, clock *storetest.Clock) (storetest.World, *grant.Service, []model.Actor) {
	w := storetest.World{T: t, Store: s, Clock: clock}
	units := org.New(s)
	people := []model.Actor{w.Person("甲"), w.Person("乙"), w.Person("丙"), w.Person("丁")}
	return w, grant.New(s, access.New(s, units), units, &told{}, true), people
}

func TestACountyBeginsWithTwoClerksWhoMakeTheThird(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w, service, people := nowhere(t, s, clock)
		_, err := service.Begin(t.Context(), " ", people[0].User, people[1].User)
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = service.Begin(t.Context(), "临江县", people[0].User, people[0].User)
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = service.Begin(t.Context(), "临江县", people[0].User, model.NewID[model.User](clock.Now()))
		w.ExpectFault(err, fault.ErrInvalid)
		county, err := service.Begin(t.Context(), " 临江县 ", people[0].User, people[1].User)
		if err != nil || county.Name != "临江县" {
			t.Fatal(county, err)
		}
		_, err = service.Begin(t.Context(), "临江县", people[2].User, people[3].User)
		w.ExpectFault(err, grant.ErrBegun)
		third, err := service.Give(t.Context(), people[0], grant.Giving{UserID: people[2].User, Role: model.CountyClerk, UnitID: county.ID})
		w.Must(err)
		if _, err := service.Confirm(t.Context(), people[1], third.ID); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOfSomeWhoBeginAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w, service, people := nowhere(t, s, clock)
		begun := w.AtOnce(6, func(i int) error {
			_, err := service.Begin(t.Context(), "临江县", people[i%4].User, people[(i+1)%4].User)
			return err
		}, grant.ErrBegun)
		clerks, err := s.Grants.ListHeld(t.Context(), model.CountyClerk, clock.Now())
		counties, err2 := s.Units.List(t.Context(), store.UnitFilter{Kind: model.County, AsOf: model.DateOf(clock.Now())}, model.Page{})
		if begun != 1 || len(clerks) != 2 || len(counties.Items) != 1 || err != nil || err2 != nil {
			t.Fatalf("begun %d times, %d clerks, %d counties, %v, %v", begun, len(clerks), len(counties.Items), err, err2)
		}
	})
}

// The race above would see two counties: this is what it sees when somebody looks for one
// and then founds it under an id of its own.
func TestPowerLookingForTheCountyFirstFoundsTwo(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w, _, _ := nowhere(t, s, clock)
		var looked sync.WaitGroup
		looked.Add(4)
		begun := w.AtOnce(4, func(int) error {
			var n int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM units WHERE kind = 'county'").Scan(&n)
			looked.Done()
			looked.Wait()
			if err == nil && n > 0 {
				err = grant.ErrBegun
			}
			if err != nil {
				return err
			}
			return s.Units.Add(t.Context(), &model.Unit{
				ID: model.NewID[model.Unit](clock.Now()), Kind: model.County, Name: "临江县", ValidFrom: model.DateOf(clock.Now()), CreatedAt: clock.Now(),
			})
		}, grant.ErrBegun)
		if begun < 2 {
			t.Fatalf("the naive way founded %d counties", begun)
		}
	})
}
