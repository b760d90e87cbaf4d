package api

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// uuidText stands for every typed id in the description: text in the form of a UUID. The
// one of zeros names nothing; once decoded it could not be told from an id left out.
type uuidText string

// Schema describes it.
func (uuidText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Not: &huma.Schema{Enum: []any{"00000000-0000-0000-0000-000000000000"}}}
}

// describeIDs makes huma describe the typed ids found in a type as UUIDs. To huma an id
// is an array of bytes that reads and writes itself as text.
func describeIDs(r huma.Registry, t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		describeIDs(r, t.Elem(), seen)
	case reflect.Array:
		if t.Len() == 16 && strings.HasPrefix(t.Name(), "ID[") {
			r.RegisterTypeAlias(t, reflect.TypeFor[uuidText]())
		}
	case reflect.Struct:
		for i := range t.NumField() {
			describeIDs(r, t.Field(i).Type, seen)
		}
	default:
	}
}
