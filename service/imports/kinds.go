package imports

import (
	"io"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/sheet"
)

// kinds are what can be imported.
var kinds = map[model.ImportKind]*kind{
	model.ImportUnits:      unitKind,
	model.ImportHouseholds: householdKind,
	model.ImportRoster:     residentKind,
	model.ImportMembers:    memberKind,
	model.ImportStaff:      staffKind,
}

// Template writes an empty file to fill in, with an example line, which an import passes
// over, and in a workbook a sheet that explains the columns. It gives the title of the
// table. Fault: not_found.
func Template(slug model.ImportKind, f sheet.Format, to io.Writer) (string, error) {
	k, known := kinds[slug]
	if !known {
		return "", fault.ErrNotFound
	}
	header, example := make([]string, len(k.columns)), make([]string, len(k.columns))
	notes := [][]string{{"列名", "是否必填", "填写说明"}}
	for i, c := range k.columns {
		must := "选填"
		if header[i], example[i] = c.name, c.example; c.required {
			must = "必填"
		}
		notes = append(notes, []string{c.name, must, c.note})
	}
	notes = append(notes,
		[]string{"", "", "列的顺序不限，列名不要改动；以“示例”开头的行不会导入。"},
		[]string{"", "", "同一文件可重复导入，已有且未变的行不会重复；文件中没有的记录默认保留。"},
		[]string{"", "", "CSV 可用 UTF-8 或 GB18030（GBK）编码；一个文件不超过 20 万行、50 MB。"},
	)
	return k.title, sheet.Template(f, to, k.title, [][]string{header, example}, "填写说明", notes)
}
