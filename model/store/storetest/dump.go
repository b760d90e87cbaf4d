package storetest

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Dump is the content of every table, row by row, so that a test can say that nothing
// changed. It reads past the store.
func Dump(t testing.TB, databaseURL string) map[string][]string {
	t.Helper()
	db := past(t, databaseURL)
	names := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	if strings.HasPrefix(databaseURL, "sqlite://") {
		names = "SELECT name FROM sqlite_master WHERE type = 'table'"
	}
	dump := map[string][]string{}
	for _, name := range column(t, db, names) {
		dump[name] = content(t, db, "SELECT * FROM "+name)
	}
	return dump
}

// Values are all values of every column as text, by table.column. It reads past the store.
func Values(t testing.TB, databaseURL string) map[string][]string {
	t.Helper()
	db := past(t, databaseURL)
	names := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	if strings.HasPrefix(databaseURL, "sqlite://") {
		names = "SELECT name FROM sqlite_master WHERE type = 'table'"
	}
	all := map[string][]string{}
	for _, name := range column(t, db, names) {
		values(t, db, name, all)
	}
	return all
}

func values(t testing.TB, db *sql.DB, table string, all map[string][]string) {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	row, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, name := range columns {
			all[table+"."+name] = append(all[table+"."+name], string(row[i]))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// Changes names the tables in which two dumps differ, with a row that one of them lacks.
func Changes(before, after map[string][]string) (changes []string) {
	for name, rows := range after {
		if slices.Equal(before[name], rows) {
			continue
		}
		change := fmt.Sprintf("%s: %d rows became %d", name, len(before[name]), len(rows))
		for _, row := range rows {
			if !slices.Contains(before[name], row) {
				change += ": " + row
				break
			}
		}
		changes = append(changes, change)
	}
	slices.Sort(changes)
	return changes
}

func column(t testing.TB, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// content is every row as text, in an order of its own.
func content(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var all []string
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%q", values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
