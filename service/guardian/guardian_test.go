package guardian_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/guardian"
)

// told keeps who was told of what.
type told struct {
	mu      sync.Mutex
	notices []model.Notice
}

func (n *told) Tell(_ context.Context, _ *store.Store, notice model.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notices = append(n.notices, notice)
	return nil
}

type world struct {
	storetest.World
	*guardian.Service
	told     *told
	wang, li model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, told: &told{}}
	w.Service = guardian.New(s, w.told)
	w.wang, w.li = w.Person("王女士"), w.Person("李师傅")
	w.Agrees(w.wang, model.PurposeChildren)
	w.Agrees(w.li, model.PurposeChildren)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func said(name string, change ...func(*guardian.Said)) guardian.Said {
	s := guardian.Said{
		Relation: "mother", BirthMonth: "2018-05",
		Details: guardian.Details{Name: name, Emergency: guardian.Contact{Name: "周奶奶", Relation: "奶奶", Phone: "+86 139-0000-0001"}},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func born(month model.Month) func(*guardian.Said) {
	return func(s *guardian.Said) { s.BirthMonth = month }
}

func (w *world) adds(who model.Actor, s guardian.Said) guardian.Child {
	w.T.Helper()
	c, err := w.Add(w.T.Context(), who, s)
	w.Must(err)
	w.Clock.Move(time.Millisecond) // children are listed in order of time
	return c
}

func (w *world) count(who model.Actor) int {
	w.T.Helper()
	mine, err := w.Mine(w.T.Context(), who)
	w.Must(err)
	return len(mine)
}

func TestAChildIsItsGuardiansAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.adds(w.wang, said(" 小雨 "))
		if c.Name != "小雨" || c.Emergency.Phone != "13900000001" || c.Version != 1 {
			t.Fatalf("%+v", c)
		}
		row, err := w.Store.Children.Get(t.Context(), c.ID)
		w.Must(err)
		if bytes.Contains(append(row.Details, row.LiveKey...), []byte("小雨")) {
			t.Fatal("the database can be read")
		}
		_, err = w.Get(t.Context(), w.li, c.ID)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Change(t.Context(), w.li, c.ID, nil, said("小明"))
		w.ExpectFault(err, fault.ErrNotFound)
		w.ExpectFault(w.Remove(t.Context(), w.li, c.ID), fault.ErrNotFound)
		w.adds(w.li, said("小雨")) // another guardian's, of whom nobody is told
		_, err = w.Add(t.Context(), w.wang, said("小 雨"))
		w.ExpectFault(err, guardian.ErrKnown)
		w.adds(w.wang, said("小雨", born("2020-01")))
		if w.count(w.wang) != 2 || w.count(w.li) != 1 || len(w.told.notices) != 0 {
			t.Fatal("whose is whose?")
		}
	})
}

func TestNothingIsKeptWithoutTheGuardiansConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stranger := w.Person("陌生人")
		_, err := w.Add(t.Context(), stranger, said("小明"))
		w.ExpectFault(err, store.ErrConsentRequired)
		c := w.adds(w.wang, said("小雨"))
		w.Must(w.Store.Consents.Add(t.Context(), &model.Consent{
			ID: model.NewID[model.Consent](w.Clock.Now()), UserID: w.wang.User, Purpose: model.PurposeChildren, Version: 1,
			Channel: model.ConsentInApp, At: w.Clock.Now(),
		}))
		_, err = w.Change(t.Context(), w.wang, c.ID, nil, said("小雨雨"))
		w.ExpectFault(err, store.ErrConsentRequired)
		w.Must(w.Remove(t.Context(), w.wang, c.ID))
		_, err = w.Add(t.Context(), model.Actor{}, said("小明"))
		w.ExpectFault(err, fault.ErrUnauthenticated)
	})
}

func TestAFormMustMakeSense(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for what, change := range map[string]func(*guardian.Said){
			"no name":       func(s *guardian.Said) { s.Name = " " },
			"no month":      born("2018-13"),
			"not born yet":  born("2026-12"),
			"no number":     func(s *guardian.Said) { s.Emergency.Phone = "12345678901" },
			"nobody":        func(s *guardian.Said) { s.Emergency.Name = "" },
			"six collect":   func(s *guardian.Said) { s.Collectors = make([]guardian.Contact, 6) },
			"whose number?": func(s *guardian.Said) { s.Collectors = []guardian.Contact{{Phone: "13900000002"}} },
		} {
			if _, err := w.Add(t.Context(), w.wang, said("小雨", change)); fault.From(err).Code != fault.ErrInvalid.Code {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.Add(t.Context(), w.wang, said("小雨", born("2012-10")))
		w.ExpectFault(err, guardian.ErrGrown)
		w.adds(w.wang, said("小雨", born("2012-11"))) // fourteen this month
		w.adds(w.wang, said("小明", born("2026-11")))
	})
}

func TestAChangeReplacesEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c, other := w.adds(w.wang, said("小雨")), w.adds(w.wang, said("小明"))
		collectors := func(s *guardian.Said) {
			s.Collectors = []guardian.Contact{{Name: "邻居", Relation: "邻居", Phone: "13900000003"}}
		}
		changed, err := w.Change(t.Context(), w.wang, c.ID, new(1), said("小雨雨", collectors))
		w.Must(err)
		if changed.Version != 2 || changed.Name != "小雨雨" || len(changed.Collectors) != 1 {
			t.Fatalf("%+v", changed)
		}
		_, err = w.Change(t.Context(), w.wang, c.ID, new(1), said("小雨雨"))
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		_, err = w.Change(t.Context(), w.wang, other.ID, nil, said("小雨雨"))
		w.ExpectFault(err, guardian.ErrKnown)
		w.adds(w.wang, said("小雨")) // the name is free again
	})
}

func TestARemovedChildIsGoneFromAnswersToo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := &model.OnceKey{Actor: w.wang.User, Operation: "registerChild", Key: "k", Hash: make([]byte, 32)}
		ctx := model.WithOnceKey(t.Context(), key)
		c, err := w.Add(ctx, w.wang, said("小雨"))
		w.Must(err)
		again, err := w.Add(ctx, w.wang, said("小雨"))
		if w.Must(err); again.ID != c.ID || !key.Replayed {
			t.Fatalf("%+v", again)
		}
		w.Must(w.Remove(t.Context(), w.wang, c.ID))
		_, err = w.Add(ctx, w.wang, said("小雨"))
		w.ExpectFault(err, fault.ErrNotFound)
		w.ExpectFault(w.Remove(t.Context(), w.wang, c.ID), fault.ErrNotFound)
		if w.count(w.wang) != 0 {
			t.Fatal("something is left")
		}
	})
}

func TestAtFourteenTheRecordGoesAndTheGuardianHears(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.adds(w.wang, said("小雨", born("2012-11")))
		young := w.adds(w.wang, said("小明", born("2012-12")))
		w.Clock.Set(model.Date("2026-11-30").At(23, 59))
		w.Must(w.ForgetGrown(t.Context()))
		if w.count(w.wang) != 2 {
			t.Fatal("too early")
		}
		w.Clock.Set(model.Date("2026-12-01").At(0, 0))
		for range 2 {
			w.Must(w.ForgetGrown(t.Context()))
		}
		mine, err := w.Mine(t.Context(), w.wang)
		w.Must(err)
		if len(mine) != 1 || mine[0].ID != young.ID || len(w.told.notices) != 1 || w.told.notices[0].User != w.wang.User {
			t.Fatalf("%+v, told %+v", mine, w.told.notices)
		}
	})
}

func TestSixOfNineAtOnceFindAPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		done := w.AtOnce(9, func(i int) error {
			_, err := w.Add(t.Context(), w.wang, said(fmt.Sprintf("小%d", i)))
			return err
		}, guardian.ErrTooMany)
		if done != model.MaxChildren || w.count(w.wang) != model.MaxChildren {
			t.Fatalf("%d were registered", done)
		}
		mine, err := w.Mine(t.Context(), w.wang)
		w.Must(err)
		w.Must(w.Remove(t.Context(), w.wang, mine[2].ID))
		w.adds(w.wang, said("小新"))
	})
}

func TestOneChildEightTimesAtOnceIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		done := w.AtOnce(8, func(int) error {
			_, err := w.Add(t.Context(), w.wang, said("小雨"))
			return err
		}, guardian.ErrKnown)
		if done != 1 || w.count(w.wang) != 1 {
			t.Fatalf("%d times", done)
		}
	})
}

// What the race above would see if children were counted and then added: without the unique
// slots there would be as many as ask.
func TestPowerCountingFirstRegistersMoreThanSix(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.adds(w.wang, said(fmt.Sprintf("小%d", i)))
		}
		var looked sync.WaitGroup
		looked.Add(4)
		w.AtOnce(4, func(i int) error {
			rows, err := w.Store.Children.ListByGuardian(t.Context(), w.wang.User)
			looked.Done()
			looked.Wait()
			if err != nil || len(rows) >= model.MaxChildren {
				return err
			}
			row, err := guardian.NewChild(w.Store, w.wang.User, said(fmt.Sprintf("小新%d", i)))
			if err != nil {
				return err
			}
			row.Slot = 100 + i // a slot that nobody else can take
			return w.Store.Children.Add(t.Context(), &row)
		})
		all, err := w.Store.Children.ListGrown(t.Context(), "2100-01") // of any age
		if w.Must(err); len(all) <= model.MaxChildren {
			t.Fatalf("%d children: the race is too weak to see anything", len(all))
		}
	})
}
