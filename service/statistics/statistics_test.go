package statistics_test

import (
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/calendar"
	"jinlin/service/org"
	"jinlin/service/statistics"
)

// world is a community with two estates and a branch for each, joined into one branch on the
// 16th of November; today is the 23rd, a Monday.
type world struct {
	storetest.World
	*statistics.Service
	county, town, community model.UnitID
	estates, former         [2]model.UnitID
	joint                   model.UnitID
	batch                   model.RestructuringID
	clerk, secretary        model.Actor
	rights                  *access.Service
}

const joined = model.Date("2026-11-16")

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
	w.county = w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, w.county)
	w.community = w.Unit(model.Community, w.town)
	w.joint = w.Unit(model.Branch, w.community)
	diff := model.RestructuringDiff{Created: []model.BranchDiff{{NamedUnit: model.NamedUnit{ID: w.joint}}}}
	for i := range w.estates {
		w.estates[i], w.former[i] = w.Unit(model.Estate, w.community), w.Unit(model.Branch, w.community)
		cover := model.NewCover(w.Read(w.former[i]), w.Read(w.estates[i]), "2020-01-01").Ended(joined)
		w.Must(s.Covers.Add(t.Context(), cover, model.NewCover(w.Read(w.joint), w.Read(w.estates[i]), joined)))
		named := model.NamedUnit{ID: w.estates[i]}
		diff.Moved, diff.Created[0].Estates = append(diff.Moved, model.EstateMove{Estate: named}), append(diff.Created[0].Estates, named)
	}
	on, now := joined, clock.Now()
	r := model.Restructuring{
		ID: model.NewID[model.Restructuring](now), UnitID: w.community, Title: "联建", EffectiveOn: joined, EffectedOn: &on,
		Status: model.RestructuringEffective, DraftedBy: model.UserID{15: 1}, CreatedAt: now, UpdatedAt: now, Version: 4,
	}
	r.SetOutcome(diff)
	w.Must(s.Restructurings.Add(t.Context(), &r))
	w.batch = r.ID
	w.clerk, w.secretary = w.Staff(model.CountyClerk, w.county), w.Staff(model.Secretary, w.joint)
	units := org.New(s)
	w.rights = access.New(s, units)
	w.Service = statistics.New(s, w.rights, units, calendar.New(s, w.rights), nil)
	return w
}

// step is an event so many hours after a request came.
type step struct {
	after time.Duration
	e     model.RequestEvent
}

func accepted(after time.Duration) step {
	return step{after, model.RequestEvent{Kind: model.MoveAcceptance, To: model.RequestAccepted, Party: model.PartyStaff}}
}

func replied(after time.Duration) step {
	return step{after, model.RequestEvent{Kind: model.MoveReply, To: model.RequestReplied, Party: model.PartyStaff}}
}

func said(after time.Duration, o model.RequestOutcome, rating int) step {
	to := map[model.RequestOutcome]model.RequestStatus{model.OutcomeFixed: model.RequestClosed, model.OutcomeNotFixed: model.RequestReopened}[o]
	return step{after, model.RequestEvent{Kind: model.MoveFeedback, To: to, Outcome: o, Rating: rating, Party: model.PartyResident}}
}

func silent(after time.Duration) step {
	return step{after, model.RequestEvent{Kind: model.MoveSilence, To: model.RequestClosed, Outcome: model.OutcomeSilent, Party: model.PartySystem}}
}

// request came to an estate at a time and went some steps; its acknowledgement was due after
// a day.
func (w *world) request(estate int, came time.Time, steps ...step) {
	w.T.Helper()
	w.through(model.SourceOnline, estate, came, steps...)
}

