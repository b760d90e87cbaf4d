package api_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// town is a branch with a secretary, who also keeps its shop, and three neighbours: wang
// has allowed every template, li none, and zhao allowed all and then turned notices off.
type town struct {
	*apitest.Server
	t                         *testing.T
	branch, estate            model.UnitID
	secretary, wang, li, zhao *apitest.Person
}

func openTown(t *testing.T, databaseURL string) *town {
	t.Helper()
	s := apitest.Start(t, databaseURL)
	c := &town{Server: s, t: t}
	c.branch, c.estate, c.secretary = branchWithSecretary(t, s)
	c.wang, c.li, c.zhao = s.SignIn(t, "resident-wang"), s.SignIn(t, "resident-li"), s.SignIn(t, "resident-zhao")
	keeper, err := model.ParseID[model.User](c.secretary.ID)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Store.Grants.Add(t.Context(), &model.Grant{
		ID: model.NewID[model.Grant](s.Clock.Now()), UserID: keeper, Role: model.ShopKeeper, UnitID: c.branch, ValidFrom: s.Clock.Now(), CreatedAt: s.Clock.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []*apitest.Person{c.wang, c.li, c.zhao} {
		c.settle(who)
	}
	for _, who := range []*apitest.Person{c.wang, c.zhao} {
		for _, template := range []string{"reply", "place_offered", "reminder", "redemption"} {
			c.allow(who, template)
		}
	}
	c.zhao.Put("/v1/me/push-preferences", map[string]bool{"news": true, "notices": false}).Want(http.StatusOK)
	return c
}

// settle gives somebody a home in the estate.
func (c *town) settle(who *apitest.Person) {
	c.t.Helper()
	user, err := model.ParseID[model.User](who.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	err = c.Store.Residences.Add(c.t.Context(), &model.Residence{
		ID: model.NewID[model.Residence](c.Clock.Now()), UserID: user, EstateID: c.estate, BuildingID: c.estate,
		Status: model.ResidenceVerified, CreatedAt: c.Clock.Now(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// allow taps "allow" and waits until the service has heard of it.
func (c *town) allow(who *apitest.Person, template string) {
	c.t.Helper()
	c.Sandbox(c.t, http.MethodPost, "/_sandbox/grants", map[string]string{"persona": who.Name, "templateId": template, "result": "accept"}).Want(http.StatusOK)
	c.eventually("the service has heard of the tap", func() bool {
		var offers struct {
			Items []struct {
				TemplateID string
				Left       int
			}
		}
		who.Get("/v1/me/subscription-templates").Want(http.StatusOK).Into(&offers)
		for _, offer := range offers.Items {
			if offer.TemplateID == template && offer.Left > 0 {
				return true
			}
		}
		return false
	})
}

func (c *town) eventually(what string, holds func() bool) {
	c.t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-deadline:
			c.t.Fatalf("waited in vain: %s", what)
		case <-ticker.C:
		}
	}
}

// phone is what WeChat brought somebody with a template: the fields of each message.
func (c *town) phone(who *apitest.Person, template string) (messages []map[string]string) {
	c.t.Helper()
	var page struct {
		Items []struct {
			TemplateID string
			Data       map[string]struct{ Value string }
		}
	}
	c.Sandbox(c.t, http.MethodGet, "/_sandbox/messages?persona="+who.Name, nil).Want(http.StatusOK).Into(&page)
	for _, m := range page.Items {
		if m.TemplateID == template {
			fields := map[string]string{}
			for key, field := range m.Data {
				fields[key] = field.Value
			}
			messages = append(messages, fields)
		}
	}
	return messages
}

// inbox counts somebody's messages of a kind.
func (c *town) inbox(who *apitest.Person, kind string) (n int) {
	c.t.Helper()
	var page struct{ Items []struct{ Kind string } }
	who.Get("/v1/me/messages?limit=100").Want(http.StatusOK).Into(&page)
	for _, m := range page.Items {
		if m.Kind == kind {
			n++
		}
	}
	return n
}

// expectTold waits until wang has the message that is expected, and expects that all three
// have it in the inbox and only wang on the phone.
func (c *town) expectTold(kind, template string, want map[string]string) {
	c.t.Helper()
	c.eventually(kind+" on the phone", func() bool { return len(c.phone(c.wang, template)) > 0 })
	if got := c.phone(c.wang, template); len(got) != 1 || !maps.Equal(got[0], want) {
		c.t.Errorf("%s: %v instead of %v", kind, got, want)
	}
	for _, who := range []*apitest.Person{c.wang, c.li, c.zhao} {
		if n := c.inbox(who, kind); n != 1 {
			c.t.Errorf("%s: %d in the inbox of %s", kind, n, who.Name)
		}
	}
	c.eventually("no job is left to do", func() bool {
		_, due, err := c.Store.Jobs.OldestDue(c.t.Context())
		return err == nil && !due
	})
	if li, zhao := c.phone(c.li, template), c.phone(c.zhao, template); len(li)+len(zhao) != 0 {
		c.t.Errorf("%s: li got %v, zhao got %v", kind, li, zhao)
	}
}

func eachDatabase(t *testing.T, test func(t *testing.T, c *town)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, openTown(t, ""))
	})
	t.Run("mariadb", func(t *testing.T) { test(t, openTown(t, storetest.MySQLURL(t))) })
}

func TestAnAnswerReachesThePhone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, c *town) {
		for _, who := range []*apitest.Person{c.wang, c.li, c.zhao} {
			var request requestAnswer
			who.Post("/v1/mailbox/requests", lamp(c.estate)).Want(http.StatusCreated).Into(&request)
			path := "/v1/mailbox/requests/" + request.ID
			c.secretary.Post(path+"/acceptance", nil).Want(http.StatusOK)
			for range 2 {
				c.secretary.Post(path+"/reply", map[string]any{"text": "已换新灯"}, "Idempotency-Key: "+request.ID).Want(http.StatusOK)
			}
		}
		c.expectTold("request_reply", "reply", map[string]string{
			"thing1": "公共设施维修", "phrase2": "已答复", "time3": "2026-11-23 10:00",
		})
		if n := c.inbox(c.li, "request_acceptance"); n != 1 {
			t.Errorf("told %d times of the acceptance", n)
		}
	})
}

