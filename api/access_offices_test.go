package api_test

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/imports"
	"jinlin/service/team"
)

// Makers of roles, teams, files and closures, for the access tests.

// candidate is somebody who has no role yet.
func candidate(c *county, _ *place, _ model.UserID) names {
	return names{"candidate": c.Person("新人").User.String()}
}

// grantProposed is a role of the owner's in the place's branch that waits for a second
// person, so that it gives them nothing; auditorProposed is one in the community, which
// stands where the branch is dissolved.
func grantProposed(c *county, p *place, owner model.UserID) names {
	return names{"id": c.proposes(owner, model.ShopKeeper, p.branch).String()}
}

func auditorProposed(c *county, p *place, owner model.UserID) names {
	return names{"id": c.proposes(owner, model.Auditor, p.community).String()}
}

func (c *county) proposes(to model.UserID, role model.Role, unit model.UnitID) model.GrantID {
	g := model.Grant{
		ID: newID[model.Grant](c), UserID: to, Role: role, UnitID: unit, Pending: true, ValidFrom: c.Clock.Now(), GrantedBy: c.clerk, CreatedAt: c.Clock.Now(),
	}
	c.Must(c.Store.Grants.Add(c.T.Context(), &g))
	return g.ID
}

// keeperNamed is somebody without an account whom the clerk has named for a role in the branch.
func keeperNamed(c *county, p *place, _ model.UserID) names {
	id, number := newID[model.Appointment](c), c.number()
	seal := func(column, text string) []byte {
		sealed, err := c.Store.Keys().Seal(store.Place{Table: "appointments", Column: column, Row: id.String()}, []byte(text))
		c.Must(err)
		return sealed
	}
	c.Must(c.Store.Appointments.Add(c.T.Context(), &model.Appointment{
		ID: id, Role: model.ShopKeeper, UnitID: p.branch, NameSealed: seal("name_sealed", "新人"), PhoneSealed: seal("phone_sealed", number),
		PhoneHash: c.Store.Keys().PhoneIndex(number), StartsOn: model.DateOf(c.Clock.Now()), NamedBy: c.clerk,
		CreatedAt: c.Clock.Now(), ExpiresAt: c.Clock.Now().AddDate(0, 3, 0),
	}))
	return names{"id": id.String()}
}

// withNumber is somebody whom a number finds.
func withNumber(c *county, _ *place, _ model.UserID) names {
	who, number := c.Person("有号码的人"), c.number()
	phone, err := account.NewPhone(c.Store, who.User, number)
	c.Must(err)
	c.Must(c.Store.Phones.Add(c.T.Context(), phone))
	return names{"phone": number}
}

// someUser is somebody with a role in the place's branch.
func someUser(c *county, p *place, _ model.UserID) names {
	return names{"userId": p.secretary.String()}
}

func promoted(c *county, _ *place, _ model.UserID) names {
	return names{"userId": c.here.secretary.String()}
}

// promotable is somebody with a role in the first community, whoever gives roles there.
func promotable(c *county, _ *place, _ model.UserID) names {
	who := c.Staff(model.GroupLeader, c.here.group)
	held, err := c.Store.Grants.ListByUser(c.T.Context(), who.User)
	c.Must(err)
	return names{"userId": who.User.String(), "from": held[0].ID.String()}
}

// gridWithWorker is the place's grid and somebody who works in the community.
func gridWithWorker(c *county, p *place, _ model.UserID) names {
	return names{"id": p.grid.String(), "worker": c.Staff(model.CommunityWorker, p.community).User.String()}
}

// ledGrid is the place's grid, and somebody leads it.
func ledGrid(c *county, p *place, _ model.UserID) names {
	now := c.Clock.Now()
	_, err := c.Store.GridLeads.GetLive(c.T.Context(), p.grid)
	if errors.Is(err, fault.ErrNotFound) {
		err = c.Store.GridLeads.Add(c.T.Context(), &model.GridLead{
			ID: newID[model.GridLead](c), GridID: p.grid, UserID: p.secretary, ValidFrom: model.DateOf(now), Live: model.Lasting(), AppointedBy: c.clerk, CreatedAt: now,
		})
	}
	c.Must(err)
	return names{"id": p.grid.String()}
}

// helper is somebody in the team of the place's branch, neighbourly of its estate.
func helper(c *county, p *place, _ model.UserID) names { return c.helper(p.branch) }

func neighbourly(c *county, p *place, _ model.UserID) names { return c.helper(p.estate) }

func (c *county) helper(unit model.UnitID) names {
	now := c.Clock.Now()
	m := model.TeamMember{
		ID: newID[model.TeamMember](c), UnitID: unit, Role: model.Volunteer, Name: "志愿者" + strconv.Itoa(c.serial), ValidFrom: "2020-01-01", Live: model.Lasting(), AddedBy: c.clerk, CreatedAt: now,
	}
	sealed, err := team.SealPhone(c.Store, m.ID, c.number())
	c.Must(err)
	m.PhoneSealed = sealed
	c.Must(c.Store.TeamMembers.Add(c.T.Context(), &m))
	return names{"id": m.ID.String()}
}

// checkedFile is a file for the place's estate that was checked and not applied.
func checkedFile(c *county, p *place, _ model.UserID) names {
	r, err := c.server.API.Imports.Create(c.T.Context(), model.Actor{User: c.clerk}, imports.NewImport{
		Kind: model.ImportRoster, UnitID: p.estate, DryRun: true, File: strings.NewReader(rosterFile),
	})
	c.Must(err)
	return names{"id": r.ID.String()}
}

func ofRoster(*county, *place, model.UserID) names { return names{"kind": "roster"} }

// closing is the owner's account as it is being closed.
func closing(c *county, _ *place, owner model.UserID) names {
	now := c.Clock.Now()
	if _, err := c.Store.Closures.GetLive(c.T.Context(), owner); !errors.Is(err, fault.ErrNotFound) {
		c.Must(err)
		return names{}
	}
	c.Must(c.Store.Closures.Add(c.T.Context(), &model.Closure{
		ID: newID[model.Closure](c), UserID: owner, Cause: model.ClosedByPerson, Status: model.ClosureAsked,
		AskedAt: now, DueAt: now.Add(time.Hour), Live: model.Lasting(),
	}))
	return names{}
}
