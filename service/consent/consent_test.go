package consent_test

import (
	"log/slog"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/consent"
	"jinlin/service/jobs"
)

type world struct {
	storetest.World
	*consent.Service
	runner *jobs.Runner
	wang   model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: consent.New(s), runner: jobs.New(s, slog.New(slog.DiscardHandler), 1)}
	w.runner.Handle(consent.Job, w.Forget)
	w.wang = w.Person("王女士")
	return w
}

func (w *world) says(p model.Purpose, version int, given bool) (consent.Standing, error) {
	w.Clock.Move(time.Millisecond)
	return w.Say(w.T.Context(), w.wang, consent.Answer{Purpose: p, Version: version, Given: given})
}

// brings has wang sign up with somebody.
func (w *world) brings() (model.SignUp, error) {
	now := w.Clock.Now()
	row := model.SignUp{
		ID: model.NewID[model.SignUp](now), ActivityID: model.NewID[model.Activity](now), UserID: w.wang.User,
		State: model.SignUpRegistered, Places: 2, Details: []byte("sealed"), CreatedAt: now, UpdatedAt: now,
	}
	return row, w.Store.SignUps.Add(w.T.Context(), &row)
}

func (w *world) kept(row model.SignUp) bool {
	w.T.Helper()
	got, err := w.Store.SignUps.Get(w.T.Context(), row.ID)
	w.Must(err)
	return len(got.Details) > 0
}

func TestWhatAConsentCoversGoesWithIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		_, err := w.says(model.PurposeCompanions, 1, true)
		w.Must(err)
		before, err := w.brings()
		w.Must(err)
		_, err = w.says(model.PurposeCompanions, 0, false)
		w.Must(err)
		_, err = w.brings()
		w.ExpectFault(err, store.ErrConsentRequired)
		_, err = w.runner.Drain(t.Context())
		w.Must(err)
		if w.kept(before) {
			t.Fatal("it was kept after the consent was taken back")
		}

		// A request that looked before the withdrawal and wrote after it.
		_, err = w.says(model.PurposeCompanions, 1, true)
		w.Must(err)
		late, err := w.brings()
		w.Must(err)
		_, err = w.says(model.PurposeCompanions, 0, false)
		w.Must(err)
		clock.Move(time.Minute)
		_, err = w.runner.Drain(t.Context())
		w.Must(err)
		if w.kept(late) {
			t.Fatal("a straggler was kept for more than a minute")
		}
	})
}

func TestWhoAgreesAnewKeepsWhatIsNew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for _, given := range []bool{true, false, true} {
			_, err := w.says(model.PurposeCompanions, 1, given)
			w.Must(err)
		}
		row, err := w.brings()
		w.Must(err)
		clock.Move(time.Minute)
		_, err = w.runner.Drain(t.Context())
		w.Must(err)
		if !w.kept(row) {
			t.Fatal("what the new consent covers was deleted")
		}
	})
}

func TestAnswersAreToPresentTexts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		_, err := w.says(model.PurposeResidence, 2, true)
		w.ExpectFault(err, consent.ErrTextChanged)
		_, err = w.says("shoe_size", 1, true)
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.says(model.PurposeAccount, 1, false)
		w.ExpectFault(err, consent.ErrCloseInstead)
		_, err = w.Mine(t.Context(), model.Actor{})
		w.ExpectFault(err, fault.ErrUnauthenticated)
		_, err = w.says(model.PurposeResidence, 1, true)
		w.Must(err)
		mine, err := w.Mine(t.Context(), w.wang)
		w.Must(err)
		for _, s := range mine {
			if s.InForce() != (s.Purpose == model.PurposeResidence) || s.Title.EN == "" || s.Text.ZH == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}

func TestTakingBackWhereOneLivesDeletesIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		estate := w.Unit(model.Estate, model.UnitID{})
		w.LivesIn(w.wang, estate, w.Unit(model.Building, estate))
		_, err := w.says(model.PurposeResidence, 0, false)
		w.Must(err)
		_, err = w.runner.Drain(t.Context())
		w.Must(err)
		if left, err := s.Residences.ListByUser(t.Context(), w.wang.User); err != nil || len(left) != 0 {
			t.Fatalf("%+v, %v", left, err)
		}
	})
}

func TestTakingBackChildrenAndWorkDeletesThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		now := clock.Now()
		for _, p := range []model.Purpose{model.PurposeChildren, model.PurposeEmployment} {
			_, err := w.says(p, 1, true)
			w.Must(err)
		}
		w.Must(s.Children.Add(t.Context(), &model.Child{
			ID: model.NewID[model.Child](now), GuardianID: w.wang.User, Slot: 1, BirthMonth: "2018-05", Details: []byte("sealed"), LiveKey: make([]byte, 32), CreatedAt: now, UpdatedAt: now, Version: 1,
		}))
		w.Must(s.Employments.Add(t.Context(), &model.Employment{
			ID: model.NewID[model.Employment](now), UserID: w.wang.User, UnitID: w.Unit(model.Estate, model.UnitID{}), Kind: "courier", Status: model.EmploymentVerified, Live: model.Lasting(), CreatedAt: now,
		}))
		for _, p := range []model.Purpose{model.PurposeChildren, model.PurposeEmployment} {
			_, err := w.says(p, 0, false)
			w.Must(err)
		}
		_, err := w.runner.Drain(t.Context())
		w.Must(err)
		children, err := s.Children.ListByGuardian(t.Context(), w.wang.User)
		w.Must(err)
		works, err := s.Employments.ListVerified(t.Context(), w.wang.User)
		if err != nil || len(children)+len(works) > 0 {
			t.Fatalf("%+v, %+v, %v", children, works, err)
		}
	})
}
