// Package county keeps the county's organisation in order: which units there are, what they
// are called and how they are reached, who covers what, and whether all of it keeps the
// rules.
//
// A change is a dated fact (package org). It begins today or on a day to come and never
// reaches back; nothing is deleted. Units other than branches are founded and closed by
// hand. Branches come and go by restructurings only (package restructuring), because work and
// people hang on them.
//
// Covering is exclusive where the rules say so, and held by unique keys: an estate is led by
// one branch, a building lies in one grid, a group works in one grid, a grid is bound to one
// joint branch. Whoever gives a building to another grid takes it from the one before, on
// the same day.
package county

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
)

// Faults of the organisation.
var (
	ErrOnlyByRestructuring = fault.Define(fault.Conflict, "only_by_restructuring",
		"党支部的设立、撤销和所管小区须通过组织设置调整办理。", "Branches and the estates they lead change by restructurings only.")
	ErrStillStands = fault.Define(fault.Conflict, "unit_in_use",
		"该单位下还有在用的单位或由党支部管理，请先处理。", "Other units still stand below this one or a branch leads it.")
	ErrReferredTo = fault.Define(fault.Conflict, "referrals_open",
		"还有诉求转交该部门尚未办结，请先答复、退回或由支部撤回。", "Requests are still referred to this department. They have to be answered, given back or taken back first.")
	ErrCovered = fault.Define(fault.Conflict, "already_covered",
		"该单位已由其他单位覆盖，请刷新后再试。", "Another unit covers it already. Please reload.")
)

// Service keeps the organisation.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service) *Service {
	return &Service{store: s, access: a, org: o}
}

// Founding is a unit to be.
type Founding struct {
	Kind       model.UnitKind
	Name       string
	ParentID   model.UnitID
	SuperiorID model.UnitID // of a committee or an organisation; a group's is its branch
	Address    string
	Phone      string
	Hours      string
	HandoverOn *model.Date
	From       model.Date // empty: today
}

// Found adds a unit of any kind but county and branch. Units that lead the place they are for
// do so from their first day.
// Faults: unauthenticated, forbidden, not_found, invalid, only_by_restructuring, already_covered.
func (s *Service) Found(ctx context.Context, actor model.Actor, f Founding) (model.Unit, error) {
	if err := s.access.Require(ctx, actor, access.OrgManage, f.ParentID); err != nil {
		return model.Unit{}, err
	}
	unit, err := s.founded(f)
	if err != nil {
		return unit, err
	}
	defer s.org.Forget()
	unit, err = store.Once(ctx, s.store, func(tx *store.Store) (model.Unit, error) {
		parent, err := s.hangs(ctx, tx, &unit)
		if err != nil {
			return unit, err
		}
		if err := tx.Units.Add(ctx, &unit); err != nil {
			return unit, err
		}
		if unit.Kind.Covers(parent.Kind) {
			if err := tx.Covers.Add(ctx, model.NewCover(unit, parent, unit.ValidFrom)); err != nil {
				return unit, err
			}
		}
		return unit, audit.Record(ctx, tx, actor, act("unit.found", unit, string(unit.Kind)))
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrCovered
	}
	return unit, err
}

func act(action string, unit model.Unit, detail string) audit.Act {
	return audit.Act{Action: action, ObjectKind: "unit", ObjectID: unit.ID, Unit: unit.ID, Detail: detail}
}

// founded is the unit as the form tells it. Faults: only_by_restructuring, invalid.
func (s *Service) founded(f Founding) (model.Unit, error) {
	now := s.store.Now()
	u := model.Unit{
		ID: model.NewID[model.Unit](now), ParentID: f.ParentID, SuperiorID: f.SuperiorID, Kind: f.Kind, Name: strings.TrimSpace(f.Name),
		Address: f.Address, Phone: f.Phone, Hours: f.Hours, HandoverOn: f.HandoverOn, ValidFrom: f.From, CreatedAt: now,
	}
	if u.ValidFrom == "" {
		u.ValidFrom = model.DateOf(now)
	}
	switch {
	case f.Kind == model.Branch:
		return u, ErrOnlyByRestructuring
	case f.Kind.Parent() == "":
		return u, fault.InvalidField("kind", "not_allowed", "不能新设这类单位。", "Units of this kind cannot be added.")
	case f.HandoverOn != nil && f.Kind != model.Estate:
		return u, onlyEstates()
	}
	if f.Kind == model.Group {
		u.SuperiorID = f.ParentID
	}
	return u, nil
}

func onlyEstates() error {
	return fault.InvalidField("handoverOn", "not_allowed", "只有小区有交房日期。", "Only estates are handed over.")
}

// hangs checks that a unit's parent and superior are of the right kind and stand on its first
// day, and gives the parent. Fault: invalid.
func (s *Service) hangs(ctx context.Context, tx *store.Store, u *model.Unit) (model.Unit, error) {
	parent, err := standing(ctx, tx, "parentId", u.ParentID, u.Kind.Parent(), u.ValidFrom)
	if err != nil || u.Kind.Superior() == "" {
		if err == nil && !u.SuperiorID.IsZero() {
			err = unknown("superiorId")
		}
		return parent, err
	}
	_, err = standing(ctx, tx, "superiorId", u.SuperiorID, u.Kind.Superior(), u.ValidFrom)
	return parent, err
}

// standing reads a unit that is of a kind and exists on a day. Fault: invalid.
func standing(ctx context.Context, tx *store.Store, path string, id model.UnitID, kind model.UnitKind, day model.Date) (model.Unit, error) {
	unit, err := tx.Units.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) || err == nil && (unit.Kind != kind || !unit.In(day)) {
		err = unknown(path)
	}
	return unit, err
}

