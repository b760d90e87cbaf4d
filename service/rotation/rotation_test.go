package rotation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/account"
	"jinlin/service/grant"
	"jinlin/service/guardian"
	"jinlin/service/identity"
	"jinlin/service/proxy"
	"jinlin/service/residence"
	"jinlin/service/roster"
	"jinlin/service/rotation"
	"jinlin/service/shop"
	"jinlin/service/signup"
)

var (
	first, second = storetest.Masters[0], storetest.Masters[1]
	retired       store.MasterKey
)

// town is a database and the processes that use it, each with the keys it knows.
type town struct {
	storetest.World
	url            string
	estate, branch model.UnitID
	people         []model.Actor
	homes          []model.Residence
	goods          []model.Redemption
	outings        []model.SignUp
}

func each(t *testing.T, people int, test func(t *testing.T, w *town)) {
	t.Parallel()
	run := func(url func(testing.TB) string) func(t *testing.T) {
		return func(t *testing.T) {
			w := &town{url: url(t), World: storetest.World{T: t, Clock: storetest.NewClock()}}
			w.Store = w.process(1, first)
			w.settle(people)
			test(t, w)
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(storetest.SQLiteURL)(t) })
	t.Run("mariadb", run(storetest.MySQLURL))
}

// process is one that knows some keys and seals under one of them.
func (w *town) process(current int, masters ...store.MasterKey) *store.Store {
	return storetest.OpenUnder(w.T, w.url, w.Clock, storetest.KeysOf(current, masters...))
}

func rotate(s *store.Store) *rotation.Service {
	return rotation.New(s, map[string]store.Reindex{
		"phones": store.ReindexOf(account.Reindex), "roster_entries": store.ReindexOf(roster.Reindex),
		"appointments": store.ReindexOf(grant.Reindex), "residences": store.ReindexOf(residence.Reindex), "redemptions": store.ReindexOf(shop.Reindex),
		"children": store.ReindexOf(guardian.Reindex), "sealed_identities": store.ReindexOf(identity.Reindex),
		"absentees": store.ReindexOf(proxy.Reindex),
	})
}

func number(i int) string { return fmt.Sprintf("138%08d", i) }

// settle fills every table that has sealed values: of each person a number and a line of the
// roster, and of some of them all the rest.
func (w *town) settle(n int) {
	w.T.Helper()
	ctx, s := w.T.Context(), w.Store
	w.estate, w.branch = w.Unit(model.Estate, model.UnitID{}), w.Unit(model.Branch, model.UnitID{})
	w.people = w.People(n)
	phones := make([]*model.Phone, n)
	for i, p := range w.people {
		var err error
		phones[i], err = account.NewPhone(s, p.User, number(i))
		w.Must(err)
	}
	w.Must(s.Phones.Add(ctx, phones...))
	for from := 0; from < n; from += store.MaxBatch {
		lines := make([]roster.Line, 0, store.MaxBatch)
		for i := from; i < min(n, from+store.MaxBatch); i++ {
			lines = append(lines, w.line(i))
		}
		w.Must(s.InTx(ctx, func(tx *store.Store) error {
			_, err := roster.Put(ctx, tx, model.NewID[model.RosterBatch](s.Now()), lines)
			return err
		}))
	}
	for i := range min(n, 20) {
		w.fill(i)
	}
}

func (w *town) line(i int) roster.Line {
	l := roster.Line{Kind: model.ResidentRoster, EstateID: w.estate, BuildingID: w.estate, Stairwell: "1", Room: fmt.Sprint(i), Name: fmt.Sprintf("王%d", i), Phone: number(i)}
	if i%2 == 0 {
		l.Kind, l.BranchID, l.Room, l.Member = model.PartyRoster, w.branch, "", roster.Member{JoinedOn: "1998-07-01"}
	}
	return l
}

