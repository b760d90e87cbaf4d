package storetest

import (
	"sync"
	"time"

	"jinlin/model"
)

// Clock is a clock that tests move by hand.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts on a Monday morning in Shanghai.
func NewClock() *Clock {
	return &Clock{at: time.Date(2026, 11, 23, 10, 0, 0, 0, model.Shanghai).UTC()}
}

// Now reads it.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Move turns it forward.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Set turns it to a moment.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at.UTC().Truncate(time.Millisecond)
}
