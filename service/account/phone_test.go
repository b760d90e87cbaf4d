package account_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/wechat"
)

const number = "13800000000"

func TestAPhoneIsBoundAndShownMasked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.phone(w.wang) != "" {
			t.Fatal("a number from nowhere")
		}
		bound, err := w.BindPhone(t.Context(), w.wang, "wang/"+number)
		w.Must(err)
		if bound.Masked != "138****0000" || w.phone(w.wang) != bound.Masked {
			t.Fatalf("%q and %q", bound.Masked, w.phone(w.wang))
		}
		row, err := w.Store.Phones.GetByUser(t.Context(), w.wang.User)
		w.Must(err)
		if bytes.Contains(append(row.Sealed, row.PhoneHash...), []byte(number)) {
			t.Fatal("the database can be read")
		}
		if full, err := account.PhoneOf(t.Context(), w.Store, w.wang.User); err != nil || full != number {
			t.Fatalf("%q %v", full, err)
		}
	})
}

func TestNumbersAndNamesFromBeforeAreKnown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		former := func(kind model.FormerKind) string {
			values, err := account.Former(t.Context(), w.Store, w.wang.User, kind)
			w.Must(err)
			slices.Sort(values)
			return strings.Join(values, " ")
		}
		w.binds(w.wang, "wang/"+number)
		w.binds(w.wang, "wang/"+number+"/again") // again: nothing is replaced
		w.binds(w.wang, "wang/13900139000")
		w.binds(w.li, "li/13900139000")
		if got := former(model.FormerPhone); got != number+" 13900139000" {
			t.Errorf("numbers from before are %q", got)
		}
		for _, name := range []string{"三楼王姐", "【复核】王", "王大姐"} {
			_, err := w.ChangeMe(t.Context(), w.wang, nil, account.Change{Nickname: &name})
			w.Must(err)
		}
		if got := former(model.FormerNickname); got != "【复核】王 三楼王姐" {
			t.Errorf("names from before are %q", got)
		}
	})
}

func TestNobodyBindsAnothersPhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.BindPhone(t.Context(), w.li, "wang/"+number)
		w.ExpectFault(err, wechat.ErrPhoneCodeInvalid)
		if w.phone(w.li) != "" || w.phone(w.wang) != "" {
			t.Fatal("a number was bound")
		}
	})
}

func TestANumberThatMovesTellsWhoHadIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.binds(w.wang, "wang/"+number)
		w.signsIn("wang")
		w.signsIn("li")
		w.binds(w.li, "li/"+number)
		if w.phone(w.wang) != "" || w.phone(w.li) != "138****0000" {
			t.Fatalf("wang has %q, li %q", w.phone(w.wang), w.phone(w.li))
		}
		if w.live(w.wang) != 0 || w.live(w.li) != 2 {
			t.Fatalf("wang has %d sessions, li %d", w.live(w.wang), w.live(w.li))
		}
		if len(w.told.notices) != 1 || w.told.notices[0].User != w.wang.User {
			t.Fatalf("%+v", w.told.notices)
		}
		if bytes.Contains([]byte(w.told.notices[0].Text.ZH), []byte(number)) {
			t.Fatal("the notice names the number")
		}
	})
}

func TestAChangedNumberEndsTheOtherSessions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.binds(w.wang, "wang/"+number)
		w.signsIn("wang")
		w.binds(w.wang, "wang/"+number+"/again")
		if w.live(w.wang) != 2 {
			t.Fatalf("%d sessions are open after binding the same number", w.live(w.wang))
		}
		w.binds(w.wang, "wang/13900000000")
		if w.live(w.wang) != 1 || w.phone(w.wang) != "139****0000" || len(w.told.notices) != 0 {
			t.Fatalf("%d sessions are open, told %+v", w.live(w.wang), w.told.notices)
		}
		w.binds(w.li, "li/"+number)
		if w.phone(w.li) != "138****0000" || w.live(w.wang) != 1 {
			t.Fatal("the old number is not free")
		}
	})
}

func TestTheSameKeyBindsOnceAndAsksWeChatOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := &model.OnceKey{Actor: w.wang.User, Operation: "bindPhone", Key: "k", Hash: make([]byte, 32)}
		for i := range 2 {
			bound, err := w.BindPhone(model.WithOnceKey(t.Context(), key), w.wang, "wang/"+number)
			w.Must(err)
			if bound.Masked != "138****0000" || key.Replayed != (i == 1) {
				t.Fatalf("%+v, replayed %v", bound, key.Replayed)
			}
		}
	})
}

func TestOneWhoBindsEightNumbersAtOnceHasOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.AtOnce(8, func(i int) error {
			_, err := w.BindPhone(t.Context(), w.wang, fmt.Sprintf("wang/1380000000%d", i))
			return err
		})
		if w.phone(w.wang) == "" || w.live(w.wang) != 1 {
			t.Fatalf("%q, %d sessions", w.phone(w.wang), w.live(w.wang))
		}
	})
}

func TestEightWhoGetOneNumberAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := w.eight()
		w.AtOnce(8, func(i int) error {
			_, err := w.BindPhone(t.Context(), people[i], openID(i)+"/"+number)
			return err
		})
		holders := 0
		for _, p := range people {
			if w.phone(p) != "" {
				holders++
			}
		}
		if holders != 1 {
			t.Fatalf("%d accounts have the number", holders)
		}
	})
}

// What the race above would see if the number were looked for and then added.
func TestPowerLookingForANumberFirstGivesItTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := w.eight()
		var looked sync.WaitGroup
		looked.Add(8)
		got := w.AtOnce(8, func(i int) error {
			_, err := w.Store.Phones.Get(t.Context(), w.Store.Keys().PhoneIndexes(number))
			looked.Done()
			looked.Wait()
			if !errors.Is(err, fault.ErrNotFound) {
				return err
			}
			return naive(t.Context(), w.Store, people[i].User)
		})
		if got < 2 {
			t.Fatalf("%d got the number: the race is too weak to see anything", got)
		}
	})
}

// naive binds the number under a key that others do not share.
func naive(ctx context.Context, s *store.Store, user model.UserID) error {
	return s.Phones.Add(ctx, &model.Phone{
		PhoneHash: s.Keys().PhoneIndex(number + user.String()), UserID: user, Sealed: []byte(number), VerifiedAt: s.Now(),
	})
}

func openID(i int) string { return "person-" + string(rune('a'+i)) }

func (w *world) eight() []model.Actor {
	people := make([]model.Actor, 8)
	for i := range people {
		people[i] = w.signsIn(openID(i))
	}
	return people
}