func unknown(path string) error {
	return fault.InvalidField(path, "unknown", "没有找到符合要求的单位。", "There is no such unit of the right kind on that day.")
}

// Change is what is to change about a unit; nil fields stay.
type Change struct {
	Name, Address, Phone, Hours *string
	ParentID, SuperiorID        *model.UnitID
	HandoverOn                  *model.Date
	On                          model.Date // empty: today
}

// Change changes a unit from a day on, if it still has the version that was read; nil is any.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile, in_the_past, unit_ended, invalid.
func (s *Service) Change(ctx context.Context, actor model.Actor, id model.UnitID, version *int, c Change) (unit model.Unit, err error) {
	if err := s.permit(ctx, actor, id); err != nil {
		return unit, err
	}
	defer s.org.Forget()
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if unit, err = tx.Units.GetLocked(ctx, id); err != nil {
			return err
		}
		if err := store.Seen(version, unit.Changes); err != nil {
			return err
		}
		fields, err := s.fields(ctx, tx, unit, c)
		if err != nil {
			return err
		}
		if unit, err = org.Amend(ctx, tx, unit, org.Amendment{Fields: fields, On: c.On, By: actor.User}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, act("unit.change", unit, changed(fields, c.On)))
	})
	return unit, err
}

// permit lets whoever keeps the organisation pass, in whose county the unit is.
func (s *Service) permit(ctx context.Context, actor model.Actor, unit model.UnitID) error {
	return s.access.Require(ctx, actor, access.OrgManage, unit)
}

// fields are the facts that a change asks for. Fault: invalid.
func (s *Service) fields(ctx context.Context, tx *store.Store, unit model.Unit, c Change) (map[model.UnitField]string, error) {
	fields := map[model.UnitField]string{}
	for field, text := range map[model.UnitField]*string{
		model.FieldName: c.Name, model.FieldAddress: c.Address, model.FieldPhone: c.Phone, model.FieldHours: c.Hours,
	} {
		if text != nil {
			fields[field] = strings.TrimSpace(*text)
		}
	}
	if c.HandoverOn != nil {
		if unit.Kind != model.Estate {
			return nil, onlyEstates()
		}
		fields[model.FieldHandoverOn] = string(*c.HandoverOn)
	}
	return fields, s.moves(ctx, tx, unit, c, fields)
}

// moves adds the facts of a unit that is to hang elsewhere. Fault: invalid.
func (s *Service) moves(ctx context.Context, tx *store.Store, unit model.Unit, c Change, fields map[model.UnitField]string) error {
	then := unit
	then.ValidFrom = max(c.On, model.DateOf(s.store.Now()))
	if c.ParentID != nil {
		then.ParentID = *c.ParentID
		fields[model.FieldParent] = c.ParentID.String()
	}
	if c.SuperiorID != nil {
		then.SuperiorID = *c.SuperiorID
		fields[model.FieldSuperior] = c.SuperiorID.String()
	}
	if c.ParentID == nil && c.SuperiorID == nil {
		return nil
	}
	if unit.Kind == model.Group { // its place in both trees is its branch
		if then.ParentID != then.SuperiorID {
			return unknown("superiorId")
		}
	}
	_, err := s.hangs(ctx, tx, &then)
	return err
}

// changed names the fields and the day, for the record.
func changed(fields map[model.UnitField]string, on model.Date) string {
	var names []string
	for _, field := range model.UnitFields {
		if _, ok := fields[field]; ok {
			names = append(names, string(field))
		}
	}
	return strings.Join(names, ", ") + " " + string(on)
}
