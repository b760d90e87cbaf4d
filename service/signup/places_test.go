package signup_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/activity"
	"jinlin/service/signup"
)

func TestAFreedPlaceGoesToWhoHasWaitedLongest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, p := w.publish(1), w.People(4)
		for i, want := range []signup.Joined{{Status: model.SignUpRegistered}, {Status: model.SignUpWaitlisted, Position: 1}, {Status: model.SignUpWaitlisted, Position: 2}} {
			if got := w.joins(p[i], id); got.Status != want.Status || got.Position != want.Position {
				t.Fatalf("%+v instead of %+v", got, want)
			}
		}
		w.Must(w.Withdraw(t.Context(), p[0], id))
		offered, err := w.MineFor(t.Context(), p[1], w.read(id))
		if err != nil || offered.State != model.SignUpOffered {
			t.Fatalf("%+v, %v", offered, err)
		}
		if late := w.joins(p[3], id); late.Position != 2 {
			t.Fatalf("an offered place is taken: %+v", late)
		}
		if _, err := w.Accept(t.Context(), p[2], offered.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("another's offer: %v", err)
		}
		accepted, err := w.Accept(t.Context(), p[1], offered.ID)
		if err != nil || accepted.Status != model.SignUpRegistered || w.balanced(id).PlacesLeft != 0 {
			t.Fatalf("%+v, %v", accepted, err)
		}
		w.Must(w.Withdraw(t.Context(), p[1], id)) // p[2] is next
		w.Must(w.Withdraw(t.Context(), p[1], id)) // given up already
		w.Must(w.Withdraw(t.Context(), p[2], id)) // declines
		if w.state(p[2], id) != model.SignUpDeclined || w.state(p[3], id) != model.SignUpOffered {
			t.Fatalf("%s, %s", w.state(p[2], id), w.state(p[3], id))
		}
		again := w.joins(p[0], id) // begins anew, in the same row, at the end
		if again.Status != model.SignUpWaitlisted || again.Position != 1 {
			t.Fatalf("%+v", again)
		}
		events, err := s.SignUpEvents.ListBySignUp(t.Context(), again.ID)
		if err != nil || len(events) != 3 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		w.balanced(id)
	})
}

func TestAnOfferLapsesAndGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.publish(1, func(p *activity.Plan) {
			p.StartsAt, p.EndsAt = p.StartsAt.AddDate(0, 0, 3), p.EndsAt.AddDate(0, 0, 3)
			p.SignUpClosesAt = p.StartsAt
		})
		p := w.People(3)
		for _, person := range p {
			w.joins(person, id)
		}
		w.Must(w.Withdraw(t.Context(), p[0], id)) // at ten in the morning: 11:30 h today, the rest tomorrow until 07:30
		offered, err := w.MineFor(t.Context(), p[1], w.read(id))
		w.Must(err)
		if want := model.Date("2026-11-24").At(7, 30); !offered.OfferedUntil.Equal(want) {
			t.Fatalf("until %s instead of %s", offered.OfferedUntil, want)
		}
		clock.Set(offered.OfferedUntil.Add(-time.Millisecond))
		w.Must(w.LapseOffers(t.Context()))
		if w.state(p[1], id) != model.SignUpOffered {
			t.Fatal("lapsed too early")
		}
		clock.Move(time.Millisecond)
		if _, err := w.Accept(t.Context(), p[1], offered.ID); !errors.Is(err, signup.ErrOfferLapsed) {
			t.Fatalf("accepted too late: %v", err)
		}
		w.Must(w.LapseOffers(t.Context()))
		if w.state(p[1], id) != model.SignUpLapsed || w.state(p[2], id) != model.SignUpOffered {
			t.Fatalf("%s, %s", w.state(p[1], id), w.state(p[2], id))
		}
		w.balanced(id)
	})
}

