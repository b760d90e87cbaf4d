package model

import (
	"fmt"
	"hash/fnv"
	"math"
)

// Spots stand in the index of public versions beside the pairs of characters, as numbers that no
// pair has: a building, or a square of the map that is wider than what is near, each for matters of
// one category, so that many of another one do not stand before them.
const (
	buildingSpot = 1 << 32
	CellSpot     = 2 << 32 // and above: squares
)

// cellDegrees is how wide a square is: 278 metres to the north, and to the east 167 where China ends
// in the north, so that what is at most 150 metres away is in one that touches one's own.
const cellDegrees = 0.0025

// SpotsOf are where a public version says its matter is: nowhere, unless it names the building.
func SpotsOf(category string, building UnitID, p Position) []int64 {
	if building.IsZero() {
		return nil
	}
	return append(cellsAround(category, p, 0), SpotsIn(category, building)...)
}

// SpotsIn is where a matter of a category is that is in a building.
func SpotsIn(category string, building UnitID) []int64 {
	if building.IsZero() {
		return nil
	}
	return []int64{spotOf(buildingSpot, category, building)}
}

// SpotsNear are where a matter of a category is that is near a position.
func SpotsNear(category string, p Position) []int64 { return cellsAround(category, p, 1) }

// cellsAround are the square of a position and those that are at most so many squares away.
func cellsAround(category string, p Position, far int) []int64 {
	latitude, longitude, ok := p.Degrees()
	if !ok {
		return nil
	}
	north, east := int(math.Floor(latitude/cellDegrees)), int(math.Floor(longitude/cellDegrees))
	var cells []int64
	for y := north - far; y <= north+far; y++ {
		for x := east - far; x <= east+far; x++ {
			cells = append(cells, spotOf(CellSpot, category, y, x))
		}
	}
	return cells
}

// spotOf is a number for a place. Two places may have the same one: whoever finds something by it
// looks at where that is.
func spotOf(kind int64, category string, place ...any) int64 {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, category, place)
	return kind + int64(h.Sum32())
}
