package push

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/kv"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/callback"
	"jinlin/service/jobs"
	"jinlin/service/org"
	"jinlin/service/wechat"
	"jinlin/service/wechat/sandbox"
)

const (
	pushToken = "push-token"
	aesKey    = "NeighbourhoodRedMailboxSimulatorAesKey0000X"
	sendPath  = "/cgi-bin/message/subscribe/send"
)

// county is one branch with one estate, a secretary, residents, and a WeChat that pushes
// its events to us.
type county struct {
	*Service
	t         *testing.T
	clock     *storetest.Clock
	units     *org.Service
	rights    *access.Service
	gateway   *wechat.Gateway
	sandbox   *sandbox.Sandbox
	url       string
	branch    model.Unit
	estate    model.Unit
	secretary model.Actor
	residents []model.UserID
	receive   http.HandlerFunc // takes WeChat's events
}

func development() Settings {
	ids := map[model.Template]string{}
	for _, t := range model.Templates {
		ids[t] = string(t)
	}
	return Settings{Concurrency: 8, TemplateIDs: ids}
}

func newCounty(t *testing.T, s *store.Store, clock *storetest.Clock, settings Settings) *county {
	t.Helper()
	c := &county{t: t, clock: clock}
	c.openWeChat(s)
	c.units = org.New(s)
	c.rights = access.New(s, c.units)
	c.Service = New(s, c.rights, c.units, c.gateway, settings)
	c.found(s)
	events := callback.New(s, c.gateway)
	events.On(wechat.EventSubscribePopup, c.OnTap)
	events.On(wechat.EventSubscribeChange, c.OnChange)
	events.On(wechat.EventSubscribeSent, c.OnSent)
	c.receive = func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = events.Receive(r.Context(), r, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, "success")
	}
	return c
}

// openWeChat starts a sandbox and a gateway that speaks to it.
func (c *county) openWeChat(s *store.Store) {
	c.t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.receive(w, r) }))
	var err error
	c.sandbox, err = sandbox.New(sandbox.Config{Now: c.clock.Now, Push: sandbox.Push{URL: receiver.URL, Token: pushToken, AESKey: aesKey}})
	if err != nil {
		c.t.Fatal(err)
	}
	server := httptest.NewServer(c.sandbox.Handler())
	c.url = server.URL
	cache, err := kv.Open("")
	if err != nil {
		c.t.Fatal(err)
	}
	c.gateway, err = wechat.New(wechat.Config{
		AppID: sandbox.DemoAppID, Secret: sandbox.DemoSecret, BaseURL: c.url, PushToken: pushToken, PushAESKey: aesKey,
	}, cache, c.clock.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		_ = c.sandbox.Close()
		receiver.Close()
		c.gateway.Close()
		server.Close()
		_ = cache.Close()
	})
}

