package followers_test

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/followers"
	"jinlin/service/identity"
	"jinlin/service/jobs"
	"jinlin/service/mailbox"
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
		settings := push.Settings{TemplateIDs: map[model.Template]string{model.TemplateReply: "reply"}}
		w.Service = followers.New(s, push.New(s, access.New(s, units), units, nil, settings), mailbox.NameOf)
		w.runner = jobs.New(s, slog.New(slog.DiscardHandler), 2)
		w.Work(w.runner)
		test(t, w)
	})
}

// own is an open request of somebody's.
func (w *world) own(who model.UserID) model.Request {
	w.T.Helper()
	now := w.Clock.Now()
	r := model.Request{
		ID: model.NewID[model.Request](now), SubmitterID: who, Category: "facilities", Text: "302的灯坏了", EstateID: w.estate, BranchID: w.estate,
		Level: model.LevelBranch, Status: model.RequestHandling, WaitsFor: model.PartyStaff, DueAt: now, Open: true, CreatedAt: now, UpdatedAt: now, Version: 4,
	}
	r.Receipt = "R" + r.ID.String()[8:]
	w.Must(w.Store.Requests.Add(w.T.Context(), &r))
	return r
}

// mergedOf is a request of somebody's that was merged into another.
func (w *world) mergedOf(who model.UserID, into model.RequestID) {
	w.T.Helper()
	r := w.own(who)
	r.Status, r.Open, r.MergedInto = model.RequestMerged, false, into
	read := r.Version
	r.Version++
	w.Must(store.Held(w.Store.Requests.SaveMoved(w.T.Context(), r, read)))
}

// known is what the public knows a request by.
func known(r model.Request) model.PublicID {
	id := model.PublicID(r.ID)
	id[0]++
	return id
}

// request is one of wang's, on the board or not.
func (w *world) request(shown bool) model.Request {
	w.T.Helper()
	r, now := w.own(w.wang.User), w.Clock.Now()
	if shown {
		w.Must(w.Store.PublicVersions.Add(w.T.Context(), &model.PublicVersion{
			RequestID: r.ID, PublicID: known(r), EstateID: w.estate, Status: model.PublicApproved, Shown: true, ShownTitle: "楼道灯不亮", ShownText: "楼道灯不亮",
			AuthorID: w.zhao.User, CameAt: now, PublishedAt: now, CreatedAt: now, UpdatedAt: now, Version: 2,
		}))
	}
	return r
}

// hide takes a request off the board and runs what follows from it, twice.
func (w *world) hide(r model.Request) {
	w.T.Helper()
	ctx := w.T.Context()
	w.work(func(tx *store.Store) error {
		v, err := tx.PublicVersions.GetLocked(ctx, r.ID)
		w.Must(err)
		read := v.Version
		e, err := v.Step(model.WithdrawPublic, w.zhao.User, "", tx.Now())
		w.Must(err)
		w.Must(store.Held(tx.PublicVersions.SaveMoved(ctx, v, read)))
		return errors.Join(w.Hidden(ctx, tx, r, *e), w.Hidden(ctx, tx, r, *e))
	})
}

// merge merges one request into another, of which the board hears first.
func (w *world) merge(r model.Request, into model.RequestID) {
	w.T.Helper()
	ctx := w.T.Context()
	r.MergedInto = into
	e, err := r.Step(model.RequestEvent{Kind: model.MoveMerge, To: model.RequestMerged, Party: model.PartyStaff, At: w.Clock.Now()})
	w.Must(err)
	if v, err := w.Store.PublicVersions.Get(ctx, r.ID); err == nil && v.Shown {
		w.hide(r)
	}
	w.work(func(tx *store.Store) error { return w.RequestMoved(ctx, tx, r, e) })
}

func (w *world) follows(who model.Actor, r model.Request) {
	w.T.Helper()
	_, err := w.Follow(w.T.Context(), who, known(r))
	w.Must(err)
}

// work does something in a transaction and the jobs that it adds.
func (w *world) work(do func(tx *store.Store) error) {
	w.T.Helper()
	w.Must(w.Store.InTx(w.T.Context(), do))
	_, err := w.runner.Drain(w.T.Context())
	w.Must(err)
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
			_, err := w.Follow(ctx, w.li, known(r))
			w.Must(err)
		}
		_, err := w.Follow(ctx, w.zhao, known(r))
		w.Must(err)
		w.Must(w.Unfollow(ctx, w.zhao, known(r)))
		w.replied(r)
		got := w.told(w.li)
		if len(got) != 1 || got[0].Text != "您关注的诉求“楼道灯不亮”已有答复，请点开查看。" {
			t.Fatalf("%+v", got)
		}
		if len(w.told(w.zhao)) != 0 {
			t.Error("told who follows it no more")
		}
		mine, err := w.Mine(ctx, w.li, model.Page{})
		if err != nil || len(mine.Items) != 1 || mine.Items[0].PublicID != known(r) {
			t.Errorf("%+v, %v", mine, err)
		}
	})
}

func TestOnlyWhatTheBoardShowsIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, hidden, shown := t.Context(), w.request(false), w.request(true)
		_, err := w.Follow(ctx, w.li, known(hidden))
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Follow(ctx, w.wang, known(shown))
		w.ExpectFault(err, followers.ErrOwnRequest)
		_, err = w.Follow(ctx, model.Actor{}, known(shown))
		w.ExpectFault(err, fault.ErrUnauthenticated)
		_, err = w.Follow(ctx, w.li, model.PublicID(shown.ID)) // which tells when it came
		w.ExpectFault(err, fault.ErrNotFound)
	})
}

func TestFollowersOfAMergedRequestFollowTheOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, from, into, last := t.Context(), w.request(true), w.request(true), w.request(true)
		for _, r := range []model.Request{from, into} {
			_, err := w.Follow(ctx, w.li, known(r))
			w.Must(err)
		}
		_, err := w.Follow(ctx, w.zhao, known(from))
		w.Must(err)
		w.merge(from, into.ID)
		if got := w.told(w.zhao); len(got) != 1 || got[0].Text != "您关注的“公共设施维修”类诉求已并入“楼道灯不亮”，以后的进展会继续通知您。" || !strings.Contains(got[0].Link, known(into).String()) {
			t.Fatalf("%+v", got)
		}
		w.merge(into, last.ID)
		w.replied(last)
		if len(w.told(w.li)) != 3 || len(w.told(w.zhao)) != 3 || len(w.told(w.wang)) != 0 {
			t.Errorf("told %d, %d and %d times", len(w.told(w.li)), len(w.told(w.zhao)), len(w.told(w.wang)))
		}
	})
}

// TestFollowersHearOfAHeldReplyOnceItIsReleased: and of the words that go on to be held, nothing.
func TestFollowersHearOfAHeldReplyOnceItIsReleased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, r := t.Context(), w.request(true)
		_, err := w.Follow(ctx, w.li, known(r))
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

// TestFollowersHearOnceThatItLeftTheBoard: then of nothing more, also where it is merged later.
func TestFollowersHearOnceThatItLeftTheBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, other := w.request(true), w.request(true)
		w.follows(w.li, r)
		w.hide(r)
		w.replied(r)
		got := w.told(w.li)
		if len(got) != 1 || got[0].Text != "您关注的“公共设施维修”类诉求不再公开，以后的进展不会通知您。问题仍然存在的，请自己提交诉求。" {
			t.Fatalf("%+v", got)
		}
		w.merge(r, other.ID)
		w.replied(other)
		if got := w.told(w.li); len(got) != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// TestFollowersOfWhatWasNeverShownHearOfItByCategory: what they followed was merged into it, and
// it is merged and withdrawn in turn.
func TestFollowersOfWhatWasNeverShownHearOfItByCategory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, from, into, last := t.Context(), w.request(true), w.request(false), w.request(false)
		w.follows(w.li, from)
		w.merge(from, into.ID)
		w.replied(into)
		w.merge(into, last.ID)
		e, err := last.Step(model.RequestEvent{Kind: model.MoveReply, To: model.RequestReplied, Party: model.PartyStaff, At: w.Clock.Now()})
		w.Must(err)
		e.To = model.RequestWithdrawn
		w.work(func(tx *store.Store) error { return w.RequestMoved(ctx, tx, last, e) })
		var got []string
		for _, m := range w.told(w.li) { // all of one moment, in no order
			if strings.Contains(m.Text, "楼道灯不亮") || m.Link != "pages/index/index" {
				t.Errorf("%+v", m)
			}
			got = append(got, m.Title)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != "您关注的诉求已并案办理 您关注的诉求已并案办理 您关注的诉求已有答复 您关注的诉求已由提交人撤回" {
			t.Errorf("%q", got)
		}
	})
}

// TestWhatWasNeverShownEndsWithWhatWasMergedIntoIt: the public has no id for it, so it is not listed.
func TestWhatWasNeverShownEndsWithWhatWasMergedIntoIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, from, into := t.Context(), w.request(true), w.request(false)
		w.follows(w.li, from)
		w.merge(from, into.ID)
		from.MergedInto = into.ID
		_, err := w.Store.Requests.SaveMoved(ctx, from, from.Version)
		w.Must(err)
		mine, err := w.Mine(ctx, w.li, model.Page{})
		if err != nil || len(mine.Items) != 1 || mine.Items[0].PublicID != known(from) {
			t.Fatalf("%+v, %v", mine, err)
		}
		for range 2 {
			w.Must(w.Unfollow(ctx, w.li, known(from)))
		}
		w.replied(into)
		if got := w.told(w.li); len(got) != 1 { // of the merger
			t.Errorf("%+v", got)
		}
	})
}

