package account

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// Newcomer is what everybody is called who has not chosen a nickname.
const Newcomer = "居民"

// outlive keeps what somebody is called, or a number of theirs, from being unknown once it is
// replaced: it stands in texts of theirs, and has to be found there when they go.
func outlive(ctx context.Context, tx *store.Store, user model.UserID, kind model.FormerKind, value string) error {
	if value == "" || value == Newcomer {
		return nil
	}
	row := model.FormerName{ID: model.NewID[model.FormerName](tx.Now()), UserID: user, Kind: kind, CreatedAt: tx.Now()}
	sealed, err := tx.Keys().Seal(formerPlace(row), []byte(value))
	if err != nil {
		return err
	}
	row.Sealed = sealed
	return tx.FormerNames.Add(ctx, &row)
}

// Former are the names or numbers that somebody had before.
func Former(ctx context.Context, s *store.Store, user model.UserID, kind model.FormerKind) (values []string, err error) {
	rows := model.All(func(page model.Page) (model.Listing[model.FormerName], error) {
		return s.FormerNames.ListByUser(ctx, user, page)
	})
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if row.Kind != kind {
			continue
		}
		value, err := s.Keys().Open(formerPlace(row), row.Sealed)
		if err != nil {
			return nil, err
		}
		values = append(values, string(value))
	}
	return values, nil
}

func formerPlace(row model.FormerName) store.Place {
	return store.Place{Table: "former_names", Column: "sealed", Row: row.ID.String()}
}
