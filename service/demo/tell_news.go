package demo

import (
	"context"

	"jinlin/model"
	"jinlin/service/news"
	"jinlin/service/wechat"
)

// writeNews has each article written, approved by somebody else, and published; the push
// of the next morning tells of it.
func (t *teller) writeNews() {
	for i, p := range pieces {
		t.Articles++
		t.writeArticle(p, i)
	}
	for i := range 12 {
		t.writeTap(-7, i, t.neighbour(hongqiao))
		t.writeTap(-6, i, t.neighbour(tianyue))
	}
}

// move is one step of an article on the day on which it is written.
type move struct {
	hour int
	do   func(ctx context.Context, id model.ArticleID) (model.Article, error)
}

func (t *teller) writeArticle(p piece, i int) {
	author := t.secretary(p.estate)
	var id model.ArticleID
	write := func(ctx context.Context) error {
		a, err := t.news.Write(ctx, author, t.unitOf(p.estate), news.Draft{Title: p.title, Summary: p.summary, Body: p.body})
		id = a.ID
		return err
	}
	if p.daysAgo == 0 {
		t.justNow(45-i, p.title, write)
		return
	}
	t.on(-p.daysAgo, 9, i, p.title, write)
	for _, m := range t.career(p, author) {
		t.on(-p.daysAgo, m.hour, i, p.title, func(ctx context.Context) error {
			_, err := m.do(ctx, id)
			return err
		})
	}
}

// career is what happens to an article after it was written.
func (t *teller) career(p piece, author model.Actor) []move {
	approver := t.actor("town-jinchang")
	if p.estate == "" {
		approver = t.actor("clerk-county")
	}
	submit := move{10, func(ctx context.Context, id model.ArticleID) (model.Article, error) {
		return t.news.Submit(ctx, author, id)
	}}
	reject := move{11, func(ctx context.Context, id model.ArticleID) (model.Article, error) {
		return t.news.Reject(ctx, approver, id, "排名容易引起攀比，请改为公布整改情况。")
	}}
	approve := move{11, func(ctx context.Context, id model.ArticleID) (model.Article, error) {
		return t.news.Approve(ctx, approver, id)
	}}
	publish := move{15, func(ctx context.Context, id model.ArticleID) (model.Article, error) {
		return t.news.Publish(ctx, author, id, t.clock)
	}}
	schedule := move{15, func(ctx context.Context, id model.ArticleID) (model.Article, error) {
		return t.news.Publish(ctx, author, id, model.DateOf(t.load).AddDays(1).At(8, 0))
	}}
	withdraw := move{17, func(ctx context.Context, id model.ArticleID) (model.Article, error) {
		return t.news.Withdraw(ctx, author, id, "停水改期，以供水公司通知为准。")
	}}
	return map[model.ArticleStatus][]move{
		model.ArticleSubmitted: {submit},
		model.ArticleRejected:  {submit, reject},
		model.ArticleScheduled: {submit, approve, schedule},
		model.ArticlePublished: {submit, approve, publish},
		model.ArticleWithdrawn: {submit, approve, publish, withdraw},
	}[p.status]
}

// writeTap lets somebody allow one message with the day's news. WeChat tells of it, not
// the person's client, whose word would count against later taps.
func (t *teller) writeTap(day, minute int, who model.Actor) {
	t.on(day, 20, minute, "a tap", func(ctx context.Context) error {
		account, err := t.past.WeChat.GetByUser(ctx, who.User)
		if err != nil {
			return err
		}
		return t.push.OnTap(ctx, t.past, wechat.Event{
			Name: wechat.EventSubscribePopup, OpenID: account.OpenID, At: t.clock,
			Detail: wechat.SubscribeChoice{TemplateID: string(model.TemplateNews), Result: "accept"},
		})
	})
}
