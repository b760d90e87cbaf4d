package restructuring_test

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/activity"
	"jinlin/service/restructuring"
)

func TestOfTwoReviewersAtOnceOneDecides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.submitted(w.join("2026-11-23"))
		reviewers := []model.Actor{w.other, w.Staff(model.CountyClerk, w.county)}
		decided := w.AtOnce(6, func(i int) (err error) {
			if i%3 < 2 {
				_, err = w.Approve(t.Context(), reviewers[i%2], r.ID, "")
			} else {
				_, err = w.Reject(t.Context(), reviewers[i%2], r.ID, "再议")
			}
			return err
		}, fault.ErrIllegalTransition)
		events, err := w.Store.RestructuringEvents.ListOf(t.Context(), r.ID)
		lines, _ := w.Store.Lineages.ListPredecessors(t.Context(), []model.UnitID{w.leader(w.estates[0]).ID})
		last := events[len(events)-1].Move
		if decided != 1 || err != nil || last == model.EffectRestructuring && len(lines) != 2 || last == model.RejectRestructuring && len(lines) != 0 {
			t.Errorf("%d decisions, the last is %s, %d lines, %v", decided, last, len(lines), err)
		}
	})
}

// The race above would see two decisions: this is what it sees of a decision on what was
// read before.
func TestPowerDecidingOnWhatWasReadDecidesTwice(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		r := w.submitted(w.join("2026-12-01"))
		var read sync.WaitGroup
		read.Add(2)
		decided := w.AtOnce(2, func(i int) error {
			seen, err := s.Restructurings.Get(t.Context(), r.ID)
			read.Done()
			read.Wait()
			if err != nil {
				return err
			}
			move := []model.RestructuringMove{model.ApproveRestructuring, model.RejectRestructuring}[i]
			if _, err := seen.Step(move, w.other.User, "", s.Now()); err != nil {
				return err
			}
			_, err = past.ExecContext(t.Context(), "UPDATE restructurings SET status = ? WHERE id = ?", string(seen.Status), r.ID[:])
			return err
		}, fault.ErrIllegalTransition)
		if decided != 2 {
			t.Fatalf("the naive way decided %d times", decided)
		}
	})
}

func TestTwoWorkersLetItTakeEffectOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.approved(w.join("2026-12-01"))
		w.Clock.Set(model.Date("2026-12-01").At(0, 0))
		w.AtOnce(4, func(int) error {
			_, err := w.restarting().EffectDue(t.Context())
			return err
		})
		v, err := w.Service.Read(t.Context(), w.clerk, r.ID)
		if err != nil || v.Status != model.RestructuringEffective || len(v.Events) != 4 {
			t.Errorf("%s, %+v, %v", v.Status, v.Events, err)
		}
		w.asOf("2026-12-01", 0, 2)
	})
}

// draws is how many times the race below is run: each time the branches are joined while
// people go on.
const draws = 4

func TestNothingEndsUpInABranchThatIsDissolved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range draws {
			estates, branches := w.estates, w.branches
			r := w.submitted(w.join("2026-11-23", "mailbox", "activity"))
			w.AtOnce(9, func(i int) error {
				switch {
				case i == 4:
					_, err := w.Approve(t.Context(), w.other, r.ID, "")
					return err
				case i%2 == 0:
					_, err := w.request(estates[i%3])
					return err
				}
				_, err := w.activity.Draft(t.Context(), w.clerk, branches[i%3], gathering(w.Clock))
				return err
			}, store.ErrUnitEnded)
			w.nothingLeft(branches)
			w.here = w.addCommunity()
			w.estates, w.branches, w.buildings, w.grid = nil, nil, nil, nil
			for _, name := range []string{"甲", "乙", "丙"} {
				w.addEstate(name)
			}
			w.org.Forget()
		}
	})
}