func (w *town) fill(i int) {
	w.T.Helper()
	ctx, s, now, who := w.T.Context(), w.Store, w.Clock.Now(), w.people[i].User
	seal := func(table, column, row string) []byte {
		sealed, err := s.Keys().Seal(store.Place{Table: table, Column: column, Row: row}, []byte(fmt.Sprintf(`{"people":[{"name":"%d"}]}`, i)))
		w.Must(err)
		return sealed
	}
	home := model.Residence{
		ID: model.NewID[model.Residence](now), UserID: who, EstateID: w.estate, BuildingID: w.estate, Stairwell: "1", Room: fmt.Sprint(i), Relation: "owner",
		Status: model.ResidencePending, LiveKey: residence.LiveKey(s, who, w.estate, "1", fmt.Sprint(i)), CreatedAt: now,
	}
	if i%2 == 0 {
		home.Status, home.LiveKey = model.ResidenceEnded, nil
	}
	goods := model.Redemption{ID: model.NewID[model.Redemption](now), GoodsID: model.NewID[model.Goods](now), UnitID: w.estate, UserID: who, Quantity: 1, CodeHash: s.Keys().Index("redemptions.code", fmt.Sprintf(`{"people":[{"name":"%d"}]}`, i)), ExpiresAt: now, CreatedAt: now, UpdatedAt: now}
	goods.CodeSealed = seal("redemptions", "code_sealed", goods.ID.String())
	w.Agrees(w.people[i], model.PurposeCompanions)
	outing := model.SignUp{ID: model.NewID[model.SignUp](now), ActivityID: model.NewID[model.Activity](now), UserID: who, State: model.SignUpConfirmed, Places: 2, CreatedAt: now, UpdatedAt: now}
	outing.Details = seal("sign_ups", "details", outing.ID.String())
	d := model.Delivery{ID: model.NewID[model.Delivery](now), UserID: who, DedupeKey: fmt.Sprint(i), CreatedAt: now}
	d.Fields = seal("deliveries", "fields", d.ID.String())
	if i%2 == 0 {
		d.PushID, d.Fields = model.NewID[model.Push](now), []byte("{}")
	}
	key := &model.OnceKey{Actor: who, Operation: "op", Key: "k", Hash: make([]byte, 32)}
	_, err := store.Once(model.WithOnceKey(ctx, key), s, func(*store.Store) (int, error) { return i, nil })
	w.Must(err)
	w.Agrees(w.people[i], model.PurposeChildren)
	child, err := guardian.NewChild(s, who, guardian.Said{Details: guardian.Details{Name: fmt.Sprintf("小%d", i)}, Relation: "mother", BirthMonth: "2018-05"})
	w.Must(err)
	w.Must(s.Children.Add(ctx, &child))
	absent, err := proxy.NewRow(s, proxy.Person{Name: "李奶奶", Phone: number(100_000 + i)})
	w.Must(err)
	absent.RequestID, absent.EnteredBy = model.NewID[model.Request](now), who
	w.Must(s.Absentees.Add(ctx, &absent))
	sealed, err := identity.NewRow(s, who, w.branch)
	w.Must(err)
	w.Must(s.SealedIdentities.Add(ctx, &sealed))
	w.Must(s.Residences.Add(ctx, &home))
	w.Must(s.Redemptions.Add(ctx, &goods))
	w.Must(s.SignUps.Add(ctx, &outing))
	w.Must(s.Deliveries.Add(ctx, &d))
	w.homes, w.goods, w.outings = append(w.homes, home), append(w.goods, goods), append(w.outings, outing)
}

// found looks one person's number up in every way. A process that knows the keys must find
// it, whatever key it stands under.
func (w *town) found(ctx context.Context, s *store.Store, i int) error {
	if got, err := account.PhoneOf(ctx, s, w.people[i].User); err != nil || got != number(i) {
		return fmt.Errorf("%d: the number is %q, %w", i, got, err)
	}
	if p, err := s.Phones.Get(ctx, s.Keys().PhoneIndexes(number(i))); err != nil || p.UserID != w.people[i].User {
		return fmt.Errorf("%d: the number is another's, %w", i, err)
	}
	lines, err := roster.ByPhone(ctx, s, number(i))
	if err != nil || len(lines) != 1 || lines[0].Name != w.line(i).Name || lines[0].Member != w.line(i).Member {
		return fmt.Errorf("%d: the roster says %+v, %w", i, lines, err)
	}
	return nil
}

// all looks everything up; of very many people some.
func (w *town) all(s *store.Store) {
	w.T.Helper()
	ctx := w.T.Context()
	for i := 0; i < len(w.people); i += 1 + len(w.people)/2000 {
		w.Must(w.found(ctx, s, i))
	}
	for i, home := range w.homes {
		got, err := s.Residences.GetLive(ctx, s.Keys().Indexes("residences.live_key", liveKey(home)))
		if over := i%2 == 0; over != errors.Is(err, fault.ErrNotFound) || !over && got.ID != home.ID {
			w.T.Fatalf("home %d: %+v, %v", i, got, err)
		}
		code := fmt.Sprintf(`{"people":[{"name":"%d"}]}`, i)
		r, err := s.Redemptions.GetByCode(ctx, s.Keys().Indexes("redemptions.code", code))
		if err != nil || r.ID != w.goods[i].ID {
			w.T.Fatalf("goods %d: %v", i, err)
		}
		outing, err := s.SignUps.Get(ctx, w.outings[i].ID)
		w.Must(err)
		if party, err := signup.PartyOf(s, outing); err != nil || party.People[0].Name != fmt.Sprint(i) {
			w.T.Fatalf("party %d: %+v, %v", i, party, err)
		}
		key := &model.OnceKey{Actor: w.people[i].User, Operation: "op", Key: "k", Hash: make([]byte, 32)}
		again, err := store.Once(model.WithOnceKey(ctx, key), s, func(*store.Store) (int, error) { return -1, nil })
		if err != nil || again != i {
			w.T.Fatalf("the answer %d is %d, %v", i, again, err)
		}
		child := guardian.Said{Details: guardian.Details{Name: fmt.Sprintf("小%d", i), Emergency: guardian.Contact{Name: "奶奶", Phone: number(i)}}, BirthMonth: "2018-05"}
		if _, err := guardian.New(s, nil).Add(ctx, w.people[i], child); !errors.Is(err, guardian.ErrKnown) {
			w.T.Fatalf("child %d: %v", i, err)
		}
		w.unsealed(s, w.people[i].User)
	}
	var lines []roster.Line
	for i := range min(len(w.people), store.MaxBatch) {
		lines = append(lines, w.line(i))
	}
	changes, err := roster.New(s).Diff(ctx, lines)
	w.Must(err)
	for i, c := range changes {
		if c != roster.Unchanged {
			w.T.Fatalf("line %d is %s after nothing happened", i, c)
		}
	}
}

