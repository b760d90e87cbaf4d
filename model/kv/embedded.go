package kv

import (
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// openEmbedded starts a Redis inside this process, for a service with nothing
// configured. miniredis does not let time pass by itself: a ticker does.
func openEmbedded() (*Client, error) {
	server, err := miniredis.Run()
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		const step = 100 * time.Millisecond
		ticker := time.NewTicker(step)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				server.FastForward(step)
			}
		}
	})
	return connect(&redis.Options{Addr: server.Addr()}, func() {
		close(done)
		ticking.Wait()
		server.Close()
	}), nil
}
