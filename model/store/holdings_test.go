package store

import (
	"reflect"
	"slices"
	"testing"

	"gorm.io/gorm/schema"

	"jinlin/model"
)

// TestTheDataMapIsComplete: whoever adds a column of people, or a table that names a user,
// says in holdings what becomes of it when the person goes, and whether they get it exported.
func TestTheDataMapIsComplete(t *testing.T) {
	t.Parallel()
	for _, entity := range allEntities(t) {
		for _, problem := range unmapped(entity, holdings) {
			t.Errorf("%s: see holdings in model/store", problem)
		}
	}
}

func unmapped(entity *schema.Schema, list []holding) (problems []string) {
	named, covered := false, map[string]bool{}
	for _, h := range list {
		if h.table != entity.Table {
			continue
		}
		named = named || h.whose != "" || h.mute != ""
		for _, f := range entity.Fields {
			_, stays := h.stays[f.DBName]
			if h.gone || stays || slices.Contains(h.empty, f.DBName) || slices.Contains(h.scrub, f.DBName) {
				covered[f.DBName] = true
			}
		}
	}
	for _, f := range entity.Fields {
		tag := f.Tag.Get("data")
		if (tag == "personal" || tag == "sensitive") && !covered[f.DBName] {
			problems = append(problems, entity.Table+"."+f.DBName+" is of a person and nobody says what becomes of it")
		}
		if f.FieldType == reflect.TypeFor[model.UserID]() && !named {
			problems = append(problems, entity.Table+" names a user in "+f.DBName+" and is not in the data map")
		}
	}
	return problems
}

func TestTheDataMapTestBites(t *testing.T) {
	t.Parallel()
	for _, forgotten := range []string{"requests", "sign_ups", "users", "grants", "roster_entries"} {
		e, err := tableNamed(forgotten)
		if err != nil {
			t.Fatal(err)
		}
		without := slices.DeleteFunc(slices.Clone(holdings), func(h holding) bool { return h.table == forgotten })
		if len(unmapped(e, without)) == 0 {
			t.Errorf("%s can be left out", forgotten)
		}
	}
}

// TestAnExportLeavesNothingOut: a column of a person goes into their export unless the data
// map says why not, and only what can be read goes.
func TestAnExportLeavesNothingOut(t *testing.T) {
	t.Parallel()
	for _, h := range holdings {
		e, err := tableNamed(h.table)
		if err != nil || !h.exported() {
			continue
		}
		for column, why := range h.kept {
			if e.FieldsByDBName[column] == nil || why == "" {
				t.Errorf("%s.%s is kept back and is not there, or for no reason", h.table, column)
			}
		}
		for _, f := range h.columns(e) {
			bytes := f.FieldType.Kind() == reflect.Slice
			if bytes && !sealedColumns()[h.table+"."+f.DBName] {
				t.Errorf("%s.%s would be exported and nobody could read it", h.table, f.DBName)
			}
		}
		if len(h.columns(e))+len(h.kept) != len(e.DBNames) {
			t.Errorf("%s: %d columns are exported and %d kept, of %d", h.table, len(h.columns(e)), len(h.kept), len(e.DBNames))
		}
	}
	if n := len(ExportedTables()); n < 30 {
		t.Errorf("only %d tables are exported", n)
	}
}

func TestTheDataMapNamesWhatExists(t *testing.T) {
	t.Parallel()
	for _, h := range holdings {
		e, err := tableNamed(h.table)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, column := range append(slices.Clone(h.empty), h.scrub...) {
			if e.FieldsByDBName[column] == nil {
				t.Errorf("there is no %s.%s", h.table, column)
			}
		}
		if h.whose == "" && h.mute == "" {
			t.Errorf("%s: nobody's rows, and no reason", h.table)
		}
	}
}