func TestWhoMaySignUpAndWhen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		p := w.People(2)
		w.Must(s.Residences.Add(t.Context(), &model.Residence{
			ID: model.NewID[model.Residence](clock.Now()), UserID: p[0].User, EstateID: w.estate, BuildingID: w.estate,
			Status: model.ResidenceVerified, CreatedAt: clock.Now(),
		}))
		id := w.publish(1, func(p *activity.Plan) { p.Audience = model.VerifiedAudience })
		w.joins(p[0], id)
		try := func(want error) {
			t.Helper()
			if _, err := w.Join(t.Context(), p[1], id, signup.Party{}); !errors.Is(err, want) {
				t.Fatalf("%v instead of %v", err, want)
			}
		}
		try(signup.ErrNotEligible)
		works := &model.Employment{
			ID: model.NewID[model.Employment](clock.Now()), UserID: p[1].User, UnitID: w.estate, Kind: "courier",
			Status: model.EmploymentPending, Live: model.Lasting(), CreatedAt: clock.Now(),
		}
		w.Must(s.Employments.Add(t.Context(), works))
		id = w.publish(1, func(p *activity.Plan) { p.Audience = model.VerifiedAudience })
		try(signup.ErrNotEligible)
		works.Status = model.EmploymentVerified
		_, err := s.Employments.SaveMoved(t.Context(), model.EmploymentPending, *works)
		w.Must(err)
		w.joins(p[1], id)
		id = w.publish(1, func(p *activity.Plan) { p.SignUpOpensAt = p.SignUpOpensAt.Add(time.Hour) })
		try(signup.ErrClosed)
		clock.Move(24 * time.Hour) // closes with the start
		try(signup.ErrClosed)
		id = w.publish(1)
		_, err = w.activities.Cancel(t.Context(), w.secretary, id, "下雨")
		w.Must(err)
		try(signup.ErrClosed)
		id = model.NewID[model.Activity](clock.Now())
		try(fault.ErrNotFound)
	})
}

func TestACancelledActivityReleasesItsSignUps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, people := w.publish(100), w.People(150)
		for _, p := range people {
			w.joins(p, id)
		}
		_, err := w.activities.Cancel(t.Context(), w.secretary, id, "下雨")
		w.Must(err)
		job := w.job(activity.ReleaseJob)
		for range 2 { // jobs may run twice
			w.Must(w.Release(t.Context(), job))
		}
		if a := w.balanced(id); a.PlacesLeft != 100 || a.Waiting != 0 || w.state(people[0], id) != model.SignUpCancelled {
			t.Fatalf("%+v", a)
		}
	})
}

// job is the job that a move left.
func (w *world) job(kind string) model.Job {
	w.T.Helper()
	jobs, err := w.Store.Jobs.SaveClaim(w.T.Context(), []string{kind}, 1, time.Minute)
	w.Must(err)
	if len(jobs) != 1 {
		w.T.Fatalf("%d jobs %s", len(jobs), kind)
	}
	return jobs[0]
}

// walker is somebody who does whatever comes to mind.
type walker struct {
	*world
	dice   *rand.Rand
	id     model.ActivityID
	people []model.Actor
}

// step is one random move. Refusals are part of the game, surprises are not.
func (w *walker) step() {
	w.T.Helper()
	p := w.people[w.dice.IntN(len(w.people))]
	var err error
	switch w.dice.IntN(4) {
	case 0, 1:
		party := signup.Party{}
		if w.dice.IntN(4) == 0 {
			party.People = []signup.Companion{{Name: "小李", Relation: "孩子"}}
		}
		_, err = w.Join(w.T.Context(), p, w.id, party)
	case 2:
		err = w.Withdraw(w.T.Context(), p, w.id)
	case 3:
		var row model.SignUp
		if row, err = w.Store.SignUps.GetByPerson(w.T.Context(), w.id, p.User); err == nil {
			_, err = w.Accept(w.T.Context(), p, row.ID)
		}
	}
	for _, expected := range []error{nil, signup.ErrAlready, fault.ErrNotFound, fault.ErrIllegalTransition, signup.ErrOfferLapsed, fault.ErrInProgress} {
		if errors.Is(err, expected) {
			return
		}
	}
	w.T.Error(err)
}

func (w *world) walkers(n int, seed uint64) *walker {
	id := w.publish(7, func(p *activity.Plan) {
		p.StartsAt, p.EndsAt = p.StartsAt.AddDate(0, 0, 30), p.EndsAt.AddDate(0, 0, 30)
		p.SignUpClosesAt = p.StartsAt
	})
	return &walker{world: w, dice: rand.New(rand.NewPCG(seed, 7)), id: id, people: w.People(n)}
}

