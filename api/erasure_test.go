package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// as is whoever has a role here.
func (c *county) as(role model.Role) *apitest.Person {
	for _, w := range c.people {
		if w.role == role && !w.former {
			return w.person
		}
	}
	c.T.Fatalf("nobody is %s", role)
	return nil
}

// What names somebody, in the ways they and others write it.
var aboutWang = []string{"王桂花", "13800138000", "138-0013 8000", "3单元301", "王小明", "县一中退休"}

// TestOnceTheAccountIsErasedNothingNamesThePerson has somebody do and say everything, close
// the account, and be gone a week later: from every column, Redis and the log; the ledger
// holds, and what others said stays readable.
func TestOnceTheAccountIsErasedNothingNamesThePerson(t *testing.T) {
	sweepEach(t, func(t *testing.T, w *swept) {
		wang := w.server.SignIn(t, "wang-guihua")
		openID := w.openIDOf(wang)
		request := w.livesHere(wang, openID)
		named := hunted("wang", append(slices.Clone(aboutWang), openID), "tenures.name") // a post's name is public duty
		if before := w.traces(named); len(before) < 10 {
			t.Fatalf("only %d traces of somebody who is everywhere: %v", len(before), before)
		}
		entries := len(storetest.Values(t, w.databaseURL())["ledger_entries.id"])
		secretary := w.as(model.Secretary)
		w.takesAlong(wang)

		wang.Post("/v1/me/closure", nil, "Idempotency-Key: bye").Want(http.StatusCreated)
		wang.Get("/v1/me").Refused(401, "unauthenticated")
		w.works(7*24*time.Hour - time.Minute)
		if len(w.traces(named)) < 10 {
			t.Fatal("it was erased within the time to go back")
		}
		w.works(time.Minute)
		w.works(2 * time.Minute)

		for _, trace := range w.traces(named) {
			t.Error(trace)
		}
		w.nothingLeft(wang.ID)
		if _, err := w.server.API.Points.Verify(t.Context()); err != nil {
			t.Errorf("the ledger: %v", err)
		}
		if after := len(storetest.Values(t, w.databaseURL())["ledger_entries.id"]); after < entries {
			t.Errorf("%d of %d entries are left", after, entries)
		}
		left := string(secretary.Get("/v1/mailbox/requests/" + request).Want(http.StatusOK).Body)
		if !strings.Contains(left, "楼道灯坏了") || !strings.Contains(left, "〔已删除〕") {
			t.Errorf("what is left of the request: %s", left)
		}
		if again := w.server.SignIn(t, "wang-guihua"); again.ID == wang.ID || len(meOf(again).Residences) > 0 {
			t.Error("the account came back")
		}
	})
}

// takesAlong has the person export everything before they go, and see who looked at it.
func (w *swept) takesAlong(wang *apitest.Person) {
	w.T.Helper()
	w.server.Anybody(w.T).Get("/v1/me/export").Refused(401, "unauthenticated")
	text := string(wang.Get("/v1/me/export").Want(http.StatusOK).Body)
	for _, want := range append(slices.Clone(aboutWang), "找王桂花核实", "我向红色信箱提交的诉求", `"role":"secretary"`) {
		if !strings.Contains(text, want) {
			w.T.Errorf("%s is not in the export: %s", want, text)
		}
	}
	if english := string(wang.Get("/v1/me/export", "Accept-Language: en").Body); !strings.Contains(english, "My requests to the Red Mailbox") {
		w.T.Errorf("%s", english)
	}
}

// works lets time pass and does what is due then.
func (w *swept) works(after time.Duration) {
	w.T.Helper()
	w.Clock.Move(after)
	if _, err := w.server.Jobs.Drain(w.T.Context()); err != nil {
		w.T.Fatal(err)
	}
}

func (w *swept) openIDOf(p *apitest.Person) string {
	w.T.Helper()
	id, err := model.ParseID[model.User](p.ID)
	w.Must(err)
	account, err := w.Store.WeChat.GetByUser(w.T.Context(), id)
	w.Must(err)
	return account.OpenID
}

