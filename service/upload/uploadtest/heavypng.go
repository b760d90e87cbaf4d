package uploadtest

import (
	"bytes"
	"compress/zlib"
	"io"
	"slices"
	"sync"
)

// blank is a PNG of as many pixels as one may have, some few.
var blank = sync.OnceValue(func() []byte { return nothing(pngSized(3200, 3200), 4, 3200) })

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
	return withRows(header, func(w io.Writer) {
		for block := make([]byte, 1<<16); n > 0; n -= len(block) {
			_, _ = w.Write(block[:min(n, len(block))])
		}
	})
}

// withRows follows a PNG's header with rows of pixels and its end.
func withRows(header []byte, write func(io.Writer)) []byte {
	var packed bytes.Buffer
	w, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	write(w)
	_ = w.Close()
	return slices.Concat(header, chunk("IDAT", packed.String()), chunk("IEND", ""))
}

// behindPixels puts chunks behind a PNG's last one of pixels.
func behindPixels(png, chunks []byte) []byte {
	end := len(png) - len(chunk("IEND", ""))
	return slices.Concat(png[:end], chunks, png[end:])
}

// falseHeader is a PNG of 16 bytes a pixel, behind a text that stands where its header should and says four.
func falseHeader() []byte {
	cheap, costly := pngSized(3200, 3200), interlaced(deep(pngSized(3200, 3200)))
	return slices.Concat(cheap[:8], chunk("tEXt", string(cheap[16:29])), withNoughts(costly, 1<<16)[8:])
}

// mosaic is a square whose stones of two by two pixels have colours by chance. It is small as it is sent, and
// large when it is written anew.
func mosaic(side int) []byte {
	const sameAsAbove = 2 // PNG, 9.2: with noughts behind it
	stones, row, below := noise(side*side/4), make([]byte, 1+4*side), make([]byte, 1+4*side)
	below[0] = sameAsAbove
	return withRows(pngSized(uint32(side), uint32(side)), func(w io.Writer) {
		for len(stones) > 0 {
			for x := range side {
				stone := stones[x/2]
				copy(row[1+4*x:], []byte{-(stone >> 7), -(stone >> 6 & 1), -(stone >> 5 & 1), 255})
			}
			stones = stones[side/2:]
			_, _ = w.Write(row)
			_, _ = w.Write(below)
		}
	})
}
