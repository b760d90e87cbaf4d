package board

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// index lets what is shown of an open request be found by its words and by where it is, and nothing else.
func index(ctx context.Context, tx *store.Store, v model.PublicVersion, r model.Request) error {
	if !v.Shown || r.Status.Ended() {
		return tx.PublicGrams.DeleteOf(ctx, r.ID)
	}
	grams := model.Fewest(model.Grams(v.ShownTitle+" "+v.ShownText), model.KeptGrams)
	spots := model.SpotsOf(v.Category, v.ShownBuildingID, spot(v, r))
	return tx.PublicGrams.SaveOf(ctx, cmp.Or(r.CommunityID, r.EstateID), r.ID, slices.Concat(grams, spots))
}

// IndexedSince is the slot of the job that indexes anew: when what the index holds changed last, so
// that it is done once. It is done again when the job has been forgotten, which mends and harms nothing.
func IndexedSince(time.Time) time.Time { return time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC) }

// IndexAnew indexes every open request that is shown, each as it is by then.
func (s *Service) IndexAnew(ctx context.Context) error {
	open := true
	shown := store.CameFilter{From: "2000-01-01", To: model.DateOf(s.store.Now()), Open: &open}
	for v, err := range model.All(func(page model.Page) (model.Listing[model.PublicVersion], error) {
		return s.store.PublicVersions.ListCame(ctx, shown, page)
	}) {
		if err != nil {
			return err
		}
		err = s.store.InTx(ctx, func(tx *store.Store) error {
			r, err := tx.Requests.GetLocked(ctx, v.RequestID)
			if err != nil {
				return err
			}
			if v, err = tx.PublicVersions.GetLocked(ctx, v.RequestID); err != nil {
				return err
			}
			return index(ctx, tx, v, r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
