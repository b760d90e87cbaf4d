package county

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
	"jinlin/service/org"
)

// MaxCovered is how many units one call may give to another.
const MaxCovered = 200

// Cover lets a unit lead, cover or serve others from a day on; the empty day is today. Those
// that another unit has exclusively are taken from it on that day, and a unit that may have
// one only gives up the one it had.
// Faults: unauthenticated, forbidden, not_found, invalid, in_the_past, only_by_restructuring,
// already_covered.
func (s *Service) Cover(ctx context.Context, actor model.Actor, id model.UnitID, covered []model.UnitID, from model.Date) (model.Unit, error) {
	if err := s.permit(ctx, actor, id); err != nil {
		return model.Unit{}, err
	}
	today := model.DateOf(s.store.Now())
	if from == "" {
		from = today
	}
	if from < today {
		return model.Unit{}, org.ErrPast
	}
	slices.SortFunc(covered, model.UnitID.Compare) // one order for all
	defer s.org.Forget()
	unit, err := store.Once(ctx, s.store, func(tx *store.Store) (model.Unit, error) {
		unit, err := tx.Units.GetLocked(ctx, id)
		if err != nil {
			return unit, err
		}
		for _, other := range slices.Compact(covered) {
			if err := s.cover(ctx, tx, unit, other, from); err != nil {
				return unit, err
			}
		}
		return unit, audit.Record(ctx, tx, actor, act("unit.cover", unit, fmt.Sprintf("%d from %s", len(covered), from)))
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrCovered
	}
	return unit, err
}

// cover lets unit cover one other. Faults: invalid, only_by_restructuring, duplicate.
func (s *Service) cover(ctx context.Context, tx *store.Store, unit model.Unit, id model.UnitID, from model.Date) error {
	other, err := tx.Units.GetLocked(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return unknown("coveredIds")
	}
	if err != nil {
		return err
	}
	if unit.Kind == model.Branch && other.Kind == model.Estate {
		return ErrOnlyByRestructuring
	}
	if !unit.In(from) || !other.In(from) || !unit.Kind.Covers(other.Kind) {
		return unknown("coveredIds")
	}
	if near, err := neighbours(ctx, tx, unit, other); err != nil {
		return err
	} else if !near {
		return fault.InvalidField("coveredIds", "elsewhere", "不在同一个社区。", "It lies in another community.")
	}
	has, err := s.release(ctx, tx, *model.NewCover(unit, other, from), from)
	if err != nil || has {
		return err
	}
	return tx.Covers.Put(ctx, model.NewCover(unit, other, from))
}

// release ends what stands in the way of a new cover, and says whether it is there already.
func (s *Service) release(ctx context.Context, tx *store.Store, c model.Cover, from model.Date) (bool, error) {
	before, err := tx.Covers.ListInTheWay(ctx, c)
	for _, b := range before {
		if b.UnitID == c.UnitID && b.CoveredID == c.CoveredID {
			return true, err
		}
		if _, err := tx.Covers.SaveEnded(ctx, b.UnitID, b.CoveredID, from); err != nil {
			return false, err
		}
	}
	return false, err
}

// neighbours says whether two units lie in the same community, as far as they lie in one.
func neighbours(ctx context.Context, tx *store.Store, a, b model.Unit) (bool, error) {
	x, err := communityOf(ctx, tx, a)
	if err != nil {
		return false, err
	}
	y, err := communityOf(ctx, tx, b)
	return x == y || a.Kind == model.Station || a.ParentID == b.ID, err
}

// communityOf climbs to the community; the zero id above one.
func communityOf(ctx context.Context, tx *store.Store, u model.Unit) (id model.UnitID, err error) {
	for range 6 {
		if u.Kind == model.Community || u.ParentID.IsZero() {
			break
		}
		if u, err = tx.Units.Get(ctx, u.ParentID); err != nil {
			return id, err
		}
	}
	if u.Kind == model.Community {
		id = u.ID
	}
	return id, err
}

// Release ends a cover on a day; the empty day is today. The row stays.
// Faults: unauthenticated, forbidden, not_found, in_the_past, only_by_restructuring.
func (s *Service) Release(ctx context.Context, actor model.Actor, id, covered model.UnitID, on model.Date) error {
	if err := s.permit(ctx, actor, id); err != nil {
		return err
	}
	today := model.DateOf(s.store.Now())
	if on == "" {
		on = today
	}
	if on < today {
		return org.ErrPast
	}
	defer s.org.Forget()
	return s.store.InTx(ctx, func(tx *store.Store) error {
		unit, err := tx.Units.Get(ctx, id)
		if err != nil {
			return err
		}
		other, err := tx.Units.Get(ctx, covered)
		if err != nil {
			return err
		}
		if unit.Kind == model.Branch && other.Kind == model.Estate {
			return ErrOnlyByRestructuring
		}
		ended, err := tx.Covers.SaveEnded(ctx, id, covered, on)
		if err == nil && !ended {
			err = fault.ErrNotFound
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, act("unit.release", unit, covered.String()+" on "+string(on)))
	})
}

// Close ends a unit on a day; the empty day is today. Its covers end with it, those over it
// too, the flats of a building, and who leads a grid. Branches, and what others hang below or a branch leads,
// cannot be closed; nor can a department while requests are referred to it.
// Faults: unauthenticated, forbidden, not_found, in_the_past, unit_ended, only_by_restructuring,
// unit_in_use, referrals_open.
func (s *Service) Close(ctx context.Context, actor model.Actor, id model.UnitID, on model.Date) (model.Unit, error) {
	if err := s.permit(ctx, actor, id); err != nil {
		return model.Unit{}, err
	}
	today := model.DateOf(s.store.Now())
	if on == "" {
		on = today
	}
	if on < today {
		return model.Unit{}, org.ErrPast
	}
	defer s.org.Forget()
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Unit, error) {
		unit, err := tx.Units.GetLocked(ctx, id)
		if err != nil {
			return unit, err
		}
		if err := s.closable(ctx, tx, unit, on); err != nil {
			return unit, err
		}
		if unit, err = org.End(ctx, tx, unit, on); err != nil {
			return unit, err
		}
		return unit, audit.Record(ctx, tx, actor, act("unit.close", unit, string(on)))
	})
}

// closable says why a unit cannot be closed.
// Faults: only_by_restructuring, unit_in_use, unit_ended, referrals_open.
func (s *Service) closable(ctx context.Context, tx *store.Store, unit model.Unit, on model.Date) error {
	switch {
	case unit.Kind == model.Branch || unit.Kind == model.County:
		return ErrOnlyByRestructuring
	case unit.ValidTo != nil || on < unit.ValidFrom:
		return org.ErrUnitEnded
	}
	for _, f := range []store.UnitFilter{{Parent: unit.ID, AsOf: on}, {Superior: unit.ID, AsOf: on}} {
		below, err := tx.Units.Count(ctx, f)
		if err != nil {
			return err
		}
		if below > 0 {
			return ErrStillStands
		}
	}
	referred, err := tx.Referrals.CountLive(ctx, unit.ID)
	if err != nil || referred > 0 {
		return cmp.Or[error](err, ErrReferredTo)
	}
	over, err := tx.Covers.ListCovering(ctx, unit.ID, on)
	for _, cover := range over {
		leader, err := tx.Units.Get(ctx, cover.UnitID)
		if err != nil {
			return err
		}
		if leader.Kind == model.Branch {
			return ErrStillStands
		}
	}
	return err
}
