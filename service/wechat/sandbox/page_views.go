package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// The views are copies of the state in the words of the page, so that a page is
// rendered outside the lock.

type indexView struct {
	Title              string
	AppID, Now, Offset string
	Faults             int
	PushOn             bool
	Pushes             PushCount
	Users              []userRow
}

type userRow struct {
	Path, Persona, Display, OpenID, LastVisit string
	Messages, Grants                          int
}

type personaView struct {
	userRow
	Title     string
	Code      *codeView
	Cards     []card
	Older     int // messages that are not shown
	Templates []templateRow
	Checks    []checkRow
}

type codeView struct{ Value, State string }

type card struct {
	Title, When, Page, State string
	Rows                     []cardRow
}

type cardRow struct{ Label, Value string }

type templateRow struct {
	ID, Title, Left  string
	Usable, LongTerm bool
}

type checkRow struct{ TraceID, URL, When, State, Class string }

// cardsShown keeps the page of a persona who received thousands readable.
const cardsShown = 50

func (s *Sandbox) indexView() indexView {
	now := s.now()
	view := indexView{
		Title: "微信沙箱", AppID: s.cfg.AppID, Now: moment(now),
		Faults: len(s.faults.list()), PushOn: s.cfg.Push.URL != "", Pushes: s.courier.counts(),
	}
	if s.offset != 0 {
		view.Offset = s.offset.String()
	}
	for _, u := range s.world.everybody() {
		view.Users = append(view.Users, s.userRow(u, now))
	}
	return view
}

func (s *Sandbox) userRow(u *user, now time.Time) userRow {
	row := userRow{
		Path: personaPath(u.persona), Persona: u.persona, Display: u.display, OpenID: u.openid,
		LastVisit: since(now, u.lastVisit), Messages: len(u.messages),
	}
	for id, g := range u.grants {
		switch {
		case !g.allows(s.world.templates[id]):
		case s.world.templates[id].LongTerm:
			row.Grants++
		default:
			row.Grants += g.Left
		}
	}
	return row
}

func (s *Sandbox) personaView(u *user, code string) personaView {
	now := s.now()
	view := personaView{
		userRow: s.userRow(u, now), Title: u.display + " · 微信沙箱", Code: s.codeView(u, code, now),
		Older: max(0, len(u.messages)-cardsShown),
	}
	for _, m := range slices.Backward(u.messages[view.Older:]) {
		view.Cards = append(view.Cards, s.card(m, now))
	}
	for _, t := range s.world.allTemplates() {
		view.Templates = append(view.Templates, templateRowOf(t, u.grants[t.ID]))
	}
	for _, c := range slices.Backward(s.world.imageChecks()) {
		if c.OpenID == u.openid && len(view.Checks) < cardsShown {
			view.Checks = append(view.Checks, checkRowOf(c, now))
		}
	}
	return view
}

// codeView shows a code that was just fetched. A code of somebody else, or one
// that never was, shows nothing.
func (s *Sandbox) codeView(u *user, value string, now time.Time) *codeView {
	k := s.codes[value]
	switch {
	case k == nil || k.openid != u.openid:
		return nil
	case k.used:
		return &codeView{value, "已使用。"}
	case k.expired(now):
		return &codeView{value, "已过期。"}
	default:
		left := k.issued.Add(codeLife).Sub(now).Round(time.Second)
		return &codeView{value, "未使用，" + strconv.Itoa(int(left/time.Second)) + " 秒后过期。"}
	}
}

// versions are the names of the versions a message can open; the released one
// goes without saying.
var versions = map[string]string{"trial": "体验版", "developer": "开发版"}

// card lists the values in the order of the template, and behind them those of
// fields that the template has lost since.
func (s *Sandbox) card(m *Message, now time.Time) card {
	t := s.world.templates[m.TemplateID]
	view := card{Title: orElse(t.Title, m.TemplateID), When: since(now, m.At), Page: m.Page, State: versions[m.State]}
	lost := slices.DeleteFunc(slices.Sorted(maps.Keys(m.Data)), func(field string) bool {
		return slices.Contains(t.Fields, field)
	})
	for _, field := range slices.Concat(t.Fields, lost) {
		if value, present := m.Data[field]; present {
			view.Rows = append(view.Rows, cardRow{t.Label(field), value.Value})
		}
	}
	return view
}

func templateRowOf(t Template, g grant) templateRow {
	row := templateRow{ID: t.ID, Title: orElse(t.Title, t.ID), Usable: g.allows(t), LongTerm: t.LongTerm}
	switch {
	case !row.Usable:
		row.Left = "未授权"
	case t.LongTerm:
		row.Left = "一直可用"
	default:
		row.Left = "剩 " + strconv.Itoa(g.Left) + " 次"
	}
	return row
}

func checkRowOf(c *MediaCheck, now time.Time) checkRow {
	words := map[string][2]string{
		"": {"等待结果", "wait"}, "pass": {"通过", "some"}, "review": {"复核", "wait"},
		"risky": {"违规", "bad"}, downloadFailed: {"下载失败", "bad"},
	}[c.Suggest]
	return checkRow{c.TraceID, c.URL, since(now, c.At), words[0], words[1]}
}

// since tells how long ago something was, as people say it.
func since(now, at time.Time) string {
	switch ago := now.Sub(at); {
	case at.IsZero():
		return "从未"
	case ago < 0:
		return moment(at)
	case ago < time.Minute:
		return "刚刚"
	case ago < time.Hour:
		return strconv.Itoa(int(ago/time.Minute)) + " 分钟前"
	case ago < 24*time.Hour:
		return strconv.Itoa(int(ago/time.Hour)) + " 小时前"
	default:
		return moment(at)
	}
}

func moment(t time.Time) string { return t.In(beijing).Format("2006年1月2日 15:04") }