func (w *world) through(source model.RequestSource, estate int, came time.Time, steps ...step) {
	w.T.Helper()
	r := model.Request{
		ID: model.NewID[model.Request](came), SubmitterID: model.UserID{15: 1}, Category: "other", Source: source, EstateID: w.estates[estate], BranchID: w.former[estate],
		CommunityID: w.community, TownID: w.town, Level: model.LevelBranch, Status: model.RequestScreened, WaitsFor: model.PartyStaff, DueAt: came, Open: true, CreatedAt: came, UpdatedAt: came,
	}
	r.Receipt = r.ID.String()[4:]
	events := []*model.RequestEvent{{ID: model.NewID[model.RequestEvent](came), RequestID: r.ID, Seq: 1, Kind: model.MoveSubmission, To: model.RequestSubmitted, Party: model.PartyResident, At: came}}
	clock := model.RequestClock{ID: model.NewID[model.RequestClock](came), RequestID: r.ID, Name: model.ClockAcknowledge, StartedAt: came, DueAt: came.Add(24 * time.Hour)}
	for i, s := range steps {
		e := s.e
		e.ID, e.RequestID, e.Seq, e.At, e.From = model.NewID[model.RequestEvent](came), r.ID, i+2, came.Add(s.after), events[i].To
		events = append(events, &e)
		if e.Kind == model.MoveAcceptance && clock.MetAt == nil {
			clock.MetAt = &e.At
		}
	}
	w.Must(w.Store.Requests.Add(w.T.Context(), &r))
	w.Must(w.Store.RequestEvents.Add(w.T.Context(), events...))
	w.Must(w.Store.RequestClocks.Add(w.T.Context(), &clock))
}

func (w *world) of(unit model.UnitID, change ...func(*statistics.Question)) statistics.Figures {
	w.T.Helper()
	q := statistics.Question{Unit: unit, From: "2026-11-01", To: "2026-11-30"}
	for _, c := range change {
		c(&q)
	}
	answer, err := w.Mailbox(w.T.Context(), w.clerk, q)
	w.Must(err)
	return answer.Figures
}

func restated(q *statistics.Question) { q.Restated = true }

const hour = time.Hour

// fill adds four requests: two before the joining and two after it, one of each at each estate.
func (w *world) fill() {
	before, after := model.Date("2026-11-10").At(9, 0), model.Date("2026-11-17").At(9, 0)
	w.request(0, before, accepted(30*hour), replied(72*hour), said(96*hour, model.OutcomeNotFixed, 1), accepted(97*hour), replied(98*hour), said(99*hour, model.OutcomeFixed, 4))
	w.request(1, before, accepted(2*hour), replied(48*hour), silent(48*hour+24*hour))
	w.request(0, after, accepted(1*hour), replied(24*hour), said(25*hour, model.OutcomeFixed, 5))
	w.request(1, after)
}

func TestFiguresAsThenAndAsRestatedNow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill()
		for _, c := range []struct {
			name string
			unit model.UnitID
			now  bool
			came int
		}{
			{"the county", w.county, false, 4},
			{"the town", w.town, false, 4},
			{"the community, restated", w.community, true, 4},
			{"the town, restated", w.town, true, 4},
			{"an estate", w.estates[0], false, 2},
			{"a former branch as then", w.former[0], false, 1},
			{"a former branch, restated: nothing is its own any more", w.former[0], true, 0},
			{"the joint branch as then", w.joint, false, 2},
			{"the joint branch, restated", w.joint, true, 4},
		} {
			if got := w.of(c.unit, func(q *statistics.Question) { q.Restated = c.now }).Came; got != c.came {
				t.Errorf("%s: %d instead of %d", c.name, got, c.came)
			}
		}
		early := func(q *statistics.Question) { q.Restated, q.AsOf = true, "2026-11-15" }
		if got := w.of(w.former[0], early); got.Came != 1 || got.Fixed != 1 {
			t.Errorf("a former branch the day before: %+v", got)
		}
	})
}

