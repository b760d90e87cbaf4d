package demo

import (
	"fmt"

	"jinlin/model"
)

// addPlaces makes the tree from the county down to buildings, and who leads what in it.
func (c *County) addPlaces() {
	county := c.unit(nil, model.County, "定襄县")
	county.Address = county.Name
	towns := map[string]*model.Unit{}
	for _, p := range places {
		if towns[p.town] == nil {
			towns[p.town] = c.unit(county, model.Town, p.town)
		}
		community := &Community{Unit: c.unit(towns[p.town], model.Community, p.community), place: p}
		c.Communities = append(c.Communities, community)
		c.addSingles(community)
		c.addJoints(community)
		c.addStations(community)
	}
}

func (c *County) addSingles(community *Community) {
	p := community.place
	for _, name := range p.named {
		c.addSingle(community, name, name == tianyue)
	}
	for range p.single - len(p.named) {
		c.addSingle(community, estateName(c.invented), newEstate(c.invented))
		c.invented++
	}
}

func (c *County) addJoints(community *Community) {
	for i := range community.place.joint {
		names := community.place.joined
		if i > 0 || names == nil {
			names = nil
			for range jointSize(c.joints) {
				names = append(names, smallEstateName(c.small))
				c.small++
			}
		}
		c.addJoint(community, names)
		c.joints++
	}
}

// addSingle makes an estate that is large enough for a branch of its own.
func (c *County) addSingle(community *Community, name string, isNew bool) {
	since := before
	if isNew {
		since = handover
	}
	estate := c.addEstate(community, name, since, 3+c.random.IntN(8))
	branch := c.addBranch(community, name+"党支部", model.SingleBranch, estate)
	if len(estate.Buildings) <= 8 || name == hongqiao {
		c.addGrid(community, branch, name+"网格", estate.Buildings)
		return
	}
	half := len(estate.Buildings) / 2
	c.addGrid(community, branch, name+"第一网格", estate.Buildings[:half])
	c.addGrid(community, branch, name+"第二网格", estate.Buildings[half:])
}

// addJoint lets small estates that lie side by side share a branch, bound to one grid.
func (c *County) addJoint(community *Community, names []string) {
	var estates []*Estate
	var buildings []*model.Unit
	for _, name := range names {
		estate := c.addEstate(community, name, before, 2+c.random.IntN(2))
		estate.small = true
		estates = append(estates, estate)
		buildings = append(buildings, estate.Buildings...)
	}
	branch := c.addBranch(community, names[0]+"联合党支部", model.JointBranch, estates...)
	c.addGrid(community, branch, names[0]+"片区网格", buildings)
}

func (c *County) addEstate(community *Community, name string, since model.Date, buildings int) *Estate {
	e := &Estate{Unit: c.unit(community.Unit, model.Estate, name)}
	e.ValidFrom = since
	if since == before {
		c.addFormer(community, e)
	} else {
		e.HandoverOn = &since
	}
	for i := range buildings {
		b := c.unit(e.Unit, model.Building, fmt.Sprintf("%d号楼", i+1))
		b.ValidFrom = since
		e.Buildings = append(e.Buildings, b)
	}
	return e
}

// addFormer makes the organisation that an estate had before the restructuring.
func (c *County) addFormer(community *Community, e *Estate) {
	end := restructuring
	former := c.unit(community.Unit, model.Branch, e.Name+"原党组织")
	former.BranchType, former.ValidTo = model.FormerBranch, &end
	c.cover(former, e.Unit)
}

func (c *County) addBranch(community *Community, name string, kind model.BranchType, estates ...*Estate) *Branch {
	b := &Branch{Unit: c.unit(community.Unit, model.Branch, name), Estates: estates}
	b.BranchType, b.ValidFrom, b.Phone = kind, restructuring, phone(c.serial)
	b.Address = estates[0].Address
	for _, e := range estates {
		c.cover(b.Unit, e.Unit)
	}
	community.Branches = append(community.Branches, b)
	return b
}

func (c *County) addGrid(community *Community, branch *Branch, name string, buildings []*model.Unit) {
	g := c.unit(community.Unit, model.Grid, name)
	g.ValidFrom = restructuring
	for _, b := range buildings {
		c.cover(g, b)
	}
	branch.Grids = append(branch.Grids, g)
	community.Grids = append(community.Grids, g)
}

// addStations gives a community its stations. Each stands in one estate and serves the
// branches next to it too.
func (c *County) addStations(community *Community) {
	n := community.place.stations
	for i, branch := range community.Branches {
		at := i * n / len(community.Branches)
		if at == len(community.Stations) {
			s := c.unit(community.Unit, model.Station, branch.Estates[0].Name+"党群服务站")
			s.Address = branch.Address + "物业楼一层"
			s.Phone, s.Hours, s.ValidFrom = phone(c.serial), hours[i%len(hours)], restructuring
			community.Stations = append(community.Stations, s)
		}
		c.cover(community.Stations[at], branch.Unit)
	}
}

var hours = []string{
	"周一至周日 08:30–12:00，14:30–18:30",
	"周一至周六 08:30–12:00，14:30–18:00",
	"周一至周五 08:30–12:00，15:00–20:00；周末 09:00–12:00",
}
