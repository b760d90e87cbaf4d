package uploadtest

import (
	"bytes"
	"compress/zlib"
	"image"
	"slices"
)

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
	picture := image.NewRGBA(image.Rect(0, 0, side, side))
	stones := noise(side * side / 4)
	for i := range side * side {
		stone := stones[i/side/2*(side/2)+i%side/2]
		copy(picture.Pix[4*i:], []byte{-(stone >> 7), -(stone >> 6 & 1), -(stone >> 5 & 1), 255})
	}
	return PNG(picture)
}
