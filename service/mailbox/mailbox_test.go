package mailbox_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
	"jinlin/service/org"
)

const day = 24 * time.Hour

func kinds(events []mailbox.Said) []model.RequestMove {
	var found []model.RequestMove
	for _, e := range events {
		found = append(found, e.Kind)
	}
	return found
}

// running gives the due times of running clocks, counted from now.
func running(clocks model.RequestClocks, now time.Time) map[model.ClockName]time.Duration {
	found := map[model.ClockName]time.Duration{}
	for _, c := range clocks {
		if c.Running() {
			found[c.Name] = c.DueAt.Sub(now)
		}
	}
	return found
}

func TestARequestFromSubmissionToFixed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx := w.mailbox, t.Context()
		state, err := m.Submit(ctx, w.wang, w.lamp())
		w.Must(err)
		if state.Status != model.RequestScreened || !regexp.MustCompile(`^20261123-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$`).MatchString(state.Receipt) {
			t.Fatalf("%+v", state)
		}
		if due := running(state.Clocks, s.Now()); len(due) != 2 || due["acknowledge"] != day || due["reply"] != 7*day {
			t.Fatalf("clocks: %v", due)
		}
		clock.Move(time.Hour)
		state, err = m.Accept(ctx, w.secretary, state.ID, model.PriorityHigh)
		w.Must(err)
		if due := running(state.Clocks, s.Now()); len(due) != 2 || due["reply"] != 7*day-time.Hour || due["dispatch"] != day-time.Hour {
			t.Fatalf("after acceptance: %v", due)
		}
		_, err = m.Start(ctx, w.gridWorker, state.ID)
		w.Must(err)
		state, err = m.Reply(ctx, w.secretary, state.ID, "  已换新灯 ")
		w.Must(err)
		if due := running(state.Clocks, s.Now()); len(due) != 1 || due["silence"] != 7*day {
			t.Fatalf("after the reply: %v", due)
		}
		state, err = m.GiveFeedback(ctx, w.wang, state.ID, mailbox.Feedback{Outcome: model.OutcomeFixed, Rating: 5, Comment: "谢谢"})
		w.Must(err)
		if state.Status != model.RequestClosed || state.Outcome != model.OutcomeFixed || len(running(state.Clocks, s.Now())) != 0 {
			t.Fatalf("%+v", state)
		}
		view, err := m.Read(ctx, w.wang, state.ID)
		w.Must(err)
		want := []model.RequestMove{"submission", "screening", "acceptance", "start", "reply", "feedback"}
		if got := kinds(view.Timeline); !slices.Equal(got, want) || view.Timeline[4].Text != "已换新灯" || view.Timeline[5].Rating != 5 {
			t.Fatalf("timeline: %+v", view.Timeline)
		}
		if r := view.Request; r.GridID != w.grid || r.BranchID != w.hongqiaoBranch || r.CommunityID != w.community || r.TownID != w.town || r.Priority != model.PriorityHigh || r.Open {
			t.Fatalf("%+v", r)
		}
		entries, err := s.Audit.List(ctx, model.Page{})
		w.Must(err)
		if len(entries.Items) != 3 {
			t.Fatalf("%d staff writes on record, want 3", len(entries.Items))
		}
	})
}

func TestATextThatDidNotPassWaitsForAPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for _, word := range []string{"【违规】", "【复核】"} {
			id := w.submitted(func(in *mailbox.Submission) { in.Text += word })
			view, err := w.mailbox.Read(t.Context(), w.secretary, id)
			w.Must(err)
			if view.Request.Status != model.RequestSubmitted || len(running(view.Clocks, s.Now())) != 2 {
				t.Fatalf("%s: %+v", word, view)
			}
			_, err = w.mailbox.Accept(t.Context(), w.secretary, id, "")
			w.Must(err)
			view, err = w.mailbox.Read(t.Context(), w.wang, id)
			w.Must(err)
			if got := kinds(view.Timeline); !slices.Equal(got, []model.RequestMove{"submission", "screening", "acceptance"}) || view.Timeline[1].Party != model.PartyStaff {
				t.Fatalf("%s: %+v", word, view.Timeline)
			}
		}
		id := w.submitted(func(in *mailbox.Submission) { in.Location = "【复核】" })
		state, err := w.mailbox.Refuse(t.Context(), w.secretary, id, "不属于小区事务")
		w.Must(err)
		if state.Status != model.RequestRefused || len(running(state.Clocks, s.Now())) != 0 {
			t.Fatalf("%+v", state)
		}
	})
}

