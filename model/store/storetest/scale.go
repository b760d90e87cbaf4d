package storetest

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// slower is how many times as slow a thousand times as many may be.
const slower = 2.0

// Many is how large the large world of a benchmark is, which a setting may change.
func Many(b *testing.B, setting string, least, usual int) int {
	b.Helper()
	text := os.Getenv(setting)
	if text == "" {
		return usual
	}
	many, err := strconv.Atoi(text)
	if err != nil || many < least {
		b.Fatalf("%s is %q and must be %d or more", setting, text, least)
	}
	return many
}

// EachScale runs a benchmark on SQLite and MariaDB, with URLs of databases of its own by name.
func EachScale(b *testing.B, run func(b *testing.B, open func(name string) string)) {
	b.Run("sqlite", func(b *testing.B) { run(b, func(string) string { return SQLiteURL(b) }) })
	b.Run("mariadb", func(b *testing.B) { run(b, func(name string) string { return OwnMySQLURL(b, name) }) })
}

// Compare asks a small world and a large one in turns, so that whatever else the machine does
// slows both; each gives how long it took. It reports the times of the large one and how many
// times those of the small one they are, and fails where one of the percentiles is over twice
// that and the difference can be felt.
func Compare(b *testing.B, small, large func() time.Duration, felt time.Duration, percentiles ...int) {
	b.Helper()
	worlds, took := []func() time.Duration{small, large}, make([][]time.Duration, 2)
	for range 20 { // what comes first pays for connections and statements
		for _, ask := range worlds {
			ask()
		}
	}
	for b.Loop() {
		for i, ask := range worlds {
			took[i] = append(took[i], ask())
		}
	}
	for i := range took {
		slices.Sort(took[i])
	}
	for _, part := range []int{50, 95} {
		few, many := took[0][len(took[0])*part/100], took[1][len(took[1])*part/100]
		times := float64(many) / float64(few)
		b.ReportMetric(float64(many.Microseconds()), fmt.Sprintf("p%d-µs", part))
		b.ReportMetric(times, fmt.Sprintf("p%d-times", part))
		if slices.Contains(percentiles, part) && times > slower && many-few > felt && len(took[0]) >= 50 {
			b.Errorf("p%d: %s in the small world, %s in the large one", part, few, many)
		}
	}
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
}
