package photo

import (
	"bytes"
	"image"

	"github.com/bep/imagemeta"
)

// turn is an EXIF orientation, 1 to 8: how the stored rows and columns lie in the picture.
type turn int

const upright turn = 1

// orientation reads it from a block of EXIF; upright where there is none or none that can be read.
func orientation(block []byte) turn {
	found := upright
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(block), ImageFormat: imagemeta.TIFF, Sources: imagemeta.EXIF, LimitNumTags: 500, LimitTagSize: 16,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && value >= 1 && value <= 8 && tag.Namespace == "IFD0" {
				found = turn(value)
			}
			return nil
		},
	})
	if err != nil {
		return upright
	}
	return found
}

// canvas is what a picture of that size takes when it is turned.
func (o turn) canvas(width, height int) *image.RGBA {
	if o >= 5 {
		width, height = height, width
	}
	return image.NewRGBA(image.Rect(0, 0, width, height))
}

// place is where a pixel of the stored picture lies. EXIF 2.32, 4.6.4 A.
func (o turn) place(x, y, width, height int) (int, int) {
	right, bottom := width-1-x, height-1-y
	switch o {
	case 2:
		return right, y
	case 3:
		return right, bottom
	case 4:
		return x, bottom
	case 5:
		return y, x
	case 6:
		return bottom, x
	case 7:
		return bottom, right
	case 8:
		return y, right
	default:
		return x, y
	}
}

// put writes a row of the stored picture, of colours from 0 to 255.
func (o turn) put(out *image.RGBA, y, width, height int, row []float32) {
	for x := range width {
		px, py := o.place(x, y, width, height)
		pixel := out.Pix[out.PixOffset(px, py):]
		for c := range 3 {
			pixel[c] = byte(min(row[3*x+c]+0.5, 255))
		}
		pixel[3] = 0xFF
	}
}
