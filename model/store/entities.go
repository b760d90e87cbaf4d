package store

import (
	"reflect"
	"sync"

	"gorm.io/gorm/schema"
)

// parsed are the entities read so far.
var parsed sync.Map

// entityOf reads an entity's columns and their tags.
func entityOf(row any) (*schema.Schema, error) {
	return schema.Parse(row, &parsed, schema.NamingStrategy{})
}

// entities are those of every table of Store, so that none can be forgotten.
var entities = sync.OnceValues(func() (found []*schema.Schema, err error) {
	tables := reflect.TypeFor[Store]()
	for i := range tables.NumField() {
		field := tables.Field(i).Type
		if field.Kind() != reflect.Struct {
			continue
		}
		entity, err := entityOf(reflect.New(rowOf(field.Field(0).Type)).Interface())
		if err != nil {
			return nil, err
		}
		found = append(found, entity)
	}
	return found, nil
})

// rowOf is T of table[T], taken from a method's signature.
func rowOf(tableType reflect.Type) reflect.Type {
	method, _ := tableType.MethodByName("Add")
	return method.Type.In(2).Elem().Elem()
}

// Tagged are the columns whose data has a tag, as table.column.
func Tagged(tag string) (columns []string, err error) {
	all, err := entities()
	for _, e := range all {
		for _, f := range e.Fields {
			if f.DBName != "" && f.Tag.Get("data") == tag {
				columns = append(columns, e.Table+"."+f.DBName)
			}
		}
	}
	return columns, err
}
