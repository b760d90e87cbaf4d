package signup_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/activity"
	"jinlin/service/signup"
)

// rush lets everybody try at once and counts the answers by what they are.
func rush(people []model.Actor, try func(model.Actor) (model.SignUpState, error)) map[string]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	answers := map[string]int{}
	for _, p := range people {
		wg.Go(func() {
			state, err := try(p)
			answer := string(state)
			if err != nil {
				answer = fault.From(err).Error()
			}
			mu.Lock()
			defer mu.Unlock()
			answers[answer]++
		})
	}
	wg.Wait()
	return answers
}

func (w *world) rushFor(id model.ActivityID, people []model.Actor) map[string]int {
	return rush(people, func(p model.Actor) (model.SignUpState, error) {
		joined, err := w.Join(w.T.Context(), p, id, signup.Party{})
		return joined.Status, err
	})
}

func TestThreeHundredAtOnceForFivePlaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		people := w.People(300)

		id := w.publish(5)
		got := w.rushFor(id, people)
		if len(got) != 2 || got["registered"] != 5 || got["waitlisted"] != 295 {
			t.Fatalf("with a waiting list: %v", got)
		}
		w.balanced(id)
		for i, row := range w.waiting(id) {
			if row.WaitingNumber != i+1 {
				t.Fatalf("number %d stands at %d", row.WaitingNumber, i+1)
			}
		}

		id = w.publish(5, func(p *activity.Plan) { p.WaitingList = false })
		got = w.rushFor(id, people)
		if len(got) != 2 || got["registered"] != 5 || got[signup.ErrFull.Error()] != 295 {
			t.Fatalf("without a waiting list: %v", got)
		}
		w.balanced(id)
	})
}

// TestCountingFirstOversells is the power check of the rush: the same world with the guard
// replaced by counting and then inserting. All of them count before one of them writes.
func TestCountingFirstOversells(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, people := w.publish(5), w.People(20)
		var counted sync.WaitGroup
		counted.Add(len(people))
		got := rush(people, func(p model.Actor) (state model.SignUpState, err error) {
			err = w.naively(func(read, write *store.Store) error {
				taken, err := read.SignUps.CountPlaces(t.Context(), id)
				counted.Done()
				counted.Wait()
				if err != nil || taken >= 5 {
					return errors.Join(err, signup.ErrFull)
				}
				state = model.SignUpRegistered
				return write.SignUps.Add(t.Context(), &model.SignUp{
					ID: model.NewID[model.SignUp](s.Now()), ActivityID: id, UserID: p.User, State: state, Places: 1,
					Details: []byte{}, CreatedAt: s.Now(), UpdatedAt: s.Now(),
				})
			})
			return state, err
		})
		if got["registered"] != 20 {
			t.Fatalf("the naive way should have oversold: %v", got)
		}
	})
}

// naively gives a place to read and one to write: one transaction on MariaDB. SQLite lets
// one writer in at a time, so there the reading happens outside.
func (w *world) naively(do func(read, write *store.Store) error) error {
	if w.Store.Dialect() == store.SQLite {
		return do(w.Store, w.Store)
	}
	return w.Store.InTx(w.T.Context(), func(tx *store.Store) error { return do(tx, tx) })
}

func TestOnePersonFiftyTimesHasOnePlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, wang := w.publish(60), w.People(1)[0]
		fifty := make([]model.Actor, 50)
		for i := range fifty {
			fifty[i] = wang
		}
		got := w.rushFor(id, fifty)
		if len(got) != 2 || got["registered"] != 1 || got[signup.ErrAlready.Error()] != 49 {
			t.Fatalf("without a key: %v", got)
		}
		if a := w.balanced(id); a.PlacesLeft != 59 {
			t.Fatalf("%d places left", a.PlacesLeft)
		}

		id = w.publish(60)
		var ids sync.Map
		got = rush(fifty, func(p model.Actor) (model.SignUpState, error) {
			key := &model.OnceKey{Actor: p.User, Operation: "signUp", Key: "k", Hash: make([]byte, 32)}
			joined, err := w.Join(model.WithOnceKey(t.Context(), key), p, id, signup.Party{})
			ids.Store(joined.ID, true)
			return joined.Status, err
		})
		different := 0
		ids.Range(func(any, any) bool { different++; return true })
		if got["registered"] != 50 || different != 1 || w.balanced(id).PlacesLeft != 59 {
			t.Fatalf("under one key: %v, %d different answers", got, different)
		}
	})
}

func TestAGroupGetsAllItsPlacesOrNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, people := w.publish(10), w.People(40)
		family := signup.Party{People: []signup.Companion{{Name: "王小明", Relation: "孩子", BirthYear: 2018}, {Name: "李奶奶", Relation: "母亲"}}}
		got := rush(people, func(p model.Actor) (model.SignUpState, error) {
			joined, err := w.Join(t.Context(), p, id, family)
			return joined.Status, err
		})
		if got["registered"] != 3 || got["waitlisted"] != 37 || w.balanced(id).PlacesLeft != 1 {
			t.Fatalf("%v", got)
		}
		// One place is free, but others have waited longer for theirs.
		if late := w.joins(w.People(1)[0], id); late.Status != model.SignUpWaitlisted || late.Position != 38 {
			t.Fatalf("%+v passed the waiting list", late)
		}
		mine, err := w.MineFor(t.Context(), w.first(id, model.SignUpRegistered), w.read(id))
		if err != nil || len(mine.Party.People) != 2 || mine.Party.People[0].Name != "王小明" || mine.Places != 3 {
			t.Fatalf("%+v, %v", mine, err)
		}
		roster, err := w.Roster(t.Context(), w.secretary, id, model.Page{Limit: model.MaxLimit})
		w.Must(err)
		for _, line := range roster.Items {
			if line.Places == 3 && line.Party.People[0].Name != "王**" {
				t.Fatalf("%+v", line)
			}
		}
	})
}

// first is somebody whose sign-up is in that state.
func (w *world) first(id model.ActivityID, state model.SignUpState) model.Actor {
	w.T.Helper()
	rows, err := w.Store.SignUps.ListIn(context.WithoutCancel(w.T.Context()), id, 1, state)
	w.Must(err)
	return model.Actor{User: rows[0].UserID}
}
