package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// officialState is what the official account has written, published and sent.
type officialState struct {
	made         int // drafts ever made; names the next one
	drafts       map[string]*Draft
	publications map[int64]*Publication
	sends        []*MassSend
}

// Draft is an article, or several, waiting to be published or sent. It is gone
// once it was.
type Draft struct {
	MediaID  string    `json:"mediaId"`
	Articles []Article `json:"articles"`
	At       time.Time `json:"at"`
	Used     bool      `json:"used,omitempty"`
}

// Article is one article of a draft.
type Article struct {
	Title   string `json:"title"`
	Author  string `json:"author"`
	Digest  string `json:"digest"`
	Content string `json:"content"`
}

// Publication is a draft that was published, visible but not pushed to anybody.
type Publication struct {
	ID       int64     `json:"publishId"`
	MediaID  string    `json:"mediaId"`
	Articles []Article `json:"articles"`
	At       time.Time `json:"at"`
	Finished bool      `json:"finished"`
}

// MassSend is a draft that was sent to followers.
type MassSend struct {
	ID          int64     `json:"msgId"`
	MediaID     string    `json:"mediaId"`
	ClientMsgID string    `json:"clientMsgId,omitempty"`
	TagID       int64     `json:"tagId,omitempty"`
	ToAll       bool      `json:"toAll"`
	Articles    []Article `json:"articles"`
	At          time.Time `json:"at"`
}

const (
	firstPublishID = 2247483655
	firstMassID    = 3147483655
)

func (o *officialState) apply(f fact) {
	if f.Draft != nil {
		if o.drafts[f.Draft.MediaID] == nil {
			o.made++
		}
		o.drafts[f.Draft.MediaID] = f.Draft
	}
	if f.Publication != nil {
		o.publications[f.Publication.ID] = f.Publication
	}
	if f.MassSend != nil {
		o.sends = append(o.sends, f.MassSend)
	}
}

func (o *officialState) facts() (all []fact) {
	for _, d := range o.allDrafts() {
		all = append(all, fact{Draft: d})
	}
	for _, p := range o.allPublications() {
		all = append(all, fact{Publication: p})
	}
	for _, m := range o.sends {
		all = append(all, fact{MassSend: m})
	}
	return all
}

func (o *officialState) allDrafts() (all []*Draft) {
	for _, id := range slices.Sorted(maps.Keys(o.drafts)) {
		all = append(all, o.drafts[id])
	}
	return all
}

func (o *officialState) waitingDrafts() []*Draft {
	return slices.DeleteFunc(o.allDrafts(), func(d *Draft) bool { return d.Used })
}

func (o *officialState) allPublications() (all []*Publication) {
	for _, id := range slices.Sorted(maps.Keys(o.publications)) {
		all = append(all, o.publications[id])
	}
	return all
}

// use takes a draft that was not published or sent before.
func (o *officialState) use(mediaID string) (*Draft, error) {
	d := o.drafts[mediaID]
	if d == nil || d.Used {
		return nil, refuse(40007)
	}
	used := *d
	used.Used = true
	return &used, nil
}

// addDraft is /cgi-bin/draft/add. Covers are uploaded by a call that the
// sandbox does not play, so any thumb_media_id will do.
func (s *Sandbox) addDraft(c *call) (any, error) {
	list := c.body.list("articles")
	if c.body.err != nil {
		return nil, c.body.err
	}
	if len(list) == 0 || len(list) > 8 {
		return nil, refuse(44003)
	}
	draft := &Draft{MediaID: fmt.Sprintf("SIM_DRAFT_%08d", s.world.account.made+1), At: c.now}
	for _, entry := range list {
		article, err := readArticle(entry)
		if err != nil {
			return nil, err
		}
		draft.Articles = append(draft.Articles, article)
	}
	if err := s.world.record(fact{Draft: draft}); err != nil {
		return nil, err
	}
	return map[string]string{"media_id": draft.MediaID}, nil
}

// readArticle checks one article. A digest that is not given is the beginning
// of the content.
func readArticle(entry any) (Article, error) {
	values, isObject := entry.(map[string]any)
	if !isObject {
		return Article{}, refuse(47001)
	}
	b := &body{values: values}
	a := Article{b.text("title"), b.text("author"), b.text("digest"), b.text("content")}
	cover := b.text("thumb_media_id")
	switch {
	case b.err != nil:
		return a, b.err
	case a.Title == "" || a.Content == "":
		return a, refuse(44003)
	case !atMost(32, a.Title):
		return a, refuse(45003)
	case !atMost(128, a.Digest):
		return a, refuse(45004)
	case utf8.RuneCountInString(a.Content) >= 20_000 || len(a.Content) >= 1<<20:
		return a, refuse(45002)
	case cover == "":
		return a, refuse(40007)
	}
	if a.Digest == "" {
		a.Digest = beginning(a.Content, 54)
	}
	return a, nil
}

