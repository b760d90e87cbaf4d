package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// endpoint is one call of WeChat.
type endpoint struct {
	path   string
	method string
	token  accountKind // whose access token it takes; noToken for calls that carry their own credentials
	daily  int         // calls an account may make a day; 0 where no quota is published
	plain  bool        // answers JSON as text/plain
	wrong  int         // the errcode for the other method
	serve  func(*Sandbox, *call) (any, error)
}

// endpoints is the part of WeChat that the sandbox plays.
func endpoints() []endpoint {
	get := func(path string, daily int, serve func(*Sandbox, *call) (any, error)) endpoint {
		return endpoint{path: path, method: http.MethodGet, daily: daily, wrong: 43001, serve: serve}
	}
	post := func(path string, token accountKind, daily int, serve func(*Sandbox, *call) (any, error)) endpoint {
		return endpoint{path: path, method: http.MethodPost, token: token, daily: daily, wrong: 43002, serve: serve}
	}
	login := get("/sns/jscode2session", 0, (*Sandbox).codeToSession)
	login.plain = true
	textCheck := post("/wxa/msg_sec_check", miniProgram, 2_000_000, (*Sandbox).checkText)
	textCheck.wrong = 43302
	return []endpoint{
		login,
		textCheck,
		get("/cgi-bin/token", 2_000, (*Sandbox).ordinaryToken),
		post("/cgi-bin/stable_token", noToken, 500_000, (*Sandbox).stableToken),
		post("/wxa/business/getuserphonenumber", miniProgram, 0, (*Sandbox).phoneNumber),
		post("/cgi-bin/message/subscribe/send", miniProgram, 10_000_000, (*Sandbox).sendSubscribe),
		post("/wxa/media_check_async", miniProgram, 200_000, (*Sandbox).checkMedia),
		post("/wxa/getwxacodeunlimit", miniProgram, 0, (*Sandbox).pictureCode),
		post("/wxa/generate_urllink", miniProgram, 500_000, (*Sandbox).urlLink),
		post("/cgi-bin/clear_quota", anyAccount, 0, (*Sandbox).clearQuota),
		post("/cgi-bin/openapi/quota/get", anyAccount, 0, (*Sandbox).quotaOf),
		post("/cgi-bin/draft/add", officialAccount, 1_000, (*Sandbox).addDraft),
		post("/cgi-bin/freepublish/submit", officialAccount, 100, (*Sandbox).publish),
		post("/cgi-bin/freepublish/get", officialAccount, 100_000, (*Sandbox).publication),
		post("/cgi-bin/message/mass/sendall", officialAccount, 100, (*Sandbox).sendToAll),
	}
}

// call is a request that has been read.
type call struct {
	endpoint endpoint
	query    url.Values
	body     *body // of a POST
	account  *account
	now      time.Time
}

// success is how most answers begin.
type success struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

var ok = success{ErrMsg: "ok"}

// reply is a whole HTTP answer, kept back until the faults have had their say.
type reply struct {
	status      int
	contentType string
	body        []byte
}

func (r reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", r.contentType)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // whoever does not listen any more needs no answer
}

// wire serves one call of WeChat, with the faults that are set for it.
func (s *Sandbox) wire(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hit := s.faults.strike(e.path)
		answer := hit.shape(e, func() reply { return s.answer(e, r) })
		waited := s.pause(r, hit.delay)
		if !waited || hit.fault.Kind == kindDropAfter {
			cut(w, answer)
			return
		}
		answer.write(w)
	})
}

// answer does what the call asks for and renders the outcome.
func (s *Sandbox) answer(e endpoint, r *http.Request) reply {
	outcome, err := s.perform(e, r)
	if picture, isPicture := outcome.(codePicture); isPicture && err == nil {
		return picture.draw()
	}
	if err != nil {
		return e.refused(refusalOf(err), s.logRefusal(e, err))
	}
	return e.json(outcome)
}

// perform checks in WeChat's order: the method, the token, the body, the call.
// The body is read before the lock is taken, so a slow sender holds up nobody.
func (s *Sandbox) perform(e endpoint, r *http.Request) (any, error) {
	if r.Method != e.method {
		return nil, refuse(e.wrong)
	}
	c := &call{endpoint: e, query: r.URL.Query()}
	var bodyErr error
	if e.method == http.MethodPost {
		c.body, bodyErr = parseBody(r.Body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	if err := s.admit(c); err != nil {
		return nil, err
	}
	if bodyErr != nil {
		return nil, bodyErr
	}
	return e.serve(s, c)
}

// admit checks the access token and takes one call off the day's quota.
func (s *Sandbox) admit(c *call) error {
	if c.endpoint.token == noToken {
		return nil
	}
	var err error
	if c.account, err = s.accountOf(c.query.Get("access_token"), c.now); err != nil {
		return err
	}
	if c.endpoint.token != anyAccount && c.endpoint.token != c.account.kind {
		return refuse(48001)
	}
	return s.spend(c)
}

// logRefusal leaves a trace for whoever debugs a client, without a word of what
// was sent, and returns the id that the client sees too.
func (s *Sandbox) logRefusal(e endpoint, err error) (rid string) {
	rid = requestID(s.cfg.Now())
	if r := refusalOf(err); r.code == -1 {
		s.log.Error("wechat sandbox is in trouble", "path", e.path, "rid", rid, "error", err)
	} else {
		s.log.Debug("wechat sandbox refused", "path", e.path, "errcode", r.code, "rid", rid)
	}
	return rid
}

func (e endpoint) refused(r *refusal, rid string) reply {
	fields := map[string]any{"errcode": r.code, "errmsg": r.text + " rid: " + rid}
	maps.Copy(fields, r.fields)
	return e.json(fields)
}

func (e endpoint) json(v any) reply {
	contentType := "application/json; encoding=utf-8"
	if e.plain {
		contentType = "text/plain"
	}
	return reply{http.StatusOK, contentType, encode(v)}
}

// encode writes JSON as WeChat does: Chinese and <>& as they are.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // only our own types arrive here
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// unknownCall answers for the calls of WeChat that the sandbox does not play.
func (s *Sandbox) unknownCall(w http.ResponseWriter, r *http.Request) {
	e := endpoint{path: r.URL.Path}
	e.refused(refusalOf(refuse(40066)), requestID(s.cfg.Now())).write(w)
}
