package mailbox

import (
	"context"
	"slices"
	"sync"

	"jinlin/model"
	"jinlin/model/store"
)

// matter is one request under way in a transaction: held, moved step by step, saved.
type matter struct {
	model.Request
	clocks  model.RequestClocks
	events  []*model.RequestEvent
	read    int                                  // the version that was read; 0 for a new request
	were    model.RequestClocks                  // the clocks that were read; steps only add behind them
	rules   func() (rules, error)                // read when first asked for: most moves need none
	course  func() ([]model.RequestEvent, error) // the events so far, the same
	history func() ([]model.RequestEvent, error) // those of what it succeeded, and then its own, the same
	service *Service
}

// hold locks a request and reads its clocks. Fault: not_found.
func (s *Service) hold(ctx context.Context, tx *store.Store, id model.RequestID) (*matter, error) {
	request, err := tx.Requests.GetLocked(ctx, id)
	if err != nil {
		return nil, err
	}
	m := s.matter(ctx, tx, request)
	m.clocks, err = tx.RequestClocks.ListByRequests(ctx, id)
	m.were, m.read = m.clocks, request.Version
	return m, err
}

// take holds a request for a move. What its clocks did of themselves comes first, at its own time,
// also where no worker ran: a move must not meet a clock whose red card is due as if there were none.
// Fault: not_found.
func (s *Service) take(ctx context.Context, tx *store.Store, id model.RequestID) (*matter, error) {
	m, err := s.hold(ctx, tx, id)
	if err == nil {
		_, err = m.ringDue(ctx, tx)
	}
	return m, err
}

func (s *Service) matter(ctx context.Context, tx *store.Store, r model.Request) *matter {
	m := &matter{Request: r, service: s}
	m.rules = sync.OnceValues(func() (rules, error) { return s.rules(ctx, tx, m.Request) })
	m.readAnew(ctx, tx)
	return m
}

// readAnew has the events of a request be read when next asked for, and once.
func (m *matter) readAnew(ctx context.Context, tx *store.Store) {
	course := sync.OnceValues(func() ([]model.RequestEvent, error) { return tx.RequestEvents.ListByRequest(ctx, m.ID) })
	m.course, m.history = course, sync.OnceValues(func() ([]model.RequestEvent, error) { return historyOf(ctx, tx, course) })
}

// historyOf are the events of a request behind those of all that it succeeded, and that those had: who
// answered a matter is answerable for it whoever else's request it goes on as.
func historyOf(ctx context.Context, tx *store.Store, course func() ([]model.RequestEvent, error)) ([]model.RequestEvent, error) {
	all, err := course()
	var before []model.RequestID
	succeeded := func(events []model.RequestEvent) {
		for _, e := range events {
			if id := e.Details().OtherID; e.Kind == model.MoveSuccession && !slices.Contains(before, id) {
				before = append(before, id)
			}
		}
	}
	succeeded(all)
	for i := 0; err == nil && i < min(len(before), longestChain); i++ {
		var events []model.RequestEvent
		events, err = tx.RequestEvents.ListByRequest(ctx, before[i])
		succeeded(events)
		all = slices.Concat(events, all)
	}
	return all, err
}

// step goes along one arrow: status, clocks and event. Fault: illegal_transition.
func (m *matter) step(e model.RequestEvent) error {
	if m.Identity == model.IdentitySealed && e.Party == model.PartyResident && !e.ActorID.IsZero() {
		e.ActorID = m.SubmitterID // the sealed identity: no row of the request names who acts
	}
	event, err := m.Step(e)
	if err != nil {
		return err
	}
	if event.Plans() {
		rules, err := m.rules()
		if err != nil {
			return err
		}
		details := event.Details()
		details.Clocks = m.clocks.Plan(event, rules.policy, rules.time)
		event = event.With(details)
	}
	m.clocks = m.clocks.After(event)
	m.Follow(m.clocks)
	m.events = append(m.events, &event)
	return nil
}

