package org

import (
	"context"
	"errors"
	"maps"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Faults of changes.
var (
	ErrPast = fault.Define(fault.Invalid, "in_the_past",
		"只能从今天或以后的日期起生效。", "Changes take effect today or later.")
	ErrUnitEnded = store.ErrUnitEnded
)

// Amendment is what is to change about a unit, and from which day on.
type Amendment struct {
	Fields map[model.UnitField]string // as facts write them
	On     model.Date                 // empty: today
	By     model.UserID
}

// Amend changes a unit that tx holds: each fact of that day ends and another begins. What
// begins today the unit says at once, what begins later from that day on (ApplyDue). Fields
// that say so already stay as they are.
// Faults: in_the_past, unit_ended, changed_meanwhile.
func Amend(ctx context.Context, tx *store.Store, unit model.Unit, a Amendment) (model.Unit, error) {
	today := model.DateOf(tx.Now())
	if a.On == "" {
		a.On = max(today, unit.ValidFrom)
	}
	switch {
	case a.On < today:
		return unit, ErrPast
	case !unit.In(a.On):
		return unit, ErrUnitEnded
	}
	changed := false
	for _, field := range slices.Sorted(maps.Keys(a.Fields)) {
		did, err := amendField(ctx, tx, &unit, field, a)
		if err != nil {
			return unit, err
		}
		changed = changed || did
	}
	if !changed {
		return unit, nil
	}
	return saved(ctx, tx, unit)
}

// saved writes a changed unit. Fault: changed_meanwhile.
func saved(ctx context.Context, tx *store.Store, unit model.Unit) (model.Unit, error) {
	err := store.Kept(tx.Units.SaveChanged(ctx, unit))
	unit.Changes++
	return unit, err
}

// amendField lets one field say something else, and says whether it did not before.
func amendField(ctx context.Context, tx *store.Store, unit *model.Unit, field model.UnitField, a Amendment) (bool, error) {
	value := a.Fields[field]
	before, err := tx.UnitFacts.GetOn(ctx, unit.ID, field, a.On)
	first := errors.Is(err, fault.ErrNotFound)
	if first {
		before, err = firstFact(*unit, field), nil
	}
	if err != nil || before.Value == value {
		return false, err
	}
	now := model.UnitFact{
		UnitID: unit.ID, Field: field, ValidFrom: a.On, ValidTo: before.ValidTo, Value: value,
		Applied: a.On <= model.DateOf(tx.Now()), ChangedBy: a.By, CreatedAt: tx.Now(),
	}
	fromTheStart := first && before.ValidFrom == a.On // no fact: it will always have been so
	switch {
	case fromTheStart:
	case first:
		before.ValidTo = &a.On
		err = tx.UnitFacts.Add(ctx, &before, &now)
	case before.ValidFrom == a.On:
		err = tx.UnitFacts.SaveValue(ctx, now)
	default:
		err = errors.Join(tx.UnitFacts.SaveEnd(ctx, before, a.On), tx.UnitFacts.Add(ctx, &now))
	}
	if err == nil && (now.Applied || fromTheStart) {
		err = unit.Set(field, value)
	}
	return true, err
}

// firstFact is what a field says that has never changed.
func firstFact(unit model.Unit, field model.UnitField) model.UnitFact {
	return model.UnitFact{
		UnitID: unit.ID, Field: field, ValidFrom: unit.ValidFrom, ValidTo: nil, Value: unit.Get(field), Applied: true, CreatedAt: unit.CreatedAt,
	}
}

// End ends a unit that tx holds, on a day: with it its covers, those over it, the flats
// of a building, and who leads a grid. Fault: changed_meanwhile.
func End(ctx context.Context, tx *store.Store, unit model.Unit, on model.Date) (model.Unit, error) {
	unit.ValidTo = &on
	if err := tx.Covers.SaveAllEnded(ctx, unit.ID, on); err != nil {
		return unit, err
	}
	var err error
	switch unit.Kind {
	case model.Building:
		err = tx.Households.SaveBuildingEnded(ctx, unit.ID, on)
	case model.Grid:
		err = tx.GridLeads.SaveGridEnded(ctx, unit.ID, on)
	}
	if err != nil {
		return unit, err
	}
	return saved(ctx, tx, unit)
}

const dueBatch = 200

// ApplyDue lets units say what has begun since the last time, and says how many facts those
// were. It may be repeated, and run late: of two facts that are due the later one stays.
func (s *Service) ApplyDue(ctx context.Context) (applied int, err error) {
	defer s.Forget()
	due := model.Drain(func() ([]model.UnitFact, error) { return s.store.UnitFacts.ListDue(ctx, s.today(), dueBatch) })
	for fact, err := range due {
		if err == nil {
			err = s.apply(ctx, fact)
		}
		if err != nil {
			return applied, err
		}
		applied++
	}
	return applied, nil
}

func (s *Service) apply(ctx context.Context, fact model.UnitFact) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		unit, err := tx.Units.GetLocked(ctx, fact.UnitID)
		if err != nil {
			return err
		}
		first, err := tx.UnitFacts.SaveApplied(ctx, fact)
		if err != nil || !first || fact.ValidTo != nil && *fact.ValidTo <= model.DateOf(tx.Now()) {
			return err
		}
		if err := unit.Set(fact.Field, fact.Value); err != nil {
			return err
		}
		_, err = saved(ctx, tx, unit)
		return err
	})
}

