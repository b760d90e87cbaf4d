package demo

import (
	"jinlin/model"
)

// promotion is the day on which those who had passed the exam (选聘考试) became community workers.
const promotion model.Date = "2025-10-01"

// addLeads gives each grid who leads it, and lets the 27 grid workers become community workers
// who go on leading theirs. Hongqiao's had another worker until then, who leads another grid of
// the community since; who has it now is a grid worker.
func (c *County) addLeads() {
	former, since := c.person("grid-01", youngName(27)), c.People["grid-hongqiao"]
	var hongqiao *model.Grant
	promoted := map[model.UserID]bool{}
	for _, g := range c.gridGrants() {
		if g.UserID == since {
			hongqiao = g
			continue
		}
		c.lead(g.UnitID, g.UserID, restructuring)
		c.promote(g, promoted)
	}
	c.addFormerWorker(hongqiao, former)
	c.promote(c.Grants[len(c.Grants)-1], promoted)
	hongqiao.ValidFrom, hongqiao.CreatedAt = promotion.At(0, 0), promotion.At(0, 0)
	c.succeed(hongqiao.UnitID, since)
	c.succeed(c.Communities[0].Grids[len(c.Communities[0].Grids)-1].ID, former)
}

func (c *County) gridGrants() (grants []*model.Grant) {
	for _, g := range c.Grants {
		if g.Role == model.GridWorker {
			grants = append(grants, g)
		}
	}
	return grants
}

// addFormerWorker gives somebody the role and the grid that another has now.
func (c *County) addFormerWorker(now *model.Grant, former model.UserID) {
	before := *now
	before.ID, before.UserID = newID[model.Grant](c), former
	c.Grants = append(c.Grants, &before)
	c.lead(before.UnitID, former, restructuring)
}

// promote ends a role in a grid and lets the person work in the whole community.
func (c *County) promote(g *model.Grant, promoted map[model.UserID]bool) {
	end := promotion.At(0, 0)
	g.ValidTo, g.Live, g.EndedBy = &end, nil, g.GrantedBy
	if promoted[g.UserID] {
		return
	}
	promoted[g.UserID] = true
	c.Grants = append(c.Grants, &model.Grant{
		ID: newID[model.Grant](c), UserID: g.UserID, Role: model.CommunityWorker, UnitID: c.parentOf(g.UnitID), ValidFrom: end,
		GrantedBy: g.GrantedBy, Reason: "通过选聘考试进入社区工作者队伍", CreatedAt: end, Live: model.Lasting(),
	})
}

func (c *County) parentOf(id model.UnitID) model.UnitID {
	for _, community := range c.Communities {
		for _, grid := range community.Grids {
			if grid.ID == id {
				return community.ID
			}
		}
	}
	return model.UnitID{}
}

// lead lets somebody lead a grid from a day on.
func (c *County) lead(grid model.UnitID, who model.UserID, from model.Date) {
	c.Leads = append(c.Leads, &model.GridLead{
		ID: newID[model.GridLead](c), GridID: grid, UserID: who, ValidFrom: from, Live: model.Lasting(),
		AppointedBy: c.People["clerk-county"], CreatedAt: from.At(9, 0),
	})
}

// succeed lets somebody lead a grid after whoever leads it until the promotion.
func (c *County) succeed(grid model.UnitID, who model.UserID) {
	end := promotion
	for _, l := range c.Leads {
		if l.GridID == grid {
			l.ValidTo, l.Live, l.EndedBy = &end, nil, l.AppointedBy
		}
	}
	c.lead(grid, who, promotion)
}
