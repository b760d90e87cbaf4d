package tour

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tin is a red mailbox of tin, this tour's own: others open theirs.
type tin struct {
	box, opening string  // their paths
	slips        []slip  // of a book of two
	first        matter  // what the first one asks for
	writer       *person // who takes it over with the code that was torn off
}

type slip struct {
	Number string `json:"number"`
	Code   string `json:"code"`
}

// onPaper are the steps of a box, of what others enter, and of taking it over.
func (m *mailroom) onPaper() []step {
	return []step{
		{m.secretary, both("挂一个信箱，印两张纸条", "hangs a box and prints two slips"), m.hangBox},
		{m.secretary, both("开箱，想自己确认", "opens it, and would confirm alone"), m.openBox},
		{m.worker, both("作为第二人清点、确认", "counts and confirms as the second person"), m.confirmBox},
		{m.worker, both("录入两张纸条，附照片；再录一遍", "keys both in with a photo, and once more"), m.keyIn},
		{m.secretary, both("受理并答复第一张", "answers the first one"), m.answerSlip},
		{m.nobody, both("按编号查进展，凭存根看答复", "asks by number, and by the torn-off code"), m.askBySlip},
		{m.tin.writer, both("凭存根转到自己名下，评价已解决", "takes it over by the code, says fixed"), m.takeSlipOver},
		{m.secretary, both("撤下信箱", "takes the box down"), m.takeBoxDown},
		{m.worker, both("为没有手机的老人代录，记下同意", "enters one for somebody who agreed"), m.enterForSomebody},
		{m.worker, both("记下群里的一句话，待本人确认", "catches what was said in a group"), m.capture},
		{m.caught.author, both("点开链接，确认是自己说的", "confirms it by the link"), m.confirmCapture},
	}
}

type named struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

func (m *mailroom) hangBox(ctx context.Context) (text, error) {
	var box named
	a := m.secretary.post(ctx, "/v1/mailbox/boxes", map[string]any{"estateId": m.wang.estate(), "place": "巡展展位 " + m.mark, "rhythmDays": 7}).want(http.StatusCreated, &box)
	if !a.expect(box.ID != "", "an id") {
		return text{}, a.err
	}
	m.tin.box = "/v1/mailbox/boxes/" + box.ID
	var book struct {
		Slips []slip `json:"slips"`
	}
	a = m.secretary.post(ctx, "/v1/mailbox/slip-books", map[string]any{"branchId": m.branch().ID, "count": 2}).want(http.StatusCreated, &book)
	a.expect(len(book.Slips) == 2 && book.Slips[0].Code != "", "two numbers with their codes")
	m.tin.slips = book.Slips
	if a.err != nil {
		return text{}, a.err
	}
	return both("编号 %s 起，每周一开", "from number %s; opened every week", book.Slips[0].Number), nil
}

func (m *mailroom) openBox(ctx context.Context) (text, error) {
	var opening named
	a := m.secretary.post(ctx, "/v1/mailbox/box-openings", map[string]any{"boxId": strings.TrimPrefix(m.tin.box, "/v1/mailbox/boxes/"), "slips": 2}).want(http.StatusCreated, &opening)
	if !a.expect(opening.Status == "opened", "status opened") {
		return text{}, a.err
	}
	m.tin.opening = "/v1/mailbox/box-openings/" + opening.ID
	m.secretary.acknowledged(a, fact{Kind: "box-opening", ID: opening.ID, Reached: "opened"})
	if a.err != nil {
		return text{}, a.err
	}
	a = m.secretary.post(ctx, m.tin.opening+"/confirmation", map[string]int{"slips": 2})
	return both("被拒绝：须两人", "refused: it takes two"), a.refused(http.StatusForbidden, "second_opener_required")
}

func (m *mailroom) confirmBox(ctx context.Context) (text, error) {
	if err := m.worker.post(ctx, m.tin.opening+"/confirmation", map[string]int{"slips": 3}).refused(http.StatusConflict, "slip_count_differs"); err != nil {
		return text{}, err
	}
	var opening named
	a := m.worker.post(ctx, m.tin.opening+"/confirmation", map[string]int{"slips": 2}).want(http.StatusOK, &opening)
	a.expect(opening.Status == "confirmed", "status confirmed")
	m.worker.acknowledged(a, fact{Kind: "box-opening", ID: opening.ID, Reached: "confirmed"})
	return both("两人数目一致", "both counted two"), a.err
}

