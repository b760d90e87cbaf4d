package news

import (
	"context"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/moderation"
)

// Submit hands an article in for approval, after a check of its text.
// Faults: those of access.Require, content_refused, illegal_transition, changed_meanwhile.
func (s *Service) Submit(ctx context.Context, actor model.Actor, id model.ArticleID) (model.Article, error) {
	if err := s.permit(ctx, actor, id, access.ArticleWrite); err != nil {
		return model.Article{}, err
	}
	seen, err := s.store.Articles.Get(ctx, id)
	if err != nil {
		return model.Article{}, err
	}
	// A repeat of an answered request must not fail here, so the state is judged in the
	// transaction; a check for nothing does no harm.
	verdict, err := s.texts.Judge(ctx, actor.User, moderation.Text{
		Scene: moderation.Forum, Title: seen.Title, Body: seen.Title + "\n" + seen.Summary + "\n\n" + seen.Body,
	})
	if err != nil {
		return model.Article{}, err
	}
	if verdict == moderation.Refused {
		return model.Article{}, fault.ErrContentRefused
	}
	return s.move(ctx, actor, id, model.SubmitArticle, "", func(_ *store.Store, a *model.Article) error {
		if err := store.Seen(&seen.Version, a.Version); err != nil { // not the text that was checked
			return err
		}
		a.Held = verdict != moderation.Passed
		return nil
	})
}

// Approve lets an article be published.
// Faults: those of access.Require, own_article, illegal_transition.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.ArticleID) (model.Article, error) {
	return s.decide(ctx, actor, id, model.ApproveArticle, "")
}

// Reject sends an article back to its writer with a reason.
// Faults: those of access.Require, own_article, illegal_transition.
func (s *Service) Reject(ctx context.Context, actor model.Actor, id model.ArticleID, reason string) (model.Article, error) {
	return s.decide(ctx, actor, id, model.RejectArticle, reason)
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.ArticleID, move model.ArticleMove, reason string) (model.Article, error) {
	if err := s.permit(ctx, actor, id, access.ArticleApprove); err != nil {
		return model.Article{}, err
	}
	return s.move(ctx, actor, id, move, reason, func(_ *store.Store, a *model.Article) error {
		if a.AuthorID == actor.User {
			return ErrOwnArticle
		}
		return nil
	})
}

// Publish shows an approved article to its readers: at once, or at a time to come.
// Faults: those of access.Require, illegal_transition, publication_too_far.
func (s *Service) Publish(ctx context.Context, actor model.Actor, id model.ArticleID, at time.Time) (model.Article, error) {
	if err := s.permit(ctx, actor, id, access.ArticleWrite); err != nil {
		return model.Article{}, err
	}
	now := s.store.Now()
	if at.After(now.Add(farthest)) {
		return model.Article{}, ErrTooFarAhead
	}
	if at.After(now) {
		return s.move(ctx, actor, id, model.ScheduleArticle, "", func(_ *store.Store, a *model.Article) error {
			when := at.UTC().Truncate(time.Millisecond)
			a.PublishAt = &when
			return nil
		})
	}
	return s.move(ctx, actor, id, model.PublishArticle, "", appear)
}

// appear sets the time by which readers sort.
func appear(tx *store.Store, a *model.Article) error {
	now := tx.Now()
	a.PublishedAt = &now
	return nil
}

// Withdraw takes an article back, for a reason.
// Faults: those of access.Require, illegal_transition.
func (s *Service) Withdraw(ctx context.Context, actor model.Actor, id model.ArticleID, reason string) (model.Article, error) {
	if err := s.permit(ctx, actor, id, access.ArticleWrite); err != nil {
		return model.Article{}, err
	}
	return s.move(ctx, actor, id, model.WithdrawArticle, reason, func(*store.Store, *model.Article) error { return nil })
}

// PublishDue publishes the scheduled articles whose time has come; a recurring job's work.
func (s *Service) PublishDue(ctx context.Context) error {
	due := model.Drain(func() ([]model.Article, error) { return s.store.Articles.ListDue(ctx, s.store.Now(), model.MaxLimit) })
	for a, err := range due {
		if err != nil {
			return err
		}
		_, err := s.move(ctx, model.Actor{}, a.ID, model.PublishArticle, "", appear)
		if err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Stale {
			return err
		}
	}
	return nil
}

// move takes an article along one arrow and writes it down.
func (s *Service) move(ctx context.Context, actor model.Actor, id model.ArticleID, move model.ArticleMove, reason string,
	prepare func(tx *store.Store, a *model.Article) error,
) (model.Article, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Article, error) {
		a, err := tx.Articles.Get(ctx, id)
		if err != nil {
			return a, err
		}
		from := a.Status
		if a.Status, err = a.After(move); err != nil {
			return a, err
		}
		if err := prepare(tx, &a); err != nil {
			return a, err
		}
		if err := store.Kept(tx.Articles.SaveMoved(ctx, a)); err != nil {
			return a, err
		}
		a.Version, a.UpdatedAt = a.Version+1, tx.Now()
		return a, s.record(ctx, tx, actor, "article."+string(move), a, from, reason)
	})
}
