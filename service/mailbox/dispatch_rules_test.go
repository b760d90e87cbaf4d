package mailbox_test

import (
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// ruled has a rule said and gives it.
func (w *world) ruled(by model.Actor, r model.DispatchRule) model.DispatchRule {
	w.T.Helper()
	said, err := w.mailbox.SetDispatchRule(w.T.Context(), by, r, nil)
	w.Must(err)
	return said
}

func (w *world) read(id model.RequestID) model.Request {
	w.T.Helper()
	request, err := w.Store.Requests.Get(w.T.Context(), id)
	w.Must(err)
	return request
}

func TestARuleGivesWhatIsAcceptedToATeam(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.ruled(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.county}, Team: model.TeamOfBranch})
		own := w.ruled(w.secretary, model.DispatchRule{Ruling: model.Ruling{UnitID: w.hongqiaoBranch, Category: "facilities"}, Team: model.TeamOfGrid})
		id := w.accepted()
		r := w.read(id)
		if r.Status != model.RequestDispatched || r.TeamID != w.grid || r.Level != model.LevelGrid {
			t.Fatalf("%+v", r)
		}
		events, err := s.RequestEvents.ListByRequest(t.Context(), id)
		w.Must(err)
		last := events[len(events)-1]
		if last.Kind != model.MoveDispatch || last.Party != model.PartySystem || last.Details().Rule != own.ID || last.Details().TeamID != w.grid {
			t.Errorf("%+v", last)
		}
		w.expectTold(w.gridWorker, "request_dispatches")
		other := w.read(w.accepted(func(in *mailbox.Submission) { in.Category = "parking" }))
		if other.Status != model.RequestDispatched || other.TeamID != w.hongqiaoBranch {
			t.Errorf("the county's rule: %+v", other)
		}
		w.Must(w.mailbox.EndDispatchRule(t.Context(), w.clerk, w.county, mailbox.AnyCategory, nil))
		if left := w.read(w.accepted(func(in *mailbox.Submission) { in.Category = "parking" })); left.Status != model.RequestAccepted {
			t.Errorf("no rule: %+v", left)
		}
	})
}

func TestARuleMayGiveWhatComesInAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.ruled(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.hongqiao, Category: "safety"}, Team: model.TeamOfCommunity, AtOnce: true})
		safety := func(in *mailbox.Submission) { in.Category, in.Text = "safety", "井盖丢了" }
		r := w.read(w.submitted(safety))
		if r.Status != model.RequestDispatched || r.TeamID != w.community {
			t.Fatalf("%+v", r)
		}
		w.expectTold(w.worker, "request_dispatches")
		w.expectTold(w.secretary)
		w.expectTold(w.wang, "request_acceptance")
		id := w.submitted(safety, func(in *mailbox.Submission) { in.Text = "【复核】井盖丢了" })
		if held := w.read(id); held.Status != model.RequestSubmitted {
			t.Errorf("nobody has looked at it: %+v", held)
		}
		_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
		w.Must(err)
		if seen := w.read(id); seen.Status != model.RequestDispatched || seen.TeamID != w.community {
			t.Errorf("%+v", seen)
		}
	})
}

func TestWhatCameUpTheLadderIsBeyondRules(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.replied()
		_, err := w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
		w.Must(err)
		w.ruled(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.county}, Team: model.TeamOfGrid})
		_, err = w.mailbox.Accept(t.Context(), w.worker, id, "")
		w.Must(err)
		if r := w.read(id); r.Status != model.RequestAccepted {
			t.Errorf("%+v", r)
		}
	})
}

// TestWhatCameUpFromTheGridDoesNotFallBack, by a rule or by hand: those it came up to look after it.
func TestWhatCameUpFromTheGridDoesNotFallBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		w.ruled(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.county}, Team: model.TeamOfGrid})
		ctx, id := t.Context(), w.accepted()
		if r := w.read(id); r.Level != model.LevelGrid {
			t.Fatalf("%+v", r)
		}
		_, err := w.mailbox.Start(ctx, w.gridWorker, id)
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.gridWorker, id, "已换新灯")
		w.Must(err)
		w.notFixed(id)
		_, err = w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		if r := w.read(id); r.Status != model.RequestAccepted || r.Level != model.LevelBranch {
			t.Errorf("it is %s at %s", r.Status, r.Level)
		}
		state, err := w.mailbox.Dispatch(ctx, w.secretary, id, mailbox.Target{TeamID: w.grid})
		if w.Must(err); state.Level != model.LevelBranch {
			t.Errorf("it fell back to %s", state.Level)
		}
	})
}

func TestWhoSaysRules(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		set := func(by model.Actor, r model.DispatchRule, version *int) error {
			_, err := w.mailbox.SetDispatchRule(t.Context(), by, r, version)
			return err
		}
		w.ExpectFault(set(w.secretary, model.DispatchRule{Ruling: model.Ruling{UnitID: w.tianyueBranch}, Team: model.TeamOfGrid}, nil), fault.ErrNotFound)
		w.ExpectFault(set(w.worker, model.DispatchRule{Ruling: model.Ruling{UnitID: w.community}, Team: model.TeamOfGrid}, nil), fault.ErrForbidden)
		w.ExpectFault(set(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.building}, Team: model.TeamOfGrid}, nil), fault.ErrInvalid)
		w.ExpectFault(set(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.county, Category: "weather"}, Team: model.TeamOfGrid}, nil), fault.ErrInvalid)
		rule := w.ruled(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.county, Category: "care"}, Team: model.TeamOfGrid})
		stale := rule.Version - 1
		w.ExpectFault(set(w.clerk, model.DispatchRule{Ruling: model.Ruling{UnitID: w.county, Category: "care"}, Team: model.TeamOfBranch}, &stale), faultChanged)
		list, err := w.mailbox.DispatchRules(t.Context(), w.clerk, model.UnitID{})
		if err != nil || len(list) != 1 || list[0].Team != model.TeamOfGrid {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