func TestWhatCannotBeSubmitted(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	for name, c := range map[string]struct {
		change func(*mailbox.Submission)
		want   error
	}{
		"no identity":          {func(in *mailbox.Submission) { in.Identity = "anybody" }, fault.ErrInvalid},
		"no category":          {func(in *mailbox.Submission) { in.Category = "weather" }, fault.ErrInvalid},
		"blank":                {func(in *mailbox.Submission) { in.Text = " \n " }, fault.ErrInvalid},
		"a branch as estate":   {func(in *mailbox.Submission) { in.EstateID = w.hongqiaoBranch }, fault.ErrInvalid},
		"unknown estate":       {func(in *mailbox.Submission) { in.EstateID = model.NewID[model.Unit](s.Now()) }, fault.ErrInvalid},
		"another's building":   {func(in *mailbox.Submission) { in.EstateID = w.tianyue }, fault.ErrInvalid},
		"an estate unattended": {func(in *mailbox.Submission) { in.EstateID, in.BuildingID = w.lonely, model.UnitID{} }, org.ErrNoBranch},
	} {
		in := w.lamp()
		c.change(&in)
		_, err := w.mailbox.Submit(t.Context(), w.wang, in)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.mailbox.Submit(t.Context(), model.Actor{}, w.lamp()); !errors.Is(err, fault.ErrUnauthenticated) {
		t.Error(err)
	}
	listing, err := w.mailbox.ListMine(t.Context(), w.wang, model.Page{})
	if err != nil || len(listing.Items) != 0 {
		t.Errorf("%d requests came of it, %v", len(listing.Items), err)
	}
}

func TestWhoSeesARequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		for _, actor := range []model.Actor{w.wang, w.secretary, w.worker, w.gridWorker, w.clerk, w.auditor} {
			view, err := w.mailbox.Read(t.Context(), actor, id)
			w.Must(err)
			if view.Submitter != "王女士" || !view.Verified {
				t.Errorf("%+v", view)
			}
		}
		for _, actor := range []model.Actor{w.li, w.otherSecretary} {
			if _, err := w.mailbox.Read(t.Context(), actor, id); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("a stranger: %v", err)
			}
			if _, err := w.mailbox.Urge(t.Context(), actor, id); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("a stranger urges: %v", err)
			}
		}
		for actor, want := range map[model.Actor]error{w.wang: fault.ErrForbidden, w.auditor: fault.ErrForbidden, w.otherSecretary: fault.ErrNotFound, {}: fault.ErrUnauthenticated} {
			if _, err := w.mailbox.Accept(t.Context(), actor, id, ""); !errors.Is(err, want) {
				t.Errorf("accepting: %v, want %v", err, want)
			}
		}
	})
}

func TestAHiddenSubmitterIsNotShownToStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) { in.Identity = model.IdentityHidden })
		view, err := w.mailbox.Read(t.Context(), w.clerk, id)
		w.Must(err)
		if view.Submitter != "" || !view.Request.SubmitterID.IsZero() || !view.Timeline[0].ActorID.IsZero() || !view.Verified {
			t.Errorf("staff: %+v", view)
		}
		inbox, err := w.mailbox.Inbox(t.Context(), w.secretary, mailbox.InboxFilter{}, model.Page{})
		w.Must(err)
		if len(inbox.Items) != 1 || !inbox.Items[0].Request.SubmitterID.IsZero() {
			t.Errorf("inbox: %+v", inbox.Items)
		}
		view, err = w.mailbox.Read(t.Context(), w.wang, id)
		w.Must(err)
		if view.Submitter != "王女士" || view.Request.SubmitterID != w.wang.User {
			t.Errorf("the submitter: %+v", view)
		}
	})
}

