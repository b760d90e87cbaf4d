package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// encodings are the ways to read bytes as text, in the order in which they are tried.
var encodings = []func(io.Reader) io.Reader{
	func(r io.Reader) io.Reader { // and UTF-16, where it is marked
		return transform.NewReader(r, unicode.BOMOverride(unicode.UTF8.NewDecoder()))
	},
	func(r io.Reader) io.Reader { return simplifiedchinese.GB18030.NewDecoder().Reader(r) },
}

func openCSV(file io.ReaderAt, size int64, known Known) (*Reader, error) {
	problem := error(ErrNoHeader)
	for _, encoding := range encodings {
		for _, separator := range []rune{',', '\t', ';'} {
			r := newCSV(encoding(io.NewSectionReader(file, 0, size)), separator)
			found, err := header(r, known)
			if err == nil {
				return &Reader{Header: found, Format: CSV, rows: r}, nil
			}
			if !errors.Is(err, ErrNoHeader) {
				problem = err
			}
		}
	}
	return nil, problem
}

type csvRows struct {
	reader *csv.Reader
	meter  *meter
	within int // line ends inside cells so far: a spreadsheet does not count them as rows
}

func newCSV(text io.Reader, separator rune) *csvRows {
	m := &meter{from: bufio.NewReader(text)}
	r := csv.NewReader(m)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator, -1, true, true
	return &csvRows{reader: r, meter: m}
}

func (r *csvRows) next() (Row, error) {
	r.meter.left = maxRecord
	cells, err := r.reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case err != nil:
		return Row{}, ErrUnreadable.Because(err)
	}
	line, _ := r.reader.FieldPos(0)
	row := Row{Number: line - r.within, Cells: trimmed(cells), Broken: slices.ContainsFunc(cells, broken)}
	for _, cell := range cells {
		r.within += strings.Count(cell, "\n")
	}
	return row, nil
}

func (r *csvRows) close() {}

func broken(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError)
}

// meter ends a row that never ends, such as one with a quotation mark that is not closed.
type meter struct {
	from io.Reader
	left int
}

var errEndless = errors.New("sheet: a row without end")

// Read reads while the row may be longer.
func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errEndless
	}
	n, err := m.from.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}
