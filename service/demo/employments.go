package demo

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// crews are people of the new-employment groups: who, where, and whether staff have said so.
var crews = []struct {
	persona, estate string
	kind            model.EmploymentKind
	platform        string
	status          model.EmploymentStatus
}{
	{"courier-chen", hongqiao, "courier", "邮政速递", model.EmploymentVerified},
	{"resident-121", hongqiao, "food_rider", "", model.EmploymentPending},
	{"resident-141", tianyue, "ride_hailing_driver", "", model.EmploymentVerified},
	{"resident-161", shengshi, "lorry_driver", "", model.EmploymentEnded},
}

// addEmployments says where they work.
func (c *County) addEmployments() {
	for _, crew := range crews {
		at := c.founded()
		e := &model.Employment{
			ID: newID[model.Employment](c), UserID: c.People[crew.persona], UnitID: c.estate(crew.estate).ID, Kind: crew.kind,
			Platform: crew.platform, Status: crew.status, Live: model.Lasting(), CreatedAt: at,
		}
		if crew.status != model.EmploymentPending {
			e.DecidedAt = &at
		}
		if crew.status == model.EmploymentEnded {
			e.EndedAt, e.Live = &at, nil
		}
		c.Employments = append(c.Employments, e)
	}
}

// writeEmployments adds them, with the consent that each gave by the form.
func (c *County) writeEmployments(ctx context.Context, tx *store.Store) error {
	for _, e := range c.Employments {
		if err := tx.Consents.AddFirst(ctx, e.UserID, model.PurposeEmployment, model.ConsentOnForm); err != nil {
			return err
		}
	}
	return tx.Employments.Add(ctx, c.Employments...)
}