// unsealed looks for a person's sealed identity, and who is behind it.
func (w *town) unsealed(s *store.Store, user model.UserID) {
	w.T.Helper()
	ids, err := s.SealedIdentities.ListIDs(w.T.Context(), user)
	if err != nil || len(ids) != 2 {
		w.T.Fatalf("stands under %v, %v", ids, err)
	}
	if who, err := identity.PersonOf(w.T.Context(), s, ids[1]); err != nil || who != user {
		w.T.Fatalf("behind it is %s, %v", who, err)
	}
}

func liveKey(r model.Residence) string {
	return r.UserID.String() + "\x00" + r.BuildingID.String() + "\x00" + r.Stairwell + "\x00" + r.Room
}

func never() bool { return false }

// passes goes through until nothing is left, and says how often that took.
func (w *town) passes(s *store.Store) (moved int) {
	w.T.Helper()
	for range 5 {
		r, err := rotate(s).Pass(w.T.Context(), never)
		w.Must(err)
		if r.Broken > 0 || r.Clashes > 0 {
			w.T.Fatalf("%+v", r)
		}
		moved += r.Moved
		behind, err := rotate(s).Standing(w.T.Context())
		w.Must(err)
		if len(behind) == 0 {
			return moved
		}
	}
	w.T.Fatal("five passes were not enough")
	return 0
}

func (w *town) behind(s *store.Store) (stale, foreign int64) {
	w.T.Helper()
	tables, err := rotate(s).Standing(w.T.Context())
	w.Must(err)
	for _, table := range tables {
		stale, foreign = stale+table.Stale, foreign+table.Foreign
	}
	return stale, foreign
}

func TestANewKeyTakesOverWhilePeopleWork(t *testing.T) {
	each(t, many, func(t *testing.T, w *town) { w.takesOver() })
}

