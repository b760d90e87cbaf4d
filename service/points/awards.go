package points

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Awarding is points to be given by hand.
type Awarding struct {
	User      model.UserID
	Points    int64
	Cause     string // in the awarder's words, shown to whoever gets them
	Reference string // unique among the awarder's awards
}

// Award gives points by hand, from the nearest pool with enough above the person's estate,
// where the actor has authority there, or else above the actor's own unit. Up to 100 points
// are posted at once; more are pending until a second person approves. The same reference
// for the same award is the same award.
// Faults: unauthenticated, forbidden, not_found, award_own, award_reference_used, pool_exhausted.
func (s *Service) Award(ctx context.Context, actor model.Actor, a Awarding) (model.PointsAward, error) {
	unit, err := s.awardUnit(ctx, actor, a.User)
	if err != nil {
		return model.PointsAward{}, err
	}
	if actor.User == a.User {
		return model.PointsAward{}, ErrOwnAward
	}
	award, err := s.award(ctx, actor, unit, a)
	if errors.Is(err, store.ErrDuplicate) { // the same award at the same time
		award, err = s.award(ctx, actor, unit, a)
	}
	return award, err
}

func (s *Service) award(ctx context.Context, actor model.Actor, unit model.UnitID, a Awarding) (model.PointsAward, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (model.PointsAward, error) {
		known, err := tx.PointsAwards.GetByReference(ctx, actor.User, a.Reference)
		if !errors.Is(err, fault.ErrNotFound) {
			if err == nil && (known.UserID != a.User || known.Points != a.Points) {
				err = ErrReferenceUsed
			}
			return known, err
		}
		award := model.PointsAward{
			ID: model.NewID[model.PointsAward](tx.Now()), UserID: a.User, UnitID: unit, Points: a.Points, Cause: a.Cause,
			Reference: a.Reference, Status: model.AwardPending, AwardedBy: actor.User, CreatedAt: tx.Now(),
		}
		if a.Points <= AwardThreshold {
			now := tx.Now()
			award.Status, award.PostedAt = model.AwardPosted, &now
		}
		if err := tx.PointsAwards.Add(ctx, &award); err != nil {
			return award, err
		}
		if err := s.recordAward(ctx, tx, actor, award, "points.award"); err != nil || award.Status == model.AwardPending {
			return award, err
		}
		return award, s.postAward(ctx, tx, actor, award)
	})
}

// awardUnit is the place an award is made for. Faults: unauthenticated, forbidden, not_found.
func (s *Service) awardUnit(ctx context.Context, actor model.Actor, user model.UserID) (model.UnitID, error) {
	tops, err := s.access.Units(ctx, actor, access.PointsAward)
	if err != nil {
		return model.UnitID{}, err
	}
	if _, err := s.store.Users.Get(ctx, user); err != nil {
		return model.UnitID{}, err
	}
	estates, err := s.estates(ctx, user)
	if err != nil {
		return model.UnitID{}, err
	}
	for _, estate := range estates {
		if err := s.access.Require(ctx, actor, access.PointsAward, estate); err == nil {
			return estate, nil
		} else if !errors.Is(err, fault.ErrNotFound) {
			return model.UnitID{}, err
		}
	}
	return tops[0], nil
}

func (s *Service) postAward(ctx context.Context, tx *store.Store, by model.Actor, a model.PointsAward) error {
	err := s.payFromPool(ctx, tx, model.PoolID{}, posting{
		cause: model.CauseAward, reference: "award/" + a.ID.String(), note: a.Cause, unit: a.UnitID, by: by.User,
		legs: []leg{{model.VolunteerAccount, a.UserID, a.Points}},
	})
	if err != nil {
		return err
	}
	return s.notices.Tell(ctx, tx, awarded(a))
}

func (s *Service) recordAward(ctx context.Context, tx *store.Store, actor model.Actor, a model.PointsAward, action string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: action, ObjectKind: "points_award", ObjectID: a.ID, Unit: a.UnitID, Detail: fmt.Sprintf("%d points, %s", a.Points, a.Status),
	})
}

// Approve posts a large award, by somebody who neither gave nor gets it.
// Faults: unauthenticated, forbidden, not_found, award_same_person, illegal_transition, pool_exhausted.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.ID[model.PointsAward]) (model.PointsAward, error) {
	award, err := access.Find(ctx, s.access, actor, access.PointsApprove, s.store.PointsAwards.Get, id)
	if err != nil {
		return award, err
	}
	if actor.User == award.AwardedBy || actor.User == award.UserID {
		return model.PointsAward{}, ErrSamePerson
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.PointsAward, error) {
		now := tx.Now()
		approved, err := tx.PointsAwards.SaveApproved(ctx, id, actor.User, now)
		if err != nil {
			return award, err
		}
		if !approved {
			return award, fault.IllegalMove(string(model.AwardPosted), nil)
		}
		award.Status, award.ApprovedBy, award.PostedAt = model.AwardPosted, actor.User, &now
		if err := s.recordAward(ctx, tx, actor, award, "points.approve"); err != nil {
			return award, err
		}
		return award, s.postAward(ctx, tx, actor, award)
	})
}

// Pending pages the awards that wait for approval and that the actor may approve, newest
// first; a page may be shorter than asked for. Faults: unauthenticated, forbidden.
func (s *Service) Pending(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.PointsAward], error) {
	if _, err := s.access.Units(ctx, actor, access.PointsApprove); err != nil {
		return model.Listing[model.PointsAward]{}, err
	}
	awards, err := s.store.PointsAwards.List(ctx, model.AwardPending, page)
	if err != nil {
		return awards, err
	}
	awards.Items = slices.DeleteFunc(awards.Items, func(a model.PointsAward) bool {
		denied := s.access.Require(ctx, actor, access.PointsApprove, a.UnitID)
		if denied != nil && !errors.Is(denied, fault.ErrNotFound) {
			err = denied
		}
		return denied != nil || a.AwardedBy == actor.User || a.UserID == actor.User
	})
	return awards, err
}
