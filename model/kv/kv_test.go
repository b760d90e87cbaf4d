package kv_test

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"jinlin/model/kv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs on the embedded server and on a real one.
func each(t *testing.T, test func(t *testing.T, c *kv.Client)) {
	t.Helper()
	server := os.Getenv("JINLIN_TEST_REDIS_URL")
	if server == "" {
		t.Fatal("JINLIN_TEST_REDIS_URL is not set: run `make test`")
	}
	for name, url := range map[string]string{"embedded": "", "redis": server} {
		t.Run(name, func(t *testing.T) {
			c, err := kv.Open(url)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			test(t, c)
		})
	}
}

func TestValuesCountersAndClaims(t *testing.T) {
	each(t, func(t *testing.T, c *kv.Client) {
		ctx := t.Context()
		must(t, c.Delete(ctx, "v", "n", "once"))
		must(t, c.Set(ctx, "v", "one", time.Minute))
		must(t, c.Set(ctx, "v", "for ever", 0))
		if v, err := c.Get(ctx, "v"); v != "one" || err != nil {
			t.Errorf("%q, %v", v, err)
		}
		must(t, c.DeleteIf(ctx, "v", "two"))
		if v, _ := c.Get(ctx, "v"); v != "one" {
			t.Error("a newer value was deleted")
		}
		must(t, c.DeleteIf(ctx, "v", "one"))
		if v, err := c.Get(ctx, "v"); v != "" || err != nil {
			t.Errorf("%q, %v", v, err)
		}
		for want := int64(1); want <= 3; want++ {
			if n, err := c.Count(ctx, "n", time.Minute); n != want || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		}
		first, err := c.SetOnce(ctx, "once", time.Minute)
		second, err2 := c.SetOnce(ctx, "once", time.Minute)
		if !first || second || err != nil || err2 != nil {
			t.Errorf("%t %t %v %v", first, second, err, err2)
		}
	})
}

func TestAWakeIsHeard(t *testing.T) {
	each(t, func(t *testing.T, c *kv.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		woken := c.Listen(ctx, "test")
		again := time.NewTicker(20 * time.Millisecond) // the subscription takes a moment to stand
		defer again.Stop()
		for {
			select {
			case <-woken:
				cancel()
				for range woken { // closed when the listener has gone
				}
				return
			case <-again.C:
				must(t, c.Wake(ctx, "test"))
			case <-ctx.Done():
				t.Fatal("nothing was heard")
			}
		}
	})
}

func TestLimitsHoldWithAndWithoutRedis(t *testing.T) {
	each(t, func(t *testing.T, c *kv.Client) {
		name := time.Now().String() // the real server outlives the test
		count := func() (allowed int) {
			l := c.NewLimiter("test", 5)
			for range 20 {
				if ok, _ := l.Allow(t.Context(), name); ok {
					allowed++
				}
			}
			return allowed
		}
		if n := count(); n != 5 {
			t.Errorf("%d uses allowed instead of 5", n)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 5 {
			t.Errorf("without Redis: %d uses allowed instead of 5", n)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhoeverFindsRedisGoneSparesTheOthers: every request is counted by two limiters, and
// while Redis is gone only the first of a second may wait for it.
func TestWhoeverFindsRedisGoneSparesTheOthers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_ = c.Close()
		}
	}()
	c, err := kv.Open("redis://" + l.Addr().String() + "/0")
	if err != nil {
		t.Fatal(err)
	}
	person, address := c.NewLimiter("person", 1000), c.NewLimiter("address", 1000)
	person.Allow(t.Context(), "wang")
	first, began := asked.Load(), time.Now()
	for range 100 {
		person.Allow(t.Context(), "wang")
		address.Allow(t.Context(), "127.0.0.1")
	}
	if again := asked.Load() - first; first == 0 || again != 0 && time.Since(began) < time.Second {
		t.Errorf("asked %d times at first, and then again %d times", first, again)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	<-done
}
