package model

import (
	"hash/fnv"
	"math"
)

// Spots stand in the index of public versions beside the pairs of characters, as numbers that no
// pair has: a building, and a cell of the map, a square that is wider than what is near.
const (
	buildingSpot = 1 << 32
	CellSpot     = 2 << 32 // and above: cells
)

// cell is how many degrees a cell is wide: 278 metres to the north, and to the east 167 where China
// ends in the north, so that what is at most 150 metres away is in a cell that touches one's own.
const cell = 0.0025

// South and west of the middle of the map there are so many cells.
const south, west = 90 / cell, 180 / cell

// SpotsOf are where a public version says its matter is: nowhere, unless it names the building.
func SpotsOf(building UnitID, p Position) []int64 {
	if building.IsZero() {
		return nil
	}
	return append(cellsAround(p, 0), buildingSpotOf(building))
}

// SpotsNear are where something is that is near to what is being said.
func SpotsNear(building UnitID, p Position) []int64 {
	spots := cellsAround(p, 1)
	if !building.IsZero() {
		spots = append(spots, buildingSpotOf(building))
	}
	return spots
}

// cellsAround are the cell of a position and those that are at most so many cells away.
func cellsAround(p Position, far int) []int64 {
	latitude, longitude, ok := p.Degrees()
	if !ok {
		return nil
	}
	north, east := int(math.Floor(latitude/cell)), int(math.Floor(longitude/cell))
	var cells []int64
	for y := north - far; y <= north+far; y++ {
		for x := east - far; x <= east+far; x++ {
			cells = append(cells, CellSpot+int64(y+south)<<18+int64(x+west))
		}
	}
	return cells
}

func buildingSpotOf(building UnitID) int64 {
	h := fnv.New32a()
	_, _ = h.Write(building[:])
	return buildingSpot + int64(h.Sum32())
}
