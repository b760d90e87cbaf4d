package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// Listener hears of one event of a request, in the transaction that wrote it. The request is
// as all events of that transaction left it. Of a reply or a refusal whose words are held it
// hears once more when they are released, and they are not held then.
type Listener func(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent) error

// OnEvent adds a listener. It is called before the service is used.
func (s *Service) OnEvent(l Listener) { s.listen = append(s.listen, l) }

// heard lets the listeners hear of what was saved.
func (m *matter) heard(ctx context.Context, tx *store.Store) error {
	for _, e := range m.events {
		if err := m.service.hear(ctx, tx, m.Request, *e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) hear(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent) error {
	for _, hears := range s.listen {
		if err := hears(ctx, tx, r, e); err != nil {
			return err
		}
	}
	return nil
}
