package model

import "time"

// RequestAlarm is what a running clock does next of itself, and when, or a promise: the table of
// them is what a worker looks through, so it holds nothing that is over. A clock has one at most.
type RequestAlarm struct {
	ClockID   ID[RequestClock] `gorm:"primaryKey" data:"none"` // or the id of a promise
	RequestID RequestID        `data:"none"`
	Kind      RequestMove      `data:"none"` // the event that it will be
	At        time.Time        `data:"none"`
}

// Alarms are what the clocks of a request at a level do next. It has one ladder: of several clocks
// that are late, the one that has been late for longest takes it up.
func (c RequestClocks) Alarms(level RequestLevel, rung ClockLimit, w WorkingTime) (alarms []RequestAlarm) {
	var climbs RequestClock
	for _, clock := range c {
		if clock.late() && (climbs.RedAt == nil || clock.RedAt.Before(*climbs.RedAt)) {
			climbs = clock
		}
	}
	for _, clock := range c {
		alarm, set := clock.Alarm(level, rung, w)
		if set && (alarm.Kind != MoveEscalation || clock.ID == climbs.ID) {
			alarms = append(alarms, alarm)
		}
	}
	return alarms
}

// late says whether it runs on after its red card.
func (c RequestClock) late() bool { return c.Running() && c.RedAt != nil }

// Alarm is what a clock of a request at a level does next; false for nothing. A yellow card
// comes one working day before it runs out, if the clock is as long as that; a red card when
// the first day over begins; and then the request goes up, rung by rung, until it is answered
// or with the county. Silence is watched apart: it ends nothing that was not read.
func (c RequestClock) Alarm(level RequestLevel, rung ClockLimit, w WorkingTime) (RequestAlarm, bool) {
	alarm := RequestAlarm{ClockID: c.ID, RequestID: c.RequestID}
	switch {
	case !c.Running() || c.Name == ClockSilence:
		return alarm, false
	case c.Name == ClockPause:
		alarm.Kind, alarm.At = MoveResumption, c.DueAt
	case c.RedAt != nil:
		alarm.Kind, alarm.At = MoveEscalation, rung.Rung(*c.RedAt, c.Rungs+1, w)
		return alarm, level != LevelCounty
	case c.YellowAt == nil && w.DayBefore(c.DueAt).After(c.StartedAt):
		alarm.Kind, alarm.At = MoveYellowCard, w.DayBefore(c.DueAt)
	default:
		alarm.Kind, alarm.At = MoveRedCard, c.Allowed.Over(c.DueAt, w)
	}
	return alarm, true
}
