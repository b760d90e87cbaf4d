package identity_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/identity"
	"jinlin/service/jobs"
	"jinlin/service/mailbox"
	"jinlin/service/privacy"
)

func TestABranchKnowsAPersonByOneLabelAndAnotherByAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, second := w.submits(w.wang, w.estate), w.submits(w.wang, w.estate)
		elsewhere, others := w.submits(w.wang, w.otherEstate), w.submits(w.li, w.estate)
		labels := map[string]bool{w.label(first): true, w.label(elsewhere): true, w.label(others): true}
		if w.label(first) != w.label(second) || len(labels) != 3 || labels[""] {
			t.Fatalf("%v", labels)
		}
		mine, err := w.mailbox.ListMine(t.Context(), w.wang, model.Page{Limit: 2})
		w.Must(err)
		rest, err := w.mailbox.ListMine(t.Context(), w.wang, model.Page{Limit: 2, After: mine.Next})
		w.Must(err)
		seen := map[model.RequestID]bool{first: true, second: true, elsewhere: true}
		for _, e := range append(mine.Items, rest.Items...) {
			delete(seen, e.Request.ID)
		}
		if len(seen) > 0 || len(mine.Items)+len(rest.Items) != 3 || rest.Next != nil {
			t.Fatalf("not among mine: %v", seen)
		}
	})
}

func TestWhoSealedConversesAndHasTheLastWord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, photo := t.Context(), w.photo(w.wang)
		id := w.submits(w.wang, w.estate, photo)
		_, err := w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Write(ctx, w.secretary, id, "请问是哪一期？")
		w.Must(err)
		_, err = w.mailbox.Write(ctx, w.wang, id, "二期【复核】", w.photo(w.wang))
		w.Must(err)
		_, err = w.mailbox.Read(ctx, w.li, id)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.mailbox.Reply(ctx, w.secretary, id, "已公开")
		w.Must(err)
		view, err := w.mailbox.Read(ctx, w.wang, id)
		if w.Must(err); !view.Mine || view.Submitter != "王桂花" || len(view.Timeline[0].Shown) != 1 {
			t.Fatalf("%+v", view)
		}
		if _, err := w.uploads.Get(ctx, w.wang, photo); err != nil {
			t.Fatal(err)
		}
		_, err = w.uploads.Get(ctx, w.li, photo)
		w.ExpectFault(err, fault.ErrNotFound)
		state, err := w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed, Rating: 5})
		if w.Must(err); state.Status != model.RequestClosed {
			t.Fatalf("%+v", state)
		}
		inbox := w.inbox(w.wang)
		if len(inbox) != 3 { // accepted, a message, a reply
			t.Fatalf("%+v", inbox)
		}
		for _, m := range inbox {
			if m.Kind != "sealed_news" || m.Title != inbox[0].Title || strings.Contains(m.Text+m.Link+*m.DedupeKey, id.String()) || strings.Contains(m.Text, state.Receipt) {
				t.Errorf("names the request: %+v", m)
			}
		}
	})
}

// TestNothingJoinsAPersonToWhatTheySealed plays a whole course and then reads every row of
// every table and all that staff see: no row names both, and no row that names the person
// has a time, or an id made at one, that a row about the matter has. That the search finds
// what there is to find, the same course under a hidden name shows.
func TestNothingJoinsAPersonToWhatTheySealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := append(asBoth(w.wang.User), "王桂花", phone, "o-"+w.wang.User.String())
		w.Clock.Move(61*time.Minute + 7*time.Millisecond) // nothing before has this time, nor does an hour begin
		since := w.Clock.Now()
		sealed, seen := w.course(model.IdentitySealed)
		for _, rows := range [][]row{w.rows(), w.afterwards(2)} { // while they wait to be told, and then
			if joined := naming(rows, people, sealed); len(joined) > 0 {
				t.Fatalf("these rows join them:\n%s", strings.Join(joined, "\n"))
			}
			if joined := meeting(rows, since, people, sealed); len(joined) > 0 {
				t.Fatalf("the times of these rows join them:\n%s", strings.Join(joined, "\n"))
			}
		}
		for _, word := range people {
			if strings.Contains(seen, word) {
				t.Errorf("staff see %q in %s", word, seen)
			}
		}
		hidden, _ := w.course(model.IdentityHidden)
		if joined := naming(w.rows(), people, hidden); len(joined) < 10 {
			t.Fatalf("the search finds only %d rows of a hidden request: it could not tell", len(joined))
		}
		if joined := meeting(w.rows(), since, people, hidden); !strings.Contains(strings.Join(joined, "\n"), "\" messages ") {
			t.Fatalf("the search finds no message of a hidden request by its time: it could not tell:\n%s", strings.Join(joined, "\n"))
		}
	})
}