// talk adds a message or an urge, while there is room.
// Faults: illegal_transition, conversation_full.
func (m *matter) talk(e model.RequestEvent) error {
	if m.Version >= model.MaxRequestTalk && (!m.Status.Ended() || m.Status == model.RequestMerged) {
		return ErrConversationFull
	}
	e.To = m.Status
	return m.step(e)
}

// save writes what the steps changed, and tells whom it concerns.
func (m *matter) save(ctx context.Context, tx *store.Store) (State, error) {
	if err := m.nameInWriting(ctx, tx); err != nil {
		return State{}, err
	}
	if err := m.saveRequest(ctx, tx); err != nil {
		return State{}, err
	}
	if err := m.saveClocks(ctx, tx); err != nil {
		return State{}, err
	}
	if m.Status.Ended() {
		if err := m.endReferral(ctx, tx); err != nil {
			return State{}, err
		}
	}
	if err := tx.RequestEvents.Add(ctx, m.events...); err != nil {
		return State{}, err
	}
	if err := m.tell(ctx, tx); err != nil {
		return State{}, err
	}
	if err := m.tellStaff(ctx, tx); err != nil {
		return State{}, err
	}
	return m.state(), m.heard(ctx, tx)
}

func (m *matter) saveRequest(ctx context.Context, tx *store.Store) error {
	if m.read == 0 {
		return tx.Requests.Add(ctx, &m.Request)
	}
	return store.Held(tx.Requests.SaveMoved(ctx, m.Request, m.read))
}

// saveClocks writes the clocks that steps started or changed, and what those do next.
func (m *matter) saveClocks(ctx context.Context, tx *store.Store) error {
	moved := map[model.ID[model.RequestClock]]bool{}
	var had []model.ID[model.RequestClock] // alarms, perhaps
	var started []*model.RequestClock
	for i, clock := range m.clocks {
		switch {
		case i >= len(m.were):
			moved[clock.ID] = true
			started = append(started, &clock)
		case !clock.Same(m.were[i]):
			moved[clock.ID] = true
			had = append(had, clock.ID)
			save := tx.RequestClocks.SaveMoved
			if m.were[i].Ended() {
				save = tx.RequestClocks.SaveUnmet
			}
			if err := store.Held(save(ctx, clock)); err != nil {
				return err
			}
		}
	}
	if err := tx.RequestClocks.Add(ctx, started...); err != nil || len(moved) == 0 {
		return err
	}
	for _, clock := range m.clocks {
		if clock.RedAt != nil && !clock.Ended() && !moved[clock.ID] { // its turn to climb may have come or gone
			moved[clock.ID] = true
			had = append(had, clock.ID)
		}
	}
	return m.saveAlarms(ctx, tx, moved, had)
}

// saveAlarms sets the alarms of some clocks anew; some of them may have had one.
func (m *matter) saveAlarms(ctx context.Context, tx *store.Store, of map[model.ID[model.RequestClock]]bool, had []model.ID[model.RequestClock]) error {
	if err := tx.RequestAlarms.Delete(ctx, had...); err != nil {
		return err
	}
	if !slices.ContainsFunc(m.clocks, func(c model.RequestClock) bool { return of[c.ID] && c.Running() }) {
		return nil
	}
	rules, err := m.rules()
	if err != nil {
		return err
	}
	var alarms []*model.RequestAlarm
	for _, alarm := range m.clocks.Alarms(m.Level, rules.policy.Rung, rules.time) {
		if of[alarm.ClockID] {
			alarms = append(alarms, &alarm)
		}
	}
	return tx.RequestAlarms.Add(ctx, alarms...)
}

func (m *matter) state() State {
	return State{ID: m.ID, Receipt: m.Receipt, Status: m.Status, Outcome: m.Outcome, Level: m.Level, Clocks: m.clocks}
}
