package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"

	"jinlin/model/fault"
)

// ErrDuplicate says that a unique key exists already. Services turn it into the
// fault their rule names, or into the answer that is already there.
var ErrDuplicate = errors.New("store: duplicate key")

var (
	// ErrOutcomeUnknown is a fault: the connection was lost while committing, so it may
	// have happened. Safe to repeat under the same idempotency key.
	ErrOutcomeUnknown = fault.Define(fault.Unavailable, "outcome_unknown",
		"网络中断，结果未知，请用同一操作重试。", "The connection was lost; the outcome is unknown. Retry with the same idempotency key.")
	// ErrDatabase is a fault: the database does not answer.
	ErrDatabase = fault.Define(fault.Unavailable, "database_unavailable",
		"数据服务暂时不可用，请稍后再试。", "The database does not answer. Please try again shortly.")
)

// lostCommit marks an error of COMMIT after which nobody knows whether it happened.
type lostCommit struct{ error }

func (e lostCommit) Unwrap() error { return e.error }

// commitError sorts what COMMIT answered: a refusal is a refusal, a lost connection
// or a deadline is an unknown outcome.
func commitError(err error) error {
	var refused *mysql.MySQLError
	if rolledBack(err) || errors.As(err, &refused) {
		return err
	}
	return lostCommit{err}
}

// Codes after which the whole transaction was rolled back and may be repeated.
// 1305 is a deadlock masked by a lost savepoint; the 8000s and 9007 are TiDB's;
// 6002 and 6005 OceanBase's; 1020 MariaDB's snapshot isolation.
var repeatableCodes = map[uint16]bool{
	1213: true, 1205: true, 1020: true, 1305: true,
	9007: true, 8002: true, 8005: true, 8022: true, 8028: true,
	6002: true, 6005: true,
}

// Codes of a node that cannot serve now; nothing happened, another node may.
var awayCodes = map[uint16]bool{1047: true, 1290: true, 1836: true, 1040: true, 1053: true}

// repeatable says that the transaction was certainly rolled back and may be run again.
func repeatable(err error) bool {
	var lost lostCommit
	if errors.As(err, &lost) {
		return false
	}
	// A connection that went before COMMIT was sent took the transaction with it.
	return rolledBack(err) || errors.Is(err, mysql.ErrInvalidConn)
}

// rolledBack says so by the server's or the driver's own word.
func rolledBack(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return repeatableCodes[my.Number] || awayCodes[my.Number]
	}
	return errors.Is(err, sqlite3.BUSY) || errors.Is(err, sqlite3.LOCKED) ||
		errors.Is(err, driver.ErrBadConn) // nothing was sent
}

// lockTimeout says that a row stayed locked by somebody else for 3 seconds.
func lockTimeout(err error) bool {
	var my *mysql.MySQLError
	return errors.As(err, &my) && my.Number == 1205
}

// named turns database errors into faults where there is one; others pass through.
func named(err error) error {
	var lost lostCommit
	switch {
	case err == nil:
		return nil
	case errors.As(err, &lost):
		return ErrOutcomeUnknown.Because(err)
	case isFault(err), errors.Is(err, ErrDuplicate), errors.Is(err, context.Canceled):
		return err
	case unreachable(err):
		return ErrDatabase.Because(err)
	}
	return err
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}

func unreachable(err error) bool {
	var netErr net.Error
	var my *mysql.MySQLError
	switch {
	case errors.As(err, &my):
		return awayCodes[my.Number]
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.IOERR), errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.CANTOPEN):
		return true
	case errors.As(err, &netErr), errors.Is(err, context.DeadlineExceeded), errors.Is(err, sql.ErrConnDone):
		return true
	}
	return strings.Contains(err.Error(), "database is closed")
}

// plain gives gorm's errors our names.
func plain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.ErrNotFound
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return ErrDuplicate
	}
	return err
}
