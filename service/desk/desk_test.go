package desk_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/desk"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// drawer draws codes, or is gone.
type drawer struct {
	scene string
	gone  bool
}

func (d *drawer) Code(_ context.Context, page, scene string) (wechat.Picture, error) {
	if d.gone || page != "pages/desk/index" {
		return wechat.Picture{}, wechat.ErrUnavailable
	}
	d.scene = scene
	return wechat.Picture{ContentType: "image/jpeg", Bytes: []byte("dots")}, nil
}

type world struct {
	storetest.World
	*desk.Service
	accounts               *account.Service
	drawer                 *drawer
	secretary, worker, li  model.Actor
	branch                 model.UnitID
	formerWorker, stranger model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, drawer: &drawer{}}
	w.accounts = account.New(s, nil, nil, nil, []byte("a session key of 32 secret bytes"))
	w.Service = desk.New(s, access.New(s, org.New(s)), w.accounts, w.drawer)
	community := w.Unit(model.Community, model.UnitID{})
	w.branch = w.Unit(model.Branch, community)
	w.secretary, w.worker = w.Staff(model.Secretary, w.branch), w.Staff(model.CommunityWorker, community)
	w.li, w.stranger, w.formerWorker = w.Person("李师傅"), w.Person("陌生人"), w.Person("原网格员")
	now := clock.Now()
	w.Must(s.Grants.Add(t.Context(), &model.Grant{
		ID: model.NewID[model.Grant](now), UserID: w.formerWorker.User, Role: model.GridWorker, UnitID: community,
		ValidFrom: now.Add(-time.Hour), ValidTo: &now, CreatedAt: now,
	}))
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func (w *world) asks() desk.Asked {
	w.T.Helper()
	asked, err := w.Ask(w.T.Context(), "Edge · Windows", "203.0.113.77")
	w.Must(err)
	return asked
}

func (w *world) sessions(who model.Actor) []model.Session {
	w.T.Helper()
	open, err := w.accounts.Sessions(w.T.Context(), who, model.Page{})
	w.Must(err)
	return open.Items
}

// opens must be refused in that way.
func (w *world) refused(asked desk.Asked, want error) {
	w.T.Helper()
	_, err := w.Open(w.T.Context(), asked.ID, asked.Secret)
	w.ExpectFault(err, want)
}

func TestAScanLetsAPageInOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		if asked.Scene() != w.drawer.scene || string(asked.Code.Bytes) != "dots" {
			t.Fatalf("the code has %q", w.drawer.scene)
		}
		w.refused(asked, desk.ErrWaiting)
		seen, err := w.Look(t.Context(), w.secretary, asked.ID)
		w.Must(err)
		if seen.Browser != "Edge · Windows" || seen.Address != "203.0.113.*" || seen.Status != model.DeskWaiting || !seen.CreatedAt.Equal(w.Clock.Now()) {
			t.Fatalf("%+v", seen)
		}
		_, err = w.Confirm(t.Context(), w.secretary, asked.ID)
		w.Must(err)
		_, err = w.Open(t.Context(), asked.ID, asked.Secret[1:]+"A")
		w.ExpectFault(err, fault.ErrNotFound)
		in, err := w.Open(t.Context(), asked.ID, asked.Secret)
		w.Must(err)
		actor, err := w.accounts.Authenticate(t.Context(), in.Token)
		w.Must(err)
		if open := w.sessions(w.secretary); actor.User != w.secretary.User || len(open) != 1 || open[0].Client != "Edge · Windows" {
			t.Fatalf("%+v", open)
		}
		w.refused(asked, desk.ErrUsed)
		_, err = w.Confirm(t.Context(), w.secretary, asked.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		if f := fault.From(err); f.Current != string(model.DeskUsed) || len(f.Allowed) != 0 {
			t.Fatalf("%+v", f)
		}
		row, err := w.Store.DeskLogins.Get(t.Context(), asked.ID)
		if w.Must(err); row.SessionID != actor.Session || string(row.SecretHash) == asked.Secret {
			t.Fatalf("%+v", row)
		}
		if audits, err := w.Store.Audit.List(t.Context(), model.Page{}); err != nil || len(audits.Items) != 1 || audits.Items[0].Action != "desk.confirmation" {
			t.Fatalf("%+v %v", audits, err)
		}
	})
}

