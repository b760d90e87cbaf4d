package demo

import (
	"context"

	"jinlin/model"
)

// vow is a promise of the week about a matter: of says which by its text.
type vow struct {
	of, estate string
	days       int // from the load: when it was made
	due        int // from the load: the last day on which it can be kept
	text       string
	fate       vowFate
	word       string // how it was kept, or why it was put off
}

type vowFate int

const (
	open   vowFate = iota // or broken, once its day is over
	kept                  // on the morning of the next day
	putOff                // on the next morning, by five days
)

var vows = []vow{
	{"7号楼二单元楼道灯不亮，晚上看不见台阶。", hongqiao, -6, -5, "明天中午前换好灯泡和开关。", kept, "上午已换好，二单元上下都亮了。"},
	{"车棚不够，电动车都停在单元门口，老人进出不方便。", hongqiao, -1, 9, "选址意见周日截止，下周内公布新车棚的位置和开工日期。", open, ""},
	{"隔壁在阳台养鸡，味道很大，说了也不听。", hongqiao, -2, -1, "明天和楼长一起上门，把鸡挪走。", open, ""},
	{"单元门的门禁坏了，进出只能敲一楼的门。", tianyue, -2, 0, "后天换好门禁主板。", putOff, "厂家主板缺货，改由邻县调货。"},
}

// writePromises has the secretary promise something in the afternoon.
func (t *teller) writePromises() {
	for i, v := range vows {
		t.writeVow(v, i)
	}
}

func (t *teller) writeVow(v vow, i int) {
	by, today := t.secretary(v.estate), model.DateOf(t.load)
	t.on(v.days, 15, 30+i, v.text, func(ctx context.Context) error {
		_, err := t.mailbox.Promise(ctx, by, t.told[v.of].id, v.text, today.AddDays(v.due))
		return err
	})
	if v.fate == open {
		return
	}
	t.on(v.days+1, 9, 30+i, v.text, func(ctx context.Context) error {
		id := t.told[v.of].id
		made, err := t.past.RequestPromises.ListByRequest(ctx, id)
		if err != nil {
			return err
		}
		if v.fate == kept {
			_, err = t.mailbox.KeepPromise(ctx, by, id, made[0].ID, v.word)
		} else {
			_, err = t.mailbox.PutOff(ctx, by, id, made[0].ID, today.AddDays(v.due+5), v.word)
		}
		return err
	})
}