func TestARefusalReachesThePhone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, c *town) {
		for _, who := range []*apitest.Person{c.wang, c.li, c.zhao} {
			var request requestAnswer
			who.Post("/v1/mailbox/requests", lamp(c.estate)).Want(http.StatusCreated).Into(&request)
			c.secretary.Post("/v1/mailbox/requests/"+request.ID+"/refusal", map[string]any{"reason": "路灯归县城管局管"}).Want(http.StatusOK)
		}
		c.expectTold("request_refusal", "reply", map[string]string{
			"thing1": "公共设施维修", "phrase2": "未受理", "time3": "2026-11-23 10:00",
		})
	})
}

func TestWhatBecomesOfAnActivityReachesThePhone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, c *town) {
		start := c.Clock.Now().Add(28 * time.Hour) // tomorrow at two
		host := func(capacity int) string {
			var a activityBody
			c.secretary.Post("/v1/activities", map[string]any{
				"title": "清扫楼道", "description": "带上扫帚", "unitId": c.branch, "startsAt": start, "endsAt": start.Add(time.Hour),
				"signUpOpensAt": c.Clock.Now().Add(-time.Hour), "signUpClosesAt": start, "capacity": capacity, "waitingList": true,
				"place": "3 号楼", "points": 0, "requiresCheckOut": false, "audience": "open",
			}).Want(http.StatusCreated).Into(&a)
			path := "/v1/activities/" + a.ID
			c.secretary.Post(path+"/publication", nil).Want(http.StatusOK)
			return path
		}
		early := c.SignIn(t, "early-bird")
		for _, who := range []*apitest.Person{c.wang, c.li, c.zhao} { // each waits for a place of their own
			path := host(1)
			early.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated)
			who.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated)
			early.Delete(path + "/sign-ups/mine").Want(http.StatusNoContent)
		}
		c.expectTold("place_offered", "place_offered", map[string]string{"thing1": "清扫楼道", "time2": "2026-11-24 07:30"})
		path := host(3)
		for _, who := range []*apitest.Person{c.wang, c.li, c.zhao} {
			who.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated)
		}
		c.Clock.Set(model.Date("2026-11-23").At(18, 0))
		c.expectTold("reminder", "reminder", map[string]string{"thing1": "清扫楼道", "time2": "2026-11-24 14:00", "thing3": "3 号楼"})
		c.allow(c.wang, "reminder")
		c.Clock.Set(model.Date("2026-11-23").At(23, 0)) // in the quiet hours, but it is urgent
		c.secretary.Post(path+"/cancellation", map[string]any{"reason": "有雨"}).Want(http.StatusOK)
		c.eventually("the cancellation is on the phone", func() bool { return len(c.phone(c.wang, "reminder")) == 2 })
		if got := c.phone(c.wang, "reminder")[1]["thing3"]; got != "活动已取消，请勿前往" {
			t.Error(got)
		}
		if n := c.inbox(c.li, "activity_cancelled"); n != 1 {
			t.Errorf("told %d times of the cancellation", n)
		}
	})
}

func TestACodeReachesThePhone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, c *town) {
		c.secretary.Post("/v1/points/pools", map[string]any{"sponsor": "红星超市", "unitId": c.branch, "points": 1000, "backing": "大米 40 袋"}).Want(http.StatusCreated)
		var goods, reserved given
		c.secretary.Post("/v1/shop/goods", map[string]any{"name": "洗衣液", "unitId": c.branch, "price": 20, "stock": 5, "limits": map[string]int{}}).
			Want(http.StatusCreated).Into(&goods)
		for _, who := range []*apitest.Person{c.li, c.zhao, c.wang} {
			c.secretary.Post("/v1/points/awards", map[string]any{"userId": who.ID, "points": 20, "cause": "治安巡逻", "reference": who.Name}).Want(http.StatusCreated)
			who.Post("/v1/shop/redemptions", map[string]any{"goodsId": goods.ID, "quantity": 1}).Want(http.StatusCreated).Into(&reserved)
		}
		c.expectTold("redemption_reserved", "redemption", map[string]string{
			"thing1": "洗衣液", "character_string2": reserved.PickupCode, "date3": "2026-11-30 10:00",
		})
		if n := c.inbox(c.wang, "points_award"); n != 1 {
			t.Errorf("told %d times of the award", n)
		}
	})
}