func TestAHeldMessageIsSeenOnceItIsReleased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id, ctx := w.replied(), t.Context()
		texts := func(reader model.Actor) (seen []string) {
			t.Helper()
			view, err := w.mailbox.Read(ctx, reader, id)
			w.Must(err)
			for _, e := range view.Timeline {
				if e.Kind == model.MoveMessage || e.Kind == model.MoveFeedback {
					seen = append(seen, fmt.Sprint(e.Text, e.Held))
				}
			}
			return seen
		}
		for _, text := range []string{"【复核】一", "【违规】二"} {
			_, err := w.mailbox.Write(ctx, w.wang, id, text)
			w.Must(err)
		}
		_, err := w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly, Comment: "【复核】三"})
		w.Must(err)
		if got := texts(w.secretary); !slices.Equal(got, []string{"true"}) {
			t.Fatalf("staff see %q", got)
		}
		items, err := w.texts.Items(ctx, w.secretary, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		if len(items.Items) != 3 {
			t.Fatalf("%+v", items.Items)
		}
		_, err = w.texts.Release(ctx, w.otherSecretary, items.Items[0].ID, "")
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.texts.Release(ctx, w.wang, items.Items[0].ID, "")
		w.ExpectFault(err, fault.ErrForbidden)
		for _, item := range items.Items {
			decide := w.texts.Release
			if strings.Contains(item.Text, "【违规】") {
				decide = w.texts.Refuse
			}
			_, err := decide(ctx, w.secretary, item.ID, "看过了")
			w.Must(err)
		}
		if got := texts(w.secretary); !slices.Equal(got, []string{"【复核】一false", "【复核】三false"}) {
			t.Errorf("staff see %q", got)
		}
		if got := texts(w.wang); !slices.Equal(got, []string{"【复核】一false", "【违规】二true", "【复核】三false"}) {
			t.Errorf("wang sees %q", got)
		}
	})
}

func TestMessagesGoBothWaysAndHeldOnesStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		for _, message := range []struct {
			actor model.Actor
			text  string
		}{{w.wang, "还是黑的"}, {w.secretary, "明天来修"}, {w.wang, "【违规】骂人"}, {w.secretary, "【复核】内部"}} {
			_, err := w.mailbox.Write(t.Context(), message.actor, id, message.text)
			w.Must(err)
		}
		for actor, want := range map[model.Actor][]string{
			w.wang: {"还是黑的", "明天来修", "【违规】骂人"}, w.secretary: {"还是黑的", "明天来修", "【复核】内部"},
		} {
			view, err := w.mailbox.Read(t.Context(), actor, id)
			w.Must(err)
			var got []string
			for _, e := range view.Timeline {
				if e.Kind == model.MoveMessage {
					got = append(got, e.Text)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		if _, err := w.mailbox.Write(t.Context(), w.auditor, id, "我只看看"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("an auditor writes: %v", err)
		}
		_, err := w.mailbox.Withdraw(t.Context(), w.wang, id)
		w.Must(err)
		if _, err := w.mailbox.Write(t.Context(), w.wang, id, "还在吗"); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestUrgingIsOnceAShanghaiDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		clock.Set(model.Date("2026-11-23").At(23, 59))
		_, err := w.mailbox.Urge(t.Context(), w.wang, id)
		w.Must(err)
		if _, err := w.mailbox.Urge(t.Context(), w.wang, id); !errors.Is(err, mailbox.ErrAlreadyUrged) {
			t.Errorf("twice a day: %v", err)
		}
		clock.Move(time.Minute)
		_, err = w.mailbox.Urge(t.Context(), w.wang, id)
		w.Must(err)
		view, err := w.mailbox.Read(t.Context(), w.secretary, id)
		w.Must(err)
		if got := kinds(view.Timeline); !slices.Equal(got, []model.RequestMove{"submission", "screening", "urges", "urges"}) {
			t.Errorf("%v", got)
		}
	})
}

func TestFeedbackThatIsNotFixed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		m, ctx, id := w.mailbox, t.Context(), w.replied()
		if _, err := m.Reply(ctx, w.secretary, id, "再说一遍"); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("a second reply that nobody asked for: %v", err)
		}
		state, err := m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly})
		w.Must(err)
		if due := running(state.Clocks, s.Now()); state.Status != model.RequestReplied || len(due) != 1 || due["reply"] != 7*day {
			t.Fatalf("partly: %+v", state)
		}
		if _, err := m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomePartly}); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("partly twice: %v", err)
		}
		_, err = m.Reply(ctx, w.secretary, id, "又修了一次")
		w.Must(err)
		others := []model.Actor{w.worker, w.gridWorker, w.committee, w.clerk} // whoever did not fix it cannot answer again
		for i, level := range []model.RequestLevel{"community", "town", "county", "county"} {
			state, err = m.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeNotFixed})
			w.Must(err)
			if due := running(state.Clocks, s.Now()); state.Status != model.RequestReopened || state.Level != level || len(due) != 2 || due["acknowledge"] != day {
				t.Fatalf("not fixed: %+v", state)
			}
			_, err = m.Write(ctx, w.wang, id, "还在漏") // talk must not take it further up
			w.Must(err)
			_, err = m.Accept(ctx, w.worker, id, "")
			w.Must(err)
			_, err = m.Reply(ctx, others[i], id, "社区来办")
			w.Must(err)
		}
		if counts := w.outcomes(id); counts[model.OutcomePartly] != 1 || counts[model.OutcomeNotFixed] != 4 {
			t.Errorf("%v", counts)
		}
	})
}

