package followers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/jobs"
)

// news is what followers hear of, by where an event led.
var news = map[model.RequestStatus]fault.Text{
	model.RequestAccepted: {ZH: "已受理", EN: "was accepted"},
	model.RequestRefused:  {ZH: "未予受理", EN: "was not accepted"},
	model.RequestReplied:  {ZH: "已有答复", EN: "was answered"},
	model.RequestReopened: {ZH: "已重新办理", EN: "was reopened"},
	model.RequestClosed:   {ZH: "已办结", EN: "was closed"},
	// of what the board showed this is heard when it leaves the board
	model.RequestWithdrawn: {ZH: "已由提交人撤回", EN: "was withdrawn by whoever submitted it"},
}

// tellJob tells the followers of a request of one event.
const tellJob = "followers.tell"

type telling struct {
	RequestID model.RequestID     `json:"requestId"`
	Event     model.ID[any]       `json:"event"`
	To        model.RequestStatus `json:"to"`
	At        time.Time           `json:"at"`
}

// RequestMoved has the followers of a request told of an event that concerns them.
func (s *Service) RequestMoved(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent) error {
	if e.Kind == model.MoveMerge || e.To == model.RequestWithdrawn && e.From != e.To && !r.MergedInto.IsZero() {
		return merged(ctx, tx, r, e)
	}
	if _, known := news[e.To]; !known || e.From == e.To && e.Kind != model.MoveReply {
		return nil
	}
	if e.Held && (e.Kind == model.MoveReply || e.Kind == model.MoveRefusal) {
		return nil // there is nothing to read yet; it is heard of again when its words are released
	}
	return put(ctx, tx, tellJob, r.ID, model.ID[any](e.ID), telling{RequestID: r.ID, Event: model.ID[any](e.ID), To: e.To, At: e.At})
}

// put has a job tell the followers of a request, if there are any, once for what it tells of.
func put(ctx context.Context, tx *store.Store, kind string, id model.RequestID, event model.ID[any], what any) error {
	some, err := tx.RequestFollowers.ListOf(ctx, id, model.UserID{}, 1)
	if err != nil || len(some) == 0 {
		return err
	}
	payload, err := json.Marshal(what)
	if err != nil {
		return err
	}
	key := "followers/" + event.String()
	return tx.Jobs.Put(ctx, model.Job{Kind: kind, Payload: payload, DedupeKey: &key})
}

// Work sets who does this package's jobs.
func (s *Service) Work(r *jobs.Runner) {
	r.Handle(tellJob, jobs.Of(s.tell))
	r.Handle(leaveJob, jobs.Of(s.leave))
}

// tellBatch is how many are told in one transaction.
const tellBatch = 50

// each tells all followers of a request something.
func (s *Service) each(ctx context.Context, id model.RequestID, tell func(*store.Store, model.UserID) error) error {
	for after := (model.UserID{}); ; {
		batch, err := s.store.RequestFollowers.ListOf(ctx, id, after, tellBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		err = s.store.InTx(ctx, func(tx *store.Store) error {
			for _, f := range batch {
				if err := tell(tx, f.UserID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = batch[len(batch)-1].UserID
	}
}

func (s *Service) tell(ctx context.Context, t telling) error {
	public, err := public(ctx, s.store, t.RequestID)
	if err != nil {
		return err
	}
	request, err := s.store.Requests.Get(ctx, t.RequestID)
	if err != nil {
		return err
	}
	say := unnamed
	switch {
	case public.Shown:
		say = titled
	case public.ShownTitle != "": // it left the board, of which they heard
		return nil
	}
	n := say(t, public, s.nameOf(request.Category))
	return s.each(ctx, t.RequestID, func(tx *store.Store, to model.UserID) error {
		if other, err := otherwise(ctx, tx, to, t); err != nil || other {
			return err
		}
		n.User, n.Card = to, nil
		if t.To == model.RequestReplied {
			if n.Card, err = s.card(ctx, tx, to, t, request); err != nil {
				return err
			}
		}
		return s.notices.Tell(ctx, tx, n)
	})
}

// otherwise says that somebody hears of an event from the mailbox, because their own request was merged into
// this one. What is sealed counts for nothing: that a message is missing must tell nobody whose it is.
func otherwise(ctx context.Context, tx *store.Store, user model.UserID, t telling) (bool, error) {
	if t.To == model.RequestAccepted { // of which they do not hear there
		return false, nil
	}
	own, err := tx.Requests.CountMergedInto(ctx, t.RequestID, user)
	return own > 0, err
}

// public is what the board shows of a request, or showed; nothing of one that it never did.
func public(ctx context.Context, from *store.Store, id model.RequestID) (model.PublicVersion, error) {
	v, err := from.PublicVersions.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		err = nil
	}
	return v, err
}

// titled is the notice about what the board shows.
func titled(t telling, public model.PublicVersion, _ fault.Text) model.Notice {
	said, what := news[t.To], public.ShownTitle
	return model.Notice{
		Kind:  "followed_request",
		Title: fault.Text{ZH: "您关注的诉求" + said.ZH, EN: "A request you follow " + said.EN},
		Text:  fault.Text{ZH: fmt.Sprintf("您关注的诉求“%s”%s，请点开查看。", what, said.ZH), EN: fmt.Sprintf("The request “%s” that you follow %s.", what, said.EN)},
		Link:  boardLink(public.PublicID), Key: "followed/" + t.Event.String(),
	}
}

// unnamed is the notice about what the board has never shown, and what they followed was merged into.
func unnamed(t telling, _ model.PublicVersion, category fault.Text) model.Notice {
	said := news[t.To]
	return model.Notice{
		Kind:  "followed_request",
		Title: fault.Text{ZH: "您关注的诉求" + said.ZH, EN: "What you follow " + said.EN},
		Text: fault.Text{
			ZH: fmt.Sprintf("您关注的诉求所并入的“%s”类诉求%s。该诉求未公开，不能查看内容。%s", category.ZH, said.ZH, askYourself.ZH),
			EN: fmt.Sprintf("The request about “%s” into which one you follow was merged %s. The board does not show it. %s", category.EN, said.EN, askYourself.EN),
		},
		Link: homeLink, Key: "followed/" + t.Event.String(),
	}
}

// card is the subscribe message of an answer, for whoever has a permit and waits for no answer of
// their own that it might be needed for.
func (s *Service) card(ctx context.Context, tx *store.Store, user model.UserID, t telling, r model.Request) (*model.Card, error) {
	permitted, err := s.notices.Permitted(ctx, tx, user, model.TemplateReply)
	if err != nil || !permitted || t.At.IsZero() { // told of by an older version
		return nil, err
	}
	ids, err := tx.SealedIdentities.ListIDs(ctx, user)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if awaited, err := tx.Requests.CountAwaited(ctx, id); err != nil || awaited > 0 {
			return nil, err
		}
	}
	return &model.Card{Template: model.TemplateReply, Fields: map[string]string{
		"thing1": s.nameOf(r.Category).ZH, "phrase2": news[t.To].ZH, "time3": model.Moment(t.At),
	}}, nil
}

func boardLink(id model.PublicID) string { return "pages/board/detail?id=" + id.String() }

const homeLink = "pages/index/index"
