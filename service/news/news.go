// Package news carries articles from their writer to the readers.
//
// A draft is edited by whoever may write in its unit, and submitted. Submitting has the
// text checked once: refused text never gets further; text that was not clearly passed
// goes on, marked held, and the approver looks closely. Somebody other than the author
// approves or rejects it; a rejected article is edited and submitted again. An approved
// one is published now or at a time to come, and may be withdrawn for a stated reason:
// readers see it no more, its trace stays.
//
// Readers see the articles of their estate, of what leads or covers it, and of everything
// above. Articles are Markdown as written; nothing here turns them into HTML.
package news

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/moderation"
	"jinlin/service/org"
)

// Faults of this package.
var (
	ErrOwnArticle = fault.Define(fault.Forbidden, "own_article",
		"不能审核自己撰写的文章，请由他人审核。", "You cannot approve or reject an article you wrote yourself.")
	ErrTooFarAhead = fault.Define(fault.Invalid, "publication_too_far",
		"定时发布最多可设为一年以后。", "An article can be scheduled at most a year ahead.")
)

// farthest is how far ahead an article can be scheduled.
const farthest = 366 * 24 * time.Hour

// Service carries articles.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
	texts  *moderation.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, texts *moderation.Service) *Service {
	return &Service{store: s, access: a, org: o, texts: texts}
}

// Draft is what a writer writes.
type Draft struct {
	Title, Summary, Body string
	Cover                string // id of an uploaded image, or ""
}

// Write begins an article of a unit. Faults: those of access.Require, unit_ended.
func (s *Service) Write(ctx context.Context, actor model.Actor, unit model.UnitID, d Draft) (model.Article, error) {
	if err := s.access.Require(ctx, actor, access.ArticleWrite, unit); err != nil {
		return model.Article{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Article, error) {
		now := tx.Now()
		if _, err := tx.Units.GetStanding(ctx, unit, model.DateOf(now)); err != nil {
			return model.Article{}, err
		}
		a := model.Article{
			ID: model.NewID[model.Article](now), UnitID: unit, AuthorID: actor.User,
			Title: d.Title, Summary: d.Summary, Body: d.Body, Cover: d.Cover,
			Status: model.ArticleDraft, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		if err := tx.Articles.Add(ctx, &a); err != nil {
			return a, err
		}
		return a, s.record(ctx, tx, actor, "article.write", a, "", "")
	})
}

// Edit changes a draft or a rejected article. change gets the article as it is; version,
// unless nil, is the one the editor saw.
// Faults: those of access.Require, changed_meanwhile, illegal_transition.
func (s *Service) Edit(ctx context.Context, actor model.Actor, id model.ArticleID, version *int, change func(*Draft)) (a model.Article, err error) {
	if err := s.permit(ctx, actor, id, access.ArticleWrite); err != nil {
		return a, err
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if a, err = tx.Articles.Get(ctx, id); err != nil {
			return err
		}
		if err := store.Seen(version, a.Version); err != nil {
			return err
		}
		if _, err := a.After(model.EditArticle); err != nil {
			return err
		}
		d := Draft{Title: a.Title, Summary: a.Summary, Body: a.Body, Cover: a.Cover}
		change(&d)
		a.Title, a.Summary, a.Body, a.Cover = d.Title, d.Summary, d.Body, d.Cover
		if err := store.Kept(tx.Articles.SaveEdited(ctx, a)); err != nil {
			return err
		}
		a.Version, a.UpdatedAt = a.Version+1, tx.Now()
		return audit.Record(ctx, tx, actor, act("article.edit", a))
	})
	return a, err
}

// permit lets pass who may do the action where the article belongs.
func (s *Service) permit(ctx context.Context, actor model.Actor, id model.ArticleID, action access.Action) error {
	_, err := access.Find(ctx, s.access, actor, action, s.store.Articles.Get, id)
	return err
}

// Article reads one: anybody a published one, staff of its unit any.
// Fault: not_found.
func (s *Service) Article(ctx context.Context, actor model.Actor, id model.ArticleID) (model.Article, error) {
	a, err := s.store.Articles.Get(ctx, id)
	if err != nil || a.Status == model.ArticlePublished {
		return a, err
	}
	for _, action := range []access.Action{access.ArticleWrite, access.ArticleApprove} {
		err = s.access.Require(ctx, actor, action, a.UnitID)
		if err == nil {
			return a, nil
		}
		if kind := fault.KindOf(err); kind != fault.NotFound && kind != fault.Forbidden && kind != fault.Unauthenticated {
			return model.Article{}, err
		}
	}
	return model.Article{}, fault.ErrNotFound
}

// either passes who may write or approve. Whoever may do one of them elsewhere hears
// not_found, as for one action alone.
func either(check func(access.Action) error) error {
	err := check(access.ArticleWrite)
	if err == nil {
		return nil
	}
	if approver := check(access.ArticleApprove); approver == nil || errors.Is(err, fault.ErrForbidden) {
		return approver
	}
	return err
}

// History pages the arrows an article went, oldest first, for staff of its unit.
// Fault: not_found.
func (s *Service) History(ctx context.Context, actor model.Actor, id model.ArticleID, page model.Page) (l model.Listing[model.ArticleEvent], err error) {
	if err := either(func(action access.Action) error { return s.permit(ctx, actor, id, action) }); err != nil {
		return l, err
	}
	return s.store.ArticleEvents.List(ctx, id, page)
}

// Feed pages what the people of a unit read, newest first, without bodies; of the whole
// county when it is zero. Fault: not_found.
func (s *Service) Feed(ctx context.Context, unit model.UnitID, page model.Page) (model.Listing[model.Article], error) {
	if unit.IsZero() {
		return s.store.Articles.ListPublished(ctx, nil, page)
	}
	reach, err := s.org.Reach(ctx, unit)
	if err != nil {
		return model.Listing[model.Article]{}, err
	}
	return s.store.Articles.ListPublished(ctx, reach, page)
}

// Desk pages the articles of a unit and all below it that staff work on, newest first,
// without bodies, in one state or in any. Faults: those of access.Require.
func (s *Service) Desk(ctx context.Context, actor model.Actor, unit model.UnitID, status model.ArticleStatus, page model.Page) (l model.Listing[model.Article], err error) {
	err = either(func(action access.Action) error { return s.access.Require(ctx, actor, action, unit) })
	if err != nil {
		return l, err
	}
	units, err := s.org.Below(ctx, unit)
	if err != nil {
		return l, err
	}
	return s.store.Articles.ListByStatus(ctx, units, status, page)
}

// record writes the arrow into the article's history and the staff's audit trail.
func (s *Service) record(ctx context.Context, tx *store.Store, actor model.Actor, action string, a model.Article, from model.ArticleStatus, reason string) error {
	event := model.ArticleEvent{
		ID: model.NewID[model.ArticleEvent](tx.Now()), ArticleID: a.ID, FromStatus: from, ToStatus: a.Status,
		ActorID: actor.User, Reason: reason, At: tx.Now(),
	}
	if err := tx.ArticleEvents.Add(ctx, &event); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor, act(action, a))
}

func act(action string, a model.Article) audit.Act {
	return audit.Act{Action: action, ObjectKind: "article", ObjectID: a.ID, Unit: a.UnitID, Detail: string(a.Status)}
}
