package wechat

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// TokenCache is what processes share: Redis in production. Every error is
// survivable, and so are lost keys; what is asked of WeChat then is one token
// per process instead of one in all.
type TokenCache interface {
	// Get gives "" for an absent key.
	Get(ctx context.Context, key string) (string, error)
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	// SetOnce claims a key for a time and says whether it was free.
	SetOnce(ctx context.Context, key string, ttl time.Duration) (bool, error)
	// DeleteIf forgets a key if it still has that value, in one step.
	DeleteIf(ctx context.Context, key, value string) error
	Delete(ctx context.Context, keys ...string) error
	// Count adds one and gives the sum; the key ends ttl after its first count.
	Count(ctx context.Context, key string, ttl time.Duration) (int64, error)
}

// cacheTimeout keeps a cache that hangs from holding up a call.
const cacheTimeout = 500 * time.Millisecond

// sharedToken is the cache as the token source sees it: every failure is
// logged and then means "nothing there" or "go ahead".
type sharedToken struct {
	cache TokenCache
	key   string // all keys of one app share the part in braces: one slot of a Redis cluster
	hold  time.Duration
	log   *slog.Logger
}

func newSharedToken(appID string, timeout time.Duration, cache TokenCache, log *slog.Logger) sharedToken {
	return sharedToken{cache: cache, key: "wechat:{" + appID + "}:token", hold: timeout + patience, log: log}
}

func (c sharedToken) get(ctx context.Context) issued {
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	text, err := c.cache.Get(ctx, c.key)
	if c.failed("get", err) || text == "" {
		return issued{}
	}
	return parseIssued(text)
}

func (c sharedToken) put(ctx context.Context, t issued, ttl time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	c.failed("set", c.cache.Set(ctx, c.key, t.String(), ttl), t.token)
}

// dropIf removes the shared token if it is the refused one.
func (c sharedToken) dropIf(ctx context.Context, refused string) {
	shared := c.get(ctx)
	if shared.token != refused {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	c.failed("delete", c.cache.DeleteIf(ctx, c.key, shared.String()), refused)
}

// lock is true for the one process that should ask WeChat now, and for all of
// them when the cache does not answer.
func (c sharedToken) lock(ctx context.Context) (unlock func(), ok bool) {
	key := c.key + ":lock"
	short, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	ok, err := c.cache.SetOnce(short, key, c.hold)
	if c.failed("lock", err) {
		return func() {}, true
	}
	return func() {
		// Also when the request was given up: the others are waiting. A request
		// that outlived its lock may free another's, which costs one more request.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cacheTimeout)
		defer cancel()
		c.failed("unlock", c.cache.Delete(ctx, key))
	}, ok
}

func (c sharedToken) failed(step string, err error, private ...string) bool {
	if err != nil {
		c.log.Warn("the shared cache of the WeChat token does not work", "step", step, "error", redact(err.Error(), private...))
	}
	return err != nil
}

const (
	forceSpacing = time.Minute    // WeChat asks for 30 s
	forceWindow  = 24 * time.Hour // WeChat allows 20
	forceMost    = 15
)

// forceGuard keeps forced refreshes within WeChat's allowance, for all processes
// through the cache and for this one also without it.
type forceGuard struct {
	cache sharedToken
	now   func() time.Time

	mu   sync.Mutex
	past []time.Time
}

func (f *forceGuard) allowed(ctx context.Context) bool {
	return f.allowedHere() && f.allowedByAll(ctx)
}

func (f *forceGuard) allowedHere() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	for len(f.past) > 0 && now.Sub(f.past[0]) >= forceWindow {
		f.past = f.past[1:]
	}
	if n := len(f.past); n >= forceMost || n > 0 && now.Sub(f.past[n-1]) < forceSpacing {
		return false
	}
	f.past = append(f.past, now)
	return true
}

func (f *forceGuard) allowedByAll(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	c := f.cache
	first, err := c.cache.SetOnce(ctx, c.key+":forced", forceSpacing)
	if c.failed("force", err) {
		return true
	}
	if !first {
		return false
	}
	n, err := c.cache.Count(ctx, c.key+":forces", forceWindow)
	return c.failed("count", err) || n <= forceMost
}
