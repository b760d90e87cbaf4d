package demo

import (
	"context"

	"jinlin/model"
	"jinlin/service/mailbox"
	"jinlin/service/paperbox"
	"jinlin/service/proxy"
)

// tin is a red mailbox of tin. All were hung nine days ago, to be opened every week.
type tin struct {
	estate, place string
	slips         []paperSlip // found three days ago; nobody has opened a box without any
}

// paperSlip is a slip of paper that was found in one.
type paperSlip struct {
	category, text string
	name, phone    string // as written on it
	answer         string // "" where it is being looked at
	claimant       string // the persona that took it over with their number
}

var tins = []tin{
	{hongqiao, "党群服务站门口", []paperSlip{
		{category: "facilities", text: "小广场的健身器材松了，扭腰的那个会倒。", answer: "器材已加固并贴了检修标签，旧的一台报了更换。"},
		{category: "suggestion", text: "阅览室能不能多放几副老花镜。", name: phones["resident-li"].name, phone: phones["resident-li"].number, claimant: "resident-li"},
		{category: "care", text: "我眼睛看不清，药盒上的字谁能帮着写大一点。", name: "郝奶奶"},
	}},
	{estate: tianyue, place: "东门保安亭旁"},
}

const (
	hung, rhythm = 9, 7
	emptied      = 3  // days ago
	printed      = 20 // slips of a book
)

// writePaper hangs boxes, has two people open one and keys in what was in it. The other one
// should have been opened.
func (t *teller) writePaper() {
	for i, box := range tins {
		t.Requests += len(box.slips)
		t.writeTin(box, i)
	}
	for _, day := range []int{-1, 0} {
		t.on(day, 8, 0, "word of missed openings", func(ctx context.Context) error {
			_, err := t.paper.TellMissed(ctx)
			return err
		})
	}
}

func (t *teller) writeTin(in tin, i int) {
	secretary, box, book := t.secretary(in.estate), model.Box{}, paperbox.Book{}
	t.on(-hung, 9, i, in.place, func(ctx context.Context) (err error) {
		box, err = t.paper.Hang(ctx, secretary, t.estate(in.estate).ID, paperbox.Form{Place: in.place, RhythmDays: rhythm})
		return err
	})
	t.on(-hung, 10, i, in.place, func(ctx context.Context) (err error) {
		book, err = t.paper.Print(ctx, secretary, t.unitOf(in.estate), printed)
		return err
	})
	if len(in.slips) == 0 {
		return
	}
	opening, second := model.BoxOpening{}, t.communityWorker(in.estate)
	t.on(-emptied, 10, i, in.place, func(ctx context.Context) (err error) {
		opening, err = t.paper.Open(ctx, secretary, box.ID, len(in.slips))
		return err
	})
	t.on(-emptied, 10, 5+i, in.place, func(ctx context.Context) error {
		_, err := t.paper.Confirm(ctx, second, opening.ID, len(in.slips))
		return err
	})
	t.on(-emptied, 15, i, in.place, func(ctx context.Context) error {
		outcomes, err := t.paper.KeyIn(ctx, second, opening.ID, in.keyed(book))
		for n, slip := range in.slips {
			if err == nil {
				t.told[slip.text] = told{id: outcomes[n].State.ID}
			}
		}
		return err
	})
	for n, slip := range in.slips {
		t.writeSlip(slip, secretary, func() model.SlipNumber { return book.Slips[n].Number })
	}
}

// keyed are the slips as somebody types them, with the first numbers of the book.
func (in tin) keyed(book paperbox.Book) (keyed []paperbox.Keyed) {
	for n, slip := range in.slips {
		keyed = append(keyed, paperbox.Keyed{
			Submission: mailbox.Submission{Category: slip.category, Text: slip.text},
			Person:     proxy.Person{Name: slip.name, Phone: slip.phone}, Number: string(book.Slips[n].Number), NoPhoto: model.PhotoNoCamera,
		})
	}
	return keyed
}

// writeSlip has a slip accepted, answered where it is, and taken over by who wrote it.
func (t *teller) writeSlip(slip paperSlip, by model.Actor, number func() model.SlipNumber) {
	t.on(-emptied, 16, 0, slip.text, func(ctx context.Context) error {
		_, err := t.mailbox.Accept(ctx, by, t.told[slip.text].id, model.PriorityNormal)
		return err
	})
	if slip.answer != "" {
		t.on(1-emptied, 17, 0, slip.text, func(ctx context.Context) error {
			_, err := t.mailbox.Reply(ctx, by, t.told[slip.text].id, slip.answer)
			return err
		})
	}
	if slip.claimant != "" {
		t.on(2-emptied, 20, 0, slip.text, func(ctx context.Context) error {
			_, err := t.proxies.Claim(ctx, t.actor(slip.claimant), string(number()), "")
			return err
		})
	}
}
