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

// Roughly is within some fifty metres of where it was, on a corner of a net that is always the same.
func (p Position) Roughly() Position {
	latitude, longitude, ok := p.Degrees()
	if !ok {
		return ""
	}
	const perDegree = 1000
	return PositionAt(math.Round(latitude*perDegree)/perDegree, math.Round(longitude*perDegree)/perDegree)
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

// PositionOfGPS is the position of degrees as satellites give them (WGS-84). Maps of the mainland
// are bent away from those, by up to half a kilometre; elsewhere both are the same.
func PositionOfGPS(latitude, longitude float64) Position {
	if latitude < 0.8293 || latitude > 55.8271 || longitude < 72.004 || longitude > 137.8347 {
		return PositionAt(latitude, longitude)
	}
	const (
		axis         = 6_378_245.0 // of the ellipsoid of Krassowski, metres
		eccentricity = 0.00669342162296594323
	)
	north, east := bent(longitude-105, latitude-35)
	phi := latitude * math.Pi / 180
	flat := 1 - eccentricity*math.Sin(phi)*math.Sin(phi)
	meridian := axis * (1 - eccentricity) / (flat * math.Sqrt(flat))
	parallel := axis / math.Sqrt(flat) * math.Cos(phi)
	return PositionAt(latitude+north/meridian*180/math.Pi, longitude+east/parallel*180/math.Pi)
}

// bent is by how many metres a map is bent, so many degrees east and north of its centre.
func bent(x, y float64) (north, east float64) {
	wave := func(size, of float64) float64 { return size * math.Sin(of*math.Pi) * 2 / 3 }
	both, root := wave(20, 6*x)+wave(20, 2*x), math.Sqrt(math.Abs(x))
	north = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + both + wave(20, y) + wave(40, y/3) + wave(160, y/12) + wave(320, y/30)
	east = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + both + wave(20, x) + wave(40, x/3) + wave(150, x/12) + wave(300, x/30)
	return north, east
}
