package demo

import (
	"fmt"

	"jinlin/model"
	"jinlin/service/wechat/sandbox"
)

// addStaff gives everybody their post. County and town first, because grants name who
// gave them.
func (c *County) addStaff() {
	county, clerk := c.Units[0], c.person("clerk-county", "")
	c.grant(clerk, model.CountyClerk, county)
	c.grant(c.person("clerk-02", "组织部小武"), model.CountyClerk, county) // who writes does not approve
	c.grant(c.person("auditor", ""), model.Auditor, county)
	for _, town := range c.Units {
		if town.Kind == model.Town {
			c.grant(c.person(townPersona[town.Name], town.Name+"党委"), model.TownCommittee, town)
		}
	}
	secretaries, gridWorkers := 0, 0
	for i, community := range c.Communities {
		c.grant(c.person(workerPersona(i), youngName(i+60)), model.CommunityWorker, community.Unit)
		c.addGridWorkers(community, gridWorkers)
		gridWorkers += community.place.gridWorkers
		for _, branch := range community.Branches {
			c.addSecretary(branch, secretaries)
			secretaries++
		}
	}
	for _, estate := range shops {
		branch := c.Branch(estate)
		c.grant(c.person(shopPersona[estate], estate+"爱心超市"), model.ShopKeeper, branch.Unit)
	}
}

var (
	townPersona = map[string]string{"晋昌镇": "town-jinchang", "河边镇": "town-hebian", "宏道镇": "town-hongdao"}
	shops       = []string{hongqiao, tianyue, shengshi, oldCadres, dongchen}
	shopPersona = map[string]string{
		hongqiao: "shop-hongqiao", tianyue: "shop-tianyue", shengshi: "shop-shengshi",
		oldCadres: "shop-laoganbu", dongchen: "shop-dongchen",
	}
	secretaryPersona = map[string]string{hongqiao: "secretary-hongqiao", tianyue: "secretary-tianyue"}
)

func workerPersona(community int) string {
	if community == 0 {
		return "worker-nancheng"
	}
	return fmt.Sprintf("worker-%02d", community+1)
}

// addGridWorkers gives each grid of a community the worker it had after the restructuring; the
// workers take grids by turns. See addLeads for what became of them. Hongqiao's has that one only, so that the bounds of the post can be seen.
func (c *County) addGridWorkers(community *Community, known int) {
	grids, workers := community.Grids, []model.UserID(nil)
	for i := range community.place.gridWorkers {
		persona := fmt.Sprintf("grid-%02d", known+i+1)
		if known+i == 0 {
			persona = "grid-hongqiao"
		}
		workers = append(workers, c.person(persona, youngName(known+i)))
	}
	if known == 0 {
		c.grant(workers[0], model.GridWorker, grids[0])
		grids, workers = grids[1:], workers[1:]
	}
	for i, grid := range grids {
		c.grant(workers[i%len(workers)], model.GridWorker, grid)
	}
}

// addSecretary puts somebody in post. Every seventh, 23 in all, is a member who lives in
// the estate; the other 136 are retired cadres.
func (c *County) addSecretary(branch *Branch, i int) {
	persona := secretaryPersona[branch.Estates[0].Name]
	if persona == "" {
		persona = fmt.Sprintf("secretary-%03d", i+1)
	}
	s := Secretary{User: c.person(persona, elderName(i)), Branch: branch, Source: model.RetiredCadre}
	if i%7 == 2 {
		s.Source = model.ResidentMember
		c.home(s.User, branch.Estates[0], model.ResidenceVerified)
	}
	c.grant(s.User, model.Secretary, branch.Unit)
	c.Secretaries = append(c.Secretaries, s)
}

