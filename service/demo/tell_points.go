package demo

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/service/points"
)

// gift is the points that a sponsor gives a unit to be earned.
type gift struct {
	estate  string // whose branch; "" is the county
	sponsor string
	points  int64
	backing string
}

var gifts = []gift{
	{"", "定襄县慈善总会（虚构）", 20000, "捐赠款两万元，由县委组织部统一采购"},
	{hongqiao, "晋邻便民超市（虚构）", 3000, "米面油和日用品，价值三千元"},
	{tianyue, "天悦物业（虚构）", 2000, "物业费让利两千元"},
	{shengshi, "蓝天装饰（虚构）", 1500, "灭火毯与手电筒"},
	{oldCadres, "童心幼儿园（虚构）", 800, "书籍与文具"},
	{dongchen, "东辰花木店（虚构）", 1000, "花苗与工具"},
}

// award is points that a secretary gave by hand; approved ones are above what one person
// may decide.
type award struct {
	persona  string // "" is a neighbour
	estate   string
	daysAgo  int
	points   int64
	approved bool
	cause    string
}

var awards = []award{
	{"", hongqiao, 6, 20, false, "连续两周帮独居老人买菜"},
	{"resident-li", hongqiao, 5, 15, false, "夜里守路口，看护新补的路面"},
	{"courier-chen", hongqiao, 4, 12, false, "送件路上顺带夜间巡查"},
	{"resident-zhao", tianyue, 4, 10, false, "给新住户当向导"},
	{"", dongchen, 4, 120, true, "路面硬化期间义务看护工地二十天"},
	{"", oldCadres, 2, 18, false, "教老人用手机缴费"},
	{"", shengshi, 1, 150, false, "连续五个周末担任消防宣传员"}, // waits for approval
}

// writePoints fills the pools, and gives what was given by hand.
func (t *teller) writePoints() {
	for i, g := range gifts {
		t.Pools++
		t.on(-13, 10, 5*i, "pool of "+g.sponsor, func(ctx context.Context) error {
			_, err := t.points.Fill(ctx, t.actor("clerk-county"), points.Filling{
				Sponsor: g.sponsor, UnitID: t.unitOf(g.estate), Points: g.points, Backing: g.backing,
			})
			return err
		})
	}
	for i, a := range awards {
		t.writeAward(a, fmt.Sprintf("志愿-%03d", i+1))
	}
}

func (t *teller) writeAward(a award, reference string) {
	t.Awards++
	who := t.somebody(a.persona, a.estate)
	var given model.PointsAward
	t.on(-a.daysAgo, 17, 10, reference, func(ctx context.Context) (err error) {
		given, err = t.points.Award(ctx, t.secretary(a.estate), points.Awarding{
			User: who.User, Points: a.points, Cause: a.cause, Reference: reference,
		})
		return err
	})
	if a.approved {
		t.on(-a.daysAgo, 18, 0, "approval of "+reference, func(ctx context.Context) error {
			_, err := t.points.Approve(ctx, t.actor("clerk-county"), given.ID)
			return err
		})
	}
}
