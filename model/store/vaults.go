package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

// vault says what of a table is under the field keys, so that it can be brought under
// another one. Seal refuses a column that is not in a vault.
type vault struct {
	table  string
	sealed []string // columns
	row    []string // columns that name the row in the places of its values; none: id
	hashes []string // columns with keyed hashes; a Reindex makes them anew
	when   string   // SQL: the rows that are under the keys at all; "" for all
	marked string   // a column with the mark of the key of a hash that nobody can make anew
	apart  string   // the purpose of the key, where it is not the one of all others
}

var vaults = []vault{
	{table: "phones", sealed: []string{"sealed"}, row: []string{"user_id"}, hashes: []string{"phone_hash"}},
	{table: "former_names", sealed: []string{"sealed"}},
	{
		table: "roster_entries", sealed: []string{"name_sealed", "phone_sealed", "member"},
		hashes: []string{"phone_hash", "live_key", "content"},
	},
	{table: "appointments", sealed: []string{"name_sealed", "phone_sealed"}, hashes: []string{"phone_hash", "live_key"}},
	{table: "residences", hashes: []string{"live_key"}, when: "live_key IS NOT NULL"},
	{table: "sealed_identities", sealed: []string{"person_sealed"}, hashes: []string{"person_hash", "pair_key"}, apart: sealIdentities},
	{table: "absentees", sealed: []string{"name_sealed", "phone_sealed"}, hashes: []string{"phone_hash"}},
	{table: "children", sealed: []string{"details"}, hashes: []string{"live_key"}},
	{table: "redemptions", sealed: []string{"code_sealed"}, hashes: []string{"code_hash"}},
	{table: "sign_ups", sealed: []string{"details"}},
	// What is told to sealed identities, see identity.NoticeJob.
	{table: "jobs", sealed: []string{"payload"}, row: []string{"dedupe_key"}, when: "kind = 'identity.notice'", apart: sealIdentities},
	{table: "deliveries", sealed: []string{"fields"}, when: "push_id IS NULL"},
	{table: "once_records", sealed: []string{"result"}, row: []string{"actor_id", "operation", "idempotency_key"}},
	{table: "team_members", sealed: []string{"phone_sealed"}},
	{table: "imports", sealed: []string{"report"}},
	{table: "import_chunks", sealed: []string{"content"}, row: []string{"import_id", "number"}},
	// Of a code only the hash is kept. It comes under the current key when it is renewed.
	{table: "stairwells", marked: "door_code_key", when: "door_code_hash IS NOT NULL"},
}

var sealedColumns = sync.OnceValue(func() map[string]bool {
	columns := map[string]bool{}
	for _, v := range vaults {
		for _, column := range v.sealed {
			columns[v.table+"."+column] = true
		}
	}
	return columns
})

// purposeOf is that of the key under which the values of a table are.
func purposeOf(table string) string {
	for _, v := range vaults {
		if v.table == table && v.apart != "" {
			return v.apart
		}
	}
	return sealFields
}

// Vaults names the tables with values under the field keys.
func Vaults() (tables []string) {
	for _, v := range vaults {
		tables = append(tables, v.table)
	}
	return tables
}

// Reindex makes the keyed hashes of a row anew under the current key, by column; of none it
// says nothing. opened are the row's sealed values in plain, by column.
type Reindex func(k *Keys, row any, opened map[string]string) map[string][]byte

// ReindexOf is the Reindex of one entity.
func ReindexOf[T any](again func(k *Keys, row T, opened map[string]string) map[string][]byte) Reindex {
	return func(k *Keys, row any, opened map[string]string) map[string][]byte {
		entity, _ := row.(T) // the rows of a table are its entities
		return again(k, entity, opened)
	}
}

// Resealed counts rows.
type Resealed struct {
	Moved   int // that now stand under the current key
	Clashes int // whose hash another row has already under the current key
	Broken  int // that no known key opens
}

// Reseal brings the rows of a table under the current key, some hundred in a transaction, in
// order of the primary key, until ready says that it is enough. A row changes only if it
// still is what was read, so that several may do this at once, and people go on working; who
// dies leaves the rest to whoever begins anew.
func (s *Store) Reseal(ctx context.Context, table string, again Reindex, ready func() bool) (r Resealed, err error) {
	v, e, err := vaultOf(table)
	if err != nil || v.marked != "" {
		return r, err
	}
	if len(v.hashes) > 0 && again == nil {
		return r, errors.New("store: nobody makes the hashes of " + table + " anew")
	}
	cond, args := v.stale(s.keys)
	err = s.walk(ctx, e, cond, args, func(rows []reflect.Value) error {
		if ready() {
			return errReady
		}
		return s.resealBatch(ctx, v, e, rows, again, &r)
	})
	if errors.Is(err, errReady) {
		err = nil
	}
	return r, err
}

var errReady = errors.New("store: enough for now")