// afterwards are the rows once the person was told so many things.
func (w *world) afterwards(things int) []row {
	w.T.Helper()
	if told := w.inbox(w.wang); len(told) != things {
		w.T.Fatalf("told %d things: %+v", len(told), told)
	}
	return w.rows()
}

// course takes a request of wang's through everything that writes rows, and gives what names
// it and all that staff see of it.
func (w *world) course(as model.RequestIdentity) (names []string, seen string) {
	w.T.Helper()
	ctx, photo, early := w.T.Context(), w.photo(w.wang), w.photo(w.wang)
	w.Clock.Move(time.Hour) // both are held before they belong to anything; one is looked at
	w.Must(w.uploads.Watch(ctx))
	item, err := w.Store.ModerationItems.GetByObject(ctx, model.ModeratedUpload, model.ID[any](early), 1)
	w.Must(err)
	_, err = w.texts.Release(ctx, w.clerk, item.ID, "")
	w.Must(err)
	in := sealedAbout(w.estate, photo, early)
	in.Identity = as
	state, err := w.mailbox.Submit(model.WithOnceKey(ctx, &model.OnceKey{Actor: w.wang.User, Operation: "submitRequest", Key: string(as), Hash: make([]byte, 32)}), w.wang, in)
	w.Must(err)
	id := state.ID
	w.step(w.mailbox.Accept(ctx, w.secretary, id, ""))
	_, err = w.mailbox.Write(ctx, w.wang, id, "补充【复核】", w.photo(w.wang))
	w.Must(err)
	w.step(w.mailbox.Urge(ctx, w.wang, id))
	w.step(w.mailbox.Reply(ctx, w.secretary, id, "已公开"))
	w.step(w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed, Comment: "没有【复核】"}))
	w.Must(w.uploads.Watch(ctx))
	w.Clock.Move(time.Hour)
	w.Must(w.uploads.Watch(ctx))
	w.step(w.mailbox.Withdraw(ctx, w.wang, id))

	view, err := w.mailbox.Read(ctx, w.secretary, id)
	w.Must(err)
	inbox, err := w.mailbox.Inbox(ctx, w.auditor, mailbox.InboxFilter{Status: model.RequestWithdrawn}, model.Page{})
	w.Must(err)
	record, err := w.Store.Audit.List(ctx, model.Page{Limit: 100})
	w.Must(err)
	text, err := json.Marshal([]any{view, inbox, record})
	w.Must(err)
	request, err := w.Store.Requests.Get(ctx, id)
	w.Must(err)
	events, err := w.Store.RequestEvents.ListByRequest(ctx, id)
	w.Must(err)
	names = append(append(asBoth(id), asBoth(photo)...), request.Receipt)
	names = append(append(names, asBoth(early)...), asBoth(item.ID)...)
	for _, e := range events {
		names = append(names, asBoth(e.ID)...)
	}
	if as == model.IdentitySealed {
		names = append(names, asBoth(request.SubmitterID)...)
	}
	return names, string(text)
}

func (w *world) step(_ mailbox.State, err error) {
	w.T.Helper()
	w.Must(err)
	w.Clock.Move(time.Second)
}

func TestAbuseIsLimitedByTheLabel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, first := t.Context(), w.submits(w.wang, w.estate)
		w.submits(w.wang, w.estate)
		w.submits(w.wang, w.estate)
		_, err := w.mailbox.Submit(ctx, w.wang, sealedAbout(w.estate))
		w.ExpectFault(err, identity.ErrDailyLimit)
		w.submits(w.wang, w.otherEstate)
		w.Clock.Move(24 * time.Hour)

		_, err = w.Suspend(ctx, w.li, first, 7, "辱骂")
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Suspend(ctx, w.secretary, first, 31, "辱骂")
		w.ExpectFault(err, fault.ErrInvalid)
		s, err := w.Suspend(ctx, w.secretary, first, 7, "辱骂工作人员")
		if w.Must(err); s.Label != w.label(first) || !s.Until.Equal(w.Clock.Now().AddDate(0, 0, 7)) {
			t.Fatalf("%+v", s)
		}
		_, err = w.mailbox.Submit(ctx, w.wang, sealedAbout(w.estate))
		w.ExpectFault(err, identity.ErrSuspended)
		w.submits(w.wang, w.otherEstate)
		w.submits(w.li, w.estate)
		named := sealedAbout(w.estate)
		named.Identity = model.IdentityNamed
		state, err := w.mailbox.Submit(ctx, w.wang, named)
		w.Must(err)
		_, err = w.Suspend(ctx, w.secretary, state.ID, 7, "辱骂")
		w.ExpectFault(err, identity.ErrNotSealed)
		inbox := w.inbox(w.wang)
		if len(inbox) != 1 || !strings.Contains(inbox[0].Text, "暂停 7 天，原因：辱骂工作人员") {
			t.Fatalf("%+v", inbox)
		}
		w.Clock.Move(7 * 24 * time.Hour)
		w.submits(w.wang, w.estate)
	})
}

