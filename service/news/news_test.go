package news_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/moderation"
	"jinlin/service/news"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// censor says what it is told to say.
type censor struct{ verdict wechat.Suggest }

func (c *censor) CheckText(context.Context, wechat.TextCheck) wechat.Verdict {
	return wechat.Verdict{Suggest: c.verdict}
}

// desk is a county with a branch, its secretary and the county's clerk, who may write too.
type desk struct {
	*news.Service
	storetest.World
	censor                   *censor
	county, branch, estate   model.UnitID
	secretary, clerk, reader model.Actor
}

func newDesk(t *testing.T, s *store.Store, clock *storetest.Clock) *desk {
	t.Helper()
	d := &desk{World: storetest.World{T: t, Store: s, Clock: clock}, censor: &censor{wechat.Pass}}
	d.county = d.Unit(model.County, model.UnitID{})
	d.branch, d.estate = d.Unit(model.Branch, d.county), d.Unit(model.Estate, d.county)
	d.Cover(d.branch, d.estate)
	d.secretary, d.clerk, d.reader = d.Person("secretary"), d.Person("clerk"), d.Person("reader")
	d.Grant(d.secretary, model.Secretary, d.branch)
	d.Grant(d.clerk, model.CountyClerk, d.county)
	units := org.New(s)
	rights := access.New(s, units)
	d.Service = news.New(s, rights, units, moderation.New(s, rights, units, d.censor))
	return d
}

// must gives what a step gave, or ends the test.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *desk) approved(author model.Actor, unit model.UnitID) model.Article {
	d.T.Helper()
	article := must[model.Article](d.T)
	a := article(d.Write(d.T.Context(), author, unit, news.Draft{Title: "标题", Summary: "摘要", Body: "正文"}))
	article(d.Submit(d.T.Context(), author, a.ID))
	if author == d.clerk {
		other := d.Person("other clerk")
		d.Grant(other, model.CountyClerk, d.county)
		return article(d.Approve(d.T.Context(), other, a.ID))
	}
	return article(d.Approve(d.T.Context(), d.clerk, a.ID))
}

func TestAnArticleGoesItsWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		ctx, article := t.Context(), must[model.Article](t)
		a := article(d.Write(ctx, d.secretary, d.branch, news.Draft{Title: "标题", Summary: "摘要", Body: "正文"}))
		if _, err := d.Publish(ctx, d.secretary, a.ID, time.Time{}); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("a draft was published: %v", err)
		}
		article(d.Submit(ctx, d.secretary, a.ID))
		if _, err := d.Edit(ctx, d.secretary, a.ID, nil, func(*news.Draft) {}); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("edited while it waits: %v", err)
		}
		article(d.Reject(ctx, d.clerk, a.ID, "请补充时间"))
		a = article(d.Edit(ctx, d.secretary, a.ID, nil, func(draft *news.Draft) { draft.Body = "明天九点" }))
		stale := a.Version - 1
		if _, err := d.Edit(ctx, d.secretary, a.ID, &stale, func(*news.Draft) {}); !errors.Is(err, fault.ErrChangedMeanwhile) {
			t.Errorf("edited what somebody changed: %v", err)
		}
		article(d.Submit(ctx, d.secretary, a.ID))
		article(d.Approve(ctx, d.clerk, a.ID))
		if _, err := d.Article(ctx, d.reader, a.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("read before it was published: %v", err)
		}
		article(d.Publish(ctx, d.secretary, a.ID, time.Time{}))
		if got := article(d.Article(ctx, model.Actor{}, a.ID)); got.Body != "明天九点" || got.PublishedAt == nil {
			t.Errorf("%+v", got)
		}
		article(d.Withdraw(ctx, d.secretary, a.ID, "活动取消"))
		if _, err := d.Article(ctx, d.reader, a.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("read after it was withdrawn: %v", err)
		}
		events := must[model.Listing[model.ArticleEvent]](t)(d.History(ctx, d.secretary, a.ID, model.Page{})).Items
		if len(events) != 7 {
			t.Errorf("%d events", len(events))
		}
	})
}

func TestTheAuthorDoesNotDecide(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		ctx, article := t.Context(), must[model.Article](t)
		own := article(d.Write(ctx, d.clerk, d.county, news.Draft{Title: "标题", Body: "正文"}))
		article(d.Submit(ctx, d.clerk, own.ID))
		if _, err := d.Approve(ctx, d.clerk, own.ID); !errors.Is(err, news.ErrOwnArticle) {
			t.Errorf("approved one's own: %v", err)
		}
		if _, err := d.Reject(ctx, d.clerk, own.ID, "不好"); !errors.Is(err, news.ErrOwnArticle) {
			t.Errorf("rejected one's own: %v", err)
		}
		if _, err := d.Approve(ctx, d.secretary, own.ID); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("approved by somebody without that right: %v", err)
		}
		if _, err := d.Write(ctx, d.secretary, d.county, news.Draft{Title: "标题"}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("written for a unit that is not theirs: %v", err)
		}
	})
}

