package tour

import (
	"context"
	"net/http"
	"strings"
)

// mailroom is what comes to the red mailbox by other ways than a resident's own name.
type mailroom struct {
	*letters
	sealed   matter
	document string // the paper by which it is opened
	opening  string
	tin      tin
	dictated matter // entered for somebody
	caught   matter // heard in a group
	link     string // the code in the link for whoever said it
}

func (d *day) otherWays(ctx context.Context) error {
	m := &mailroom{letters: &letters{day: d, category: "other"}, document: "演示（刑）调证字 " + d.mark}
	m.sealed.author = d.newcomer("sealed", both("不愿具名的人", "Somebody unnamed"))
	m.tin.writer = d.newcomer("writer", both("写纸条的人", "Who wrote a slip"))
	m.caught.author = d.newcomer("speaker", both("群里的邻居", "From the group"))
	return d.chapter(ctx, both("六 密封、纸条与代办", "6 Sealed, on paper, by proxy"), append([]step{
		{m.sealed.author, both("密封提交一件诉求", "submits a sealed request"), m.submitSealed},
		{d.secretary, both("只见代号，向对方询问", "sees a label, and asks"), m.askUnderLabel},
		{m.sealed.author, both("以代号回答", "answers under the label"), m.answerUnderLabel},
		{d.secretary, both("想查看是谁", "wants to know who it is"), m.handlerMayNot},
		{d.town, both("凭文书申请查看身份", "asks for it by a paper of law"), m.askOpening},
		{d.clerk, both("由第二人批准，并查看", "approves as the second officer, and looks"), m.approveOpening},
		{m.sealed.author, both("查到身份被依法查看", "finds that it was opened, and by which paper"), m.findsOpening},
	}, m.onPaper()...)...)
}

func (m *mailroom) path(matter matter, rest string) string {
	return "/v1/mailbox/requests/" + matter.seen.ID + rest
}

func (m *mailroom) submitSealed(ctx context.Context) (text, error) {
	s := &m.sealed
	if err := s.author.signIn(ctx); err != nil {
		return text{}, err
	}
	a := s.author.post(ctx, "/v1/mailbox/requests", map[string]any{
		"category": m.category, "text": "有人夜里在车棚撬电瓶，我不敢写名字。" + m.mark, "identity": "sealed", "estateId": m.wang.estate(),
	}).want(http.StatusCreated, &s.seen)
	a.expect(s.seen.ID != "" && s.seen.Status == "screened", "an id and status screened")
	s.author.acknowledged(a, fact{Kind: "request", ID: s.seen.ID, Reached: "screened"})
	return both("回执 %s", "receipt %s", s.seen.Receipt), a.err
}

func (m *mailroom) askUnderLabel(ctx context.Context) (text, error) {
	var seen residentRequest
	a := m.secretary.get(ctx, m.path(m.sealed, "")).want(http.StatusOK, &seen)
	a.expect(seen.Label != "" && seen.Submitter == "", "a label, and nobody's name")
	if a.err != nil {
		return text{}, a.err
	}
	a = m.secretary.post(ctx, m.path(m.sealed, "/messages"), map[string]string{"text": "收到，请问大概几点？您不必说明自己是谁。"})
	return both("对方代号 %s", "they are called %s", seen.Label), a.want(http.StatusCreated, nil).err
}

func (m *mailroom) answerUnderLabel(ctx context.Context) (text, error) {
	if a := m.read(ctx, &m.sealed); !a.expect(m.sealed.says("大概几点"), "the question in the timeline") {
		return text{}, a.err
	}
	a := m.sealed.author.post(ctx, m.path(m.sealed, "/messages"), map[string]string{"text": "前天夜里两点左右。"}).want(http.StatusCreated, nil)
	if a.err != nil {
		return text{}, a.err
	}
	var seen residentRequest
	a = m.secretary.get(ctx, m.path(m.sealed, "")).want(http.StatusOK, &seen)
	a.expect(matter{seen: seen}.says("夜里两点"), "the answer in the timeline")
	return both("双方都看到", "both sides see it"), a.err
}

// says says whether something was said in the timeline.
func (m matter) says(words string) bool {
	for _, entry := range m.seen.Timeline {
		if strings.Contains(entry.Text, words) {
			return true
		}
	}
	return false
}

func (m *mailroom) asking() map[string]string {
	return map[string]string{"ground": "criminal_case", "document": m.document, "note": "侦办盗窃案，须核实所见情况"}
}

func (m *mailroom) handlerMayNot(ctx context.Context) (text, error) {
	a := m.secretary.post(ctx, m.path(m.sealed, "/identity-openings"), m.asking())
	return both("被拒绝", "refused"), a.refused(http.StatusForbidden, "forbidden")
}

type identityOpening struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	Document string `json:"document"`
}

func (m *mailroom) askOpening(ctx context.Context) (text, error) {
	var opening identityOpening
	a := m.town.post(ctx, m.path(m.sealed, "/identity-openings"), m.asking()).want(http.StatusCreated, &opening)
	if !a.expect(opening.ID != "" && opening.Status == "asked", "an id and status asked") {
		return text{}, a.err
	}
	m.opening = "/v1/mailbox/identity-openings/" + opening.ID
	a = m.town.post(ctx, m.opening+"/reveals", nil)
	return both("等待另一名干部决定，此前无人可看", "waits for another officer; nobody can look yet"), a.refused(http.StatusConflict, "illegal_transition")
}

func (m *mailroom) approveOpening(ctx context.Context) (text, error) {
	var opening identityOpening
	a := m.clerk.post(ctx, m.opening+"/approval", nil).want(http.StatusOK, &opening)
	if !a.expect(opening.Status == "approved", "status approved") {
		return text{}, a.err
	}
	var who struct {
		Nickname string `json:"nickname"`
	}
	a = m.clerk.post(ctx, m.opening+"/reveals", nil).want(http.StatusCreated, &who)
	a.expect(who.Nickname == m.sealed.author.me.Nickname, "whoever submitted it")
	if a.err != nil {
		return text{}, a.err
	}
	a = m.secretary.post(ctx, m.opening+"/reveals", nil)
	return both("两人一天内可看；经办人仍不可看", "the two may look for a day; the handler still may not"), a.refused(http.StatusForbidden, "forbidden")
}

func (m *mailroom) findsOpening(ctx context.Context) (text, error) {
	mine, listed, a := find(ctx, m.sealed.author, "/v1/me/identity-openings", nil, func(o identityOpening) bool { return o.Document == m.document })
	a.expect(listed, "the opening in a list of their own")
	m.sealed.author.acknowledged(a, fact{Kind: "identity-opening", ID: mine.ID})
	return both("本人名下列明依据和文书；站内信在下一刻钟后送达", "a list of theirs gives ground and paper; a message comes after the next quarter hour"), a.err
}
