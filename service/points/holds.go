package points

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Holding sets points aside for something.
type Holding struct {
	User      model.UserID
	Points    int64
	UnitID    model.UnitID // whose shop will take them
	Reference string       // unique, at most 128 characters, as in "redemption/<id>"
	By        model.UserID
}

// Hold sets points aside in the caller's transaction, once per reference. The caller's
// transaction must fail with it. Fault: insufficient_points.
func (s *Service) Hold(ctx context.Context, tx *store.Store, h Holding) error {
	hold := model.PointsHold{
		ID: model.NewID[model.PointsHold](tx.Now()), Reference: h.Reference, UserID: h.User, UnitID: h.UnitID,
		Points: h.Points, Status: model.HoldOpen, CreatedAt: tx.Now(),
	}
	if err := tx.PointsHolds.Add(ctx, &hold); errors.Is(err, store.ErrDuplicate) {
		return nil
	} else if err != nil {
		return err
	}
	if _, err := s.post(ctx, tx, posting{
		cause: model.CauseHold, reference: "hold/" + h.Reference, unit: h.UnitID, by: h.By,
		legs: []leg{{model.VolunteerAccount, h.User, -h.Points}, {model.HeldAccount, h.User, h.Points}},
	}); err != nil {
		return err
	}
	parts, err := s.takeLots(ctx, tx, model.AccountOf(model.VolunteerAccount, h.User), h.Points)
	if err != nil {
		return err
	}
	rows := make([]*model.PointsHoldLot, len(parts))
	for i, part := range parts {
		rows[i] = &model.PointsHoldLot{HoldID: hold.ID, LotID: part.lot, Points: part.points}
	}
	return tx.PointsHoldLots.Add(ctx, rows...)
}

// Capture gives what a hold set aside to its shop. A hold resolves once: capturing it
// again changes nothing. Faults: not_found, illegal_transition after a release.
func (s *Service) Capture(ctx context.Context, tx *store.Store, reference string, by model.UserID) error {
	hold, done, err := s.resolve(ctx, tx, reference, model.HoldCaptured)
	if err != nil || done {
		return err
	}
	_, err = s.post(ctx, tx, posting{
		cause: model.CauseCapture, reference: "capture/" + reference, unit: hold.UnitID, by: by,
		legs: []leg{{model.HeldAccount, hold.UserID, -hold.Points}, {model.ShopAccount, hold.UnitID, hold.Points}},
	})
	return err
}

// Release gives what a hold set aside back to the person and to the lots it came from.
// Releasing again changes nothing. Faults: not_found, illegal_transition after a capture.
func (s *Service) Release(ctx context.Context, tx *store.Store, reference string, by model.UserID) error {
	hold, done, err := s.resolve(ctx, tx, reference, model.HoldReleased)
	if err != nil || done {
		return err
	}
	if _, err := s.post(ctx, tx, posting{
		cause: model.CauseRelease, reference: "release/" + reference, unit: hold.UnitID, by: by,
		legs: []leg{{model.HeldAccount, hold.UserID, -hold.Points}, {model.VolunteerAccount, hold.UserID, hold.Points}},
	}); err != nil {
		return err
	}
	return s.giveToLots(ctx, tx, hold, hold.Points)
}

// resolve ends an open hold; done says that it had ended the same way already.
func (s *Service) resolve(ctx context.Context, tx *store.Store, reference string, as model.HoldStatus) (hold model.PointsHold, done bool, err error) {
	if hold, err = tx.PointsHolds.GetByReference(ctx, reference); err != nil {
		return hold, false, err
	}
	resolved, err := tx.PointsHolds.SaveResolved(ctx, hold.ID, as, tx.Now())
	if err != nil || resolved {
		return hold, false, err
	}
	if hold, err = tx.PointsHolds.GetByReference(ctx, reference); err != nil {
		return hold, false, err
	}
	if hold.Status != as {
		return hold, false, fault.IllegalMove(string(hold.Status), nil)
	}
	return hold, true, nil
}

// Return is points that come back after they were taken.
type Return struct {
	Hold      string // the reference of the hold
	Points    int64
	Reference string // unique, at most 128 characters
	By        model.UserID
}

// GiveBack moves points from the shop back to the person and to the lots they came from,
// never more in all than were taken. The caller's transaction must fail with it.
// Faults: not_found, illegal_transition. Error: store.ErrDuplicate for a used reference.
func (s *Service) GiveBack(ctx context.Context, tx *store.Store, r Return) error {
	hold, err := tx.PointsHolds.GetByReference(ctx, r.Hold)
	if err != nil {
		return err
	}
	took, err := tx.PointsHolds.TakeReturn(ctx, hold.ID, r.Points)
	if err != nil {
		return err
	}
	if !took {
		return fault.IllegalMove(string(hold.Status), nil)
	}
	if _, err := s.post(ctx, tx, posting{
		cause: model.CauseReturn, reference: "return/" + r.Reference, unit: hold.UnitID, by: r.By,
		legs: []leg{{model.ShopAccount, hold.UnitID, -r.Points}, {model.VolunteerAccount, hold.UserID, r.Points}},
	}); err != nil {
		return err
	}
	return s.giveToLots(ctx, tx, hold, r.Points)
}

// giveToLots gives points back to a hold's lots, the youngest first: those last longest.
func (s *Service) giveToLots(ctx context.Context, tx *store.Store, hold model.PointsHold, points int64) error {
	parts, err := tx.PointsHoldLots.ListOf(ctx, hold.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(parts, func(a, b model.PointsHoldLot) int { // lots' ids are in order of time, as are their ends
		return -cmp.Or(bytes.Compare(a.LotID[:], b.LotID[:]))
	})
	for _, part := range parts {
		give := min(points, part.Points-part.Returned)
		if give == 0 {
			continue
		}
		if err := s.giveToLot(ctx, tx, part, give); err != nil {
			return err
		}
		points -= give
	}
	if points != 0 {
		return fmt.Errorf("points: the lots of hold %s lack room for %d points", hold.ID, points)
	}
	return nil
}

func (s *Service) giveToLot(ctx context.Context, tx *store.Store, part model.PointsHoldLot, points int64) error {
	counted, err := tx.PointsHoldLots.TakeReturn(ctx, part, points)
	if err != nil {
		return err
	}
	gave, err := tx.PointsLots.GiveToLot(ctx, part.LotID, points)
	if err == nil && (!counted || !gave) {
		err = fmt.Errorf("points: lot %s has no room for %d points", part.LotID, points)
	}
	return err
}

// MoveHolds lets another unit's shop take what open holds set aside.
func (s *Service) MoveHolds(ctx context.Context, tx *store.Store, references []string, to model.UnitID) error {
	return tx.PointsHolds.SaveMoved(ctx, references, to)
}
