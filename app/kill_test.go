//go:build deep

package app_test

import (
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const kills = 20

// TestNothingAcknowledgedIsLostByKills kills the serving process at random moments of a
// recorded tour. What was acknowledged must be there afterwards, and the books in order.
func TestNothingAcknowledgedIsLostByKills(t *testing.T) {
	t.Parallel()
	jinlin, folder := program(t), t.TempDir()
	api, admin := freeAddress(t), freeAddress(t)
	settings := []string{
		setting("DATA_DIR", "%s", folder), setting("HTTP_ADDR", "%s", api), setting("ADMIN_ADDR", "%s", admin),
		setting("SANDBOX_ADDR", "%s", freeAddress(t)), setting("ABUSE_LIMITS", "off"),
	}
	record := filepath.Join(t.TempDir(), "record")
	serve := func() *process { return start(t, jinlin, settings, "serve").answering("http://" + admin + "/readyz") }

	server := serve()
	began := time.Now()
	must(t, jinlin, settings, "tour", "--record", record)
	whole := time.Since(began)
	chance := rand.New(rand.NewPCG(1, 2))
	cut, acknowledged := 0, 0
	for i := range kills {
		tour := start(t, jinlin, settings, "tour", "--record", record)
		moment := time.Duration(chance.Int64N(int64(whole)))
		select {
		case <-tour.done:
		case <-time.After(moment):
		}
		server.kill()
		if err := tour.wait(time.Minute); err != nil {
			cut++
		}
		server = serve()
		acknowledged = found(t, must(t, jinlin, settings, "tour", "--verify", record), acknowledged)
		t.Logf("kill %2d after %4d ms: %d acknowledged and found", i+1, moment.Milliseconds(), acknowledged)
	}
	if cut < kills/2 {
		t.Errorf("only %d of %d kills came in the middle of a tour", cut, kills)
	}
	must(t, jinlin, settings, "tour", "--record", record)
	acknowledged = found(t, must(t, jinlin, settings, "tour", "--verify", record), acknowledged)
	server.kill()
	t.Log(must(t, jinlin, settings, "ledger", "verify"))
	t.Log(must(t, jinlin, settings, "audit", "verify"))
	intact(t, filepath.Join(folder, "jinlin.db"))
	t.Logf("%d kills, %d in the middle of a tour of %s, %d facts acknowledged, all found", kills, cut, whole.Round(time.Millisecond), acknowledged)
}

var verdict = regexp.MustCompile(`(\d+) acknowledged, (\d+) found`)

// found reads what --verify says, which can only grow.
func found(t *testing.T, said string, before int) int {
	t.Helper()
	m := verdict.FindStringSubmatch(said)
	if m == nil || m[1] != m[2] {
		t.Fatal(said)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < before {
		t.Fatalf("%d facts before, then: %s", before, strings.TrimSpace(said))
	}
	return n
}

func intact(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var says string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&says); err != nil || says != "ok" {
		t.Errorf("integrity_check: %s %v", says, err)
	}
}