func TestTheTextCheckDecidesOnSubmission(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		ctx, article := t.Context(), must[model.Article](t)
		a := article(d.Write(ctx, d.secretary, d.branch, news.Draft{Title: "标题", Body: "正文"}))
		d.censor.verdict = wechat.Risky
		if _, err := d.Submit(ctx, d.secretary, a.ID); !errors.Is(err, fault.ErrContentRefused) {
			t.Errorf("risky text: %v", err)
		}
		d.censor.verdict = wechat.Review
		if got := article(d.Submit(ctx, d.secretary, a.ID)); !got.Held || got.Status != model.ArticleSubmitted {
			t.Errorf("doubtful text: %s, held %t", got.Status, got.Held)
		}
	})
}

func TestAScheduledArticleAppearsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		ctx, article := t.Context(), must[model.Article](t)
		a := d.approved(d.secretary, d.branch)
		a = article(d.Publish(ctx, d.secretary, a.ID, clock.Now().Add(time.Hour)))
		if err := d.PublishDue(ctx); err != nil || a.Status != model.ArticleScheduled {
			t.Fatalf("%s, %v", a.Status, err)
		}
		clock.Move(time.Hour)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := d.PublishDue(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := article(d.Article(ctx, d.reader, a.ID)); got.Status != model.ArticlePublished {
			t.Errorf("it is %s", got.Status)
		}
		if events := must[model.Listing[model.ArticleEvent]](t)(d.History(ctx, d.secretary, a.ID, model.Page{})).Items; len(events) != 5 {
			t.Errorf("%d events", len(events))
		}
		far := clock.Now().AddDate(2, 0, 0)
		if _, err := d.Publish(ctx, d.secretary, a.ID, far); !errors.Is(err, news.ErrTooFarAhead) {
			t.Errorf("two years ahead: %v", err)
		}
	})
}

func TestOfTwoDecisionsOneCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		ctx, article := t.Context(), must[model.Article](t)
		a := article(d.Write(ctx, d.secretary, d.branch, news.Draft{Title: "标题", Body: "正文"}))
		article(d.Submit(ctx, d.secretary, a.ID))
		var decided atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				var err error
				if i%2 == 0 {
					_, err = d.Approve(ctx, d.clerk, a.ID)
				} else {
					_, err = d.Reject(ctx, d.clerk, a.ID, "不好")
				}
				if err == nil {
					decided.Add(1)
				} else if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.Stale {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if decided.Load() != 1 {
			t.Errorf("%d decisions counted", decided.Load())
		}
	})
}

func TestTheFeedOfAnEstate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		d := newDesk(t, s, clock)
		ctx, article := t.Context(), must[model.Article](t)
		var want []model.ArticleID
		for i := range 5 {
			clock.Move(time.Minute)
			author, unit := d.secretary, d.branch
			if i == 2 {
				author, unit = d.clerk, d.county
			}
			a := d.approved(author, unit)
			article(d.Publish(ctx, author, a.ID, time.Time{}))
			want = append([]model.ArticleID{a.ID}, want...)
		}
		page, n := model.Page{Limit: 2}, 0
		for {
			l := must[model.Listing[model.Article]](t)(d.Feed(ctx, d.estate, page))
			for _, a := range l.Items {
				if a.ID != want[n] || a.Body != "" {
					t.Errorf("place %d is another article, or has its body", n)
				}
				n++
			}
			if l.Next == nil {
				break
			}
			page.After = l.Next
		}
		if n != len(want) {
			t.Errorf("%d articles", n)
		}
		other := d.Unit(model.Estate, d.county)
		d2 := must[model.Listing[model.Article]](t)(newReader(d).Feed(ctx, other, model.Page{}))
		if len(d2.Items) != 1 {
			t.Errorf("%d articles in an estate the branch does not lead", len(d2.Items))
		}
		waiting := must[model.Listing[model.Article]](t)(d.Desk(ctx, d.clerk, d.county, model.ArticlePublished, model.Page{}))
		if len(waiting.Items) != 5 {
			t.Errorf("%d articles on the clerk's desk", len(waiting.Items))
		}
	})
}

// newReader reads the units anew.
func newReader(d *desk) *news.Service {
	units := org.New(d.Store)
	rights := access.New(d.Store, units)
	return news.New(d.Store, rights, units, moderation.New(d.Store, rights, units, d.censor))
}
