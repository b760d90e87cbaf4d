package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what of the mailbox stands with a branch: its open requests.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "mailbox", Name: fault.Text{ZH: "未办结的诉求", EN: "open requests"}}
}

// CountWork counts the open requests of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	return tx.Requests.CountOpenOf(ctx, branches)
}

const handOverBatch = 100

// HandOverWork gives the open requests of a branch to whoever leads their estates. Their
// clocks run on; those that have ended stay where they were.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	open := model.Drain(func() ([]model.Request, error) { return tx.Requests.ListOpenOf(ctx, h.From, handOverBatch) })
	for r, err := range open {
		if err == nil {
			err = s.handOver(ctx, tx, r.ID, h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) handOver(ctx context.Context, tx *store.Store, id model.RequestID, h model.HandOver) error {
	m, err := s.hold(ctx, tx, id)
	if err != nil || m.Status.Ended() {
		return err
	}
	m.BranchID = h.Heir(m.EstateID)
	err = m.step(model.RequestEvent{
		Kind: model.MoveHandOver, To: m.Status, ActorID: h.By.User, Party: model.PartySystem, Text: h.Note, At: tx.Now(),
	})
	if err != nil {
		return err
	}
	_, err = m.save(ctx, tx)
	return err
}
