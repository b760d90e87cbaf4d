package mailbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// leave erases who somebody is.
func (w *world) leave(who model.Actor) {
	w.T.Helper()
	w.Must(w.Store.EraseIdentity(w.T.Context(), who.User, "已注销"))
}

func (w *world) withdraws(who model.Actor, id model.RequestID) {
	w.T.Helper()
	_, err := w.mailbox.Withdraw(w.T.Context(), who, id)
	w.Must(err)
	w.Clock.Move(time.Second)
}

// TestWhatOthersReportedTooOutlivesAWithdrawal: the oldest of theirs goes on, at the level that the
// matter had reached and with its time anew, and the others with it.
func TestWhatOthersReportedTooOutlivesAWithdrawal(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		gone, zhao, into := w.Person("走了"), w.Person("赵老师"), w.replied()
		var ids []model.RequestID
		for i, who := range []model.Actor{w.wang, gone, w.li, zhao} {
			ids = append(ids, w.sameOf(who, []model.RequestIdentity{model.IdentityNamed, model.IdentitySealed, model.IdentityHidden, model.IdentityNamed}[i]))
			clock.Move(time.Second)
		}
		for _, from := range []model.RequestID{ids[0], ids[1], ids[3], ids[2]} {
			w.merges(from, into)
		}
		heir, last := ids[2], ids[3]
		w.Must(w.says(w.wang, into, model.OutcomeNotFixed)) // now it is the community's
		w.leave(gone)
		w.withdraws(w.wang, into)
		r, err := s.Requests.Get(t.Context(), heir)
		if w.Must(err); r.Status != model.RequestScreened || !r.Open || !r.MergedInto.IsZero() || r.Level != model.LevelCommunity {
			t.Errorf("%+v", r)
		}
		if left := w.runningOf(heir); len(left) != 2 || left[model.ClockAcknowledge] != 24*time.Hour-time.Second {
			t.Errorf("%v", left)
		}
		w.works()
		merged, err := s.Requests.ListMerged(t.Context(), heir, model.RequestID{}, 10)
		w.Must(err)
		if !slices.EqualFunc(merged, []model.RequestID{ids[0], ids[1], last}, func(r model.Request, id model.RequestID) bool { return r.ID == id }) {
			t.Errorf("merged on are %+v", merged)
		}
		w.expectToldSoon(zhao, "request_merges", "request_feedback")
		w.expectToldSoon(w.li, "request_merges", "request_succession")
		_, err = w.mailbox.Accept(t.Context(), w.clerk, heir, "")
		w.Must(err)
		_, err = w.mailbox.Reply(t.Context(), w.clerk, heir, "已换新灯")
		w.Must(err)
		w.Must(w.says(zhao, last, model.OutcomeFixed))
	})
}

// TestAWithdrawalEndsWhatNobodyElseReported also where whoever withdraws it reported it again. What they
// hid or sealed goes on: that it did not would tell whose it is.
func TestAWithdrawalEndsWhatNobodyElseReported(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for identity, goesOn := range map[model.RequestIdentity]model.RequestStatus{
			model.IdentityNamed: model.RequestMerged, model.IdentityHidden: model.RequestScreened, model.IdentitySealed: model.RequestScreened,
		} {
			into, own := w.submitted(), w.sameOf(w.wang, identity)
			w.merges(own, into)
			w.withdraws(w.wang, into)
			if w.statusOf(into) != model.RequestWithdrawn || w.statusOf(own) != goesOn {
				t.Errorf("%s, and the %s one %s", w.statusOf(into), identity, w.statusOf(own))
			}
		}
	})
}

// TestWhoLeavesLeavesNothingOpen: not what they had sealed either, which goes on without the other. What
// somebody else reported does.
func TestWhoLeavesLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into, sealed := w.submitted(), w.sameOf(w.wang, model.IdentitySealed) // older than li's
		clock.Move(time.Second)
		lis := w.sameOf(w.li, model.IdentityNamed)
		w.merges(sealed, into)
		w.merges(lis, into)
		w.Must(w.mailbox.Settle(t.Context(), w.wang))
		w.works()
		if w.statusOf(into) != model.RequestWithdrawn || w.statusOf(sealed) != model.RequestWithdrawn {
			t.Errorf("%s, %s", w.statusOf(into), w.statusOf(sealed))
		}
		w.expectOneOpen([]model.RequestID{into, sealed, lis})
	})
}

// TestWhatWasMergedOnIsMergedOnAgain, as often as what it was merged into is.
func TestWhatWasMergedOnIsMergedOnAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		zhao := w.Person("赵老师")
		heir := w.sameOf(zhao, model.IdentityNamed) // the oldest
		clock.Move(time.Second)
		first, into, last := w.submitted(), w.sameOf(w.li, model.IdentityNamed), w.sameOf(w.li, model.IdentityNamed)
		leads := func(to model.RequestID) {
			t.Helper()
			w.works()
			if r, err := s.Requests.Get(t.Context(), first); err != nil || r.MergedInto != to {
				t.Fatalf("it leads to %s, not to %s, %v", r.MergedInto, to, err)
			}
		}
		w.merges(first, heir)
		w.merges(heir, into)
		leads(into)
		w.withdraws(w.li, into)
		leads(heir)
		w.merges(heir, last)
		leads(last)
	})
}

