package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/roster"
)

// TestNothingPersonalLiesOpen does everything that can be done once, over HTTP, and then
// reads the database, Redis, the log and all answers for what must not be in them.
func TestNothingPersonalLiesOpen(t *testing.T) {
	sweepEach(t, func(t *testing.T, w *swept) {
		operations := w.doesEverything()
		w.bringsRoster()
		if _, err := w.server.Jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		hunts := w.hunts()
		for _, trace := range w.traces(hunts...) {
			t.Error(trace)
		}
		t.Logf("%d operations, %d lines of log, %d things in Redis", operations, strings.Count(w.log.String(), "\n"), len(w.inRedis()))
		w.power(hunts)
	})
}

// doesEverything makes one allowed call of each case of each operation.
func (w *swept) doesEverything() (operations int) {
	w.T.Helper()
	m := &matrix{county: w.county, examiner: newExaminer(w.server.API.Description())}
	routes := routesOf(w.server.API.Description())
	first := map[string]bool{}
	for _, t := range m.tries(routes) {
		key := fmt.Sprint(t.route.OperationID, t.nth)
		if t.want != 0 || t.relation == missing || t.relation == dissolved || first[key] {
			continue
		}
		first[key] = true
		m.prepare(&t)
		answer := m.call(t)
		if answer.Status/100 != 2 {
			w.T.Errorf("%s: %d %s", t, answer.Status, answer.Body)
		}
		w.heard(t.route.OperationID, answer)
		if t.c.ends {
			t.who.person = w.server.SignIn(w.T, t.who.name)
		}
	}
	if len(first) < 150 {
		w.T.Errorf("only %d operations were called", len(first))
	}
	return len(first)
}

// Numbers and names as a county's own roster has them, and nothing else has.
const (
	listedPhone = "13700137000"
	listedID    = "14052219800101123X"
	listedName  = "欧阳桂花"
)

// bringsRoster brings a roster in as an import does, and tries a file as a person would.
func (w *swept) bringsRoster() {
	w.T.Helper()
	ctx, s := w.T.Context(), w.Store
	line := roster.Line{
		Kind: model.PartyRoster, BranchID: w.here.branch, EstateID: w.here.estate, BuildingID: w.here.building, Room: "301", Name: listedName, Phone: listedPhone,
		Member: roster.Member{JoinedOn: "1998-07-01", WorksAt: listedID},
	}
	w.Must(s.InTx(ctx, func(tx *store.Store) error {
		_, err := roster.Put(ctx, tx, model.NewID[model.RosterBatch](s.Now()), []roster.Line{line})
		return err
	}))
	clerk := w.as(model.CountyClerk)
	file := "小区,楼栋,单元,房号,姓名,手机号,身份\nestate,building,1,301," + listedName + "," + listedPhone + ",业主\n"
	w.heard("createImport", clerk.Post("/v1/imports?kind=roster", file, "Content-Type: text/csv")).Want(http.StatusCreated)
	w.heard("listImports", clerk.Get("/v1/imports"))
	order := map[string]any{"kind": "members", "unitId": w.root, "format": "csv", "reason": "走访核对"}
	w.heard("createExport", clerk.Post("/v1/exports", order)).Want(http.StatusOK)
}

// hunts are for what the world now knows of people. The lists are the reviewed ones.
func (w *swept) hunts() []hunt {
	w.T.Helper()
	public := storetest.PublicDuty(w.T)
	for _, r := range routesOf(w.server.API.Description()) {
		for _, c := range accessCases[r.OperationID] {
			if c.personal != "" {
				public = append(public, r.OperationID)
			}
		}
	}
	columns := storetest.Values(w.T, w.databaseURL())
	var tokens []string
	for _, p := range w.people {
		if p.person.Token != "" {
			tokens = append(tokens, p.person.Token)
		}
	}
	openIDs := columns["wechat_accounts.openid"]
	if len(openIDs) < 10 || len(tokens) < 10 || len(columns["phones.sealed"]) < 2 {
		w.T.Fatalf("only %d people, %d sessions and %d numbers", len(openIDs), len(tokens), len(columns["phones.sealed"]))
	}
	return []hunt{
		{"a number", storetest.PersonalNumber, public},
		hunted("an openid", openIDs, "wechat_accounts.openid", "wechat_events.openid", "template_grants.openid"),
		hunted("a token", tokens, "signIn"),
		hunted("a name of the roster", []string{listedName}),
		hunted("a secret of WeChat's", []string{"session_key", "sessionKey", "access_token", "jinlin-sandbox-push-token"}),
	}
}

// power plants something in each place, and expects it to be found there.
func (w *swept) power(hunts []hunt) {
	w.T.Helper()
	ctx, openID := w.T.Context(), "o-"+w.here.neighbour.String()
	said := listedPhone + " " + openID + " " + w.people[1].person.Token + " " + listedName + " session_key"
	w.Must(w.Store.Messages.Add(ctx, &model.Message{ID: newID[model.Message](w.county), UserID: w.here.neighbour, Kind: "x", Text: said, CreatedAt: w.Clock.Now()}))
	w.server.Log.Info("planted", "said", said)
	key := "planted-" + w.here.neighbour.String()
	w.Must(w.redis.Set(ctx, key, said, time.Minute).Err())
	defer w.redis.Del(ctx, key)
	w.answers["getMe"] = append(w.answers["getMe"], said)
	found := strings.Join(w.traces(hunts...), "\n")
	for _, h := range hunts {
		for _, where := range []string{"messages.text", "log", "redis", "getMe"} {
			if !strings.Contains(found, where) || !strings.Contains(found, h.what) {
				w.T.Errorf("%s was planted in %s and not found: %s", h.what, where, found)
			}
		}
	}
	if n := strings.Count(found, "\n") + 1; n < 4*len(hunts) {
		w.T.Errorf("only %d of %d plants were found: %s", n, 4*len(hunts), found)
	}
}
