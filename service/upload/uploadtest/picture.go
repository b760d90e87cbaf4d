package uploadtest

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// The smallest WebP pictures there are, in base64.
const (
	LossyWebP    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	LosslessWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func decoded(text string) []byte {
	data, _ := base64.StdEncoding.DecodeString(text)
	return data
}

var (
	red   = color.RGBA{R: 255, A: 255}
	green = color.RGBA{G: 255, A: 255}
	blue  = color.RGBA{B: 255, A: 255}
)

// Quarters is a picture whose four quarters, row by row, are red, green, blue and black.
func Quarters(width, height int) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	colours := []color.Color{red, green, blue, color.Black}
	for i, c := range colours {
		x, y := i%2*width/2, i/2*height/2
		draw.Draw(picture, image.Rect(x, y, x+(width+1)/2, y+(height+1)/2), image.NewUniform(c), image.Point{}, draw.Src)
	}
	return picture
}

// JPEG writes a picture as one.
func JPEG(picture image.Image) []byte {
	var out bytes.Buffer
	_ = jpeg.Encode(&out, picture, &jpeg.Options{Quality: 95})
	return out.Bytes()
}

// PNG writes a picture as one.
func PNG(picture image.Image) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, picture)
	return out.Bytes()
}
