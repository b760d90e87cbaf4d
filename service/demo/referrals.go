package demo

import (
	"context"

	"jinlin/model"
	"jinlin/service/mailbox"
)

// bureaus are departments of the county that branches ask, each with an officer.
var bureaus = []struct{ name, persona, officer string }{
	{"定襄县住房和城乡建设局", "officer-housing", ""},
	{"定襄县城市管理局", "officer-urban", "城管局小田"},
}

// addBureaus comes last: whatever was there before keeps its ids.
func (c *County) addBureaus() {
	for _, b := range bureaus {
		u := c.unit(c.Units[0], model.Department, b.name)
		c.Bureaus = append(c.Bureaus, u)
		c.grant(c.person(b.persona, b.officer), model.DepartmentOfficer, u)
	}
}

// asked is a matter of the week about which the first of the bureaus was asked.
const asked = "小区西门的路灯杆歪了，刮大风怕倒。"

// writeRouting has a secretary say once for all who gets what, and another ask a department about
// a matter; the resident passes on what they wrote and where, and not who they are.
func (t *teller) writeRouting() {
	t.on(-7, 9, 0, "a rule", func(ctx context.Context) error {
		_, err := t.mailbox.SetDispatchRule(ctx, t.secretary(oldCadres), model.DispatchRule{
			Ruling: model.Ruling{UnitID: t.Branch(oldCadres).ID, Category: "care"}, Team: model.TeamOfCommunity,
		}, nil)
		return err
	})
	var referral model.ReferralID
	t.on(-1, 10, 30, asked, func(ctx context.Context) error {
		matter, by := t.told[asked], t.secretary(hongqiao)
		if _, err := t.mailbox.Refer(ctx, by, matter.id, t.Bureaus[0].ID, "西门路灯杆倾斜，请贵局派人勘查加固。"); err != nil {
			return err
		}
		list, err := t.mailbox.Referrals(ctx, matter.who, matter.id)
		if err == nil {
			referral = list[0].ID
		}
		return err
	})
	t.on(-1, 12, 30, asked, func(ctx context.Context) error {
		_, err := t.mailbox.DecideReferral(ctx, t.told[asked].who, referral, mailbox.Consent{
			Agrees: true, Passes: []model.Passed{model.PassText, model.PassLocation},
		})
		return err
	})
	t.on(-1, 16, 30, asked, func(ctx context.Context) error {
		_, err := t.mailbox.AnswerReferral(ctx, t.actor(bureaus[0].persona), referral, "已安排路灯管理所后天上午到场加固，当天可以完工。")
		return err
	})
}
