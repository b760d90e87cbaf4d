package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestControlRefusesMisuse(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/codes", ``, 400},
		{"POST", "/codes", `{"persona":""}`, 400},
		{"POST", "/codes", `{"persona":"` + strings.Repeat("王", 65) + `"}`, 400},
		{"POST", "/codes", `{"persona":"a\nb"}`, 400},
		{"POST", "/codes", `{"persona":".."}`, 400},
		{"POST", "/codes", `{"persona":"a","name":"b"}`, 400},
		{"POST", "/codes", `[]`, 400},
		{"GET", "/codes", ``, 405},
		{"POST", "/phone-codes", `{"persona":"a","phone":"110"}`, 400},
		{"POST", "/grants", `{"persona":"a","templateId":"nope","result":"accept"}`, 404},
		{"POST", "/grants", `{"persona":"a","templateId":"news","result":"ban"}`, 400},
		{"POST", "/visits", `{}`, 400},
		{"POST", "/authorizations/revocation", `{}`, 400},
		{"PUT", "/clock", `{}`, 400},
		{"PUT", "/clock", `{"offset":"soon"}`, 400},
		{"PUT", "/clock", `{"offset":"999999h"}`, 400},
		{"PUT", "/templates/a%20b", `{"fields":["thing1"]}`, 400},
		{"PUT", "/templates/x", `{"fields":[]}`, 400},
		{"PUT", "/templates/x", `{"fields":["something1"]}`, 400},
		{"PUT", "/templates/x", `{"fields":["thing"]}`, 400},
		{"PUT", "/templates/x", `{"fields":["thing1","thing1"]}`, 400},
		{"PUT", "/templates/x", `{"fields":["enum1"]}`, 400},
		{"GET", "/nothing", ``, 404},
	} {
		if a := b.do(c.method, "/_sandbox"+c.path, c.body); a.Code != c.want {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, a.Code, a.Body)
		}
	}
	if people := b.control("GET", "/personas", "").values["items"].([]any); len(people) != 0 {
		t.Errorf("a refused call made users: %v", people)
	}
}

func TestUnknownPersonaBecomesAUser(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{Personas: []Persona{{"clerk-county", "县委组织部干部"}}})
	if len(b.messages("somebody")) != 0 {
		t.Error("messages of nobody")
	}
	a := b.control("POST", "/codes", `{"persona":"新来的 someone/1"}`)
	if a.text("openid") != OpenID("新来的 someone/1") {
		t.Errorf("%s", a.Body)
	}
	people := b.control("GET", "/personas", "").values["items"].([]any)
	if len(people) != 2 || people[0].(map[string]any)["name"] != "县委组织部干部" {
		t.Errorf("%v", people)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for body, want := range map[string]time.Duration{
		`{"offset":"3h"}`: 3 * time.Hour, `{"offset":"-90s"}`: -90 * time.Second, `{"offset":5400}`: 90 * time.Minute,
		`{"offset":"5400"}`: 90 * time.Minute, `{"offset":0}`: 0, `{"offset":1.5}`: 1500 * time.Millisecond,
	} {
		a := b.control("PUT", "/clock", body)
		now, err := time.Parse(time.RFC3339Nano, a.text("now"))
		if err != nil || !now.Equal(b.clock.Now().Add(want)) || a.text("offset") != want.String() {
			t.Errorf("%s: %s", body, a.Body)
		}
	}
	b.control("PUT", "/clock", `{"offset":0}`)
	code := b.loginCode("wang")
	b.control("PUT", "/clock", `{"offset":"5m"}`)
	wantCode(t, b.login(code), 40029)
	b.control("POST", "/reset", "{}")
	wantCode(t, b.login(code), 0)
}

func TestTemplatesFromTheStart(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	want := map[string]string{
		"reply": "thing1 phrase2 time3", "news": "thing1 thing2 date3", "place_offered": "thing1 time2",
		"reminder": "thing1 time2 thing3", "redemption": "thing1 character_string2 date3",
	}
	list := b.control("GET", "/templates", "").values["items"].([]any)
	for _, entry := range list {
		template := entry.(map[string]any)
		var fields []string
		for _, f := range template["fields"].([]any) {
			fields = append(fields, f.(string))
		}
		if id := template["id"].(string); strings.Join(fields, " ") != want[id] || template["longTerm"] != false {
			t.Errorf("%v", template)
		}
	}
	if len(list) != len(want) {
		t.Errorf("%d templates", len(list))
	}
}

func TestEnumTemplate(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.control("PUT", "/templates/level", `{"fields":["enum1"],"options":{"enum1":["高","低"]}}`)
	b.accept("wang", "level")
	send := func(value string) answer {
		return b.post(sendPath, map[string]any{
			"touser": OpenID("wang"), "template_id": "level", "data": map[string]any{"enum1": Value{value}},
		})
	}
	wantCode(t, send("中"), 47003)
	wantCode(t, send("高"), 0)
}

// Lists have the shape of every list of the service, empty ones too.
func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for _, path := range []string{"/messages", "/messages?persona=x", "/personas", "/media-checks", "/templates"} {
		a := b.control("GET", path, "")
		next, has := a.values["next"]
		if _, is := a.values["items"].([]any); !is || !has || next != nil {
			t.Errorf("%s: %s", path, a.Body)
		}
	}
	a := b.control("GET", "/official-account", "")
	if want := `{"drafts":[],"massSends":[],"publications":[]}`; a.Body.String() != want {
		t.Errorf("%s", a.Body)
	}
}

func TestRotationCountsLivingTokens(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	old := b.token()
	b.do("GET", ordinaryTarget, "")
	if a := b.control("POST", "/tokens/rotation", ""); a.values["lost"] != json.Number("2") {
		t.Errorf("%s", a.Body)
	}
	if b.token() == old {
		t.Error("the stable call still hands out the lost token")
	}
}

func TestErrorsOfTheControlPlaneAreNamed(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	a := b.do("POST", "/_sandbox/grants", `{"persona":"a","templateId":"news","result":"ban"}`)
	if a.text("code") != "invalid" || a.text("path") != "result" || a.Header().Get("Content-Type") != "application/json" ||
		a.Code != http.StatusBadRequest {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}
