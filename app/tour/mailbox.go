package tour

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// residentRequest is a request to the red mailbox as its author and its handlers see it.
type residentRequest struct {
	ID      string `json:"id"`
	Receipt string `json:"receipt"`
	Status  string `json:"status"`
	Level   string `json:"level"`
	Branch  string `json:"branchId"`
	Outcome string `json:"outcome"`
	Clocks  []struct {
		Name     string `json:"name"`
		DueAt    string `json:"dueAt"`
		HeldAt   string `json:"heldAt"`
		YellowAt string `json:"yellowAt"`
		RedAt    string `json:"redAt"`
	} `json:"clocks"`
	Submitter string `json:"submitter"`
	Label     string `json:"label"`
	Promises  []struct {
		ID     string `json:"id"`
		On     string `json:"on"`
		Status string `json:"status"`
	} `json:"promises"`
	Timeline []struct {
		Kind    string     `json:"kind"`
		To      string     `json:"to"`
		Text    string     `json:"text"`
		Uploads []uploaded `json:"uploads"`
	} `json:"timeline"`
}

var levels = []string{"grid", "branch", "community", "town", "county"}

// letters are the requests of this chapter.
type letters struct {
	*day
	category string
	light    matter // answered to satisfaction
	noise    matter // answered and not solved
	doubtful matter // its text did not pass the check
}

// matter is one request and who wrote it.
type matter struct {
	author *person
	photo  string // its id; "" for none
	seen   residentRequest
}

func (d *day) redMailbox(ctx context.Context) error {
	l := &letters{day: d}
	r := &referral{letters: &letters{day: d}}
	r.chess.author = d.newcomer("chess", both("下棋的老人", "A chess player"))
	return d.chapter(ctx, both("二 红色信箱", "2 The red mailbox"), append([]step{
		{d.wang, both("投递诉求：楼道灯不亮，附一张照片", "writes: the light on the stairs is out, with a photo"), l.submitLight},
		{d.secretary, both("照片经微信审核后可见", "sees the photo once WeChat has passed it"), l.photoPasses},
		{d.wang, both("投递一段有问题的文字", "writes a text that fails the check"), l.submitDoubtful},
		{d.secretary, both("在收件箱看到两件", "sees both in the inbox"), l.seeInInbox},
		{d.secretary, both("受理并派给支部团队", "accepts it and gives it to the branch's team"), l.dispatchLight},
		{d.secretary, both("等配件，暂停两天，再恢复办理", "waits for parts, pauses for two days, goes on"), l.pauseLight},
		{d.secretary, both("答复", "replies"), l.answerLight},
		{d.wang, both("看进度，评价已解决", "reads the timeline, says fixed"), l.fixed},
		{d.li, both("投递诉求：夜间噪音，评价未解决", "writes about noise, says not fixed"), l.notFixed},
		{d.zhao, both("查看别人的诉求", "looks for somebody else's request"), l.notYours},
	}, r.steps()...)...)
}

// submit sends a request for a resident, with a photo or without one. Who has used up the
// day's number is stood in for by a neighbour who is new to WeChat.
func (l *letters) submit(ctx context.Context, p *person, text string, photo bool) (matter, *answer) {
	body := map[string]any{"category": l.category, "text": text, "identity": "named", "estateId": p.estate()}
	m := matter{author: p}
	a := l.send(ctx, &m, body, photo)
	if a.err == nil && (a.status == http.StatusTooManyRequests || a.status == http.StatusConflict) {
		m.author = l.volunteer(0)
		m.author.name = both("%s的邻居", "%s's neighbour", p.name)
		if err := m.author.signIn(ctx); err != nil {
			a.fail(err)
			return m, a
		}
		a = l.send(ctx, &m, body, photo)
	}
	a.want(http.StatusCreated, &m.seen)
	a.expect(m.seen.ID != "" && m.seen.Receipt != "", "an id and a receipt")
	return m, m.author.acknowledged(a, fact{Kind: "request", ID: m.seen.ID, Reached: m.seen.Status})
}

