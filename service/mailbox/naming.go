package mailbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// named is what those hear who answered, and those of the level that has it now.
var named = staffSaying{
	judgedBy,
	fault.Text{ZH: "书面通报：诉求两次未解决", EN: "Named in writing: answers did not help twice"},
	fault.Text{ZH: "“%s”诉求（编号 %s）两次以上答复后仍未解决，已书面通报承办单位，请点开查看。", EN: "The request about “%s” (%s) was answered twice or more and is not settled. Who answered is named in writing: open it to read."},
}

// nameInWriting puts it on record in words, for both sides, when an answer did not help for the
// second time and each time after: which unit it came from.
func (m *matter) nameInWriting(ctx context.Context, tx *store.Store) error {
	if !slices.ContainsFunc(m.events, func(e *model.RequestEvent) bool { return e.Reopens() }) {
		return nil
	}
	history, err := m.history() // without the newest
	if err != nil {
		return err
	}
	failures := 1
	for _, e := range history {
		if e.Reopens() {
			failures++
		}
	}
	if failures == 1 {
		return nil
	}
	answerable, err := m.answerable(ctx, model.LastAnswer(history).Level) // a visit that was overdue has come up since
	if err != nil {
		return err
	}
	unit, err := m.service.org.Unit(ctx, answerable)
	if err != nil {
		return err
	}
	return m.step(model.RequestEvent{
		Kind: model.MoveNaming, To: m.Status, Party: model.PartySystem, At: tx.Now(),
		Text: fmt.Sprintf("第%d次答复后仍未解决，现予书面通报：%s。", failures, unit.Name),
	})
}

// answerable is the unit that answers for a request at a level.
func (m *matter) answerable(ctx context.Context, level model.RequestLevel) (model.UnitID, error) {
	switch level {
	case model.LevelCommunity:
		return cmp.Or(m.CommunityID, m.BranchID), nil
	case model.LevelTown:
		return cmp.Or(m.TownID, m.BranchID), nil
	case model.LevelCounty:
		units, err := m.service.policyUnits(ctx, m.Request)
		if err != nil {
			return model.UnitID{}, err
		}
		return units[len(units)-1], nil // the highest
	}
	return m.BranchID, nil
}
