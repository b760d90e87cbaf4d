package mailbox

import (
	"context"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// saying is what a submitter hears of a move. The texts name the category and the receipt,
// never what was written: they stand on screens that others see.
type saying struct {
	title, text fault.Text
	state       string // in a subscribe message, at most five Chinese characters; "" sends none
}

// sayings are the moves that submitters hear of. Those they made themselves are not told.
var sayings = map[model.RequestMove]saying{
	model.MoveAcceptance: {
		title: fault.Text{ZH: "您的诉求已受理", EN: "Your request was accepted"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）已受理，工作人员会尽快答复您。", EN: "Your request about “%s” (%s) was accepted. You will have an answer soon."},
	},
	model.MoveRefusal: {
		title: fault.Text{ZH: "您的诉求未予受理", EN: "Your request was not accepted"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）未予受理，点开可以查看原因。", EN: "Your request about “%s” (%s) was not accepted. Open it to read why."},
	},
	model.MoveReply: {
		title: fault.Text{ZH: "您的诉求已有答复", EN: "Your request was answered"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）已有答复，请点开查看，并告诉我们问题是否解决。", EN: "Your request about “%s” (%s) was answered. Open it, and tell us whether the matter is settled."},
		state: "已答复",
	},
	model.MoveMessage: {
		title: fault.Text{ZH: "工作人员给您留言", EN: "A message about your request"},
		text:  fault.Text{ZH: "关于您提交的“%s”诉求（编号 %s），工作人员给您留言了，请点开查看。", EN: "The staff wrote to you about your request about “%s” (%s). Open it to read."},
	},
	model.MoveSilence: {
		title: fault.Text{ZH: "您的诉求已办结", EN: "Your request was closed"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）答复后一直没有收到您的反馈，已自动办结。问题没有解决的，请重新提交。", EN: "Nothing was heard from you after the answer to your request about “%s” (%s), so it was closed. Submit it again if the matter is not settled."},
	},
}

// tell tells the submitter what others did.
func (m *matter) tell(ctx context.Context, tx *store.Store) error {
	for _, e := range m.events {
		if e.Held && (e.Kind == model.MoveMessage || e.Kind == model.MoveReply) {
			continue // there is nothing to read yet, see MessageDecided
		}
		if err := tell(ctx, tx, m.notices, m.Request, *e); err != nil {
			return err
		}
	}
	return nil
}

// MessageDecided tells the submitter of a message or a reply of the staff that was held and
// is released now; it follows from the decision, in its transaction.
func (s *Service) MessageDecided(ctx context.Context, tx *store.Store, decided model.ModerationItem) error {
	if decided.Status != model.TextReleased {
		return nil
	}
	request, err := tx.Requests.Get(ctx, model.RequestID(decided.ObjectID))
	if err != nil {
		return err
	}
	events, err := tx.RequestEvents.ListByRequest(ctx, request.ID)
	i := slices.IndexFunc(events, func(e model.RequestEvent) bool { return e.Seq == decided.ObjectVersion })
	if err != nil || i < 0 {
		return err
	}
	return tell(ctx, tx, s.notices, request, events[i])
}

// tell tells the submitter of one event, unless they made it or it is none they hear of.
func tell(ctx context.Context, tx *store.Store, notices Notices, r model.Request, e model.RequestEvent) error {
	say, known := sayings[e.Kind]
	if !known || e.Party == model.PartyResident {
		return nil
	}
	return notices.Tell(ctx, tx, notice(r, e, say))
}

func notice(r model.Request, e model.RequestEvent, say saying) model.Notice {
	category := nameOf(r.Category)
	n := model.Notice{
		User: r.SubmitterID, Kind: "request_" + string(e.Kind), Title: say.title,
		Text: fault.Text{ZH: fmt.Sprintf(say.text.ZH, category.ZH, r.Receipt), EN: fmt.Sprintf(say.text.EN, category.EN, r.Receipt)},
		Link: "pages/mailbox/detail?id=" + r.ID.String(),
		Key:  "request/" + e.ID.String(),
	}
	if say.state != "" {
		n.Card = &model.Card{Template: model.TemplateReply, Fields: map[string]string{
			"thing1": category.ZH, "phrase2": say.state, "time3": model.Moment(e.At),
		}}
	}
	return n
}

func nameOf(category string) fault.Text {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Code == category })
	if i < 0 { // a code of another version
		return fault.Text{ZH: category, EN: category}
	}
	return categories[i].Name
}