func TestManyDevicesAtOnceAreOneSealedIdentity(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.AtOnce(6, func(int) error {
			_, err := w.mailbox.Submit(t.Context(), w.wang, sealedAbout(w.estate))
			return err
		}, identity.ErrDailyLimit)
		ids, err := w.Store.SealedIdentities.ListIDs(t.Context(), w.wang.User)
		w.Must(err)
		mine, err := w.mailbox.ListMine(t.Context(), w.wang, model.Page{})
		if w.Must(err); len(ids) != 2 || len(mine.Items) != identity.PerDay {
			t.Fatalf("%d ids, %d requests", len(ids), len(mine.Items))
		}
	})
}

// TestPowerLookingFirstMakesSeveral is the power check: without the unique key of the pair,
// all who looked in time make one.
func TestPowerLookingFirstMakesSeveral(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var looked sync.WaitGroup
		looked.Add(4)
		w.AtOnce(4, func(i int) error {
			ids, err := w.Store.SealedIdentities.ListIDs(t.Context(), w.wang.User)
			looked.Done()
			looked.Wait()
			if err != nil || len(ids) > 1 {
				return err
			}
			row, err := identity.NewRow(w.Store, w.wang.User, w.branch)
			if err != nil {
				return err
			}
			row.PairKey[0] = byte(i) // a key that nobody else has
			return w.Store.SealedIdentities.Add(t.Context(), &row)
		})
		ids, err := w.Store.SealedIdentities.ListIDs(t.Context(), w.wang.User)
		if w.Must(err); len(ids) <= 2 {
			t.Fatalf("%d ids: this test cannot tell a key from none", len(ids))
		}
	})
}

func TestErasureLeavesALabelOfNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		in := sealedAbout(w.estate, w.photo(w.wang))
		in.Text, in.Location = "我是王桂花，电话 138 0013 8000，物业打人", "王桂花家门口"
		state, err := w.mailbox.Submit(ctx, w.wang, in)
		w.Must(err)
		o := w.asked(state.ID)
		people := privacy.New(w.Store, privacy.Settings{}, w.uploads, w.mailbox.Settle, w.uploads.Settle)
		export, err := people.Export(ctx, w.wang)
		w.Must(err)
		var out strings.Builder
		w.Must(export.Write(ctx, &out, func(t fault.Text) string { return t.ZH }))
		if !strings.Contains(out.String(), "物业打人") || !strings.Contains(out.String(), w.label(state.ID)) {
			t.Fatalf("not in the export: %s", out.String())
		}
		w.erase(people)
		ids, err := w.Store.SealedIdentities.ListIDs(ctx, w.wang.User)
		if w.Must(err); len(ids) != 1 {
			t.Fatalf("%v", ids)
		}
		left, err := w.Store.Requests.Get(ctx, state.ID)
		w.Must(err)
		if left.Status != model.RequestWithdrawn || left.Text != "我是〔已删除〕，电话 〔已删除〕，物业打人" || left.Location != "" {
			t.Fatalf("%+v", left)
		}
		uploads, err := w.Store.Uploads.ListByHolder(ctx, model.HeldByRequest, model.ID[any](state.ID))
		if w.Must(err); len(uploads) != 0 || w.label(state.ID) != "" {
			t.Fatal("photos or the label are left")
		}
		_, err = w.Approve(ctx, w.second, o)
		w.ExpectFault(err, identity.ErrNobody)
	})
}

func (w *world) erase(people *privacy.Service) {
	w.T.Helper()
	runner := jobs.New(w.Store, slog.New(slog.DiscardHandler), 1)
	runner.Handle(privacy.BeginJob, people.Begin)
	runner.Handle(privacy.EraseJob, people.Erase)
	_, err := people.Close(w.T.Context(), w.wang)
	w.Must(err)
	for range 3 {
		w.Clock.Move(time.Minute)
		_, err := runner.Drain(w.T.Context())
		w.Must(err)
	}
}

func TestAnIdentityOpensWithItsOwnKeyOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.submits(w.wang, w.estate)
		request, err := w.Store.Requests.Get(t.Context(), id)
		w.Must(err)
		row, err := w.Store.SealedIdentities.Get(t.Context(), request.SubmitterID)
		w.Must(err)
		for _, at := range []store.Place{
			{Table: "phones", Column: "person_sealed", Row: row.ID.String()},
			{Table: "sealed_identities", Column: "person_sealed", Row: w.wang.User.String()},
		} {
			if _, err := w.Store.Keys().Open(at, row.PersonSealed); err == nil {
				t.Errorf("opens at %v", at)
			}
		}
		who, err := identity.PersonOf(context.WithoutCancel(t.Context()), w.Store, row.ID)
		if w.Must(err); who != w.wang.User {
			t.Fatal(who)
		}
	})
}
