package tour

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
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
	ID   string `json:"id"`
	Date string `json:"date"`
}

// edition is the article of this tour and its push.
type edition struct {
	*day
	article article
	push    push
	report  report
}

func (d *day) news(ctx context.Context) error {
	e := &edition{day: d}
	return d.chapter(ctx, both("五 党建动态与每日推送", "5 News and the daily push"),
		step{d.secretary, both("写一篇动态并送审", "writes an article and submits it"), e.write},
		step{d.secretary, both("想审核自己的文章", "tries to approve it"), e.approveOwn},
		step{d.clerk, both("审核通过", "approves it"), e.approve},
		step{d.secretary, both("发布到动态", "publishes it"), e.publish},
		step{d.wang, both("在设置中打开动态推送", "turns news on in the settings"), e.turnOn},
		step{d.wang, both("点“允许”接收动态", "taps “allow” for news"), e.allow},
		step{d.li, both("点“拒绝”", "taps “refuse”"), e.refuse},
		step{d.secretary, both("发起下一个空闲日期的推送", "runs the push of the next free date"), e.run},
		step{d.secretary, both("看推送报告直到结束", "follows the report to its end"), e.follow},
		step{d.wang, both("收到一条订阅消息", "has one subscribe message"), e.delivered},
		step{d.li, both("没有订阅消息，但站内有", "has none, but finds it inside"), e.insideOnly},
		step{d.zhao, both("住在别的支部", "lives with another branch"), e.otherBranch},
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

// tap answers WeChat's dialog, as a mini-program tells the service and as WeChat does, and
// waits until the service has heard of it.
func (e *edition) tap(ctx context.Context, p *person, result string, heard func(left int) bool) error {
	answered := map[string]string{"templateId": newsTemplate, "result": result}
	a := p.sandbox(ctx, http.MethodPost, "/_sandbox/grants",
		map[string]string{"persona": p.persona, "templateId": newsTemplate, "result": result}).want(http.StatusOK, nil)
	if a.err != nil {
		return a.err
	}
	if a = p.post(ctx, "/v1/me/subscription-results", []any{answered}).want(http.StatusOK, nil); a.err != nil {
		return a.err
	}
	return until(ctx, 20*time.Second, "the service has heard of the tap", func(ctx context.Context) (bool, error) {
		left, err := consent(ctx, p)
		return err == nil && heard(left), err
	})
}

// consent is how many messages the service believes that it may send.
func consent(ctx context.Context, p *person) (int, error) {
	var offers struct {
		Items []struct {
			TemplateID string `json:"templateId"`
			Left       int    `json:"left"`
		} `json:"items"`
	}
	a := p.get(ctx, "/v1/me/subscription-templates").want(http.StatusOK, &offers)
	for _, offer := range offers.Items {
		if offer.TemplateID == newsTemplate {
			return offer.Left, a.err
		}
	}
	a.expect(false, "the template %q", newsTemplate)
	return 0, a.err
}

// turnOn makes sure of a preference that an earlier visitor may have changed. When
// somebody changes it at the same time, or the answer was lost, it looks again.
func (e *edition) turnOn(ctx context.Context) (text, error) {
	const path = "/v1/me/push-preferences"
	var prefers struct {
		News    bool `json:"news"`
		Notices bool `json:"notices"`
	}
	for left := repeats; ; left-- {
		seen := e.wang.get(ctx, path).want(http.StatusOK, &prefers)
		tag := seen.header.Get("ETag")
		if !seen.expect(tag != "", "an ETag") {
			return text{}, seen.err
		}
		prefers.News = true
		a := e.wang.put(ctx, path, prefers, tag)
		if a.code() == "changed_meanwhile" && left > 0 {
			continue
		}
		a.want(http.StatusOK, &prefers)
		a.expect(prefers.News, "news turned on")
		return both("已打开", "on"), a.err
	}
}

func (e *edition) allow(ctx context.Context) (text, error) {
	return both("一次有效", "good for one message"), e.tap(ctx, e.wang, "accept", func(left int) bool { return left > 0 })
}

func (e *edition) refuse(ctx context.Context) (text, error) {
	return both("不发订阅消息", "no subscribe messages"), e.tap(ctx, e.li, "reject", func(left int) bool { return left == 0 })
}

// run takes today, or the first day after it that has no push yet.
func (e *edition) run(ctx context.Context) (text, error) {
	today := time.Now().In(time.FixedZone("Asia/Shanghai", 8*60*60))
	for ahead := range 366 {
		date := today.AddDate(0, 0, ahead).Format(time.DateOnly)
		a := e.secretary.post(ctx, "/v1/push-plans/"+e.branch().ID+"/run", map[string]string{"date": date})
		if a.err == nil && a.code() == "push_exists" {
			continue
		}
		a.want(http.StatusCreated, &e.push)
		a.expect(e.push.ID != "" && e.push.Date == date, "an id and the date %s", date)
		e.secretary.acknowledged(a, fact{Kind: "push", ID: e.push.ID, Within: e.branch().ID, Reached: "planned"})
		return both("%s 的推送", "the push of %s", date), a.err
	}
	return text{}, errors.New("each of the next 366 dates has a push")
}

// report is how the push went.
type report struct {
	Status     string         `json:"status"`
	Audience   int            `json:"audience"`
	InApp      int            `json:"inApp"`
	ByStatus   map[string]int `json:"byStatus"`
	ArticleIDs []string       `json:"articleIds"`
}

func (e *edition) follow(ctx context.Context) (text, error) {
	var a *answer
	err := until(ctx, 90*time.Second, "the push is finished", func(ctx context.Context) (bool, error) {
		a = e.secretary.get(ctx, "/v1/pushes/"+e.push.ID+"/report").want(http.StatusOK, &e.report)
		return e.report.Status == "finished", a.err
	})
	if err != nil {
		return text{}, err
	}
	sum := 0
	for _, n := range e.report.ByStatus {
		sum += n
	}
	delivered := e.report.ByStatus["sent"] + e.report.ByStatus["read"]
	a.expect(sum == e.report.Audience && e.report.InApp == e.report.Audience, "figures that add up to the audience of %d", e.report.Audience)
	a.expect(delivered > 0, "at least one message sent")
	a.expect(slices.Contains(e.report.ArticleIDs, e.article.ID), "article %s among those told of", e.article.ID)
	e.trace.note(both("推送：%d 人，订阅消息 %d 条，未授权 %d 人，站内 %d 条", "the push: %d people, %d subscribe messages, %d without a grant, %d in the inbox",
		e.report.Audience, delivered, e.report.ByStatus["no_permit"], e.report.InApp))
	return both("%d 人，订阅消息 %d 条", "%d people, %d subscribe messages", e.report.Audience, delivered), a.err
}

// sandboxMessage is a subscribe message on somebody's phone.
type sandboxMessage struct {
	Persona    string `json:"persona"`
	TemplateID string `json:"templateId"`
	Data       map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// phones expects so many messages with the article's title with these people, and with
// everybody together as many as the report says.
func (e *edition) phones(ctx context.Context, expected map[*person]int) error {
	var page struct {
		Items []sandboxMessage `json:"items"`
	}
	a := e.nobody.sandbox(ctx, http.MethodGet, "/_sandbox/messages", nil).want(http.StatusOK, &page)
	count, all := map[string]int{}, 0
	for _, m := range page.Items {
		if m.TemplateID == newsTemplate && m.Data["thing1"].Value == e.article.Title {
			count[m.Persona]++
			all++
		}
	}
	for p, messages := range expected {
		a.expect(count[p.persona] == messages, "%d messages %q on the phone of %s, not %d", messages, e.article.Title, p.persona, count[p.persona])
	}
	a.expect(all == e.report.ByStatus["sent"]+e.report.ByStatus["read"], "as many messages as the report says, not %d", all)
	return a.err
}

// inside expects so many messages about the push in somebody's inbox of the service.
func (e *edition) inside(ctx context.Context, p *person, messages int) error {
	var page struct {
		Items []struct {
			Title string `json:"title"`
		} `json:"items"`
	}
	a := p.get(ctx, "/v1/me/messages?limit=100").want(http.StatusOK, &page)
	count := 0
	for _, m := range page.Items {
		if m.Title == e.article.Title {
			count++
		}
	}
	a.expect(count == messages, "%d messages %q in the inbox, not %d", messages, e.article.Title, count)
	return a.err
}

func (e *edition) delivered(ctx context.Context) (text, error) {
	return both("一条，站内也有", "one, and one inside"), firstOf(e.phones(ctx, map[*person]int{e.wang: 1}), e.inside(ctx, e.wang, 1))
}

func (e *edition) insideOnly(ctx context.Context) (text, error) {
	return both("站内一条", "one inside"), firstOf(e.phones(ctx, map[*person]int{e.li: 0}), e.inside(ctx, e.li, 1))
}

func (e *edition) otherBranch(ctx context.Context) (text, error) {
	return both("没有收到", "got nothing"), firstOf(e.phones(ctx, map[*person]int{e.zhao: 0}), e.inside(ctx, e.zhao, 0))
}