func gathering(clock *storetest.Clock) activity.Plan {
	at := clock.Now()
	return activity.Plan{
		Title: "义诊", Place: "党群服务站", StartsAt: at.AddDate(0, 0, 2), EndsAt: at.AddDate(0, 0, 3), SignUpOpensAt: at, SignUpClosesAt: at.AddDate(0, 0, 1),
		Capacity: 10, Audience: model.OpenAudience,
	}
}

// nothingLeft wants no open work in branches that were dissolved, and something elsewhere.
func (w *world) nothingLeft(branches []model.UnitID) {
	w.T.Helper()
	for _, kind := range []restructuring.Work{w.mailbox, w.activity} {
		left, err := kind.CountWork(w.T.Context(), w.Store, branches)
		if err != nil || len(left) > 0 {
			w.T.Errorf("%s: %v are left behind, %v", kind.Work().Kind, left, err)
		}
	}
	for _, b := range branches {
		if w.Read(b).ValidTo == nil {
			w.T.Error("the branch was not dissolved")
		}
	}
}

// The race above would see what is left behind: this is what it sees when whoever submits
// looks whether the branch stands and does not hold it.
func TestPowerLookingAtTheBranchLeavesARequestBehind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		r := w.submitted(w.join("2026-11-23", "mailbox"))
		like, err := w.request(w.estates[0])
		w.Must(err)
		looked, dissolved := make(chan struct{}), make(chan struct{})
		w.AtOnce(2, func(i int) error {
			if i == 0 {
				<-looked
				defer close(dissolved)
				_, err := w.Approve(t.Context(), w.other, r.ID, "")
				return err
			}
			standing := w.Read(w.branches[0]).In(model.DateOf(s.Now()))
			close(looked)
			<-dissolved
			if !standing {
				return store.ErrUnitEnded
			}
			return w.again(like)
		})
		left, err := w.mailbox.CountWork(t.Context(), s, w.branches)
		if err != nil || left[w.branches[0]] != 1 {
			t.Fatalf("the naive way left %v behind, %v", left, err)
		}
	})
}

// again adds a request like another.
func (w *world) again(like model.Request) error {
	like.ID, like.Receipt = model.NewID[model.Request](w.Clock.Now()), "20261123-AAAA-AAAA"
	return w.Store.Requests.Add(w.T.Context(), &like)
}

// slow is a kind of work whose hand-over fails: what was done before it is undone.
type slow struct{ branch model.UnitID }

func (slow) Work() model.Work {
	return model.Work{Kind: "slow", Name: fault.Text{ZH: "件事", EN: "things"}}
}

func (s slow) CountWork(context.Context, *store.Store, []model.UnitID) (map[model.UnitID]int, error) {
	return map[model.UnitID]int{s.branch: 1}, nil
}

func (slow) HandOverWork(context.Context, *store.Store, model.HandOver) error { return fault.ErrBusy }

func TestAHandOverThatFailsLeavesEverythingAsItWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.submitted(w.join("2026-11-23"))
		before := w.leader(w.estates[0])
		failing := restructuring.New(w.Store, w.rights, w.org, nil, slow{w.branches[0]})
		draft, err := failing.Draft(t.Context(), w.clerk, w.join("2026-11-23", "slow"))
		w.Must(err)
		_, err = failing.Submit(t.Context(), w.clerk, draft.ID)
		w.Must(err)
		_, err = failing.Approve(t.Context(), w.other, draft.ID, "")
		w.ExpectFault(err, fault.ErrBusy)
		if after := w.leader(w.estates[0]); after.ID != before.ID || w.Read(w.branches[0]).ValidTo != nil {
			t.Errorf("%+v", after)
		}
		if v, err := w.Service.Read(t.Context(), w.clerk, draft.ID); err != nil || v.Status != model.RestructuringSubmitted {
			t.Errorf("%s, %v", v.Status, err)
		}
		if _, err := w.Approve(t.Context(), w.other, r.ID, ""); err != nil {
			t.Error(err)
		}
		if lines, err := w.Store.Lineages.ListSuccessors(t.Context(), w.branches); err != nil || len(slices.Compact(lines)) != 3 {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}