type keyedIn struct {
	Items []struct {
		Request  residentRequest `json:"request"`
		Repeated bool            `json:"repeated"`
		Code     string          `json:"code"`
	} `json:"items"`
}

// keyIn keys the slips in, the first one with the photo of the paper, and all of it again as
// somebody would who did not hear the answer.
func (m *mailroom) keyIn(ctx context.Context) (text, error) {
	photo, a := m.worker.sendPhoto(ctx)
	if a.want(http.StatusCreated, nil); a.err != nil {
		return text{}, a.err
	}
	items := []map[string]any{
		{"number": m.tin.slips[0].Number, "category": "facilities", "text": "健身器材松了，会倒。" + m.mark, "uploads": []string{photo.ID}},
		{"number": m.tin.slips[1].Number, "category": "suggestion", "text": "阅览室多放几副老花镜。" + m.mark, "noPhoto": "unreadable"},
	}
	var first, again keyedIn
	a = m.worker.post(ctx, m.tin.opening+"/slips", map[string]any{"items": items}).want(http.StatusCreated, &first)
	if !a.expect(len(first.Items) == 2 && first.Items[0].Request.ID != "" && first.Items[1].Request.ID != "", "two requests") {
		return text{}, a.err
	}
	delete(items[0], "uploads") // it is with the request by now
	a = m.worker.post(ctx, m.tin.opening+"/slips", map[string]any{"items": items}).want(http.StatusCreated, &again)
	a.expect(len(again.Items) == 2 && again.Items[0].Repeated && again.Items[0].Request.ID == first.Items[0].Request.ID, "the same request again")
	if a.err != nil {
		return text{}, a.err
	}
	m.tin.first = matter{author: m.worker, photo: photo.ID, seen: first.Items[0].Request}
	for _, s := range m.tin.slips {
		m.worker.acknowledged(a, fact{Kind: "slip", ID: s.Number})
	}
	return both("各成一件诉求，重录不重复", "a request each, and none twice"), firstOf(a.err, m.slipPhotoPasses(ctx))
}

// slipPhotoPasses plays WeChat for the photo of the paper.
func (m *mailroom) slipPhotoPasses(ctx context.Context) error {
	check, err := m.checkOf(ctx, m.tin.first)
	if err != nil {
		return err
	}
	a := m.nobody.sandbox(ctx, http.MethodPost, "/_sandbox/media-checks", map[string]string{"traceId": check.TraceID, "suggest": "pass"})
	if a.want(http.StatusOK, nil); a.err != nil {
		return a.err
	}
	return until(ctx, 20*time.Second, "the secretary sees the photo of the slip", func(ctx context.Context) (bool, error) {
		seen, a := m.photoOf(ctx, m.secretary, m.tin.first)
		return seen.ID == m.tin.first.photo, a.err
	})
}

func (m *mailroom) answerSlip(ctx context.Context) (text, error) {
	first := &m.tin.first
	if a := m.staffMove(ctx, first, m.secretary, "acceptance", map[string]string{"priority": "normal"}, "accepted"); a.err != nil {
		return text{}, a.err
	}
	a := m.staffMove(ctx, first, m.secretary, "reply", map[string]any{"text": "器材已加固，并贴了检修标签。"}, "replied")
	return both("已答复", "replied"), a.err
}

// staffMove moves a request on that has no submitter with an account.
func (m *mailroom) staffMove(ctx context.Context, of *matter, who *person, how string, content any, status string) *answer {
	of.seen.Clocks = nil
	a := who.post(ctx, m.path(*of, "/"+how), content).want(http.StatusOK, &of.seen)
	a.expect(of.seen.Status == status, "status %s", status)
	return a
}

func (m *mailroom) askBySlip(ctx context.Context) (text, error) {
	var told struct {
		Status string `json:"status"`
		Answer string `json:"answer"`
	}
	path := "/v1/public/slips/" + m.tin.slips[0].Number
	a := m.nobody.get(ctx, path).want(http.StatusOK, &told)
	if !a.expect(told.Status == "replied" && told.Answer == "", "status replied, and no answer without the code") {
		return text{}, a.err
	}
	a = m.nobody.get(ctx, path+"?"+url.Values{"code": {m.tin.slips[0].Code}}.Encode()).want(http.StatusOK, &told)
	a.expect(strings.Contains(told.Answer, "加固"), "the answer")
	return both("编号 %s：已答复", "number %s: answered", m.tin.slips[0].Number), a.err
}

