//go:build deep

package mailbox_test

import (
	"testing"

	"jinlin/model"
	"jinlin/model/store/storetest"
)

// TestTwoThousandWalks is TestRandomWalksAgreeWithTheStateMachine at length.
func TestTwoThousandWalks(t *testing.T) {
	s, clock := storetest.OpenSQLite(t)
	clock.Set(model.Date("2026-01-02").At(9, 0))
	walks(t, newWorld(t, s, clock), 2000, 50)
}
