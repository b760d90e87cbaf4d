//go:build deep

package app_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model/kv/kvtest"
	"jinlin/model/store/storetest"
)

// TestRepeatsOverTwoReplicasAreOneEffectEach sends each of 100 redemptions twenty times at
// once, half to each of two APIs.
func TestRepeatsOverTwoReplicasAreOneEffectEach(t *testing.T) {
	t.Parallel()
	const people, keys, times, stock = 10, 100, 20, 1000
	c := startCluster(t, 12)
	address := freeAddress(t)
	c.serve(address)
	other := apitest.Place{API: "http://" + address, Sandbox: c.place.Sandbox}
	secretary, till, wang := c.place.SignIn(t, "secretary-hongqiao"), c.place.SignIn(t, "shop-hongqiao"), c.place.SignIn(t, "resident-wang")
	c.place.SignIn(t, "clerk-county").Post("/v1/points/pools", map[string]any{
		"sponsor": "演练", "unitId": roleUnit(secretary), "points": 100 * people, "backing": "演练物资",
	}).Want(http.StatusCreated)
	var soap struct{ ID string }
	till.Post("/v1/shop/goods", map[string]any{"name": "肥皂", "unitId": roleUnit(till), "price": 1, "stock": stock}).Want(http.StatusCreated).Into(&soap)
	buyers := make([]*apitest.Person, people)
	for i := range buyers {
		buyers[i] = c.place.SignIn(t, fmt.Sprintf("buyer-%d", i))
		secretary.Post("/v1/points/awards", map[string]any{"userId": buyers[i].ID, "points": 100, "cause": "演练", "reference": fmt.Sprintf("drill-%d", i)}).Want(http.StatusCreated)
	}

	redemptions := make([][]string, keys)
	room := make(chan struct{}, 64)
	var all sync.WaitGroup
	for key := range keys {
		redemptions[key] = make([]string, times)
		for nth := range times {
			room <- struct{}{}
			all.Go(func() {
				defer func() { <-room }()
				buyer := buyers[key%people]
				if nth%2 == 1 {
					buyer = buyer.At(other)
				}
				redemptions[key][nth] = redeemOne(buyer, soap.ID, fmt.Sprintf("key-%d", key))
			})
		}
	}
	all.Wait()
	distinct := map[string]bool{}
	for key, ids := range redemptions {
		for _, id := range ids {
			if distinct[id] = true; id != ids[0] || id == "" {
				t.Fatalf("key %d made %v", key, ids)
			}
		}
	}
	if len(distinct) != keys {
		t.Errorf("%d redemptions of %d keys", len(distinct), keys)
	}
	for _, buyer := range buyers {
		var points struct{ Available, Held int }
		if buyer.Get("/v1/me/points").Want(http.StatusOK).Into(&points); points.Available != 90 || points.Held != 10 {
			t.Errorf("%+v", points)
		}
	}
	var goods struct {
		Items []struct {
			ID    string
			Stock int
		}
	}
	wang.Get("/v1/shop/goods?limit=100&estateId=" + home(wang)).Want(http.StatusOK).Into(&goods)
	for _, g := range goods.Items {
		if g.ID == soap.ID && g.Stock != stock-keys {
			t.Errorf("%d left of %d", g.Stock, stock)
		}
	}
	t.Log(must(t, c.program, c.settings, "ledger", "verify"))
}

// TestTheTourPassesOnOneReplicaAndIsReadBackOnAnother plays on MariaDB and Redis, with the
// API twice, a worker and the sandbox as processes of their own. Afterwards nothing that they
// wrote, in the database, Redis or their logs, has a number or a name of WeChat's that it must
// not have.
func TestTheTourPassesOnOneReplicaAndIsReadBackOnAnother(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 13)
	worker := c.process("worker")
	address, record := freeAddress(t), filepath.Join(t.TempDir(), "record")
	second := c.serve(address)
	for range 2 {
		t.Log(must(t, c.program, c.settings, "tour", "--api", c.place.API, "--record", record, "--lang", "en"))
	}
	found(t, must(t, c.program, c.settings, "tour", "--api", "http://"+address, "--verify", record), 50)
	for _, p := range []*process{worker, second} {
		p.kill()
	}
	c.tellsNothing(worker.output() + second.output())
}

// tellsNothing looks for what must not be readable after a day of a county.
func (c *cluster) tellsNothing(log string) {
	c.t.Helper()
	for _, number := range storetest.ReadableNumbers(c.t, c.database) {
		c.t.Error(number)
	}
	values := storetest.Values(c.t, c.database)
	var openIDs []string
	for _, id := range values["wechat_accounts.openid"] {
		openIDs = append(openIDs, regexp.QuoteMeta(id))
	}
	texts := kvtest.Texts(c.t, c.redis)
	secret := regexp.MustCompile(strings.Join(append(openIDs, "session_key", "access_token"), "|"))
	for where, lines := range map[string][]string{"Redis": texts, "the logs": strings.Split(log, "\n")} {
		for _, line := range lines {
			if hit := secret.FindString(line) + storetest.PersonalNumber.FindString(line); hit != "" {
				c.t.Errorf("%s in %s: %s", hit, where, line)
			}
		}
	}
	if len(openIDs) < 5 || len(texts) == 0 || !strings.Contains(log, "POST") {
		c.t.Errorf("%d people, %d things in Redis, a log of %d bytes: that was no day", len(openIDs), len(texts), len(log))
	}
}

// TestAnEndedRoleIsRefusedByAnotherProcessAtOnce is TestAnEndedRoleIsRefusedOnAnotherReplicaAtOnce
// with the replicas as processes of their own, ten times, before and after Redis is gone.
func TestAnEndedRoleIsRefusedByAnotherProcessAtOnce(t *testing.T) {
	t.Parallel()
	c, redis := startCluster(t, 14), openDoor(t)
	places := make([]apitest.Place, 2)
	for i := range places {
		address := freeAddress(t)
		c.process("serve", setting("ROLES", "api"), setting("HTTP_ADDR", "%s", address), setting("REDIS_URL", "%s", redis.url))
		places[i] = apitest.Place{API: "http://" + address, Sandbox: c.place.Sandbox}
	}
	clerk, worker := places[0].SignIn(t, "clerk-county"), places[0].SignIn(t, "worker-to-be")
	grid := roleUnit(places[0].SignIn(t, "grid-hongqiao"))
	var slowest time.Duration
	for i := range 20 {
		if i == 10 {
			redis.shut()
		}
		slowest = max(slowest, revoked(t, clerk, worker, grid, places[1]))
	}
	t.Logf("refused within %s", slowest)
}

// redeemOne repeats what is still in progress elsewhere, as a client would.
func redeemOne(buyer *apitest.Person, goods, key string) string {
	for {
		var made struct{ ID, Code string }
		a := buyer.Post("/v1/shop/redemptions", map[string]any{"goodsId": goods, "quantity": 1}, "Idempotency-Key: "+key).Into(&made)
		if a.Status == http.StatusConflict && made.Code == "in_progress" {
			continue
		}
		a.Want(http.StatusCreated)
		return made.ID
	}
}
