package uploadtest

import (
	"runtime"
	"time"
)

// Bar is the most memory that a file may take while it is cleaned, in MiB.
const Bar = 64

// Peak is the most heap in use while something is done, over what was in use before, in MiB.
// Nothing else should be done meanwhile.
func Peak(do func()) float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, m.HeapInuse
	look := func() {
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
	}
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				look()
			}
		}
	}()
	do()
	close(done)
	<-over
	look()
	return float64(most-before) / (1 << 20)
}
