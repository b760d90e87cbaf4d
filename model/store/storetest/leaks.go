package storetest

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"jinlin/model/store"
)

// PersonalNumber is a mobile number or a citizen's, standing by itself.
var PersonalNumber = regexp.MustCompile(`\b(1[3-9]\d{9}|\d{17}[\dXx])\b`)

// PublicDuty are the columns with what is published of people's posts.
func PublicDuty(t testing.TB) []string {
	t.Helper()
	columns, err := store.Tagged("public_duty")
	if err != nil || len(columns) == 0 {
		t.Fatalf("columns with public duty: %v, %v", columns, err)
	}
	return columns
}

// ReadableNumbers are the personal numbers that can be read in a database, in columns that are
// not of public duty.
func ReadableNumbers(t testing.TB, databaseURL string) (found []string) {
	t.Helper()
	public := PublicDuty(t)
	for name, values := range Values(t, databaseURL) {
		if slices.Contains(public, name) {
			continue
		}
		for _, value := range values {
			if number := PersonalNumber.FindString(value); number != "" {
				found = append(found, fmt.Sprintf("%s in %s: %s", number, name, value))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
