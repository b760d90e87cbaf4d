package grant

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// ErrBegun is a fault: the county has a clerk, who gives all other roles.
var ErrBegun = fault.Define(fault.Conflict, "county_begun",
	"县级管理员已存在，请由其授予其他角色。", "The county has a clerk already, who gives all other roles.")

// founded is the county's id wherever it is made by Begin: of two who found it at once, the
// second waits for the first and finds it there.
var founded = model.UnitID{0x01, 0x90, 0xA0, 0, 0, 0, 0x70, 0, 0x80, 15: 1}

// Begin makes the county, unless it is there, and its first two clerks: two, because each
// needs the other to make a third. It is for the console of the machine, where nobody is
// signed in, and refuses once there is a clerk. Faults: invalid, county_begun.
func (s *Service) Begin(ctx context.Context, county string, first, second model.UserID) (unit model.Unit, err error) {
	if county = strings.TrimSpace(county); county == "" || len([]rune(county)) > 64 {
		return unit, fault.InvalidField("county", "length", "请填写县名，最多 64 个字。", "Name the county, in 64 characters at most.")
	}
	if first == second {
		return unit, fault.InvalidField("userId", "twice", "须为两名不同的人员。", "The two clerks must be two people.")
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if unit, err = found(ctx, tx, county); err != nil {
			return err
		}
		clerks, err := tx.Grants.ListHeld(ctx, model.CountyClerk, tx.Now())
		if err == nil && len(clerks) > 0 {
			err = ErrBegun
		}
		if err != nil {
			return err
		}
		return errors.Join(s.makeClerk(ctx, tx, unit, first, second), s.makeClerk(ctx, tx, unit, second, first))
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrBegun
	}
	s.org.Forget()
	return unit, err
}

// found gives the county, held, and makes it where there is none. Fault: invalid.
func found(ctx context.Context, tx *store.Store, name string) (model.Unit, error) {
	today := model.DateOf(tx.Now())
	there, err := tx.Units.List(ctx, store.UnitFilter{Kind: model.County, AsOf: today}, model.Page{Limit: 1})
	if err != nil {
		return model.Unit{}, err
	}
	if len(there.Items) > 0 {
		county, err := tx.Units.GetLocked(ctx, there.Items[0].ID)
		if err == nil && county.Name != name {
			err = fault.InvalidField("county", "another_name", "县名与已有的不符："+county.Name, "The county is called "+county.Name+".")
		}
		return county, err
	}
	county := model.Unit{ID: founded, Kind: model.County, Name: name, ValidFrom: today, CreatedAt: tx.Now()}
	err = tx.Units.Add(ctx, &county)
	return county, err
}

func (s *Service) makeClerk(ctx context.Context, tx *store.Store, county model.Unit, user, by model.UserID) error {
	if err := present(ctx, tx, user); err != nil {
		return err
	}
	now := tx.Now()
	g := model.Grant{
		ID: model.NewID[model.Grant](now), UserID: user, Role: model.CountyClerk, UnitID: county.ID, GrantedBy: by, ConfirmedBy: by,
		ValidFrom: now, CreatedAt: now,
	}
	if err := tx.Grants.AddLive(ctx, &g); err != nil {
		return err
	}
	return errors.Join(record(ctx, tx, model.Actor{}, "grant.begin", g), s.tell(ctx, tx, g, county, given))
}
