package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/service/wechat/sandbox"
)

// county is a sandbox and gateways that speak to it.
type county struct {
	*bench
	t      *testing.T
	url    string
	client *http.Client
	clock  *clock // the sandbox's base clock; its offset is moved by the control plane
}

func newCounty(t *testing.T, change ...func(*sandbox.Config)) *county {
	t.Helper()
	c := &county{t: t, clock: newClock()}
	cfg := sandbox.Config{AppID: testApp, Secret: plantedSecret, Now: c.clock.now, OpenPlatform: true}
	for _, f := range change {
		f(&cfg)
	}
	s, err := sandbox.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	c.url, c.client = server.URL, server.Client()
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})
	c.bench = newBench(t, c.url, func(c *Config) { c.PushToken, c.PushAESKey = pushToken, pushKey })
	return c
}

// control asks the control plane and reads its answer.
func (c *county) control(method, path, body string) map[string]any {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+"/_sandbox"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	text, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(text, &out); err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	return out
}

func (c *county) code(persona string) (code, openID string) {
	c.t.Helper()
	out := c.control("POST", "/codes", fmt.Sprintf(`{"persona":%q}`, persona))
	return out["code"].(string), out["openid"].(string)
}

func (c *county) accept(persona, template string) {
	c.t.Helper()
	c.control("POST", "/grants", fmt.Sprintf(`{"persona":%q,"templateId":%q,"result":"accept"}`, persona, template))
}

func (c *county) received(persona string) []any {
	c.t.Helper()
	return c.control("GET", "/messages?persona="+persona, "")["items"].([]any)
}

func (c *county) fault(path, fault string) {
	c.t.Helper()
	c.control("PUT", "/faults", fmt.Sprintf(`{"faults":[{"path":%q,%s}]}`, path, fault))
}

func (c *county) fired() int {
	c.t.Helper()
	total := 0
	for _, f := range c.control("GET", "/faults", "")["faults"].([]any) {
		total += int(f.(map[string]any)["fired"].(float64))
	}
	return total
}

func reply(openID string) SubscribeMessage {
	return SubscribeMessage{
		OpenID: openID, TemplateID: "reply", Page: "pages/mailbox/detail?id=42",
		Fields: map[string]string{
			"thing1": "3号楼二单元门口的路灯已经坏了半个多月\n一直没有人来修", "phrase2": "处理中，请稍候", "time3": "2026-11-22 09:30",
		},
	}
}

var ctx = context.Background()

func TestSandboxLogin(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	code, openID := c.code("resident-wang")
	who, err := c.Login(ctx, code)
	if err != nil || who.OpenID != openID || who.UnionID == "" {
		t.Fatalf("got %v, %v", who, err)
	}
	if _, err = c.Login(ctx, code); !errors.Is(err, ErrCodeUsed) {
		t.Errorf("the same code again: %v", err)
	}
	if _, err = c.Login(ctx, "neverGiven"); !errors.Is(err, ErrCodeInvalid) {
		t.Errorf("a code of nobody: %v", err)
	}
	code, _ = c.code("resident-wang")
	c.control("PUT", "/clock", `{"offset":"5m"}`)
	if _, err = c.Login(ctx, code); !errors.Is(err, ErrCodeInvalid) {
		t.Errorf("an old code: %v", err)
	}
}

func TestSandboxWrongSecret(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	b := newBench(t, c.url, func(c *Config) { c.Secret = "another" })
	code, _ := c.code("resident-wang")
	if _, err := b.Login(ctx, code); !errors.Is(err, ErrUnavailable) || ClassOf(err) != ClassConfig {
		t.Errorf("login: %v", err)
	}
	if _, err := b.SendSubscribe(ctx, reply("o")); ClassOf(err) != ClassConfig {
		t.Errorf("send: %v", err)
	}
}

func TestSandboxPhone(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	give := func() string {
		return c.control("POST", "/phone-codes", `{"persona":"resident-wang","phone":"13900000001"}`)["code"].(string)
	}
	login, wang := c.code("resident-wang")
	_, li := c.code("resident-li")
	code := give()
	for _, other := range []string{li, "", "o-nobody"} {
		if number, err := c.Phone(ctx, code, other); !errors.Is(err, ErrPhoneCodeInvalid) || number != "" {
			t.Errorf("wang's code gave %q the number %q, %v", other, number, err)
		}
	}
	if number, err := c.Phone(ctx, code, wang); err != nil || number != "13900000001" {
		t.Errorf("got %q, %v", number, err)
	}
	if _, err := c.Phone(ctx, code, wang); !errors.Is(err, ErrPhoneCodeInvalid) {
		t.Errorf("the same code again: %v", err)
	}
	if _, err := c.Phone(ctx, login, wang); !errors.Is(err, ErrPhoneCodeInvalid) {
		t.Errorf("a code of wx.login: %v", err)
	}
	c.fault(phoneNumber.path, `"kind":"malformed","variant":"types"`)
	if number, err := c.Phone(ctx, give(), wang); err != nil || number != "13900000001" {
		t.Errorf("country code as a number: %q, %v", number, err)
	}
}

