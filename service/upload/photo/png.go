package photo

import (
	"bufio"
	"encoding/binary"
	"image"
	"image/png"
	"io"
)

// The library takes four KiB for each chunk of a PNG that it passes over, of which a file may have a
// million. It sees those only that make the picture.
func decodePNG(r io.Reader) (image.Image, error)  { return png.Decode(onlyPixels(r)) }
func configPNG(r io.Reader) (image.Config, error) { return png.DecodeConfig(onlyPixels(r)) }

func onlyPixels(r io.Reader) *pixelChunks {
	return &pixelChunks{r: bufio.NewReader(r), left: int64(len("\x89PNG\r\n\x1a\n"))}
}

// pixelChunks reads a PNG without the chunks that make no picture: W3C PNG, 4.8 and 5.3.
type pixelChunks struct {
	r    *bufio.Reader
	head []byte // of a chunk, that is still to be given
	left int64  // bytes of what follows that are still to be given
}

var makesPicture = map[string]bool{"IHDR": true, "PLTE": true, "tRNS": true, "IDAT": true, "IEND": true}

func (c *pixelChunks) Read(p []byte) (int, error) {
	for len(c.head) == 0 && c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// next begins a chunk, or passes over it.
func (c *pixelChunks) next() error {
	const lengthAndName, checksum = 8, 4
	head, err := c.r.Peek(lengthAndName)
	if err != nil {
		return err
	}
	size := int64(binary.BigEndian.Uint32(head)) + checksum
	if makesPicture[string(head[4:])] {
		c.head, c.left = append(c.head[:0:0], head...), size
		_, err = c.r.Discard(lengthAndName)
		return err
	}
	_, err = io.CopyN(io.Discard, c.r, lengthAndName+size)
	return err
}
