package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is a sandbox under test, with a clock that stands still.
type bench struct {
	*Sandbox
	t     testing.TB
	clock *stoppedClock
}

type stoppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *stoppedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stoppedClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func begin(t testing.TB, cfg Config) *bench {
	t.Helper()
	clock := &stoppedClock{at: time.Date(2026, 11, 22, 9, 30, 0, 0, beijing)}
	cfg.Now = clock.Now
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &bench{s, t, clock}
}

// answer is what came back, with the JSON read into values.
type answer struct {
	*httptest.ResponseRecorder
	values map[string]any
}

func (a answer) text(key string) string {
	text, _ := a.values[key].(string)
	return text
}

func (a answer) errcode() int {
	number, _ := a.values["errcode"].(json.Number)
	code, _ := number.Int64()
	return int(code)
}

func (b *bench) do(method, target, body string) answer {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	a := answer{ResponseRecorder: httptest.NewRecorder()}
	b.Handler().ServeHTTP(a, httptest.NewRequest(method, target, content))
	decoder := json.NewDecoder(bytes.NewReader(a.Body.Bytes()))
	decoder.UseNumber()
	decoder.Decode(&a.values) // pictures and pages have no values
	return a
}

// control uses the control plane and expects it to agree.
func (b *bench) control(method, path, body string) answer {
	b.t.Helper()
	a := b.do(method, "/_sandbox"+path, body)
	if a.Code != http.StatusOK {
		b.t.Fatalf("%s %s %s: %d %s", method, path, body, a.Code, a.Body)
	}
	return a
}

func (b *bench) loginCode(persona string) string {
	b.t.Helper()
	return b.control("POST", "/codes", quote(map[string]any{"persona": persona})).text("code")
}

func (b *bench) phoneCode(persona string) string {
	b.t.Helper()
	return b.control("POST", "/phone-codes", quote(map[string]any{"persona": persona, "phone": "13900000001"})).text("code")
}

func (b *bench) accept(persona, template string) {
	b.t.Helper()
	b.control("POST", "/grants", quote(map[string]any{"persona": persona, "templateId": template, "result": "accept"}))
}

func (b *bench) loginTarget(code string) string {
	q := url.Values{"appid": {DemoAppID}, "secret": {DemoSecret}, "js_code": {code}, "grant_type": {"authorization_code"}}
	return "/sns/jscode2session?" + q.Encode()
}

func (b *bench) login(code string) answer { return b.do("GET", b.loginTarget(code), "") }

const (
	stableBody     = `{"grant_type":"client_credential","appid":"` + DemoAppID + `","secret":"` + DemoSecret + `"}`
	ordinaryTarget = "/cgi-bin/token?grant_type=client_credential&appid=" + DemoAppID + "&secret=" + DemoSecret
	officialTarget = "/cgi-bin/token?grant_type=client_credential&appid=" + DemoOfficialAppID + "&secret=" + DemoOfficialSecret
)

func (b *bench) token() string {
	b.t.Helper()
	a := b.do("POST", "/cgi-bin/stable_token", stableBody)
	if a.text("access_token") == "" {
		b.t.Fatalf("no token: %s", a.Body)
	}
	return a.text("access_token")
}

// post calls WeChat with a valid token of the mini-program.
func (b *bench) post(path string, body any) answer {
	b.t.Helper()
	return b.do("POST", path+"?access_token="+b.token(), quote(body))
}

// quote renders a body; a text is a body already.
func quote(body any) string {
	if text, is := body.(string); is {
		return text
	}
	return string(encode(body))
}

// news is a message that nothing is wrong with.
func news(persona string) map[string]any {
	return map[string]any{
		"touser": OpenID(persona), "template_id": "news", "page": "pages/news/detail?id=42",
		"miniprogram_state": "formal", "lang": "zh_CN",
		"data": map[string]any{
			"thing1": Value{"社区周报"}, "thing2": Value{"本周三件事"}, "date3": Value{"2026年11月22日"},
		},
	}
}

func with(body map[string]any, key string, value any) map[string]any {
	body[key] = value
	return body
}

const sendPath = "/cgi-bin/message/subscribe/send"

func (b *bench) messages(persona string) []any {
	b.t.Helper()
	return b.control("GET", "/messages?persona="+url.QueryEscape(persona), "").values["items"].([]any)
}

func (b *bench) grantsLeft(persona, template string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.world.users[OpenID(persona)].grants[template].Left
}

func wantCode(t testing.TB, a answer, code int) {
	t.Helper()
	if a.errcode() != code {
		t.Fatalf("errcode %d, want %d: %s", a.errcode(), code, a.Body)
	}
}
