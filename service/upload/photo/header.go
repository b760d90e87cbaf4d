package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

func isJPEG(data []byte) bool { return bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}) }

func isPNG(data []byte) bool { return bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) }

func isWebP(data []byte) bool {
	return len(data) >= 16 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

func configWith(read func(io.Reader) (image.Config, error)) func([]byte) (image.Config, error) {
	return func(data []byte) (image.Config, error) { return read(bytes.NewReader(data)) }
}

func decodeWith(read func(io.Reader) (image.Image, error)) func([]byte) (image.Image, error) {
	return func(data []byte) (image.Image, error) { return read(bytes.NewReader(data)) }
}

func pixels(c image.Config) int64 { return int64(c.Width) * int64(c.Height) }

// PNG, 11.2.1: bit depth and colour type follow the size in the first chunk.
func pngNeeds(data []byte, c image.Config) int64 {
	const depthAt, interlaceAt = 24, 28
	if len(data) <= interlaceAt {
		return 0
	}
	perPixel := int64(4)
	if data[depthAt] == 16 {
		perPixel = 8
	}
	need := pixels(c) * perPixel
	if data[interlaceAt] != 0 {
		need += need / 2 // the last pass is decoded by itself
	}
	return need
}

// RFC 9649: a lossless picture is whole pixels and their transforms, a lossy one planes at
// half size, with or without a plane for transparency.
func webpNeeds(data []byte, c image.Config) int64 {
	if string(data[12:16]) == "VP8 " {
		return pixels(c) * 2
	}
	return pixels(c) * 8 // lossless, or an extended file that may hold one
}

// jpegNeeds reads how finely each component is sampled: a decoder holds that many samples,
// and for a progressive picture a coefficient of four bytes beside each. Bytes between the
// segments, which decoders forgive, are not forgiven here: what is measured must be what is
// decoded.
func jpegNeeds(data []byte, c image.Config) int64 {
	plainColours := false
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xFF {
			return 0
		}
		marker := data[at+1]
		if marker == 0xFF { // fill
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		if length < 2 || at+2+length > len(data) {
			return 0
		}
		if marker == 0xC0 || marker == 0xC1 || marker == 0xC2 { // frames as Go decodes them
			return frameNeeds(data[at+4:at+2+length], marker == 0xC2, plainColours, c)
		}
		plainColours = plainColours || marker == 0xEE && isPlain(data[at+4:at+2+length])
		at += 2 + length
	}
	return 0
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
