// Package migrations brings a database to the schema this program was built with.
//
// The files are plain SQL, forward only and frozen once merged. One set serves both
// dialects: table options stand in /*! … */, which MySQL and MariaDB execute and
// SQLite reads as a comment, and so does the (3) of DATETIME, which SQLite would not
// recognise as a time with it. Each file holds one statement, because DDL commits by
// itself; a mark set before and cleared after names a migration that stopped halfway.
// Each area of the domain numbers its files in a block of its own.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql" // driver "mysql"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jinlin/model/store"
)

//go:embed *.sql
var files embed.FS

// ErrHalfDone says that a migration began and did not end: a person must look.
var ErrHalfDone = errors.New("migrations: a migration stopped halfway")

// ErrBehind says that the database lacks migrations this program needs.
var ErrBehind = errors.New("migrations: the database is behind; run `jinlin migrate`")

// Files are the embedded migrations, for tests of their form.
func Files() fs.FS { return files }

type migrator struct {
	db       *sql.DB
	provider *goose.Provider
	locker   lock.Locker // nil on SQLite, which one process has to itself
}

// Up applies what is missing and says how many files that was. Several processes may
// call it at once: one works, the others wait and find nothing left.
// Errors: ErrHalfDone, and what the database says.
func Up(ctx context.Context, url string) (applied int, err error) {
	m, err := open(url)
	if err != nil {
		return 0, err
	}
	defer m.close()
	if m.locker != nil {
		if err := m.locker.Lock(ctx, m.db); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, m.locker.Unlock(context.WithoutCancel(ctx), m.db)) }()
	}
	if err := m.checkMark(ctx); err != nil {
		return 0, err
	}
	for {
		more, err := m.next(ctx)
		if err != nil || !more {
			return applied, err
		}
		applied++
	}
}

// Check says whether the schema is complete, and changes nothing.
// Errors: ErrHalfDone, ErrBehind.
func Check(ctx context.Context, url string) error {
	m, err := open(url)
	if err != nil {
		return err
	}
	defer m.close()
	if err := m.checkMark(ctx); err != nil {
		return err
	}
	pending, err := m.provider.HasPending(ctx)
	if err != nil {
		return err
	}
	if pending {
		return ErrBehind
	}
	return nil
}

func open(url string) (*migrator, error) {
	var m migrator
	var err error
	dialect := goose.DialectMySQL
	if path, ok := strings.CutPrefix(url, "sqlite://"); ok {
		dialect = goose.DialectSQLite3
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return nil, err
		}
		m.db, err = driver.Open(store.SQLiteFile(path)+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)",
			func(c *sqlite3.Conn) error { return nil })
	} else {
		m.db, m.locker, err = openMySQL(url)
	}
	if err != nil {
		return nil, err
	}
	m.db.SetMaxOpenConns(4)
	m.provider, err = goose.NewProvider(dialect, m.db, files,
		goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_versions"))
	if err != nil {
		m.close()
		return nil, err
	}
	return &m, nil
}

func openMySQL(url string) (*sql.DB, lock.Locker, error) {
	cfg, err := store.MySQLConfig(url)
	if err != nil {
		return nil, nil, err
	}
	cfg.ReadTimeout, cfg.WriteTimeout = 0, 0 // building an index may take long
	db, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return nil, nil, err
	}
	locker, err := lock.NewMySQLTableLocker(lock.WithTableName("schema_lock"),
		lock.WithTableLockTimeout(time.Second, 600), lock.WithTableLeaseDuration(30*time.Second))
	return db, locker, err
}

func (m *migrator) close() { _ = m.db.Close() }

// next applies one file under a mark.
func (m *migrator) next(ctx context.Context) (bool, error) {
	states, err := m.provider.Status(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range states {
		if s.State == goose.StatePending {
			return true, m.apply(ctx, s.Source)
		}
	}
	return false, nil
}

// On SQLite a file and its version commit together or not at all: nothing can be half done.
func (m *migrator) apply(ctx context.Context, source *goose.Source) error {
	marked := m.locker != nil
	if marked {
		if err := m.mark(ctx, source.Path); err != nil {
			return err
		}
	}
	if _, err := m.provider.ApplyVersion(ctx, source.Version, true); err != nil {
		return fmt.Errorf("migration %s: %w", source.Path, err)
	}
	if marked {
		return m.unmark(ctx)
	}
	return nil
}

// The mark is a table with one row, made here because it must exist before the first migration.
func (m *migrator) mark(ctx context.Context, name string) error {
	if _, err := m.db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_migrating (name VARCHAR(255) NOT NULL)"); err != nil {
		return err
	}
	_, err := m.db.ExecContext(ctx, "INSERT INTO schema_migrating (name) VALUES (?)", name)
	return err
}

func (m *migrator) unmark(ctx context.Context) error {
	_, err := m.db.ExecContext(ctx, "DELETE FROM schema_migrating")
	return err
}

func (m *migrator) checkMark(ctx context.Context) error {
	var name string
	err := m.db.QueryRowContext(ctx, "SELECT name FROM schema_migrating LIMIT 1").Scan(&name)
	switch {
	case err == nil:
		return fmt.Errorf("%w: %s; finish or undo that one statement by hand, then empty schema_migrating", ErrHalfDone, name)
	case errors.Is(err, sql.ErrNoRows), noTable(err):
		return nil
	}
	return err
}

func noTable(err error) bool {
	text := err.Error()
	return strings.Contains(text, "no such table") || strings.Contains(text, "1146")
}
