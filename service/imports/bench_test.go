package imports_test

import (
	"io"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/imports"
)

// BenchmarkFiftyThousand brings in 50,000 flats, then 50,000 residents, then the same
// residents again, and reports the seconds of each and how far the heap grew.
func BenchmarkFiftyThousand(b *testing.B) {
	for name, open := range map[string]func(testing.TB) (*store.Store, *storetest.Clock){
		"sqlite": storetest.OpenSQLite, "mariadb": storetest.OpenMySQL,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s, clock := open(b)
				w := newWorld(b, s, clock)
				heap := watchHeap()
				b.StartTimer()
				for _, step := range []struct {
					name string
					kind model.ImportKind
					file io.Reader
				}{
					{"flats", model.ImportHouseholds, strings.NewReader(strings.Join(block("虹桥小区", 50_000), "\n"))},
					{"residents", model.ImportRoster, crowd("虹桥小区", 50_000)},
					{"again", model.ImportRoster, crowd("虹桥小区", 50_000)},
				} {
					began := time.Now()
					w.bring(step.kind, step.file)
					b.ReportMetric(time.Since(began).Seconds(), step.name+"-s")
				}
				b.ReportMetric(heap()/(1<<20), "heap-MiB")
			}
		})
	}
}

// bring sends a long file, applies it, and lets its job work.
func (w *world) bring(kind model.ImportKind, file io.Reader) {
	w.T.Helper()
	r, err := w.Create(w.T.Context(), w.clerk, imports.NewImport{Kind: kind, File: file})
	w.Must(err)
	w.work(r)
	r, err = w.Get(w.T.Context(), w.clerk, r.ID)
	w.Must(err)
	if r.Status != model.ImportApplied || r.LineCount != 50_000 || r.Invalid > 0 {
		w.T.Fatalf("%s %s: %+v", r.Status, counts(r), r.Report.Problems[:min(3, len(r.Report.Problems))])
	}
}

// watchHeap gives a function that ends the watch and tells the most bytes that live and
// dead objects had meanwhile, beyond those at the start.
func watchHeap() func() float64 {
	read := func() float64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return float64(sample[0].Value.Uint64())
	}
	runtime.GC()
	start, most := read(), 0.0
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most = max(most, read())
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-stopped
		return most - start
	}
}
