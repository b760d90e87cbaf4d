package api_test

import (
	"errors"
	"strconv"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/account"
	"jinlin/service/guardian"
)

// Makers of where people live, for the access tests.

// flat is a home of the owner's in a household of its own.
func flat(status model.ResidenceStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		return names{"id": c.home(p, owner, newID[model.Household](c), status, model.ProofRoster).ID.String()}
	}
}

// worksIn is where the owner works. It is not live, so that one person can have several.
func worksIn(status model.EmploymentStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		now := c.Clock.Now()
		e := model.Employment{ID: newID[model.Employment](c), UserID: owner, UnitID: p.estate, Kind: "courier", Status: status, CreatedAt: now}
		c.Must(c.Store.Employments.Add(c.T.Context(), &e))
		return names{"id": e.ID.String()}
	}
}

// agrees has the owner agree to a purpose.
func agrees(p model.Purpose) maker {
	return func(c *county, _ *place, owner model.UserID) names {
		if !owner.IsZero() {
			c.Must(c.Store.Consents.AddFirst(c.T.Context(), owner, p, model.ConsentInApp))
		}
		return names{}
	}
}

// childOf is a child of the owner's, who has no other.
func childOf(c *county, p *place, owner model.UserID) names {
	agrees(model.PurposeChildren)(c, p, owner)
	c.Must(c.Store.Children.DeleteByGuardian(c.T.Context(), owner))
	row, err := guardian.NewChild(c.Store, owner, guardian.Said{
		Details: guardian.Details{Name: "小明", Emergency: guardian.Contact{Name: "王奶奶", Relation: "奶奶", Phone: c.number()}}, Relation: "mother", BirthMonth: "2018-05",
	})
	c.Must(err)
	c.Must(c.Store.Children.Add(c.T.Context(), &row))
	return names{"id": row.ID.String()}
}

// flatmate is a home of the owner's, who may vouch, and somebody who waits there or for whom
// the owner vouched.
func flatmate(status model.ResidenceStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		household := newID[model.Household](c)
		mine := c.home(p, owner, household, model.ResidenceVerified, model.ProofRoster)
		other := c.home(p, c.Person("同住人").User, household, status, model.ProofVouch, owner)
		return names{"id": mine.ID.String(), "residenceId": other.ID.String()}
	}
}

// withPhone is a thing of somebody who has bound a number.
func withPhone(made maker) maker {
	return func(c *county, p *place, owner model.UserID) names {
		if _, err := c.Store.Phones.GetByUser(c.T.Context(), owner); errors.Is(err, fault.ErrNotFound) {
			phone, err := account.NewPhone(c.Store, owner, c.number())
			c.Must(err)
			c.Must(c.Store.Phones.Add(c.T.Context(), phone))
		}
		return made(c, p, owner)
	}
}

// signedUpAlone is a sign-up of the owner's.
func signedUpAlone(c *county, p *place, owner model.UserID) names {
	return names{"id": signedUp(model.SignUpRegistered)(c, p, owner)["signUp"]}
}

func (c *county) home(p *place, owner model.UserID, household model.HouseholdID, status model.ResidenceStatus, proof model.ResidenceProof, word ...model.UserID) model.Residence {
	now := c.Clock.Now()
	c.serial++
	r := model.Residence{
		ID: newID[model.Residence](c), UserID: owner, EstateID: p.estate, BuildingID: p.building, HouseholdID: household, Stairwell: "1",
		Room: "F" + strconv.Itoa(c.serial), Relation: "family", Status: status, CreatedAt: now,
	}
	if status == model.ResidenceVerified {
		r.Proof, r.DecidedAt = proof, &now
		if len(word) > 0 {
			r.VouchedBy = word[0]
		}
	}
	c.Must(c.Store.Residences.Add(c.T.Context(), &r))
	return r
}

func stairwellIn(c *county, p *place, _ model.UserID) names {
	c.serial++
	s := model.Stairwell{
		ID: newID[model.Stairwell](c), EstateID: p.estate, BuildingID: p.building, Name: "S" + strconv.Itoa(c.serial), ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: c.Clock.Now(),
	}
	c.Must(c.Store.Stairwells.Add(c.T.Context(), &s))
	return names{"id": s.ID.String()}
}
