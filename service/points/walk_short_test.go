//go:build !deep

package points_test

// walkFiles is how many files of walks are walked: 60 walks.
const walkFiles = 2