func beginning(text string, characters int) string {
	runes := []rune(text)
	return string(runes[:min(characters, len(runes))])
}

// publish is /cgi-bin/freepublish/submit: accepted, not yet published.
func (s *Sandbox) publish(c *call) (any, error) {
	mediaID := c.body.text("media_id")
	if c.body.err != nil {
		return nil, c.body.err
	}
	draft, err := s.world.account.use(mediaID)
	if err != nil {
		return nil, err
	}
	id := firstPublishID + int64(len(s.world.account.publications))
	p := &Publication{ID: id, MediaID: mediaID, Articles: draft.Articles, At: c.now}
	if err := s.world.record(fact{Draft: draft, Publication: p}); err != nil {
		return nil, err
	}
	return struct {
		success
		PublishID int64 `json:"publish_id"`
		MsgDataID int64 `json:"msg_data_id"`
	}{ok, id, id}, nil
}

// publication is /cgi-bin/freepublish/get. The first look finds the publication
// still running, so that nobody forgets to look twice.
func (s *Sandbox) publication(c *call) (any, error) {
	id, err := publishID(c.body)
	if err != nil {
		return nil, err
	}
	p := s.world.account.publications[id]
	if p == nil {
		return nil, refuse(53600)
	}
	if !p.Finished {
		finished := *p
		finished.Finished = true
		return map[string]int64{"publish_id": id, "publish_status": 1}, s.world.record(fact{Publication: &finished})
	}
	return map[string]any{
		"publish_id": id, "publish_status": 0, "article_id": fmt.Sprintf("SIM_ART_%d", id),
		"article_detail": articleDetail(p), "fail_idx": []int{},
	}, nil
}

// publishID takes a number or a text: the documentation has shown both.
func publishID(b *body) (int64, error) {
	var text string
	switch value := b.values["publish_id"].(type) {
	case json.Number:
		text = value.String()
	case string:
		text = value
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, refuse(47001)
	}
	return id, nil
}

func articleDetail(p *Publication) map[string]any {
	items := make([]map[string]any, len(p.Articles))
	for i := range p.Articles {
		items[i] = map[string]any{"idx": i + 1, "article_url": fmt.Sprintf("http://mp.weixin.qq.com/s/sim%d-%d", p.ID, i+1)}
	}
	return map[string]any{"count": len(items), "item": items}
}

// sendToAll is /cgi-bin/message/mass/sendall with an article. The account is of
// the kind that may send once a day.
func (s *Sandbox) sendToAll(c *call) (any, error) {
	m, err := readMassSend(c)
	if err != nil {
		return nil, err
	}
	if err := s.world.account.mayFollow(m); err != nil {
		return nil, err
	}
	draft, err := s.world.account.use(m.MediaID)
	if err != nil {
		return nil, err
	}
	m.Articles = draft.Articles
	m.ID = firstMassID + int64(len(s.world.account.sends))
	if err := s.world.record(fact{Draft: draft, MassSend: m}); err != nil {
		return nil, err
	}
	return struct {
		success
		MsgID     int64 `json:"msg_id"`
		MsgDataID int64 `json:"msg_data_id"`
	}{success{ErrMsg: "send job submission success"}, m.ID, m.ID + 1}, nil
}

func readMassSend(c *call) (*MassSend, error) {
	filter := &body{values: c.body.object("filter")}
	news := &body{values: c.body.object("mpnews")}
	m := &MassSend{
		MediaID: news.text("media_id"), ClientMsgID: c.body.text("clientmsgid"), At: c.now,
		ToAll: filter.flag("is_to_all", false), TagID: filter.integer("tag_id", 0),
	}
	kind := c.body.text("msgtype")
	for _, b := range []*body{c.body, filter, news} {
		if b.err != nil {
			return nil, b.err
		}
	}
	switch {
	case kind != "mpnews" || filter.values == nil || !m.ToAll && m.TagID == 0:
		return nil, refuse(47001)
	case len(m.ClientMsgID) > 64:
		return nil, refuse(45067)
	}
	return m, nil
}

// mayFollow refuses a repeated client id, which WeChat remembers for a day, and
// a second send on one day.
func (o *officialState) mayFollow(m *MassSend) error {
	for _, before := range o.sends {
		age := m.At.Sub(before.At)
		if m.ClientMsgID == "" || before.ClientMsgID != m.ClientMsgID || age >= 24*time.Hour {
			continue
		}
		code := 45065
		if age < time.Minute {
			code = 45066
		}
		return &refusal{code: code, text: errText[code], fields: map[string]any{"msg_id": before.ID}}
	}
	if n := len(o.sends); n > 0 && beijingDay(o.sends[n-1].At) == beijingDay(m.At) {
		return refuse(45028)
	}
	return nil
}
