package demo_test

import (
	"testing"

	"jinlin/model/store/storetest"
	"jinlin/service/demo"
)

// BenchmarkLoad fills a new SQLite file; 10 s is what a first start may take.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, _ := storetest.OpenSQLite(b)
		b.StartTimer()
		if _, err := demo.Load(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}
