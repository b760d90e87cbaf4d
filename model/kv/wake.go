package kv

import (
	"context"
	"time"
)

// Wake tells everybody who listens to a topic that there is work. Nobody depends on
// hearing it: workers also look by themselves.
func (c *Client) Wake(ctx context.Context, topic string) error {
	return c.redis.Publish(ctx, "wake:"+topic, "1").Err()
}

// Listen gives a channel that receives when a topic is woken, until ctx ends. Several
// wakes may arrive as one. While Redis is away it stays silent and tries again.
func (c *Client) Listen(ctx context.Context, topic string) <-chan struct{} {
	woken := make(chan struct{}, 1)
	go func() {
		defer close(woken)
		for ctx.Err() == nil {
			c.listenOnce(ctx, topic, woken)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	return woken
}

func (c *Client) listenOnce(ctx context.Context, topic string, woken chan<- struct{}) {
	subscription := c.redis.Subscribe(ctx, "wake:"+topic)
	defer subscription.Close()
	messages := subscription.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-messages:
			if !open {
				return
			}
			select {
			case woken <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}