// found writes the branch and its people.
func (c *county) found(s *store.Store) {
	c.t.Helper()
	now := s.Now().AddDate(0, -1, 0)
	unit := func(kind model.UnitKind, name string) model.Unit {
		u := model.Unit{ID: model.NewID[model.Unit](now), Kind: kind, Name: name, ValidFrom: "2020-01-01", CreatedAt: now}
		if err := s.Units.Add(c.t.Context(), &u); err != nil {
			c.t.Fatal(err)
		}
		return u
	}
	c.branch, c.estate = unit(model.Branch, "虹桥小区党支部"), unit(model.Estate, "虹桥小区")
	err := s.Covers.Add(c.t.Context(), &model.Cover{UnitID: c.branch.ID, CoveredID: c.estate.ID, ValidFrom: "2020-01-01"})
	if err != nil {
		c.t.Fatal(err)
	}
	secretary := c.person(s, "secretary", now)
	c.secretary = model.Actor{User: secretary}
	err = s.Grants.Add(c.t.Context(), &model.Grant{
		ID: model.NewID[model.Grant](now), UserID: secretary, Role: model.Secretary, UnitID: c.branch.ID, ValidFrom: now, GrantedBy: secretary, CreatedAt: now,
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *county) person(s *store.Store, persona string, now time.Time) model.UserID {
	c.t.Helper()
	user := model.User{ID: model.NewID[model.User](now), Nickname: persona, Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
	if err := s.Users.Add(c.t.Context(), &user); err != nil {
		c.t.Fatal(err)
	}
	account := model.WeChatAccount{OpenID: sandbox.OpenID(persona), UserID: user.ID, CreatedAt: now, LastSeenAt: now}
	if err := s.WeChat.Add(c.t.Context(), &account); err != nil {
		c.t.Fatal(err)
	}
	return user.ID
}

func persona(n int) string { return fmt.Sprintf("resident-%d", n) }

// settleIn gives the estate so many residents.
func (c *county) settleIn(n int) {
	c.t.Helper()
	now := c.clock.Now()
	var people []*model.User
	var accounts []*model.WeChatAccount
	var homes []*model.Residence
	for i := range n {
		user := model.User{ID: model.NewID[model.User](now), Nickname: persona(i), Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
		people = append(people, &user)
		accounts = append(accounts, &model.WeChatAccount{OpenID: sandbox.OpenID(persona(i)), UserID: user.ID, CreatedAt: now, LastSeenAt: now})
		homes = append(homes, &model.Residence{
			ID: model.NewID[model.Residence](now), UserID: user.ID, EstateID: c.estate.ID, BuildingID: c.estate.ID,
			Status: model.ResidenceVerified, CreatedAt: now,
		})
		c.residents = append(c.residents, user.ID)
	}
	for _, err := range []error{
		c.store.Users.Add(c.t.Context(), people...), c.store.WeChat.Add(c.t.Context(), accounts...), c.store.Residences.Add(c.t.Context(), homes...),
	} {
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

// tap answers the subscribe dialog for the first n residents and waits for the events.
func (c *county) tap(n int, template model.Template, result string) {
	c.t.Helper()
	for i := range n {
		c.control(http.MethodPost, "/grants", fmt.Sprintf(`{"persona":%q,"templateId":%q,"result":%q}`, persona(i), template, result), nil)
	}
	if err := c.sandbox.Settled(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// control asks the sandbox's control plane.
func (c *county) control(method, path, body string, out any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/_sandbox"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *county) fault(fault string) {
	c.t.Helper()
	c.control(http.MethodPut, "/faults", `{"faults":[`+fault+`]}`, nil)
}

// received is how many messages WeChat accepted for each person.
func (c *county) received() map[string]int {
	c.t.Helper()
	var out struct {
		Items []struct{ Persona string }
	}
	c.control(http.MethodGet, "/messages", "", &out)
	got := map[string]int{}
	for _, m := range out.Items {
		got[m.Persona]++
	}
	return got
}

// publish adds a published article of the branch.
func (c *county) publish(title string) model.Article {
	c.t.Helper()
	now := c.clock.Now()
	a := model.Article{
		ID: model.NewID[model.Article](now), UnitID: c.branch.ID, AuthorID: c.secretary.User, Title: title, Summary: "摘要",
		Status: model.ArticlePublished, PublishedAt: &now, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if err := c.store.Articles.Add(c.t.Context(), &a); err != nil {
		c.t.Fatal(err)
	}
	return a
}

// frozen runs a push of one article up to its frozen audience.
func (c *county) frozenPush() model.Push {
	c.t.Helper()
	c.publish("虹桥小区召开党群议事会")
	p, err := c.Run(c.t.Context(), c.secretary, c.branch.ID, "")
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.freezeWork(c.t.Context(), jobFor(c.t, p.ID)); err != nil {
		c.t.Fatal(err)
	}
	return p
}

func jobFor[T any](t *testing.T, what T) model.Job {
	t.Helper()
	payload, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	return model.Job{Payload: payload}
}

// another is a second process: a service of its own over the same database and WeChat.
func (c *county) another() *Service {
	return New(c.store, c.rights, c.units, c.gateway, c.settings)
}

// drain runs every job that is due.
func (c *county) drain() {
	c.t.Helper()
	r := jobs.New(c.store, slog.New(slog.DiscardHandler), 1)
	c.Work(r)
	if _, err := r.Drain(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *county) report(p model.Push) Report {
	c.t.Helper()
	r, err := c.Report(c.t.Context(), c.secretary, p.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// left is what the ledger says of a resident's grant.
func (c *county) left(n int, template model.Template) int {
	c.t.Helper()
	offers, err := c.Offers(c.t.Context(), model.Actor{User: c.residents[n]})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, o := range offers {
		if o.Template == template {
			return o.Left
		}
	}
	c.t.Fatalf("no template %s", template)
	return 0
}

// counts fails the test unless the push's deliveries are in these states and no other.
func (c *county) counts(p model.Push, want map[model.DeliveryStatus]int64) {
	c.t.Helper()
	for status, n := range c.report(p).ByStatus {
		if n != want[status] {
			c.t.Errorf("%d deliveries are %s, want %d", n, status, want[status])
		}
	}
}
