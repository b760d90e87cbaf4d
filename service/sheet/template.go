package sheet

import "io"

// Template writes a table to fill in: its header and an example, and, in a workbook, a
// second sheet that explains.
func Template(f Format, to io.Writer, title string, rows [][]string, notesTitle string, notes [][]string) error {
	w, err := NewWriter(f, to, title)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			return err
		}
	}
	if book, ok := w.(*xlsxWriter); ok {
		if err := book.Sheet(notesTitle); err != nil {
			return err
		}
		for _, note := range notes {
			if err := w.Write(note); err != nil {
				return err
			}
		}
	}
	return w.Close()
}