// TestFollowersOfWhatGoesOnAsAnotherFollowThat, where the board has never shown it.
func TestFollowersOfWhatGoesOnAsAnotherFollowThat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		from, into, heir := w.request(true), w.request(false), w.own(w.zhao.User)
		w.follows(w.li, from)
		w.merge(from, into.ID)
		into.MergedInto = heir.ID
		e, err := into.Step(model.RequestEvent{Kind: model.MoveWithdrawal, To: model.RequestWithdrawn, Party: model.PartyResident, At: w.Clock.Now()})
		w.Must(err)
		w.work(func(tx *store.Store) error { return w.RequestMoved(t.Context(), tx, into, e) })
		w.replied(heir)
		var got []string
		for _, m := range w.told(w.li) {
			got = append(got, m.Title)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != "您关注的诉求已并案办理 您关注的诉求已并案办理 您关注的诉求已有答复" {
			t.Errorf("%q", got)
		}
	})
}

// TestWhoWaitsForItAnywayHearsOfItOnce: from the mailbox, whose own request was merged into what they follow.
func TestWhoWaitsForItAnywayHearsOfItOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.request(true)
		w.follows(w.li, r)
		w.follows(w.zhao, r)
		w.mergedOf(w.li.User, r.ID)
		w.replied(r)
		if li, zhao := len(w.told(w.li)), len(w.told(w.zhao)); li != 0 || zhao != 1 {
			t.Errorf("li was told %d times and zhao %d times", li, zhao)
		}
	})
}

// TestAPromiseAfterTheEndMergesNothingAnew: whoever follows the heir no more does not begin again.
func TestAPromiseAfterTheEndMergesNothingAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, heir := w.request(true), w.own(w.zhao.User)
		w.follows(w.li, r)
		r.Status, r.MergedInto = model.RequestWithdrawn, heir.ID
		broken := model.RequestEvent{Kind: model.MovePromiseBroken, From: model.RequestWithdrawn, To: model.RequestWithdrawn, Party: model.PartySystem, At: w.Clock.Now()}
		w.work(func(tx *store.Store) error { return w.RequestMoved(t.Context(), tx, r, broken) })
		if n := len(w.told(w.li)); n != 0 {
			t.Errorf("told %d times", n)
		}
	})
}

// TestWhatIsFollowedIsPaged: by ids of the public's, newest request first.
func TestWhatIsFollowedIsPaged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want, got []model.PublicID
		for range 5 {
			w.Clock.Move(time.Minute)
			r := w.request(true)
			w.follows(w.li, r)
			want = append(want, known(r))
		}
		slices.Reverse(want)
		for f, err := range model.All(func(p model.Page) (model.Listing[model.FollowedRequest], error) {
			p.Limit = 2
			return w.Mine(t.Context(), w.li, p)
		}) {
			w.Must(err)
			got = append(got, f.PublicID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, not %v", got, want)
		}
	})
}

// TestAPermitGoesToOnesOwnAnswerFirst: of four who permitted one message, one who has nothing of
// their own to wait for gets it for what they follow.
func TestAPermitGoesToOnesOwnAnswerFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, r := t.Context(), w.request(true)
		free, busy, sealed, none := w.Person("孙大爷"), w.Person("周阿姨"), w.Person("吴先生"), w.Person("郑女士")
		waits := w.Person("冯大妈")
		w.mergedOf(waits.User, w.own(w.zhao.User).ID)
		for _, who := range []model.Actor{free, busy, sealed, waits} {
			w.Must(w.Store.TemplateGrants.GiveAcceptance(ctx, who.User, "reply", store.ToldByWeChat, false, w.Clock.Now()))
		}
		for _, who := range []model.Actor{free, busy, sealed, none, waits} {
			w.follows(who, r)
		}
		w.own(busy.User)
		var label model.UserID
		w.Must(w.Store.InTx(ctx, func(tx *store.Store) (err error) {
			label, err = identity.Submit(ctx, tx, sealed.User, w.estate, false)
			return err
		}))
		w.own(label)
		w.replied(r)
		for who, want := range map[model.Actor]bool{free: true, busy: false, sealed: false, none: false, waits: false} {
			got := w.told(who)
			if len(got) != 1 {
				t.Fatalf("%+v", got)
			}
			if _, err := w.Store.Deliveries.GetByKey(ctx, who.User, *got[0].DedupeKey); (err == nil) != want || err != nil && !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%v, wanted a subscribe message: %t", err, want)
			}
		}
	})
}
