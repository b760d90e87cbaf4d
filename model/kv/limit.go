package kv

import (
	"context"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"golang.org/x/time/rate"
)

// Limiter allows so many uses a minute for each name, over all replicas. Without Redis
// each process counts for itself: less exact, never unlimited.
type Limiter struct {
	client    *Client
	shared    *redis_rate.Limiter
	perMinute int
	prefix    string

	mu    sync.Mutex
	local map[string]*rate.Limiter
	since time.Time
}

// NewLimiter allows perMinute uses a minute.
func (c *Client) NewLimiter(prefix string, perMinute int) *Limiter {
	return &Limiter{client: c, shared: redis_rate.NewLimiter(c.redis), perMinute: perMinute, prefix: prefix, local: map[string]*rate.Limiter{}}
}

// PerMinute is how many uses a minute it allows.
func (l *Limiter) PerMinute() int { return l.perMinute }

// Allow counts one use and says whether it may happen, and if not, when to come again.
func (l *Limiter) Allow(ctx context.Context, name string) (bool, time.Duration) {
	if l.client.isGone() {
		return l.allowHere(name)
	}
	result, err := l.shared.Allow(ctx, "limit:"+l.prefix+":"+name, redis_rate.PerMinute(l.perMinute))
	if err != nil {
		l.client.missed(ctx)
		return l.allowHere(name)
	}
	return result.Allowed > 0, max(result.RetryAfter, 0)
}

// goneFor is how long a client that has found no Redis goes on without asking again. Every
// request is counted, and none shall wait for what the one before has found out.
const goneFor = time.Second

func (c *Client) isGone() bool { return time.Now().UnixNano() < c.gone.Load() }

// missed notes that Redis did not answer, unless it was not given the time to.
func (c *Client) missed(ctx context.Context) {
	if ctx.Err() == nil {
		c.gone.Store(time.Now().Add(goneFor).UnixNano())
	}
}

func (l *Limiter) allowHere(name string) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.since) > 10*time.Minute { // forget whoever has gone
		l.local, l.since = map[string]*rate.Limiter{}, now
	}
	bucket, known := l.local[name]
	if !known {
		bucket = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
		l.local[name] = bucket
	}
	return bucket.Allow(), time.Second
}