func TestOnlyWhoHasARoleMayLookAndDecide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		for _, who := range []model.Actor{w.li, w.formerWorker} {
			_, err := w.Look(t.Context(), who, asked.ID)
			w.ExpectFault(err, fault.ErrForbidden)
			_, err = w.Confirm(t.Context(), who, asked.ID)
			w.ExpectFault(err, fault.ErrForbidden)
			_, err = w.Refuse(t.Context(), who, asked.ID)
			w.ExpectFault(err, fault.ErrForbidden)
		}
		_, err := w.Confirm(t.Context(), model.Actor{}, asked.ID)
		w.ExpectFault(err, fault.ErrUnauthenticated)
		_, err = w.Confirm(t.Context(), w.secretary, model.DeskLoginID{1})
		w.ExpectFault(err, fault.ErrNotFound)
		w.refused(asked, desk.ErrWaiting)
	})
}

func TestARoleThatEndsBeforeThePageComesLetsNobodyIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		_, err := w.Confirm(t.Context(), w.secretary, asked.ID)
		w.Must(err)
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.secretary.User)
		w.Must(err)
		w.Must(w.Store.Grants.SaveEnded(t.Context(), grants[0].ID, w.Clock.Now()))
		w.refused(asked, fault.ErrForbidden)
		if n := len(w.sessions(w.secretary)); n != 0 {
			t.Fatalf("%d sessions", n)
		}
	})
}

func TestARefusalKeepsThePageOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		_, err := w.Refuse(t.Context(), w.worker, asked.ID)
		w.Must(err)
		w.refused(asked, desk.ErrRefused)
		_, err = w.Confirm(t.Context(), w.secretary, asked.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

func TestTwoMinutesAreAllThereAre(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		waiting, confirmed := w.asks(), w.asks()
		_, err := w.Confirm(t.Context(), w.secretary, confirmed.ID)
		w.Must(err)
		w.Clock.Move(desk.Lifetime - time.Millisecond)
		w.refused(waiting, desk.ErrWaiting)
		w.Clock.Move(time.Millisecond)
		for _, late := range []desk.Asked{waiting, confirmed} {
			w.refused(late, desk.ErrExpired)
			_, err = w.Refuse(t.Context(), w.secretary, late.ID)
			w.ExpectFault(err, fault.ErrIllegalTransition)
		}
		if seen, err := w.Look(t.Context(), w.secretary, waiting.ID); err != nil || seen.Status != model.DeskExpired {
			t.Fatalf("%+v %v", seen, err)
		}
		w.Clock.Move(time.Hour)
		w.Must(w.ForgetOld(t.Context()))
		w.refused(waiting, desk.ErrExpired)
		w.Clock.Move(time.Millisecond)
		w.Must(w.ForgetOld(t.Context()))
		w.refused(waiting, fault.ErrNotFound)
	})
}

func TestWithoutWeChatNothingIsKept(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		w.drawer.gone = true
		_, err := w.Ask(t.Context(), "Edge", "")
		w.ExpectFault(err, wechat.ErrUnavailable)
		var kept int
		w.Must(past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM desk_logins").Scan(&kept))
		if kept != 0 {
			t.Fatalf("%d rows", kept)
		}
	})
}

func TestAPageLetsNobodyIntoAnAccountThatGoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		_, err := w.Confirm(t.Context(), w.secretary, asked.ID)
		w.Must(err)
		now := w.Clock.Now()
		w.Must(w.Store.Closures.Add(t.Context(), &model.Closure{
			ID: model.NewID[model.Closure](now), UserID: w.secretary.User, Cause: model.ClosedByPerson, Status: model.ClosureErasing, AskedAt: now, DueAt: now, Live: new(true),
		}))
		w.refused(asked, account.ErrErasing)
		w.Must(err)
	})
}