func (l *letters) send(ctx context.Context, m *matter, body map[string]any, photo bool) *answer {
	if photo {
		sent, a := m.author.sendPhoto(ctx)
		if a.status != http.StatusCreated || a.err != nil {
			return a
		}
		m.photo, body["uploads"] = sent.ID, []string{sent.ID}
	}
	return m.author.post(ctx, "/v1/mailbox/requests", body)
}

func (l *letters) submitLight(ctx context.Context) (text, error) {
	var categories struct {
		Items []struct {
			Code string `json:"code"`
		} `json:"items"`
	}
	a := l.wang.get(ctx, "/v1/mailbox/categories").want(http.StatusOK, &categories)
	if !a.expect(len(categories.Items) > 0, "at least one category") {
		return text{}, a.err
	}
	l.category = categories.Items[0].Code
	l.light, a = l.submit(ctx, l.wang, "三单元楼道灯坏了两天，晚上老人上下楼不方便。"+l.mark, true)
	a.expect(l.light.seen.Status == "screened", "status screened: the text is harmless")
	a.expect(len(l.light.seen.Clocks) == 2, "two clocks")
	return both("%s：回执 %s，两个时限", "%s: receipt %s, two clocks", l.light.author.name, l.light.seen.Receipt), a.err
}

func (l *letters) submitDoubtful(ctx context.Context) (text, error) {
	var a *answer
	l.doubtful, a = l.submit(ctx, l.wang, "【违规】这段文字没有通过检查，等人来看。"+l.mark, false)
	a.expect(l.doubtful.seen.Status == "submitted", "status submitted: it waits for a person")
	a.expect(len(l.doubtful.seen.Clocks) == 2, "two clocks: they run all the same")
	return both("收下，等人审看：%s", "taken in, waits for a person: %s", l.doubtful.seen.Receipt), a.err
}

func (l *letters) seeInInbox(ctx context.Context) (text, error) {
	for _, m := range []matter{l.light, l.doubtful} {
		_, found, a := find(ctx, l.secretary, "/v1/mailbox/inbox", url.Values{"status": {m.seen.Status}},
			func(r residentRequest) bool { return r.ID == m.seen.ID })
		if !a.expect(found, "request %s in the inbox", m.seen.ID) {
			return text{}, a.err
		}
	}
	return both("两件都在", "both are there"), nil
}

// move has somebody move a request on.
func (l *letters) move(ctx context.Context, m *matter, who *person, how string, content any, status string) *answer {
	path := "/v1/mailbox/requests/" + m.seen.ID + "/" + how
	m.seen.Clocks = nil // or what is read would be mixed with what was
	a := who.post(ctx, path, content).want(http.StatusOK, &m.seen)
	a.expect(m.seen.Status == status, "status %s", status)
	return m.author.acknowledged(a, fact{Kind: "request", ID: m.seen.ID, Reached: status})
}

// answered accepts a request and replies to it.
func (l *letters) answered(ctx context.Context, m *matter, reply string) error {
	if a := l.move(ctx, m, l.secretary, "acceptance", map[string]string{"priority": "normal"}, "accepted"); a.err != nil {
		return a.err
	}
	return l.move(ctx, m, l.secretary, "reply", map[string]any{"text": reply}, "replied").err
}

func (l *letters) dispatchLight(ctx context.Context) (text, error) {
	if a := l.move(ctx, &l.light, l.secretary, "acceptance", map[string]string{"priority": "normal"}, "accepted"); a.err != nil {
		return text{}, a.err
	}
	if a := l.read(ctx, &l.light); a.err != nil {
		return text{}, a.err
	}
	a := l.move(ctx, &l.light, l.secretary, "dispatches", map[string]string{"teamUnitId": l.light.seen.Branch}, "dispatched")
	return both("已派给支部团队", "with the branch's team"), a.err
}

