package demo

import (
	"context"

	"jinlin/model"
	"jinlin/service/mailbox"
)

// writeRequests submits each request and lets it meet its fate.
func (t *teller) writeRequests() {
	for i, m := range matters {
		t.Requests++
		t.writeRequest(m, i)
	}
}

// step is one move of a request, at an hour of the day of submission or the next.
type step struct {
	days, hour int
	do         func(ctx context.Context, id model.RequestID) (mailbox.State, error)
}

func (t *teller) writeRequest(m matter, i int) {
	who := t.somebody(m.persona, m.estate)
	var id model.RequestID
	submit := func(ctx context.Context) error {
		request, err := t.mailbox.Submit(ctx, who, mailbox.Submission{
			Category: m.category, Text: m.text, Identity: m.identity, EstateID: t.estate(m.estate).ID,
		})
		id = request.ID
		t.told[m.text] = told{id, who}
		return err
	}
	if m.daysAgo == 0 {
		t.justNow(50-i, m.text, submit)
		return
	}
	t.on(-m.daysAgo, 8, 20+i, m.text, submit)
	for _, s := range t.course(m, who) {
		t.on(s.days-m.daysAgo, s.hour, i, m.text, func(ctx context.Context) error {
			_, err := s.do(ctx, id)
			return err
		})
	}
}

// course is how a request goes on: accepted before noon, begun after it, given to the team or
// paused the next morning or answered in the afternoon, judged in the evening.
func (t *teller) course(m matter, who model.Actor) []step {
	by := t.secretary(m.estate)
	switch m.fate {
	case refused:
		return []step{{0, 11, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
			return t.mailbox.Refuse(ctx, by, id, m.reply)
		}}}
	case withdrawnByResident:
		return []step{{0, 11, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
			return t.mailbox.Withdraw(ctx, who, id)
		}}}
	}
	take := step{0, 11, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
		return t.mailbox.Accept(ctx, by, id, model.PriorityNormal)
	}}
	start := step{0, 14, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
		return t.mailbox.Start(ctx, by, id)
	}}
	switch m.fate {
	case dispatched:
		return []step{take, {1, 9, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
			return t.mailbox.Dispatch(ctx, by, id, mailbox.Target{TeamID: t.Branch(m.estate).ID})
		}}}
	case waiting:
		return []step{take, start, {1, 10, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
			return t.mailbox.Pause(ctx, by, id, model.PauseMaterials, t.clock.AddDate(0, 0, 4))
		}}}
	}
	whole := []step{
		take, start,
		{1, 16, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
			return t.mailbox.Reply(ctx, by, id, m.reply)
		}},
		{1, 20, func(ctx context.Context, id model.RequestID) (mailbox.State, error) {
			return t.mailbox.GiveFeedback(ctx, who, id, judgements[m.fate])
		}},
	}
	return whole[:stepsTo[m.fate]]
}

// stepsTo is how far a request goes: accepted, begun, answered, judged.
var stepsTo = map[fate]int{accepted: 1, handling: 2, replied: 3, fixed: 4, partly: 4, notFixed: 4}

// judgements are residents' last words.
var judgements = map[fate]mailbox.Feedback{
	fixed:    {Outcome: model.OutcomeFixed, Rating: 5, Comment: "办得快，谢谢。"},
	partly:   {Outcome: model.OutcomePartly, Rating: 3, Comment: "好了一些，周末还是吵。"},
	notFixed: {Outcome: model.OutcomeNotFixed, Rating: 2, Comment: "当天又停了一次。"},
}
