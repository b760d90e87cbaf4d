package news

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Work is what stands with a branch here: articles that are not published yet.
func (s *Service) Work() model.Work {
	return model.Work{Kind: "news", Name: fault.Text{ZH: "未发布的文章", EN: "articles in work"}}
}

// CountWork counts the articles in work of branches.
func (s *Service) CountWork(ctx context.Context, tx *store.Store, branches []model.UnitID) (map[model.UnitID]int, error) {
	return tx.Articles.CountInWorkOf(ctx, branches)
}

const handOverBatch = 100

// HandOverWork gives the articles in work of a branch to its successor. What was published
// stays with the branch that published it.
func (s *Service) HandOverWork(ctx context.Context, tx *store.Store, h model.HandOver) error {
	inWork := model.Drain(func() ([]model.Article, error) { return tx.Articles.ListInWorkOf(ctx, h.From, handOverBatch) })
	for a, err := range inWork {
		if err == nil {
			err = store.Held(tx.Articles.SaveHandedOver(ctx, a, h.To)) // an edit may be faster
		}
		if err == nil {
			err = tx.ArticleEvents.Add(ctx, &model.ArticleEvent{
				ID: model.NewID[model.ArticleEvent](tx.Now()), ArticleID: a.ID, FromStatus: a.Status, ToStatus: a.Status,
				ActorID: h.By.User, Reason: h.Note, At: tx.Now(),
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
