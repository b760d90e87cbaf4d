//go:build deep

package rotation_test

const many = 50_000 // people, each with a number and a line: 100,000 rows
