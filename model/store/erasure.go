package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strings"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"jinlin/model"
)

// walkStep is how many rows are looked at in one go.
const walkStep = 200

// walk hands the rows of an entity for which a condition holds to each, a batch at a time, in
// order of the primary key.
func (c *conn) walk(ctx context.Context, e *schema.Schema, cond string, args []any, each func(rows []reflect.Value) error) error {
	var last reflect.Value
	for {
		rows := reflect.New(reflect.SliceOf(e.ModelType))
		q := c.reads.WithContext(ctx).Model(reflect.New(e.ModelType).Interface())
		if cond != "" {
			q = q.Where(cond, args...)
		}
		if last.IsValid() {
			q = beyond(ctx, q, e, last)
		}
		if err := q.Order(strings.Join(e.PrimaryFieldDBNames, ", ")).Limit(walkStep).Find(rows.Interface()).Error; err != nil {
			return named(plain(err))
		}
		batch := make([]reflect.Value, rows.Elem().Len())
		for i := range batch {
			batch[i] = rows.Elem().Index(i)
		}
		if len(batch) == 0 {
			return nil
		}
		if err := each(batch); err != nil {
			return err
		}
		if len(batch) < walkStep {
			return nil
		}
		last = batch[len(batch)-1]
	}
}

// beyond goes on after a row: a >= ? AND ((a > ?) OR (a = ? AND b > ?) …). Its first part alone is
// what SQLite begins at along the primary key.
func beyond(ctx context.Context, q *gorm.DB, e *schema.Schema, row reflect.Value) *gorm.DB {
	var ors, equal []string
	var args, before []any
	for _, f := range e.PrimaryFields {
		value, _ := f.ValueOf(ctx, row)
		ors = append(ors, strings.Join(append(equal, f.DBName+" > ?"), " AND "))
		args = append(append(args, before...), value)
		equal, before = append(equal, f.DBName+" = ?"), append(before, value)
	}
	return q.Where(e.PrimaryFields[0].DBName+" >= ?", args[0]).Where("(("+strings.Join(ors, ") OR (")+"))", args...)
}

// thisRow is the condition of one row.
func thisRow(ctx context.Context, q *gorm.DB, e *schema.Schema, row reflect.Value) *gorm.DB {
	for _, f := range e.PrimaryFields {
		value, _ := f.ValueOf(ctx, row)
		q = q.Where(f.DBName+" = ?", value)
	}
	return q
}

func tableNamed(name string) (*schema.Schema, error) {
	all, err := entities()
	for _, e := range all {
		if e.Table == name {
			return e, err
		}
	}
	return nil, errors.Join(err, errors.New("store: there is no table "+name))
}

// person is somebody whose data is asked for, under all ids that stand for them.
type person struct {
	user model.UserID
	ids  []model.UserID // their own first, then those of their sealed identities
}

func (s *Store) person(ctx context.Context, user model.UserID) (person, error) {
	ids, err := s.SealedIdentities.ListIDs(ctx, user)
	return person{user, ids}, err
}

func (p person) args() []any { return []any{sql.Named("user", p.user), sql.Named("me", p.ids)} }

// Redact takes what is known of a person out of a text.
type Redact func(text string) string

// EraseData erases all data of a person but who they are: EraseIdentity does that, in the
// end. It may be run again after it stopped halfway.
func (s *Store) EraseData(ctx context.Context, user model.UserID, redact Redact) error {
	p, err := s.person(ctx, user)
	if err != nil {
		return err
	}
	for _, h := range holdings {
		if h.last || h.whose == "" {
			continue
		}
		if err := s.erase(ctx, h, p, redact); err != nil {
			return err
		}
	}
	return nil
}

// ScrubTexts takes something out of a person's texts, and leaves all else as it is.
func (s *Store) ScrubTexts(ctx context.Context, user model.UserID, redact Redact) error {
	p, err := s.person(ctx, user)
	if err != nil {
		return err
	}
	for _, h := range holdings {
		if len(h.scrub) == 0 {
			continue
		}
		e, err := tableNamed(h.table)
		if err != nil {
			return err
		}
		if err := s.scrubAll(ctx, e, h, p, redact); err != nil {
			return err
		}
	}
	return nil
}

// EraseIdentity erases who a person is, in the transaction of whoever calls. What is left of
// them is an id.
func (s *Store) EraseIdentity(ctx context.Context, user model.UserID, nickname string) error {
	p, err := s.person(ctx, user)
	if err != nil {
		return err
	}
	for _, h := range holdings {
		if !h.last {
			continue
		}
		if err := s.erase(ctx, h, p, nil); err != nil {
			return err
		}
	}
	_, err = s.Users.set(ctx, map[string]any{"nickname": nickname, "erased_at": s.Now()}, "id = ?", user)
	return err
}

func (s *Store) erase(ctx context.Context, h holding, p person, redact Redact) error {
	e, err := tableNamed(h.table)
	if err != nil {
		return err
	}
	if err := s.scrubAll(ctx, e, h, p, redact); err != nil {
		return err
	}
	q := s.db.WithContext(ctx).Model(reflect.New(e.ModelType).Interface()).Where(h.whose, p.args()...)
	if h.gone {
		return named(plain(q.Delete(reflect.New(e.ModelType).Interface()).Error))
	}
	if len(h.empty) == 0 {
		return nil
	}
	values := map[string]any{}
	for _, column := range h.empty {
		values[column] = nothing(e.FieldsByDBName[column])
	}
	return named(plain(q.UpdateColumns(values).Error))
}

// nothing is the empty value of a column.
func nothing(f *schema.Field) any {
	switch f.FieldType.Kind() {
	case reflect.Slice:
		return []byte{}
	case reflect.Pointer:
		return nil
	default:
		return reflect.Zero(f.FieldType).Interface()
	}
}

func (s *Store) scrubAll(ctx context.Context, e *schema.Schema, h holding, p person, redact Redact) error {
	for _, column := range h.scrub {
		if err := s.scrub(ctx, e, e.FieldsByDBName[column], h, p, redact); err != nil {
			return err
		}
	}
	return nil
}

// scrub rewrites texts one by one, each only if it still is what was read.
func (s *Store) scrub(ctx context.Context, e *schema.Schema, f *schema.Field, h holding, p person, redact Redact) error {
	return s.walk(ctx, e, h.whose, p.args(), func(rows []reflect.Value) error {
		for _, row := range rows {
			text := f.ReflectValueOf(ctx, row).String()
			clean := redact(text)
			if clean == text {
				continue
			}
			if err := s.rewrite(ctx, e, f, row, text, clean); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) rewrite(ctx context.Context, e *schema.Schema, f *schema.Field, row reflect.Value, text, clean string) error {
	write := func(to string) error {
		q := thisRow(ctx, s.db.WithContext(ctx).Model(reflect.New(e.ModelType).Interface()), e, row)
		return q.Where(f.DBName+" = ?", text).UpdateColumn(f.DBName, to).Error
	}
	err := write(clean)
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == 1406 { // what stands in for it is longer
		err = write(string([]rune(clean)[:len([]rune(text))]))
	}
	return named(plain(err))
}