// outcomes counts what was said of answers.
func (w *world) outcomes(ids ...model.RequestID) map[model.RequestOutcome]int {
	w.T.Helper()
	counts := map[model.RequestOutcome]int{}
	for _, id := range ids {
		events, err := w.Store.RequestEvents.ListByRequest(w.T.Context(), id)
		w.Must(err)
		for _, e := range events {
			counts[e.Outcome]++
		}
	}
	return counts
}

func TestIllegalMovesNameTheStateAndWhatIsLegal(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	id := w.submitted()
	_, err := w.mailbox.Start(t.Context(), w.secretary, id)
	f := fault.From(err)
	if !errors.Is(err, fault.ErrIllegalTransition) || f.Current != "screened" || !slices.Equal(f.Allowed, []string{"acceptance", "refusal", "promises", "urges", "messages", "merges", "withdrawal"}) {
		t.Errorf("%+v", f)
	}
	_, err = w.mailbox.Withdraw(t.Context(), w.wang, id)
	w.Must(err)
	_, err = w.mailbox.GiveFeedback(t.Context(), w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed})
	if f := fault.From(err); f.Current != "withdrawn" || len(f.Allowed) != 0 {
		t.Errorf("%+v", f)
	}
}

func TestSilenceClosesAndIsCountedApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		silent, partly, open := w.replied(), w.replied(), w.submitted()
		_, err := w.mailbox.GiveFeedback(ctx, w.wang, partly, mailbox.Feedback{Outcome: model.OutcomePartly})
		w.Must(err)
		clock.Move(7*day - time.Millisecond)
		if n, err := w.mailbox.CloseSilent(ctx); n != 0 || err != nil {
			t.Fatalf("too early: %d, %v", n, err)
		}
		clock.Move(time.Millisecond)
		for _, want := range []int{1, 0} {
			if n, err := w.mailbox.CloseSilent(ctx); n != want || err != nil {
				t.Fatalf("closed %d, want %d, %v", n, want, err)
			}
		}
		for id, want := range map[model.RequestID]model.RequestStatus{silent: "closed", partly: "replied", open: "screened"} {
			view, err := w.mailbox.Read(ctx, w.wang, id)
			w.Must(err)
			if view.Request.Status != want || want == "closed" && view.Request.Outcome != model.OutcomeSilent {
				t.Errorf("%+v, want %s", view.Request, want)
			}
		}
		if counts := w.outcomes(silent, partly, open); counts[model.OutcomeSilent] != 1 || counts[model.OutcomeFixed] != 0 || counts[model.OutcomePartly] != 1 {
			t.Errorf("%v", counts)
		}
	})
}

// Replies that nobody has released yet wait; they must not keep those behind them from closing.
func TestManyHeldRepliesKeepNoneFromClosing(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	ctx, id := t.Context(), w.accepted()
	_, err := w.mailbox.Reply(ctx, w.secretary, id, "【复核】已换新灯")
	w.Must(err)
	for range 250 {
		w.copied(id)
	}
	clock.Move(time.Second)
	w.replied()
	clock.Move(8 * day)
	if n, err := w.mailbox.CloseSilent(ctx); n != 1 || err != nil {
		t.Errorf("closed %d, %v", n, err)
	}
}

