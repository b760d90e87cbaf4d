package followers

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// leaveJob tells the followers of a request that the board shows it no more.
const leaveJob = "followers.leave"

type leaving struct {
	RequestID model.RequestID `json:"requestId"`
	Into      model.RequestID `json:"into"` // zero: it was merged into none
	Event     model.ID[any]   `json:"event"`
}

// Hidden has the followers of a request told that the board shows it no more.
func (s *Service) Hidden(ctx context.Context, tx *store.Store, r model.Request, e model.PublicVersionEvent) error {
	return leave(ctx, tx, r, model.ID[any](e.ID))
}

// merged does so for a request that the board has never shown, and that others follow because
// what they followed was merged into it: it is merged itself, or goes on as another. Who was told that they hear no more stays behind.
func merged(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent) error {
	public, err := public(ctx, tx, r.ID)
	if err != nil || public.ShownTitle != "" {
		return err
	}
	return leave(ctx, tx, r, model.ID[any](e.ID))
}

// leave has them follow what it was merged into, if it was, and a job tell them.
func leave(ctx context.Context, tx *store.Store, r model.Request, event model.ID[any]) error {
	if !r.MergedInto.IsZero() {
		into, err := tx.Requests.Get(ctx, r.MergedInto)
		if err != nil {
			return err
		}
		if err := tx.RequestFollowers.SaveMerged(ctx, r.ID, into.ID, into.SubmitterID); err != nil {
			return err
		}
	}
	return put(ctx, tx, leaveJob, r.ID, event, leaving{RequestID: r.ID, Into: r.MergedInto, Event: event})
}

// askYourself is what is left to whoever hears no more.
var askYourself = fault.Text{ZH: "问题仍然存在的，请自己提交诉求。", EN: "If it still matters to you, submit a request of your own."}

func (s *Service) leave(ctx context.Context, l leaving) error {
	request, err := s.store.Requests.Get(ctx, l.RequestID)
	if err != nil {
		return err
	}
	n := gone(s.nameOf(request.Category))
	if !l.Into.IsZero() {
		into, err := public(ctx, s.store, l.Into)
		if err != nil {
			return err
		}
		n = moved(s.nameOf(request.Category), into)
	}
	n.Kind, n.Key = "followed_request", "followed/"+l.Event.String()
	return s.each(ctx, l.RequestID, func(tx *store.Store, to model.UserID) error {
		n.User = to
		return s.notices.Tell(ctx, tx, n)
	})
}

// gone is the last notice: by the category alone, because the title is not public any more.
func gone(category fault.Text) model.Notice {
	return model.Notice{
		Title: fault.Text{ZH: "您关注的诉求不再公开", EN: "A request you follow left the board"},
		Text: fault.Text{
			ZH: fmt.Sprintf("您关注的“%s”类诉求不再公开，以后的进展不会通知您。%s", category.ZH, askYourself.ZH),
			EN: fmt.Sprintf("The request about “%s” that you follow is not on the board any more, and you will hear no more of it. %s", category.EN, askYourself.EN),
		},
		Link: homeLink,
	}
}

// moved is what is heard of a merger: into what, where the board shows that.
func moved(category fault.Text, into model.PublicVersion) model.Notice {
	n := model.Notice{
		Title: fault.Text{ZH: "您关注的诉求已并案办理", EN: "A request you follow was merged"},
		Text: fault.Text{
			ZH: fmt.Sprintf("您关注的“%s”类诉求已并入另一件未公开的诉求。%s", category.ZH, askYourself.ZH),
			EN: fmt.Sprintf("The request about “%s” that you follow was merged into one that is not on the board. %s", category.EN, askYourself.EN),
		},
		Link: homeLink,
	}
	if into.Shown {
		n.Text = fault.Text{
			ZH: fmt.Sprintf("您关注的“%s”类诉求已并入“%s”，以后的进展会继续通知您。", category.ZH, into.ShownTitle),
			EN: fmt.Sprintf("The request about “%s” that you follow was merged into “%s”, of which you will hear.", category.EN, into.ShownTitle),
		}
		n.Link = boardLink(into.PublicID)
	}
	return n
}
