package sandbox

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// codePicture is the mini-program code that a call asked for. It is drawn after
// the lock is released.
type codePicture struct {
	scene       string
	width       int
	transparent bool
}

// sceneText leaves out & although the documentation lists it: servers have
// refused it, so whoever needs it should learn that here.
var sceneText = regexp.MustCompile(`^[0-9A-Za-z!#$'()*+,/:;=?@._~-]+$`)

// pictureCode is /wxa/getwxacodeunlimit.
func (s *Sandbox) pictureCode(c *call) (any, error) {
	scene, page, env := c.body.text("scene"), c.body.text("page"), c.body.text("env_version")
	width := c.body.integer("width", 430)
	checkPath, transparent := c.body.flag("check_path", true), c.body.flag("is_hyaline", false)
	switch {
	case c.body.err != nil:
		return nil, c.body.err
	case scene == "" || len(scene) > 32:
		return nil, refuse(40169)
	case !sceneText.MatchString(scene):
		return nil, refuse(40129)
	case strings.HasPrefix(page, "/") || strings.Contains(page, "?") || page != "" && checkPath && !s.released(page):
		return nil, refuse(41030)
	case !knownEnv(env) || width < 280 || width > 1280:
		return nil, refuse(40097)
	}
	return codePicture{scene, int(width), transparent}, nil
}

func knownEnv(env string) bool {
	return slices.Contains([]string{"", "release", "trial", "develop"}, env)
}

// draw makes a round pattern of dots that differs from scene to scene. It looks
// like a mini-program code and is not one: only WeChat can make those.
func (p codePicture) draw() reply {
	img := image.NewRGBA(image.Rect(0, 0, p.width, p.width))
	if !p.transparent {
		paint(img.Pix, 255, 255, 255)
	}
	p.dots(img)
	var out bytes.Buffer
	contentType, err := "image/jpeg", error(nil)
	if p.transparent {
		contentType, err = "image/png", png.Encode(&out, img)
	} else {
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: 80})
	}
	if err != nil {
		panic(err) // a buffer does not fail
	}
	return reply{http.StatusOK, contentType, out.Bytes()}
}

// paint gives the pixels one opaque tone.
func paint(pixels []byte, red, green, blue byte) {
	for pixel := range slices.Chunk(pixels, 4) {
		copy(pixel, []byte{red, green, blue, 255})
	}
}

const dotsAcross = 25

func (p codePicture) dots(img *image.RGBA) {
	pattern := p.pattern()
	cell := float64(p.width) / dotsAcross
	for y := range p.width {
		for x := range p.width {
			column, row := int(float64(x)/cell), int(float64(y)/cell)
			dx, dy := float64(x)-(float64(column)+.5)*cell, float64(y)-(float64(row)+.5)*cell
			if pattern[row][column] && math.Hypot(dx, dy) < cell*.42 {
				paint(img.Pix[img.PixOffset(x, y):][:4], 0, 0, 0)
			}
		}
	}
}

// pattern spreads the hash of the scene over a disc with an empty middle, where
// real codes carry the logo.
func (p codePicture) pattern() (dots [dotsAcross][dotsAcross]bool) {
	for row := range dots {
		bits := sha256.Sum256([]byte{byte(row)})
		bits = sha256.Sum256(append(bits[:], p.scene...))
		for column := range dots[row] {
			radius := math.Hypot(float64(row-dotsAcross/2), float64(column-dotsAcross/2))
			dots[row][column] = bits[column]&1 == 1 && radius < dotsAcross/2 && radius > dotsAcross/6
		}
	}
	return dots
}
