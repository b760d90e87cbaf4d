package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/ncruces/go-sqlite3/gormlite"
	gormmysql "gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"jinlin/model"
)

// Dialect is the kind of database.
type Dialect string

// The dialects. MySQL stands for everything that speaks its protocol.
const (
	SQLite Dialect = "sqlite3"
	MySQL  Dialect = "mysql"
)

// Options say how to open a database.
type Options struct {
	URL      string        // mysql://user:pass@host:port/name, or sqlite:///path/to/file
	MaxConns int           // 0 means 32; SQLite has one writer whatever this says
	Clock    model.Clock   // nil means SystemClock
	Keys     *Keys         // seals what must not be readable at rest
	Log      logger.Writer // slow statements, without their values; nil means none

	// Statements, when set, sees the SQL of every statement, without its values.
	Statements func(sql string)
}

// Open connects. It does not migrate, see package migrations.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		o.Clock = model.SystemClock
	}
	if o.MaxConns == 0 {
		o.MaxConns = 32
	}
	c := &conn{now: o.Clock, keys: o.Keys, onJobs: func() {}}
	var err error
	switch {
	case strings.HasPrefix(o.URL, "sqlite://"):
		err = c.openSQLite(strings.TrimPrefix(o.URL, "sqlite://"), o)
	case strings.HasPrefix(o.URL, "mysql://"):
		err = c.openMySQL(o)
	default:
		err = fmt.Errorf("store: the database URL must start with mysql:// or sqlite://")
	}
	if err != nil {
		return nil, err
	}
	s := bind(c)
	if err := s.Ping(ctx); err != nil {
		_ = s.Close()
		if c.dialect == SQLite {
			return nil, fmt.Errorf("store: the database file %s cannot be used: %w", strings.TrimPrefix(o.URL, "sqlite://"), err)
		}
		return nil, fmt.Errorf("store: the database does not answer: %w", err)
	}
	return s, nil
}

func (c *conn) openSQLite(path string, o Options) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	c.dialect = SQLite
	if c.db, err = gormOpen(gormlite.Open(sqliteDSN(path, "")), o); err != nil {
		return err
	}
	// SQLite has one writer at a time: queueing here beats SQLITE_BUSY there.
	if err := pool(c.db, 1); err != nil {
		return err
	}
	if c.reads, err = gormOpen(gormlite.Open(sqliteDSN(path, "&_pragma=query_only(1)")), o); err != nil {
		return err
	}
	return pool(c.reads, max(4, runtime.NumCPU()))
}

// SQLiteFile is how SQLite is told of a file, whatever characters are in its path.
func SQLiteFile(path string) string { return "file:" + url.PathEscape(path) }

// sqliteDSN sets what was measured: immediate transactions (a deferred one that
// turns into a writer fails at once), and times as fixed-width text, which sorts.
func sqliteDSN(path, more string) string {
	return SQLiteFile(path) + "?_txlock=immediate&_timefmt=" + url.QueryEscape("2006-01-02 15:04:05.000") +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" + more
}

func (c *conn) openMySQL(o Options) (err error) {
	cfg, err := MySQLConfig(o.URL)
	if err != nil {
		return err
	}
	c.dialect = MySQL
	dialector := gormmysql.New(gormmysql.Config{
		DSNConfig: cfg,
		DSN:       cfg.FormatDSN(),
		// The driver would use RETURNING on MariaDB, which MySQL does not have.
		DisableWithReturning:      true,
		SkipInitializeWithVersion: true,
	})
	if c.db, err = gormOpen(dialector, o); err != nil {
		return err
	}
	c.reads = c.db
	return pool(c.db, o.MaxConns)
}

// MySQLConfig reads mysql://user:pass@host:port/name into the driver's settings.
// Without time limits a paused server would hang a worker for ever; rejectReadOnly
// gets away from a demoted primary; clientFoundRows makes "rows affected" count
// matches, so that an update to the same value is not taken for a miss.
func MySQLConfig(rawURL string) (*mysql.Config, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.User == nil {
		return nil, fmt.Errorf("store: the database URL must look like mysql://user:pass@host:port/name")
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", u.Host
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	cfg.DBName = strings.TrimPrefix(u.Path, "/")
	cfg.Collation = "utf8mb4_bin"
	cfg.Loc = time.UTC
	cfg.ParseTime = true
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = 2*time.Second, 20*time.Second, 20*time.Second
	cfg.RejectReadOnly = true
	cfg.ClientFoundRows = true
	cfg.InterpolateParams = true // one round trip a statement; safe with utf8mb4
	cfg.Params = map[string]string{
		"sql_mode":                 "'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
		"time_zone":                "'+00:00'",
		"innodb_lock_wait_timeout": "3",
	}
	return cfg, nil
}

func gormOpen(d gorm.Dialector, o Options) (*gorm.DB, error) {
	log := logger.Discard
	if o.Log != nil {
		log = slowOnly{logger.New(o.Log, logger.Config{SlowThreshold: time.Second, LogLevel: logger.Warn, ParameterizedQueries: true})}
	}
	db, err := gorm.Open(d, &gorm.Config{
		TranslateError:           true,
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		DisableAutomaticPing:     true,
		Logger:                   log,
		NowFunc:                  func() time.Time { return o.Clock() },
	})
	if err == nil && o.Statements != nil {
		err = watch(db, o.Statements)
	}
	return db, err
}

// watch shows every statement after it ran.
func watch(db *gorm.DB, see func(string)) error {
	show := func(db *gorm.DB) {
		if sql := db.Statement.SQL.String(); sql != "" {
			see(sql)
		}
	}
	c := db.Callback()
	return errors.Join(
		c.Create().After("gorm:create").Register("statements", show),
		c.Query().After("gorm:query").Register("statements", show),
		c.Update().After("gorm:update").Register("statements", show),
		c.Delete().After("gorm:delete").Register("statements", show),
		c.Row().After("gorm:row").Register("statements", show),
		c.Raw().After("gorm:raw").Register("statements", show),
	)
}

// slowOnly leaves errors to whoever gets them: a duplicate key is an answer here, and
// what is a failure is logged once, with the request it failed.
type slowOnly struct{ logger.Interface }

// Trace hands on slow statements only.
func (l slowOnly) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), _ error) {
	l.Interface.Trace(ctx, begin, fc, nil)
}

// ParamsFilter keeps values out of what is logged.
func (l slowOnly) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

func pool(db *gorm.DB, size int) error {
	handle, err := db.DB()
	if err != nil {
		return err
	}
	handle.SetMaxOpenConns(size)
	handle.SetMaxIdleConns(size)
	handle.SetConnMaxLifetime(5 * time.Minute)
	return nil
}

// txOptions: read committed on MySQL, so that a transaction that waited for another
// sees what that one wrote; SQLite has nothing weaker than serialised.
func (c *conn) txOptions() *sql.TxOptions {
	if c.dialect == MySQL {
		return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	return nil
}

// snapshotLevel is the weakest level with one unchanging view. SQLite has only that.
func (c *conn) snapshotLevel() sql.IsolationLevel {
	if c.dialect == MySQL {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}