// TestAnHeirThatIsWithdrawnLeavesItToTheNext, and who reported it hears of answers, also before the job
// has come to either.
func TestAnHeirThatIsWithdrawnLeavesItToTheNext(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		zhao, qian := w.Person("赵老师"), w.Person("钱阿姨")
		into, heir := w.submitted(), w.sameOf(zhao, model.IdentityNamed)
		clock.Move(time.Second)
		next := w.sameOf(w.li, model.IdentityNamed)
		clock.Move(time.Second)
		last := w.sameOf(qian, model.IdentityNamed)
		for _, id := range []model.RequestID{heir, next, last} {
			w.merges(id, into)
		}
		w.withdraws(w.wang, into)
		w.withdraws(zhao, heir)
		if status := w.statusOf(next); status != model.RequestScreened {
			t.Fatal(status)
		}
		_, err := w.mailbox.Accept(t.Context(), w.secretary, next, "")
		w.Must(err)
		_, err = w.mailbox.Reply(t.Context(), w.secretary, next, "已换新灯")
		w.Must(err)
		w.works()
		w.expectOneOpen([]model.RequestID{into, heir, next, last})
		w.expectToldSoon(qian, "request_merges", "request_reply")
	})
}

// TestWhoFailedWithAMatterDoesNotAnswerItsHeir, whatever it succeeded besides.
func TestWhoFailedWithAMatterDoesNotAnswerItsHeir(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, into, heir := t.Context(), w.replied(), w.sameOf(w.li, model.IdentityNamed)
		w.merges(heir, into)
		w.Must(w.says(w.li, heir, model.OutcomeNotFixed))
		w.withdraws(w.wang, into)
		other := w.submitted()
		w.merges(heir, other)
		w.withdraws(w.wang, other)
		_, err := w.mailbox.Refuse(ctx, w.secretary, heir, "灯是好的")
		w.ExpectFault(err, mailbox.ErrSamePerson)
		_, err = w.mailbox.Accept(ctx, w.secretary, heir, "")
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.secretary, heir, "确已换新灯")
		w.ExpectFault(err, mailbox.ErrSamePerson)
		_, err = w.mailbox.Reply(ctx, w.worker, heir, "确已换新灯")
		w.Must(err)
		w.Must(w.says(w.li, heir, model.OutcomeNotFixed))
		events, err := s.RequestEvents.ListByRequest(ctx, heir)
		w.Must(err)
		if naming, found := model.LastOf(events, model.MoveNaming); !found || !strings.Contains(naming.Text, "第2次") {
			t.Errorf("nobody is named: %+v", naming)
		}
	})
}

// TestAWithdrawalEndsNothingThatIsStillToBeMergedOn: what was merged into one's own second request goes
// on before the job has come to it.
func TestAWithdrawalEndsNothingThatIsStillToBeMergedOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into, own, theirs := w.submitted(), w.sameOf(w.wang, model.IdentityNamed), w.sameOf(w.li, model.IdentityNamed)
		w.merges(theirs, own)
		w.merges(own, into)
		w.withdraws(w.wang, into)
		w.works()
		w.expectOneOpen([]model.RequestID{into, own, theirs})
	})
}

// TestWhatNobodyHasReadIsNotReadByBeingMerged: a text that was held when it was merged is held still.
func TestWhatNobodyHasReadIsNotReadByBeingMerged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into := w.submitted()
		in := w.lamp()
		in.Text = "【复核】又黑了"
		held, err := w.mailbox.Submit(t.Context(), w.li, in)
		w.Must(err)
		w.merges(held.ID, into)
		w.withdraws(w.wang, into)
		if status := w.statusOf(held.ID); status != model.RequestSubmitted {
			t.Error(status)
		}
	})
}

// TestAMatterIsLostToNoRace: whoever withdraws it while others are merged into it, judge it or
// are merged on leaves one that goes on, and all the others with it.
func TestAMatterIsLostToNoRace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		people := []model.Actor{w.Person("一"), w.Person("二"), w.Person("三"), w.Person("四")}
		for range 5 {
			into, ids := w.replied(), make([]model.RequestID, len(people))
			for i, who := range people {
				ids[i] = w.sameOf(who, model.IdentityNamed)
			}
			w.merges(ids[0], into)
			w.merges(ids[1], into)
			w.AtOnce(4, func(i int) (err error) {
				switch i {
				case 0:
					_, err = w.mailbox.Withdraw(t.Context(), w.wang, into)
				case 1:
					_, err = w.mailbox.GiveFeedback(t.Context(), people[1], ids[1], mailbox.Feedback{Outcome: model.OutcomeNotFixed})
				default:
					_, err = w.mailbox.Merge(t.Context(), w.worker, ids[i], into)
				}
				return err
			}, fault.ErrIllegalTransition, fault.ErrBusy)
			w.works()
			w.expectOneOpen(append(ids, into))
		}
	})
}

// expectOneOpen sees to it that all requests lead to one that is open, or are open themselves.
func (w *world) expectOneOpen(ids []model.RequestID) {
	w.T.Helper()
	for _, id := range ids {
		r, err := w.Store.Requests.Get(w.T.Context(), id)
		for w.Must(err); !r.MergedInto.IsZero(); w.Must(err) {
			r, err = w.Store.Requests.Get(w.T.Context(), r.MergedInto)
		}
		if !r.Open {
			w.T.Errorf("%s leads to one that is %s", id, r.Status)
		}
	}
}
