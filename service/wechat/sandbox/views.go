package sandbox

import (
	"net/http"
	"time"
)

// listing has the shape of every list of the service; the sandbox shows
// everything at once, so there is never a next page.
type listing struct {
	Items any     `json:"items"`
	Next  *string `json:"next"`
}

func items[T any](all []T) listing {
	if all == nil {
		all = []T{}
	}
	return listing{Items: all}
}

// listMessages shows one persona's messages, or everybody's, oldest first.
func (s *Sandbox) listMessages(r *http.Request) any {
	persona := r.URL.Query().Get("persona")
	if persona == "" {
		return items(s.world.messages)
	}
	if u := s.world.users[OpenID(persona)]; u != nil {
		return items(u.messages)
	}
	return items[*Message](nil)
}

func (s *Sandbox) listMediaChecks(r *http.Request) any {
	persona := r.URL.Query().Get("persona")
	var chosen []*MediaCheck
	for _, c := range s.world.imageChecks() {
		if persona == "" || c.Persona == persona {
			chosen = append(chosen, c)
		}
	}
	return items(chosen)
}

type personaOut struct {
	Persona   string     `json:"persona"`
	Name      string     `json:"name"`
	OpenID    string     `json:"openid"`
	Messages  int        `json:"messages"`
	LastVisit *time.Time `json:"lastVisit"`
	Grants    []grantOut `json:"grants"`
}

func (s *Sandbox) listPersonas(*http.Request) any {
	var all []personaOut
	for _, u := range s.world.everybody() {
		p := personaOut{u.persona, u.display, u.openid, len(u.messages), nil, []grantOut{}}
		if !u.lastVisit.IsZero() {
			p.LastVisit = &u.lastVisit
		}
		for _, t := range s.world.allTemplates() {
			if g := u.grants[t.ID]; g != (grant{}) {
				p.Grants = append(p.Grants, grantOut{t.ID, g})
			}
		}
		all = append(all, p)
	}
	return items(all)
}

func (s *Sandbox) listTemplates(*http.Request) any { return items(s.world.allTemplates()) }

func (s *Sandbox) showOfficialAccount(*http.Request) any {
	o := &s.world.account
	return map[string]any{
		"drafts":       items(o.waitingDrafts()).Items,
		"publications": items(o.allPublications()).Items,
		"massSends":    items(o.sends).Items,
	}
}

func (s *Sandbox) showFaults(*http.Request) any {
	return map[string]any{"faults": s.faults.list()}
}

func (s *Sandbox) showClock(*http.Request) any { return s.clock() }

func (s *Sandbox) showPushes(*http.Request) any { return s.courier.counts() }
