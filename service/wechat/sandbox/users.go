package sandbox

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// visitLife is how long after a visit the content checks still answer.
const visitLife = 2 * time.Hour

// user is a WeChat user who has used this mini-program, or was named in the
// configuration.
type user struct {
	persona   string
	display   string
	openid    string
	order     int // first seen, first listed
	lastVisit time.Time
	lastTap   time.Time        // on a subscribe dialog, as told in its event
	grants    map[string]grant // by template
	messages  []*Message
}

// tapped is when a tap is said to have happened. WeChat tells it in whole seconds, and
// receivers know a repeated event by them: a person does not tap twice in one, so two
// taps of a script that is faster than a thumb are told a second apart.
func (u *user) tapped(now time.Time) time.Time {
	if next := u.lastTap.Add(time.Second); now.Before(next) {
		now = next
	}
	u.lastTap = now.Truncate(time.Second)
	return u.lastTap
}

// grant is what is left of a user's consent to one template.
type grant struct {
	Left   int  `json:"left"`             // sends left of a one-time template
	Always bool `json:"always,omitempty"` // consent to a long-term template
}

// allows says whether one more message of the template may be sent.
func (g grant) allows(t Template) bool {
	if t.LongTerm {
		return g.Always
	}
	return g.Left > 0
}

// afterSend is the grant once a message of the template was accepted.
func (g grant) afterSend(t Template) grant {
	if !t.LongTerm {
		g.Left--
	}
	return g
}

// afterTap is the grant once the user answered the dialog. A one-time template
// counts the accepts; a refusal takes back what was there.
func (g grant) afterTap(t Template, accept bool) grant {
	switch {
	case !accept:
		return grant{}
	case t.LongTerm:
		g.Always = true
	default:
		g.Left++
	}
	return g
}

// user finds or makes the user of a persona.
func (w *world) user(persona string) *user {
	openid := OpenID(persona)
	u := w.users[openid]
	if u == nil {
		u = &user{persona: persona, display: persona, openid: openid, order: len(w.users), grants: map[string]grant{}}
		w.users[openid] = u
	}
	return u
}

// everybody is all users, first seen first.
func (w *world) everybody() []*user {
	all := make([]*user, 0, len(w.users))
	for _, u := range w.users {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b *user) int { return a.order - b.order })
	return all
}

func (u *user) facts() []fact {
	all := []fact{{User: &userFact{Persona: u.persona}}}
	if !u.lastVisit.IsZero() {
		all = append(all, fact{Visit: &visitFact{Persona: u.persona, At: u.lastVisit}})
	}
	for template, g := range u.grants {
		all = append(all, fact{Grant: &grantFact{Persona: u.persona, TemplateID: template, grant: g}})
	}
	return all
}

// meet finds the user of a persona, or remembers a new one.
func (s *Sandbox) meet(persona string) (*user, error) {
	if !nameable(persona) {
		return nil, invalid("persona", "a persona is 1 to 64 visible characters and does not begin with a dot")
	}
	if u := s.world.users[OpenID(persona)]; u != nil {
		return u, nil
	}
	if err := s.world.record(fact{User: &userFact{Persona: persona}}); err != nil {
		return nil, err
	}
	return s.world.user(persona), nil
}

// nameable keeps names that a path can carry and a page can print.
func nameable(persona string) bool {
	return persona != "" && utf8.ValidString(persona) && utf8.RuneCountInString(persona) <= 64 &&
		persona[0] != '.' && strings.TrimSpace(persona) == persona &&
		!strings.ContainsFunc(persona, func(r rune) bool { return !unicode.IsPrint(r) })
}

// visit notes that the user has the mini-program open.
func (s *Sandbox) visit(u *user) error {
	return s.world.record(fact{Visit: &visitFact{Persona: u.persona, At: s.now()}})
}

// visitor is the user behind an openid, if the content checks may judge them.
func (s *Sandbox) visitor(openid string) (*user, error) {
	u := s.world.users[openid]
	if u == nil {
		return nil, refuse(40003)
	}
	if u.lastVisit.IsZero() || s.now().Sub(u.lastVisit) > visitLife {
		return nil, refuse(61010)
	}
	return u, nil
}
