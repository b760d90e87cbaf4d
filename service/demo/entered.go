package demo

import (
	"context"

	"jinlin/model"
	"jinlin/service/mailbox"
	"jinlin/service/open311"
	"jinlin/service/proxy"
)

// entry is a request that a community worker entered for somebody: for who agreed to it, or
// from what was said in a group.
type entry struct {
	estate         string
	daysAgo, hour  int
	category, text string
	name, phone    string
	group          string // "" was said to the worker's face
	confirmed      bool   // whoever said it followed the link
}

var entries = []entry{
	{estate: hongqiao, daysAgo: 2, hour: 10, category: "care", text: "单元门口三级台阶没有扶手，我拄拐上不来。", name: "刘奶奶", phone: "13900000031"},
	{estate: hongqiao, daysAgo: 2, hour: 19, category: "parking", text: "充电桩插座松，充到一半就断电。", name: "五单元小武", group: "虹桥小区邻里群", confirmed: true},
	{estate: hongqiao, daysAgo: 1, hour: 19, category: "sanitation", text: "北门外垃圾车早上四点就来，太吵了。", name: "晴天", group: "虹桥小区邻里群"},
}

// writeEntered enters them. A group's link is followed half an hour later.
func (t *teller) writeEntered() {
	for i, e := range entries {
		t.Requests++
		t.writeEntry(e, i)
	}
}

func (t *teller) writeEntry(e entry, i int) {
	worker, receipt := t.communityWorker(e.estate), proxy.Receipt{}
	t.on(-e.daysAgo, e.hour, i, e.text, func(ctx context.Context) (err error) {
		in := mailbox.Submission{Category: e.category, Text: e.text, EstateID: t.estate(e.estate).ID}
		if e.group == "" {
			receipt, err = t.proxies.Enter(ctx, worker, proxy.Said{
				Submission: in, Person: proxy.Person{Name: e.name, Phone: e.phone}, Consent: proxy.Consent{How: model.ConsentInPerson},
			})
			return err
		}
		caught, err := t.proxies.Capture(ctx, worker, proxy.Caught{Submission: in, SaidBy: e.name, Group: e.group})
		receipt = caught.Receipt
		return err
	})
	if e.confirmed {
		who := t.neighbour(e.estate)
		t.on(-e.daysAgo, e.hour, 30+i, e.text, func(ctx context.Context) error {
			_, err := t.proxies.Claim(ctx, who, receipt.State.Receipt, receipt.Code)
			return err
		})
	}
	t.on(-e.daysAgo, e.hour+1, i, e.text, func(ctx context.Context) error {
		_, err := t.mailbox.Accept(ctx, t.secretary(e.estate), receipt.ID, model.PriorityNormal)
		return err
	})
}

// passedOn are requests that somebody else's program submitted: one that was looked at, and
// one that waits.
var passedOn = []struct {
	days, hour int
	looked     bool
	form       open311.Form
}{
	{-2, 12, true, open311.Form{ServiceCode: "sanitation", Description: "河边绿化带里有人倒装修垃圾。", AddressString: hongqiao}},
	{-1, 18, false, open311.Form{ServiceCode: "facilities", Description: "人行道的盲道砖翘起来了。", AddressString: hongqiao}},
}

// writePrograms lets a program in, which passes two requests on.
func (t *teller) writePrograms() {
	var client model.Open311Client
	t.on(-7, 9, 0, "a program", func(ctx context.Context) (err error) {
		client, _, err = t.programs.Register(ctx, t.actor("clerk-county"), "随手拍志愿者", 50)
		return err
	})
	for _, p := range passedOn {
		t.Requests++
		state := mailbox.State{}
		t.on(p.days, p.hour, 50, p.form.Description, func(ctx context.Context) (err error) {
			state, err = t.programs.Submit(ctx, client, p.form)
			return err
		})
		if p.looked {
			t.on(p.days, p.hour+2, 50, p.form.Description, func(ctx context.Context) error {
				_, err := t.mailbox.Accept(ctx, t.secretary(hongqiao), state.ID, model.PriorityNormal)
				return err
			})
		}
	}
}
