package photo

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"image"
	"io"
)

func isJPEG(head []byte) bool { return bytes.HasPrefix(head, []byte{0xFF, 0xD8, 0xFF}) }

func isPNG(head []byte) bool { return bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) }

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

// PNG, 11.2.1: bit depth and colour type follow the size in the first chunk.
func pngNeeds(file *io.SectionReader, c image.Config) int64 {
	const depthAt, interlaceAt = 24, 28
	head := headOf(file)
	if len(head) <= interlaceAt {
		return 0
	}
	perPixel := int64(4)
	if head[depthAt] == 16 {
		perPixel = 8
	}
	need := pixels(c) * perPixel
	if head[interlaceAt] != 0 {
		need *= 2 // each pass is decoded by itself
	}
	return need
}

// RFC 9649: a lossless picture is whole pixels and their transforms, a lossy one planes at
// half size, with or without a plane for transparency.
func webpNeeds(file *io.SectionReader, c image.Config) int64 {
	if string(headOf(file)[12:16]) == "VP8 " {
		return pixels(c) * 2
	}
	return pixels(c) * 8 // lossless, or an extended file that may hold one
}

// jpegNeeds reads how finely each component is sampled: a decoder holds that many samples,
// and for a progressive picture a coefficient of four bytes beside each. Bytes between the
// segments, which decoders forgive, are not forgiven here: what is measured must be what is
// decoded.
func jpegNeeds(file *io.SectionReader, c image.Config) int64 {
	r, plainColours := whole(file), false
	if _, err := r.Discard(len("\xFF\xD8")); err != nil {
		return 0
	}
	for {
		marker, length, err := nextSegment(r)
		if err != nil {
			return 0
		}
		switch marker {
		case 0xC0, 0xC1, 0xC2: // frames as Go decodes them
			return frameNeeds(inside(r, length), marker == 0xC2, plainColours, c)
		case 0xEE:
			plainColours = isPlain(inside(r, length)) || plainColours
		default:
			if _, err := r.Discard(length); err != nil {
				return 0
			}
		}
	}
}

var errNoSegment = errors.New("no segment of a JPEG")

// nextSegment is a segment's marker and how many bytes are in it, behind any number of bytes to fill.
func nextSegment(r *bufio.Reader) (marker byte, length int, err error) {
	first, err := r.ReadByte()
	if err != nil || first != 0xFF {
		return 0, 0, cmp.Or(err, errNoSegment)
	}
	for marker = 0xFF; marker == 0xFF; {
		if marker, err = r.ReadByte(); err != nil {
			return 0, 0, err
		}
	}
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return 0, 0, err
	}
	if length = int(binary.BigEndian.Uint16(size[:])) - len(size); length < 0 {
		return 0, 0, errNoSegment
	}
	return marker, length, nil
}

// inside is what is in a segment, at most 64 KiB; nothing of one that is cut.
func inside(r io.Reader, length int) []byte {
	segment := make([]byte, length)
	if _, err := io.ReadFull(r, segment); err != nil {
		return nil
	}
	return segment
}

// isPlain says whether an Adobe segment means colours as they are, red, green and blue.
func isPlain(segment []byte) bool {
	return len(segment) >= 12 && string(segment[:5]) == "Adobe" && segment[11] == 0
}

// frameNeeds reads a frame header: ITU-T T.81, B.2.2.
func frameNeeds(frame []byte, progressive, plainColours bool, c image.Config) int64 {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return 0
	}
	var samples, finest int64
	components := int(frame[5])
	for i := range components {
		sampling := frame[6+3*i+1]
		rate := int64(sampling>>4) * int64(sampling&0x0F)
		samples += rate
		finest = max(finest, rate)
	}
	if finest == 0 {
		return 0
	}
	need := pixels(c) * samples / finest
	if progressive {
		need *= 5
	}
	named := components == 3 && frame[6] == 'R' && frame[9] == 'G' && frame[12] == 'B'
	if components == 4 || named || plainColours {
		need += pixels(c) * 4 // the planes are put together
	}
	return need + 1
}