// TestFiftyPollsGetOneSession polls from before the confirmation until after it.
func TestFiftyPollsGetOneSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		got := w.AtOnce(51, func(i int) error {
			if i == 25 {
				_, err := w.Confirm(t.Context(), w.secretary, asked.ID)
				if err == nil {
					err = desk.ErrUsed // not a poll that was let in
				}
				return err
			}
			_, err := w.Open(t.Context(), asked.ID, asked.Secret)
			return err
		}, desk.ErrWaiting, desk.ErrUsed)
		if got == 0 { // all polled before the confirmation
			_, err := w.Open(t.Context(), asked.ID, asked.Secret)
			w.Must(err)
			got = 1
		}
		if n := len(w.sessions(w.secretary)); got != 1 || n != 1 {
			t.Fatalf("%d polls were let in, %d sessions", got, n)
		}
	})
}

func TestFiftyPollsAfterTheConfirmationGetOneSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		_, err := w.Confirm(t.Context(), w.secretary, asked.ID)
		w.Must(err)
		got := w.AtOnce(50, func(int) error {
			_, err := w.Open(t.Context(), asked.ID, asked.Secret)
			return err
		}, desk.ErrUsed)
		if n := len(w.sessions(w.secretary)); got != 1 || n != 1 {
			t.Fatalf("%d polls were let in, %d sessions", got, n)
		}
	})
}

func TestTheFirstOfTwoWhoConfirmCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked, both := w.asks(), []model.Actor{w.secretary, w.worker}
		done := w.AtOnce(10, func(i int) error {
			_, err := w.Confirm(t.Context(), both[i%2], asked.ID)
			return err
		}, fault.ErrIllegalTransition)
		if done != 1 {
			t.Fatalf("%d confirmed", done)
		}
		_, err := w.Open(t.Context(), asked.ID, asked.Secret)
		w.Must(err)
		row, err := w.Store.DeskLogins.Get(t.Context(), asked.ID)
		w.Must(err)
		if mine, others := len(w.sessions(model.Actor{User: row.UserID})), len(w.sessions(w.secretary))+len(w.sessions(w.worker)); mine != 1 || others != 1 {
			t.Fatalf("%d of whoever confirmed, %d in all", mine, others)
		}
	})
}

// What the races above would see if a page were looked at and then let in.
func TestPowerLookingFirstLetsAPageInAgainAndAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		_, err := w.Confirm(t.Context(), w.secretary, asked.ID)
		w.Must(err)
		var looked sync.WaitGroup
		looked.Add(10)
		w.AtOnce(10, func(int) error {
			seen, err := w.Store.DeskLogins.Get(t.Context(), asked.ID)
			looked.Done()
			looked.Wait()
			if err != nil || seen.Status != model.DeskConfirmed {
				return err
			}
			return w.Store.InTx(t.Context(), func(tx *store.Store) error {
				_, _, err := w.accounts.OpenFor(t.Context(), tx, seen.UserID, seen.Browser)
				return err
			})
		})
		if n := len(w.sessions(w.secretary)); n < 2 {
			t.Fatalf("%d sessions: the race is too weak to see anything", n)
		}
	})
}

func TestTheSameKeyConfirmsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := w.asks()
		key := &model.OnceKey{Actor: w.secretary.User, Operation: "confirmDeskLogin", Key: "k", Hash: make([]byte, 32)}
		for i := range 2 {
			d, err := w.Confirm(model.WithOnceKey(t.Context(), key), w.secretary, asked.ID)
			w.Must(err)
			if d.Status != model.DeskConfirmed || key.Replayed != (i == 1) {
				t.Fatalf("%+v, replayed %v", d, key.Replayed)
			}
		}
	})
}