// UnitOn is a unit as it was on a day. Fault: not_found, also when it did not exist then.
func (s *Service) UnitOn(ctx context.Context, id model.UnitID, day model.Date) (model.Unit, error) {
	unit, err := s.store.Units.Get(ctx, id)
	if err == nil && !unit.In(day) {
		err = fault.ErrNotFound
	}
	if err != nil || day == s.today() {
		return unit, err
	}
	units := []model.Unit{unit}
	err = s.asOf(ctx, units, day)
	return units[0], err
}

// Covered pages what a unit leads, covers or serves on a day; the empty day is today.
// Fault: not_found.
func (s *Service) Covered(ctx context.Context, id model.UnitID, day model.Date, page model.Page) (model.Listing[model.Unit], error) {
	if day == "" {
		day = s.today()
	}
	if _, err := s.Unit(ctx, id); err != nil {
		return model.Listing[model.Unit]{}, err
	}
	units, err := s.store.Units.ListCovered(ctx, id, day, page)
	if err == nil && day != s.today() {
		err = s.asOf(ctx, units.Items, day)
	}
	return units, err
}

// asOf lets units say what they said on a day.
func (s *Service) asOf(ctx context.Context, units []model.Unit, day model.Date) error {
	ids, at := make([]model.UnitID, len(units)), map[model.UnitID]int{}
	for i, u := range units {
		ids[i], at[u.ID] = u.ID, i
	}
	facts, err := s.store.UnitFacts.ListOn(ctx, ids, day)
	for _, fact := range facts {
		err = errors.Join(err, units[at[fact.UnitID]].Set(fact.Field, fact.Value))
	}
	return err
}

// History is all that a unit was, is and will be, by field and time. Fault: not_found.
func (s *Service) History(ctx context.Context, id model.UnitID) ([]model.UnitFact, error) {
	unit, err := s.store.Units.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	facts, err := s.store.UnitFacts.ListOf(ctx, id)
	for _, field := range model.UnitFields {
		changed := slices.ContainsFunc(facts, func(f model.UnitFact) bool { return f.Field == field })
		if !changed && unit.Get(field) != "" {
			facts = append(facts, firstFact(unit, field))
		}
	}
	slices.SortStableFunc(facts, func(a, b model.UnitFact) int {
		return slices.Index(model.UnitFields, a.Field) - slices.Index(model.UnitFields, b.Field)
	})
	return facts, err
}
