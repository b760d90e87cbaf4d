package storetest

import (
	"regexp"
	"testing"
)

// What the SQL of every test must not contain. MySQL 8, TiDB and others that speak
// MySQL's protocol are not run here; keeping to what they share is checked instead.
var forbidden = map[string]*regexp.Regexp{
	"RETURNING is not in MySQL":                               regexp.MustCompile(`(?i)\bRETURNING\b`),
	"SKIP LOCKED hands out work twice on a cluster":           regexp.MustCompile(`(?i)\bSKIP\s+LOCKED\b`),
	"GET_LOCK is local to a node":                             regexp.MustCompile(`(?i)\bGET_LOCK\b`),
	"VALUES … AS is not in MariaDB":                           regexp.MustCompile(`(?i)\bVALUES\s*\([^)]*\)\s+AS\s+\w`),
	"savepoints are missing in old TiDB":                      regexp.MustCompile(`(?i)^\s*SAVEPOINT\b`),
	"a counter moves by a relative statement, never to a sum": absoluteCounter,
}

// Counters and what else must never be read, computed and written back.
var absoluteCounter = regexp.MustCompile("(?i)^\\s*UPDATE\\b.*\\bSET\\b.*`?\\b(balance|stock|places_left|remaining|one_time_left|submissions)\\b`?\\s*=\\s*(\\?|[0-9])")

// violation names the rule that a statement breaks; "" when it breaks none.
func violation(statement string) string {
	for rule, pattern := range forbidden {
		if pattern.MatchString(statement) {
			return rule
		}
	}
	return ""
}

// lint fails the test on a statement that not every database would run, or that computes
// a counter in Go.
func lint(t testing.TB) func(string) {
	return func(statement string) {
		if rule := violation(statement); rule != "" {
			t.Errorf("%s: %s", rule, statement)
		}
	}
}
