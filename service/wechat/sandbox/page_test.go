package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func (b *bench) submit(target string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	return w
}

func (b *bench) contains(target string, wants ...string) {
	b.t.Helper()
	a := b.do("GET", target, "")
	for _, want := range wants {
		if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), want) {
			b.t.Errorf("%s does not show %q: %d %s", target, want, a.Code, a.Body)
		}
	}
}

func TestPagesShowWhatArrived(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{Personas: []Persona{{"resident-wang", "王阿姨（虹桥小区）"}}})
	b.contains("/", "王阿姨（虹桥小区）", "从未", `href="/personas/resident-wang"`)
	b.accept("resident-wang", "news")
	b.accept("resident-wang", "reminder")
	b.loginCode("resident-wang")
	b.contains("/personas/resident-wang", "还没有收到消息", "剩 1 次", "未授权")
	m := news("resident-wang")
	m["data"].(map[string]any)["thing1"] = Value{"<script>x</script>"}
	wantCode(t, b.post(sendPath, m), 0)
	b.post(mediaPath, media("resident-wang"))
	b.clock.pass(3 * time.Minute)
	b.contains("/personas/resident-wang", "党建动态", "标题", "&lt;script&gt;x&lt;/script&gt;", "本周三件事", "3 分钟前",
		"pages/news/detail?id=42", "等待结果")
	b.contains("/", "3 分钟前")
}

func TestPageButtons(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.loginCode("王 a/b?#%")
	page := "/personas/" + url.PathEscape("王 a/b?#%")
	b.contains("/", page[len("/personas/"):])
	w := b.submit(page+"/grants", url.Values{"templateId": {"news"}, "result": {"accept"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != page || b.grantsLeft("王 a/b?#%", "news") != 1 {
		t.Errorf("%d %s", w.Code, w.Header())
	}
	w = b.submit(page+"/codes", nil)
	target := w.Header().Get("Location")
	_, code, _ := strings.Cut(target, "?code=")
	b.contains(target, code, "300 秒后过期")
	wantCode(t, b.login(code), 0)
	b.contains(target, "已使用")
	trace := b.post(mediaPath, media("王 a/b?#%")).text("trace_id")
	b.submit(page+"/media-checks", url.Values{"traceId": {trace}, "suggest": {"risky"}})
	b.contains(page, "违规</span>")
}

func TestPagesOfNobody(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.loginCode("wang")
	if a := b.do("GET", "/personas/nobody", ""); a.Code != http.StatusNotFound || !strings.Contains(a.Body.String(), "没有这个用户") {
		t.Errorf("%d", a.Code)
	}
	for target, want := range map[string]int{
		"/personas/nobody/codes": 404, "/personas/wang/grants": 404, "/personas/wang/media-checks": 404,
	} {
		if w := b.submit(target, nil); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	other := b.loginCode("li")
	if a := b.do("GET", "/personas/wang?code="+other, ""); strings.Contains(a.Body.String(), other) {
		t.Error("a page shows somebody else's code")
	}
}

// Another site may not press the buttons, and the page runs no script at all.
func TestPagesAreSafe(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.loginCode("wang")
	form := url.Values{"templateId": {"news"}, "result": {"accept"}}
	if w := b.submit("/personas/wang/grants", form, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("%d", w.Code)
	}
	a := b.do("GET", "/personas/wang", "")
	policy := a.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
	body := a.Body.String()
	if strings.Contains(body, "<script") || strings.Contains(body, "style=") || !strings.Contains(body, "<style>"+pageCSS+"</style>") {
		t.Errorf("the page is not what its policy allows")
	}
}
