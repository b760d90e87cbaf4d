package uploadtest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"iter"
	"slices"
	"strings"
	"sync"

	"jinlin/service/upload/photo"
)

// Heavy are files that take as much memory as a picture is let take, or would take more, most of
// them of a few bytes. Each is made when its turn comes.
func Heavy() iter.Seq[File] {
	return func(yield func(File) bool) {
		for name, data := range heavyCleaned {
			if !yield(File{Name: name, Data: data()}) {
				return
			}
		}
		for name, data := range heavyUnreadable {
			if !yield(File{name, data(), photo.ErrUnreadable}) {
				return
			}
		}
		for name, data := range tooHeavy {
			if !yield(File{name, data(), photo.ErrTooManyPixels}) {
				return
			}
		}
	}
}

var heavyCleaned = map[string]func() []byte{
	"jpeg of 25 megapixels":             func() []byte { return large() },
	"jpeg whose plain colours are none": func() []byte { return withJFIF(before(large(), 0xDA, plainColours)) },
	"jpeg with 9 MiB behind it":         func() []byte { return slices.Concat(large(), noise(9<<20)) },
	"jpeg of noise":                     func() []byte { return rough(4000, 3500) },
	"png of nothing":                    func() []byte { return nothing(pngSized(3200, 3200), 4, 3200) },
	"png of nothing, in sixteen bits":   func() []byte { return nothing(deep(pngSized(2200, 2200)), 8, 2200) },
	"png of nothing, interlaced":        func() []byte { return laced(2200) },
	"png with 9 MiB of text": func() []byte {
		return withChunk(nothing(pngSized(3200, 3200), 4, 3200), "tEXt", "Comment\x00"+strings.Repeat("GPSsecret ", 900_000))
	},
	"jpeg with millions of empty segments": func() []byte { return stuffed(0xE1) },
	"jpeg with millions of empty comments": func() []byte { return stuffed(0xFE) },
	"png with a million empty texts": func() []byte {
		return withChunks(PNG(image.NewPaletted(image.Rect(0, 0, 64, 48), color.Palette{red, blue})), strings.Repeat(string(chunk("tEXt", "")), 800_000))
	},
	"png with 9 MiB of noughts behind it": func() []byte { return append(PNG(Quarters(64, 48)), make([]byte, 9<<20)...) },
	"webp with a million empty chunks":    func() []byte { return webpBehind(strings.Repeat("JUNK\x00\x00\x00\x00", 1_200_000)) },
	"lossless webp of one colour":         func() []byte { return webpSized(2280) },
}

var heavyUnreadable = map[string]func() []byte{
	"jpeg of 25 megapixels, cut":     func() []byte { return half(large()) },
	"jpeg that says 25 megapixels":   func() []byte { return sized(JPEG(Quarters(64, 48)), 5000, 5000) },
	"progressive jpeg":               func() []byte { return firstPass(progressive(sized(JPEG(Quarters(64, 48)), 2300, 2300))) },
	"png of nothing, cut":            func() []byte { return half(nothing(pngSized(3200, 3200), 4, 3200)) },
	"lossy webp that says it is big": func() []byte { return lossySized(4500) },
}

var tooHeavy = map[string]func() []byte{
	"jpeg of plain colours, said behind its frame":  func() []byte { return before(large(), 0xDA, plainColours) },
	"jpeg of plain colours, said behind its pixels": func() []byte { return before(large(), 0xD9, plainColours) },
}

func half(data []byte) []byte { return data[:len(data)/2] }

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

// nothing follows a PNG's header with a square of noughts, each row behind the byte for its filter.
func nothing(header []byte, perPixel, side int) []byte {
	return withNoughts(header, (1+perPixel*side)*side)
}

// laced is an interlaced square of noughts: PNG, 8.2, has seven passes.
func laced(side int) []byte {
	passes := [7][4]int{{8, 8, 0, 0}, {8, 8, 4, 0}, {4, 8, 0, 4}, {4, 4, 2, 0}, {2, 4, 0, 2}, {2, 2, 1, 0}, {1, 2, 0, 1}}
	noughts := 0
	for _, p := range passes {
		across, down := (side-p[2]+p[0]-1)/p[0], (side-p[3]+p[1]-1)/p[1]
		noughts += (1 + 4*across) * down
	}
	return withNoughts(interlaced(pngSized(uint32(side), uint32(side))), noughts)
}

func withNoughts(header []byte, n int) []byte {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	for block := make([]byte, 1<<16); n > 0; n -= len(block) {
		_, _ = w.Write(block[:min(n, len(block))])
	}
	_ = w.Close()
	return append(append(header, chunk("IDAT", packed.String())...), chunk("IEND", "")...)
}

// webpSized is a lossless square of one colour, for which no pixel takes a bit: RFC 9649, 3.4
// has width and height, less one, in 14 bits each behind the signature.
func webpSized(side uint32) []byte {
	data := decoded(LosslessWebP)
	const at = 21
	rest := binary.LittleEndian.Uint32(data[at:]) &^ (1<<28 - 1)
	binary.LittleEndian.PutUint32(data[at:], rest|(side-1)<<14|(side-1))
	return data
}

// webpBehind is an extended WebP (RFC 9649, 2.7) whose picture stands behind other chunks.
func webpBehind(chunks string) []byte {
	extended := "VP8X\x0a\x00\x00\x00" + strings.Repeat("\x00", 10)
	body := "WEBP" + extended + chunks + string(decoded(LosslessWebP)[12:])
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lossySized has a lossy square say another size: RFC 6386, 9.1, has it behind the start code.
func lossySized(side uint16) []byte {
	data := decoded(LossyWebP)
	const at = 26
	binary.LittleEndian.PutUint16(data[at:], side)
	binary.LittleEndian.PutUint16(data[at+2:], side)
	return data
}
