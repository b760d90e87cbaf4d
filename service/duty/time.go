package duty

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// pass reads a shift after writing down what time has made of it: a shift that nobody
// confirmed counts as confirmed once it begins.
func pass(ctx context.Context, tx *store.Store, id model.DutyShiftID) (model.DutyShift, error) {
	for {
		shift, err := tx.DutyShifts.Get(ctx, id)
		if err != nil {
			return shift, err
		}
		move, due := passing(shift, shift.Now(tx.Now()))
		if !due {
			return shift, nil
		}
		if err := step(ctx, tx, shift, move, model.UserID{}, ""); err != nil {
			return shift, err
		}
	}
}

// passing is the next arrow towards what time has made of a shift.
func passing(shift model.DutyShift, now model.ShiftStatus) (model.ShiftMove, bool) {
	if shift.Status == now {
		return "", false
	}
	switch shift.Status {
	case model.ShiftPlanned:
		return model.MoveConfirmation, true
	case model.ShiftConfirmed:
		return model.MoveBeginning, true
	}
	return model.MoveEnd, true
}

// passBatch is how many shifts one look moves.
const passBatch = 200

// Pass writes down what time has made of shifts, each in a transaction of its own, and says
// how many moved. Whoever asks is told the truth meanwhile: see model.DutyShift.Now.
func (s *Service) Pass(ctx context.Context) (int, error) {
	moved := 0
	for _, due := range []func() ([]model.DutyShift, error){
		func() ([]model.DutyShift, error) { return s.due(ctx, model.ShiftPlanned) },
		func() ([]model.DutyShift, error) { return s.due(ctx, model.ShiftConfirmed) },
		func() ([]model.DutyShift, error) {
			return s.store.DutyShifts.ListOver(ctx, s.store.Now(), passBatch)
		},
	} {
		shifts, err := due()
		if err != nil {
			return moved, err
		}
		for _, shift := range shifts {
			err := s.store.InTx(ctx, func(tx *store.Store) error {
				_, err := pass(ctx, tx, shift.ID)
				return err
			})
			if errors.Is(err, fault.ErrChangedMeanwhile) { // somebody else moved it just now
				continue
			}
			if err != nil {
				return moved, err
			}
			moved++
		}
	}
	return moved, nil
}

func (s *Service) due(ctx context.Context, status model.ShiftStatus) ([]model.DutyShift, error) {
	return s.store.DutyShifts.ListDue(ctx, status, s.store.Now(), passBatch)
}

// Gap is a working day on which a station has too few people.
type Gap struct {
	Station model.Unit
	Date    model.Date
	People  int
}

// AlarmAt is when the leads of stations without a roster for tomorrow are told.
const AlarmAt model.TimeOfDay = "16:00"

// Gaps are the working days from tomorrow on, so many days ahead, at most 31, on which
// stations within the actor's authority have too few people and nobody has given a reason.
// Faults: unauthenticated, forbidden.
func (s *Service) Gaps(ctx context.Context, actor model.Actor, ahead int) ([]Gap, error) {
	tops, err := s.access.Units(ctx, actor, access.DutyRead)
	if err != nil {
		return nil, err
	}
	var found []Gap
	tomorrow := model.DateOf(s.store.Now()).AddDays(1)
	gaps, err := s.gaps(ctx, tomorrow, tomorrow.AddDays(min(ahead, 31)-1))
	if err != nil {
		return nil, err
	}
	for _, gap := range gaps {
		within, err := s.org.Within(ctx, gap.Station.ID, tops...)
		if err != nil {
			return nil, err
		}
		if within {
			found = append(found, gap)
		}
	}
	return found, nil
}

// gaps are those of every station of the county.
func (s *Service) gaps(ctx context.Context, from, to model.Date) ([]Gap, error) {
	c, err := s.calendar.Between(ctx, from, to)
	if err != nil {
		return nil, err
	}
	stations, err := s.org.OfKind(ctx, model.Station)
	if err != nil {
		return nil, err
	}
	ids := make([]model.UnitID, len(stations))
	for i, unit := range stations {
		ids[i] = unit.ID
	}
	counts, err := s.store.DutyShifts.ListCounts(ctx, ids, from, to)
	if err != nil {
		return nil, err
	}
	excused, err := s.store.DutyDays.ListExcused(ctx, ids, from, to)
	if err != nil {
		return nil, err
	}
	people := map[store.DutyKey]int{}
	for _, count := range counts {
		people[count.DutyKey] = count.People
	}
	var gaps []Gap
	for date := from; date <= to; date = date.AddDays(1) {
		if !c.Working(date) {
			continue
		}
		for _, unit := range stations {
			key := store.DutyKey{StationID: unit.ID, Date: date}
			if people[key] < model.LeastOnDuty && !excused[key] {
				gaps = append(gaps, Gap{Station: unit, Date: date, People: people[key]})
			}
		}
	}
	return gaps, nil
}

// RaiseGaps tells the leads of stations without enough people tomorrow, once a station and
// day, and says how many stations that are.
func (s *Service) RaiseGaps(ctx context.Context) (int, error) {
	tomorrow := model.DateOf(s.store.Now()).AddDays(1)
	gaps, err := s.gaps(ctx, tomorrow, tomorrow)
	if err != nil {
		return 0, err
	}
	for _, gap := range gaps {
		err := s.store.InTx(ctx, func(tx *store.Store) error {
			leads, err := s.leads(ctx, tx, gap.Station)
			if err != nil {
				return err
			}
			for _, lead := range leads {
				if err := s.notices.Tell(ctx, tx, alarm(gap, lead)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return len(gaps), nil
}

// leads are the community workers of where a station lies.
func (s *Service) leads(ctx context.Context, tx *store.Store, unit model.Unit) ([]model.UserID, error) {
	grants, err := tx.Grants.ListByUnit(ctx, unit.ParentID, model.CommunityWorker, tx.Now())
	leads := make([]model.UserID, len(grants))
	for i, grant := range grants {
		leads[i] = grant.UserID
	}
	return leads, err
}

func alarm(gap Gap, to model.UserID) model.Notice {
	return model.Notice{
		User: to, Kind: "duty", Key: "duty.gap/" + gap.Station.ID.String() + "/" + string(gap.Date),
		Title: fault.Text{ZH: "明天还没有排够值班", EN: "Tomorrow's duty is not filled"},
		Text: fault.Text{
			ZH: gap.Station.Name + " " + string(gap.Date) + " 的值班少于两人，请尽快安排。",
			EN: gap.Station.Name + " has fewer than two people on duty on " + string(gap.Date) + ". Fill it soon.",
		},
		Link: "pages/duty/roster?stationId=" + gap.Station.ID.String(),
	}
}

// StatusOf is where a shift is now, as time has it.
func (s *Service) StatusOf(shift model.DutyShift) model.ShiftStatus { return shift.Now(s.store.Now()) }
