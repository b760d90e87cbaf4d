package grant

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// PhoneBound gives a person the roles that wait for the number WeChat has just confirmed for
// them, in the transaction that binds it. What may not be given waits on.
func (s *Service) PhoneBound(ctx context.Context, tx *store.Store, user model.UserID, number string) error {
	waiting, err := tx.Appointments.ListByPhone(ctx, tx.Keys().PhoneIndexes(number))
	for _, a := range waiting {
		if err == nil {
			_, err = s.appoint(ctx, tx, a, user)
		}
	}
	return err
}

// appoint lets an appointment become a grant, by the rules of Give and at the word of whoever
// named the person: who may give the role no more gives nothing, and it waits for somebody
// else to name them again. It says whether it waits no more.
func (s *Service) appoint(ctx context.Context, tx *store.Store, a model.Appointment, user model.UserID) (bool, error) {
	if !a.Waits(tx.Now()) || user == a.NamedBy {
		return false, nil
	}
	by := model.Actor{User: a.NamedBy}
	if err := s.mayGive(ctx, by, a.Role, a.UnitID); err != nil {
		return false, unless(judged, err)
	}
	named, err := opened(tx, a)
	if err != nil {
		return false, err
	}
	ended, err := tx.Appointments.SaveEnded(ctx, a.ID, tx.Now())
	if err != nil || !ended { // somebody else has just done it
		return false, err
	}
	from := max(a.StartsOn, model.DateOf(tx.Now()))
	g, err := s.give(ctx, tx, by, Giving{UserID: user, Role: a.Role, UnitID: a.UnitID, From: begins(from)})
	if err != nil { // they have the role already, or the unit is no more: it comes to nothing
		return true, unless(judged, err)
	}
	if err := tx.Appointments.SaveGrant(ctx, a.ID, g.ID); err != nil {
		return true, err
	}
	unit, err := tx.Units.Get(ctx, a.UnitID)
	if err != nil {
		return true, err
	}
	return true, s.notices.Tell(ctx, tx, arrival(g, unit, a.NamedBy, named))
}

// unless drops an error of a sort.
func unless(sort func(error) bool, err error) error {
	if sort(err) {
		return nil
	}
	return err
}

const appointBatch = 200

// Appoint goes through what waits: it gives roles to those whose number was bound while they
// were being named, and ends what has waited too long. It may be repeated.
func (s *Service) Appoint(ctx context.Context) error {
	if err := s.each(ctx, s.store.Appointments.ListBound, s.appointHolder); err != nil {
		return err
	}
	over := func(ctx context.Context, after model.AppointmentID, limit int) ([]model.Appointment, error) {
		return s.store.Appointments.ListOver(ctx, s.store.Now(), after, limit)
	}
	return s.each(ctx, over, func(ctx context.Context, tx *store.Store, a model.Appointment) error {
		_, err := tx.Appointments.SaveEnded(ctx, a.ID, tx.Now())
		return err
	})
}

// each does something with each of a list, in a transaction of its own.
func (s *Service) each(
	ctx context.Context, list func(context.Context, model.AppointmentID, int) ([]model.Appointment, error),
	do func(context.Context, *store.Store, model.Appointment) error,
) error {
	var after model.AppointmentID
	for {
		rows, err := list(ctx, after, appointBatch)
		if err != nil {
			return err
		}
		for _, a := range rows {
			after = a.ID
			if err := s.store.InTx(ctx, func(tx *store.Store) error { return do(ctx, tx, a) }); err != nil {
				return err
			}
		}
		if len(rows) < appointBatch {
			return nil
		}
	}
}

func (s *Service) appointHolder(ctx context.Context, tx *store.Store, a model.Appointment) error {
	holder, err := tx.Phones.Get(ctx, [][]byte{a.PhoneHash})
	if errors.Is(err, fault.ErrNotFound) { // they have just given the number up
		return nil
	}
	if err == nil {
		_, err = s.appoint(ctx, tx, a, holder.UserID)
	}
	return err
}

// Waiting is an appointment and whom it names.
type Waiting struct {
	model.Appointment
	Name, Phone string
}

// Appointments pages those that wait in the actor's authority, newest first; the zero unit is
// all of it. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Appointments(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (list model.Listing[Waiting], err error) {
	tops, err := s.access.Ground(ctx, actor, access.GrantManage, unit)
	if err != nil {
		return list, err
	}
	units, err := s.below(ctx, tops)
	if err != nil {
		return list, err
	}
	rows, err := s.store.Appointments.List(ctx, units, page)
	if err != nil {
		return list, err
	}
	list.Next = rows.Next
	for _, a := range rows.Items {
		named, err := opened(s.store, a)
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, Waiting{a, named.Name, named.Phone})
	}
	return list, nil
}

// Dismiss ends an appointment that waits. One that waits no more stays as it is.
// Faults: unauthenticated, forbidden, not_found, role_beyond_authority.
func (s *Service) Dismiss(ctx context.Context, actor model.Actor, id model.AppointmentID) error {
	a, err := access.Find(ctx, s.access, actor, access.GrantManage, s.store.Appointments.Get, id)
	if err != nil {
		return err
	}
	if err := s.access.RequireGiver(ctx, actor, a.Role, a.UnitID); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		ended, err := tx.Appointments.SaveEnded(ctx, id, tx.Now())
		if err != nil || !ended {
			return err
		}
		return recordNaming(ctx, tx, actor, "appointment.dismiss", a)
	})
}