// nothingLeft looks for what cannot be read but must be gone: stored answers, sealed values,
// sessions, by whose they are.
func (w *swept) nothingLeft(person string) {
	w.T.Helper()
	id, err := model.ParseID[model.User](person)
	w.Must(err)
	columns := storetest.Values(w.T, w.databaseURL())
	for _, column := range []string{
		"once_records.actor_id", "sessions.user_id", "phones.user_id", "wechat_accounts.user_id", "residences.user_id", "messages.user_id",
		"template_grants.user_id", "push_preferences.user_id", "weekly_sends.user_id", "daily_uses.user_id",
	} {
		if slices.Contains(columns[column], string(id[:])) {
			w.T.Errorf("%s still has the person", column)
		}
	}
	for _, column := range []string{"residences.room", "sign_ups.details"} {
		for i, user := range columns[strings.Split(column, ".")[0]+".user_id"] {
			if user == string(id[:]) && columns[column][i] != "" {
				w.T.Errorf("%s still says something", column)
			}
		}
	}
}

// livesHere has a person use everything, name themselves in every text, and be named in the
// texts of staff. It gives the id of their request.
func (w *swept) livesHere(wang *apitest.Person, openID string) string {
	w.T.Helper()
	said := "我是王桂花，住3单元301，电话138-0013 8000，孩子王小明，微信" + openID + "。楼道灯坏了"
	secretary, clerk, town := w.as(model.Secretary), w.as(model.CountyClerk), w.as(model.TownCommittee)
	post := func(p *apitest.Person, path string, content any) (made struct{ ID string }) {
		w.T.Helper()
		answer := p.Post(path, content, "Idempotency-Key: "+strings.ReplaceAll(path, "/", "-")[:min(len(path), 60)])
		if answer.Status/100 != 2 {
			w.T.Fatalf("%s: %d %s", path, answer.Status, answer.Body)
		}
		if len(answer.Body) > 0 {
			w.Must(json.Unmarshal(answer.Body, &made))
		}
		return made
	}
	wang.Patch("/v1/me", map[string]string{"nickname": "王桂花"}).Want(http.StatusOK)
	post(wang, "/v1/me/phone", phoneCode(w.T, w.server, "wang-guihua", "13800138000"))
	post(wang, "/v1/me/consents", map[string]any{"purpose": "companions", "version": 1, "given": true})
	home := post(wang, "/v1/me/residences", map[string]any{"buildingId": w.here.building, "stairwell": "3", "room": "301", "relation": "owner"})
	post(secretary, "/v1/residences/"+home.ID+"/decisions", map[string]string{"decision": "approve", "reason": "王桂花本人到场"})
	post(secretary, "/v1/residences/"+home.ID+"/reveals", map[string]string{"reason": "找王桂花核实"})

	request := post(wang, "/v1/mailbox/requests", map[string]any{"category": "other", "text": said, "identity": "named", "estateId": w.here.estate, "location": "王桂花家门口", "position": map[string]float64{"latitude": 38.484177, "longitude": 112.963455}}).ID
	post(wang, "/v1/mailbox/requests/"+request+"/messages", map[string]string{"text": said + "【复核】"})
	post(secretary, "/v1/mailbox/requests/"+request+"/acceptance", map[string]string{})
	post(secretary, "/v1/mailbox/requests/"+request+"/messages", map[string]string{"text": "王桂花您好，师傅明天到3单元301"})

	outing := w.activity(w.here, w.here.secretary, model.ActivityPublished, inSomeDays).String()
	post(wang, "/v1/activities/"+outing+"/sign-ups", map[string]any{"people": []map[string]string{{"name": "王小明", "relation": "child"}}, "answers": map[string]string{"电话": "13800138000"}})
	post(secretary, "/v1/points/awards", map[string]any{"userId": wang.ID, "points": 5, "cause": "王桂花帮邻居", "reference": "wang"})
	post(wang, "/v1/shop/redemptions", map[string]any{"goodsId": w.goods(w.here), "quantity": 1})
	post(wang, "/v1/me/subscription-results", []map[string]string{{"templateId": "news", "result": "accept"}})
	wang.Put("/v1/me/push-preferences", map[string]bool{"news": true, "notices": true}).Want(http.StatusOK)

	tenure := post(clerk, "/v1/tenures", map[string]any{"branchId": w.here.branch, "userId": wang.ID, "name": "王桂花", "source": "retired_cadre", "formerUnit": "县一中退休"})
	post(town, "/v1/tenures/"+tenure.ID+"/rejection", map[string]string{"reason": "王桂花身体不好"})
	return request
}
