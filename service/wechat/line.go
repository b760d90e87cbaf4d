package wechat

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// The SDK has one HTTP client for the whole process, a package variable without
// a time-out. It is replaced once, by a client that finds in the request's
// context which gateway is speaking. Several gateways, to several hosts, live
// side by side; an SDK call outside a gateway goes nowhere.
var installSwitchboard = sync.OnceFunc(func() {
	util.DefaultHTTPClient = &http.Client{
		Transport:     switchboard{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
})

type switchboard struct{}

func (switchboard) RoundTrip(req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	switch {
	case !ok:
		return nil, refuse(req, errOutside)
	case req.URL.Scheme+"://"+req.URL.Host != wechatHost:
		return nil, refuse(req, errOtherHost)
	}
	return x.line.roundTrip(req, x)
}

var (
	errOutside   = errors.New("a call outside the gateway")
	errOtherHost = errors.New("only " + wechatHost + " is called")
)

// refuse closes the body, as a RoundTripper must whatever happens.
func refuse(req *http.Request, why error) error {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return why
}

type exchangeKey struct{}

// exchange is one request to WeChat and what the wire learnt about it. The
// SDK's error texts are not read: they quote the URL.
type exchange struct {
	line      *line
	connected atomic.Bool  // false: certainly nothing was sent
	status    atomic.Int64 // 0: no answer
}

func (x *exchange) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// maxAnswer is far above any JSON answer. The SDK reads without a limit.
const maxAnswer = 1 << 20

// line is the way to one host.
type line struct {
	target    *url.URL
	transport *http.Transport
}

func newLine(base string, timeout time.Duration) (*line, error) {
	target, err := baseURL(base)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: min(3*time.Second, timeout), KeepAlive: 30 * time.Second}
	return &line{target: target, transport: &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialer.Timeout,
		ResponseHeaderTimeout:  timeout,
		IdleConnTimeout:        time.Minute,
		MaxIdleConnsPerHost:    32,
		MaxResponseHeaderBytes: 64 << 10,
	}}, nil
}

func (l *line) closeIdle() { l.transport.CloseIdleConnections() }

// roundTrip sends to the target what the SDK means for WeChat.
func (l *line) roundTrip(req *http.Request, x *exchange) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { x.connected.Store(true) },
	})
	out := req.Clone(ctx)
	out.URL.Scheme, out.URL.Host, out.Host = l.target.Scheme, l.target.Host, ""
	resp, err := l.transport.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	x.status.Store(int64(resp.StatusCode))
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxAnswer)
	return resp, nil
}
