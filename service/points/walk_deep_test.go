//go:build deep

package points_test

// walkFiles is how many files of walks are walked: 2,010 walks.
const walkFiles = 67
