package store

import "testing"

// SetMigratedURLs hands migrated databases to the tests inside this package.
func SetMigratedURLs(sqlite, mysql func(testing.TB) string) {
	migratedURLs.sqlite, migratedURLs.mysql = sqlite, mysql
}
