package tour

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// china is the county's time.
var china = time.FixedZone("CST", 8*60*60)

// window is what the public and other people's programs see of the red mailbox.
type window struct {
	*mailroom
	roof     matter  // shown on the board
	sign     string  // stands in its words and in no other tour's
	follower *person // who would have submitted the same
	client   struct {
		ID     string `json:"id"`
		APIKey string `json:"apiKey"`
	}
	shown    string // what the public knows that by
	passedOn string // what the program submitted
}

func (d *day) openness(ctx context.Context) error {
	w := &window{mailroom: &mailroom{letters: &letters{day: d, category: "parking"}}, sign: flowers(d.mark)}
	w.roof.author = d.newcomer("roof", both("骑电动车的邻居", "A neighbour"))
	w.follower = d.newcomer("follower", both("另一位邻居", "Another neighbour"))
	return d.chapter(ctx, both("七 公开栏与开放接口", "7 The board, other programs"),
		step{w.roof.author, both("投递：充电棚漏雨", "writes: the roof over the chargers leaks"), w.submitRoof},
		step{d.secretary, both("写公开版本，不带任何个人信息", "writes what the public may read"), w.propose},
		step{d.worker, both("由他人审核，公开", "approves it as somebody else"), w.approve},
		step{d.nobody, both("不登录，看公开栏和 RSS", "reads the board and its RSS, signed in nowhere"), w.readBoard},
		step{w.follower, both("想投同样的事，改为关注", "would submit the same, and follows instead"), w.follow},
		step{d.secretary, both("受理，承诺三日内补好，当天兑现", "accepts, promises a date, and keeps it"), w.promise},
		step{d.secretary, both("答复", "answers"), w.answer},
		step{w.follower, both("收到进展", "hears of it"), w.hear},
		step{d.clerk, both("登记一个 Open311 程序", "registers an Open311 program"), w.register},
		step{d.nobody, both("程序查询服务、提交、查进展", "a program asks, submits and looks (JSON, XML)"), w.program},
		step{d.clerk, both("收回程序的密钥", "takes its key away"), w.end},
		step{d.clerk, both("看逾期诉求的黄牌和红牌", "looks at the cards of what is overdue"), w.cards},
		step{d.secretary, both("按单位看统计", "reads the branch's statistics"), w.statistics},
	)
}

// flowers writes hexadecimal digits in flowers: the board takes no long numbers.
func flowers(mark string) string {
	const names = "梅兰竹菊松柏桂荷莲桃杏李棠榴槐柳"
	var b strings.Builder
	for _, digit := range mark {
		b.WriteRune([]rune(names)[strings.IndexRune("0123456789abcdef", digit)])
	}
	return b.String()
}

func (w *window) submitRoof(ctx context.Context) (text, error) {
	if err := w.roof.author.signIn(ctx); err != nil {
		return text{}, err
	}
	a := w.roof.author.post(ctx, "/v1/mailbox/requests", map[string]any{
		"category": w.category, "text": "“" + w.sign + "”牌旁的充电棚漏雨，插座都湿了。", "identity": "hidden", "estateId": w.wang.estate(),
	}).want(http.StatusCreated, &w.roof.seen)
	a.expect(w.roof.seen.Status == "screened", "status screened")
	w.roof.author.acknowledged(a, fact{Kind: "request", ID: w.roof.seen.ID, Reached: "screened"})
	return both("回执 %s", "receipt %s", w.roof.seen.Receipt), a.err
}

func (w *window) version() string { return w.path(w.roof, "/public-version") }

func (w *window) propose(ctx context.Context) (text, error) {
	words := map[string]string{"title": w.sign + "牌旁充电棚漏雨", "text": "居民反映“" + w.sign + "”牌旁的充电棚漏雨，插座受潮。电话 13900000001。"}
	if err := w.secretary.put(ctx, w.version(), words, "").refused(http.StatusBadRequest, "identifying"); err != nil {
		return text{}, err
	}
	words["text"] = "居民反映“" + w.sign + "”牌旁的充电棚漏雨，插座受潮。"
	var proposed struct{ Status string }
	a := w.secretary.put(ctx, w.version(), words, "").want(http.StatusOK, &proposed)
	if !a.expect(proposed.Status == "proposed", "status proposed") {
		return text{}, a.err
	}
	a = w.secretary.post(ctx, w.version()+"/approval", nil)
	return both("带电话的被退回；不能自己审核", "a number in it is refused, and so is approving one's own"), a.refused(http.StatusForbidden, "own_public_version")
}

