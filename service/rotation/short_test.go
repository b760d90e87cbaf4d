//go:build !deep

package rotation_test

const many = 1000 // people, each with a number and a line
