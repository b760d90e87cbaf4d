//go:build deep

package app_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/wechat/sandbox"
)

const (
	subscribers = 1000
	atOnce      = 8 // JINLIN_PUSH_CONCURRENCY
	template    = "news"
)

// cluster is what the processes of one county share: MariaDB, Redis, one sandbox, keys.
type cluster struct {
	t        *testing.T
	program  string
	settings []string
	database string // its URL
	redis    string // the same
	store    *store.Store
	place    apitest.Place
	folder   string // of photos, which all share
}

// startCluster starts the sandbox and the first API, which loads the demo county.
// Tests take different Redis databases, because they take different sandboxes.
func startCluster(t *testing.T, redisDatabase int) *cluster {
	t.Helper()
	c := &cluster{t: t, program: program(t), folder: t.TempDir()}
	url, clock := storetest.MySQLURL(t), storetest.NewClock()
	clock.Set(time.Now())
	c.store = storetest.Open(t, url, clock)
	api, wechat := freeAddress(t), freeAddress(t)
	key := fmt.Sprintf("%x", "0123456789abcdef0123456789abcdef") // storetest's, so that the test can write what the service reads
	c.database, c.redis = url, fmt.Sprintf("%s/%d", strings.TrimSuffix(storetest.RedisURL(t), "/"), redisDatabase)
	c.settings = []string{
		setting("DATABASE_URL", "%s", c.database), setting("REDIS_URL", "%s", c.redis),
		setting("SESSION_KEY", "%s", key), setting("FIELD_KEYS", "%s", key), setting("WECHAT_URL", "http://%s", wechat),
		setting("ABUSE_LIMITS", "off"), setting("PUSH_CONCURRENCY", "%d", atOnce), setting("DATABASE_MAX_CONNS", "16"),
		setting("PUBLIC_URL", "http://%s", api), setting("DATA_DIR", "%s", c.folder),
	}
	c.place = apitest.Place{API: "http://" + api, Sandbox: "http://" + wechat}
	start(t, c.program, append(slices.Clone(c.settings), setting("HTTP_ADDR", "%s", api), setting("SANDBOX_ADDR", "%s", wechat),
		setting("DATA_DIR", "%s", t.TempDir())), "sandbox").answering(c.place.Sandbox + "/_sandbox/clock")
	c.serve(api)
	return c
}

// process starts one with an admin address of its own.
func (c *cluster) process(command string, settings ...string) *process {
	c.t.Helper()
	admin := freeAddress(c.t)
	settings = append(settings, setting("ADMIN_ADDR", "%s", admin))
	return start(c.t, c.program, append(slices.Clone(c.settings), settings...), command).answering("http://" + admin + "/readyz")
}

// serve starts an API that does no work.
func (c *cluster) serve(address string) *process {
	c.t.Helper()
	return c.process("serve", setting("ROLES", "api"), setting("HTTP_ADDR", "%s", address))
}

// TestAPushSurvivesAKilledWorker pushes to 1,000 people with a grant by two workers, of
// which one is killed midway.
func TestAPushSurvivesAKilledWorker(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 11)
	doomed := c.process("worker")
	c.process("worker")
	secretary, clerk := c.place.SignIn(t, "secretary-hongqiao"), c.place.SignIn(t, "clerk-county")
	wang := c.place.SignIn(t, "resident-wang")
	branch, estate := roleUnit(secretary), home(wang)
	c.settleIn(estate)
	c.tapAccept()
	c.place.Control(t, http.MethodPut, "/_sandbox/faults", map[string]any{"faults": []map[string]any{
		{"path": "/cgi-bin/message/subscribe/send", "kind": "delay", "delayMs": 40, "rate": 1},
	}}).Want(http.StatusOK)

	title := "千人推送"
	publish(secretary, clerk, branch, title)
	var push struct{ ID string }
	tomorrow := time.Now().In(model.Shanghai).AddDate(0, 0, 1).Format(time.DateOnly)
	secretary.Post("/v1/push-plans/"+branch+"/run", map[string]string{"date": tomorrow}).Want(http.StatusCreated).Into(&push)
	began := time.Now()
	eventually(t, time.Minute, "a third is on the phones", func(context.Context) bool { return len(c.delivered(title)) > subscribers/3 })
	doomed.kill()
	early := len(c.delivered(title))
	var report pushReport
	eventually(t, 4*time.Minute, "the push is finished", func(context.Context) bool {
		secretary.Get("/v1/pushes/" + push.ID + "/report").Want(http.StatusOK).Into(&report)
		return report.Status == "finished"
	})
	took := time.Since(began)
	c.judge(push.ID, report, title)
	if early < subscribers/3 || early > subscribers-100 {
		t.Errorf("the kill came after %d messages, which is not midway", early)
	}
	t.Logf("killed after %d messages; finished after %s: %v", early, took.Round(time.Millisecond), report.ByStatus)
}

type pushReport struct {
	Status   string
	ByStatus map[string]int
}

