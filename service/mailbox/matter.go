package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// matter is one request under way in a transaction: held, moved step by step, saved.
type matter struct {
	model.Request
	clocks  model.RequestClocks
	events  []*model.RequestEvent
	read    int                 // the version that was read; 0 for a new request
	were    model.RequestClocks // the clocks that were read; steps only add behind them
	policy  model.ClockPolicy
	notices Notices
}

// hold locks a request and reads its clocks. Fault: not_found.
func (s *Service) hold(ctx context.Context, tx *store.Store, id model.RequestID) (*matter, error) {
	request, err := tx.Requests.GetLocked(ctx, id)
	if err != nil {
		return nil, err
	}
	clocks, err := tx.RequestClocks.ListByRequests(ctx, id)
	return &matter{
		Request: request, clocks: clocks, were: clocks, read: request.Version, policy: s.settings.Clocks, notices: s.notices,
	}, err
}

// step goes along one arrow: status, clocks and event. Fault: illegal_transition.
func (m *matter) step(e model.RequestEvent) error {
	event, err := m.Step(e)
	if err != nil {
		return err
	}
	m.clocks = m.clocks.After(event, m.policy)
	m.Follow(m.clocks)
	m.events = append(m.events, &event)
	return nil
}

// talk adds a message or an urge, while there is room.
// Faults: illegal_transition, conversation_full.
func (m *matter) talk(e model.RequestEvent) error {
	if m.Version >= model.MaxRequestTalk && !m.Status.Ended() {
		return ErrConversationFull
	}
	e.To = m.Status
	return m.step(e)
}

// save writes what the steps changed, and tells the submitter of it.
func (m *matter) save(ctx context.Context, tx *store.Store) (State, error) {
	if err := m.saveRequest(ctx, tx); err != nil {
		return State{}, err
	}
	for i, clock := range m.clocks {
		if err := m.saveClock(ctx, tx, i, clock); err != nil {
			return State{}, err
		}
	}
	if err := tx.RequestEvents.Add(ctx, m.events...); err != nil {
		return State{}, err
	}
	return m.state(), m.tell(ctx, tx)
}

func (m *matter) saveRequest(ctx context.Context, tx *store.Store) error {
	if m.read == 0 {
		return tx.Requests.Add(ctx, &m.Request)
	}
	return store.Held(tx.Requests.SaveMoved(ctx, m.Request, m.read))
}

// saveClock writes a clock that one of the steps started or ended.
func (m *matter) saveClock(ctx context.Context, tx *store.Store, i int, clock model.RequestClock) error {
	switch {
	case i >= len(m.were):
		return tx.RequestClocks.Add(ctx, &clock)
	case m.were[i].Running() && !clock.Running():
		_, err := tx.RequestClocks.SaveEnded(ctx, clock)
		return err
	}
	return nil
}

func (m *matter) state() State {
	return State{ID: m.ID, Receipt: m.Receipt, Status: m.Status, Outcome: m.Outcome, Level: m.Level, Clocks: m.clocks}
}
