package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Articles are the units' news.
type Articles struct{ table[model.Article] }

// Get reads one. Fault: not_found.
func (t Articles) Get(ctx context.Context, id model.ArticleID) (model.Article, error) {
	return t.one(ctx, "id = ?", id)
}

// ListPublished pages what readers see, newest first; of all units when none is named.
func (t Articles) ListPublished(ctx context.Context, units []model.UnitID, page model.Page) (model.Listing[model.Article], error) {
	q := t.read(ctx).Where("status = ?", model.ArticlePublished)
	if units != nil {
		q = q.Where("unit_id IN ?", units)
	}
	if page.After != nil {
		q = q.Where("published_at <= ? AND (published_at < ? OR id < ?)", page.After.At, page.After.At, page.After.ID[:])
	}
	rows, err := all[model.Article](q.Omit("body").Order("published_at DESC, id DESC").Limit(page.Size() + 1))
	if err != nil {
		return model.Listing[model.Article]{}, err
	}
	return model.Cut(rows, page.Size(), func(a model.Article) model.Cursor { return model.Cursor{At: *a.PublishedAt, ID: a.ID} }), nil
}

// ListPublishedIn are what readers see of some units and of a time, oldest first, at most
// limit, without bodies.
func (t Articles) ListPublishedIn(ctx context.Context, units []model.UnitID, from, to time.Time, limit int) ([]model.Article, error) {
	return all[model.Article](t.read(ctx).Omit("body").
		Where("unit_id IN ? AND status = ? AND published_at >= ? AND published_at < ?", units, model.ArticlePublished, from, to).
		Order("published_at, id").Limit(limit))
}

// ListPublishers are those of some units that have published anything that readers still see.
func (t Articles) ListPublishers(ctx context.Context, units []model.UnitID) (publishers []model.UnitID, err error) {
	err = t.read(ctx).Model(new(model.Article)).Where("unit_id IN ? AND status = ?", units, model.ArticlePublished).
		Distinct().Pluck("unit_id", &publishers).Error
	return publishers, err
}

// ListByStatus pages the units' articles in one state, or in any when it is empty,
// newest first.
func (t Articles) ListByStatus(ctx context.Context, units []model.UnitID, status model.ArticleStatus, page model.Page) (model.Listing[model.Article], error) {
	q := t.read(ctx).Where("unit_id IN ?", units)
	if status != "" {
		q = q.Where("status = ?", status)
	}
	return newest(q.Omit("body"), page, func(a model.Article) [16]byte { return a.ID })
}

// ListDue are scheduled articles whose time has come, at most limit.
func (t Articles) ListDue(ctx context.Context, now time.Time, limit int) ([]model.Article, error) {
	return all[model.Article](t.read(ctx).
		Where("status = ? AND publish_at <= ?", model.ArticleScheduled, now).Order("publish_at").Limit(limit))
}

// SaveEdited writes text and version, if the version is still the one that was read.
func (t Articles) SaveEdited(ctx context.Context, a model.Article) (bool, error) {
	return t.set(ctx, map[string]any{
		"title": a.Title, "summary": a.Summary, "body": a.Body, "cover": a.Cover,
		"updated_at": t.c.now(), "version": a.Version + 1,
	}, "id = ? AND version = ?", a.ID, a.Version)
}

// SaveMoved writes state and times, if the version is still the one that was read.
func (t Articles) SaveMoved(ctx context.Context, a model.Article) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": a.Status, "held": a.Held, "publish_at": a.PublishAt, "published_at": a.PublishedAt,
		"updated_at": t.c.now(), "version": a.Version + 1,
	}, "id = ? AND version = ?", a.ID, a.Version)
}

// untold are a unit's published articles that no push has told of.
func (t Articles) untold(q *gorm.DB, unit model.UnitID) *gorm.DB {
	return q.Where("unit_id = ? AND status = ? AND push_id IS NULL", unit, model.ArticlePublished)
}

// ListUntold are a unit's published articles that no push has told of, newest first.
func (t Articles) ListUntold(ctx context.Context, unit model.UnitID, limit int) ([]model.Article, error) {
	return all[model.Article](t.untold(t.read(ctx), unit).Omit("body").Order("published_at DESC, id DESC").Limit(limit))
}

// TakeUntold gives a unit's untold articles to a push. An article goes to one push.
func (t Articles) TakeUntold(ctx context.Context, unit model.UnitID, push model.PushID) error {
	_, err := hit(t.untold(t.write(ctx), unit).Updates(map[string]any{"push_id": push}))
	return err
}

// ListByPush are the articles a push tells of, newest first.
func (t Articles) ListByPush(ctx context.Context, push model.PushID, limit int) ([]model.Article, error) {
	return all[model.Article](t.read(ctx).Where("push_id = ?", push).Omit("body").Order("published_at DESC, id DESC").Limit(limit))
}

// ArticleEvents are the arrows articles went. They are added and read.
type ArticleEvents struct{ table[model.ArticleEvent] }

// List are an article's events, oldest first.
func (t ArticleEvents) List(ctx context.Context, article model.ArticleID, page model.Page) (model.Listing[model.ArticleEvent], error) {
	return oldest(t.read(ctx).Where("article_id = ?", article), page, func(e model.ArticleEvent) [16]byte { return e.ID })
}
