// Package followers lets people follow requests of others.
//
// Whoever reads a request on the public board may follow it in place of submitting the same
// again, and hears when it is accepted, answered, reopened and closed. What they hear names
// the public title and nothing that the board does not show. They hear it in the app's inbox: the
// permits that somebody gave for subscribe messages stay for the answer to their own request. When a request leaves the board
// its followers hear no more of it; when it is merged into another they follow that one. Whose
// own request was merged hears from the mailbox, also of what the board does not show.
//
// A request may have hundreds of followers, so they are told by a job that the request's own
// transaction adds; each is told once of each event, however often the job begins anew.
package followers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/jobs"
)

// ErrOwnRequest is a fault: somebody follows what they submitted themselves.
var ErrOwnRequest = fault.Define(fault.Conflict, "own_request",
	"这是您自己提交的诉求，办理进展会直接通知您。", "This request is your own; you hear of it anyway.")

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service keeps who follows what.
type Service struct {
	store   *store.Store
	notices Notices
}

// New makes the service.
func New(s *store.Store, notices Notices) *Service { return &Service{store: s, notices: notices} }

// Follow lets the actor hear how a request goes on that the board shows. Following twice is
// following once. Faults: unauthenticated, not_found, own_request.
func (s *Service) Follow(ctx context.Context, actor model.Actor, id model.RequestID) (model.RequestFollower, error) {
	if actor.Nobody() {
		return model.RequestFollower{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.RequestFollower, error) {
		f := model.RequestFollower{RequestID: id, UserID: actor.User, CreatedAt: tx.Now()}
		if _, err := tx.PublicVersions.GetShown(ctx, id); err != nil {
			return f, err
		}
		request, err := tx.Requests.Get(ctx, id)
		if err != nil {
			return f, err
		}
		if request.SubmitterID == actor.User {
			return f, ErrOwnRequest
		}
		err = tx.RequestFollowers.Add(ctx, &f)
		if errors.Is(err, store.ErrDuplicate) {
			return tx.RequestFollowers.Get(ctx, id, actor.User)
		}
		return f, err
	})
}

// Unfollow ends that; of what the actor does not follow it says nothing.
// Fault: unauthenticated.
func (s *Service) Unfollow(ctx context.Context, actor model.Actor, id model.RequestID) error {
	if actor.Nobody() {
		return fault.ErrUnauthenticated
	}
	_, err := s.store.RequestFollowers.Delete(ctx, id, actor.User)
	return err
}

// Mine pages what the actor follows, the newest request coming first.
// Fault: unauthenticated.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.RequestFollower], error) {
	if actor.Nobody() {
		return model.Listing[model.RequestFollower]{}, fault.ErrUnauthenticated
	}
	return s.store.RequestFollowers.ListByUser(ctx, actor.User, page)
}

// news is what followers hear of, by where an event led.
var news = map[model.RequestStatus]fault.Text{
	model.RequestAccepted: {ZH: "已受理", EN: "was accepted"},
	model.RequestRefused:  {ZH: "未予受理", EN: "was not accepted"},
	model.RequestReplied:  {ZH: "已有答复", EN: "was answered"},
	model.RequestReopened: {ZH: "已重新办理", EN: "was reopened"},
	model.RequestClosed:   {ZH: "已办结", EN: "was closed"},
}

// tellJob tells the followers of a request of one event.
const tellJob = "followers.tell"

type telling struct {
	RequestID model.RequestID     `json:"requestId"`
	Event     model.ID[any]       `json:"event"`
	To        model.RequestStatus `json:"to"`
}

// RequestMoved has the followers of a request told of an event that concerns them.
func (s *Service) RequestMoved(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent) error {
	if e.Kind == model.MoveMerge {
		return s.follow(ctx, tx, r)
	}
	if _, known := news[e.To]; !known || e.From == e.To && e.Kind != model.MoveReply {
		return nil
	}
	if e.Held && (e.Kind == model.MoveReply || e.Kind == model.MoveRefusal) {
		return nil // there is nothing to read yet; it is heard of again when its words are released
	}
	some, err := tx.RequestFollowers.ListOf(ctx, r.ID, model.UserID{}, 1)
	if err != nil || len(some) == 0 {
		return err
	}
	payload, err := json.Marshal(telling{RequestID: r.ID, Event: model.ID[any](e.ID), To: e.To})
	if err != nil {
		return err
	}
	key := "followers/" + e.ID.String()
	return tx.Jobs.Put(ctx, model.Job{Kind: tellJob, Payload: payload, DedupeKey: &key})
}

// follow lets the followers of a merged request follow the one it was merged into.
func (s *Service) follow(ctx context.Context, tx *store.Store, r model.Request) error {
	into, err := tx.Requests.Get(ctx, r.MergedInto)
	if err != nil {
		return err
	}
	return tx.RequestFollowers.SaveMerged(ctx, r.ID, into.ID, into.SubmitterID)
}

// Work sets who does this package's jobs.
func (s *Service) Work(r *jobs.Runner) {
	r.Handle(tellJob, func(ctx context.Context, job model.Job) error {
		var t telling
		if err := json.Unmarshal(job.Payload, &t); err != nil {
			return err
		}
		return s.tell(ctx, t)
	})
}

// tellBatch is how many are told in one transaction.
const tellBatch = 50

func (s *Service) tell(ctx context.Context, t telling) error {
	public, err := s.store.PublicVersions.GetShown(ctx, t.RequestID)
	if errors.Is(err, fault.ErrNotFound) { // it left the board
		return nil
	}
	if err != nil {
		return err
	}
	for after := (model.UserID{}); ; {
		batch, err := s.store.RequestFollowers.ListOf(ctx, t.RequestID, after, tellBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := s.store.InTx(ctx, func(tx *store.Store) error { return s.tellAll(ctx, tx, t, public, batch) }); err != nil {
			return err
		}
		after = batch[len(batch)-1].UserID
	}
}

func (s *Service) tellAll(ctx context.Context, tx *store.Store, t telling, public model.PublicVersion, batch []model.RequestFollower) error {
	for _, f := range batch {
		if err := s.notices.Tell(ctx, tx, notice(t, public, f.UserID)); err != nil {
			return err
		}
	}
	return nil
}

func notice(t telling, public model.PublicVersion, to model.UserID) model.Notice {
	said, what := news[t.To], public.ShownTitle
	return model.Notice{
		User: to, Kind: "followed_request",
		Title: fault.Text{ZH: "您关注的诉求" + said.ZH, EN: "A request you follow " + said.EN},
		Text:  fault.Text{ZH: fmt.Sprintf("您关注的诉求“%s”%s，请点开查看。", what, said.ZH), EN: fmt.Sprintf("The request “%s” that you follow %s.", what, said.EN)},
		Link:  "pages/board/detail?id=" + t.RequestID.String(), Key: "followed/" + t.Event.String(),
	}
}
