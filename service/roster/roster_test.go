package roster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/roster"
)

var (
	estate   = model.UnitID{15: 1}
	building = model.UnitID{15: 2}
	branch   = model.UnitID{15: 3}
)

func batchID(s *store.Store) model.RosterBatchID { return model.NewID[model.RosterBatch](s.Now()) }

// put brings lines in and gives the changes.
func put(t *testing.T, s *store.Store, batch model.RosterBatchID, lines ...roster.Line) (changes []roster.Change) {
	t.Helper()
	must(t, s.InTx(t.Context(), func(tx *store.Store) (err error) {
		changes, err = roster.Put(t.Context(), tx, batch, lines)
		return err
	}))
	return changes
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wang() roster.Line {
	return roster.Line{
		Kind: model.ResidentRoster, EstateID: estate, BuildingID: building, Stairwell: "1单元", Room: "302",
		Name: "王桂花", Phone: "138 0000 0001", Relation: "owner",
	}
}

func member() roster.Line {
	return roster.Line{
		Kind: model.PartyRoster, BranchID: branch, EstateID: estate, Name: "李建国", Phone: "13800000002",
		Member: roster.Member{JoinedOn: "1998-07-01", Duty: "组织委员"},
	}
}

func TestALineComesBackByPhoneAndByRoom(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		put(t, s, batchID(s), wang(), member())
		for _, written := range []string{"13800000001", "+86 138-0000-0001"} {
			found, err := roster.ByPhone(t.Context(), s, written)
			must(t, err)
			if len(found) != 1 || found[0].Name != "王桂花" || found[0].Phone != "13800000001" || found[0].Room != "302" {
				t.Fatalf("%+v", found)
			}
		}
		found, err := roster.ByPhone(t.Context(), s, "13800000002")
		must(t, err)
		if len(found) != 1 || found[0].Member != member().Member || found[0].BranchID != branch {
			t.Fatalf("%+v", found)
		}
		found, err = roster.OfRoom(t.Context(), s, building, "一单元", "302室")
		must(t, err)
		if len(found) != 1 || found[0].Name != "王桂花" {
			t.Fatalf("%+v", found)
		}
		if found, err = roster.ByPhone(t.Context(), s, "13900000001"); err != nil || len(found) != 0 {
			t.Fatalf("a stranger's number finds %+v, %v", found, err)
		}
	})
}

func TestTheSameBatchTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		again := wang()
		again.Stairwell, again.Phone = "１单元", "+8613800000001"
		lines := []roster.Line{wang(), member(), again}
		want := []roster.Change{roster.Added, roster.Added, roster.Doubled}
		diff, err := roster.New(s).Diff(t.Context(), lines)
		must(t, err)
		if got := put(t, s, batchID(s), lines...); !slices.Equal(got, want) || !slices.Equal(diff, want) {
			t.Fatalf("%v, foreseen as %v", got, diff)
		}
		clock.Move(24 * time.Hour)
		want = []roster.Change{roster.Unchanged, roster.Unchanged, roster.Doubled}
		if got := put(t, s, batchID(s), lines...); !slices.Equal(got, want) {
			t.Fatalf("%v the second time", got)
		}
	})
}

func TestAChangedLineEndsAndBeginsAnew(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		put(t, s, batchID(s), wang())
		clock.Move(24 * time.Hour)
		moved := wang()
		moved.Phone = "13800000009"
		if got := put(t, s, batchID(s), moved); got[0] != roster.Changed {
			t.Fatal(got)
		}
		old, err := roster.ByPhone(t.Context(), s, "13800000001")
		must(t, err)
		now, err := roster.ByPhone(t.Context(), s, "13800000009")
		must(t, err)
		if len(old) != 0 || len(now) != 1 || now[0].ValidFrom != "2026-11-24" {
			t.Fatalf("%+v and %+v", old, now)
		}
		all, err := s.RosterEntries.List(t.Context(), store.RosterScope{Kind: model.ResidentRoster, EstateID: estate}, model.Page{})
		must(t, err)
		if len(all.Items) != 1 {
			t.Fatalf("%d lines in force", len(all.Items))
		}
	})
}

func TestWhatAWholeRosterNoLongerHasEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		elsewhere := wang()
		elsewhere.EstateID, elsewhere.BuildingID = model.UnitID{15: 8}, model.UnitID{15: 9}
		gone := wang()
		gone.Name, gone.Phone = "王小明", "13800000003"
		put(t, s, batchID(s), wang(), gone, elsewhere, member())
		second := batchID(s)
		put(t, s, second, wang())
		end := func() (n int) {
			must(t, s.InTx(t.Context(), func(tx *store.Store) (err error) {
				n, err = roster.EndUnseen(t.Context(), tx, roster.Scope{Kind: model.ResidentRoster, EstateID: estate}, second)
				return err
			}))
			return n
		}
		if first, again := end(), end(); first != 1 || again != 0 {
			t.Fatalf("%d ended, then %d", first, again)
		}
		if found, err := roster.ByPhone(t.Context(), s, gone.Phone); err != nil || len(found) != 0 {
			t.Fatalf("%+v %v", found, err)
		}
		if got := put(t, s, batchID(s), gone)[0]; got != roster.Added {
			t.Fatalf("who comes back is %s", got)
		}
	})
}

// TestTheDatabaseHoldsNothingReadable looks at the rows as the database has them.
func TestTheDatabaseHoldsNothingReadable(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		put(t, s, batchID(s), wang(), member())
		for _, number := range []string{"13800000001", "13800000002"} {
			rows, err := s.RosterEntries.ListByPhone(t.Context(), s.Keys().PhoneIndexes(number))
			must(t, err)
			for _, row := range rows {
				stored := slices.Concat(row.NameSealed, row.PhoneSealed, row.PhoneHash, row.Member, row.LiveKey, row.Content)
				for _, secret := range []string{number, "王桂花", "李建国", "1998", "组织委员"} {
					if bytes.Contains(stored, []byte(secret)) {
						t.Errorf("%s can be read", secret)
					}
				}
			}
		}
	})
}

// TestTwoWhoBringInTheSameBatch leaves each line once.
func TestTwoWhoBringInTheSameBatch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		lines := make([]roster.Line, 50)
		for i := range lines {
			lines[i] = wang()
			lines[i].Room, lines[i].Phone = fmt.Sprint(100+i), fmt.Sprintf("138000001%02d", i)
		}
		race(t, 6, func(ctx context.Context) error {
			err := s.InTx(ctx, func(tx *store.Store) error {
				_, err := roster.Put(ctx, tx, batchID(s), lines)
				return err
			})
			if errors.Is(err, fault.ErrBusy) {
				return nil
			}
			return err
		})
		if n := inForce(t, s); n != 50 {
			t.Fatalf("%d lines of 50", n)
		}
	})
}

// What the race above would see if lines were looked for and then added, without a key.
func TestPowerLookingFirstDoublesLines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		var looked sync.WaitGroup
		looked.Add(6)
		race(t, 6, func(ctx context.Context) error {
			n, err := s.RosterEntries.ListByRoom(ctx, building, "1", "302")
			looked.Done()
			looked.Wait()
			if err != nil || len(n) > 0 {
				return err
			}
			id := model.NewID[model.RosterEntry](s.Now())
			return s.RosterEntries.Add(ctx, &model.RosterEntry{
				ID: id, Kind: model.ResidentRoster, EstateID: estate, BuildingID: building, Stairwell: "1", Room: "302", NameSealed: []byte{},
				PhoneSealed: []byte{}, Member: []byte{}, LiveKey: slices.Concat(id[:], id[:]), Content: make([]byte, 32), ValidFrom: "2026-11-23", CreatedAt: s.Now(),
			})
		})
		if n := inForce(t, s); n < 2 {
			t.Fatalf("%d lines: the race is too weak to see anything", n)
		}
	})
}

func race(t *testing.T, n int, do func(context.Context) error) {
	t.Helper()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := do(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func inForce(t *testing.T, s *store.Store) int {
	t.Helper()
	all, err := s.RosterEntries.List(t.Context(), store.RosterScope{Kind: model.ResidentRoster, EstateID: estate}, model.Page{Limit: 100})
	must(t, err)
	return len(all.Items)
}