// person adds somebody with an account and remembers them by persona.
func (c *County) person(persona, name string) model.UserID {
	for _, p := range Personas() {
		if p.Name == persona {
			name = p.Nickname
		}
	}
	user := &model.User{ID: newID[model.User](c), Nickname: name, Locale: "zh", CreatedAt: c.founded(), UpdatedAt: c.founded(), Version: 1}
	c.Users = append(c.Users, user)
	c.Accounts = append(c.Accounts, &model.WeChatAccount{
		OpenID: sandbox.OpenID(persona), UserID: user.ID, CreatedAt: user.CreatedAt, LastSeenAt: user.CreatedAt,
	})
	c.People[persona] = user.ID
	return user.ID
}

func (c *County) grant(user model.UserID, role model.Role, unit *model.Unit) {
	since := restructuring.At(0, 0)
	c.Grants = append(c.Grants, &model.Grant{
		ID: newID[model.Grant](c), UserID: user, Role: role, UnitID: unit.ID,
		ValidFrom: since, GrantedBy: c.People["clerk-county"], CreatedAt: since, Live: model.Lasting(),
	})
}

// residents is how many people have an account and no post.
const residents = 300

// crowded are the estates in which much happens, and how many of the residents live there.
var crowded = []struct {
	estate string
	people int
}{{hongqiao, 36}, {tianyue, 23}, {shengshi, 20}, {oldCadres, 14}, {dongchen, 10}}

// addResidents adds the named residents, then those of the crowded estates, then the rest
// all over the county. Of the last, some have not said where they live.
func (c *County) addResidents() {
	c.resident("resident-wang", c.estate(hongqiao), model.ResidenceVerified)
	c.resident("resident-li", c.estate(hongqiao), model.ResidenceVerified)
	c.resident("resident-zhao", c.estate(tianyue), model.ResidenceVerified)
	c.resident("courier-chen", nil, "")
	for _, crowd := range crowded {
		for range crowd.people {
			c.resident(c.residentPersona(), c.estate(crowd.estate), c.verification())
		}
	}
	estates := c.estates()
	for len(c.Residents) < residents {
		if len(c.Residents)%20 == 0 {
			c.resident(c.residentPersona(), nil, "")
			continue
		}
		c.resident(c.residentPersona(), estates[c.random.IntN(len(estates))], c.verification())
	}
}

func (c *County) residentPersona() string { return fmt.Sprintf("resident-%03d", len(c.Residents)+1) }

// verification leaves a few for the staff to decide.
func (c *County) verification() model.ResidenceStatus {
	switch len(c.Residents) % 40 {
	case 7, 23:
		return model.ResidencePending
	case 31:
		return model.ResidenceRejected
	}
	return model.ResidenceVerified
}

func (c *County) resident(persona string, home *Estate, status model.ResidenceStatus) {
	r := Resident{User: c.person(persona, nickname(len(c.Residents))), Persona: persona}
	if home != nil {
		r.Home = c.home(r.User, home, status)
	}
	c.Residents = append(c.Residents, r)
}

// home says where somebody lives.
func (c *County) home(user model.UserID, estate *Estate, status model.ResidenceStatus) *model.Residence {
	relations := []string{"owner", "owner", "family", "tenant"}
	r := &model.Residence{
		ID: newID[model.Residence](c), UserID: user, EstateID: estate.ID,
		BuildingID: estate.Buildings[c.random.IntN(len(estate.Buildings))].ID,
		Stairwell:  fmt.Sprint(1 + c.random.IntN(estate.stairwells())),
		Room:       fmt.Sprintf("%d%02d", 1+c.random.IntN(floors), 1+c.random.IntN(landing)),
		Relation:   relations[c.random.IntN(len(relations))], Status: status, CreatedAt: c.founded(),
	}
	c.Residences = append(c.Residences, r)
	return r
}

// estate finds an estate by name.
func (c *County) estate(name string) *Estate {
	for _, e := range c.estates() {
		if e.Name == name {
			return e
		}
	}
	return nil
}

func (c *County) estates() []*Estate {
	var all []*Estate
	for _, community := range c.Communities {
		for _, branch := range community.Branches {
			all = append(all, branch.Estates...)
		}
	}
	return all
}
