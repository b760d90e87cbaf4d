package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestOpenIDIsAFunctionOfThePersona(t *testing.T) {
	t.Parallel()
	id := OpenID("resident-wang")
	if len(id) != 28 || id[0] != 'o' || id != OpenID("resident-wang") || id == OpenID("resident-li") {
		t.Errorf("%q", id)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	first, second := b.login(b.loginCode("wang")), b.login(b.loginCode("wang"))
	if first.text("openid") != OpenID("wang") || first.Header().Get("Content-Type") != "text/plain" {
		t.Errorf("%s %v", first.Body, first.Header())
	}
	key, err := base64.StdEncoding.DecodeString(first.text("session_key"))
	if err != nil || len(key) != 16 || first.text("session_key") == second.text("session_key") {
		t.Errorf("session keys %q, %q", first.text("session_key"), second.text("session_key"))
	}
	if _, has := first.values["unionid"]; has {
		t.Error("an app without an Open Platform account gave a unionid")
	}
	bound := begin(t, Config{OpenPlatform: true})
	if union := bound.login(bound.loginCode("wang")).text("unionid"); len(union) != 28 || union == OpenID("wang") {
		t.Errorf("unionid %q", union)
	}
}

// A refused attempt must not use the code up.
func TestCodeSurvivesAWrongSecret(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	code := b.loginCode("wang")
	wantCode(t, b.do("GET", strings.Replace(b.loginTarget(code), DemoSecret, "x", 1), ""), 40125)
	wantCode(t, b.login(code), 0)
}

func TestFiftyPresentOneCode(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	code := b.loginCode("wang")
	codes := make([]int, 50)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() { codes[i] = b.login(code).errcode() })
	}
	all.Wait()
	count := map[int]int{}
	for _, c := range codes {
		count[c]++
	}
	if count[0] != 1 || count[40163] != 49 {
		t.Errorf("%v", count)
	}
}

func TestLoginsAreCountedByTheMinute(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for range 100 {
		wantCode(t, b.login(b.loginCode("wang")), 0)
	}
	code := b.loginCode("wang")
	wantCode(t, b.login(code), 45011)
	wantCode(t, b.login(b.loginCode("li")), 0)
	b.clock.pass(time.Minute)
	wantCode(t, b.login(code), 0)
}

func TestPhoneNumber(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	a := b.post(phonePath, map[string]any{"code": b.phoneCode("wang"), "openid": OpenID("wang")})
	want := fmt.Sprintf(`{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"13900000001","purePhoneNumber":"13900000001",`+
		`"countryCode":"86","watermark":{"timestamp":%d,"appid":"%s"}}}`, b.clock.Now().Unix(), DemoAppID)
	if a.Body.String() != want {
		t.Errorf("got  %s\nwant %s", a.Body, want)
	}
}

func TestStableTokenIsShared(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	first := b.token()
	b.clock.pass(tokenLife - 5*time.Minute)
	a := b.do("POST", "/cgi-bin/stable_token", stableBody)
	if a.text("access_token") != first || a.values["expires_in"] != json.Number("300") {
		t.Fatalf("five minutes before the end: %s", a.Body)
	}
	b.clock.pass(time.Second)
	next := b.token()
	if next == first {
		t.Fatal("the last five minutes did not bring a new token")
	}
	for _, token := range []string{first, next} {
		wantCode(t, b.do("POST", sendPath+"?access_token="+token, "{}"), 40003)
	}
}

func TestForcedRefresh(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	forced := b.do("POST", "/cgi-bin/stable_token", forceBody).text("access_token")
	b.clock.pass(29 * time.Second)
	if again := b.do("POST", "/cgi-bin/stable_token", forceBody).text("access_token"); again != forced {
		t.Error("refreshed again within 30 seconds")
	}
	b.clock.pass(time.Second)
	if again := b.do("POST", "/cgi-bin/stable_token", forceBody).text("access_token"); again == forced {
		t.Error("not refreshed after 30 seconds")
	}
}