func (l *letters) pauseLight(ctx context.Context) (text, error) {
	if a := l.move(ctx, &l.light, l.secretary, "start", nil, "handling"); a.err != nil {
		return text{}, a.err
	}
	until := time.Now().Add(48 * time.Hour).Format(time.RFC3339)
	a := l.move(ctx, &l.light, l.secretary, "pauses", map[string]string{"reason": "materials", "until": until}, "paused")
	a.expect(l.light.held("reply"), "the clock reply stands still")
	if a.err != nil {
		return text{}, a.err
	}
	a = l.move(ctx, &l.light, l.secretary, "resumption", nil, "handling")
	a.expect(!l.light.held("reply"), "the clock reply runs again")
	return both("暂停期间答复时限停走", "the reply's clock stood still meanwhile"), a.err
}

// held says whether a clock stands still.
func (m matter) held(name string) bool {
	for _, c := range m.seen.Clocks {
		if c.Name == name && c.HeldAt != "" {
			return true
		}
	}
	return false
}

func (l *letters) answerLight(ctx context.Context) (text, error) {
	a := l.move(ctx, &l.light, l.secretary, "reply", map[string]any{"text": "灯已更换，感谢您的提醒。"}, "replied")
	return both("已答复", "replied"), a.err
}

func (l *letters) read(ctx context.Context, m *matter) *answer {
	return m.author.get(ctx, "/v1/mailbox/requests/"+m.seen.ID).want(http.StatusOK, &m.seen)
}

func (l *letters) fixed(ctx context.Context) (text, error) {
	a := l.read(ctx, &l.light)
	for _, state := range []string{"screened", "accepted", "dispatched", "paused", "replied"} {
		a.expect(l.light.passed(state), "%s in the timeline", state)
	}
	if a.err != nil {
		return text{}, a.err
	}
	a = l.move(ctx, &l.light, l.light.author, "feedback", map[string]any{"outcome": "fixed", "rating": 5, "comment": "很快，谢谢"}, "closed")
	if a.err == nil {
		a = l.read(ctx, &l.light)
		a.expect(l.light.seen.Outcome == "fixed", "outcome fixed")
	}
	return both("已办结，时间线 %d 条", "closed; %d entries in the timeline", len(l.light.seen.Timeline)), a.err
}

// passed says whether a request has been in a state.
func (m matter) passed(state string) bool {
	for _, entry := range m.seen.Timeline {
		if entry.To == state {
			return true
		}
	}
	return m.seen.Status == state
}

func (l *letters) notFixed(ctx context.Context) (text, error) {
	var a *answer
	if l.noise, a = l.submit(ctx, l.li, "楼下施工夜里十一点还在响，休息不好。"+l.mark, false); a.err != nil {
		return text{}, a.err
	}
	if err := l.answered(ctx, &l.noise, "已与施工方说好，晚上九点后停工。"); err != nil {
		return text{}, err
	}
	if a = l.read(ctx, &l.noise); a.err != nil {
		return text{}, a.err
	}
	before := l.noise.seen.Level
	a = l.move(ctx, &l.noise, l.noise.author, "feedback", map[string]any{"outcome": "not_fixed", "rating": 2, "comment": "昨晚还在响"}, "reopened")
	if a.err == nil {
		a = l.read(ctx, &l.noise)
		at := slices.Index(levels, before)
		a.expect(at >= 0 && slices.Index(levels, l.noise.seen.Level) == at+1, "one level above %s", before)
	}
	return both("重新打开，由 %s 升到 %s", "reopened, from %s up to %s", before, l.noise.seen.Level), a.err
}

func (l *letters) notYours(ctx context.Context) (text, error) {
	return both("如同不存在", "as if it did not exist"),
		l.zhao.get(ctx, "/v1/mailbox/requests/"+l.light.seen.ID).refused(http.StatusNotFound, "not_found")
}
