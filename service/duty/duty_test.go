package duty_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/calendar"
	"jinlin/service/duty"
	"jinlin/service/org"
	"jinlin/service/station"
)

// inbox remembers who was told.
type inbox struct {
	mu   sync.Mutex
	told map[string]model.UserID
}

func (i *inbox) Tell(_ context.Context, _ *store.Store, n model.Notice) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.told[n.Key] = n.User
	return nil
}

// world is a station with a pool of five.
type world struct {
	storetest.World
	*duty.Service
	inbox                 *inbox
	community, station    model.UnitID
	lead, resident, other model.Actor
	people                []model.Actor
	members               []model.DutyMember
}

func newWorld(t *testing.T, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	rights := access.New(s, units)
	days := calendar.New(s, rights)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, inbox: &inbox{told: map[string]model.UserID{}}}
	w.Service = duty.New(s, rights, units, days, station.New(s, rights, units, days), w.inbox)
	county := w.Unit(model.County, model.UnitID{})
	w.community = w.Unit(model.Community, county)
	w.station = w.Unit(model.Station, w.community)
	w.lead, w.resident = w.Staff(model.CommunityWorker, w.community), w.Person("居民")
	w.other = w.Staff(model.CommunityWorker, w.Unit(model.Community, county))
	for range 5 {
		who := w.Staff(model.GridWorker, w.Unit(model.Grid, w.community))
		m, err := w.AddMember(t.Context(), w.lead, w.station, who.User, "值班员")
		w.Must(err)
		w.people, w.members = append(w.people, who), append(w.members, m)
	}
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

// sets puts the members with these numbers on duty on a day.
func (w *world) sets(day model.Date, reason string, numbers ...int) error {
	ids := make([]model.DutyMemberID, len(numbers))
	for i, n := range numbers {
		ids[i] = w.members[n].ID
	}
	return w.SetDay(w.T.Context(), w.lead, w.station, day, ids, reason, nil)
}

func (w *world) day(date model.Date) duty.Day {
	w.T.Helper()
	days, err := w.Roster(w.T.Context(), w.lead, w.station, duty.Month(date[:7]))
	w.Must(err)
	for _, day := range days {
		if day.Date == date {
			return day
		}
	}
	return duty.Day{}
}

func (w *world) live(date model.Date) (live []model.DutyShift) {
	w.T.Helper()
	for _, shift := range w.day(date).Shifts {
		if shift.Live != nil {
			live = append(live, shift)
		}
	}
	return live
}

func TestAMonthIsPlannedFairlyAndOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Must(w.sets("2026-12-01", "", 0, 1, 2))
		plan, err := w.PlanMonth(t.Context(), w.lead, w.station, "2026-12", 2, "")
		w.Must(err)
		if len(plan.Days) != 22 || len(plan.Short) != 0 {
			t.Fatalf("%d days planned, %v short; December has 23 working days, one of them planned", len(plan.Days), plan.Short)
		}
		for _, turn := range plan.Turns {
			if turn.Planned < 9 || turn.Planned > 10 { // 47 shifts among five
				t.Errorf("%s has %d shifts", turn.Member.ID, turn.Planned)
			}
		}
		again, err := w.PlanMonth(t.Context(), w.lead, w.station, "2026-12", 2, "")
		w.Must(err)
		if len(again.Days) != 0 || len(w.live("2026-12-01")) != 3 || len(w.live("2026-12-02")) != 2 || len(w.live("2026-12-05")) != 0 {
			t.Fatalf("planned again: %v", again.Days)
		}
		n, err := w.ConfirmMonth(t.Context(), w.lead, w.station, "2026-12")
		w.Must(err)
		if n != 47 {
			t.Errorf("%d confirmed", n)
		}
	})
}

func TestAWorkingDayWantsTwoOrThree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ExpectFault(w.sets("2026-11-24", "", 0), duty.ErrHowMany)
		w.ExpectFault(w.sets("2026-11-24", "", 0, 1, 2, 3), duty.ErrHowMany)
		w.ExpectFault(w.sets("2026-11-28", "", 0, 1), duty.ErrHowMany) // a Saturday
		w.Must(w.sets("2026-11-24", "", 0, 1))
		w.Must(w.sets("2026-11-24", "", 1, 2, 3))
		w.Must(w.sets("2026-11-25", "全员培训，留一人", 0))
		if day := w.day("2026-11-25"); day.Reason == "" || day.Missing || len(w.live("2026-11-24")) != 3 {
			t.Errorf("%+v", day)
		}
		w.ExpectFault(w.sets("2026-11-20", "", 0, 1), fault.ErrInvalid)
		day := model.Date("2026-11-24")
		none := 0
		w.ExpectFault(w.SetDay(t.Context(), w.lead, w.station, day, []model.DutyMemberID{w.members[0].ID, w.members[1].ID}, "", &none), fault.ErrChangedMeanwhile)
		for who, want := range map[model.Actor]error{w.resident: fault.ErrForbidden, w.other: fault.ErrNotFound, w.people[0]: fault.ErrForbidden} {
			w.ExpectFault(w.SetDay(t.Context(), who, w.station, day, nil, "x", nil), want)
		}
	})
}