func (w *window) approve(ctx context.Context) (text, error) {
	var approved struct {
		Status   string
		Shown    bool
		PublicID string `json:"publicId"`
	}
	a := w.worker.post(ctx, w.version()+"/approval", nil).want(http.StatusOK, &approved)
	w.shown = approved.PublicID
	a.expect(approved.Status == "published" && approved.Shown && w.shown != w.roof.seen.ID, "status published, and shown by an id of its own")
	w.worker.acknowledged(a, fact{Kind: "board", ID: w.shown})
	return both("已公开", "shown"), a.err
}

func (w *window) onEstate() url.Values { return url.Values{"estateId": {w.wang.estate()}} }

func (w *window) readBoard(ctx context.Context) (text, error) {
	_, shown, a := find(ctx, w.nobody, "/v1/public/requests", w.onEstate(), func(i named) bool { return i.ID == w.shown })
	if !a.expect(shown, "request %s on the board", w.shown) {
		return text{}, a.err
	}
	var feed struct {
		Channel struct {
			Items []struct {
				Title string `xml:"title"`
				GUID  string `xml:"guid"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	a = w.nobody.get(ctx, "/v1/public/requests/rss?"+w.onEstate().Encode()).want(http.StatusOK, nil)
	w.parsed(a, &feed)
	there := false
	for _, item := range feed.Channel.Items {
		there = there || strings.HasSuffix(item.GUID, w.shown) && strings.Contains(item.Title, w.sign)
	}
	a.expect(there, "the request in the feed")
	return both("RSS 共 %d 条", "%d entries in the feed", len(feed.Channel.Items)), a.err
}

// parsed reads an answer in XML.
func (w *window) parsed(a *answer, out any) {
	if a.err == nil {
		err := xml.Unmarshal(a.body, out)
		a.expect(err == nil, "XML: %v", err)
	}
}

func (w *window) follow(ctx context.Context) (text, error) {
	if err := w.follower.signIn(ctx); err != nil {
		return text{}, err
	}
	var alike struct {
		Items []struct {
			ID       string `json:"id"`
			Likeness int    `json:"likeness"`
		} `json:"items"`
	}
	a := w.follower.post(ctx, "/v1/mailbox/suggestions", map[string]string{
		"text": "充电棚漏雨，就在“" + w.sign + "”牌旁边，插座湿了", "estateId": w.wang.estate(), "category": w.category,
	}).want(http.StatusOK, &alike)
	if !a.expect(len(alike.Items) > 0 && alike.Items[0].ID == w.shown, "request %s as the likeliest", w.shown) {
		return text{}, a.err
	}
	a = w.follower.post(ctx, "/v1/mailbox/requests/"+w.shown+"/followers/mine", nil).want(http.StatusCreated, nil)
	w.follower.acknowledged(a, fact{Kind: "follow", ID: w.shown})
	return both("相似 %d%%，已关注", "%d%% alike; followed", alike.Items[0].Likeness), a.err
}

type promiseBook struct{ Open, Kept, Broken, Moved int }

func (w *window) book(ctx context.Context) (book promiseBook, a *answer) {
	a = w.nobody.get(ctx, "/v1/public/promises?"+url.Values{"unitId": {w.branch().ID}}.Encode()).want(http.StatusOK, &book)
	return book, a
}

func (w *window) promise(ctx context.Context) (text, error) {
	if a := w.move(ctx, &w.roof, w.secretary, "acceptance", map[string]string{"priority": "normal"}, "accepted"); a.err != nil {
		return text{}, a.err
	}
	before, a := w.book(ctx)
	if a.err != nil {
		return text{}, a.err
	}
	by := time.Now().In(china).AddDate(0, 0, 3).Format(time.DateOnly)
	a = w.secretary.post(ctx, w.path(w.roof, "/promises"), map[string]string{"text": "三日内补好棚顶。", "on": by}).want(http.StatusOK, nil)
	if a.err == nil {
		a = w.read(ctx, &w.roof)
	}
	if !a.expect(len(w.roof.seen.Promises) == 1 && w.roof.seen.Promises[0].Status == "open" && w.roof.seen.Promises[0].On == by, "an open promise by %s", by) {
		return text{}, a.err
	}
	a = w.secretary.post(ctx, w.path(w.roof, "/promises/"+w.roof.seen.Promises[0].ID+"/fulfilment"), map[string]string{"text": "棚顶今天补好了。"}).want(http.StatusOK, nil)
	if a.err != nil {
		return text{}, a.err
	}
	after, a := w.book(ctx)
	a.expect(after.Kept > before.Kept, "one more that was kept")
	return both("支部承诺：兑现 %d，逾期 %d，进行中 %d", "the branch's promises: %d kept, %d broken, %d open", after.Kept, after.Broken, after.Open), a.err
}

func (w *window) answer(ctx context.Context) (text, error) {
	a := w.move(ctx, &w.roof, w.secretary, "reply", map[string]any{"text": "棚顶已补，插座换成防水的。"}, "replied")
	return both("已答复", "replied"), a.err
}

func (w *window) hear(ctx context.Context) (text, error) {
	answered := func(s struct{ Kind, Title, Text string }) bool {
		said := strings.Contains(s.Title, "已有答复") || strings.Contains(s.Title, "was answered")
		return s.Kind == "followed_request" && said && strings.Contains(s.Text, w.sign)
	}
	err := until(ctx, 20*time.Second, "a follower hears of the answer", func(ctx context.Context) (bool, error) {
		_, told, a := find(ctx, w.follower, "/v1/me/messages", nil, answered)
		return told, a.err
	})
	return both("站内信：已有答复", "a message: it was answered"), err
}

func (w *window) register(ctx context.Context) (text, error) {
	a := w.clerk.post(ctx, "/v1/open311-clients", map[string]any{"name": "巡展演示 " + w.mark, "dailyLimit": 20}).want(http.StatusCreated, &w.client)
	a.expect(w.client.ID != "" && w.client.APIKey != "", "an id and a key")
	return both("密钥只显示这一次", "its key is shown this once"), a.err
}

const open311 = "/open311/v2/"

// report is a submission by the standard.
func (w *window) report() file {
	return file{"application/x-www-form-urlencoded", []byte(url.Values{
		"api_key": {w.client.APIKey}, "service_code": {"sanitation"}, "description": {"绿化带里有人倒装修垃圾。" + w.mark}, "address_id": {w.wang.estate()},
	}.Encode())}
}

type serviceRequest struct {
	ID     string `json:"service_request_id" xml:"service_request_id"`
	Status string `json:"status" xml:"status"`
}

func (w *window) program(ctx context.Context) (text, error) {
	var services []struct {
		Code string `json:"service_code"`
	}
	a := w.nobody.get(ctx, open311+"services.json").want(http.StatusOK, &services)
	if !a.expect(len(services) > 0 && services[0].Code != "", "services with codes") {
		return text{}, a.err
	}
	var made []serviceRequest
	a = w.nobody.post(ctx, open311+"requests.json", w.report()).want(http.StatusCreated, &made)
	if !a.expect(len(made) == 1 && made[0].ID != "", "the id of a request") {
		return text{}, a.err
	}
	w.passedOn = made[0].ID
	for id, key := range map[string]string{w.passedOn: "?api_key=" + w.client.APIKey, w.shown: ""} {
		var seen struct {
			Requests []serviceRequest `xml:"request"`
		}
		a = w.nobody.get(ctx, open311+"requests/"+id+".xml"+key).want(http.StatusOK, nil)
		w.parsed(a, &seen)
		if !a.expect(len(seen.Requests) == 1 && seen.Requests[0].ID == id && seen.Requests[0].Status == "open", "request %s, open", id) {
			return text{}, a.err
		}
	}
	a = w.nobody.get(ctx, open311+"requests/"+w.passedOn+".json")
	return both("%d 项服务；提交的等人审看，别人查不到", "%d services; what it submitted waits, and others cannot see it", len(services)), a.want(http.StatusNotFound, nil).err
}

func (w *window) end(ctx context.Context) (text, error) {
	if a := w.clerk.delete(ctx, "/v1/open311-clients/"+w.client.ID).want(http.StatusNoContent, nil); a.err != nil {
		return text{}, a.err
	}
	var wrong []struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	}
	a := w.nobody.post(ctx, open311+"requests.json", w.report()).want(http.StatusForbidden, &wrong)
	a.expect(len(wrong) == 1 && wrong[0].Code == http.StatusForbidden && strings.HasPrefix(wrong[0].Description, "api_key_invalid"), "the error api_key_invalid")
	return both("再提交被拒绝", "submits no more"), a.err
}

// cards looks for a request that had both cards: the demo county has one, and more of them
// every day that nobody works in it.
func (w *window) cards(ctx context.Context) (text, error) {
	late, found, a := find(ctx, w.clerk, "/v1/mailbox/inbox", url.Values{"overdue": {"true"}}, func(r residentRequest) bool {
		for _, c := range r.Clocks {
			if c.YellowAt != "" && c.RedAt != "" {
				return true
			}
		}
		return false
	})
	if !a.expect(found, "an overdue request with both cards") {
		return text{}, a.err
	}
	var seen residentRequest
	a = w.clerk.get(ctx, "/v1/mailbox/requests/"+late.ID).want(http.StatusOK, &seen)
	cards, rungs := 0, 0
	for _, entry := range seen.Timeline {
		switch entry.Kind {
		case "yellow_card", "red_card":
			cards++
		case "escalation":
			rungs++
		}
	}
	a.expect(cards >= 2 && rungs > 0, "both cards and an escalation in the timeline")
	return both("回执 %s：%d 张牌，升级 %d 次，现在 %s", "receipt %s: %d cards, %d rungs up, now with the %s", seen.Receipt, cards, rungs, seen.Level), a.err
}

func (w *window) statistics(ctx context.Context) (text, error) {
	today := time.Now().In(china)
	query := url.Values{"unitId": {w.branch().ID}, "from": {today.AddDate(0, 0, -30).Format(time.DateOnly)}, "to": {today.Format(time.DateOnly)}}
	var answer struct {
		Figures struct {
			Came, Open, Fixed int
			Response          struct{ N, Of int }
			FirstReply        struct {
				Sample  int
				Elapsed struct {
					Median *int64 `json:"medianSeconds"`
					P90    *int64 `json:"p90Seconds"`
				}
			}
		}
	}
	a := w.secretary.get(ctx, "/v1/statistics/mailbox?"+query.Encode()).want(http.StatusOK, &answer)
	f := answer.Figures
	a.expect(f.Came >= 8 && f.Open > 0 && f.Fixed > 0, "this tour's requests among those that came")
	a.expect(f.Response.N > 0 && f.Response.N <= f.Response.Of, "a rate of what was acknowledged in time")
	times := f.FirstReply.Elapsed
	a.expect(f.FirstReply.Sample > 0 && times.Median != nil && times.P90 != nil && *times.Median <= *times.P90, "median and 90th percentile of the first reply")
	if a.err != nil {
		return text{}, a.err
	}
	refused := w.wang.get(ctx, "/v1/statistics/mailbox?"+query.Encode())
	refused.expect(refused.status == http.StatusForbidden || refused.status == http.StatusNotFound, "a refusal to a resident")
	return both("30 天收到 %d 件，按时受理 %d/%d，已解决 %d", "%d in 30 days; %d of %d acknowledged in time; %d fixed",
		f.Came, f.Response.N, f.Response.Of, f.Fixed), refused.err
}
