package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/news"
)

const newsTag = "News"

func (a *API) articleRoutes() {
	handle(a, operation{
		id: "listArticles", method: http.MethodGet, path: "/v1/articles", tag: newsTag, public: true,
		summary: "Published news, newest first",
	}, a.listArticles)
	handle(a, operation{
		id: "getArticle", method: http.MethodGet, path: "/v1/articles/{id}", tag: newsTag, public: true,
		summary: "One article; staff see theirs before they are published",
	}, a.getArticle)
	handle(a, operation{
		id: "listArticlesInWork", method: http.MethodGet, path: "/v1/articles/desk", tag: newsTag,
		summary: "A unit's articles in any state, with those of all units below it",
	}, a.listArticlesInWork)
	handle(a, operation{
		id: "listArticleEvents", method: http.MethodGet, path: "/v1/articles/{id}/events", tag: newsTag,
		summary: "The way an article went",
	}, a.listArticleEvents)
	handle(a, operation{
		id: "writeArticle", method: http.MethodPost, path: "/v1/articles", tag: newsTag, once: true,
		status: http.StatusCreated, summary: "Begin an article",
	}, a.writeArticle)
	handle(a, operation{
		id: "editArticle", method: http.MethodPatch, path: "/v1/articles/{id}", tag: newsTag,
		summary: "Change a draft or a rejected article",
	}, a.editArticle)
	handle(a, operation{
		id: "submitArticle", method: http.MethodPost, path: "/v1/articles/{id}/submission", tag: newsTag, once: true,
		summary: "Hand an article in; its text is checked",
	}, a.submitArticle)
	handle(a, operation{
		id: "approveArticle", method: http.MethodPost, path: "/v1/articles/{id}/approval", tag: newsTag, once: true,
		summary: "Approve somebody else's article",
	}, a.approveArticle)
	handle(a, operation{
		id: "rejectArticle", method: http.MethodPost, path: "/v1/articles/{id}/rejection", tag: newsTag, once: true,
		summary: "Send somebody else's article back",
	}, a.rejectArticle)
	handle(a, operation{
		id: "publishArticle", method: http.MethodPost, path: "/v1/articles/{id}/publication", tag: newsTag, once: true,
		summary: "Publish an approved article, now or later",
	}, a.publishArticle)
	handle(a, operation{
		id: "withdrawArticle", method: http.MethodPost, path: "/v1/articles/{id}/withdrawal", tag: newsTag, once: true,
		summary: "Take an article back",
	}, a.withdrawArticle)
	a.feedRoutes()
}

type articleOut struct {
	ID          model.ArticleID     `json:"id"`
	UnitID      model.UnitID        `json:"unitId"`
	Title       string              `json:"title"`
	Summary     string              `json:"summary"`
	Body        string              `json:"body,omitempty" doc:"Markdown; left out in lists"`
	Cover       string              `json:"cover,omitempty" doc:"Id of an uploaded image"`
	Status      model.ArticleStatus `json:"status" enum:"draft,submitted,approved,rejected,scheduled,published,withdrawn"`
	Held        bool                `json:"held" doc:"The text check did not clearly pass it: look closely before approving"`
	PublishAt   *time.Time          `json:"publishAt,omitempty" doc:"When a scheduled article appears"`
	PublishedAt *time.Time          `json:"publishedAt,omitempty"`
	CreatedAt   time.Time           `json:"createdAt"`
}

func articleFrom(a model.Article) articleOut {
	return articleOut{
		ID: a.ID, UnitID: a.UnitID, Title: a.Title, Summary: a.Summary, Body: a.Body, Cover: a.Cover,
		Status: a.Status, Held: a.Held, PublishAt: a.PublishAt, PublishedAt: a.PublishedAt, CreatedAt: a.CreatedAt,
	}
}

type listArticlesIn struct {
	Paging
	EstateID model.UnitID `query:"estateId" doc:"What the people of this estate, or of any unit, read; left out: of the whole county"`
}

