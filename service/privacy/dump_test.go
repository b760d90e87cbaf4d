package privacy_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// dump is every row of every table as text, a line each that begins with the table's name.
// Columns named table.column in without are left out.
func dump(t testing.TB, past *sql.DB, without ...string) string {
	t.Helper()
	var b strings.Builder
	for _, table := range tablesOf(t, past) {
		rows, err := past.QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		dumpRows(t, &b, table, rows, strings.Join(without, " ")+" ")
	}
	return b.String()
}

func dumpRows(t testing.TB, b *strings.Builder, table string, rows *sql.Rows, without string) {
	t.Helper()
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		b.WriteString(table)
		for i, name := range names {
			if strings.Contains(without, table+"."+name+" ") {
				continue
			}
			value := values[i]
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			fmt.Fprintf(b, " %s=%v", name, value)
		}
		b.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func tablesOf(t testing.TB, past *sql.DB) (tables []string) {
	t.Helper()
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	rows, err := past.QueryContext(t.Context(), query)
	if err != nil {
		rows, err = past.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil || len(tables) < 10 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	return tables
}
