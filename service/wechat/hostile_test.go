package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"jinlin/model/fault"
)

// outcome of the four calls under one and the same bad answer.
type outcomes struct {
	login, phone, send error
	verdict            Verdict
}

func (b *bench) tryAll() (o outcomes) {
	ctx := context.Background()
	_, o.login = b.Login(ctx, plantedCode)
	_, o.phone = b.Phone(ctx, plantedCode, plantedOpenID)
	_, o.send = b.SendSubscribe(ctx, SubscribeMessage{OpenID: plantedOpenID, TemplateID: "reply"})
	o.verdict = b.CheckText(ctx, TextCheck{OpenID: plantedOpenID, Scene: SceneForum, Text: "3号楼电梯又停了"})
	return o
}

func (o outcomes) texts() []string {
	var all []string
	for _, err := range []error{o.login, o.phone, o.send} {
		all = append(all, err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err))
		for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
			all = append(all, inner.Error(), fmt.Sprintf("%#v", inner))
		}
	}
	return all
}

// checkRefused: a person hears "unavailable", a text waits for a person, and the
// message may have been sent unless its class says otherwise.
func (b *bench) checkRefused(t *testing.T, send Class) {
	t.Helper()
	o := b.tryAll()
	for _, err := range []error{o.login, o.phone} {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want %v", err, ErrUnavailable)
		}
	}
	if got := ClassOf(o.send); got != send {
		t.Errorf("sending is %s (%v), want %s", got, o.send, send)
	}
	if o.verdict.Suggest != Review {
		t.Errorf("the verdict is %s, want review", o.verdict.Suggest)
	}
	texts := append(o.texts(), b.diary.String())
	keepsSecrets(t, texts...)
	for _, text := range texts {
		if strings.Contains(text, "/cgi-bin/") || strings.Contains(text, "/sns/") {
			t.Errorf("the URL shows in %q", text)
		}
	}
}

func TestAnswersThatSayNothing(t *testing.T) {
	t.Parallel()
	echo := `{"errcode":"what","errmsg":"` + strings.Join(planted, " ") + `"}`
	bodies := map[string]string{
		"empty": ``, "object": `{}`, "null": `null`, "list": `[]`, "text": `"ok"`, "number": `0`,
		"html": `<html><body>502 Bad Gateway</body></html>`, "truncated": `{"errcode":0,"errmsg":"o`,
		"other fields": `{"status":"fine"}`, "code of another kind": `{"errcode":{},"errmsg":"ok"}`,
		"not a code": echo, "fraction": `{"errcode":0.5}`,
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, says(body))
			newBench(t, s.URL).checkRefused(t, ClassUnknown)
			if n := s.count(subscribeSend); n != 1 {
				t.Errorf("the message was sent %d times", n)
			}
		})
	}
}

func TestStatusesThatAreNotOK(t *testing.T) {
	t.Parallel()
	for _, status := range []int{201, 302, 307, 400, 404, 429, 500, 502, 504} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			s := newStation(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == stableToken.path {
					says("")(w, r)
					return
				}
				w.Header().Set("Location", "/elsewhere?"+r.URL.RawQuery)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","msgid":1}`)
			})
			newBench(t, s.URL).checkRefused(t, ClassUnknown)
			if n := s.calls["/elsewhere"]; n != 0 {
				t.Errorf("a redirect was followed %d times", n)
			}
		})
	}
}

func TestConnectionsThatBreak(t *testing.T) {
	t.Parallel()
	breaks := map[string]http.HandlerFunc{
		"before the answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"within the answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"errcode":0,"msgid":1}`)
			panic(http.ErrAbortHandler)
		},
		"too late": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client has gone
			<-r.Context().Done()
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"errcode":0,"msgid":1,"padding":"%s"}`, strings.Repeat("x", maxAnswer))
		},
	}
	for name, hang := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == stableToken.path {
					says("")(w, r)
					return
				}
				hang(w, r)
			})
			b := newBench(t, s.URL, func(c *Config) { c.Timeout = 300 * time.Millisecond })
			b.checkRefused(t, ClassUnknown)
			if n := s.count(subscribeSend); n != 1 {
				t.Errorf("the message was sent %d times", n)
			}
		})
	}
}

// A message that found no connection was certainly not sent: it may wait.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	newBench(t, gone.URL).checkRefused(t, ClassRetry)

	b := newBench(t, gone.URL)
	b.tokens.remember(issued{token: plantedToken, until: b.clock.now().Add(time.Hour)}, "")
	if b.checkRefused(t, ClassRetry); len(b.pauses) != 4*len(pauses) {
		t.Errorf("%d pauses: each call was worth repeating", len(b.pauses))
	}
}