func TestSandboxTextCheck(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	check := func(text string) Suggest {
		return c.CheckText(ctx, TextCheck{OpenID: openID, Scene: SceneForum, Title: "报修", Text: text}).Suggest
	}
	long := strings.Repeat("好", 2480)
	for text, want := range map[string]Suggest{
		"电梯又停了": Pass, "【违规】": Risky, "【复核】": Review,
		long + "【违规】" + long: Risky, // across the cut
		long + "【复核】" + long: Review, "【复核】" + long + "【违规】": Risky, long + long + long: Pass,
	} {
		if got := check(text); got != want {
			t.Errorf("%.20s… is %s, want %s", text, got, want)
		}
	}
	c.control("PUT", "/clock", `{"offset":"3h"}`)
	if got := check("电梯又停了"); got != Review {
		t.Errorf("three hours after the visit: %s", got)
	}
	c.control("POST", "/visits", `{"persona":"resident-wang"}`)
	if got := check("电梯又停了"); got != Pass {
		t.Errorf("after a new visit: %s", got)
	}
	for _, fault := range []string{
		`"kind":"errcode","errcode":-1`, `"kind":"errcode","errcode":40001`, `"kind":"errcode","errcode":45009`, `"kind":"status"`,
		`"kind":"drop_after"`, `"kind":"malformed","variant":"truncated"`, `"kind":"malformed","variant":"empty_object"`,
		`"kind":"malformed","variant":"null"`, `"kind":"malformed","variant":"html"`,
	} {
		c.fault(textCheck.path, fault)
		if got := check("电梯又停了"); got != Review {
			t.Errorf("under %s: %s", fault, got)
		}
	}
	c.fault(textCheck.path, `"kind":"errcode","errcode":-1,"count":2`)
	if got := check("电梯又停了"); got != Pass {
		t.Errorf("busy twice: %s", got)
	}
	c.fault(textCheck.path, `"kind":"malformed","variant":"content_type"`)
	if got := check("电梯又停了"); got != Pass {
		t.Errorf("under another content type: %s", got)
	}
}

func TestSandboxTextCheckTooSlow(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	hasty := newBench(t, c.url, func(c *Config) { c.Timeout = 200 * time.Millisecond })
	c.fault(textCheck.path, `"kind":"delay","delayMs":600000`)
	if got := hasty.CheckText(ctx, TextCheck{OpenID: openID, Scene: SceneForum, Text: "好"}); got != (Verdict{Suggest: Review}) {
		t.Errorf("got %v", got)
	}
}

func TestSandboxMediaCheck(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	const address = "https://jinlin.example/v1/uploads/x/file?variant=full&expires=1&signature=planted"
	check := func(openID, address string) (string, error) {
		return c.CheckMedia(ctx, MediaCheck{OpenID: openID, Scene: SceneForum, Kind: MediaPhoto, URL: address})
	}
	trace, err := check(openID, address)
	if err != nil || trace == "" {
		t.Fatal(trace, err)
	}
	asked := c.control("GET", "/media-checks?persona=resident-wang", "")["items"].([]any)[0].(map[string]any)
	if asked["traceId"] != trace || asked["mediaUrl"] != address || asked["mediaType"] != 2.0 || asked["scene"] != 3.0 {
		t.Errorf("asked %v", asked)
	}
	fails := func(what, openID, address string, want Class) {
		t.Helper()
		trace, err := check(openID, address)
		if trace != "" || !errors.Is(err, ErrUnavailable) || ClassOf(err) != want || strings.Contains(err.Error(), "planted") || strings.Contains(err.Error(), openID) {
			t.Errorf("%s: %q, %v of class %s", what, trace, err, ClassOf(err))
		}
	}
	fails("an address that is none", openID, "/planted", ClassConfig)
	for fault, want := range map[string]Class{
		`"kind":"errcode","errcode":45009`: ClassQuota, `"kind":"errcode","errcode":-1`: ClassRetry, `"kind":"status"`: ClassRetry,
		`"kind":"malformed","variant":"empty_object"`: ClassRetry, `"kind":"malformed","variant":"html"`: ClassRetry, `"kind":"drop_after"`: ClassRetry,
	} {
		c.fault(mediaCheck.path, fault)
		fails(fault, openID, address, want)
	}
	c.fault(mediaCheck.path, `"kind":"errcode","errcode":-1,"count":2`)
	if _, err := check(openID, address); err != nil {
		t.Errorf("busy twice: %v", err)
	}
	c.control("PUT", "/clock", `{"offset":"3h"}`)
	fails("three hours after the visit", openID, address, ClassUser)
}

