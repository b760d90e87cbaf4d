package demo

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/residence"
	"jinlin/service/roster"
)

// phones are the numbers that personas have bound, and what the roster calls them.
var phones = map[string]struct{ number, name string }{
	"resident-wang": {"13900000001", "王桂花"},
	"resident-li":   {"13900000002", "李建国"},
	"resident-zhao": {"13900000003", "赵秀兰"},
	"courier-chen":  {"13900000004", ""},
}

type doorOf struct {
	building        model.UnitID
	stairwell, room string
}

// settleHomes puts every residence into its household, and says how it was verified.
func (c *County) settleHomes() {
	stairwells := map[model.StairwellID]string{}
	for _, s := range c.Stairwells {
		stairwells[s.ID] = s.Name
	}
	households := map[doorOf]model.HouseholdID{}
	for _, h := range c.Households {
		households[doorOf{h.BuildingID, stairwells[h.StairwellID], h.Room}] = h.ID
	}
	for _, r := range c.Residences {
		r.HouseholdID = households[doorOf{r.BuildingID, r.Stairwell, r.Room}]
		if r.Status != model.ResidencePending {
			at := r.CreatedAt
			r.DecidedAt = &at
		}
		if r.Status == model.ResidenceVerified {
			r.Proof = model.ProofStaff
		}
	}
	for _, r := range c.Residents {
		if _, on := phones[r.Persona]; on && r.Home != nil {
			r.Home.Proof = model.ProofRoster
		}
	}
}

// writeHomes adds where people live, the numbers of personas, and the roster that has them.
func (c *County) writeHomes(ctx context.Context, tx *store.Store) error {
	for _, r := range c.Residences {
		if r.Status != model.ResidenceRejected {
			r.LiveKey = residence.LiveKey(tx, r.UserID, r.BuildingID, r.Stairwell, r.Room)
		}
	}
	if err := tx.Residences.Add(ctx, c.Residences...); err != nil {
		return err
	}
	var numbers []*model.Phone
	var lines []roster.Line
	for _, r := range c.Residents {
		p, has := phones[r.Persona]
		if !has {
			continue
		}
		phone, err := account.NewPhone(tx, r.User, p.number)
		if err != nil {
			return err
		}
		numbers = append(numbers, phone)
		if r.Home != nil {
			lines = append(lines, roster.Line{
				Kind: model.ResidentRoster, EstateID: r.Home.EstateID, BuildingID: r.Home.BuildingID, Stairwell: r.Home.Stairwell,
				Room: r.Home.Room, Name: p.name, Phone: p.number, Relation: r.Home.Relation,
			})
		}
	}
	if err := tx.Phones.Add(ctx, numbers...); err != nil {
		return err
	}
	_, err := roster.Put(ctx, tx, model.NewID[model.RosterBatch](tx.Now()), lines)
	return err
}
