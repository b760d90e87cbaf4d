package mailbox

import (
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Pause lets work rest until a moment, for one of the reasons that count. The clock reply stands
// still meanwhile; one that has run out cannot be stopped.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid, pause_too_long,
// already_overdue.
func (s *Service) Pause(ctx context.Context, actor model.Actor, id model.RequestID, reason model.PauseReason, until time.Time) (State, error) {
	return s.staffMove(ctx, actor, id, model.MovePause, func(tx *store.Store, m *matter) error {
		e := byStaff(actor, tx, model.MovePause, model.RequestPaused, "")
		if !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		if err := restUntil(tx.Now(), until); err != nil {
			return err
		}
		if m.clocks.Overdue(tx.Now()) {
			return ErrOverdue
		}
		if err := s.checkPause(ctx, tx, m, until); err != nil {
			return err
		}
		return m.step(e.With(model.EventDetails{Reason: reason, Until: &until}))
	})
}

// restUntil bounds a pause. Fault: invalid.
func restUntil(now, until time.Time) error {
	switch {
	case !until.After(now):
		return fault.InvalidField("until", "in_the_past", "恢复时间须晚于现在。", "Work has to go on later than now.")
	case until.After(now.AddDate(1, 0, 0)): // days are counted one by one, and under a lock
		return fault.InvalidField("until", "out_of_range", "恢复时间须在一年以内。", "Work has to go on within a year.")
	}
	return nil
}

// checkPause holds a pause against the most that one and all of them may last.
// Fault: pause_too_long.
func (s *Service) checkPause(ctx context.Context, tx *store.Store, m *matter, until time.Time) error {
	rules, err := m.rules()
	if err != nil {
		return err
	}
	events, err := m.course()
	if err != nil {
		return err
	}
	days := workingDaysOff(rules.time, tx.Now(), until)
	if days > s.settings.PauseDays || days+rested(rules.time, events) > s.settings.AllPausesDays {
		return ErrPauseTooLong
	}
	return nil
}

// rested are the working days that past pauses have lasted.
func rested(w model.WorkingTime, events []model.RequestEvent) (days int) {
	var since time.Time
	for _, e := range events {
		switch e.Kind {
		case model.MovePause:
			since = e.At
		case model.MoveResumption:
			days += workingDaysOff(w, since, e.At)
		}
	}
	return days
}

// workingDaysOff are the working days after the one on which a rest begins, until it ends; one at
// least, or rests of an hour could follow each other for ever.
func workingDaysOff(w model.WorkingTime, from, until time.Time) int {
	return max(1, w.Days(model.DateOf(from).AddDays(1), model.DateOf(until)))
}

// Resume goes on with the work before the pause is over; then it goes on by itself.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Resume(ctx context.Context, actor model.Actor, id model.RequestID) (State, error) {
	return s.staffMove(ctx, actor, id, model.MoveResumption, func(tx *store.Store, m *matter) error {
		return m.step(byStaff(actor, tx, model.MoveResumption, model.RequestHandling, ""))
	})
}

// AskExtension asks for more time for the reply, before its time is up, once.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid, already_overdue,
// extension_used, extension_too_long.
func (s *Service) AskExtension(ctx context.Context, actor model.Actor, id model.RequestID, until time.Time, reason string) (State, error) {
	reason, err := written("reason", reason)
	if err != nil {
		return State{}, err
	}
	ask := func(tx *store.Store, m *matter, e model.RequestEvent) error {
		e.To = m.Status
		if !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		if err := s.checkExtension(ctx, tx, m, until); err != nil {
			return err
		}
		return m.step(e.With(model.EventDetails{Until: &until}))
	}
	return s.staffSays(ctx, actor, id, model.MoveExtension, "", reason, nil, ask)
}

// checkExtension says whether so much more time can be asked for now.
// Faults: already_overdue, extension_used, extension_too_long, invalid.
func (s *Service) checkExtension(ctx context.Context, tx *store.Store, m *matter, until time.Time) error {
	clock, running := m.clocks.Current(model.ClockReply)
	if !running || clock.Overdue(tx.Now()) {
		return ErrOverdue
	}
	if !until.After(clock.DueAt) {
		return fault.InvalidField("until", "not_later", "延期后的时间须晚于原期限。", "More time ends later than what there is.")
	}
	rules, err := m.rules()
	if err != nil {
		return err
	}
	if until.After(rules.time.Closing(rules.time.Calendar.AddWorkingDays(model.DateOf(clock.DueAt), s.settings.ExtensionDays))) {
		return ErrExtensionTooLong
	}
	events, err := m.course()
	if err != nil {
		return err
	}
	if asked, given := model.ExtensionOf(events); given || asked.Seq > 0 {
		return ErrExtended
	}
	return nil
}

// DecideExtension gives the time that was asked for, or does not: as much as was asked for, also
// where a pause has moved what it is due at since. Whoever asked cannot decide, and when the time is
// up nothing is left to be decided.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, no_extension, same_person,
// already_overdue.
func (s *Service) DecideExtension(ctx context.Context, actor model.Actor, id model.RequestID, grant bool) (State, error) {
	move := model.MoveExtensionRefusal
	if grant {
		move = model.MoveExtensionGrant
	}
	return s.staffMove(ctx, actor, id, move, func(tx *store.Store, m *matter) error {
		e := byStaff(actor, tx, move, m.Status, "")
		if !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		events, err := m.course()
		if err != nil {
			return err
		}
		asked, _ := model.ExtensionOf(events)
		clock, running := m.clocks.Current(model.ClockReply)
		switch {
		case asked.Seq == 0:
			return ErrNoExtension
		case asked.ActorID == actor.User:
			return ErrSamePerson
		case !running || clock.Overdue(tx.Now()):
			return ErrOverdue
		}
		until, err := m.extended(clock, dueThen(events, asked), *asked.Details().Until)
		if err != nil {
			return err
		}
		return m.step(e.With(model.EventDetails{Until: &until}))
	})
}

// extended is until when a clock runs with as much more time as was asked for when it was due at another
// moment: as much working time, where it counts that.
func (m *matter) extended(clock model.RequestClock, then, until time.Time) (time.Time, error) {
	if clock.DueAt.Equal(then) || !clock.Allowed.InWorkingTime() {
		return until.Add(clock.DueAt.Sub(then)), nil
	}
	rules, err := m.rules()
	return rules.time.Add(clock.DueAt, rules.time.Between(then, until)), err
}

// dueThen is when the clock reply was due when more time was asked for.
func dueThen(events []model.RequestEvent, asked model.RequestEvent) time.Time {
	clock, _ := model.Folded(events[:slices.IndexFunc(events, func(e model.RequestEvent) bool { return e.Seq == asked.Seq })]).Current(model.ClockReply)
	return clock.DueAt
}
