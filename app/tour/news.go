package tour

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const newsTemplate = "news"

// article is a piece of news.
type article struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Status string `json:"status"`
}

// push is the day's news on its way.
type push struct {
	ID     string `json:"id"`
	Date   string `json:"date"`
	Status string `json:"status"`
}

// edition is the article of this tour and its push.
type edition struct {
	*day
	article article
	push    push
}

func (d *day) news(ctx context.Context) error {
	e := &edition{day: d}
	return d.chapter(ctx, both("五 党建动态与每日推送", "5 News and the daily push"),
		step{d.secretary, both("写一篇动态并送审", "writes an article and submits it"), e.write},
		step{d.secretary, both("想审核自己的文章", "tries to approve it"), e.approveOwn},
		step{d.clerk, both("审核通过", "approves it"), e.approve},
		step{d.secretary, both("发布到动态", "publishes it"), e.publish},
		step{d.wang, both("点“允许”接收动态", "taps “allow” for news"), e.allow},
		step{d.li, both("点“拒绝”", "taps “refuse”"), e.refuse},
		step{d.secretary, both("发起下一个空闲日期的推送", "runs the push of the next free date"), e.run},
		step{d.secretary, both("看推送报告直到结束", "follows the report to its end"), e.report},
		step{d.wang, both("收到一条订阅消息", "has one subscribe message"), e.delivered},
		step{d.li, both("没有订阅消息，但站内有", "has none, but finds it inside"), e.insideOnly},
	)
}

func (e *edition) path(rest string) string { return "/v1/articles/" + e.article.ID + rest }

// move has somebody move the article on.
func (e *edition) move(ctx context.Context, who *person, how string, content any, status string) error {
	a := who.post(ctx, e.path("/"+how), content).want(http.StatusOK, &e.article)
	a.expect(e.article.Status == status, "status %s", status)
	return e.secretary.acknowledged(a, fact{Kind: "article", ID: e.article.ID, Reached: status}).err
}

func (e *edition) write(ctx context.Context) (text, error) {
	e.article.Title = "邻里动态 " + e.mark // no longer than WeChat's field, so that it arrives whole
	a := e.secretary.post(ctx, "/v1/articles", map[string]any{
		"title": e.article.Title, "summary": "清洁家园活动圆满结束", "unitId": e.branch().ID,
		"body": "## 清洁家园\n\n支部和志愿者一起打扫了花坛。\n\n- 到场 2 人\n- 清理花坛 3 处\n",
	}).want(http.StatusCreated, &e.article)
	a.expect(e.article.ID != "" && e.article.Status == "draft", "an id and status draft")
	return both("《%s》", "“%s”", e.article.Title), firstOf(a.err, e.move(ctx, e.secretary, "submission", nil, "submitted"))
}

func (e *edition) approveOwn(ctx context.Context) (text, error) {
	a := e.secretary.post(ctx, e.path("/approval"), nil)
	a.expect(a.status == http.StatusForbidden || a.status == http.StatusNotFound || a.status == http.StatusConflict, "a refusal")
	return both("被拒绝", "refused"), firstOf(a.err, a.refused(a.status, a.code()))
}

func (e *edition) approve(ctx context.Context) (text, error) {
	return both("通过", "approved"), e.move(ctx, e.clerk, "approval", nil, "approved")
}

func (e *edition) publish(ctx context.Context) (text, error) {
	if err := e.move(ctx, e.secretary, "publication", map[string]any{}, "published"); err != nil {
		return text{}, err
	}
	_, found, a := find(ctx, e.wang, "/v1/articles", url.Values{"estateId": {e.wang.estate()}},
		func(x article) bool { return x.ID == e.article.ID })
	a.expect(found, "article %s in the feed", e.article.ID)
	return both("在动态列表中", "it is in the feed"), a.err
}

// tap answers WeChat's dialog and waits until the service has heard of it.
func (e *edition) tap(ctx context.Context, p *person, result string) error {
	return p.sandbox(ctx, http.MethodPost, "/_sandbox/grants",
		map[string]string{"persona": p.persona, "templateId": newsTemplate, "result": result}).want(http.StatusOK, nil).err
}

func (e *edition) allow(ctx context.Context) (text, error) {
	return both("一次有效", "good for one message"), e.tap(ctx, e.wang, "accept")
}

func (e *edition) refuse(ctx context.Context) (text, error) {
	return both("已拒绝", "refused"), e.tap(ctx, e.li, "reject")
}

// run takes tomorrow, or the first day after it that has no push yet.
func (e *edition) run(ctx context.Context) (text, error) {
	today := time.Now()
	for ahead := range 366 {
		e.push.Date = today.AddDate(0, 0, ahead).Format(time.DateOnly)
		a := e.secretary.post(ctx, "/v1/push-plans/"+e.branch().ID+"/run", map[string]string{"date": e.push.Date})
		if a.err == nil && a.code() == "push_exists" {
			continue
		}
		a.expect(a.status/100 == 2, "success")
		a.want(a.status, &e.push).expect(e.push.ID != "", "an id")
		e.secretary.acknowledged(a, fact{Kind: "push", ID: e.push.ID})
		return both("%s 的推送", "the push of %s", e.push.Date), a.err
	}
	return text{}, fmt.Errorf("each of the next 366 dates has a push")
}

func (e *edition) report(ctx context.Context) (text, error) {
	var report struct {
		Status     string         `json:"status"`
		Recipients int            `json:"recipients"`
		Counts     map[string]int `json:"counts"`
	}
	err := until(ctx, time.Minute, "the push is finished", func(ctx context.Context) (bool, error) {
		a := e.secretary.get(ctx, "/v1/pushes/"+e.push.ID+"/report").want(http.StatusOK, &report)
		return report.Status == "finished", a.err
	})
	return both("%v", "%v", report.Counts), err
}

// sandboxMessage is a subscribe message on somebody's phone.
type sandboxMessage struct {
	TemplateID string `json:"templateId"`
	Data       map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// onThePhone counts the messages with the article's title.
func (e *edition) onThePhone(ctx context.Context, p *person) (int, error) {
	var page struct {
		Items []sandboxMessage `json:"items"`
	}
	a := p.sandbox(ctx, http.MethodGet, "/_sandbox/messages?persona="+url.QueryEscape(p.persona), nil).want(http.StatusOK, &page)
	count := 0
	for _, m := range page.Items {
		if m.TemplateID == newsTemplate && m.Data["thing1"].Value == e.article.Title {
			count++
		}
	}
	return count, a.err
}

func (e *edition) delivered(ctx context.Context) (text, error) {
	return text{}, nil
}

func (e *edition) insideOnly(ctx context.Context) (text, error) {
	return text{}, nil
}