// takeOver makes a request somebody's own.
func (m *mailroom) takeOver(ctx context.Context, who *person, of *matter, written, code string) error {
	if err := who.signIn(ctx); err != nil {
		return err
	}
	wrong := who.post(ctx, "/v1/me/entered-requests", map[string]string{"receipt": written, "code": "2222-2222"})
	if err := wrong.refused(http.StatusNotFound, "not_found"); err != nil {
		return err
	}
	a := who.post(ctx, "/v1/me/entered-requests", map[string]string{"receipt": written, "code": code}).want(http.StatusCreated, &of.seen)
	of.author = who
	who.acknowledged(a, fact{Kind: "request", ID: of.seen.ID, Reached: of.seen.Status})
	if a.err != nil {
		return a.err
	}
	_, mine, a := find(ctx, who, "/v1/me/requests", nil, func(r residentRequest) bool { return r.ID == of.seen.ID })
	a.expect(mine, "request %s among their own", of.seen.ID)
	return a.err
}

func (m *mailroom) takeSlipOver(ctx context.Context) (text, error) {
	if err := m.takeOver(ctx, m.tin.writer, &m.tin.first, m.tin.slips[0].Number, m.tin.slips[0].Code); err != nil {
		return text{}, err
	}
	a := m.move(ctx, &m.tin.first, m.tin.writer, "feedback", map[string]any{"outcome": "fixed", "rating": 5}, "closed")
	return both("已办结", "closed"), a.err
}

func (m *mailroom) takeBoxDown(ctx context.Context) (text, error) {
	a := m.secretary.post(ctx, m.tin.box+"/end", nil).want(http.StatusOK, nil)
	return both("已撤", "gone"), a.err
}

// receipt is what somebody is handed for whom others entered a request.
type receipt struct {
	residentRequest
	Code string `json:"code"`
}

type absentee struct {
	Name       string `json:"name"`
	Phone      string `json:"phone"`
	ConsentHow string `json:"consentHow"`
	Unverified bool   `json:"unverified"`
}

func (m *mailroom) enterForSomebody(ctx context.Context) (text, error) {
	form := map[string]any{
		"estateId": m.wang.estate(), "name": "刘桂英", "phone": "13900000031", "category": "care", "text": "台阶没有扶手，拄拐上不来。" + m.mark,
	}
	if err := m.worker.post(ctx, "/v1/mailbox/proxies", form).refused(http.StatusBadRequest, "invalid"); err != nil {
		return text{}, err // nobody asked her
	}
	form["consent"] = map[string]string{"how": "in_person"}
	var handed receipt
	a := m.worker.post(ctx, "/v1/mailbox/proxies", form).want(http.StatusCreated, &handed)
	if !a.expect(handed.ID != "" && handed.Code != "", "an id and a code for the receipt") {
		return text{}, a.err
	}
	m.dictated.seen = handed.residentRequest
	var about absentee
	a = m.secretary.get(ctx, m.path(m.dictated, "/proxy")).want(http.StatusOK, &about)
	a.expect(about.ConsentHow == "in_person" && strings.Contains(about.Name, "*") && strings.Contains(about.Phone, "****"), "how she agreed; name and number masked")
	return both("当面同意；经办人只见 %s", "agreed in person; staff see %s", about.Name), a.err
}

func (m *mailroom) capture(ctx context.Context) (text, error) {
	var handed struct {
		receipt
		Link string `json:"link"`
	}
	a := m.worker.post(ctx, "/v1/mailbox/captures", map[string]any{
		"estateId": m.wang.estate(), "group": "虹桥小区邻里群", "saidBy": "晴天", "category": "parking", "text": "充电桩插座松，充一半就断电。" + m.mark,
	}).want(http.StatusCreated, &handed)
	if !a.expect(handed.Code != "" && handed.Link != "", "a code, and a link for whoever said it") {
		return text{}, a.err
	}
	m.caught.seen, m.link = handed.residentRequest, handed.Code
	var about absentee
	a = m.worker.get(ctx, m.path(m.caught, "/proxy")).want(http.StatusOK, &about)
	a.expect(about.Unverified, "it is unverified")
	return both("已记下，未核实", "taken in, unverified"), a.err
}

func (m *mailroom) confirmCapture(ctx context.Context) (text, error) {
	if err := m.takeOver(ctx, m.caught.author, &m.caught, m.caught.seen.Receipt, m.link); err != nil {
		return text{}, err
	}
	var about absentee
	a := m.worker.get(ctx, m.path(m.caught, "/proxy")).want(http.StatusOK, &about)
	a.expect(!about.Unverified, "it is verified by now")
	return both("已核实，归本人", "verified, and theirs"), a.err
}
