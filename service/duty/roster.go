package duty

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// lookBack is how far back fair turns count.
const lookBack = 90

// Month is a calendar month, written 2026-12.
type Month string

// Days are the first and the last day. Fault: invalid.
func (m Month) Days() (first, last model.Date, err error) {
	begin, bad := time.ParseInLocation("2006-01", string(m), model.Shanghai)
	if bad != nil {
		return "", "", fault.InvalidField("month", "invalid", "月份格式应为 2026-12。", "Not a month like 2026-12.")
	}
	return model.DateOf(begin), model.DateOf(begin.AddDate(0, 1, 0)).AddDays(-1), nil
}

// Day is a day of a roster.
type Day struct {
	model.CalendarDay
	Reason  string // why there are more or fewer than usual
	Version int    // 0: not planned
	Shifts  []model.DutyShift
	Missing bool // a working day, still to come, with too few people
}

// Roster is a station's month, day by day. Faults: those of access.Require, invalid.
func (s *Service) Roster(ctx context.Context, actor model.Actor, id model.UnitID, month Month) ([]Day, error) {
	if err := s.access.Require(ctx, actor, access.DutyRead, id); err != nil {
		return nil, err
	}
	first, last, err := month.Days()
	if err != nil {
		return nil, err
	}
	c, err := s.calendar.Between(ctx, first, last)
	if err != nil {
		return nil, err
	}
	planned, err := s.store.DutyDays.ListBetween(ctx, id, first, last)
	if err != nil {
		return nil, err
	}
	shifts, err := s.store.DutyShifts.ListBetween(ctx, []model.UnitID{id}, first, last, false)
	var days []Day
	for date := first; date <= last; date = date.AddDays(1) {
		day := Day{CalendarDay: c.Day(date)}
		for _, d := range planned {
			if d.Date == date {
				day.Reason, day.Version = d.Reason, d.Version
			}
		}
		there := 0
		for _, shift := range shifts {
			if shift.Date == date {
				day.Shifts = append(day.Shifts, shift)
				if shift.Live != nil {
					there++
				}
			}
		}
		day.Missing = day.Kind.Working() && there < model.LeastOnDuty && day.Reason == "" && date >= model.DateOf(s.store.Now())
		days = append(days, day)
	}
	return days, err
}

// Plan is what planning a month came to.
type Plan struct {
	Days  []model.Date // that were planned
	Turns []model.Turn // how often it is whose turn
	Short []model.Date // days with fewer people than asked for; only with a reason
}

// PlanMonth gives the working days of a month that nobody has planned to perDay members
// each, by fair turns. With a reason it goes on where there are too few. It plans nothing
// twice, so it can be asked again after the pool has grown.
// Faults: unauthenticated, forbidden, not_found, invalid, pool_too_small, changed_meanwhile.
func (s *Service) PlanMonth(ctx context.Context, actor model.Actor, id model.UnitID, month Month, perDay int, reason string) (Plan, error) {
	if err := s.mayManage(ctx, actor, id); err != nil {
		return Plan{}, err
	}
	first, last, err := month.Days()
	if err != nil {
		return Plan{}, err
	}
	first = max(first, model.DateOf(s.store.Now()))
	openings, err := s.station.Openings(ctx, []model.UnitID{id}, first, last)
	if err != nil {
		return Plan{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Plan, error) {
		p, plan, err := planned(ctx, tx, id, month, first, last, perDay, openings[id])
		if err != nil {
			return p, err
		}
		if len(p.Short) > 0 && reason == "" {
			return p, ErrTooFew
		}
		if err := writePlan(ctx, tx, actor, id, p, plan, reason, openings[id]); err != nil {
			return p, err
		}
		return p, record(ctx, tx, actor, "duty.plan", id, id, string(month))
	})
}

// planned counts what was and deals out what is to be.
func planned(ctx context.Context, tx *store.Store, id model.UnitID, month Month, first, last model.Date, perDay int, o model.Opening) (p Plan, plan map[model.Date][]model.DutyMember, err error) {
	pool, err := tx.DutyMembers.ListLive(ctx, id)
	if err != nil {
		return p, nil, err
	}
	taken, err := tx.DutyDays.ListBetween(ctx, id, first, last)
	if err != nil {
		return p, nil, err
	}
	for date := first; date <= last; date = date.AddDays(1) {
		if o.Calendar.Working(date) && !slices.ContainsFunc(taken, func(d model.DutyDay) bool { return d.Date == date }) {
			p.Days = append(p.Days, date)
		}
	}
	if p.Turns, err = turns(ctx, tx, pool, month, first, last); err != nil {
		return p, nil, err
	}
	plan, p.Short = model.FairTurns(p.Turns, p.Days, perDay)
	return p, plan, nil
}

