package demo

import "jinlin/model"

// formerUnits are where the retired cadres worked.
var formerUnits = []string{
	"县水利局", "县教育局", "县供销社", "县农机局", "县粮食局", "县卫生局", "县税务局", "县林业局", "晋昌镇政府", "县邮电局", "县物资总公司", "县人民法院",
}

// addTenures puts every secretary in post by the steps that all take: proposed by the town's
// committee, judged, approved by the county, in post on the day of the restructuring.
func (c *County) addTenures() {
	names, grants, committees := map[model.UserID]string{}, map[model.UnitID]*model.Grant{}, map[model.UnitID]model.UnitID{}
	for _, user := range c.Users {
		names[user.ID] = user.Nickname
	}
	for _, grant := range c.Grants {
		if grant.Role == model.Secretary {
			grants[grant.UnitID] = grant
		}
	}
	for _, unit := range c.Units {
		if unit.Kind == model.Committee {
			committees[unit.ParentID] = unit.ID
		}
	}
	towns := map[model.UnitID]*Community{}
	for _, community := range c.Communities {
		towns[community.ID] = community
	}
	for _, s := range c.Secretaries {
		community := towns[s.Branch.ParentID]
		c.addTenure(s, model.Tenure{
			Name: names[s.User], GrantID: grants[s.Branch.ID].ID, AppointedByUnit: committees[community.ParentID],
			ProposedBy: c.People[townPersona[community.place.town]], ApprovedBy: c.People["clerk-county"],
		})
	}
}

// addTenure takes a tenure through its steps.
func (c *County) addTenure(s Secretary, t model.Tenure) {
	day := restructuring
	t.ID, t.BranchID, t.UserID, t.Source = newID[model.Tenure](c), s.Branch.ID, s.User, s.Source
	t.StartsOn, t.StartedOn, t.CreatedAt = day, &day, day.AddDays(-20).At(9, 0)
	if t.Source == model.RetiredCadre {
		t.FormerUnit = formerUnits[len(c.Tenures)%len(formerUnits)]
	}
	for i, standard := range model.Standards {
		c.Judgements = append(c.Judgements, &model.TenureJudgement{
			ID: newID[model.TenureJudgement](c), TenureID: t.ID, Seq: i + 1, Standard: standard, Met: true,
			JudgedBy: t.ProposedBy, At: day.AddDays(-15).At(9, i),
		})
	}
	for _, step := range []struct {
		move model.TenureMove
		by   model.UserID
		days int
	}{{model.ProposeTenure, t.ProposedBy, 20}, {model.CheckTenure, t.ProposedBy, 15}, {model.ApproveTenure, t.ApprovedBy, 10}, {model.StartTenure, model.UserID{}, 0}} {
		event, err := t.Step(step.move, step.by, "", day.AddDays(-step.days).At(9, 10))
		if err != nil {
			panic(err) // the steps are the machine's own
		}
		event.ID = newID[model.TenureEvent](c)
		c.TenureSteps = append(c.TenureSteps, event)
	}
	c.Tenures = append(c.Tenures, &t)
}
