package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
)

// What reading a workbook would have to hold in memory at once, beside rows.
const (
	maxRun     = 256 << 10 // bytes of text in one cell or string, or of one tag; spreadsheets write 32,767 letters at most
	maxStrings = 1_000_000 // strings that cells share
)

// frugal reads a part once, keeping nothing, and refuses what the library would have to hold
// whole: one endless text or tag, or too many shared strings. It is no parser: it counts.
// Faults: file_unpacks_too_large, file_unreadable.
func frugal(part *zip.File) error {
	packed, err := part.Open()
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	defer func() { _ = packed.Close() }()
	in := bufio.NewReaderSize(io.LimitReader(packed, maxUnpacked), 64<<10)
	var c counter
	for {
		piece, err := in.ReadSlice('>')
		if c.take(piece); c.run > maxRun || c.strings > maxStrings {
			return ErrTooMuch
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return ErrUnreadable.Because(err)
		}
	}
}

// counter counts since the last beginning of a row, a cell or a shared string.
type counter struct {
	run     int // bytes of text, or of a tag
	strings int
	inTag   bool
}

// take counts a piece that ends with a tag, or goes on.
func (c *counter) take(piece []byte) {
	text, tag, opens := bytes.Cut(piece, []byte("<"))
	if c.inTag {
		text, tag, opens = nil, piece, true
	}
	c.run += len(text)
	if !opens {
		return
	}
	if !c.inTag {
		switch element(tag) {
		case "si":
			c.strings++
			c.run = 0
		case "row", "c":
			c.run = 0
		}
	}
	c.inTag = !bytes.HasSuffix(tag, []byte(">"))
	if c.inTag {
		c.run += len(tag)
	}
}

// element is the name at the beginning of a tag, without its prefix.
func element(tag []byte) string {
	end := bytes.IndexAny(tag, " \t\r\n/>")
	if end < 0 {
		end = len(tag)
	}
	name := tag[:end]
	return string(name[bytes.IndexByte(name, ':')+1:])
}
