package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

var errNoPNG = errors.New("no PNG")

// Where the header has what it says: W3C PNG, 11.2.1. It is the first chunk, which a decoder does not insist
// on: what is measured must be what is decoded.
const (
	pngHeaderAt    = len(pngSignature)
	pngWidthAt     = pngHeaderAt + 8
	pngHeightAt    = pngWidthAt + 4
	pngDepthAt     = pngHeightAt + 4
	pngInterlaceAt = pngDepthAt + 4
)

func configPNG(file *io.SectionReader) (image.Config, error) {
	head := headOf(file)
	if len(head) <= pngInterlaceAt || string(head[pngHeaderAt:pngWidthAt]) != "\x00\x00\x00\x0DIHDR" {
		return image.Config{}, errNoPNG
	}
	side := func(at int) int { return int(int32(binary.BigEndian.Uint32(head[at:]))) } // of 31 bits
	return image.Config{Width: side(pngWidthAt), Height: side(pngHeightAt)}, nil
}

func pngNeeds(file *io.SectionReader, c image.Config) int64 {
	head, need := headOf(file), pixels(c)*4
	if head[pngDepthAt] == 16 {
		need *= 2
	}
	if head[pngInterlaceAt] != 0 {
		need *= 2 // each pass is decoded by itself
	}
	return need
}

// decodePNG has the library see nothing but what makes the picture, its pixels in one chunk: it takes four KiB
// for each chunk that it passes over, also for those of pixels behind the last one, of which a file may have a
// million. The checksums of their chunks are not compared: the pixels have one of their own.
func decodePNG(file *io.SectionReader) (image.Image, error) {
	c := chunksOf(file)
	front, err := c.front()
	if err != nil {
		return nil, err
	}
	sum := crc32.NewIEEE()
	_, _ = io.WriteString(sum, "IDAT")
	size, err := io.Copy(sum, c)
	if err != nil {
		return nil, err
	}
	front = append(binary.BigEndian.AppendUint32(front, uint32(size)), "IDAT"...)
	back := append(binary.BigEndian.AppendUint32(nil, sum.Sum32()), "\x00\x00\x00\x00IEND\xAE\x42\x60\x82"...)
	return png.Decode(io.MultiReader(bytes.NewReader(front), chunksOf(file), bytes.NewReader(back)))
}

// chunks goes through those of a PNG: W3C PNG, 5.3.
type chunks struct {
	r    *bufio.Reader
	head [8]byte // of the present one: length and name
	rest int64   // bytes of it that follow, with its checksum
}

const pngChecksum = 4

func chunksOf(file *io.SectionReader) *chunks {
	return &chunks{r: whole(file), rest: int64(len(pngSignature))}
}

func (c *chunks) is(name string) bool { return string(c.head[4:]) == name }

// next passes over what is left of a chunk to the one behind it.
func (c *chunks) next() error {
	_, err := c.r.Discard(int(c.rest))
	if err == nil {
		_, err = io.ReadFull(c.r, c.head[:])
	}
	c.rest = int64(binary.BigEndian.Uint32(c.head[:])) + pngChecksum
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// front is what stands before the pixels and makes the picture: sizes, colours, and which are transparent.
func (c *chunks) front() ([]byte, error) {
	const longest = 2 << 10 // more than a header with all 256 colours
	front := bytes.NewBufferString(pngSignature)
	for {
		if err := c.next(); err != nil || c.is("IDAT") {
			return front.Bytes(), err
		}
		if !c.is("IHDR") && !c.is("PLTE") && !c.is("tRNS") {
			continue
		}
		if int64(front.Len())+c.rest > longest {
			return nil, errNoPNG
		}
		front.Write(c.head[:])
		if _, err := io.CopyN(front, c.r, c.rest); err != nil {
			return nil, err
		}
		c.rest = 0
	}
}

// Read gives what is in the chunks of pixels, until the picture ends.
func (c *chunks) Read(p []byte) (int, error) {
	for !c.is("IDAT") || c.rest <= pngChecksum {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.is("IEND") {
			return 0, io.EOF
		}
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.rest-pngChecksum)])
	c.rest -= int64(n)
	return n, err
}

// exifInPNG: W3C PNG, 11.3.4.3.
func exifInPNG(file *io.SectionReader) []byte {
	for c := chunksOf(file); c.next() == nil && !c.is("IEND"); {
		if c.is("eXIf") {
			return taken(c.r, c.rest-pngChecksum)
		}
	}
	return nil
}
