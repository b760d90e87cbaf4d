package sheet

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// Writer writes a table row by row.
type Writer interface {
	Write(cells []string) error
	Close() error // finishes the file, not what it is written to
}

// NewWriter begins a table. CSV leaves as it is written; a workbook is kept in temporary
// files and leaves at the end. title names its sheet.
func NewWriter(f Format, to io.Writer, title string) (Writer, error) {
	if f == XLSX {
		book := excelize.NewFile()
		w := &xlsxWriter{book: book, to: to}
		err := w.begin(title)
		return w, err
	}
	if _, err := io.WriteString(to, "\ufeff"); err != nil { // or Excel takes it for GB18030
		return nil, err
	}
	w := csv.NewWriter(to)
	w.UseCRLF = true
	return csvWriter{w}, nil
}

type csvWriter struct{ *csv.Writer }

func (w csvWriter) Write(cells []string) error {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = Inert(cell)
	}
	return w.Writer.Write(row)
}

func (w csvWriter) Close() error {
	w.Flush()
	return w.Error()
}

type xlsxWriter struct {
	book   *excelize.File
	stream *excelize.StreamWriter
	to     io.Writer
	row    int
}

func (w *xlsxWriter) begin(title string) (err error) {
	if err := w.book.SetSheetName(w.book.GetSheetName(0), title); err != nil {
		return err
	}
	w.stream, err = w.book.NewStreamWriter(title)
	return err
}

func (w *xlsxWriter) Write(cells []string) error {
	w.row++
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = visible(cell)
	}
	at, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return err
	}
	return w.stream.SetRow(at, row)
}

// Sheet goes on in another sheet.
func (w *xlsxWriter) Sheet(title string) (err error) {
	if err := w.stream.Flush(); err != nil {
		return err
	}
	if _, err := w.book.NewSheet(title); err != nil {
		return err
	}
	w.row = 0
	w.stream, err = w.book.NewStreamWriter(title)
	return err
}

func (w *xlsxWriter) Close() error {
	defer w.book.Close()
	if err := w.stream.Flush(); err != nil {
		return err
	}
	_, err := w.book.WriteTo(w.to)
	return err
}

// Inert is a cell that no spreadsheet takes for a formula. OWASP's rule: what begins with
// = + - @, a tab or a line end, also in full width, also behind quotes and spaces, gets an
// apostrophe before it.
func Inert(cell string) string {
	shown := visible(cell) // what a dropped character hid may come first now
	if active(cell) || active(shown) {
		return "'" + shown
	}
	return shown
}

// Plain takes off the apostrophe that Inert put before a cell.
func Plain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && active(rest) {
		return rest
	}
	return cell
}

func active(cell string) bool {
	if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") || strings.HasPrefix(cell, "\n") || strings.HasPrefix(cell, "\x00") {
		return true
	}
	rest := strings.TrimLeftFunc(cell, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("'\"‘’“”＇＂\ufeff\u200b", r)
	})
	first := []rune(rest)
	return len(first) > 0 && strings.ContainsRune("=+-@＝＋－＠", first[0])
}

// visible drops control characters, which XLSX cannot hold and CSV should not.
func visible(cell string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, cell)
}
