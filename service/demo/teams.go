package demo

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/team"
)

// helpers are the N of each branch's team. Heads of buildings are of their estate only.
var helpers = []struct {
	role       model.TeamRole
	task       string
	everyOther bool // in every other branch only
	ofEstates  bool
}{
	{role: model.PartyMember, task: "政策宣传、矛盾调解见证"},
	{role: model.Volunteer, task: "代办帮办、照看独居老人"},
	{role: model.PropertyFirm, task: "维修、保洁、绿化"},
	{role: model.BuildingHead, task: "楼内通知与意见收集", ofEstates: true},
	{role: model.OwnersCommittee, task: "公共收益与物业监督", everyOther: true},
	{role: model.Police, task: "治安、出入登记", everyOther: true},
	{role: model.Lawyer, task: "每月一次法律咨询", everyOther: true},
}

// writeTeams gives every branch the people beside its secretary and grid worker.
func (c *County) writeTeams(ctx context.Context, tx *store.Store) error {
	var members []*model.TeamMember
	for i, s := range c.Secretaries {
		for n, h := range helpers {
			if h.everyOther && i%2 == 1 {
				continue
			}
			units := []model.UnitID{s.Branch.ID}
			if h.ofEstates {
				units = nil
				for _, estate := range s.Branch.Estates {
					units = append(units, estate.ID)
				}
			}
			for _, unit := range units {
				m, err := c.helper(tx, len(members), n)
				if err != nil {
					return err
				}
				m.UnitID, m.Role, m.Task = unit, h.role, h.task
				members = append(members, m)
			}
		}
	}
	return tx.TeamMembers.Add(ctx, members...)
}

// helper is somebody with a number that nobody can have: mobile numbers do not begin with 100.
func (c *County) helper(tx *store.Store, serial, kind int) (*model.TeamMember, error) {
	m := &model.TeamMember{
		ID: newID[model.TeamMember](c), Name: youngName(serial + 7*kind), ValidFrom: restructuring, Live: model.Lasting(),
		AddedBy: c.People["clerk-county"], CreatedAt: c.founded(),
	}
	var err error
	m.PhoneSealed, err = team.SealPhone(tx, m.ID, fmt.Sprintf("100%08d", serial))
	return m, err
}
