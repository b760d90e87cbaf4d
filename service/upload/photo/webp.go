package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

// webpNeeds: RFC 9649: a lossless picture is whole pixels and their transforms, a lossy one planes at
// half size, with or without a plane for transparency.
func webpNeeds(file *io.SectionReader, c image.Config) int64 {
	if string(headOf(file)[12:16]) == "VP8 " {
		return pixels(c) * 2
	}
	return pixels(c) * 8 // lossless, or an extended file that may hold one
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
