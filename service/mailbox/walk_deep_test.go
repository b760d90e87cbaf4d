//go:build deep

package mailbox_test

import (
	"fmt"
	"testing"

	"jinlin/model"
	"jinlin/model/store/storetest"
)

// TestTwoThousandWalks is TestRandomWalksAgreeWithTheStateMachine at length: 2,000 walks of 50 steps.
func TestTwoThousandWalks(t *testing.T) {
	const parts, each = 8, 250
	for part := range parts {
		t.Run(fmt.Sprint("part ", part+1), func(t *testing.T) {
			t.Parallel()
			s, clock := storetest.OpenSQLite(t)
			clock.Set(model.Date("2026-01-02").At(9, 0))
			walks(t, newWorld(t, s, clock), part*each, each, 50)
		})
	}
}