func (s *Store) resealBatch(ctx context.Context, v vault, e *schema.Schema, rows []reflect.Value, again Reindex, r *Resealed) error {
	var changes []change
	for _, row := range rows {
		c, err := v.change(ctx, s.keys, e, row, again)
		switch {
		case errors.Is(err, ErrSealed):
			r.Broken++
		case err != nil:
			return err
		case len(c.set) > 0:
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	var moved, clashes int
	err := s.InTx(ctx, func(tx *Store) error {
		moved, clashes = 0, 0
		for _, c := range changes {
			done, err := tx.replace(ctx, e, c)
			switch {
			case errors.Is(err, ErrDuplicate):
				clashes++
			case err != nil:
				return err
			case done:
				moved++
			}
		}
		return nil
	})
	r.Moved, r.Clashes = r.Moved+moved, r.Clashes+clashes
	return err
}

// change is what becomes of one row, and what it must still be for that.
type change struct {
	row      reflect.Value
	was, set map[string]any
}

func (s *Store) replace(ctx context.Context, e *schema.Schema, c change) (bool, error) {
	q := thisRow(ctx, s.db.WithContext(ctx).Model(reflect.New(e.ModelType).Interface()), e, c.row)
	for column, value := range c.was {
		q = q.Where(column+" = ?", value)
	}
	return hit(q.UpdateColumns(c.set))
}

func (v vault) change(ctx context.Context, k *Keys, e *schema.Schema, row reflect.Value, again Reindex) (change, error) {
	c := change{row: row, was: map[string]any{}, set: map[string]any{}}
	opened, err := v.open(ctx, k, e, row)
	if err != nil {
		return c, err
	}
	for column, plain := range opened {
		before := bytesOf(ctx, e, row, column)
		if before[0] == k.current.mark {
			continue
		}
		if c.set[column], err = k.Seal(v.place(ctx, e, row, column), []byte(plain)); err != nil {
			return c, err
		}
		c.was[column] = before
	}
	if len(v.hashes) == 0 {
		return c, nil
	}
	for column, hash := range again(k, row.Interface(), opened) {
		if before := bytesOf(ctx, e, row, column); string(before) != string(hash) {
			c.was[column], c.set[column] = before, hash
		}
	}
	return c, nil
}

// open gives a row's sealed values in plain, by column. Empty ones are not there.
func (v vault) open(ctx context.Context, k *Keys, e *schema.Schema, row reflect.Value) (map[string]string, error) {
	opened := map[string]string{}
	for _, column := range v.sealed {
		value := bytesOf(ctx, e, row, column)
		if len(value) == 0 {
			continue
		}
		plain, err := k.Open(v.place(ctx, e, row, column), value)
		if err != nil {
			return nil, err
		}
		opened[column] = string(plain)
	}
	return opened, nil
}

func (v vault) place(ctx context.Context, e *schema.Schema, row reflect.Value, column string) Place {
	names := v.row
	if len(names) == 0 {
		names = []string{"id"}
	}
	parts := make([]string, len(names))
	for i, name := range names {
		value := reflect.Indirect(e.FieldsByDBName[name].ReflectValueOf(ctx, row))
		parts[i] = fmt.Sprint(value.Interface())
	}
	return Place{Table: v.table, Column: column, Row: strings.Join(parts, "/")}
}

func bytesOf(ctx context.Context, e *schema.Schema, row reflect.Value, column string) []byte {
	return e.FieldsByDBName[column].ReflectValueOf(ctx, row).Bytes()
}

// stale is the condition of the rows that may stand under another key than the current one.
// Where there are only hashes that is every row: they bear no mark.
func (v vault) stale(k *Keys) (string, []any) {
	return v.where("(LENGTH(%[1]s) > 0 AND SUBSTR(%[1]s, 1, 1) <> ?)", []byte{k.current.mark})
}

// foreign is the condition of the rows that no known key opens.
func (v vault) foreign(k *Keys) (string, []any) {
	return v.where("(LENGTH(%[1]s) > 0 AND SUBSTR(%[1]s, 1, 1) NOT IN ?)", k.marks())
}

func (v vault) where(each string, arg any) (string, []any) {
	var ors []string
	var args []any
	for _, column := range v.sealed {
		ors, args = append(ors, fmt.Sprintf(each, column)), append(args, arg)
	}
	var ands []string
	if v.when != "" {
		ands = append(ands, v.when)
	}
	if len(ors) > 0 {
		ands = append(ands, "("+strings.Join(ors, " OR ")+")")
	}
	return strings.Join(ands, " AND "), args
}

// Standing counts the rows of a table that stand under another key than the current one.
type Standing struct {
	Stale   int64 // a known key opens them
	Foreign int64 // no known key does
}

// CountStale looks at a whole table of Vaults.
func (s *Store) CountStale(ctx context.Context, table string, again Reindex) (c Standing, err error) {
	v, e, err := vaultOf(table)
	if err != nil {
		return c, err
	}
	count := func(cond string, args ...any) (n int64) {
		if err == nil {
			err = named(plain(s.reads.WithContext(ctx).Model(reflect.New(e.ModelType).Interface()).Where(cond, args...).Count(&n).Error))
		}
		return n
	}
	switch {
	case v.marked != "":
		c.Stale = count(v.when+" AND "+v.marked+" <> ?", s.keys.Mark())
	case len(v.sealed) == 0:
		c.Stale, err = s.countRehashed(ctx, v, e, again)
	default:
		stale, args := v.stale(s.keys)
		foreign, known := v.foreign(s.keys)
		c.Foreign = count(foreign, known...)
		c.Stale = count(stale, args...) - c.Foreign
	}
	return c, err
}

// countRehashed counts the rows whose hash would be another one under the current key.
func (s *Store) countRehashed(ctx context.Context, v vault, e *schema.Schema, again Reindex) (n int64, err error) {
	err = s.walk(ctx, e, v.when, nil, func(rows []reflect.Value) error {
		for _, row := range rows {
			c, err := v.change(ctx, s.keys, e, row, again)
			if err != nil {
				return err
			}
			n += int64(min(1, len(c.set)))
		}
		return nil
	})
	return n, err
}

func vaultOf(table string) (vault, *schema.Schema, error) {
	at := slices.IndexFunc(vaults, func(v vault) bool { return v.table == table })
	if at < 0 {
		return vault{}, nil, errors.New("store: nothing of " + table + " is under the field keys")
	}
	e, err := tableNamed(table)
	return vaults[at], e, err
}
