package storetest

import "sync"

// Barrier lets nobody go on before all have come, time after time.
type Barrier struct {
	mu      sync.Mutex
	all     int
	waiting int
	open    chan struct{}
}

// NewBarrier is one for so many.
func NewBarrier(n int) *Barrier { return &Barrier{all: n, open: make(chan struct{})} }

// Wait returns when all have called it.
func (b *Barrier) Wait() {
	b.mu.Lock()
	open := b.open
	if b.waiting++; b.waiting == b.all {
		close(open)
		b.waiting, b.open = 0, make(chan struct{})
	}
	b.mu.Unlock()
	<-open
}
