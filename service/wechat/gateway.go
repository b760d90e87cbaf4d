// Package wechat is the only code that speaks WeChat.
//
// Everything leaves through one Gateway: sign-in, phone numbers, the text
// check, mini-program codes, subscribe messages; what WeChat pushes to us comes in through
// ParsePush. The rules it keeps:
//
//   - The token is WeChat's stable token, kept in memory, then in the shared
//     cache, then asked for. The cache may be empty, wrong or gone: it saves
//     calls, it holds no fact. A token that WeChat refuses is thrown away only
//     if nobody replaced it meanwhile, and the call is repeated once.
//   - A call is repeated only when repeating cannot do harm. A subscribe
//     message has no key on WeChat's side, so after a lost, late or unreadable
//     answer it counts as perhaps sent and is never sent again.
//   - What WeChat draws is taken only if it is a picture: an error comes with the same status.
//   - Silence is never consent: a text check that is slow, broken or unclear
//     says review.
//   - No secret, token, code, session key or openid appears in an error or a
//     log line. The session key of a sign-in does not leave this package.
//   - Every call has a deadline, a bounded answer, follows no redirect and goes
//     to one host. The sandbox is that same code with another host.
//
// The SDK is used where it takes a context (sign-in, the stable token, POST,
// signature and decryption); its other calls cannot be cancelled and drop what
// an answer says, so they are made here.
package wechat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"time"

	"github.com/silenceper/wechat/v2/miniprogram/auth"
	"github.com/silenceper/wechat/v2/miniprogram/config"
	mpcontext "github.com/silenceper/wechat/v2/miniprogram/context"
)

const (
	wechatHost       = "https://api.weixin.qq.com"
	defaultTimeout   = 8 * time.Second
	textCheckTimeout = 2 * time.Second
)

// Config is one mini-program. It prints as its AppID only.
type Config struct {
	AppID, Secret string

	// BaseURL replaces WeChat's host for every call, as in http://127.0.0.1:8081
	// for the sandbox. Empty means WeChat itself.
	BaseURL string

	// MiniProgramState says which release a message opens: formal (the default),
	// trial or developer.
	MiniProgramState string

	// PushToken signs what WeChat pushes to us; without it every push is refused.
	// With PushAESKey (43 characters) only encrypted pushes are accepted.
	PushToken, PushAESKey string

	// Timeout bounds each call, 8 s by default. The whole text check has 2 s at most.
	Timeout time.Duration

	// Observe, when set, is told of every answer: the API, WeChat's errcode (0 is
	// success, NoCode no readable answer) and how long it took.
	Observe func(api string, code int64, d time.Duration)

	// Wait pauses between tries and returns early with an error when ctx ends.
	// Nil waits on the real clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// String keeps the secrets out of anything that prints a Config.
func (c Config) String() string { return "wechat app " + c.AppID }

// GoString does the same for %#v.
func (c Config) GoString() string { return c.String() }

// LogValue does the same for structured logs.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Gateway speaks for one mini-program. It is safe for concurrent use.
type Gateway struct {
	cfg    Config
	line   *line
	auth   *auth.Auth
	tokens *tokenSource
	now    func() time.Time
	log    *slog.Logger
	end    context.CancelFunc
}

// New makes a gateway. It asks WeChat for nothing yet; a wrong configuration is
// reported all at once.
func New(cfg Config, cache TokenCache, now func() time.Time, log *slog.Logger) (*Gateway, error) {
	cfg = withDefaults(cfg)
	if err := cfg.problems(); err != nil {
		return nil, err
	}
	if cache == nil || now == nil || log == nil {
		return nil, errors.New("wechat: cache, clock and log are needed")
	}
	line, err := newLine(cfg.BaseURL, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	installSwitchboard()
	life, end := context.WithCancel(context.Background())
	g := &Gateway{cfg: cfg, line: line, now: now, log: log, end: end}
	g.auth = auth.NewAuth(&mpcontext.Context{Config: &config.Config{AppID: cfg.AppID, AppSecret: cfg.Secret}})
	g.tokens = newTokenSource(life, cfg, g.tokenFetcher(), cache, now, log)
	return g, nil
}

// Close ends a token request under way and closes idle connections. Calls after it fail.
func (g *Gateway) Close() {
	g.end()
	g.tokens.close()
	g.line.closeIdle()
}

func withDefaults(cfg Config) Config {
	if cfg.BaseURL == "" {
		cfg.BaseURL = wechatHost
	}
	if cfg.MiniProgramState == "" {
		cfg.MiniProgramState = "formal"
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Observe == nil {
		cfg.Observe = func(string, int64, time.Duration) {}
	}
	if cfg.Wait == nil {
		cfg.Wait = waitForReal
	}
	return cfg
}

// The SDK pastes both into URLs without escaping.
var plainWord = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)

func (c Config) problems() error {
	var found []error
	if !plainWord.MatchString(c.AppID) {
		found = append(found, errors.New("wechat: AppID is missing or has characters an AppID cannot have"))
	}
	if !plainWord.MatchString(c.Secret) {
		found = append(found, errors.New("wechat: the secret is missing or has characters a secret cannot have"))
	}
	if _, err := baseURL(c.BaseURL); err != nil {
		found = append(found, err)
	}
	switch c.MiniProgramState {
	case "formal", "trial", "developer":
	default:
		found = append(found, fmt.Errorf("wechat: MiniProgramState %q is none of formal, trial, developer", c.MiniProgramState))
	}
	return errors.Join(append(found, pushKeyProblem(c.PushToken, c.PushAESKey))...)
}

func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") ||
		(u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return nil, errors.New("wechat: BaseURL must be http(s)://host[:port] and nothing else")
	}
	return u, nil
}

func waitForReal(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
