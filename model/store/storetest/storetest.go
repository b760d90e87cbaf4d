// Package storetest gives tests a real, migrated database of each kind. It is used by
// tests only. MariaDB comes from the servers that `make test` starts; a test that
// wants it fails, and never skips, when there is none.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // driver "mysql"

	"jinlin/model"
	"jinlin/model/migrations"
	"jinlin/model/store"
)

// Clock is a clock that tests move by hand.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts on a Monday morning in Shanghai.
func NewClock() *Clock {
	return &Clock{at: time.Date(2026, 11, 23, 10, 0, 0, 0, model.Shanghai).UTC()}
}

// Now reads it.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Move turns it forward.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Set turns it to a moment.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at.UTC().Truncate(time.Millisecond)
}

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

func past(t *testing.T, databaseURL string) *sql.DB {
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

// Keys are fixed sealing keys.
func Keys() *store.Keys {
	k, err := store.NewKeys([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		panic(err)
	}
	return k
}

// Open opens a database at a URL, and lints every statement that runs on it.
func Open(t testing.TB, databaseURL string, clock *Clock) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: databaseURL, Clock: clock.Now, Keys: Keys(), Statements: lint(t)})
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

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "jinlin-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if _, err := migrations.Up(context.Background(), "sqlite://"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

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

// RedisURL is the private Redis of the test run.
func RedisURL(t testing.TB) string {
	t.Helper()
	return required(t, "JINLIN_TEST_REDIS_URL")
}

func required(t testing.TB, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run `make test`, or start the servers with `eval \"$(scripts/servers up)\"`", name)
	}
	return value
}

// database is one MariaDB database and its tables.
type database struct {
	url    string
	db     *sql.DB
	tables []string
}

// packageDatabase is this package's database, made new once per run as a copy of a
// migrated template that all packages share.
var packageDatabase = sync.OnceValues(func() (*database, error) {
	base := os.Getenv("JINLIN_TEST_MYSQL_URL")
	if base == "" {
		return nil, fmt.Errorf("JINLIN_TEST_MYSQL_URL is not set: run `make test`, or start the servers with `eval \"$(scripts/servers up)\"`")
	}
	template, err := templateDatabase(base)
	if err != nil {
		return nil, err
	}
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	return template.copyTo(base, "jt_"+hash([]byte(folder)))
})

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

// templateDatabase is named after the migrations' content, so that it is reused
// until they change.
func templateDatabase(base string) (*database, error) {
	var content []byte
	err := fs.WalkDir(migrations.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := fs.ReadFile(migrations.Files(), path)
		content = append(append(content, path...), file...)
		return err
	})
	if err != nil {
		return nil, err
	}
	t, err := openDatabase(base, "jt_template_"+hash(content), false)
	if err != nil {
		return nil, err
	}
	if _, err := migrations.Up(context.Background(), t.url); err != nil {
		return nil, err
	}
	return t, t.readTables()
}

func openDatabase(base, name string, anew bool) (*database, error) {
	server, err := sql.Open("mysql", dsn(base))
	if err != nil {
		return nil, err
	}
	defer server.Close()
	statements := []string{"CREATE DATABASE IF NOT EXISTS " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"}
	if anew {
		statements = slices.Insert(statements, 0, "DROP DATABASE IF EXISTS "+name)
	}
	for _, statement := range statements {
		if _, err := server.Exec(statement); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	u.Path = "/" + name
	db, err := sql.Open("mysql", dsn(u.String()))
	return &database{url: u.String(), db: db}, err
}

func dsn(databaseURL string) string {
	cfg, err := store.MySQLConfig(databaseURL)
	if err != nil {
		panic(err)
	}
	return cfg.FormatDSN()
}

func (d *database) readTables() error {
	rows, err := d.db.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		d.tables = append(d.tables, name)
	}
	return rows.Err()
}

func (d *database) copyTo(base, name string) (*database, error) {
	c, err := openDatabase(base, name, true)
	if err != nil {
		return nil, err
	}
	var from string
	if err := d.db.QueryRow("SELECT DATABASE()").Scan(&from); err != nil {
		return nil, err
	}
	for _, table := range d.tables {
		if _, err := c.db.Exec("CREATE TABLE " + table + " LIKE " + from + "." + table); err != nil {
			return nil, err
		}
	}
	_, err = c.db.Exec("INSERT INTO schema_versions SELECT * FROM " + from + ".schema_versions")
	c.tables = slices.DeleteFunc(slices.Clone(d.tables), func(table string) bool { return table == "schema_versions" })
	return c, err
}

func (d *database) wipe(ctx context.Context) error {
	for _, table := range d.tables {
		if _, err := d.db.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	return nil
}
