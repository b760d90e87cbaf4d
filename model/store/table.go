package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jinlin/model"
)

// batch is the most rows one INSERT carries: clusters send a transaction as a whole.
const batch = 500

// table is what all tables can do. The named tables embed it and add their own queries.
type table[T any] struct{ c *conn }

// Add inserts rows. ErrDuplicate when a unique key is taken. Fault: consent_required, for
// rows with sensitive data.
func (t table[T]) Add(ctx context.Context, rows ...*T) error {
	if len(rows) == 0 {
		return nil
	}
	if err := consentedAll(ctx, t.c, rows); err != nil {
		return err
	}
	return named(plain(t.write(ctx).CreateInBatches(rows, batch).Error))
}

// write is a query that changes rows.
func (t table[T]) write(ctx context.Context) *gorm.DB {
	return t.c.db.WithContext(ctx).Model(new(T))
}

// read is a query that does not.
func (t table[T]) read(ctx context.Context) *gorm.DB {
	return t.c.reads.WithContext(ctx).Model(new(T))
}

// one is the row for which the condition holds. Fault: not_found.
func (t table[T]) one(ctx context.Context, cond string, args ...any) (T, error) {
	var row T
	err := t.read(ctx).Where(cond, args...).Take(&row).Error
	return row, named(plain(err))
}

// locked is one, held until the transaction ends, so that a state can be read, judged
// and moved. Counters need no lock: they move by conditional statements.
// SQLite has no row locks and needs none, its transactions run one after another.
func (t table[T]) locked(ctx context.Context, cond string, args ...any) (T, error) {
	var row T
	q := t.write(ctx).Where(cond, args...)
	if t.c.dialect == MySQL {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	err := q.Take(&row).Error
	return row, named(plain(err))
}

// shared is one that nobody may change until the transaction ends, but that others may hold
// in the same way. Its words are the only ones that MySQL and MariaDB both know.
func (t table[T]) shared(ctx context.Context, cond string, args ...any) (T, error) {
	if t.c.dialect != MySQL {
		return t.one(ctx, cond, args...)
	}
	var row T
	q := t.write(ctx).Where(cond, args...).Session(&gorm.Session{DryRun: true}).Take(&row).Statement
	err := t.c.db.WithContext(ctx).Raw(q.SQL.String()+" LOCK IN SHARE MODE", q.Vars...).Take(&row).Error
	return row, named(plain(err))
}

// all are the rows of a prepared query.
func all[T any](q *gorm.DB) ([]T, error) {
	var rows []T
	err := q.Find(&rows).Error
	return rows, named(plain(err))
}

// hit says whether a conditional statement found its row.
func hit(q *gorm.DB) (bool, error) {
	return q.RowsAffected > 0, named(plain(q.Error))
}

// set updates columns where the condition holds and says whether a row was found. It puts
// nothing into a column that needs a consent; whatever does asks for it first.
func (t table[T]) set(ctx context.Context, values map[string]any, cond string, args ...any) (bool, error) {
	if err := unguarded[T](values); err != nil {
		return false, err
	}
	return hit(t.write(ctx).Where(cond, args...).Updates(values))
}

// count counts rows.
func (t table[T]) count(ctx context.Context, cond string, args ...any) (int64, error) {
	var n int64
	err := t.read(ctx).Where(cond, args...).Count(&n).Error
	return n, named(plain(err))
}

// along is a query that goes along one index, for pages of long lists. Left to itself MariaDB
// finds what is compared for equality and steps over all that lies before the page, a row at
// a time: a page deep in the list of all buildings takes it as long as the whole list. SQLite, which
// has no figures of the tables, takes the index with the most columns compared for equality,
// though that goes through the requests of the whole county for those of one branch.
func (t table[T]) along(q *gorm.DB, name, index string) *gorm.DB {
	switch {
	case t.c.dialect == MySQL:
		return q.Table(name + " FORCE INDEX (" + index + ")")
	case index == primary: // it has another name in each table, and is the order of ids
		return q
	}
	return q.Table(name + " INDEXED BY " + index)
}

const primary = "PRIMARY"

// fewUnits is up to how many units it is quicker to find all rows of theirs and sort them than to go
// through those of everybody in turn.
const fewUnits = 12

// newest pages a list from its newest row back, in order of ids, which are in order of time.
func newest[T any](q *gorm.DB, page model.Page, id func(T) [16]byte) (model.Listing[T], error) {
	if page.After != nil {
		q = q.Where("id < ?", page.After.ID[:])
	}
	rows, err := all[T](q.Order("id DESC").Limit(page.Size() + 1))
	if err != nil {
		return model.Listing[T]{}, err
	}
	return model.Cut(rows, page.Size(), func(row T) model.Cursor { return model.Cursor{ID: id(row)} }), nil
}

// oldest pages a list forward in order of ids, which are in order of time.
func oldest[T any](q *gorm.DB, page model.Page, id func(T) [16]byte) (model.Listing[T], error) {
	if page.After != nil {
		q = q.Where("id > ?", page.After.ID[:])
	}
	rows, err := all[T](q.Order("id").Limit(page.Size() + 1))
	if err != nil {
		return model.Listing[T]{}, err
	}
	return model.Cut(rows, page.Size(), func(row T) model.Cursor { return model.Cursor{ID: id(row)} }), nil
}

// after pages a list forward in order of a time column, ids breaking ties.
func after[T any](q *gorm.DB, column string, page model.Page, key func(T) model.Cursor) (model.Listing[T], error) {
	rows, err := all[T](ahead(q, column, page))
	if err != nil {
		return model.Listing[T]{}, err
	}
	return model.Cut(rows, page.Size(), key), nil
}

// ahead is the query of a page in order of a time column and one row more, for model.Cut.
// The column is ours, never a client's text.
func ahead(q *gorm.DB, column string, page model.Page) *gorm.DB {
	if page.After != nil {
		if page.After.At.IsZero() { // a cursor of a list in order of ids
			_ = q.AddError(model.ErrInvalidCursor)
		}
		// The first half alone is what an index can begin at, in SQLite.
		where := fmt.Sprintf("%[1]s >= ? AND (%[1]s > ? OR id > ?)", column)
		q = q.Where(where, page.After.At, page.After.At, page.After.ID[:])
	}
	return q.Order(column + ", id").Limit(page.Size() + 1)
}

// Database time, in which leases are counted: replicas' clocks differ, the database has one.
func (c *conn) dbTime(plusMillis int64) clause.Expr {
	if c.dialect == SQLite {
		return gorm.Expr("strftime('%Y-%m-%d %H:%M:%f', 'now', ?)", fmt.Sprintf("%+.3f seconds", float64(plusMillis)/1000))
	}
	return gorm.Expr("TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3))", plusMillis*1000)
}
