package demo

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/service/identity"
	"jinlin/service/mailbox"
)

// sealedLetter is a request of the week whose submitter nobody sees.
type sealedLetter struct {
	persona, estate string // as of a matter
	daysAgo         int
	category, text  string
	talk            []string // staff first, then the submitter, by turns
	opened          *identity.Asking
	document        string // the number of the paper, with the year left open
}

var sealedLetters = []sealedLetter{
	{
		persona: "resident-zhao", estate: tianyue, daysAgo: 3, category: "property",
		text: "门岗有人收装修押金不给收据，我怕以后被为难，不想写名字。",
		talk: []string{
			"收到。您不必说明自己是谁。请问大概是什么时候、在哪里交的？",
			"上个月，在门岗登记时交的，说是规定，没有收据。",
			"谢谢。支部已约物业核对押金台账，周五前在这里答复您。",
		},
	},
	{
		estate: hongqiao, daysAgo: 4, category: "other",
		text:     "夜里看见有人在车棚撬电动车的电瓶，我认得他们开的车，不敢写名字。",
		talk:     []string{"请注意安全，不要靠近。我们已报警，民警可能需要您作证，届时会依法办理。"},
		opened:   &identity.Asking{Ground: model.GroundCriminalCase, Note: "公安机关侦办电瓶盗窃案，须向提交人核实所见情况。"},
		document: "定公（刑）调证字〔%d〕118号",
	},
}

// writeSealed submits sealed requests, converses under their labels, and has two officers open
// who submitted one of them.
func (t *teller) writeSealed() {
	for i, l := range sealedLetters {
		t.Requests++
		t.writeSealedLetter(l, i)
	}
}

func (t *teller) writeSealedLetter(l sealedLetter, i int) {
	who, by, id := t.somebody(l.persona, l.estate), t.secretary(l.estate), model.RequestID{}
	scene := func(day, hour int, do func(ctx context.Context) error) { t.on(day-l.daysAgo, hour, 40+i, l.text, do) }
	scene(0, 9, func(ctx context.Context) error {
		state, err := t.mailbox.Submit(ctx, who, mailbox.Submission{
			Category: l.category, Text: l.text, Identity: model.IdentitySealed, EstateID: t.estate(l.estate).ID,
		})
		id = state.ID
		return err
	})
	scene(0, 11, func(ctx context.Context) error {
		_, err := t.mailbox.Accept(ctx, by, id, model.PriorityHigh)
		return err
	})
	for turn, text := range l.talk {
		speaker := []model.Actor{by, who}[turn%2]
		scene(0, 14+turn, func(ctx context.Context) error {
			_, err := t.mailbox.Write(ctx, speaker, id, text)
			return err
		})
	}
	scene(0, 18, func(ctx context.Context) error {
		_, err := t.mailbox.Start(ctx, by, id)
		return err
	})
	if l.opened != nil {
		t.writeOpening(l, scene, &id)
	}
}

// writeOpening: the town asks on the day after, the county approves and looks once.
func (t *teller) writeOpening(l sealedLetter, scene func(day, hour int, do func(ctx context.Context) error), id *model.RequestID) {
	ask, opening := *l.opened, model.IdentityOpening{}
	ask.Document = fmt.Sprintf(l.document, t.load.In(model.Shanghai).Year())
	town, county := t.actor("town-jinchang"), t.actor("clerk-county")
	scene(1, 9, func(ctx context.Context) (err error) {
		opening, err = t.identity.Ask(ctx, town, *id, ask)
		return err
	})
	scene(1, 15, func(ctx context.Context) error {
		_, err := t.identity.Approve(ctx, county, opening.ID)
		return err
	})
	scene(1, 16, func(ctx context.Context) error {
		_, err := t.identity.Reveal(ctx, town, opening.ID)
		return err
	})
}
