package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/vp8"
)

// Only pictures with losses are read, without transparency. A lossless one, or the transparency of another, may
// have thousands of tables for its codes, some 50 KB each, and nothing before them says how many.

func configWebP(file *io.SectionReader) (image.Config, error) {
	d, _, err := frameOf(file)
	if err != nil {
		return image.Config{}, err
	}
	frame, err := d.DecodeFrameHeader()
	return image.Config{Width: frame.Width, Height: frame.Height}, err
}

func decodeWebP(file *io.SectionReader) (image.Image, error) {
	d, _, err := frameOf(file)
	if err != nil {
		return nil, err
	}
	if _, err := d.DecodeFrameHeader(); err != nil {
		return nil, err
	}
	return d.DecodeFrame()
}

// webpNeeds: planes at half size, how each 256 pixels are smoothed, and what was sent, which the decoder holds.
func webpNeeds(file *io.SectionReader, c image.Config) int64 {
	_, length, err := frameOf(file)
	if err != nil {
		return 0
	}
	return pixels(c)*3/2 + pixels(c)/64 + length
}

// frameOf finds the picture: RFC 9649, 2. The decoder takes the memory for as many bytes as are said to follow,
// so that they have to be there.
func frameOf(file *io.SectionReader) (d *vp8.Decoder, length int64, err error) {
	c := riffOf(file)
	for err = c.next(); err == nil; err = c.next() {
		switch string(c.name[:]) {
		case "VP8 ":
			d = vp8.NewDecoder()
			d.Init(c.r, int(c.rest))
			return d, c.rest, nil
		case "VP8L", "ALPH", "ANIM", "ANMF":
			return nil, 0, ErrUnsupported
		}
	}
	return nil, 0, err
}

// riff goes through the chunks of a WebP: RFC 9649, 2.3.
type riff struct {
	r    *bufio.Reader
	left int64 // bytes of the file behind what has been read
	name [4]byte
	rest int64 // bytes of the present chunk that follow
}

func riffOf(file *io.SectionReader) *riff {
	return &riff{r: whole(file), left: file.Size(), rest: int64(len("RIFF....WEBP"))}
}

// next passes over a chunk to the one behind it, which is whole.
func (c *riff) next() error {
	const nameAndLength = 8
	over := c.rest + c.rest&1
	if _, err := c.r.Discard(int(over)); err != nil {
		return err
	}
	head, err := c.r.Peek(nameAndLength)
	if err != nil {
		return err
	}
	copy(c.name[:], head)
	c.rest = int64(binary.LittleEndian.Uint32(head[len(c.name):]))
	c.left -= over + nameAndLength
	if c.rest > c.left {
		return io.ErrUnexpectedEOF
	}
	_, err = c.r.Discard(nameAndLength)
	return err
}

// exifInWebP: RFC 9649, 2.7.1.5. Some programs begin it as in a JPEG.
func exifInWebP(file *io.SectionReader) []byte {
	for c := riffOf(file); c.next() == nil; {
		if string(c.name[:]) == "EXIF" {
			return bytes.TrimPrefix(taken(c.r, c.rest), []byte("Exif\x00\x00"))
		}
	}
	return nil
}