func (a *API) listArticles(ctx context.Context, _ model.Actor, in *listArticlesIn) (*body[list[articleOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	articles, err := a.News.Feed(ctx, in.EstateID, page)
	if err != nil {
		return nil, err
	}
	return listed(articles, articleFrom), nil
}

type deskIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true"`
	Status string       `query:"status" enum:"draft,submitted,approved,rejected,scheduled,published,withdrawn" doc:"Left out: any"`
}

func (a *API) listArticlesInWork(ctx context.Context, actor model.Actor, in *deskIn) (*body[list[articleOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	articles, err := a.News.Desk(ctx, actor, in.UnitID, model.ArticleStatus(in.Status), page)
	if err != nil {
		return nil, err
	}
	return listed(articles, articleFrom), nil
}

type articleIn struct {
	ID model.ArticleID `path:"id"`
}

func (a *API) getArticle(ctx context.Context, actor model.Actor, in *articleIn) (*versioned[articleOut], error) {
	return article(a.News.Article(ctx, actor, in.ID))
}

func article(got model.Article, err error) (*versioned[articleOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(got.Version, articleFrom(got)), nil
}

type articleEventOut struct {
	From   model.ArticleStatus `json:"from,omitempty"`
	To     model.ArticleStatus `json:"to"`
	By     *model.UserID       `json:"by,omitempty" doc:"Left out when the clock did it"`
	Reason string              `json:"reason,omitempty"`
	At     time.Time           `json:"at"`
}

func articleEventFrom(e model.ArticleEvent) articleEventOut {
	out := articleEventOut{From: e.FromStatus, To: e.ToStatus, Reason: e.Reason, At: e.At}
	if !e.ActorID.IsZero() {
		out.By = &e.ActorID
	}
	return out
}

type listArticleEventsIn struct {
	Paging
	ID model.ArticleID `path:"id"`
}

func (a *API) listArticleEvents(ctx context.Context, actor model.Actor, in *listArticleEventsIn) (*body[list[articleEventOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	events, err := a.News.History(ctx, actor, in.ID, page)
	if err != nil {
		return nil, err
	}
	return listed(events, articleEventFrom), nil
}

type writeArticleIn struct {
	Body struct {
		Title   string       `json:"title" minLength:"1" maxLength:"80"`
		Summary string       `json:"summary" minLength:"1" maxLength:"200"`
		Body    string       `json:"body" minLength:"1" maxLength:"20000" doc:"Markdown"`
		UnitID  model.UnitID `json:"unitId"`
		Cover   uuidText     `json:"cover,omitempty" doc:"Id of an uploaded image"`
	}
}

func (a *API) writeArticle(ctx context.Context, actor model.Actor, in *writeArticleIn) (*versioned[articleOut], error) {
	return article(a.News.Write(ctx, actor, in.Body.UnitID, news.Draft{
		Title: in.Body.Title, Summary: in.Body.Summary, Body: in.Body.Body, Cover: string(in.Body.Cover),
	}))
}

type editArticleIn struct {
	Matching
	ID   model.ArticleID `path:"id"`
	Body struct {
		Title   *string   `json:"title,omitempty" minLength:"1" maxLength:"80"`
		Summary *string   `json:"summary,omitempty" minLength:"1" maxLength:"200"`
		Body    *string   `json:"body,omitempty" minLength:"1" maxLength:"20000" doc:"Markdown"`
		Cover   *uuidText `json:"cover,omitempty" doc:"Id of an uploaded image"`
	}
}

func (a *API) editArticle(ctx context.Context, actor model.Actor, in *editArticleIn) (*versioned[articleOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return article(a.News.Edit(ctx, actor, in.ID, seen, func(d *news.Draft) {
		replace(&d.Title, in.Body.Title)
		replace(&d.Summary, in.Body.Summary)
		replace(&d.Body, in.Body.Body)
		replace(&d.Cover, (*string)(in.Body.Cover))
	}))
}

// replace changes a text if another one is given.
func replace(text, by *string) {
	if by != nil {
		*text = *by
	}
}

func (a *API) submitArticle(ctx context.Context, actor model.Actor, in *articleIn) (*versioned[articleOut], error) {
	return article(a.News.Submit(ctx, actor, in.ID))
}

func (a *API) approveArticle(ctx context.Context, actor model.Actor, in *articleIn) (*versioned[articleOut], error) {
	return article(a.News.Approve(ctx, actor, in.ID))
}

type articleReasonIn struct {
	ID   model.ArticleID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (a *API) rejectArticle(ctx context.Context, actor model.Actor, in *articleReasonIn) (*versioned[articleOut], error) {
	return article(a.News.Reject(ctx, actor, in.ID, in.Body.Reason))
}

func (a *API) withdrawArticle(ctx context.Context, actor model.Actor, in *articleReasonIn) (*versioned[articleOut], error) {
	return article(a.News.Withdraw(ctx, actor, in.ID, in.Body.Reason))
}

type publishArticleIn struct {
	ID   model.ArticleID `path:"id"`
	Body *struct {
		At *time.Time `json:"at,omitempty" doc:"Left out or past: now"`
	}
}

func (a *API) publishArticle(ctx context.Context, actor model.Actor, in *publishArticleIn) (*versioned[articleOut], error) {
	var at time.Time
	if in.Body != nil && in.Body.At != nil {
		at = *in.Body.At
	}
	return article(a.News.Publish(ctx, actor, in.ID, at))
}
