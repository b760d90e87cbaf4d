package demo

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/guardian"
)

// families are guardians among the personas, and their children.
var families = []struct {
	persona string
	guardian.Said
}{
	{"resident-wang", guardian.Said{
		Relation: "mother", BirthMonth: "2017-06",
		Details: guardian.Details{
			Name:       "陈小雨",
			Emergency:  guardian.Contact{Name: "陈先生", Relation: "父亲", Phone: "13900000021"},
			Collectors: []guardian.Contact{{Name: "周奶奶", Relation: "奶奶", Phone: "13900000022"}},
		},
	}},
	{"resident-zhao", guardian.Said{
		Relation: "grandparent", BirthMonth: "2019-09",
		Details: guardian.Details{Name: "孙一诺", Emergency: guardian.Contact{Name: "孙女士", Relation: "母亲", Phone: "13900000023"}},
	}},
}

// writeChildren adds them, after their guardians' consent.
func (c *County) writeChildren(ctx context.Context, tx *store.Store) error {
	for _, f := range families {
		user := c.People[f.persona]
		if err := tx.Consents.AddFirst(ctx, user, model.PurposeChildren, model.ConsentInApp); err != nil {
			return err
		}
		child, err := guardian.NewChild(tx, user, f.Said)
		if err != nil {
			return err
		}
		if err := tx.Children.Add(ctx, &child); err != nil {
			return err
		}
	}
	return nil
}