func TestSandboxSend(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	if _, err := c.SendSubscribe(ctx, reply(openID)); ClassOf(err) != ClassPermanent || codeOf(err) != 43101 {
		t.Errorf("without a grant: %v", err)
	}
	c.accept("resident-wang", "reply")
	id, err := c.SendSubscribe(ctx, reply(openID))
	if err != nil || id < 1<<53 {
		t.Fatalf("got %d, %v", id, err)
	}
	items := c.received("resident-wang")
	message := items[0].(map[string]any)
	thing := message["data"].(map[string]any)["thing1"].(map[string]any)["value"]
	if len(items) != 1 || message["msgId"] != fmt.Sprint(id) || thing != "3号楼二单元门口的路灯已经坏了半个多月…" {
		t.Errorf("received %v", items)
	}
	for code, m := range map[int64]SubscribeMessage{
		40003: reply("oNobody"), 40037: {OpenID: openID, TemplateID: "nope"}, 47003: {OpenID: openID, TemplateID: "reply"},
	} {
		if _, err := c.SendSubscribe(ctx, m); codeOf(err) != code {
			t.Errorf("got %v, want %d", err, code)
		}
		keepsSecrets(t, fmt.Sprint(err))
	}
}

// Whatever is put into the fields that are fitted, WeChat takes it.
func TestSandboxTakesFittedFields(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	c.control("PUT", "/templates/all", `{"fields":["thing1","name2","phrase3"],"longTerm":true}`)
	c.accept("resident-wang", "all")
	for _, value := range []string{
		"", "\n", "a", "路灯", strings.Repeat("灯", 99), strings.Repeat("a b", 99), "王\u2028小\x00明", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "\xff\xfe", "<b>&\"'",
		"\ufffd", "13号楼", "   ", "٣", "é́́́", "\u202eabc",
	} {
		m := SubscribeMessage{OpenID: openID, TemplateID: "all", Fields: map[string]string{"thing1": value, "name2": value, "phrase3": value}}
		if _, err := c.SendSubscribe(ctx, m); err != nil {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// After each kind of trouble: how often WeChat was asked to send, what the
// sender believes, and what the resident has.
func TestSandboxSendUnderFaults(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]struct {
		class    Class
		asked    int
		received int
	}{
		`"kind":"errcode","errcode":-1`:                 {ClassUnknown, 1, 0},
		`"kind":"status","status":502`:                  {ClassUnknown, 1, 0},
		`"kind":"drop_after"`:                           {ClassUnknown, 1, 1},
		`"kind":"delay","delayMs":600000`:               {ClassUnknown, 1, 1},
		`"kind":"malformed","variant":"truncated"`:      {ClassUnknown, 1, 1},
		`"kind":"malformed","variant":"empty_object"`:   {ClassUnknown, 1, 1},
		`"kind":"malformed","variant":"null"`:           {ClassUnknown, 1, 1},
		`"kind":"malformed","variant":"html"`:           {ClassUnknown, 1, 1},
		`"kind":"malformed","variant":"content_type"`:   {"", 1, 1},
		`"kind":"errcode","errcode":43101`:              {ClassPermanent, 1, 0},
		`"kind":"errcode","errcode":45009`:              {ClassQuota, 1, 0},
		`"kind":"errcode","errcode":40001`:              {ClassToken, 2, 0},
		`"kind":"errcode","errcode":42001`:              {ClassToken, 2, 0},
		`"kind":"errcode","errcode":40014,"count":1`:    {"", 1, 1},
		`"kind":"errcode","errcode":40001,"count":1`:    {"", 1, 1},
		`"kind":"drop_after","count":1`:                 {ClassUnknown, 1, 1},
		`"kind":"malformed","variant":"null","count":1`: {ClassUnknown, 1, 1},
		`"kind":"status","status":503,"count":1`:        {ClassUnknown, 1, 0},
		`"kind":"errcode","errcode":-1,"count":1`:       {ClassUnknown, 1, 0},
		`"kind":"errcode","errcode":47003,"count":1`:    {ClassConfig, 1, 0},
		`"kind":"errcode","errcode":45011,"count":1`:    {ClassRetry, 1, 0},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			c := newCounty(t)
			_, openID := c.code("resident-wang")
			c.accept("resident-wang", "reply")
			c.accept("resident-wang", "reply") // so that a second send would be noticed
			b := newBench(t, c.url, func(c *Config) { c.Timeout = 500 * time.Millisecond })
			c.fault(subscribeSend.path, fault)
			_, err := b.SendSubscribe(ctx, reply(openID))
			if got := ClassOf(err); got != want.class {
				t.Errorf("%q: %v", got, err)
			}
			if got := len(c.received("resident-wang")); got != want.received || c.fired() != want.asked {
				t.Errorf("asked %d times, received %d", c.fired(), got)
			}
			keepsSecrets(t, fmt.Sprint(err), b.diary.String())
		})
	}
}

