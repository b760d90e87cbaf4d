package demo

import (
	"fmt"

	"jinlin/model"
)

// addParty makes the Party's tree beside that of places: the department, a committee for
// each town, an organisation for each community, and the groups within the branches.
func (c *County) addParty() {
	county := c.Units[0]
	department := c.partyUnit(model.Department, county, nil, "中共定襄县委组织部")
	committees := map[model.UnitID]*model.Unit{}
	for _, town := range c.Units {
		if town.Kind == model.Town {
			committees[town.ID] = c.partyUnit(model.Committee, town, department, "中共"+town.Name+"委员会")
		}
	}
	for _, community := range c.Communities {
		organisation := c.partyUnit(model.Organisation, community.Unit, committees[community.ParentID], community.Name+"党组织")
		for _, branch := range community.Branches {
			branch.SuperiorID = organisation.ID
			c.addGroups(branch)
		}
	}
}

// partyUnit makes a unit that leads the place it is for.
func (c *County) partyUnit(kind model.UnitKind, place, superior *model.Unit, name string) *model.Unit {
	u := c.unit(place, kind, name)
	u.Address = place.Address
	if superior != nil {
		u.SuperiorID = superior.ID
	}
	c.cover(u, place)
	return u
}

// addGroups: a single branch has a group for each grid; a joint one is bound to its grid.
func (c *County) addGroups(branch *Branch) {
	if branch.BranchType == model.JointBranch {
		c.cover(branch.Unit, branch.Grids[0])
		return
	}
	for i, grid := range branch.Grids {
		g := c.unit(branch.Unit, model.Group, fmt.Sprintf("%s第%s党小组", branch.Name, []string{"一", "二"}[i]))
		g.Address, g.SuperiorID, g.ValidFrom = branch.Address, branch.ID, branch.ValidFrom
		c.cover(g, grid)
		branch.Groups = append(branch.Groups, g)
	}
}