func TestRatesAndTimes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill()
		f := w.of(w.joint, restated)
		want := statistics.Figures{
			Came: 4, Open: 1, Fixed: 2, Silent: 1, Reopened: 1, Overdue: 2,
			Response: statistics.Rate{N: 2, Of: 4}, Resolution: statistics.Rate{N: 2, Of: 2}, Satisfaction: statistics.Rate{N: 2, Of: 2}, Rated: statistics.Rate{N: 2, Of: 3}, Stars: 9,
		}
		times := []statistics.Times{f.Acknowledge, f.FirstReply, f.Resolve}
		f.Acknowledge, f.FirstReply, f.Resolve = statistics.Times{}, statistics.Times{}, statistics.Times{}
		if f != want {
			t.Errorf("%+v\ninstead of\n%+v", f, want)
		}
		if a := times[0]; a.Sample != 3 || a.Elapsed.Median != 2*hour || a.Elapsed.P90 != 30*hour {
			t.Errorf("acknowledge %+v", a)
		}
		// From Tuesday 9:00, working 8:30–12:00 and 14:00–17:30: 1 h to 10:00, 2 h to 11:00, and to
		// 15:00 on Wednesday 6.5 h and 4.5 h.
		if a := times[0]; a.Working.Median != 2*hour || a.Working.P90 != 11*hour {
			t.Errorf("acknowledge in working time %+v", a.Working)
		}
		if r := times[2]; r.Sample != 3 || r.Elapsed.Median != 72*hour || r.Elapsed.P90 != 99*hour {
			t.Errorf("resolve %+v", r)
		}
	})
}

// TestARuleRespondsToNobody: the second is still waiting when it is due, the third was withdrawn before.
func TestARuleRespondsToNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		byRule := accepted(0)
		byRule.e.Party = model.PartySystem
		begun := step{30 * hour, model.RequestEvent{Kind: model.MoveStart, To: model.RequestHandling, Party: model.PartyStaff}}
		gone := step{5 * hour, model.RequestEvent{Kind: model.MoveWithdrawal, To: model.RequestWithdrawn, Party: model.PartyResident}}
		for _, after := range [][]step{{byRule, begun}, {byRule}, {byRule, gone}} {
			w.request(0, model.Date("2026-11-10").At(9, 0), after...)
		}
		f := w.of(w.county)
		if f.Response != (statistics.Rate{N: 0, Of: 2}) || f.Acknowledge.Sample != 1 || f.Acknowledge.Elapsed.Median != 30*hour {
			t.Errorf("response %+v, acknowledged %+v", f.Response, f.Acknowledge)
		}
	})
}

// TestAWordOfAnAnswerBeforeIsNone: they were not content, and said nothing of what came then.
func TestAWordOfAnAnswerBeforeIsNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.request(0, model.Date("2026-11-10").At(9, 0), accepted(1*hour), replied(2*hour), said(3*hour, model.OutcomeNotFixed, 1), replied(4*hour), silent(200*hour))
		if f := w.of(w.county); f.Silent != 1 || f.Reopened != 1 || f.Resolution.Of != 0 || f.Satisfaction.Of != 0 || f.Stars != 0 || f.Rated != (statistics.Rate{N: 0, Of: 1}) {
			t.Errorf("%+v", f)
		}
	})
}

// TestWhoeverCannotSpeakIsNoSilence: a program's reporters rate nothing and say nothing.
func TestWhoeverCannotSpeakIsNoSilence(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		came := model.Date("2026-11-10").At(9, 0)
		for _, source := range []model.RequestSource{model.SourceOnline, model.SourceOpen311} {
			w.through(source, 0, came, accepted(2*hour), replied(48*hour), silent(72*hour))
		}
		if f := w.of(w.county); f.Silent != 1 || f.Unheard != 1 || f.Rated.Of != 1 || f.Came != 2 {
			t.Errorf("%+v", f)
		}
	})
}

// TestWorkingTimeGoesByTheMailboxsHours: from Tuesday 9:00, working 9:00–17:00, 2 h to 11:00, and
// to 15:00 on Wednesday 8 h and 6 h.
func TestWorkingTimeGoesByTheMailboxsHours(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill()
		hours := []model.OfficeHours{{From: "09:00", Until: "17:00"}}
		w.Service = statistics.New(w.Store, w.rights, org.New(w.Store), calendar.New(w.Store, w.rights), hours)
		if a := w.of(w.joint, restated).Acknowledge; a.Working.Median != 2*hour || a.Working.P90 != 14*hour {
			t.Errorf("%+v", a.Working)
		}
	})
}

