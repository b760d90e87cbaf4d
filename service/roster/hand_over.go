package roster

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what stands with a branch here: its Party members.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "roster", Name: fault.Text{ZH: "名在册党员", EN: "Party members on the roster"}}
}

// CountWork counts the members of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	return tx.RosterEntries.CountMembersOf(ctx, branches)
}

// HandOverWork lets the members of a branch belong to whoever leads the estate they live in:
// their lines end, and others begin.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	scope, batch := Scope{Kind: model.PartyRoster, BranchID: h.From}, model.NewID[model.RosterBatch](tx.Now())
	today := model.DateOf(tx.Now())
	for {
		entries, err := Standing(ctx, tx, scope, model.RosterEntryID{})
		if err != nil || len(entries) == 0 {
			return err
		}
		lines, ids := make([]Line, len(entries)), make([]model.RosterEntryID, len(entries))
		for i, e := range entries {
			ids[i], lines[i] = e.ID, e.line()
			lines[i].BranchID = h.Heir(e.EstateID)
		}
		if _, err := tx.RosterEntries.SaveEnded(ctx, ids, today); err != nil {
			return err
		}
		if _, err := Put(ctx, tx, batch, lines); err != nil {
			return err
		}
	}
}
