package store

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/schema"

	"jinlin/model"
)

// exported says whether rows of a holding go into the export of whose they are.
func (h holding) exported() bool { return h.whose != "" && h.mute == "" }

// ExportedTables are those of an export, in its order.
func ExportedTables() (tables []string) {
	for _, h := range holdings {
		if h.exported() {
			tables = append(tables, h.table)
		}
	}
	return tables
}

// Export hands over every row about a person, table by table in order of ExportedTables, some
// hundred at a time. A row is its columns by name, as in createdAt; what is sealed is opened,
// and people are "me" or "other": it is the export of one person and names nobody else.
func (s *Store) Export(ctx context.Context, user model.UserID, each func(table string, row map[string]any) error) error {
	p, err := s.person(ctx, user)
	if err != nil {
		return err
	}
	for _, h := range holdings {
		if !h.exported() {
			continue
		}
		if err := s.exportTable(ctx, h, p, each); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) exportTable(ctx context.Context, h holding, p person, each func(table string, row map[string]any) error) error {
	e, err := tableNamed(h.table)
	if err != nil {
		return err
	}
	v, _, err := vaultOf(h.table)
	if err != nil { // nothing in it is sealed
		v = vault{}
	}
	cond := h.whose
	if h.unless != "" {
		cond = "(" + cond + ") AND NOT (" + h.unless + ")"
	}
	return s.walk(ctx, e, cond, p.args(), func(rows []reflect.Value) error {
		for _, row := range rows {
			opened, err := v.open(ctx, s.keys, e, row)
			if err != nil {
				return err
			}
			if err := each(h.table, h.shown(ctx, e, row, p, opened)); err != nil {
				return err
			}
		}
		return nil
	})
}

// shown are the columns of a row that have something to say.
func (h holding) shown(ctx context.Context, e *schema.Schema, row reflect.Value, p person, opened map[string]string) map[string]any {
	out := map[string]any{}
	for _, f := range h.columns(e) {
		value, empty := f.ValueOf(ctx, row)
		if plain, sealed := opened[f.DBName]; sealed {
			out[camel(f.DBName)] = said(plain)
			continue
		}
		if empty {
			continue
		}
		switch value := value.(type) {
		case model.UserID:
			out[camel(f.DBName)] = "other"
			if slices.Contains(p.ids, value) {
				out[camel(f.DBName)] = "me"
			}
		case time.Time:
			out[camel(f.DBName)] = value.UTC().Format("2006-01-02T15:04:05.000Z")
		case []byte:
			out[camel(f.DBName)] = said(string(value))
		default:
			out[camel(f.DBName)] = value
		}
	}
	return out
}

// columns are those of an exported table that go into the export.
func (h holding) columns(e *schema.Schema) (fields []*schema.Field) {
	for _, f := range e.Fields {
		if _, kept := h.kept[f.DBName]; f.DBName != "" && !kept {
			fields = append(fields, f)
		}
	}
	return fields
}

// said is a text as it is, or what it says where it is JSON.
func said(text string) any {
	if (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}

// camel is a column's name as clients know names: created_at is createdAt.
func camel(column string) string {
	parts := strings.Split(column, "_")
	for i, part := range parts[1:] {
		parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
	}
	return strings.Join(parts, "")
}
