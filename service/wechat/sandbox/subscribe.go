package sandbox

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Message is a subscribe message that WeChat accepted.
type Message struct {
	ID         int64            `json:"msgId,string"`
	Persona    string           `json:"persona"`
	OpenID     string           `json:"openid"`
	TemplateID string           `json:"templateId"`
	Page       string           `json:"page"`
	Data       map[string]Value `json:"data"`
	State      string           `json:"miniprogramState"`
	Lang       string           `json:"lang"`
	At         time.Time        `json:"at"`
}

// Value is the value of one field of a message, in the shape of the wire.
type Value struct {
	Value string `json:"value"`
}

// firstMessageID lies beyond 2^53, so that whoever reads ids as floating point
// numbers finds many messages with one id.
const firstMessageID = 3395159288267931652

// sendSubscribe is /cgi-bin/message/subscribe/send. A refusal leaves the grant
// as it was; the accepted message and the grant it took are one line of the
// journal.
func (s *Sandbox) sendSubscribe(c *call) (any, error) {
	m, t, err := s.readMessage(c)
	if err != nil {
		return nil, err
	}
	u := s.world.users[m.OpenID]
	g := u.grants[t.ID]
	if !g.allows(t) {
		return nil, refuse(43101)
	}
	m.Persona, m.At = u.persona, c.now
	m.ID = firstMessageID + int64(len(s.world.messages))
	taken := &grantFact{Persona: u.persona, TemplateID: t.ID, grant: g.afterSend(t)}
	if err := s.world.record(fact{Message: m, Grant: taken}); err != nil {
		return nil, err
	}
	s.courier.send(sentEvent(m))
	return struct {
		success
		MsgID int64 `json:"msgid"`
	}{ok, m.ID}, nil
}

func (s *Sandbox) readMessage(c *call) (*Message, Template, error) {
	body := c.body
	m := &Message{
		OpenID:     body.text("touser"),
		TemplateID: body.text("template_id"),
		Page:       body.text("page"),
		State:      orElse(body.text("miniprogram_state"), "formal"),
		Lang:       orElse(body.text("lang"), "zh_CN"),
	}
	data := body.object("data")
	t, known := s.world.templates[m.TemplateID]
	switch {
	case body.err != nil:
		return nil, t, body.err
	case s.world.users[m.OpenID] == nil:
		return nil, t, refuse(40003)
	case !known:
		return nil, t, refuse(40037)
	case m.Page != "" && !s.released(m.Page):
		return nil, t, refuse(41030)
	case !slices.Contains([]string{"developer", "trial", "formal"}, m.State):
		return nil, t, refuse(47003, "miniprogram_state invalid")
	case !slices.Contains([]string{"zh_CN", "en_US", "zh_HK", "zh_TW"}, m.Lang):
		return nil, t, refuse(47003, "lang invalid")
	}
	var err error
	m.Data, err = t.card(data)
	return m, t, err
}

func orElse(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

var pagePath = regexp.MustCompile(`^[0-9A-Za-z_/.-]+$`)

// released says whether a page, with or without a query, is part of the
// released version.
func (s *Sandbox) released(page string) bool {
	path, _, _ := strings.Cut(page, "?")
	return pagePath.MatchString(path) && !strings.HasSuffix(path, "/") &&
		slices.ContainsFunc(s.cfg.ReleasedPages, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}
