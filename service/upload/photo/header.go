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

// taken is a block of EXIF that comes next; nothing of one that is too long, or cut.
func taken(r io.Reader, length int64) []byte {
	if length > longestEXIF {
		return nil
	}
	block := make([]byte, length)
	if _, err := io.ReadFull(r, block); err != nil {
		return nil
	}
	return block
}

// headOf is the beginning of a file, where PNG and WebP say what they are.
func headOf(file *io.SectionReader) []byte {
	head := make([]byte, 32)
	n, _ := file.ReadAt(head, 0) // what cannot be read is no picture
	return head[:n]
}

func pixels(c image.Config) int64 { return int64(c.Width) * int64(c.Height) }
