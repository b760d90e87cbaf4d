package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// retracted is what staff hear whose reply or refusal cannot be shown.
var retracted = staffSaying{
	title: fault.Text{ZH: "您的答复未通过复核", EN: "Your answer was not released"},
	text:  fault.Text{ZH: "您对“%s”诉求（编号 %s）的答复或不予受理理由未通过复核，不算答复，时限照常计算，请重新办理。", EN: "What you wrote about the request about “%s” (%s) was not released. It does not count, its time runs on: please answer again."},
}

// unpromised is what they hear whose promise cannot be shown.
var unpromised = staffSaying{
	title: fault.Text{ZH: "您的承诺未通过复核", EN: "Your promise was not released"},
	text:  fault.Text{ZH: "您对“%s”诉求（编号 %s）的承诺未通过复核，不算承诺；仍要承诺的，请改写后重新提交。", EN: "What you promised about the request about “%s” (%s) was not released and does not count. Promise it anew in other words if you still want to."},
}

// retract takes a reply or a refusal back whose words were refused, unless something came of it
// meanwhile: the request is where it was before, and its clocks run as if they had not been met.
// Its submitter was not told of it, and hears nothing now.
func (s *Service) retract(ctx context.Context, tx *store.Store, decided model.ModerationItem) error {
	m, err := s.hold(ctx, tx, model.RequestID(decided.ObjectID))
	if err != nil {
		return err
	}
	events, err := m.course()
	if err != nil {
		return err
	}
	switch said := eventAt(events, decided.ObjectVersion); {
	case !said.Details().Referral.IsZero():
		return m.retractReferral(ctx, tx, said)
	case said.Kind == model.MovePromise:
		return m.retractPromise(ctx, tx, said)
	}
	words, err := m.newestWord()
	if err != nil || words.Seq != decided.ObjectVersion || words.To != m.Status {
		return err
	}
	if words.Kind != model.MoveReply && words.Kind != model.MoveRefusal { // a comment or a note: what it went with stands
		return nil
	}
	e := model.RequestEvent{Kind: model.MoveRetraction, To: m.before(words), Party: model.PartySystem, At: tx.Now()}
	if err := m.step(e); err != nil {
		return err
	}
	if _, err := m.save(ctx, tx); err != nil {
		return err
	}
	return s.notices.Tell(ctx, tx, staffNotice(words.ActorID, m.Request, *m.events[len(m.events)-1], retracted))
}

// before is where a request goes back to: after "partly" it waits for another reply; otherwise
// whoever replied has it in hand, if nobody had.
func (m *matter) before(words model.RequestEvent) model.RequestStatus {
	switch {
	case words.Kind == model.MoveRefusal:
		return model.RequestScreened
	case words.From == model.RequestReplied:
		return model.RequestReplied
	}
	if m.AssigneeID.IsZero() && m.TeamID.IsZero() {
		m.AssigneeID, m.TeamID = words.ActorID, m.BranchID
	}
	return model.RequestHandling
}
