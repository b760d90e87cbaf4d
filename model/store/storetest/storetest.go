// Package storetest gives tests a real, migrated database of each kind. It is used by
// tests only. MariaDB comes from the servers that `make test` starts; a test that
// wants it fails, and never skips, when there is none.
package storetest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/go-sql-driver/mysql" // driver "mysql"

	"jinlin/model/migrations"
	"jinlin/model/store"
)

// Each runs the test on SQLite and on MariaDB. The SQLite runs of a package are
// parallel, each with a file of its own; the MariaDB runs share one database and
// take turns, each beginning with every table empty.
func Each(t *testing.T, test func(t *testing.T, s *store.Store, clock *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, clock := OpenSQLite(t)
		test(t, s, clock)
	})
	t.Run("mariadb", func(t *testing.T) {
		s, clock := OpenMySQL(t)
		test(t, s, clock)
	})
}

// EachPast is Each with a second way into the database, past the store: power checks do
// there what the store does not offer.
func EachPast(t *testing.T, test func(t *testing.T, s *store.Store, clock *Clock, past *sql.DB)) {
	t.Helper()
	run := func(t *testing.T, databaseURL string) {
		t.Helper()
		clock := NewClock()
		test(t, Open(t, databaseURL, clock), clock, past(t, databaseURL))
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, SQLiteURL(t))
	})
	t.Run("mariadb", func(t *testing.T) { run(t, MySQLURL(t)) })
}

func past(t testing.TB, databaseURL string) *sql.DB {
	t.Helper()
	driver, name := "mysql", ""
	if path, ok := strings.CutPrefix(databaseURL, "sqlite://"); ok {
		driver, name = "sqlite3", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)" // the store registers the driver
	} else {
		name = dsn(databaseURL)
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Masters are fixed field keys by version, of alternating profiles.
var Masters = []store.MasterKey{
	{Secret: []byte("0123456789abcdef0123456789abcdef"), Profile: store.AES},
	{Secret: []byte("another 32 bytes for version two"), Profile: store.SM},
	{Secret: []byte("yet other bytes, for version 3.."), Profile: store.AES},
}

// Keys are fixed sealing keys.
func Keys() *store.Keys { return KeysOf(1, Masters[0]) }

// KeysOf are sealing keys from some versions, with one for new values.
func KeysOf(current int, masters ...store.MasterKey) *store.Keys {
	k, err := store.NewKeys(current, masters...)
	if err != nil {
		panic(err)
	}
	return k
}

// Open opens a database at a URL, and lints every statement that runs on it.
func Open(t testing.TB, databaseURL string, clock *Clock) *store.Store {
	t.Helper()
	return OpenUnder(t, databaseURL, clock, Keys())
}

// OpenUnder is Open with other sealing keys.
func OpenUnder(t testing.TB, databaseURL string, clock *Clock, keys *store.Keys) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: databaseURL, Clock: clock.Now, Keys: keys, Statements: lint(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// OpenSQLite opens a new migrated file.
func OpenSQLite(t testing.TB) (*store.Store, *Clock) {
	t.Helper()
	clock := NewClock()
	return Open(t, SQLiteURL(t), clock), clock
}

// OpenMySQL empties this package's database and opens it. Tests that hold it take turns.
func OpenMySQL(t testing.TB) (*store.Store, *Clock) {
	t.Helper()
	clock := NewClock()
	return Open(t, MySQLURL(t), clock), clock
}

// sqliteTemplate is a migrated file, which all packages share: SQLite takes ten seconds for the migrations.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	name, err := migrated()
	if err != nil {
		return nil, err
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		folder = os.TempDir()
	}
	folder = filepath.Join(folder, "jinlin-tests")
	path := filepath.Join(folder, "sqlite-"+name+".db")
	if content, err := os.ReadFile(path); err == nil {
		return content, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	return migratedFile(folder, path)
})

// migratedFile makes one, of which nobody sees a part.
func migratedFile(folder, path string) ([]byte, error) {
	dir, err := os.MkdirTemp(folder, "new-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	whole := filepath.Join(dir, "template.db")
	if _, err := migrations.Up(context.Background(), "sqlite://"+whole); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		return nil, err
	}
	return content, os.Rename(whole, path)
}

// SQLiteURL makes a new migrated file and gives its URL.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	content, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite://" + path
}

var mysqlTurn sync.Mutex

// MySQLURL empties this package's database, holds it until the test ends, and gives its URL.
func MySQLURL(t testing.TB) string {
	t.Helper()
	mysqlTurn.Lock()
	t.Cleanup(mysqlTurn.Unlock)
	server, err := packageDatabase()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.wipe(t.Context()); err != nil {
		t.Fatal(err)
	}
	return server.url
}
