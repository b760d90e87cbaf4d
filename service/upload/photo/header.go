package photo

import (
	"bufio"
	"bytes"
	"image"
	"io"
)

func isJPEG(head []byte) bool { return bytes.HasPrefix(head, []byte{0xFF, 0xD8, 0xFF}) }

func isPNG(head []byte) bool { return bytes.HasPrefix(head, []byte(pngSignature)) }

func isWebP(head []byte) bool {
	return len(head) >= 16 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

// whole reads a file from its beginning. Decoders that ask for a few bytes at a time do not ask the disk.
func whole(file *io.SectionReader) *bufio.Reader {
	return bufio.NewReader(io.NewSectionReader(file, 0, file.Size()))
}

// paged reads a file page by page for who asks for two bytes at a time, forwards.
type paged struct {
	file  io.ReaderAt
	page  [1 << 16]byte
	at    int64
	bytes int // of the page that were read
}

func (p *paged) ReadAt(to []byte, at int64) (int, error) {
	if len(to) > len(p.page) {
		return p.file.ReadAt(to, at)
	}
	if at >= p.at && at+int64(len(to)) <= p.at+int64(p.bytes) {
		return copy(to, p.page[at-p.at:]), nil
	}
	n, err := p.file.ReadAt(p.page[:], at)
	p.at, p.bytes = at, n
	if n = copy(to, p.page[:n]); n == len(to) {
		err = nil
	}
	return n, err
}

// headOf is the beginning of a file, where PNG and WebP say what they are.
func headOf(file *io.SectionReader) []byte {
	head := make([]byte, 32)
	n, _ := file.ReadAt(head, 0) // what cannot be read is no picture
	return head[:n]
}

func pixels(c image.Config) int64 { return int64(c.Width) * int64(c.Height) }

// RFC 9649: a lossless picture is whole pixels and their transforms, a lossy one planes at
// half size, with or without a plane for transparency.
func webpNeeds(file *io.SectionReader, c image.Config) int64 {
	if string(headOf(file)[12:16]) == "VP8 " {
		return pixels(c) * 2
	}
	return pixels(c) * 8 // lossless, or an extended file that may hold one
}