// TestARandomWalkKeepsPlacesAndOrder checks after every step that the counters are the
// rows, that nobody passes who waits, and that no place lies idle while somebody could have it.
func TestARandomWalkKeepsPlacesAndOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock).walkers(25, 1)
		for i := range 400 {
			before := w.waiting(w.id)
			if i%20 == 19 { // some offers lapse
				clock.Move(7 * time.Hour)
				w.Must(w.LapseOffers(t.Context()))
			} else {
				w.step()
			}
			a, after := w.balanced(w.id), w.waiting(w.id)
			if len(after) > 0 && after[0].Places <= a.PlacesLeft {
				t.Fatalf("step %d: %d places lie idle", i, a.PlacesLeft)
			}
			w.inOrder(before, after)
		}
		w.wentEverywhere()
	})
}

// wentEverywhere fails if the walk left out a move it is meant to try.
func (w *walker) wentEverywhere() {
	w.T.Helper()
	moves := map[[2]model.SignUpState]int{}
	for _, p := range w.people {
		row, err := w.Store.SignUps.GetByPerson(w.T.Context(), w.id, p.User)
		w.Must(err)
		events, err := w.Store.SignUpEvents.ListBySignUp(w.T.Context(), row.ID)
		w.Must(err)
		for _, e := range events {
			moves[[2]model.SignUpState{e.FromState, e.ToState}]++
		}
	}
	for _, move := range [][2]model.SignUpState{
		{model.SignUpWaitlisted, model.SignUpOffered},
		{model.SignUpOffered, model.SignUpRegistered},
		{model.SignUpOffered, model.SignUpDeclined},
		{model.SignUpOffered, model.SignUpLapsed},
		{model.SignUpWaitlisted, model.SignUpCancelled},
		{model.SignUpRegistered, model.SignUpCancelled},
		{model.SignUpCancelled, model.SignUpWaitlisted},
	} {
		if moves[move] == 0 {
			w.T.Errorf("the walk never went from %s to %s", move[0], move[1])
		}
	}
}

// inOrder fails if somebody was offered a place while one who had waited longer still waits.
func (w *walker) inOrder(before, after []model.SignUp) {
	w.T.Helper()
	waits := map[model.SignUpID]bool{}
	for _, row := range after {
		waits[row.ID] = true
	}
	passed := false
	for i := len(before) - 1; i >= 0; i-- {
		row, err := w.Store.SignUps.Get(w.T.Context(), before[i].ID)
		w.Must(err)
		passed = passed || row.State == model.SignUpOffered
		if passed && waits[row.ID] && row.WaitingNumber == before[i].WaitingNumber {
			w.T.Fatalf("number %d was passed", row.WaitingNumber)
		}
	}
}

// TestEightWalkAtOnce does the same in parallel and looks every hundred steps.
func TestEightWalkAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock).walkers(25, 0)
		for round := range 5 {
			var wg sync.WaitGroup
			for i := range 8 {
				mine := *w
				mine.dice = rand.New(rand.NewPCG(uint64(round), uint64(i)))
				wg.Go(func() {
					for range 12 {
						mine.step()
					}
				})
			}
			wg.Wait()
			if a, waiting := w.balanced(w.id), w.waiting(w.id); len(waiting) > 0 && waiting[0].Places <= a.PlacesLeft {
				t.Fatalf("round %d: %d places lie idle", round, a.PlacesLeft)
			}
			clock.Move(13 * time.Hour)
			w.Must(w.LapseOffers(t.Context()))
			w.balanced(w.id)
		}
	})
}

func TestWhoLeavesGivesTheirPlaceOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, people := w.publish(1), w.People(2)
		w.joins(people[0], id)
		w.joins(people[1], id)
		for range 2 {
			w.Must(w.Settle(t.Context(), people[0]))
		}
		if got := w.state(people[1], id); got != model.SignUpOffered {
			t.Fatalf("the place went to nobody: %s", got)
		}
		w.balanced(id)
	})
}
