package signup

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// about is what every notice of an activity has.
func about(a model.Activity, row model.SignUp, kind string, title, text fault.Text) model.Notice {
	return model.Notice{User: row.UserID, Kind: kind, Title: title, Text: text, Link: "pages/activity/detail?id=" + a.ID.String()}
}

func offered(a model.Activity, row model.SignUp, until time.Time) model.Notice {
	n := about(a, row, "place_offered",
		fault.Text{ZH: "候补名额已为您保留", EN: "A place has become free for you"},
		fault.Text{
			ZH: fmt.Sprintf("“%s”有了空余名额，请在 %s 前确认，过时将让给下一位。", a.Title, model.Moment(until)),
			EN: fmt.Sprintf("A place at “%s” is yours if you accept it before %s. After that it goes to the next person.", a.Title, model.Moment(until)),
		})
	n.Card = &model.Card{Template: model.TemplatePlaceOffered, Fields: map[string]string{
		"thing1": a.Title, "time2": model.Moment(until),
	}}
	return n
}

func reminder(a model.Activity, row model.SignUp) model.Notice {
	n := about(a, row, "reminder",
		fault.Text{ZH: "您报名的活动即将开始", EN: "Your activity begins soon"},
		fault.Text{
			ZH: fmt.Sprintf("“%s”将于 %s 开始，地点：%s。如不能参加，请提前取消报名。", a.Title, model.Moment(a.StartsAt), cmp.Or(a.Place, "见活动介绍")),
			EN: fmt.Sprintf("“%s” begins at %s, place: %s. Please withdraw in time if you cannot come.", a.Title, model.Moment(a.StartsAt), cmp.Or(a.Place, "see there")),
		})
	n.Key = "reminder/" + a.ID.String()
	n.Card = &model.Card{Template: model.TemplateReminder, Fields: map[string]string{
		"thing1": a.Title, "time2": model.Moment(a.StartsAt), "thing3": a.Place,
	}}
	return n
}

// calledOff is urgent: whoever does not hear of it comes for nothing. WeChat has no
// template for it, so that the reminder's says in place of the place that there is none.
func calledOff(a model.Activity, row model.SignUp) model.Notice {
	n := about(a, row, "activity_cancelled",
		fault.Text{ZH: "您报名的活动已取消", EN: "Your activity was cancelled"},
		fault.Text{
			ZH: fmt.Sprintf("原定 %s 的“%s”已取消。", model.Moment(a.StartsAt), a.Title),
			EN: fmt.Sprintf("“%s”, planned for %s, was cancelled.", a.Title, model.Moment(a.StartsAt)),
		})
	if a.CancelReason != "" {
		n.Text.ZH += "原因：" + a.CancelReason
		n.Text.EN += " Reason: " + a.CancelReason
	}
	n.Key = "activity_cancelled/" + a.ID.String()
	n.Card = &model.Card{Template: model.TemplateReminder, Urgent: true, Fields: map[string]string{
		"thing1": a.Title, "time2": model.Moment(a.StartsAt), "thing3": "活动已取消，请勿前往",
	}}
	return n
}
