package model_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"jinlin/model"
)

// TestTurnsAreFairWhoeverThePoolIs tries pools by chance: members who come and go, who are
// busy, who have done more before. The seed is in the name of what fails.
func TestTurnsAreFairWhoeverThePoolIs(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 15))
		var days []model.Date
		for day := model.Date("2026-12-01"); day < "2027-01-01"; day = day.AddDays(1) {
			if model.NewCalendar().Working(day) {
				days = append(days, day)
			}
		}
		turns, perDay := randomPool(random, days), 2+random.IntN(2)
		again := slices.Clone(turns)
		plan, short := model.FairTurns(turns, days, perDay)
		same, _ := model.FairTurns(again, days, perDay)
		count := map[model.DutyMemberID]int{}
		for _, day := range days {
			met := map[model.DutyMemberID]bool{}
			for i, m := range plan[day] {
				if met[m.ID] || !m.In(day) || busy(turns, m)[day] {
					t.Errorf("seed %d: %s has a turn on %s that cannot be", seed, m.Name, day)
				}
				if same[day][i].ID != m.ID {
					t.Errorf("seed %d: %s is not the same when asked again", seed, day)
				}
				met[m.ID] = true
				count[m.ID]++
			}
			if len(plan[day]) != perDay && !slices.Contains(short, day) || len(plan[day]) > perDay {
				t.Errorf("seed %d: %d on %s, which is not said to be short", seed, len(plan[day]), day)
			}
		}
		fewest, most := 1000, 0
		for _, turn := range turns {
			if alwaysThere(turn, days) {
				fewest, most = min(fewest, count[turn.Member.ID]), max(most, count[turn.Member.ID])
			}
			if turn.Planned != count[turn.Member.ID] {
				t.Errorf("seed %d: the counter says %d, the plan %d", seed, turn.Planned, count[turn.Member.ID])
			}
		}
		if most > fewest+1 {
			t.Errorf("seed %d: somebody has %d shifts and somebody %d", seed, most, fewest)
		}
	}
}

func randomPool(random *rand.Rand, days []model.Date) []model.Turn {
	turns := make([]model.Turn, 1+random.IntN(9))
	for i := range turns {
		m := model.DutyMember{ID: model.DutyMemberID{15: byte(i + 1)}, ValidFrom: "2026-01-01"}
		turn := model.Turn{Before: random.IntN(30), Busy: map[model.Date]bool{}}
		switch random.IntN(4) {
		case 0:
			m.ValidFrom = days[random.IntN(len(days))]
		case 1:
			end := days[random.IntN(len(days))]
			m.ValidTo = &end
		case 2:
			turn.Busy[days[random.IntN(len(days))]] = true
		}
		turn.Member = m
		turns[i] = turn
	}
	return turns
}

func busy(turns []model.Turn, m model.DutyMember) map[model.Date]bool {
	for _, turn := range turns {
		if turn.Member.ID == m.ID {
			return turn.Busy
		}
	}
	return nil
}

func alwaysThere(turn model.Turn, days []model.Date) bool {
	return len(turn.Busy) == 0 && turn.Member.In(days[0]) && turn.Member.In(days[len(days)-1])
}

func TestWhoeverDidMoreBeforeComesLater(t *testing.T) {
	t.Parallel()
	turns := make([]model.Turn, 3)
	for i := range turns {
		turns[i] = model.Turn{Member: model.DutyMember{ID: model.DutyMemberID{15: byte(i)}, ValidFrom: "2026-01-01"}, Before: 2 - i}
	}
	plan, short := model.FairTurns(turns, []model.Date{"2026-12-01"}, 2)
	if len(short) != 0 || plan["2026-12-01"][0].ID != (model.DutyMemberID{15: 2}) || plan["2026-12-01"][1].ID != (model.DutyMemberID{15: 1}) {
		t.Errorf("%+v", plan)
	}
}

func TestAShiftBeginsAndEndsByTime(t *testing.T) {
	t.Parallel()
	day := model.Date("2026-11-24")
	s := model.DutyShift{Status: model.ShiftPlanned, StartsAt: day.At(8, 30), EndsAt: day.At(18, 0)}
	for at, want := range map[time.Time]model.ShiftStatus{
		day.At(8, 29): model.ShiftPlanned, day.At(8, 30): model.ShiftOnDuty, day.At(17, 59): model.ShiftOnDuty, day.At(18, 0): model.ShiftDone,
	} {
		if got := s.Now(at); got != want {
			t.Errorf("%s at %s; want %s", got, at.In(model.Shanghai), want)
		}
	}
	s.Status = model.ShiftAbsent
	if s.Now(day.At(9, 0)) != model.ShiftAbsent {
		t.Error("time brought somebody back who is absent")
	}
	if _, err := s.Step(model.MoveSwap, model.UserID{}, "", day.At(9, 0)); err == nil {
		t.Error("an absence was swapped")
	}
}