// takesOver rotates twice at once, while people look themselves up and another process,
// which seals under the old key still, takes new numbers and lines.
func (w *town) takesOver() {
	w.T.Helper()
	t, old, fresh := w.T, w.process(1, first, second), w.process(2, first, second)
	if stale, foreign := w.behind(fresh); stale != int64(2*len(w.people)+20+20+10+10+20+20+20+20) || foreign != 0 {
		t.Fatalf("%d stale, %d foreign at first", stale, foreign)
	}
	ctx, stop := context.WithCancel(t.Context())
	var reads atomic.Int64
	var people, work sync.WaitGroup
	for reader, s := range []*store.Store{old, fresh} {
		people.Go(func() {
			for i := reader; ctx.Err() == nil; i = (i + 7) % len(w.people) {
				if err := w.found(t.Context(), s, i); err != nil {
					t.Error(err)
					return
				}
				reads.Add(1)
			}
		})
	}
	newcomers := w.People(20)
	people.Go(func() {
		for i, p := range newcomers {
			phone, err := account.NewPhone(old, p.User, number(len(w.people)+i))
			if err == nil {
				err = old.Phones.Add(t.Context(), phone)
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	for range 2 {
		work.Go(func() {
			if r, err := rotate(fresh).Pass(t.Context(), never); err != nil || r.Broken+r.Clashes > 0 {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	work.Wait()
	stop()
	people.Wait()
	w.passes(fresh)
	if reads.Load() < 20 {
		t.Errorf("only %d reads meanwhile", reads.Load())
	}
	t.Logf("%d rows came under the new key, %d people were looked up meanwhile", 2*len(w.people)+100+len(newcomers), reads.Load())
	w.all(fresh)
	w.all(w.process(2, retired, second))
	if _, foreign := w.behind(w.process(1, first)); foreign < int64(2*len(w.people)) {
		t.Errorf("a process that does not know the key cannot open %d rows only", foreign)
	}
}

// What looking under the newest key alone would find.
func TestPowerLookingUnderOneKeyFindsNobody(t *testing.T) {
	each(t, 10, func(t *testing.T, w *town) {
		s := w.process(2, first, second)
		naive := func() (missed int) {
			for i := range w.people {
				if _, err := s.Phones.Get(t.Context(), [][]byte{s.Keys().PhoneIndex(number(i))}); errors.Is(err, fault.ErrNotFound) {
					missed++
				}
			}
			return missed
		}
		if missed := naive(); missed != len(w.people) {
			t.Fatalf("only %d of %d were missed", missed, len(w.people))
		}
		w.passes(s)
		if missed := naive(); missed > 0 {
			t.Fatalf("%d stand elsewhere", missed)
		}
	})
}

func TestAPassThatStopsIsTakenUpAgain(t *testing.T) {
	each(t, 500, func(t *testing.T, w *town) {
		s := w.process(2, first, second)
		batches := 0
		r, err := rotate(s).Pass(t.Context(), func() bool { batches++; return batches > 1 })
		w.Must(err)
		stale, _ := w.behind(s)
		if r.Moved == 0 || stale == 0 {
			t.Fatalf("%+v, and %d are left", r, stale)
		}
		w.all(s)
		if moved := w.passes(s); int64(moved) != stale {
			t.Errorf("%d of %d moved", moved, stale)
		}
		w.all(s)
		if again := w.passes(s); again != 0 {
			t.Errorf("%d moved although nothing was left", again)
		}
	})
}

// Somebody changes a row after a pass has read it: the pass leaves it alone.
func TestALineThatEndsMeanwhileStaysEnded(t *testing.T) {
	each(t, 10, func(t *testing.T, w *town) {
		s := w.process(2, first, second)
		lines := []roster.Line{w.line(1)}
		lines[0].Phone = number(900)
		w.Must(s.InTx(t.Context(), func(tx *store.Store) error {
			changes, err := roster.Put(t.Context(), tx, model.NewID[model.RosterBatch](s.Now()), lines)
			if err == nil && changes[0] != roster.Changed {
				err = fmt.Errorf("the line under the old key is %s", changes[0])
			}
			return err
		}))
		w.passes(s)
		if before, err := roster.ByPhone(t.Context(), s, number(1)); err != nil || len(before) > 0 {
			t.Errorf("the ended line is back: %+v, %v", before, err)
		}
		if now, err := roster.ByPhone(t.Context(), s, number(900)); err != nil || len(now) != 1 {
			t.Errorf("%+v, %v", now, err)
		}
	})
}

func TestADoorCodeHoldsUntilItIsRenewed(t *testing.T) {
	each(t, 1, func(t *testing.T, w *town) {
		door := model.Stairwell{ID: model.NewID[model.Stairwell](w.Clock.Now()), EstateID: w.estate, BuildingID: w.estate, Name: "1", DoorCodeKey: 1, ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: w.Clock.Now()}
		w.Must(w.Store.Stairwells.Add(t.Context(), &door))
		_, err := w.Store.Stairwells.SaveDoorCode(t.Context(), door, residence.CodeHash(w.Store, "ABCD2345"))
		w.Must(err)
		s := w.process(2, first, second)
		w.must(rotate(s).Pass(t.Context(), never))
		if stale, _ := w.behind(s); stale != 1 {
			t.Fatalf("%d stale", stale)
		}
		held, err := s.Stairwells.GetByDoorCode(t.Context(), s.Keys().Indexes("stairwells.door_code", "ABCD2345"))
		w.Must(err)
		_, err = s.Stairwells.SaveDoorCode(t.Context(), held, residence.CodeHash(s, "2345ABCD"))
		w.Must(err)
		if stale, _ := w.behind(s); stale != 0 {
			t.Fatalf("%d stale after it was renewed", stale)
		}
	})
}

func (w *town) must(_ store.Resealed, err error) { w.T.Helper(); w.Must(err) }

// A row whose value was changed by hand, or came from elsewhere, is named and left alone.
func TestWhatDoesNotOpenIsCounted(t *testing.T) {
	each(t, 3, func(t *testing.T, w *town) {
		spoilt, err := json.Marshal("x")
		w.Must(err)
		row := model.Phone{PhoneHash: w.Store.Keys().PhoneIndex("1"), UserID: model.NewID[model.User](w.Clock.Now()), Sealed: append([]byte{1}, spoilt...), VerifiedAt: w.Clock.Now()}
		w.Must(w.Store.Phones.Add(t.Context(), &row))
		s := w.process(2, first, second)
		if r, err := rotate(s).Pass(t.Context(), never); err != nil || r.Broken != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
