package mailbox_test

import (
	"slices"
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
			ids = append(ids, w.sameOf(who, []model.RequestIdentity{model.IdentitySealed, model.IdentitySealed, model.IdentityHidden, model.IdentityNamed}[i]))
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

// TestAWithdrawalEndsWhatNobodyElseReported also where only whoever withdraws it reported it again.
func TestAWithdrawalEndsWhatNobodyElseReported(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		into, own := w.submitted(), w.sameOf(w.wang, model.IdentitySealed)
		w.merges(own, into)
		w.withdraws(w.wang, into)
		if w.statusOf(into) != model.RequestWithdrawn || w.statusOf(own) != model.RequestMerged {
			t.Errorf("%s, %s", w.statusOf(into), w.statusOf(own))
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