func TestTokenFamiliesLeaveEachOtherAlone(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	stable := b.token()
	first := b.do("GET", ordinaryTarget, "").text("access_token")
	second := b.do("GET", ordinaryTarget, "").text("access_token")
	if len(first) != tokenLength || first == second {
		t.Fatalf("%q, %q", first, second)
	}
	b.clock.pass(5*time.Minute - time.Second)
	for _, token := range []string{stable, first, second} {
		wantCode(t, b.do("POST", sendPath+"?access_token="+token, "{}"), 40003)
	}
	b.clock.pass(time.Second)
	wantCode(t, b.do("POST", sendPath+"?access_token="+first, "{}"), 40001)
	wantCode(t, b.do("POST", sendPath+"?access_token="+stable, "{}"), 40003)
}

func TestGrantsAreTakenBySuccessOnly(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.accept("wang", "news")
	b.accept("wang", "news")
	for _, want := range []int{0, 0, 43101} {
		wantCode(t, b.post(sendPath, news("wang")), want)
	}
	b.control("PUT", "/templates/news", `{"fields":["thing1","thing2","date3"],"longTerm":true}`)
	wantCode(t, b.post(sendPath, news("wang")), 43101)
	b.accept("wang", "news")
	for range 3 {
		wantCode(t, b.post(sendPath, news("wang")), 0)
	}
	if n := len(b.messages("wang")); n != 5 {
		t.Errorf("%d messages", n)
	}
}

// Five senders and three grants: three messages, each with its own id.
func TestSendersRaceForGrants(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for range 3 {
		b.accept("wang", "news")
	}
	var mu sync.Mutex
	ids, refused := map[any]bool{}, 0
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			a := b.post(sendPath, news("wang"))
			mu.Lock()
			defer mu.Unlock()
			if a.errcode() == 43101 {
				refused++
			} else {
				ids[a.values["msgid"]] = true
			}
		})
	}
	all.Wait()
	if len(ids) != 3 || refused != 2 {
		t.Errorf("%d messages, %d refused", len(ids), refused)
	}
	for id := range ids {
		if n, err := id.(json.Number).Int64(); err != nil || n <= 1<<53 {
			t.Errorf("message id %v", id)
		}
	}
}

// What the SDK sends, empty strings included, is accepted.
func TestMessageAsTheSDKWritesIt(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.accept("wang", "reply")
	a := b.post(sendPath, `{"touser":"`+OpenID("wang")+`","template_id":"reply","page":"","miniprogram_state":"","lang":"",`+
		`"data":{"thing1":{"value":"路灯 <b>&","color":""},"phrase2":{"value":"处理中","color":""},"time3":{"value":"2026-11-22 09:30","color":""}}}`)
	wantCode(t, a, 0)
	m := b.messages("wang")[0].(map[string]any)
	if m["templateId"] != "reply" || m["miniprogramState"] != "formal" || m["lang"] != "zh_CN" ||
		m["data"].(map[string]any)["thing1"].(map[string]any)["value"] != "路灯 <b>&" {
		t.Errorf("%v", m)
	}
}

func TestTextCheck(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.loginCode("wang")
	cases := []struct {
		body map[string]any
		want string
	}{
		{text("wang", "电梯又停了"), "pass"},
		{text("wang", "卖东西【违规】"), "risky"},
		{text("wang", "看不懂【复核】"), "review"},
		{text("wang", "【复核】和【违规】"), "risky"},
		{with(text("wang", "正常"), "title", "【违规】"), "risky"},
		{with(text("wang", "正常"), "nickname", "【复核】"), "review"},
		{with(text("wang", "正常"), "signature", "【违规】"), "pass"},
		{with(with(text("wang", "正常"), "signature", "【违规】"), "scene", 1), "risky"},
		{text("wang", strings.Repeat("长", 2500)), "pass"},
	}
	for i, c := range cases {
		a := b.post(textPath, c.body)
		result, _ := a.values["result"].(map[string]any)
		if result["suggest"] != c.want || a.text("trace_id") == "" {
			t.Errorf("case %d: %s", i, a.Body)
		}
	}
}

// Two hours to the second, and a visit or a login starts them again.
func TestVisitRule(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{Personas: []Persona{{"li", "李阿姨"}}})
	wantCode(t, b.post(textPath, text("li", "好")), 61010)
	code := b.loginCode("wang")
	b.clock.pass(4 * time.Minute)
	wantCode(t, b.login(code), 0)
	b.clock.pass(2 * time.Hour)
	wantCode(t, b.post(textPath, text("wang", "好")), 0)
	b.clock.pass(time.Second)
	wantCode(t, b.post(textPath, text("wang", "好")), 61010)
	b.control("POST", "/visits", `{"persona":"wang"}`)
	wantCode(t, b.post(textPath, text("wang", "好")), 0)
}

