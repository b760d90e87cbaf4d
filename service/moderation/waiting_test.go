package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

// ears keep what people were told, and how often.
type ears struct {
	mu    sync.Mutex
	texts map[model.UserID]string
	times int
	fail  error
}

func (e *ears) Tell(_ context.Context, _ *store.Store, n model.Notice) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.times++
	e.texts[n.User] = n.Text.ZH
	return e.fail
}

func listening() *ears { return &ears{texts: map[model.UserID]string{}} }

// hears says of how many items each person is told at that time of day in November.
func (d *desk) hears(day, hour int, want map[model.UserID]int) {
	d.T.Helper()
	d.Clock.Set(time.Date(2026, 11, day, hour, 0, 0, 0, model.Shanghai))
	heard := listening()
	for range 2 { // the second time nobody is told
		_, err := d.TellWaiting(d.T.Context(), heard)
		d.Must(err)
	}
	texts := map[model.UserID]string{}
	for user, n := range want {
		texts[user] = fmt.Sprintf("现有 %d 项内容等待复核，请及时处理。", n)
	}
	if !maps.Equal(heard.texts, texts) || heard.times != len(want) {
		d.T.Errorf("on the %dth at %d: %v, want %v", day, hour, heard.texts, texts)
	}
}

// heldFrom puts a text of somebody's before a person.
func (d *desk) heldFrom(writer model.UserID, object byte) {
	d.T.Helper()
	d.Must(d.Store.InTx(d.T.Context(), func(tx *store.Store) error {
		return d.Hold(d.T.Context(), tx, model.ModerationItem{
			Kind: model.ModeratedMessage, ObjectID: model.ID[any]{15: object}, ObjectVersion: 1, UnitID: d.branch, WriterID: writer, Text: "一句话",
		})
	}))
}

func TestThoseNearestHearFirstAndThoseAboveWithEachWorkingDay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		clock.Set(time.Date(2026, 11, 26, 10, 10, 0, 0, model.Shanghai)) // a Thursday
		resident := d.Person("王女士").User
		first := d.held(1) // the secretary's own
		d.heldFrom(resident, 2)
		d.heldFrom(resident, 3)
		d.hears(26, 10, nil)
		d.hears(26, 11, map[model.UserID]int{d.secretary.User: 2, d.worker.User: 1})
		d.hears(26, 12, nil)
		_, err := d.Release(t.Context(), d.secretary, d.ofMessage(2), "")
		d.Must(err)
		d.hears(27, 11, map[model.UserID]int{d.secretary.User: 1, d.worker.User: 2, d.clerk.User: 1})
		d.hears(28, 11, nil) // a Saturday
		_, err = d.Refuse(t.Context(), d.worker, first.ID, "不合适")
		d.Must(err)
		d.hears(30, 11, map[model.UserID]int{d.secretary.User: 1, d.worker.User: 1, d.clerk.User: 1})
		_, err = d.Release(t.Context(), d.clerk, d.ofMessage(3), "")
		d.Must(err)
		d.hears(31, 11, nil) // the 1st of December
	})
}

func (d *desk) ofMessage(object byte) model.ModerationItemID {
	d.T.Helper()
	item, err := d.Store.ModerationItems.GetByObject(d.T.Context(), model.ModeratedMessage, model.ID[any]{15: object}, 1)
	d.Must(err)
	return item.ID
}

func TestWhereNobodyIsTheNextLevelHears(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	d := newDesk(t, s, clock)
	d.branch = d.Unit(model.Branch, d.Read(d.branch).ParentID) // has no secretary
	clock.Set(time.Date(2026, 11, 26, 21, 30, 0, 0, model.Shanghai))
	d.heldFrom(d.Person("王女士").User, 2)
	d.hears(26, 22, nil) // in the evening it waits for the morning
	d.hears(27, 8, map[model.UserID]int{d.worker.User: 1})
}

func TestNobodyIsHeldToHaveHeardWhatFailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		d.heldFrom(d.Person("王女士").User, 2)
		clock.Move(time.Hour)
		broken := listening()
		broken.fail = errors.New("no inbox")
		if n, err := d.TellWaiting(t.Context(), broken); n != 0 || !errors.Is(err, broken.fail) {
			t.Fatal(n, err)
		}
		d.hears(23, 11, map[model.UserID]int{d.secretary.User: 1})
	})
}

func TestEightWorkersTellOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		d.heldFrom(d.Person("王女士").User, 2)
		clock.Move(time.Hour)
		heard := listening()
		d.AtOnce(8, func(int) error { _, err := d.TellWaiting(t.Context(), heard); return err })
		if heard.times != 1 {
			t.Errorf("told %d times", heard.times)
		}
	})
}

// The race above would hear more: this is what it hears of workers who look at what is due, tell and
// then write that they did.
func TestPowerTellingBeforeItIsWrittenTellsOften(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenMySQL(t)
	d := newDesk(t, s, clock)
	d.heldFrom(d.Person("王女士").User, 2)
	clock.Move(time.Hour)
	heard, looked := listening(), storetest.NewBarrier(8)
	d.AtOnce(8, func(int) error {
		units, err := s.ModerationItems.ListUnitsDue(t.Context(), s.Now(), 1)
		looked.Wait()
		for range units {
			err = errors.Join(err, heard.Tell(t.Context(), s, model.Notice{User: d.secretary.User}))
		}
		items, listErr := s.ModerationItems.ListHeld(t.Context(), d.branch, 1)
		if listErr == nil {
			_, listErr = s.ModerationItems.SaveReminded(t.Context(), items[0], s.Now().Add(time.Hour))
		}
		return errors.Join(err, listErr)
	})
	if heard.times <= 1 {
		t.Errorf("the naive workers told %d times", heard.times)
	}
}
