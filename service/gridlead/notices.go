package gridlead

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// tell tells who leads from now on, and who led until then.
func (s *Service) tell(ctx context.Context, tx *store.Store, l model.GridLead, grid model.Unit, before model.GridLead) error {
	err := s.notices.Tell(ctx, tx, model.Notice{
		User: l.UserID, Kind: "grid_lead", Link: "pages/me/index", Key: "grid_lead/" + l.ID.String() + "/appointed",
		Title: fault.Text{ZH: "您被指定为网格牵头人", EN: "You lead a grid"},
		Text: fault.Text{
			ZH: "自 " + string(l.ValidFrom) + " 起，您是“" + grid.Name + "”的牵头人。如有疑问，请联系社区。",
			EN: "From " + string(l.ValidFrom) + " on you lead “" + grid.Name + "”.",
		},
	})
	if before.ID.IsZero() {
		return err
	}
	return errors.Join(err, s.relieve(ctx, tx, before, grid, l.ValidFrom))
}

// relieve tells somebody that they lead a grid no more.
func (s *Service) relieve(ctx context.Context, tx *store.Store, l model.GridLead, grid model.Unit, on model.Date) error {
	return s.notices.Tell(ctx, tx, model.Notice{
		User: l.UserID, Kind: "grid_lead", Link: "pages/me/index", Key: "grid_lead/" + l.ID.String() + "/ended",
		Title: fault.Text{ZH: "您不再担任网格牵头人", EN: "You lead a grid no more"},
		Text: fault.Text{
			ZH: "自 " + string(on) + " 起，您不再担任“" + grid.Name + "”的牵头人。如有疑问，请联系社区。",
			EN: "From " + string(on) + " on you no longer lead “" + grid.Name + "”.",
		},
	})
}
