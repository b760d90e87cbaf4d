package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxCells bounds the work that a workbook full of cells far to the right makes.
const maxCells = 20_000_000

func openXLSX(file io.ReaderAt, size int64, known Known) (r *Reader, err error) {
	defer unreadable(&err)
	if err := measure(file, size); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(io.NewSectionReader(file, 0, size),
		excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPart / 2, RawCellValue: true})
	if err != nil {
		return nil, ErrUnreadable.Because(err)
	}
	for _, name := range book.GetSheetList() {
		iterator, err := book.Rows(name)
		if err != nil {
			continue // a chart, or a sheet whose part is missing
		}
		x := &xlsxRows{book: book, rows: iterator}
		if found, err := header(x, known); err == nil {
			return &Reader{Header: found, Format: XLSX, rows: x}, nil
		}
		_ = iterator.Close()
	}
	_ = book.Close()
	return nil, ErrNoHeader
}

// measure refuses a workbook that would unpack to too much. The sizes are those the file
// names itself; unpacking stops where it turns out to have lied.
func measure(file io.ReaderAt, size int64) error {
	packed, err := zip.NewReader(file, size)
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	if len(packed.File) > 2000 {
		return ErrTooMuch
	}
	var total, kept uint64
	var long []*zip.File
	for _, part := range packed.File {
		if part.UncompressedSize64 > maxUnpacked {
			return ErrTooMuch
		}
		total += part.UncompressedSize64
		name := strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))
		if name == "xl/sharedstrings.xml" || strings.HasPrefix(name, "xl/worksheets/sheet") { // those go through a file
			long = append(long, part)
		} else {
			kept += part.UncompressedSize64
		}
	}
	if total > maxUnpacked || kept > maxPart {
		return ErrTooMuch
	}
	for _, part := range long {
		if err := frugal(part); err != nil {
			return err
		}
	}
	return nil
}

type xlsxRows struct {
	book  *excelize.File
	rows  *excelize.Rows
	row   int
	cells int
}

func (x *xlsxRows) next() (row Row, err error) {
	defer unreadable(&err)
	if !x.rows.Next() {
		if err := x.rows.Error(); err != nil {
			return Row{}, ErrUnreadable.Because(err)
		}
		return Row{}, io.EOF
	}
	x.row++
	cells, err := x.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return Row{}, ErrUnreadable.Because(err)
	}
	if x.cells += len(cells); x.cells > maxCells {
		return Row{}, ErrTooMuch
	}
	return Row{Number: x.row, Cells: trimmed(cells), Broken: slices.ContainsFunc(cells, broken)}, nil
}

func (x *xlsxRows) close() {
	_ = x.rows.Close()
	_ = x.book.Close() // removes its temporary files
}

// unreadable turns a panic of the library over a hostile file into a fault.
func unreadable(err *error) {
	if p := recover(); p != nil {
		*err = ErrUnreadable.Because(errors.New(fmt.Sprint(p)))
	}
}
