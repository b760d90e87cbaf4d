package model

import (
	"math"
	"strconv"
	"strings"
)

// Position is a point on the map as WeChat's chooser of places gives it (GCJ-02): latitude and
// longitude in degrees, as in 38.484170,112.963400. "" is none.
type Position string

// PositionAt is the position of some degrees.
func PositionAt(latitude, longitude float64) Position {
	return Position(strconv.FormatFloat(latitude, 'f', 6, 64) + "," + strconv.FormatFloat(longitude, 'f', 6, 64))
}

// Degrees are latitude and longitude; false for none, and for what is no point on the map.
func (p Position) Degrees() (latitude, longitude float64, ok bool) {
	first, second, found := strings.Cut(string(p), ",")
	if !found {
		return 0, 0, false
	}
	latitude, wrong := strconv.ParseFloat(first, 64)
	longitude, strange := strconv.ParseFloat(second, 64)
	ok = wrong == nil && strange == nil && math.Abs(latitude) <= 90 && math.Abs(longitude) <= 180
	return latitude, longitude, ok
}

// Metres is how far it is from one to the other as the crow flies; false where either is none.
func (p Position) Metres(q Position) (float64, bool) {
	lat1, long1, here := p.Degrees()
	lat2, long2, there := q.Degrees()
	if !here || !there {
		return 0, false
	}
	const earth, degree = 6_371_000, math.Pi / 180
	north, east := math.Sin((lat2-lat1)*degree/2), math.Sin((long2-long1)*degree/2)
	h := north*north + math.Cos(lat1*degree)*math.Cos(lat2*degree)*east*east
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h))), true
}
