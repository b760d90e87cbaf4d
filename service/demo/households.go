package demo

import (
	"fmt"

	"jinlin/model"
)

// Every building has six floors, and two flats to a landing.
const (
	floors  = 6
	landing = 2
)

// stairwells is how many a building has: those of small estates two, others three.
func (e *Estate) stairwells() int {
	if e.small {
		return 2
	}
	return 3
}

// addHouseholds makes the stairwells and flats of every building.
func (c *County) addHouseholds() {
	for _, estate := range c.estates() {
		for _, building := range estate.Buildings {
			for i := range estate.stairwells() {
				c.addStairwell(estate, building, fmt.Sprint(i+1))
			}
		}
	}
}

func (c *County) addStairwell(estate *Estate, building *model.Unit, name string) {
	s := &model.Stairwell{
		ID: newID[model.Stairwell](c), EstateID: estate.ID, BuildingID: building.ID, Name: name,
		ValidFrom: building.ValidFrom, Live: model.Lasting(), CreatedAt: c.founded(),
	}
	c.Stairwells = append(c.Stairwells, s)
	for i := range floors * landing {
		c.Households = append(c.Households, &model.Household{
			ID: newID[model.Household](c), EstateID: estate.ID, BuildingID: building.ID, StairwellID: s.ID,
			Room:      fmt.Sprintf("%d%02d", i/landing+1, i%landing+1),
			ValidFrom: s.ValidFrom, Live: model.Lasting(), CreatedAt: c.founded(),
		})
	}
}
