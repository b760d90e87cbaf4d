package followers_test

import (
	"errors"
	"log/slog"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/followers"
	"jinlin/service/jobs"
	"jinlin/service/org"
	"jinlin/service/push"
)

type world struct {
	storetest.World
	*followers.Service
	runner         *jobs.Runner
	wang, li, zhao model.Actor
	estate         model.UnitID
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
		w.estate = w.Unit(model.Estate, w.Unit(model.Community, w.Unit(model.Town, w.Unit(model.County, model.UnitID{}))))
		w.wang, w.li, w.zhao = w.Person("王女士"), w.Person("李师傅"), w.Person("赵老师")
		units := org.New(s)
		w.Service = followers.New(s, push.New(s, access.New(s, units), units, nil, push.Settings{}))
		w.runner = jobs.New(s, slog.New(slog.DiscardHandler), 2)
		w.Work(w.runner)
		test(t, w)
	})
}

// request is one of wang's, on the board or not.
func (w *world) request(shown bool) model.Request {
	w.T.Helper()
	now := w.Clock.Now()
	r := model.Request{
		ID: model.NewID[model.Request](now), SubmitterID: w.wang.User, Category: "facilities", Text: "302的灯坏了", EstateID: w.estate, BranchID: w.estate,
		Level: model.LevelBranch, Status: model.RequestHandling, WaitsFor: model.PartyStaff, DueAt: now, Open: true, CreatedAt: now, UpdatedAt: now, Version: 4,
	}
	r.Receipt = "R" + r.ID.String()[8:]
	w.Must(w.Store.Requests.Add(w.T.Context(), &r))
	if shown {
		w.Must(w.Store.PublicVersions.Add(w.T.Context(), &model.PublicVersion{
			RequestID: r.ID, EstateID: w.estate, Status: model.PublicApproved, Shown: true, ShownTitle: "楼道灯不亮", ShownText: "楼道灯不亮",
			AuthorID: w.zhao.User, PublishedAt: now, CreatedAt: now, UpdatedAt: now, Version: 2,
		}))
	}
	return r
}

// replied takes a request to its reply and runs what follows from it, twice.
func (w *world) replied(r model.Request) {
	w.T.Helper()
	ctx := w.T.Context()
	e, err := r.Step(model.RequestEvent{Kind: model.MoveReply, To: model.RequestReplied, Party: model.PartyStaff, Text: "302已换灯", At: w.Clock.Now()})
	w.Must(err)
	for range 2 {
		w.Must(w.Store.InTx(ctx, func(tx *store.Store) error { return w.RequestMoved(ctx, tx, r, e) }))
		_, err = w.runner.Drain(ctx)
		w.Must(err)
	}
}

func (w *world) told(who model.Actor) []model.Message {
	w.T.Helper()
	inbox, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{})
	w.Must(err)
	return inbox.Items
}

func TestFollowersHearOfAReplyOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, r := t.Context(), w.request(true)
		for range 2 {
			_, err := w.Follow(ctx, w.li, r.ID)
			w.Must(err)
		}
		_, err := w.Follow(ctx, w.zhao, r.ID)
		w.Must(err)
		w.Must(w.Unfollow(ctx, w.zhao, r.ID))
		w.replied(r)
		got := w.told(w.li)
		if len(got) != 1 || got[0].Text != "您关注的诉求“楼道灯不亮”已有答复，请点开查看。" {
			t.Fatalf("%+v", got)
		}
		// what was permitted for one's own answers is not spent on what others asked
		if _, err := w.Store.Deliveries.GetByKey(ctx, w.li.User, *got[0].DedupeKey); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a subscribe message goes with it: %v", err)
		}
		if len(w.told(w.zhao)) != 0 {
			t.Error("told who follows it no more")
		}
		mine, err := w.Mine(ctx, w.li, model.Page{})
		if err != nil || len(mine.Items) != 1 || mine.Items[0].RequestID != r.ID {
			t.Errorf("%+v, %v", mine, err)
		}
	})
}

func TestOnlyWhatTheBoardShowsIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, hidden, shown := t.Context(), w.request(false), w.request(true)
		_, err := w.Follow(ctx, w.li, hidden.ID)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Follow(ctx, w.wang, shown.ID)
		w.ExpectFault(err, followers.ErrOwnRequest)
		_, err = w.Follow(ctx, model.Actor{}, shown.ID)
		w.ExpectFault(err, fault.ErrUnauthenticated)
	})
}

func TestFollowersOfAMergedRequestFollowTheOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, from, into, last := t.Context(), w.request(true), w.request(true), w.request(true)
		for _, r := range []model.Request{from, into} {
			_, err := w.Follow(ctx, w.li, r.ID)
			w.Must(err)
		}
		_, err := w.Follow(ctx, w.zhao, from.ID)
		w.Must(err)
		merge := func(r model.Request, into model.RequestID) {
			t.Helper()
			r.MergedInto = into
			e, err := r.Step(model.RequestEvent{Kind: model.MoveMerge, To: model.RequestMerged, Party: model.PartyStaff, At: w.Clock.Now()})
			w.Must(err)
			w.Must(w.Store.InTx(ctx, func(tx *store.Store) error { return w.RequestMoved(ctx, tx, r, e) }))
		}
		merge(from, into.ID)
		merge(into, last.ID)
		w.replied(last)
		if len(w.told(w.li)) != 1 || len(w.told(w.zhao)) != 1 || len(w.told(w.wang)) != 0 {
			t.Errorf("told %d, %d and %d times", len(w.told(w.li)), len(w.told(w.zhao)), len(w.told(w.wang)))
		}
	})
}

// TestFollowersHearOfAHeldReplyOnceItIsReleased: and of the words that go on to be held, nothing.
func TestFollowersHearOfAHeldReplyOnceItIsReleased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, r := t.Context(), w.request(true)
		_, err := w.Follow(ctx, w.li, r.ID)
		w.Must(err)
		hear := func(e model.RequestEvent) {
			t.Helper()
			w.Must(w.Store.InTx(ctx, func(tx *store.Store) error { return w.RequestMoved(ctx, tx, r, e) }))
			_, err := w.runner.Drain(ctx)
			w.Must(err)
		}
		e, err := r.Step(model.RequestEvent{Kind: model.MoveReply, To: model.RequestReplied, Party: model.PartyStaff, Held: true, At: w.Clock.Now()})
		w.Must(err)
		if hear(e); len(w.told(w.li)) != 0 {
			t.Fatal("told of an answer that nobody can read")
		}
		e.Held = false
		if hear(e); len(w.told(w.li)) != 1 {
			t.Fatalf("told %d times", len(w.told(w.li)))
		}
		e, err = r.Step(model.RequestEvent{
			Kind: model.MoveFeedback, To: model.RequestClosed, Outcome: model.OutcomeFixed, Party: model.PartyResident, Held: true, At: w.Clock.Now(),
		})
		w.Must(err)
		if hear(e); len(w.told(w.li)) != 2 {
			t.Error("a comment that is held keeps them from hearing of the end")
		}
	})
}

func TestNobodyHearsOfWhatLeftTheBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, r := t.Context(), w.request(false)
		w.Must(w.Store.RequestFollowers.Add(ctx, &model.RequestFollower{RequestID: r.ID, UserID: w.li.User, CreatedAt: w.Clock.Now()}))
		w.replied(r)
		if len(w.told(w.li)) != 0 {
			t.Error("told of what the board does not show any more")
		}
	})
}