func TestSandboxTokens(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	c.control("PUT", "/templates/reply", `{"fields":["thing1","phrase2","time3"],"longTerm":true}`)
	c.accept("resident-wang", "reply")
	mustSend := func(when string) {
		t.Helper()
		if _, err := c.SendSubscribe(ctx, reply(openID)); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	mustSend("at first")
	c.control("POST", "/tokens/rotation", ``)
	mustSend("after the tokens were lost")
	c.control("PUT", "/clock", `{"offset":"2h1m"}`)
	c.control("POST", "/visits", `{"persona":"resident-wang"}`)
	mustSend("after the token had ended") // its own clock stands still: it learns that from WeChat
	c.bench.clock.advance(3 * time.Hour)
	mustSend("after the gateway's own time was over")
	c.fault(stableToken.path, `"kind":"errcode","errcode":-1,"count":2`)
	c.control("POST", "/tokens/rotation", ``)
	mustSend("with a token call that is busy twice")
	if got := len(c.received("resident-wang")); got != 5 {
		t.Errorf("received %d", got)
	}
}

// Tokens are lost again and again while many send: everything arrives, once.
func TestSandboxTokensLostUnderLoad(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	_, openID := c.code("resident-wang")
	c.control("PUT", "/templates/reply", `{"fields":["thing1","phrase2","time3"],"longTerm":true}`)
	c.accept("resident-wang", "reply")
	const senders, each = 8, 10
	for range 3 {
		c.control("POST", "/tokens/rotation", ``)
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for range each {
					if _, err := c.SendSubscribe(ctx, reply(openID)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	if got := len(c.received("resident-wang")); got != 3*senders*each {
		t.Errorf("received %d of %d", got, 3*senders*each)
	}
}

// What the sandbox pushes, the gateway reads.
func TestSandboxPushes(t *testing.T) {
	t.Parallel()
	arrived := make(chan Event, 16)
	refused := make(chan error, 16)
	var mu sync.Mutex
	var g *Gateway
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		gateway := g
		mu.Unlock()
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		events, err := gateway.ParsePush(r, body.Bytes())
		if err != nil {
			refused <- err
			w.WriteHeader(http.StatusForbidden)
			return
		}
		for _, e := range events {
			arrived <- e
		}
		_, _ = io.WriteString(w, "success")
	}))
	t.Cleanup(server.Close)
	c := newCounty(t, func(s *sandbox.Config) {
		s.Push = sandbox.Push{URL: server.URL, Token: pushToken, AESKey: pushKey}
	})
	mu.Lock()
	g = c.Gateway
	mu.Unlock()
	_, openID := c.code("resident-wang")

	c.accept("resident-wang", "reply")
	if e := <-arrived; e.OpenID != openID || e.Detail != (SubscribeChoice{"reply", "accept"}) {
		t.Errorf("got %+v", e)
	}
	id, err := c.SendSubscribe(ctx, reply(openID))
	if err != nil {
		t.Fatal(err)
	}
	if e := <-arrived; e.Detail != (SubscribeOutcome{"reply", id, "0", "success"}) {
		t.Errorf("got %+v", e)
	}
	c.control("POST", "/authorizations/revocation", `{"persona":"resident-wang"}`)
	if e := <-arrived; e.Name != EventRevoked || e.OpenID != openID {
		t.Errorf("got %+v", e)
	}
	c.fault("push", `"kind":"malformed","variant":"duplicate","count":1`)
	c.accept("resident-wang", "news")
	if first, second := <-arrived, <-arrived; first.DedupeKey != second.DedupeKey {
		t.Errorf("a repetition has another key: %+v, %+v", first, second)
	}
	for _, variant := range []string{"bad_signature", "plaintext"} {
		c.fault("push", `"kind":"malformed","variant":"`+variant+`","count":1`)
		c.accept("resident-wang", "redemption")
		for range 3 { // the sandbox damages every try
			if err := <-refused; !errors.Is(err, ErrPushRefused) {
				t.Errorf("%s: %v", variant, err)
			}
		}
	}
	c.fault("push", `"kind":"malformed","variant":"text_time","count":1`)
	c.accept("resident-wang", "reminder")
	// The fifth tap at one moment is told four seconds on: no two share a second.
	if e := <-arrived; !e.At.Equal(c.clock.now().Truncate(time.Second).Add(4 * time.Second)) {
		t.Errorf("at %v", e.At)
	}
}
