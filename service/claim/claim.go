// Package claim is what homes and work areas have in common: a person says it of themselves,
// and staff of the place decide.
//
// Whoever decides has the place in their authority and is not the person. The decision, the
// person's notice and the line in the record are one transaction; of two who decide at once
// one comes second and reads the state that the other has left.
package claim

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/audit"
)

// Claim is what somebody says of themselves.
type Claim interface {
	access.Placed
	Claimant() model.UserID
}

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Get finds a claim.
type Get[C Claim, K any] func(ctx context.Context, id K) (C, error)

// Decision is what staff decide on a claim with an id of type K.
type Decision[C Claim, K any] struct {
	Action access.Action
	Own    error // the fault of deciding on one's own
	Get    Get[C, K]
	Hold   func(tx *store.Store) Get[C, K] // gets it for its move
	Move   func(ctx context.Context, tx *store.Store, c C) (C, error)
	Notice func(C) model.Notice // what its person is told
	Act    func(C) audit.Act
}

// Decide carries a decision out.
// Faults: unauthenticated, forbidden, not_found, that of one's own, illegal_transition.
func Decide[C Claim, K any](ctx context.Context, s *store.Store, a *access.Service, n Notices, actor model.Actor, id K, d Decision[C, K]) (C, error) {
	seen, err := access.Find(ctx, a, actor, d.Action, d.Get, id)
	if err == nil && seen.Claimant() == actor.User {
		err = d.Own
	}
	if err != nil {
		return seen, err
	}
	return store.Once(ctx, s, func(tx *store.Store) (C, error) {
		c, err := d.Hold(tx)(ctx, id)
		if err == nil {
			c, err = d.Move(ctx, tx, c)
		}
		if err == nil {
			err = n.Tell(ctx, tx, d.Notice(c))
		}
		if err == nil {
			err = audit.Record(ctx, tx, actor, d.Act(c))
		}
		return c, err
	})
}

// Claimant is the person of a claim as staff see them.
type Claimant struct {
	Nickname string
	Phone    string // masked; "" when the person has bound none
}

// Claimants are the people of some claims.
func Claimants[C Claim](ctx context.Context, s *store.Store, claims []C) (map[model.UserID]Claimant, error) {
	ids := make([]model.UserID, len(claims))
	for i, c := range claims {
		ids[i] = c.Claimant()
	}
	names, err := s.Users.Nicknames(ctx, ids)
	if err != nil {
		return nil, err
	}
	numbers, err := account.PhonesOf(ctx, s, ids)
	people := make(map[model.UserID]Claimant, len(ids))
	for _, id := range ids {
		people[id] = Claimant{Nickname: names[id], Phone: model.MaskPhone(numbers[id])}
	}
	return people, err
}
