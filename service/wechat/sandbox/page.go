package sandbox

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pages = template.Must(template.Must(template.New("style").Parse(pageCSS)).New("pages").Parse(pageHTML))

// pagePolicy lets a page load nothing and run nothing; its one style sheet is
// known by its hash.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// pageRoutes is the page for people. Its forms are refused when another site
// submits them; the control plane is not, since mini-program tools call it.
func (s *Sandbox) pageRoutes(mux *http.ServeMux) {
	guard := http.NewCrossOriginProtection()
	form := func(pattern string, submit func(*user, url.Values) (url.Values, error)) {
		mux.Handle(pattern, guard.Handler(s.form(submit)))
	}
	mux.HandleFunc("GET /{$}", s.indexPage)
	mux.HandleFunc("GET /personas/{name}", s.personaPage)
	form("POST /personas/{name}/codes", s.submitCode)
	form("POST /personas/{name}/grants", s.submitTap)
	form("POST /personas/{name}/media-checks", s.submitVerdict)
}

func (s *Sandbox) indexPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	view := s.indexView()
	s.mu.Unlock()
	show(w, http.StatusOK, "index", view)
}

func (s *Sandbox) personaPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	u := s.world.users[OpenID(r.PathValue("name"))]
	if u == nil {
		s.mu.Unlock()
		showMissing(w)
		return
	}
	view := s.personaView(u, r.URL.Query().Get("code"))
	s.mu.Unlock()
	show(w, http.StatusOK, "persona", view)
}

// show renders first and sends then, so that half a page is never seen.
func show(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, view); err != nil {
		panic(err) // the templates and their views are ours
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	reply{status, "text/html; charset=utf-8", page.Bytes()}.write(w)
}

func showMissing(w http.ResponseWriter) {
	showTrouble(w, http.StatusNotFound, "没有这个用户", "对这个代号请求一次登录码，用户就会出现。")
}

func showTrouble(w http.ResponseWriter, status int, title, message string) {
	show(w, status, "missing", struct{ Title, Message string }{title, message})
}

const formLimit = 16 << 10

// form does what a button of a persona's page says and goes back to that page.
func (s *Sandbox) form(submit func(*user, url.Values) (url.Values, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, formLimit)
		if err := r.ParseForm(); err != nil {
			showTrouble(w, http.StatusBadRequest, "表单无法读取", "请返回上一页重试。")
			return
		}
		s.mu.Lock()
		u := s.world.users[OpenID(r.PathValue("name"))]
		if u == nil {
			s.mu.Unlock()
			showMissing(w)
			return
		}
		query, err := submit(u, r.PostForm)
		s.mu.Unlock()
		s.finishForm(w, r, u.persona, query, err)
	})
}

func (s *Sandbox) finishForm(w http.ResponseWriter, r *http.Request, persona string, query url.Values, err error) {
	if wrong, isWrong := errors.AsType[*wrongUse](err); isWrong {
		showTrouble(w, wrong.status, "没有完成", "这个按钮对应的内容已经不存在，请返回上一页刷新。")
		return
	}
	if err != nil {
		s.log.Error("wechat sandbox is in trouble", "error", err)
		showTrouble(w, http.StatusInternalServerError, "没有完成", "沙箱无法写入数据目录。")
		return
	}
	target := personaPath(persona)
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

func personaPath(persona string) string { return "/personas/" + url.PathEscape(persona) }

func (s *Sandbox) submitCode(u *user, _ url.Values) (url.Values, error) {
	value, err := s.loginCode(u)
	return url.Values{"code": {value}}, err
}

func (s *Sandbox) submitTap(u *user, form url.Values) (url.Values, error) {
	_, err := s.tapDialog(tapIn{u.persona, form.Get("templateId"), form.Get("result")})
	return nil, err
}

func (s *Sandbox) submitVerdict(u *user, form url.Values) (url.Values, error) {
	_, err := s.decide(form.Get("traceId"), form.Get("suggest"))
	return nil, err
}
