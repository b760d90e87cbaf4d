package uploadtest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"slices"
	"strings"
	"sync"
)

// large is a JPEG of as many pixels as one may have. It says JFIF no more than phones do.
var large = sync.OnceValue(func() []byte { return JPEG(grey(5000, 5000)) })

// grey is a picture that takes little while it is made.
func grey(width, height int) *image.YCbCr {
	return image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
}

// plainColours is a segment of Adobe's which says that the colours are red, green and blue.
const plainColours = "\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00"

// withJFIF begins a JPEG as most programs do: such a picture has luminance and chrominance, whatever it says.
func withJFIF(jpeg []byte) []byte {
	return withSegment(jpeg, 0xE0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
}

// before puts something before a marker of a JPEG, the last of its kind.
func before(jpeg []byte, marker byte, segment string) []byte {
	at := bytes.LastIndex(jpeg, []byte{0xFF, marker})
	return slices.Concat(jpeg[:at], []byte(segment), jpeg[at:])
}

// stuffed is a JPEG behind millions of segments that hold nothing.
func stuffed(marker byte) []byte {
	plain := JPEG(Quarters(64, 48))
	empty := bytes.Repeat([]byte{0xFF, marker, 0, 2}, 2_400_000)
	return slices.Concat(plain[:2], empty, plain[2:])
}

// rough is a picture that nothing makes smaller.
func rough(width, height int) []byte {
	picture := grey(width, height)
	copy(picture.Y, noise(len(picture.Y)))
	var out bytes.Buffer
	_ = jpeg.Encode(&out, picture, &jpeg.Options{Quality: 60})
	return out.Bytes()
}

// firstPass has a JPEG's only pass be the first of several: the coefficients of the lowest frequency.
func firstPass(data []byte) []byte {
	at := bytes.Index(data, []byte{0xFF, 0xDA})
	components := int(data[at+4])
	data[at+5+2*components+1] = 0
	return data
}

// hidden is a JPEG of 15 bytes a pixel. Who takes the restart mark at its beginning for a segment looks for
// its length in the frame header, passes over all the rest, and finds a frame of one byte a pixel.
func hidden() []byte {
	const all, one = "\x08\x13\x88\x13\x88\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01", "\x08\x13\x88\x13\x88\x01\x01\x11\x00"
	const passedOver = 4 + 0xFFC2 // the frame's marker taken for a length
	small := JPEG(Quarters(64, 48))
	tables, scan := small[2:frame(small)], firstPass(small[bytes.Index(small, []byte{0xFF, 0xC4}):])
	data := slices.Concat([]byte("\xFF\xD8\xFF\xD0"), segment(0xC2, all), tables, scan)
	return slices.Concat(data, make([]byte, passedOver-len(data)), segment(0xC0, one), []byte{0xFF, 0xD9})
}

// scanned is a progressive grey square. Behind its first scan come some that better no coefficient of any
// block: ITU-T T.81, G.1.2.3, has fifteen bits for 2^14 blocks of which that is so.
func scanned(side, scans int) []byte {
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{8}, uint16(side)), uint16(side))
	blocks := ((side + 7) / 8) * ((side + 7) / 8)
	nothing := make([]byte, 2*(blocks>>14+1))
	out := slices.Concat([]byte{0xFF, 0xD8}, segment(0xDB, "\x00"+strings.Repeat("\x01", 64)), segment(0xC2, string(size)+"\x01\x01\x11\x00"),
		segment(0xC4, "\x10\x01"+strings.Repeat("\x00", 15)+"\xE0"), segment(0xDA, "\x01\x01\x00\x01\x3F\x00"), nothing)
	better := append(segment(0xDA, "\x01\x01\x00\x01\x3F\x10"), nothing...)
	return slices.Concat(out, bytes.Repeat(better, scans-1), []byte{0xFF, 0xD9})
}
