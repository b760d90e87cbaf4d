package sandbox

import (
	"testing"
	"time"
)

func TestTwoTapsAreNeverToldInOneSecond(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 0, 0, 500_000_000, time.UTC)
	var u user
	seen := map[int64]bool{}
	for i := range 5 {
		seen[u.tapped(now.Add(time.Duration(i)*100*time.Millisecond)).Unix()] = true
	}
	if len(seen) != 5 {
		t.Errorf("5 taps in %d seconds", len(seen))
	}
	if later := now.Add(time.Minute); u.tapped(later).Unix() != later.Unix() {
		t.Error("a tap long after is told at another time")
	}
}
