package demo

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"jinlin/model"
)

// Days of the county's history.
const (
	before        model.Date = "2012-07-01" // what is old exists since then
	restructuring model.Date = "2025-07-01" // 198 organisations became 159 branches
	handover      model.Date = "2025-06-01" // flats of the new estates; their branches are due a month later
)

// County is the generated county: rows to write and who is who among them. It is the
// same every time.
type County struct {
	Units       []*model.Unit
	Covers      []*model.Cover
	Stairwells  []*model.Stairwell
	Households  []*model.Household
	Users       []*model.User
	Accounts    []*model.WeChatAccount
	Grants      []*model.Grant
	Leads       []*model.GridLead
	Tenures     []*model.Tenure
	Judgements  []*model.TenureJudgement
	TenureSteps []*model.TenureEvent
	Residences  []*model.Residence
	Employments []*model.Employment

	Reorganisation Reorganisation

	Communities []*Community
	Bureaus     []*model.Unit           // departments that are asked
	People      map[string]model.UserID // by persona
	Secretaries []Secretary
	Residents   []Resident

	random *rand.Rand
	serial int // ids given
	// names and joint branches used up
	invented, small, joints int
}

// Community is a community and what lies in it.
type Community struct {
	*model.Unit
	Branches []*Branch
	Grids    []*model.Unit
	Stations []*model.Unit
	place    place
}

// Branch is a branch with the estates it leads, the grids that cover their buildings and
// its groups.
type Branch struct {
	*model.Unit
	Estates []*Estate
	Grids   []*model.Unit
	Groups  []*model.Unit
}

// Estate is an estate with its buildings.
type Estate struct {
	*model.Unit
	Buildings []*model.Unit
	small     bool // shares its branch
}

// Secretary is who leads a branch.
type Secretary struct {
	User   model.UserID
	Branch *Branch
	Source model.SecretarySource
}

// Resident is somebody with an account and no post; Home is nil for those who have
// registered none.
type Resident struct {
	User    model.UserID
	Persona string
	Home    *model.Residence
}

// Generate makes the county.
func Generate() *County {
	c := &County{People: map[string]model.UserID{}, random: rand.New(rand.NewPCG(204, 159))} //nolint:gosec // not a secret: it must repeat
	c.addPlaces()
	c.addStaff()
	c.addResidents()
	c.addParty()
	c.addHouseholds()
	c.addTenures()
	c.settleHomes()
	c.addLeads()
	c.addReorganisation()
	c.addEmployments()
	c.addBureaus()
	return c
}

// Branch finds the branch that leads an estate, by the estate's name.
func (c *County) Branch(estate string) *Branch {
	for _, community := range c.Communities {
		for _, branch := range community.Branches {
			for _, e := range branch.Estates {
				if e.Name == estate {
					return branch
				}
			}
		}
	}
	return nil
}

// Neighbours are the verified residents of a branch's estates.
func (c *County) Neighbours(b *Branch) []Resident {
	var found []Resident
	for _, r := range c.Residents {
		for _, e := range b.Estates {
			if r.Home != nil && r.Home.Status == model.ResidenceVerified && r.Home.EstateID == e.ID {
				found = append(found, r)
			}
		}
	}
	return found
}

// founded is when rows were made, each a millisecond after the other, so that lists in
// order of ids keep the order of generation.
func (c *County) founded() time.Time {
	return restructuring.At(9, 0).Add(time.Duration(c.serial) * time.Millisecond)
}

// newID is a UUIDv7 that is the same every time, unlike those of model.NewID.
func newID[T any](c *County) model.ID[T] {
	c.serial++
	var id model.ID[T]
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(c.founded().UnixMilli()))
	copy(id[:6], ms[2:])
	binary.BigEndian.PutUint64(id[8:], c.random.Uint64())
	id[6], id[8] = 0x70, id[8]&0x3f|0x80
	return id
}

// unit adds a unit below another.
func (c *County) unit(parent *model.Unit, kind model.UnitKind, name string) *model.Unit {
	u := &model.Unit{ID: newID[model.Unit](c), Kind: kind, Name: name, ValidFrom: before, CreatedAt: c.founded()}
	if parent != nil {
		u.ParentID = parent.ID
		u.Address = parent.Address + name
	}
	c.Units = append(c.Units, u)
	return u
}

// cover lets one unit lead, cover or serve another for as long as the first exists.
func (c *County) cover(unit, covered *model.Unit) {
	cover := model.NewCover(*unit, *covered, unit.ValidFrom)
	if unit.ValidTo != nil {
		cover = cover.Ended(*unit.ValidTo)
	}
	c.Covers = append(c.Covers, cover)
}