func TestTimeBeginsAndEndsShifts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Must(w.sets("2026-11-24", "", 0, 1))
		w.Clock.Set(model.Date("2026-11-24").At(9, 0))
		there, err := w.OnDutyNow(t.Context(), w.station)
		w.Must(err)
		if len(there.People) != 2 || !there.Until.Equal(model.Date("2026-11-24").At(18, 0)) {
			t.Fatalf("%+v", there)
		}
		_, err = w.ReportAbsence(t.Context(), w.people[2], there.People[0].ID, "生病")
		w.ExpectFault(err, fault.ErrNotFound)
		absent, err := w.ReportAbsence(t.Context(), w.lead, there.People[0].ID, "生病")
		w.Must(err)
		events, err := w.Store.DutyEvents.ListOf(t.Context(), absent.ID)
		w.Must(err)
		byTime := 0
		for _, e := range events {
			if e.ActorID.IsZero() {
				byTime++
			}
		}
		if absent.Status != model.ShiftAbsent || len(events) != 3 || byTime != 2 {
			t.Fatalf("%s with %+v", absent.Status, events)
		}
		if there, err = w.OnDutyNow(t.Context(), w.station); err != nil || len(there.People) != 1 {
			t.Fatalf("%d are there, %v", len(there.People), err)
		}
		w.Clock.Set(model.Date("2026-11-24").At(18, 30))
		_, err = w.Pass(t.Context())
		w.Must(err)
		done, err := w.Store.DutyShifts.Get(t.Context(), there.People[0].ID)
		w.Must(err)
		if done.Status != model.ShiftDone {
			t.Errorf("it is %s", done.Status)
		}
		if n, err := w.Pass(t.Context()); err != nil || n != 0 {
			t.Errorf("%d moved again, %v", n, err)
		}
	})
}

// agreed is a swap of a shift that waits for the lead.
func (w *world) agreed(shift model.DutyShift, to int, inReturn model.DutyShiftID) model.DutySwap {
	w.T.Helper()
	swap, err := w.Ask(w.T.Context(), model.Actor{User: shift.UserID}, duty.Wish{Shift: shift.ID, Member: w.members[to].ID, InReturn: inReturn, Reason: "家中有事"})
	w.Must(err)
	_, err = w.Approve(w.T.Context(), w.lead, swap.ID)
	w.ExpectFault(err, fault.ErrIllegalTransition)
	swap, err = w.Agree(w.T.Context(), w.people[to], swap.ID)
	w.Must(err)
	return swap
}

func TestASwapIsAskedAgreedAndApproved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Must(w.sets("2026-11-24", "", 0, 1))
		w.Must(w.sets("2026-11-25", "", 2, 3))
		mine, theirs := w.live("2026-11-24")[0], w.live("2026-11-25")[0]
		asker, taker := -1, -1
		for i, m := range w.members {
			if m.ID == mine.MemberID {
				asker = i
			}
			if m.ID == theirs.MemberID {
				taker = i
			}
		}
		swap := w.agreed(mine, taker, theirs.ID)
		_, err := w.Approve(t.Context(), w.people[taker], swap.ID)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Approve(t.Context(), w.lead, swap.ID)
		w.Must(err)
		on := func(date model.Date, member int) bool {
			for _, shift := range w.live(date) {
				if shift.MemberID == w.members[member].ID {
					return true
				}
			}
			return false
		}
		if !on("2026-11-24", taker) || !on("2026-11-25", asker) || on("2026-11-24", asker) || len(w.live("2026-11-24")) != 2 {
			t.Error("they did not swap")
		}
		_, err = w.Approve(t.Context(), w.lead, swap.ID)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		if w.inbox.told["duty.swap.approved/"+swap.ID.String()].IsZero() {
			t.Error("nobody was told")
		}
		w.ExpectFault(w.EndMember(t.Context(), w.lead, w.members[taker].ID), duty.ErrShiftsAhead)
		w.Must(w.EndMember(t.Context(), w.lead, w.members[4].ID))
	})
}

