package model

import "time"

// AppointmentID names an appointment.
type AppointmentID = ID[Appointment]

// Appointment names somebody for a role by their mobile number, before anybody with an account
// has that number. It waits until WeChat confirms the number for somebody, whose Grant it
// becomes, or comes to nothing. Once it waits no more, what it says of the person is emptied.
type Appointment struct {
	ID          AppointmentID `data:"none"`
	Role        Role          `data:"none"`
	UnitID      UnitID        `data:"none"`
	NameSealed  []byte        `data:"personal"`
	PhoneSealed []byte        `data:"personal"`
	PhoneHash   Digest        `data:"personal"`
	LiveKey     Digest        `data:"personal"` // keyed hash of number, role and unit; none once it waits no more
	StartsOn    Date          `data:"none"`
	NamedBy     UserID        `data:"none"` // who answers for it
	GrantID     GrantID       `data:"none"` // what became of it; zero while it waits, and where it came to nothing
	CreatedAt   time.Time     `data:"none"`
	ExpiresAt   time.Time     `data:"none"` // when it comes to nothing
	EndedAt     *time.Time    `data:"none"`
}

// Units is where it belongs.
func (a Appointment) Units() []UnitID { return []UnitID{a.UnitID} }

// Waits says whether it may still become a grant at that time.
func (a Appointment) Waits(at time.Time) bool { return a.EndedAt == nil && at.Before(a.ExpiresAt) }