// judge holds the report, the deliveries and the phones against each other.
func (c *cluster) judge(id string, report pushReport, title string) {
	c.t.Helper()
	push, err := model.ParseID[model.Push](id)
	if err != nil {
		c.t.Fatal(err)
	}
	byOpenID := c.delivered(title)
	count := func(status model.DeliveryStatus) (n int) {
		rows, err := c.store.Deliveries.ListIn(c.t.Context(), push, status, 5000)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, d := range rows {
			account, err := c.store.WeChat.GetByUser(c.t.Context(), d.UserID)
			if err != nil {
				c.t.Fatal(err)
			}
			got := byOpenID[account.OpenID]
			delete(byOpenID, account.OpenID)
			if got > 1 || status == model.DeliverySent && got != 1 || status == model.DeliveryNoPermit && got != 0 {
				c.t.Errorf("somebody whose delivery is %s has %d messages", status, got)
			}
		}
		if len(rows) != report.ByStatus[string(status)] {
			c.t.Errorf("%d deliveries are %s, the report says %d", len(rows), status, report.ByStatus[string(status)])
		}
		return len(rows)
	}
	sent, unknown, none := count(model.DeliverySent), count(model.DeliveryUnknown), count(model.DeliveryNoPermit)
	if sent+unknown != subscribers || unknown > atOnce || none == 0 {
		c.t.Errorf("%d sent, %d unknown, %d without a grant", sent, unknown, none)
	}
	if len(byOpenID) != 0 {
		c.t.Errorf("%d people got a message and are in no such state", len(byOpenID))
	}
}

// settleIn gives the estate its subscribers.
func (c *cluster) settleIn(estate string) {
	c.t.Helper()
	home, err := model.ParseID[model.Unit](estate)
	if err != nil {
		c.t.Fatal(err)
	}
	now := time.Now().UTC()
	var people []*model.User
	var accounts []*model.WeChatAccount
	var homes []*model.Residence
	for i := range subscribers {
		u := &model.User{ID: model.NewID[model.User](now), Nickname: subscriber(i), Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
		people = append(people, u)
		accounts = append(accounts, &model.WeChatAccount{OpenID: sandbox.OpenID(subscriber(i)), UserID: u.ID, CreatedAt: now, LastSeenAt: now})
		homes = append(homes, &model.Residence{
			ID: model.NewID[model.Residence](now), UserID: u.ID, EstateID: home, BuildingID: home,
			Status: model.ResidenceVerified, CreatedAt: now,
		})
	}
	for _, err := range []error{
		c.store.Users.Add(c.t.Context(), people...), c.store.WeChat.Add(c.t.Context(), accounts...), c.store.Residences.Add(c.t.Context(), homes...),
	} {
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

func subscriber(n int) string { return fmt.Sprintf("subscriber-%d", n) }

// tapAccept has every subscriber allow one message, and waits until the API has heard of
// all of them from WeChat.
func (c *cluster) tapAccept() {
	c.t.Helper()
	for i := range subscribers {
		c.place.Control(c.t, http.MethodPost, "/_sandbox/grants",
			map[string]string{"persona": subscriber(i), "templateId": template, "result": "accept"}).Want(http.StatusOK)
	}
	var events struct{ Delivered, Failed, Waiting int }
	eventually(c.t, time.Minute, "the API has heard of all taps", func(context.Context) bool {
		c.place.Control(c.t, http.MethodGet, "/_sandbox/pushes", nil).Want(http.StatusOK).Into(&events)
		return events.Waiting == 0
	})
	if events.Failed > 0 || events.Delivered < subscribers {
		c.t.Fatalf("%+v", events)
	}
}

// delivered counts the messages with a title on each phone.
func (c *cluster) delivered(title string) map[string]int {
	c.t.Helper()
	var page struct {
		Items []struct {
			OpenID     string
			TemplateID string
			Data       map[string]struct{ Value string }
		}
	}
	c.place.Control(c.t, http.MethodGet, "/_sandbox/messages", nil).Want(http.StatusOK).Into(&page)
	byOpenID := map[string]int{}
	for _, m := range page.Items {
		if m.TemplateID == template && m.Data["thing1"].Value == title {
			byOpenID[m.OpenID]++
		}
	}
	return byOpenID
}

// publish takes an article all the way.
func publish(secretary, clerk *apitest.Person, branch, title string) {
	var article struct{ ID string }
	secretary.Post("/v1/articles", map[string]string{"title": title, "summary": "摘要", "body": "正文", "unitId": branch}).Want(http.StatusCreated).Into(&article)
	path := "/v1/articles/" + article.ID
	secretary.Post(path+"/submission", nil).Want(http.StatusOK)
	clerk.Post(path+"/approval", nil).Want(http.StatusOK)
	secretary.Post(path+"/publication", map[string]any{}).Want(http.StatusOK)
}

type profile struct {
	ID    string
	Roles []struct {
		Unit struct{ ID, Kind string }
	}
	Residences []struct{ EstateID string }
}

func whoIs(p *apitest.Person) (me profile) {
	p.Get("/v1/me").Want(http.StatusOK).Into(&me)
	return me
}

func roleUnit(p *apitest.Person) string { return whoIs(p).Roles[0].Unit.ID }
func home(p *apitest.Person) string     { return whoIs(p).Residences[0].EstateID }
