// Package kv keeps what may be lost: sessions' cache, rate limits, WeChat's token and
// wake-ups. go-redis lives here and nowhere else. Losing Redis loses no fact: every
// use has a way to go on without it, and a short time limit.
package kv

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Client is a connection to Redis: one server, Sentinel or Cluster.
type Client struct {
	redis  redis.UniversalClient
	close  func()
	closed sync.Once
	gone   atomic.Int64 // until when Redis counts as gone, in Unix nanoseconds
}

// Open connects to redis://… ("" starts a server inside this process). It does not wait
// for the server to answer: Redis may come later.
func Open(url string) (*Client, error) {
	if url == "" {
		return openEmbedded()
	}
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("kv: the Redis URL must look like redis://user:pass@host:port/0")
	}
	return connect(options, func() {}), nil
}

func connect(o *redis.Options, closeServer func()) *Client {
	return &Client{close: closeServer, redis: redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs: []string{o.Addr}, Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLSConfig,
		// A slow Redis must not slow the service: every use can do without it.
		DialTimeout: 300 * time.Millisecond, DialerRetries: 1, ReadTimeout: 300 * time.Millisecond, WriteTimeout: 300 * time.Millisecond,
		MaxRetries: 1, ContextTimeoutEnabled: true,
	})}
}

// Ping asks for a sign of life.
func (c *Client) Ping(ctx context.Context) error { return c.redis.Ping(ctx).Err() }

// Close gives the connections back, and stops the embedded server if there is one. A
// second call does nothing.
func (c *Client) Close() error {
	var err error
	c.closed.Do(func() {
		err = c.redis.Close()
		c.close()
	})
	return err
}

// Get reads a value; "" when there is none.
func (c *Client) Get(ctx context.Context, key string) (string, error) {
	value, err := c.redis.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return value, err
}

// Set keeps a value for a time; a time of zero or less keeps nothing, never for ever.
func (c *Client) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if ttl <= 0 {
		return nil
	}
	return c.redis.Set(ctx, key, value, ttl).Err()
}

// Delete forgets keys.
func (c *Client) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys { // one by one: in a cluster they may live on different nodes
		if err := c.redis.Del(ctx, key).Err(); err != nil {
			return err
		}
	}
	return nil
}

var deleteIf = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`)

// DeleteIf forgets a key if it still has that value, so that a newer one survives.
func (c *Client) DeleteIf(ctx context.Context, key, value string) error {
	return deleteIf.Run(ctx, c.redis, []string{key}, value).Err()
}

// SetOnce claims a key for a time and says whether it was free.
func (c *Client) SetOnce(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	_, err := c.redis.SetArgs(ctx, key, "1", redis.SetArgs{Mode: "NX", TTL: ttl}).Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}

var count = redis.NewScript(`local n = redis.call("INCR", KEYS[1]) if n == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end return n`)

// Count adds one to a counter that starts anew when its time is over.
func (c *Client) Count(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	return count.Run(ctx, c.redis, []string{key}, ttl.Milliseconds()).Int64()
}
