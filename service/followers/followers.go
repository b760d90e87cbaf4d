// Package followers lets people follow requests of others.
//
// Whoever reads a request on the public board may follow it in place of submitting the same
// again, and hears when it is accepted, answered, reopened and closed. What they hear names
// the public title and nothing that the board does not show. They hear it in the app's inbox. A
// subscribe message goes beside an answer only to whoever has a permit left and waits for no answer
// of their own, also not of what theirs was merged into: for those the permits stay.
//
// When a request leaves the board, its followers are told so once, by its category, and hear no
// more of it. When it is merged into another they are told that too, and follow that one; as long
// as the board has never shown it, they hear of it by its category, without a title. Whose own
// request was merged hears from the mailbox.
//
// A request may have hundreds of followers, so they are told by a job that the request's own
// transaction adds; each is told once of each event, however often the job begins anew.
package followers

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// ErrOwnRequest is a fault: somebody follows what they submitted themselves.
var ErrOwnRequest = fault.Define(fault.Conflict, "own_request",
	"这是您自己提交的诉求，办理进展会直接通知您。", "This request is your own; you hear of it anyway.")

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
	// Permitted says whether somebody's consent to a template has a message left.
	Permitted(ctx context.Context, tx *store.Store, user model.UserID, t model.Template) (bool, error)
}

// Service keeps who follows what.
type Service struct {
	store   *store.Store
	notices Notices
	nameOf  func(category string) fault.Text
}

// New makes the service. nameOf is what a category of the mailbox is called.
func New(s *store.Store, notices Notices, nameOf func(category string) fault.Text) *Service {
	return &Service{store: s, notices: notices, nameOf: nameOf}
}

// Follow lets the actor hear how a request goes on that the board shows. Following twice is
// following once. Faults: unauthenticated, not_found, own_request.
func (s *Service) Follow(ctx context.Context, actor model.Actor, id model.PublicID) (model.RequestFollower, error) {
	if actor.Nobody() {
		return model.RequestFollower{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.RequestFollower, error) {
		shown, err := tx.PublicVersions.GetShown(ctx, id)
		if err != nil {
			return model.RequestFollower{}, err
		}
		f := model.RequestFollower{RequestID: shown.RequestID, UserID: actor.User, CreatedAt: tx.Now()}
		request, err := tx.Requests.Get(ctx, f.RequestID)
		if err != nil {
			return f, err
		}
		if request.SubmitterID == actor.User {
			return f, ErrOwnRequest
		}
		err = tx.RequestFollowers.Add(ctx, &f)
		if errors.Is(err, store.ErrDuplicate) {
			return tx.RequestFollowers.Get(ctx, f.RequestID, actor.User)
		}
		return f, err
	})
}

// Unfollow ends that; of what the actor does not follow it says nothing. What it was merged into ends
// with it where the board has never shown that, because then the public has no id for it.
// Fault: unauthenticated.
func (s *Service) Unfollow(ctx context.Context, actor model.Actor, id model.PublicID) error {
	if actor.Nobody() {
		return fault.ErrUnauthenticated
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		v, err := tx.PublicVersions.GetNamed(ctx, id)
		if errors.Is(err, fault.ErrNotFound) {
			return nil
		}
		for at := v.RequestID; err == nil && !at.IsZero(); {
			at, err = end(ctx, tx, at, actor.User)
		}
		return err
	})
}

// end has somebody follow a request no more, and says what ends with it; nothing, mostly.
func end(ctx context.Context, tx *store.Store, id model.RequestID, user model.UserID) (into model.RequestID, err error) {
	if _, err := tx.RequestFollowers.Delete(ctx, id, user); err != nil {
		return into, err
	}
	r, err := tx.Requests.Get(ctx, id)
	if err != nil || r.MergedInto.IsZero() {
		return into, err
	}
	v, err := public(ctx, tx, r.MergedInto)
	if err != nil || v.ShownTitle != "" {
		return into, err
	}
	return r.MergedInto, nil
}

// Mine pages what the actor follows of what the board shows or has shown, the newest request
// coming first. Fault: unauthenticated.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.FollowedRequest], error) {
	if actor.Nobody() {
		return model.Listing[model.FollowedRequest]{}, fault.ErrUnauthenticated
	}
	return s.store.RequestFollowers.ListByUser(ctx, actor.User, page)
}
