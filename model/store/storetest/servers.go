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
	"slices"
	"sync"
	"testing"

	"jinlin/model/migrations"
	"jinlin/model/store"
)

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
	name   string
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

// migrated names what the migrations make by their content, so that it is reused until they change.
var migrated = sync.OnceValues(func() (string, error) {
	var content []byte
	err := fs.WalkDir(migrations.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := fs.ReadFile(migrations.Files(), path)
		content = append(append(content, path...), file...)
		return err
	})
	return hash(content), err
})

// templateDatabase is migrated once for all packages.
func templateDatabase(base string) (*database, error) {
	name, err := migrated()
	if err != nil {
		return nil, err
	}
	t, err := openDatabase(base, "jt_template_"+name, false)
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
	return &database{name: name, url: u.String(), db: db}, err
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

// OwnMySQLURL makes a database that only this test has and that goes with it: for data that
// would take minutes to empty row by row, or for two databases at once.
func OwnMySQLURL(t testing.TB, name string) string {
	t.Helper()
	base := required(t, "JINLIN_TEST_MYSQL_URL")
	template, err := templateDatabase(base)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	own, err := template.copyTo(base, "jt_"+hash([]byte(folder+"\x00"+t.Name()+"\x00"+name)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := own.db.Exec("DROP DATABASE " + own.name); err != nil {
			t.Error(err)
		}
	})
	return own.url
}

func (d *database) wipe(ctx context.Context) error {
	for _, table := range d.tables {
		if _, err := d.db.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	return nil
}
