package mailbox

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
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

// HandOverWork gives the open requests of a branch to whoever leads their estates, with what was
// promised to them and what is held of them. Their clocks run on; those that have ended stay where
// they were.
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
	m, err := s.take(ctx, tx, id)
	if err != nil || m.Status.Ended() {
		return err
	}
	heir := h.Heir(m.EstateID)
	if m.TeamID == m.BranchID {
		m.TeamID = heir
	}
	m.BranchID = heir
	err = m.step(model.RequestEvent{
		Kind: model.MoveHandOver, To: m.Status, ActorID: h.By.User, Party: model.PartySystem, Text: h.Note, At: tx.Now(),
	})
	if err != nil {
		return err
	}
	if _, err = m.save(ctx, tx); err != nil {
		return err
	}
	if err := tx.RequestPromises.SaveHandedOver(ctx, id, heir); err != nil {
		return err
	}
	return giveHeld(ctx, tx, id, h, heir)
}

// giveHeld has those decide on the held texts and uploads of a request who have the request. All
// others that are held go to the first heir, and may have gone there already.
func giveHeld(ctx context.Context, tx *store.Store, id model.RequestID, h model.HandOver, heir model.UnitID) error {
	uploads, err := tx.Uploads.ListByHolder(ctx, model.HeldByRequest, model.ID[any](id))
	if err != nil {
		return err
	}
	shown := make([]model.ID[any], len(uploads))
	for i, u := range uploads {
		shown[i] = model.ID[any](u.ID)
	}
	from := [2]model.UnitID{h.From, h.To}
	if err := tx.ModerationItems.SaveGivenOn(ctx, model.ModeratedMessage, []model.ID[any]{model.ID[any](id)}, from, heir); err != nil {
		return err
	}
	return tx.ModerationItems.SaveGivenOn(ctx, model.ModeratedUpload, shown, from, heir)
}

// PersonalWork is what of the mailbox stands with a person: what they were given or have begun.
func (s *Service) PersonalWork() model.Work {
	return model.Work{Kind: "requests", Name: fault.Text{ZH: "件正在办理的诉求", EN: "requests in hand"}}
}

// CountPersonalWork counts the requests that somebody was given or has begun to work on and that
// nobody has answered yet, where only the role that ends lets them.
func (s *Service) CountPersonalWork(ctx context.Context, tx *store.Store, d model.Departure) (n int, err error) {
	hand := model.All(func(page model.Page) (model.Listing[model.Request], error) {
		return tx.Requests.ListInHand(ctx, d.Grant.UserID, page)
	})
	for r, err := range hand {
		if err != nil {
			return 0, err
		}
		if r.WaitsFor == model.PartyResident || r.Status == model.RequestReturnVisit {
			continue // answered
		}
		left, err := d.Leaves(func(g model.Grant) (bool, error) { return s.reaches(ctx, g, r) })
		if err != nil {
			return 0, err
		}
		if left {
			n++
		}
	}
	return n, nil
}

// reaches says whether a grant lets somebody handle a request.
func (s *Service) reaches(ctx context.Context, g model.Grant, r model.Request) (bool, error) {
	if !slices.Contains(access.Table[access.MailboxHandle], g.Role) {
		return false, nil
	}
	for _, unit := range r.Units() {
		if unit.IsZero() {
			continue
		}
		if within, err := s.org.Within(ctx, unit, g.UnitID); err != nil || within {
			return within, err
		}
	}
	return false, nil
}