// turns are the fair-share counters of a pool.
func turns(ctx context.Context, tx *store.Store, pool []model.DutyMember, month Month, first, last model.Date) ([]model.Turn, error) {
	users := make([]model.UserID, len(pool))
	out := make([]model.Turn, len(pool))
	for i, m := range pool {
		users[i], out[i] = m.UserID, model.Turn{Member: m, Busy: map[model.Date]bool{}}
	}
	shifts, err := tx.DutyShifts.ListByUsers(ctx, users, first.AddDays(-lookBack), last)
	for _, shift := range shifts {
		turn := &out[slices.Index(users, shift.UserID)]
		turn.Busy[shift.Date] = true
		turn.Last = max(turn.Last, shift.Date)
		if strings.HasPrefix(string(shift.Date), string(month)) {
			turn.Planned++
		} else {
			turn.Before++
		}
	}
	return out, err
}

func writePlan(ctx context.Context, tx *store.Store, actor model.Actor, id model.UnitID, p Plan, plan map[model.Date][]model.DutyMember, reason string, o model.Opening) error {
	var days []*model.DutyDay
	var shifts []*model.DutyShift
	for _, date := range p.Days {
		day := &model.DutyDay{StationID: id, Date: date, DecidedBy: actor.User, UpdatedAt: tx.Now(), Version: 1}
		if len(plan[date]) < model.LeastOnDuty || len(plan[date]) > model.MostOnDuty {
			day.Reason = reason
		}
		days = append(days, day)
		for _, m := range plan[date] {
			shifts = append(shifts, newShift(m, date, o, tx.Now()))
		}
	}
	if err := store.First(tx.DutyDays.Add(ctx, days...)); err != nil {
		return err
	}
	return store.First(tx.DutyShifts.Add(ctx, shifts...)) // another station may have had them a moment ago
}

// newShift lasts from the first opening of the day to the last closing.
func newShift(m model.DutyMember, date model.Date, o model.Opening, now time.Time) *model.DutyShift {
	from, until := model.TimeOfDay("08:30"), model.TimeOfDay("18:00")
	if spans := o.On(date); len(spans) > 0 {
		from, until = spans[0].From, spans[len(spans)-1].Until
	}
	return &model.DutyShift{
		ID: model.NewID[model.DutyShift](now), StationID: m.StationID, Date: date, MemberID: m.ID, UserID: m.UserID, Name: m.Name,
		StartsAt: from.On(date), EndsAt: until.On(date), Status: model.ShiftPlanned, Live: model.Lasting(), Version: 1, CreatedAt: now, UpdatedAt: now,
	}
}

// SetDay says who is on duty on a day. Who was and is not any more is swapped. seen is the
// version that was read, nil for any. Faults: unauthenticated, forbidden, not_found, invalid,
// wrong_number_on_duty, on_duty_already, illegal_transition, changed_meanwhile.
func (s *Service) SetDay(ctx context.Context, actor model.Actor, id model.UnitID, date model.Date, members []model.DutyMemberID, reason string, seen *int) error {
	if err := s.mayManage(ctx, actor, id); err != nil {
		return err
	}
	if date < model.DateOf(s.store.Now()) {
		return fault.InvalidField("date", "past", "不能更改已经过去的日子。", "The day is over.")
	}
	openings, err := s.station.Openings(ctx, []model.UnitID{id}, date, date)
	if err != nil {
		return err
	}
	if err := checkNumber(openings[id].Calendar.Working(date), len(members), reason); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		day := model.DutyDay{StationID: id, Date: date, Reason: reason, DecidedBy: actor.User, UpdatedAt: tx.Now()}
		if err := takeDay(ctx, tx, day, seen); err != nil {
			return err
		}
		if err := replace(ctx, tx, actor, day, members, openings[id]); err != nil {
			return err
		}
		return record(ctx, tx, actor, "duty.day", id, id, string(date))
	})
}

// checkNumber refuses what needs a reason and has none. Fault: wrong_number_on_duty.
func checkNumber(working bool, n int, reason string) error {
	usual := n == 0
	if working {
		usual = n >= model.LeastOnDuty && n <= model.MostOnDuty
	}
	if usual || strings.TrimSpace(reason) != "" {
		return nil
	}
	return ErrHowMany
}

// takeDay moves the day's version on, so that whoever else counts its people waits.
func takeDay(ctx context.Context, tx *store.Store, day model.DutyDay, seen *int) error {
	before, err := tx.DutyDays.Get(ctx, day.StationID, day.Date)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	if err := store.Seen(seen, before.Version); err != nil {
		return err
	}
	if day.Version = before.Version; day.Version == 0 {
		day.Version = 1
		return store.First(tx.DutyDays.Add(ctx, &day))
	}
	return store.Kept(tx.DutyDays.SaveChanged(ctx, day))
}

