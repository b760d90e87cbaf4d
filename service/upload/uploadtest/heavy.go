package uploadtest

import (
	"bytes"
	"image"
	"image/color"
	"iter"
	"strings"

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
	"jpeg of 25 megapixels":                                   large,
	"progressive jpeg of many scans":                          func() []byte { return scanned(2800, 64) },
	"jpeg whose plain colours are none, with 9 MiB behind it": func() []byte { return append(withJFIF(before(large(), 0xDA, plainColours)), noise(9<<20)...) },
	"jpeg of noise":                                           func() []byte { return rough(4000, 3500) },
	"png of nothing":                                          blank,
	"png of nothing, in sixteen bits":                         func() []byte { return nothing(deep(pngSized(2200, 2200)), 8, 2200) },
	"png of nothing, interlaced":                              func() []byte { return laced(2200) },
	"png with 9 MiB of text": func() []byte {
		return withChunk(blank(), "tEXt", "Comment\x00"+strings.Repeat("GPSsecret ", 900_000))
	},
	"jpeg with millions of empty segments": func() []byte { return stuffed(0xE1) },
	"jpeg with millions of empty comments": func() []byte { return stuffed(0xFE) },
	"png with a million empty texts": func() []byte {
		return withChunks(PNG(image.NewPaletted(image.Rect(0, 0, 64, 48), color.Palette{red, blue})), strings.Repeat(string(chunk("tEXt", "")), 800_000))
	},
	"png of bright stones": func() []byte { return mosaic(3238) },
	"png with 9 MiB of EXIF": func() []byte {
		return withChunk(blank(), "eXIf", exif(6)+strings.Repeat("\x00", 9<<20))
	},
	"png with many empty chunks of pixels": func() []byte {
		return behindPixels(blank(), bytes.Repeat(chunk("IDAT", ""), 700_000))
	},
	"png with 9 MiB of noughts behind it": func() []byte { return append(PNG(Quarters(64, 48)), make([]byte, 9<<20)...) },
	"webp with a million empty chunks":    func() []byte { return webpBehind(strings.Repeat("JUNK\x00\x00\x00\x00", 1_200_000), LossyWebP) },
}

var heavyUnreadable = map[string]func() []byte{
	"jpeg of 25 megapixels, cut":         func() []byte { return half(large()) },
	"jpeg that says 25 megapixels":       func() []byte { return sized(JPEG(Quarters(64, 48)), 5000, 5000) },
	"jpeg that hides its frame":          hidden,
	"progressive jpeg of too many scans": func() []byte { return scanned(2800, 1000) },
	"progressive jpeg":                   func() []byte { return firstPass(progressive(sized(JPEG(Quarters(64, 48)), 2300, 2300))) },
	"png of nothing, cut":                func() []byte { return half(blank()) },
	"png with many chunks of pixels too much": func() []byte {
		return behindPixels(blank(), bytes.Repeat(chunk("IDAT", "x"), 700_000))
	},
	"png with a false header":             falseHeader,
	"lossy webp that says it is big":      func() []byte { return lossySized(4500, nil, 0) },
	"lossy webp of 10 MiB":                func() []byte { return lossySized(4450, noise(10<<20-100), 10<<20-100) },
	"lossy webp that says 120 MiB follow": func() []byte { return lossySized(4500, noise(100), 120<<20) },
}

var tooHeavy = map[string]func() []byte{
	"png of one long row":                           func() []byte { return withNoughts(pngSized(10_000_000, 1), 40_000_001) },
	"jpeg of plain colours, said behind its frame":  func() []byte { return before(large(), 0xDA, plainColours) },
	"jpeg of plain colours, said behind its pixels": func() []byte { return before(large(), 0xD9, plainColours) },
}

func half(data []byte) []byte { return data[:len(data)/2] }
