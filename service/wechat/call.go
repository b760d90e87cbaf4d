package wechat

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// repeats says when a call may be made a second time. One that found no
// connection may always: nothing was sent.
type repeats int

const (
	never    repeats = iota // a second one could be a second message
	whenBusy                // WeChat said that it was too busy to do it
	always                  // asking twice changes nothing
)

// api is one of WeChat's calls. Its name is what metrics and logs show.
type api struct {
	name, path string
	repeats    repeats
}

var (
	stableToken   = api{"stable_token", "/cgi-bin/stable_token", always}
	code2Session  = api{"jscode2session", "/sns/jscode2session", whenBusy}
	phoneNumber   = api{"getuserphonenumber", "/wxa/business/getuserphonenumber", whenBusy}
	textCheck     = api{"msg_sec_check", "/wxa/msg_sec_check", always}
	mediaCheck    = api{"media_check_async", "/wxa/media_check_async", always}
	codePicture   = api{"getwxacodeunlimit", "/wxa/getwxacodeunlimit", always}
	urlLink       = api{"generate_urllink", "/wxa/generate_urllink", always}
	subscribeSend = api{"subscribe_send", "/cgi-bin/message/subscribe/send", never}
)

func (a api) classWhenBusy() Class {
	if a.repeats == never {
		return ClassUnknown // "busy" has been seen on messages that arrived
	}
	return ClassRetry
}

func (a api) classWhenLost() Class {
	if a.repeats == always {
		return ClassRetry
	}
	return ClassUnknown
}

// answer is what every reply of WeChat has in common.
type answer struct {
	Code   int64
	Msg    string
	Stated bool // the reply has an errcode
}

// request makes one exchange. Its error says that there was no readable answer.
type request func(ctx context.Context) (answer, error)

// Waits between tries, each longer or shorter by up to a quarter.
var pauses = []time.Duration{200 * time.Millisecond, 600 * time.Millisecond}

// call makes the request, and again where that may be done and can help. The
// private values never show in the error.
func (g *Gateway) call(ctx context.Context, a api, do request, private ...string) error {
	for try := 0; ; try++ {
		failed := g.exchange(ctx, a, do, private)
		if failed == nil {
			return nil
		}
		if try == len(pauses) || !worthRepeating(failed) || g.cfg.Wait(ctx, jittered(pauses[try])) != nil {
			return failed
		}
	}
}

// worthRepeating: a rate limit is over in a minute, not in a second.
func worthRepeating(e *Error) bool {
	return e.Class == ClassRetry && e.Code != codeTooOften
}

func jittered(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2) //nolint:gosec // spreading tries is no secret
}

// callWithToken is call with an access token. A token class answer is certain
// not to have done anything, so even a message is sent again, once.
func (g *Gateway) callWithToken(ctx context.Context, a api, do func(ctx context.Context, token string) (answer, error), private ...string) error {
	token, err := g.tokens.Get(ctx)
	if err != nil {
		return err
	}
	with := func(token string) error {
		return g.call(ctx, a, func(ctx context.Context) (answer, error) { return do(ctx, token) }, append(private, token)...)
	}
	if err = with(token); ClassOf(err) != ClassToken {
		return err
	}
	if token, err = g.tokens.Renew(ctx, token); err != nil {
		return err
	}
	return with(token)
}

func (g *Gateway) exchange(ctx context.Context, a api, do request, private []string) *Error {
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Timeout)
	defer cancel()
	x := &exchange{line: g.line}
	began := g.now()
	got, err := do(x.in(ctx))
	failed := g.judge(a, x, got, err, private)
	code := int64(0)
	if failed != nil {
		code = failed.Code
	}
	g.cfg.Observe(a.name, code, g.now().Sub(began))
	return failed
}

// judge turns what came back into nil or an Error. An errcode counts even
// beside an err: the SDK reports both for the same answer.
func (g *Gateway) judge(a api, x *exchange, got answer, err error, private []string) *Error {
	hide := append([]string{g.cfg.Secret}, private...)
	switch {
	case got.Code != 0:
		return &Error{API: a.name, Code: got.Code, Msg: redact(got.Msg, hide...), RID: ridIn(got.Msg), Class: classOf(a, got.Code)}
	case err == nil:
		return nil
	}
	e := &Error{API: a.name, Code: NoCode, Msg: redact(x.story(err), hide...), Class: a.classWhenLost(), cause: contextCause(err)}
	if !x.connected.Load() {
		e.Class = ClassRetry
	}
	return e
}

// story tells what happened on the wire, without the URL.
func (x *exchange) story(err error) string {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err
	}
	status := x.status.Load()
	switch {
	case !x.connected.Load():
		return "not sent: " + err.Error()
	case status == 0:
		return "no answer: " + err.Error()
	case status != http.StatusOK:
		return fmt.Sprintf("HTTP status %d", status)
	default:
		return "unreadable answer: " + err.Error()
	}
}

func contextCause(err error) error {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return nil
}

// post sends body as JSON and reads the answer into reply, a pointer to a struct.
func post(ctx context.Context, a api, token string, body, reply any) (answer, error) {
	text, err := util.PostJSONContext(ctx, wechatHost+a.path+"?access_token="+url.QueryEscape(token), body)
	if err != nil {
		return answer{}, err
	}
	return decode(text, reply)
}