func replace(ctx context.Context, tx *store.Store, actor model.Actor, day model.DutyDay, members []model.DutyMemberID, o model.Opening) error {
	there, err := tx.DutyShifts.ListBetween(ctx, []model.UnitID{day.StationID}, day.Date, day.Date, true)
	if err != nil {
		return err
	}
	var stay []model.DutyMemberID
	for _, shift := range there {
		if slices.Contains(members, shift.MemberID) {
			stay = append(stay, shift.MemberID)
		} else if err := step(ctx, tx, shift, model.MoveSwap, actor.User, "调整排班"); err != nil {
			return err
		}
	}
	for _, id := range members {
		if slices.Contains(stay, id) {
			continue
		}
		stay = append(stay, id)
		member, err := tx.DutyMembers.Get(ctx, id)
		if errors.Is(err, fault.ErrNotFound) || err == nil && (member.StationID != day.StationID || !member.In(day.Date)) {
			return fault.InvalidField("memberIds", "unknown", "名单中没有这位值班人员。", "This person takes no turns here.")
		}
		if err != nil {
			return err
		}
		if err := addShift(ctx, tx, newShift(member, day.Date, o, tx.Now())); err != nil {
			return err
		}
	}
	return nil
}

func addShift(ctx context.Context, tx *store.Store, shift *model.DutyShift) error {
	err := tx.DutyShifts.Add(ctx, shift)
	if errors.Is(err, store.ErrDuplicate) {
		return ErrElsewhere
	}
	return err
}

// step moves a shift along one arrow, if it still is as it was read.
// Faults: illegal_transition, changed_meanwhile.
func step(ctx context.Context, tx *store.Store, shift model.DutyShift, move model.ShiftMove, by model.UserID, reason string) error {
	event, err := shift.Step(move, by, reason, tx.Now())
	if err != nil {
		return err
	}
	if err := store.Kept(tx.DutyShifts.SaveMoved(ctx, shift)); err != nil {
		return err
	}
	return tx.DutyEvents.Add(ctx, &event)
}

// ConfirmMonth confirms every planned shift of a month and says how many.
// Faults: unauthenticated, forbidden, not_found, invalid, changed_meanwhile.
func (s *Service) ConfirmMonth(ctx context.Context, actor model.Actor, id model.UnitID, month Month) (int, error) {
	if err := s.mayManage(ctx, actor, id); err != nil {
		return 0, err
	}
	first, last, err := month.Days()
	if err != nil {
		return 0, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (int, error) {
		shifts, err := tx.DutyShifts.ListBetween(ctx, []model.UnitID{id}, first, last, true)
		if err != nil {
			return 0, err
		}
		confirmed := 0
		for _, shift := range shifts {
			if shift.Status != model.ShiftPlanned {
				continue
			}
			if err := step(ctx, tx, shift, model.MoveConfirmation, actor.User, ""); err != nil {
				return 0, err
			}
			confirmed++
		}
		return confirmed, record(ctx, tx, actor, "duty.confirm", id, id, string(month))
	})
}

// Confirm is said by whoever has the shift, or by the lead.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, changed_meanwhile.
func (s *Service) Confirm(ctx context.Context, actor model.Actor, id model.DutyShiftID) (model.DutyShift, error) {
	return s.move(ctx, actor, id, model.MoveConfirmation, "")
}

// ReportAbsence is said by whoever has the shift, or by the lead; what time made of the
// shift is written down first. Faults: as with Confirm, and invalid.
func (s *Service) ReportAbsence(ctx context.Context, actor model.Actor, id model.DutyShiftID, reason string) (model.DutyShift, error) {
	reason, err := fault.Reason(reason, 1, 200)
	if err != nil {
		return model.DutyShift{}, err
	}
	return s.move(ctx, actor, id, model.MoveAbsence, reason)
}

func (s *Service) move(ctx context.Context, actor model.Actor, id model.DutyShiftID, move model.ShiftMove, reason string) (model.DutyShift, error) {
	shift, err := s.shiftOf(ctx, actor, id)
	if err != nil {
		return shift, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DutyShift, error) {
		shift, err := pass(ctx, tx, id)
		if err != nil {
			return shift, err
		}
		if err := step(ctx, tx, shift, move, actor.User, reason); err != nil {
			return shift, err
		}
		if err := record(ctx, tx, actor, "duty."+string(move), shift.StationID, id, string(shift.Date)); err != nil {
			return shift, err
		}
		return tx.DutyShifts.Get(ctx, id)
	})
}

// shiftOf reads a shift that the actor has or leads. Faults: unauthenticated, not_found.
func (s *Service) shiftOf(ctx context.Context, actor model.Actor, id model.DutyShiftID) (model.DutyShift, error) {
	if actor.Nobody() {
		return model.DutyShift{}, fault.ErrUnauthenticated
	}
	shift, err := s.store.DutyShifts.Get(ctx, id)
	if err != nil || shift.UserID == actor.User {
		return shift, err
	}
	if err := s.access.Require(ctx, actor, access.DutyManage, shift.StationID); err != nil {
		return model.DutyShift{}, fault.ErrNotFound
	}
	return shift, nil
}
