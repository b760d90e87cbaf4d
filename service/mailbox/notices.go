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
		state: "未受理",
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
	model.MovePromise: {
		title: fault.Text{ZH: "对您诉求的承诺", EN: "A promise about your request"},
		text:  fault.Text{ZH: "对您提交的“%s”诉求（编号 %s），工作人员作出了承诺，点开可以查看内容和日期。", EN: "The staff promised something about your request about “%s” (%s). Open it to read what and by when."},
	},
	model.MovePromiseMoved: {
		title: fault.Text{ZH: "承诺日期有调整", EN: "A promise was put off"},
		text:  fault.Text{ZH: "对您提交的“%s”诉求（编号 %s）的承诺改了日期，点开可以查看原因。", EN: "What was promised about your request about “%s” (%s) was put off. Open it to read why."},
	},
	model.MovePromiseKept: {
		title: fault.Text{ZH: "承诺已兑现", EN: "A promise was kept"},
		text:  fault.Text{ZH: "对您提交的“%s”诉求（编号 %s）的承诺已兑现，请点开查看。", EN: "What was promised about your request about “%s” (%s) is done. Open it to read how."},
	},
	model.MoveReferral: {
		title: fault.Text{ZH: "是否同意转交部门", EN: "Do you agree to a referral?"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）需要请县级部门协助，请点开查看，并选择是否同意、转交哪些内容。", EN: "The staff would ask a department of the county about your request about “%s” (%s). Open it to say whether you agree, and what may be passed on."},
	},
	model.MovePause: {
		title: fault.Text{ZH: "您的诉求暂停办理", EN: "Work on your request rests"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）暂停办理，点开可以查看原因和恢复时间。", EN: "Work on your request about “%s” (%s) rests. Open it to read why and until when."},
	},
	model.MoveExtensionGrant: {
		title: fault.Text{ZH: "您的诉求办理延期", EN: "Your request takes longer"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）经批准延期，点开可以查看新的期限。", EN: "The answer to your request about “%s” (%s) was given more time. Open it to read until when."},
	},
	model.MoveMerge: {
		title: fault.Text{ZH: "您的诉求已并案办理", EN: "Your request was merged"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）与另一件相同，已并案办理，后续进展会通知您。", EN: "Your request about “%s” (%s) says what another one says, and was merged into it. You will hear what becomes of it."},
	},
	model.MoveSuccession: {
		title: fault.Text{ZH: "您的诉求恢复单独办理", EN: "Your request goes on by itself"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）所并入的诉求已被其提交人撤回，您的诉求继续办理，不必重新提交。", EN: "What your request about “%s” (%s) was merged into was withdrawn. Yours goes on, you need not submit it again."},
	},
	model.MoveObjection: {
		title: fault.Text{ZH: "您的诉求重新办理", EN: "Your request was reopened"},
		text:  fault.Text{ZH: "另一位反映同一问题的居民表示尚未解决，您提交的“%s”诉求（编号 %s）已重新打开办理。", EN: "Somebody who asked for the same says that it is not settled. Your request about “%s” (%s) was reopened."},
	},
	model.MoveEscalation: {
		title: fault.Text{ZH: "您的诉求已升级督办", EN: "Your request went one level up"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）有环节超过时限，已升级到上一级督办。", EN: "A step of your request about “%s” (%s) is overdue, and it went one level up."},
	},
	model.MoveReturnVisit: {
		title: fault.Text{ZH: "您的诉求已登记回访结果", EN: "What you said of an answer was written down"},
		text:  fault.Text{ZH: "对您提交的“%s”诉求（编号 %s），工作人员登记了回访结果，请点开核对。结果与您的意见不符、诉求又已办结的，请重新提交。", EN: "The staff wrote down what you said of the answer to your request about “%s” (%s). Open it to read. Submit it again if it was closed and you did not say so."},
	},
	model.MoveSilence: {
		title: fault.Text{ZH: "您的诉求已办结", EN: "Your request was closed"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）答复后一直没有收到您的反馈，已自动办结。问题没有解决的，请重新提交。", EN: "Nothing was heard from you after the answer to your request about “%s” (%s), so it was closed. Submit it again if the matter is not settled."},
	},
}

// toldOnceReleased are the moves that say nothing without their words.
var toldOnceReleased = map[model.RequestMove]bool{
	model.MoveMessage: true, model.MoveReply: true, model.MovePromise: true, model.MoveRefusal: true, model.MoveReferral: true,
}

// tell tells the submitter what others did.
func (m *matter) tell(ctx context.Context, tx *store.Store) error {
	for _, e := range m.events {
		if e.Held && toldOnceReleased[e.Kind] {
			continue // there is nothing to read yet, see MessageDecided
		}
		if err := tell(ctx, tx, m.service.notices, m.Request, *e); err != nil {
			return err
		}
		if e.To == model.RequestWithdrawn && !m.MergedInto.IsZero() {
			continue // it goes on for the others, see goOnWithout
		}
		if err := putMergedNews(ctx, tx, *e); err != nil {
			return err
		}
	}
	return nil
}

// mergedSayings are what is heard of the request that one's own was merged into.
var mergedSayings = map[model.RequestStatus]saying{
	model.RequestReplied: {
		title: fault.Text{ZH: "并入的诉求已有答复", EN: "What your request was merged into was answered"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）所并入的诉求已有答复，请点开查看，并告诉我们问题是否解决。", EN: "The request that yours about “%s” (%s) was merged into was answered. Open it, and tell us whether the matter is settled."},
		state: "已答复",
	},
	model.RequestReopened: {
		title: fault.Text{ZH: "并入的诉求重新办理", EN: "What your request was merged into was reopened"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）所并入的诉求已重新打开办理。", EN: "The request that yours about “%s” (%s) was merged into was reopened."},
	},
	model.RequestRefused: {
		title: fault.Text{ZH: "并入的诉求未予受理", EN: "What your request was merged into was not accepted"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）所并入的诉求未予受理，点开可以查看原因。", EN: "The request that yours about “%s” (%s) was merged into was not accepted. Open it to read why."},
		state: "未受理",
	},
	model.RequestWithdrawn: {
		title: fault.Text{ZH: "并入的诉求已撤回", EN: "What your request was merged into was withdrawn"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）所并入的诉求已被其提交人撤回。问题没有解决的，请重新提交。", EN: "The request that yours about “%s” (%s) was merged into was withdrawn by whoever submitted it. Submit yours again if the matter is not settled."},
	},
	model.RequestClosed: {
		title: fault.Text{ZH: "并入的诉求已办结", EN: "What your request was merged into was closed"},
		text:  fault.Text{ZH: "您提交的“%s”诉求（编号 %s）所并入的诉求已办结。", EN: "The request that yours about “%s” (%s) was merged into was closed."},
	},
}

// tell tells the submitter of one event, unless it is their own or none they hear of.
func tell(ctx context.Context, tx *store.Store, notices Notices, r model.Request, e model.RequestEvent) error {
	say, known := sayings[e.Kind]
	if !known || e.Party == model.PartyResident && e.Kind != model.MoveObjection {
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
