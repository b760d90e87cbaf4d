package store_test

import (
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

// storetest imports store, so the tests inside package store get it from out here.
func init() { store.SetMigratedURLs(storetest.SQLiteURL, storetest.MySQLURL) }
