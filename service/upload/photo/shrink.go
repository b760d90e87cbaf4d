package photo

import (
	"image"
	"image/draw"
)

// shrink lays a picture on white, makes its longer edge no longer than edge, and turns it.
// Every pixel of the result is the average of the area it stands for. Rows are read one by
// one: libraries that scale hold a whole picture of floating-point numbers meanwhile, more
// than the picture itself takes.
func shrink(from image.Image, edge int, o turn) *image.RGBA {
	bounds := from.Bounds()
	width, height := fit(bounds.Dx(), bounds.Dy(), edge)
	out := o.canvas(width, height)
	row := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), 1))
	line, sums, next := make([]float32, 3*width), make([]float32, 3*width), make([]float32, 3*width)
	down := float64(height) / float64(bounds.Dy())
	for y := range bounds.Dy() {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, from, image.Pt(bounds.Min.X, bounds.Min.Y+y), draw.Over)
		squeeze(line, row.Pix)
		at, share, rest := split(y, down)
		add(sums, line, share)
		add(next, line, rest)
		if rest > 0 || y == bounds.Dy()-1 || ends(y, at, down) {
			o.put(out, at, width, height, sums)
			sums, next = next, sums
			clear(next)
		}
	}
	return out
}

// fit is the size of a picture whose longer edge is at most so long.
func fit(width, height, edge int) (w, h int) {
	if longer := max(width, height); longer > edge {
		return max(1, width*edge/longer), max(1, height*edge/longer)
	}
	return width, height
}

// split says where the i-th of many falls among fewer: mostly into one of them, else partly
// into that and partly into the one after it. down is the ratio of their numbers, at most 1.
func split(i int, down float64) (at int, share, rest float32) {
	from, to := float64(i)*down, float64(i+1)*down
	at = int(from + 1e-9)
	if edge := float64(at + 1); to > edge+1e-9 {
		return at, float32(edge - from), float32(to - edge)
	}
	return at, float32(to - from), 0
}

// ends says whether the i-th is the last that falls into its place.
func ends(i, at int, down float64) bool {
	next, _, _ := split(i+1, down)
	return next > at
}

// squeeze averages a row of pixels into a line of fewer.
func squeeze(line []float32, pixels []byte) {
	clear(line)
	many, few := len(pixels)/4, len(line)/3
	across := float64(few) / float64(many)
	for x := range many {
		at, share, rest := split(x, across)
		for c := range 3 {
			value := float32(pixels[4*x+c])
			line[3*at+c] += value * share
			if rest > 0 && at+1 < few {
				line[3*(at+1)+c] += value * rest
			}
		}
	}
}

func add(sums, line []float32, weight float32) {
	if weight == 0 {
		return
	}
	for i, value := range line {
		sums[i] += value * weight
	}
}