// TestOfThreeSwapsOfOneShiftOneWins: three people have agreed to take it, and all three swaps are
// approved at once.
func TestOfThreeSwapsOfOneShiftOneWins(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Must(w.sets("2026-11-24", "", 0, 1))
		shift := w.live("2026-11-24")[0]
		var swaps []model.DutySwap
		for _, to := range []int{2, 3, 4} {
			swaps = append(swaps, w.agreed(shift, to, model.DutyShiftID{}))
		}
		won := w.AtOnce(3, func(i int) error {
			_, err := w.Approve(t.Context(), w.lead, swaps[i].ID)
			return err
		}, fault.ErrIllegalTransition, fault.ErrChangedMeanwhile)
		if won != 1 || len(w.live("2026-11-24")) != 2 {
			t.Fatalf("%d won, %d are on duty", won, len(w.live("2026-11-24")))
		}
		open, err := w.Swaps(t.Context(), w.lead, w.station, true, model.Page{})
		w.Must(err)
		if len(open.Items) != 0 {
			t.Errorf("%d swaps still wait", len(open.Items))
		}
	})
}

// The race above would see a shift that is given away twice: this is what it sees when the
// shift is looked at and then written.
func TestPowerLookingAtTheShiftFirstGivesItAwayTwice(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		w.Must(w.sets("2026-11-24", "", 0, 1))
		shift := w.live("2026-11-24")[0]
		var looked sync.WaitGroup
		looked.Add(3)
		won := w.AtOnce(3, func(i int) error {
			var status string
			err := past.QueryRowContext(t.Context(), "SELECT status FROM duty_shifts WHERE id = ?", shift.ID[:]).Scan(&status)
			looked.Done()
			looked.Wait()
			if err != nil {
				return err
			}
			if status != string(model.ShiftPlanned) {
				return fault.ErrIllegalTransition
			}
			_, err = past.ExecContext(t.Context(), "UPDATE duty_shifts SET status = 'swapped', live = NULL WHERE id = ?", shift.ID[:])
			next := shift
			next.ID, next.UserID, next.MemberID = model.NewID[model.DutyShift](s.Now()), w.people[2+i].User, w.members[2+i].ID
			if err == nil {
				err = s.DutyShifts.Add(t.Context(), &next)
			}
			return err
		}, fault.ErrIllegalTransition)
		if won < 2 || len(w.live("2026-11-24")) <= 2 {
			t.Fatalf("the naive roster gave it away %d times, %d are on duty", won, len(w.live("2026-11-24")))
		}
	})
}

func TestTheLeadIsToldWhenTomorrowIsNotFilled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Clock.Set(model.Date("2026-11-23").At(16, 0))
		key := "duty.gap/" + w.station.String() + "/2026-11-24"
		if n, err := w.RaiseGaps(t.Context()); err != nil || n != 1 || w.inbox.told[key] != w.lead.User {
			t.Fatalf("%d gaps, %v, told %v", n, err, w.inbox.told)
		}
		gaps, err := w.Gaps(t.Context(), w.lead, 7)
		w.Must(err)
		if len(gaps) != 5 { // Tuesday to Friday, and Monday
			t.Errorf("%d gaps in a week", len(gaps))
		}
		if gaps, err = w.Gaps(t.Context(), w.other, 7); err != nil || len(gaps) != 0 {
			t.Errorf("%d gaps elsewhere, %v", len(gaps), err)
		}
		w.Must(w.sets("2026-11-24", "", 0, 1))
		if n, err := w.RaiseGaps(t.Context()); err != nil || n != 0 {
			t.Errorf("%d gaps, %v", n, err)
		}
		w.Clock.Set(model.Date("2026-11-27").At(16, 0).Add(time.Minute))
		if n, err := w.RaiseGaps(t.Context()); err != nil || n != 0 {
			t.Errorf("%d gaps on a Saturday, %v", n, err)
		}
	})
}

func TestShiftsToComeStandWithAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, day := range []model.Date{"2026-11-23", "2026-11-24", "2026-12-01"} {
			w.Must(w.sets(day, "", 0, 1))
		}
		w.Clock.Set(model.Date("2026-11-23").At(23, 0))
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.people[0].User)
		w.Must(err)
		left := func(kept ...model.Grant) int {
			t.Helper()
			n, err := w.CountPersonalWork(t.Context(), w.Store, model.Departure{Grant: grants[0], Kept: kept})
			w.Must(err)
			return n
		}
		posted := model.Grant{Role: model.CommunityWorker, UnitID: w.community}
		if all, kept, other := left(), left(posted), left(model.Grant{Role: model.ShopKeeper, UnitID: w.community}); all != 2 || kept != 0 || other != 2 {
			t.Errorf("%d, %d with a post there, %d with another role", all, kept, other)
		}
	})
}
