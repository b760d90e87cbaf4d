package privacy

import (
	"maps"
	"slices"
	"testing"

	"jinlin/model/store"
)

func TestEveryPartOfAnExportSaysWhatItIs(t *testing.T) {
	t.Parallel()
	tables := store.ExportedTables()
	for _, table := range tables {
		if title := exportTitles[table]; title.ZH == "" || title.EN == "" {
			t.Errorf("%s has no title", table)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(exportTitles)) {
		if !slices.Contains(tables, table) {
			t.Errorf("%s has a title and is not exported", table)
		}
	}
}
