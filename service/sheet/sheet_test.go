package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"jinlin/service/sheet"
)

func known(cells []string) bool {
	return slices.Contains(cells, "小区") && slices.Contains(cells, "房号")
}

// read gives every row below the header.
func read(file []byte) (rows []sheet.Row, err error) {
	r, err := sheet.Open(bytes.NewReader(file), int64(len(file)), known)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

const table = "小区,房号,姓名\r\n虹桥小区,302,王桂花\r\n\r\n天悦华庭,101,\"李,“建”国\"\r\n"

func coded(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func workbook(t testing.TB, rows [][]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := sheet.NewWriter(sheet.XLSX, &out, "表")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEveryEncodingReadsAlike(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"UTF-8":            []byte(table),
		"UTF-8 with mark":  []byte("\ufeff" + table),
		"GB18030":          coded(t, simplifiedchinese.GB18030, table),
		"UTF-16":           coded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), table),
		"semicolons":       []byte("小区;房号;姓名\n虹桥小区;302;王桂花\n\n天悦华庭;101;\"李,“建”国\"\n"),
		"tabs":             []byte("小区\t房号\t姓名\n虹桥小区\t302\t王桂花\n\n天悦华庭\t101\t李,“建”国\n"),
		"workbook":         workbook(t, [][]string{{"小区", "房号", "姓名"}, {"虹桥小区", "302", "王桂花"}, {}, {"天悦华庭", "101", "李,“建”国"}}),
		"spaces and wides": []byte("小区 ,　房号, 姓名\n虹桥小区 ,302　,王桂花\n\n 天悦华庭,101,\"李,“建”国 \"\n"),
	} {
		rows, err := read(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(rows) != 2 || rows[0].Number != 2 || rows[1].Number != 4 ||
			!slices.Equal(rows[0].Cells, []string{"虹桥小区", "302", "王桂花"}) || !slices.Equal(rows[1].Cells, []string{"天悦华庭", "101", "李,“建”国"}) {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

func TestATitleAboveTheHeaderIsPassedOver(t *testing.T) {
	t.Parallel()
	rows, err := read([]byte("虹桥小区户数登记表,,\n\"填表\n说明\",,\n小区,房号\n虹桥小区,302\n"))
	if err != nil || len(rows) != 1 || rows[0].Number != 4 {
		t.Fatalf("%+v %v", rows, err)
	}
}

func TestABrokenByteIsKnownByItsRow(t *testing.T) {
	t.Parallel()
	rows, err := read([]byte("小区,房号\n虹桥小区,302\n虹\xff桥,303\n"))
	if err != nil || len(rows) != 2 || rows[0].Broken || !rows[1].Broken {
		t.Fatalf("%+v %v", rows, err)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		file []byte
		err  error
	}{
		"nothing":          {nil, sheet.ErrNoHeader},
		"another table":    {[]byte("a,b\n1,2\n"), sheet.ErrNoHeader},
		"old Excel":        {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), sheet.ErrUnreadable},
		"cut-off workbook": {workbook(t, [][]string{{"小区", "房号"}})[:200], sheet.ErrUnreadable},
		"a zip of nothing": {zipped(t, map[string]int{"hello.txt": 3}), sheet.ErrUnreadable},
		"a zip bomb":       {zipped(t, map[string]int{"xl/worksheets/sheet1.xml": 300 << 20}), sheet.ErrTooMuch},
		"a fat part":       {zipped(t, map[string]int{"xl/styles.xml": 20 << 20}), sheet.ErrTooMuch},
		"a fat cell":       {workbookOf(t, `<si><t>`+strings.Repeat("长", 1<<20)+`</t></si>`), sheet.ErrTooMuch},
		"a patched cell":   {workbookOf(t, `<si><t>`+strings.Repeat("长文<!-- -->", 1<<17)+`</t></si>`), sheet.ErrTooMuch},
		"a fat tag":        {workbookOf(t, `<si a="`+strings.Repeat("x", 1<<20)+`"><t>x</t></si>`), sheet.ErrTooMuch},
		"too many strings": {workbookOf(t, strings.Repeat("<si><t/></si>", 1_000_001)), sheet.ErrTooMuch},
		"an endless cell":  {append([]byte("小区,房号\n\""), bytes.Repeat([]byte("x"), 1<<20)...), sheet.ErrUnreadable},
	} {
		if _, err := read(want.file); !errors.Is(err, want.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func zipped(t testing.TB, parts map[string]int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, size := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, spaces{}, int64(size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// workbookOf is a workbook with these shared strings.
func workbookOf(t testing.TB, shared string) []byte {
	t.Helper()
	whole := workbook(t, [][]string{{"小区", "房号"}})
	from, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range from.File {
		if part.Name != "xl/sharedStrings.xml" {
			err = errors.Join(err, to.Copy(part))
		}
	}
	w, create := to.Create("xl/sharedStrings.xml")
	_, write := io.WriteString(w, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+shared+`</sst>`)
	if err = errors.Join(err, create, write, to.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// hostile are cells that a spreadsheet might run.
func hostile() []string {
	var cells []string
	for _, first := range strings.Split("=|+|-|@|＝|＋|－|＠", "|") {
		for _, before := range []string{"", " ", "\u3000", "\"", "'", "\t", "\r", "\n", "\x00", "“", "\ufeff", " ' \"", "\u00a0"} {
			cells = append(cells, before+first+"cmd|' /C calc'!A0", before+first+"HYPERLINK(\"http://x\",\"点\")", before+first+"1+1")
		}
	}
	return append(cells, "\tx", "\rx", "\nx", "\x00x", "\x1b\tx", "\x01\nx", "=", "+")
}

func TestNoCellThatIsWrittenIsActive(t *testing.T) {
	t.Parallel()
	corpus := hostile()
	rows := [][]string{{"小区", "房号"}}
	for _, cell := range corpus {
		rows = append(rows, []string{cell, "1"})
	}
	var csvFile bytes.Buffer
	w, err := sheet.NewWriter(sheet.CSV, &csvFile, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := read(csvFile.Bytes())
	if err != nil || len(back) != len(corpus) {
		t.Fatalf("%d rows of %d, %v", len(back), len(corpus), err)
	}
	for i, row := range back {
		if !strings.HasPrefix(row.Cells[0], "'") {
			t.Errorf("%q became %q", corpus[i], row.Cells[0])
		}
	}
	inert(t, workbook(t, rows))
}

// inert looks at the cells of a workbook as Excel would.
func inert(t *testing.T, file []byte) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	name := book.GetSheetList()[0]
	rows, err := book.GetRows(name)
	if err != nil || len(rows) < 100 {
		t.Fatal(len(rows), err)
	}
	for i := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		kind, err := book.GetCellType(name, at)
		formula, err2 := book.GetCellFormula(name, at)
		if err != nil || err2 != nil || formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s is of type %d with the formula %q; %v %v", at, kind, formula, err, err2)
		}
	}
}

func TestHarmlessCellsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"", "王桂花", "3-2-101", "O'Neil", "'n", "a=b", "１号楼", "第一行\n第二行"} {
		if got := sheet.Inert(cell); got != cell {
			t.Errorf("%q became %q", cell, got)
		}
	}
	if sheet.Plain(sheet.Inert("-5")) != "-5" || sheet.Plain("'n") != "'n" {
		t.Error("what was made inert does not come back")
	}
}

func TestATemplateIsATable(t *testing.T) {
	t.Parallel()
	for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
		var out bytes.Buffer
		err := sheet.Template(format, &out, "户", [][]string{{"小区", "房号"}, {"虹桥小区", "302"}}, "填写说明", [][]string{{"列", "说明"}})
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := read(out.Bytes()); err != nil || len(rows) != 1 {
			t.Errorf("%s: %+v %v", format, rows, err)
		}
	}
}

// FuzzOpen: whatever the bytes, reading ends, without a panic, within bounds, and with a
// fault that has a name.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(table))
	f.Add([]byte("\ufeff小区;房号\n\"a\nb\";2\n"))
	f.Add(coded(f, simplifiedchinese.GB18030, table))
	f.Add(coded(f, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), table))
	f.Add(workbook(f, [][]string{{"小区", "房号"}, {"虹桥小区", "302"}}))
	f.Add(zipped(f, map[string]int{"xl/workbook.xml": 9, "[Content_Types].xml": 9}))
	f.Add([]byte("小区,房号\n\"unclosed,1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := read(file)
		if err != nil && !errors.Is(err, sheet.ErrNoHeader) && !errors.Is(err, sheet.ErrUnreadable) && !errors.Is(err, sheet.ErrTooMuch) {
			t.Fatalf("without a name: %v", err)
		}
		last := 0
		for _, row := range rows {
			if row.Number <= last || len(row.Cells) > 128 {
				t.Fatalf("row %d of %d cells after row %d", row.Number, len(row.Cells), last)
			}
			last = row.Number
			for _, cell := range row.Cells {
				if got := sheet.Inert(cell); got != sheet.Inert(sheet.Plain(got)) {
					t.Fatalf("%q is made inert in two ways", cell)
				}
			}
		}
	})
}
