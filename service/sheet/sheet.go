// Package sheet reads and writes tables as offices keep them: CSV and XLSX.
//
// A table is known by its header. Among the first rows of a file, and the sheets of a
// workbook, the first row that whoever reads takes for a header is the header; titles above
// it are passed over. That settles the encoding of CSV too: Chinese headers read in the
// wrong encoding are nobody's headers, so UTF-8, with or without a mark, UTF-16 with one,
// and GB18030 are told apart without guessing. Commas, tabs and semicolons may separate.
//
// Rows are read one by one. What a file unpacks to, a row and the number of columns are
// bounded, so that no file needs more memory than its own size and a constant.
//
// What is written can do nothing: cells that a spreadsheet would take for a formula get an
// apostrophe before them in CSV, as spreadsheets write it themselves, and cells of XLSX are
// strings. Plain takes the apostrophe off again.
package sheet

import (
	"errors"
	"io"
	"strings"
	"unicode"

	"jinlin/model/fault"
)

// Format is how a table is kept.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ContentType is what HTTP calls it.
func (f Format) ContentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

const (
	maxUnpacked = 128 << 20 // bytes of a workbook, unpacked
	maxPart     = 16 << 20  // bytes of its parts that are kept in memory
	maxRecord   = 256 << 10 // bytes of a row
	maxColumns  = 128       // what is further to the right is not read
	headerRows  = 10        // among so many rows the header must be
)

var (
	// ErrUnreadable is a fault: neither CSV nor XLSX, or broken.
	ErrUnreadable = fault.Define(fault.Invalid, "file_unreadable",
		"文件无法读取，请使用 CSV 或 XLSX 格式。", "The file cannot be read. Use CSV or XLSX.")
	// ErrTooMuch is a fault: the file unpacks to more than is read.
	ErrTooMuch = fault.Define(fault.TooLarge, "file_unpacks_too_large",
		"文件解压后过大。", "The file unpacks to too much.")
	// ErrNoHeader is a fault: no row of the file is the header that was expected.
	ErrNoHeader = fault.Define(fault.Invalid, "header_not_found",
		"没有找到表头，请使用模板中的列名。", "No header row was found. Use the column names of the template.")
)

// Row is one row of a table.
type Row struct {
	Number int      // as a spreadsheet shows it, from 1
	Cells  []string // trimmed; at most 128
	Broken bool     // has bytes that are no text in the file's encoding
}

// Known says whether a row is the header of the table that is wanted.
type Known func(cells []string) bool

// Reader gives the rows below the header.
type Reader struct {
	Header []string
	Format Format
	rows   rows
}

// rows is what a format must do: the next row, io.EOF at the end.
type rows interface {
	next() (Row, error)
	close()
}

// Open finds the table in a file. Faults: file_unreadable, file_unpacks_too_large,
// header_not_found.
func Open(file io.ReaderAt, size int64, known Known) (*Reader, error) {
	magic := make([]byte, 8)
	n, err := file.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	magic = magic[:n]
	switch {
	case strings.HasPrefix(string(magic), "PK\x03\x04"):
		return openXLSX(file, size, known)
	case strings.HasPrefix(string(magic), "\xd0\xcf\x11\xe0"): // a workbook of before 2007, or an encrypted one
		return nil, ErrUnreadable
	}
	return openCSV(file, size, known)
}

// Next is the next row that is not blank; io.EOF at the end. Faults: file_unreadable,
// file_unpacks_too_large.
func (r *Reader) Next() (Row, error) {
	for {
		row, err := r.rows.next()
		if err != nil || !row.blank() {
			return row, err
		}
	}
}

// Close gives back what reading took.
func (r *Reader) Close() { r.rows.close() }

func (r Row) blank() bool { return strings.Join(r.Cells, "") == "" }

// trimmed cuts the spaces around cells, and cells too far to the right.
func trimmed(cells []string) []string {
	out := make([]string, min(len(cells), maxColumns))
	for i := range out {
		out[i] = strings.TrimFunc(cells[i], space)
	}
	return out
}

func space(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' }

// header looks for the header among the first rows.
func header(r rows, known Known) ([]string, error) {
	for range headerRows {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil, ErrNoHeader
		}
		if err != nil {
			return nil, err
		}
		if !row.Broken && known(row.Cells) {
			return row.Cells, nil
		}
	}
	return nil, ErrNoHeader
}
