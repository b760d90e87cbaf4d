package upload_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/store/storetest"
	"jinlin/service/upload/uploadtest"
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
		most := uploadtest.Peak(func() {
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
		if b.ReportMetric(most, "MiB-more"); most > 2*uploadtest.Bar {
			b.Errorf("%.0f MiB more", most)
		}
	}
}
