package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"jinlin/model"
)

// allEntities are the entities of every table.
func allEntities(t *testing.T) []*schema.Schema {
	t.Helper()
	found, err := entities()
	if err != nil || len(found) < 10 {
		t.Fatalf("only %d entities found: %v", len(found), err)
	}
	return found
}

// TestEveryColumnSaysWhetherItIsPersonal keeps the data map complete.
func TestEveryColumnSaysWhetherItIsPersonal(t *testing.T) {
	t.Parallel()
	for _, entity := range allEntities(t) {
		for _, field := range entity.Fields {
			if field.DBName == "" {
				continue
			}
			switch tag := field.Tag.Get("data"); tag {
			case "none", "personal", "sensitive", "public_duty":
			default:
				t.Errorf("%s.%s: the tag data is %q", entity.Name, field.Name, tag)
			}
		}
	}
}

// column is what both sides can say of a column.
type column struct {
	kind     string // id, text, blob, int, bool, time
	nullable bool
}

// wanted is what an entity's field needs.
func wanted(field *schema.Field) column {
	typ, nullable := field.FieldType, false
	if typ.Kind() == reflect.Pointer {
		typ, nullable = typ.Elem(), true
	}
	switch {
	case typ == reflect.TypeFor[time.Time]():
		return column{"time", nullable}
	case typ.Kind() == reflect.Array && typ.Len() == 16:
		return column{"id", nullable}
	case typ.Kind() == reflect.Slice:
		return column{"blob", nullable}
	case typ.Kind() == reflect.Bool:
		return column{"bool", nullable}
	case typ.Kind() == reflect.String:
		return column{"text", nullable}
	case typ.Kind() == reflect.Int, typ.Kind() == reflect.Int64:
		return column{"int", nullable}
	}
	return column{typ.String(), nullable}
}

// kindOf reads a column type of the database.
func kindOf(declared string) string {
	declared = strings.ToLower(declared)
	switch {
	case declared == "binary(16)":
		return "id"
	case strings.Contains(declared, "binary"), strings.Contains(declared, "blob"):
		return "blob"
	case strings.HasPrefix(declared, "datetime"):
		return "time"
	case strings.Contains(declared, "char"), strings.Contains(declared, "text"):
		return "text"
	case declared == "tinyint(1)", declared == "boolean", declared == "bool":
		return "bool"
	case strings.Contains(declared, "int"):
		return "int"
	}
	return declared
}

// fits compares. A zero id is NULL, so an id column may be nullable with a plain field; a
// blob of 16 bytes looks like an id. Nothing else may differ.
func (c column) fits(have column) bool {
	if c.kind == "id" || c.kind == "blob" && have.kind == "id" {
		return have.kind == "id"
	}
	if c.kind == "blob" {
		return have.kind == "blob"
	}
	return c == have
}

func compare(t *testing.T, entity *schema.Schema, have map[string]column) {
	t.Helper()
	if len(have) == 0 {
		t.Errorf("%s: there is no table %s", entity.Name, entity.Table)
		return
	}
	for _, field := range entity.Fields {
		if field.DBName == "" {
			continue
		}
		got, exists := have[field.DBName]
		if want := wanted(field); !exists || !want.fits(got) {
			t.Errorf("%s.%s wants a column %s of %+v; the schema has %+v", entity.Name, field.Name, field.DBName, want, got)
		}
		delete(have, field.DBName)
	}
	for name := range have {
		t.Errorf("%s: the column %s.%s has no field", entity.Name, entity.Table, name)
	}
}

func TestEntitiesAndSchemaAgreeOnSQLite(t *testing.T) {
	t.Parallel()
	c := &conn{now: model.SystemClock}
	if err := c.openSQLite(migratedFile(t), Options{Clock: model.SystemClock}); err != nil {
		t.Fatal(err)
	}
	s := bind(c)
	defer s.Close()
	for _, entity := range allEntities(t) {
		compare(t, entity, columns(t, c.db, fmt.Sprintf("SELECT name, type, CASE WHEN \"notnull\" = 1 OR pk > 0 THEN 'NO' ELSE 'YES' END FROM pragma_table_info('%s')", entity.Table)))
	}
}

func TestEntitiesAndSchemaAgreeOnMariaDB(t *testing.T) {
	c := &conn{now: model.SystemClock}
	if err := c.openMySQL(Options{URL: migratedDatabase(t), MaxConns: 4, Clock: model.SystemClock}); err != nil {
		t.Fatal(err)
	}
	s := bind(c)
	defer s.Close()
	for _, entity := range allEntities(t) {
		compare(t, entity, columns(t, c.db, fmt.Sprintf(
			"SELECT column_name, column_type, is_nullable FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '%s'", entity.Table)))
	}
}

func columns(t *testing.T, db *gorm.DB, query string) map[string]column {
	t.Helper()
	rows, err := db.Raw(query).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]column{}
	for rows.Next() {
		var name, declared, nullable sql.NullString
		if err := rows.Scan(&name, &declared, &nullable); err != nil {
			t.Fatal(err)
		}
		found[name.String] = column{kindOf(declared.String), nullable.String == "YES"}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestTheDriftTestBites breaks each rule on purpose.
func TestTheDriftTestBites(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]column{
		"another kind":     {{"text", false}, {"int", false}},
		"nullable":         {{"time", false}, {"time", true}},
		"not nullable":     {{"time", true}, {"time", false}},
		"an id as text":    {{"id", false}, {"text", false}},
		"a hash as text":   {{"blob", false}, {"text", false}},
		"no column at all": {{"int", false}, {}},
	} {
		if pair[0].fits(pair[1]) {
			t.Errorf("%s went unnoticed", name)
		}
	}
}

var migratedURLs = struct{ sqlite, mysql func(testing.TB) string }{}

func migratedFile(t *testing.T) string {
	t.Helper()
	path := strings.TrimPrefix(migratedURLs.sqlite(t), "sqlite://")
	if _, err := os.Stat(filepath.Clean(path)); err != nil {
		t.Fatal(err)
	}
	return path
}

func migratedDatabase(t *testing.T) string {
	t.Helper()
	return migratedURLs.mysql(t)
}