// copied is a request like another, with all its events and clocks and what is held of it.
func (w *world) copied(from model.RequestID) {
	w.T.Helper()
	ctx, s := w.T.Context(), w.Store
	r, err := s.Requests.Get(ctx, from)
	w.Must(err)
	events, err := s.RequestEvents.ListByRequest(ctx, from)
	w.Must(err)
	clocks, err := s.RequestClocks.ListByRequests(ctx, from)
	w.Must(err)
	r.ID = model.NewID[model.Request](s.Now())
	r.Receipt = r.ID.String()[4:]
	w.Must(s.Requests.Add(ctx, &r))
	for _, e := range events {
		held := e.Held
		e.ID, e.RequestID = model.NewID[model.RequestEvent](s.Now()), r.ID
		w.Must(s.RequestEvents.Add(ctx, &e))
		if held {
			w.Must(s.ModerationItems.Add(ctx, &model.ModerationItem{
				ID: model.NewID[model.ModerationItem](s.Now()), Kind: model.ModeratedMessage, ObjectID: model.ID[any](r.ID), ObjectVersion: e.Seq,
				UnitID: r.BranchID, WriterID: w.secretary.User, Text: e.Text, Status: model.TextHeld, HeldAt: s.Now(),
			}))
		}
	}
	for _, c := range clocks {
		c.ID, c.RequestID = model.NewID[model.RequestClock](s.Now()), r.ID
		w.Must(s.RequestClocks.Add(ctx, &c))
	}
}

func TestAnOpenRequestWithoutAClockIsNoticed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		w.Must(w.mailbox.CheckWatch(t.Context()))
		clocks, err := s.RequestClocks.ListByRequests(t.Context(), id)
		w.Must(err)
		now := s.Now()
		for _, c := range clocks {
			c.StoppedAt = &now
			_, err := s.RequestClocks.SaveMoved(t.Context(), c)
			w.Must(err)
		}
		ids, err := w.mailbox.Unwatched(t.Context())
		w.Must(err)
		if !slices.Equal(ids, []model.RequestID{id}) || w.mailbox.CheckWatch(t.Context()) == nil {
			t.Errorf("%v", ids)
		}
	})
}

func TestTheDailyLimitEndsAtMidnightInShanghai(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for range 10 {
			w.submitted()
		}
		_, err := w.mailbox.Submit(t.Context(), w.wang, w.lamp())
		if f := fault.From(err); !errors.Is(err, mailbox.ErrDailyLimit) || f.RetryAfter != 14*time.Hour {
			t.Errorf("the eleventh: %v, again after %s", err, f.RetryAfter)
		}
		if _, err := w.mailbox.Submit(t.Context(), w.li, w.lamp()); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		if _, err := w.service(mailbox.Settings{}).Submit(t.Context(), w.wang, w.lamp()); err != nil {
			t.Errorf("without limits: %v", err)
		}
		clock.Move(14 * time.Hour)
		w.submitted()
	})
}

func TestWhoLeavesHasNothingOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted()
		for range 2 {
			w.Must(w.mailbox.Settle(t.Context(), w.wang))
		}
		if r, err := s.Requests.Get(t.Context(), id); err != nil || r.Status != model.RequestWithdrawn {
			t.Fatalf("%+v, %v", r, err)
		}
	})
}

func TestARequestInHandStandsWithWhoBeganIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		first, second := w.submitted(), w.submitted()
		for _, id := range []model.RequestID{first, second} {
			_, err := w.mailbox.Accept(t.Context(), w.secretary, id, "")
			w.Must(err)
		}
		_, err := w.mailbox.Start(t.Context(), w.gridWorker, first)
		w.Must(err)
		_, err = w.mailbox.Start(t.Context(), w.secretary, second)
		w.Must(err)
		left := func(of model.Actor, kept ...model.Grant) int {
			t.Helper()
			grants, err := w.Store.Grants.ListByUser(t.Context(), of.User)
			w.Must(err)
			n, err := w.mailbox.CountPersonalWork(t.Context(), w.Store, model.Departure{Grant: grants[0], Kept: kept})
			w.Must(err)
			return n
		}
		whole, other := model.Grant{Role: model.CommunityWorker, UnitID: w.community}, model.Grant{Role: model.Secretary, UnitID: w.tianyueBranch}
		if left(w.gridWorker) != 1 || left(w.secretary) != 1 || left(w.worker) != 0 || left(w.gridWorker, whole) != 0 || left(w.gridWorker, other) != 1 {
			t.Errorf("%d, %d, %d", left(w.gridWorker), left(w.secretary), left(w.worker))
		}
		_, err = w.mailbox.Reply(t.Context(), w.worker, first, "已换新灯")
		w.Must(err)
		if n := left(w.gridWorker); n != 0 {
			t.Errorf("%d after somebody answered", n)
		}
	})
}