func TestFiguresAsOfADayKnowNothingOfLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill()
		f := w.of(w.county, func(q *statistics.Question) { q.AsOf = "2026-11-13" })
		// The first had its reply that morning, the second was closed then.
		if f.Came != 2 || f.Open != 1 || f.Silent != 1 || f.Fixed != 0 || f.Resolution.Of != 0 || f.Reopened != 0 || f.FirstReply.Sample != 2 {
			t.Errorf("%+v", f)
		}
		f = w.of(w.county, func(q *statistics.Question) { q.AsOf = "2026-11-10" })
		if f.Came != 2 || f.Acknowledge.Sample != 1 || f.Response != (statistics.Rate{N: 1, Of: 1}) || f.Overdue != 0 {
			t.Errorf("on the first day: %+v", f)
		}
	})
}

func TestBeforeAndAfterARestructuring(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill()
		for _, branch := range []model.UnitID{{}, w.joint} {
			c, err := w.Compare(t.Context(), w.clerk, w.batch, branch, 30)
			w.Must(err)
			if c.On != joined || c.Before.Came != 2 || c.After.Came != 2 || c.Before.Acknowledge.Elapsed.P90 != 30*hour || c.After.Acknowledge.Elapsed.P90 != hour {
				t.Errorf("%+v", c)
			}
		}
		_, err := w.Compare(t.Context(), w.clerk, w.batch, w.former[0], 30)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Compare(t.Context(), w.secretary, w.batch, w.joint, 30)
		w.ExpectFault(err, fault.ErrNotFound) // the restructuring is the community's
	})
}

func TestWhoReadsWhichFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		q := statistics.Question{Unit: w.county, From: "2026-11-01", To: "2026-11-30"}
		_, err := w.Mailbox(t.Context(), w.secretary, q)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Mailbox(t.Context(), w.Person("居民"), q)
		w.ExpectFault(err, fault.ErrForbidden)
		q.Unit = w.joint
		_, err = w.Mailbox(t.Context(), w.secretary, q)
		w.Must(err)
		q.To = "2028-12-31"
		_, err = w.Mailbox(t.Context(), w.secretary, q)
		w.ExpectFault(err, fault.ErrInvalid)
	})
}

// TestFiguresOfManyBatches reads more requests than one batch has.
func TestFiguresOfManyBatches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		came := model.Date("2026-11-20").At(9, 0)
		var requests []*model.Request
		var events []*model.RequestEvent
		for i := range store.CohortBatch + 7 {
			at := came.Add(time.Duration(i/3) * time.Millisecond)
			r := &model.Request{
				ID: model.NewID[model.Request](at), SubmitterID: model.UserID{15: 1}, EstateID: w.estates[0], BranchID: w.joint, CommunityID: w.community,
				TownID: w.town, Status: model.RequestScreened, DueAt: at, CreatedAt: at, UpdatedAt: at,
			}
			r.Receipt = r.ID.String()[4:]
			requests = append(requests, r)
			events = append(events, &model.RequestEvent{ID: model.NewID[model.RequestEvent](at), RequestID: r.ID, Seq: 1, Kind: model.MoveSubmission, To: model.RequestSubmitted, At: at})
		}
		w.Must(w.Store.Requests.Add(t.Context(), requests...))
		w.Must(w.Store.RequestEvents.Add(t.Context(), events...))
		for _, unit := range []model.UnitID{w.county, w.estates[0], w.joint, w.community} {
			if got := w.of(unit).Came; got != len(requests) {
				t.Errorf("%d of %d", got, len(requests))
			}
		}
	})
}

func TestPercentilesByNearestRank(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		came := model.Date("2026-11-17").At(9, 0)
		for _, n := range []int{10, 3, 7, 1, 9, 2, 8, 5, 4, 6} {
			w.request(0, came, accepted(time.Duration(n)*time.Minute))
		}
		got := w.of(w.estates[0]).Acknowledge
		if !slices.Equal([]time.Duration{got.Elapsed.Median, got.Elapsed.P90}, []time.Duration{5 * time.Minute, 9 * time.Minute}) {
			t.Errorf("%+v", got)
		}
	})
}