// The token could not be had: whatever needed it was not sent.
func TestTokenCallFails(t *testing.T) {
	t.Parallel()
	answers := map[string]Class{
		`{}`: ClassRetry, `null`: ClassRetry, `<html>`: ClassRetry, `{"access_token":"","expires_in":7200}`: ClassRetry,
		`{"access_token":"` + plantedToken + `"}`:                               ClassRetry,
		`{"errcode":-1,"errmsg":"system error"}`:                                ClassRetry,
		`{"errcode":45009,"errmsg":"reach max api daily quota limit"}`:          ClassQuota,
		`{"errcode":40001,"errmsg":"invalid credential ` + plantedSecret + `"}`: ClassConfig,
		`{"errcode":40164,"errmsg":"invalid ip 10.0.0.1, not in whitelist"}`:    ClassConfig,
	}
	for body, class := range answers {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			b := newBench(t, s.URL)
			_, err := b.SendSubscribe(context.Background(), SubscribeMessage{OpenID: plantedOpenID})
			if ClassOf(err) != class || s.count(subscribeSend) != 0 {
				t.Errorf("%s after %d sends (%v), want %s after none", ClassOf(err), s.count(subscribeSend), err, class)
			}
			keepsSecrets(t, err.Error(), b.diary.String())
		})
	}
}

func TestWeChatEchoesSecrets(t *testing.T) {
	t.Parallel()
	s := newStation(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == stableToken.path {
			says("")(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		said := strings.NewReplacer(`"`, `'`, "\n", " ").Replace(r.URL.RawQuery + " " + string(body))
		_, _ = fmt.Fprintf(w, `{"errcode":40013,"errmsg":"%s session_key=%s rid: 6a0f1c2d-1b2c3d4e-5f607182"}`, said, plantedSessionKey)
	})
	b := newBench(t, s.URL)
	b.checkRefused(t, ClassConfig)
	_, err := b.Login(context.Background(), plantedCode)
	var e *Error
	if !errors.As(err, &e) || e.Code != 40013 {
		t.Errorf("got %v, want 40013 beneath it", err)
	}
}

func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	s := newStation(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == stableToken.path {
			says("")(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	b := newBench(t, s.URL)
	_, err := b.SendSubscribe(ctx, SubscribeMessage{OpenID: plantedOpenID})
	if ClassOf(err) != ClassUnknown || !errors.Is(err, context.Canceled) {
		t.Errorf("given up under way: %v", err)
	}
	if _, err = b.SendSubscribe(ctx, SubscribeMessage{OpenID: plantedOpenID}); ClassOf(err) != ClassRetry {
		t.Errorf("given up before it began: %v", err)
	}
	if n := s.count(subscribeSend); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestOneHostOnly(t *testing.T) {
	t.Parallel()
	s := newStation(t, says(`{"errcode":0}`))
	b := newBench(t, s.URL)
	if _, err := util.HTTPGet("https://api.weixin.qq.com/cgi-bin/x"); !errors.Is(err, errOutside) {
		t.Errorf("outside a gateway: %v", err)
	}
	for _, address := range []string{"https://api.weixin.qq.com.evil.test/", "http://api.weixin.qq.com/", s.URL} {
		ctx := (&exchange{line: b.line}).in(context.Background())
		if _, err := util.HTTPGetContext(ctx, address); !errors.Is(err, errOtherHost) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(s.calls) != 0 {
		t.Errorf("something was called: %v", s.calls)
	}
}

func TestGatewaysSideBySide(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			want := fmt.Sprintf("openid-%d", i)
			b := newBench(t, newStation(t, says(`{"openid":"`+want+`","session_key":"k"}`)).URL)
			for range 20 {
				if who, err := b.Login(context.Background(), "code"); err != nil || who.OpenID != want {
					t.Fatalf("got %v, %v", who, err)
				}
			}
		})
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	type seen struct {
		api  string
		code int64
	}
	var all []seen
	answers := []string{`{"errcode":-1,"errmsg":"busy"}`, `null`}
	s := newStation(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, answers[0])
		answers = answers[1:]
	})
	b := newBench(t, s.URL, func(c *Config) {
		c.Observe = func(api string, code int64, _ time.Duration) { all = append(all, seen{api, code}) }
	})
	_, err := b.Login(context.Background(), "code")
	if fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if fmt.Sprint(all) != fmt.Sprintf("[{jscode2session -1} {jscode2session %d}]", NoCode) {
		t.Errorf("observed %v", all)
	}
}
