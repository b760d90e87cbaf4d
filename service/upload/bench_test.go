package upload_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"runtime"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store/storetest"
)

// BenchmarkHundredAtOnce has a hundred people send a phone's photo of 12 megapixels at the
// same moment. Reported: the most heap there was beside what had been there before, in MiB.
// The bar is what two decodes may take.
func BenchmarkHundredAtOnce(b *testing.B) {
	clock := storetest.NewClock()
	w := newWorld(b, storetest.Open(b, storetest.SQLiteURL(b), clock), clock)
	var photo bytes.Buffer
	w.Must(jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 4000, 3000)), nil))
	people := make([]model.Actor, 100)
	for b.Loop() {
		for i := range people {
			people[i] = w.Person("居民")
		}
		most := peak(func() {
			var all sync.WaitGroup
			for _, who := range people {
				all.Go(func() {
					if _, err := w.Keep(b.Context(), who, bytes.NewReader(photo.Bytes())); err != nil {
						b.Error(err)
					}
				})
			}
			all.Wait()
		})
		if b.ReportMetric(most, "MiB-more"); most > 2*64 {
			b.Errorf("%.0f MiB more", most)
		}
	}
}

// peak is the most heap in use while something is done, over what was in use before, in MiB.
func peak(do func()) float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, m.HeapInuse
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
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	do()
	close(done)
	<-over
	return float64(most-before) / (1 << 20)
}
