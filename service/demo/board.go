package demo

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/service/board"
)

// posting is what the public reads of a matter: of says which by its text.
type posting struct {
	of, estate  string
	days        int // from the load: when it was written
	fate        postingFate
	followers   int // neighbours who follow it in place of submitting the same
	title, text string
	answer      string
}

type postingFate int

const (
	shown postingFate = iota
	waits             // for somebody else's approval
	sentBack
	takenBack // by its submitter
)

var postings = []posting{
	{
		"5号楼到南门的路有好几个坑，晚上骑车摔过人，能不能补一补？", hongqiao, -4, shown, 0,
		"楼前道路有坑，夜间骑车不安全", "居民反映楼前通往南门的道路有多处坑洼，夜间骑车容易摔倒。", "先锋队和市政已用混凝土补好，养护后通车。",
	},
	{
		"7号楼二单元楼道灯不亮，晚上看不见台阶。", hongqiao, -4, shown, 0,
		"楼道灯不亮", "居民反映楼道灯损坏，晚上看不见台阶。", "灯泡和声控开关都已换新，同楼其他楼道灯一并检查。",
	},
	{
		"3号楼后面的垃圾桶满了两天没人收。", hongqiao, -5, shown, 2,
		"垃圾桶满了没人收", "居民反映楼后的垃圾桶满了没有及时清运。", "",
	},
	{
		"车棚不够，电动车都停在单元门口，老人进出不方便。", hongqiao, -1, shown, 3,
		"车棚不够，电动车停在单元门口", "居民反映车棚不够，电动车停在单元门口，老人进出不方便。", "",
	},
	{
		"物业收了电梯维修费，电梯还是三天两头停。", hongqiao, -5, shown, 4,
		"电梯维修后仍经常停运", "居民反映交了维修费后电梯仍经常停运。", "",
	},
	{
		"东门的树死了一排，光秃秃的。", tianyue, -4, shown, 1,
		"东门绿化树枯死", "居民反映东门的树枯死，需要补种。", "施工方已补种油松和丁香，并保活。",
	},
	{
		"楼上装修中午也不停，孩子睡不了午觉。", tianyue, -2, waits, 0,
		"午间装修噪音", "居民反映中午有装修噪音，影响休息。", "已张贴装修时间约定，请物业中午巡查。",
	},
	{
		"地下车库入口的栏杆老是抬不起来。", tianyue, -2, sentBack, 0,
		"车库栏杆故障", "车库入口的栏杆经常抬不起来，是门岗操作不当。", "",
	},
	{
		"二十层的消防通道堆了旧家具。", shengshi, -2, shown, 0,
		"消防通道堆放杂物", "居民反映高层消防通道堆放旧家具。", "已请业主清走，楼长每周查一次。",
	},
	{
		"两个院子之间的台阶轮椅过不去。", dongchen, -4, shown, 0,
		"台阶影响轮椅通行", "居民反映院子之间的台阶轮椅无法通过。", "路面硬化时已改成缓坡。",
	},
	{
		"有人在花池里种菜浇粪，夏天招苍蝇。", dongchen, -1, takenBack, 0,
		"花池种菜有异味", "居民反映花池种菜浇粪有异味。", "议事会商定花池统一认领种花。",
	},
}

// writeBoard has the secretary write public versions at noon, or in the evening of the day
// before the load, and the community's worker decide an hour later.
func (t *teller) writeBoard() {
	for i, p := range postings {
		if p.fate == shown {
			t.Shown++
		}
		t.writePosting(p, i)
	}
}

func (t *teller) writePosting(p posting, i int) {
	t.on(p.days, 12, i, p.title, func(ctx context.Context) error {
		_, err := t.board.Propose(ctx, t.secretary(p.estate), t.told[p.of].id, board.Words{Title: p.title, Text: p.text, Answer: p.answer}, nil)
		return err
	})
	if p.fate == waits {
		return
	}
	t.on(p.days, 13, i, p.title, func(ctx context.Context) (err error) {
		worker, id := t.communityWorker(p.estate), t.told[p.of].id
		if p.fate == sentBack {
			_, err = t.board.Reject(ctx, worker, id, nil, "请去掉对门岗的评价，只写事情本身。")
			return err
		}
		_, err = t.board.Approve(ctx, worker, id, nil)
		return err
	})
	if p.fate == takenBack {
		t.on(p.days, 20, i, p.title, func(ctx context.Context) error {
			_, err := t.board.Withdraw(ctx, t.told[p.of].who, t.told[p.of].id, "")
			return err
		})
	}
	t.on(p.days, 15, i, p.title, func(ctx context.Context) error { return t.follow(ctx, p) })
}

// follow has some neighbours follow a request, but not who submitted it.
func (t *teller) follow(ctx context.Context, p posting) error {
	people := slices.DeleteFunc(t.Neighbours(t.Branch(p.estate)), func(r Resident) bool { return r.User == t.told[p.of].who.User })
	shown, err := t.board.Read(ctx, t.told[p.of].who, t.told[p.of].id)
	if err != nil {
		return err
	}
	for _, r := range people[len(people)-p.followers:] {
		if _, err := t.followers.Follow(ctx, model.Actor{User: r.User}, shown.PublicID); err != nil {
			return err
		}
	}
	return nil
}