func TestCodePicture(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	a := b.post(picturePath, `{"scene":"a=42","page":"pages/activity/detail"}`)
	picture, err := jpeg.Decode(bytes.NewReader(a.Body.Bytes()))
	if err != nil || picture.Bounds().Dx() != 430 || a.Header().Get("Content-Type") != "image/jpeg" {
		t.Fatalf("%v %v", err, a.Header())
	}
	other := b.post(picturePath, `{"scene":"a=43"}`)
	if bytes.Equal(a.Body.Bytes(), other.Body.Bytes()) {
		t.Error("two scenes, one picture")
	}
	a = b.post(picturePath, `{"scene":"a","page":"any/page","check_path":false,"is_hyaline":true,"width":280}`)
	if _, err := png.Decode(a.Body); err != nil || a.Header().Get("Content-Type") != "image/png" {
		t.Errorf("%v %v", err, a.Header())
	}
}

func TestURLLink(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	a := b.post(linkPath, `{"path":"/pages/news/detail","query":"id=1","expire_type":1,"expire_interval":30}`)
	if !strings.HasPrefix(a.text("url_link"), "https://wxaurl.cn/") {
		t.Errorf("%s", a.Body)
	}
	wantCode(t, b.post(linkPath, fmt.Sprintf(`{"expire_type":0,"expire_time":%d}`, b.clock.Now().Unix()+60)), 0)
}

func TestQuota(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.loginCode("wang")
	used := func() any {
		a := b.post("/cgi-bin/openapi/quota/get", `{"cgi_path":"/wxa/msg_sec_check"}`)
		wantCode(t, a, 0)
		return a.values["quota"].(map[string]any)["used"]
	}
	b.post(textPath, text("wang", "好"))
	b.post(textPath, text("wang", "好"))
	if n := used(); n != json.Number("2") {
		t.Errorf("used %v", n)
	}
	b.post("/cgi-bin/clear_quota", map[string]any{"appid": DemoAppID})
	if n := used(); n != json.Number("0") {
		t.Errorf("used %v after clearing", n)
	}
	b.post(textPath, text("wang", "好"))
	b.clock.pass(14*time.Hour + 30*time.Minute) // midnight in Beijing
	if n := used(); n != json.Number("0") {
		t.Errorf("used %v on the next day", n)
	}
}

func TestOfficialAccount(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	published, sent := b.draft(), b.draft()
	p := b.official(publishPath, map[string]any{"media_id": published})
	id := p.values["publish_id"]
	for _, want := range []string{"1", "0"} {
		a := b.official(lookPath, map[string]any{"publish_id": id})
		if a.values["publish_status"] != json.Number(want) {
			t.Errorf("status, want %s: %s", want, a.Body)
		}
	}
	wantCode(t, b.official(massPath, massOf(sent, "news-1")), 0)
	b.draft()
	account := b.control("GET", "/official-account", "").values
	for part, want := range map[string]int{"drafts": 1, "publications": 1, "massSends": 1} {
		if n := len(account[part].([]any)); n != want {
			t.Errorf("%d %s, want %d", n, part, want)
		}
	}
}

// A push over a large county must not wait for its test double.
func TestAThousandSendsAreFast(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{DataDir: t.TempDir()})
	token := b.token()
	for i := range 1000 {
		b.accept(fmt.Sprintf("resident-%d", i), "news")
	}
	start := time.Now()
	for i := range 1000 {
		persona := fmt.Sprintf("resident-%d", i)
		wantCode(t, b.do("POST", sendPath+"?access_token="+token, quote(news(persona))), 0)
	}
	took := time.Since(start)
	t.Logf("1,000 sends with a journal: %v", took)
	if took > 3*time.Second {
		t.Errorf("1,000 sends took %v", took)
	}
}

func BenchmarkSend(t *testing.B) {
	b := begin(t, Config{DataDir: t.TempDir()})
	b.control("PUT", "/templates/news", `{"fields":["thing1","thing2","date3"],"longTerm":true}`)
	b.accept("wang", "news")
	target, body := sendPath+"?access_token="+b.token(), quote(news("wang"))
	for t.Loop() {
		wantCode(t, b.do("POST", target, body), 0)
	}
}
