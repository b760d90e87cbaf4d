package model

import "time"

// UnitField is something about a unit that can change.
type UnitField string

// The fields.
const (
	FieldName       UnitField = "name"
	FieldParent     UnitField = "parent"
	FieldSuperior   UnitField = "superior"
	FieldBranchType UnitField = "branch_type"
	FieldAddress    UnitField = "address"
	FieldPhone      UnitField = "phone"
	FieldHours      UnitField = "hours"
	FieldHandoverOn UnitField = "handover_on"
)

// UnitFields are all of them, in the order in which people read them.
var UnitFields = []UnitField{
	FieldName, FieldBranchType, FieldParent, FieldSuperior, FieldAddress, FieldPhone, FieldHours, FieldHandoverOn,
}

// UnitFact is what one field of a unit was, is, or will be for a time. The facts of a field
// follow one another without a gap from the unit's first day on. A field that has never
// changed has none: what the unit says has always been so.
type UnitFact struct {
	UnitID    UnitID    `gorm:"primaryKey" data:"none"`
	Field     UnitField `gorm:"primaryKey" data:"none"`
	ValidFrom Date      `gorm:"primaryKey" data:"none"`
	ValidTo   *Date     `data:"none"`
	Value     string    `data:"public_duty"` // ids and dates as text
	Applied   bool      `data:"none"`        // the unit says so, or has said so: the day has come
	ChangedBy UserID    `data:"none"`        // zero for what was before the first change
	CreatedAt time.Time `data:"none"`
}

// Get is what the unit says in a field, as a fact writes it.
func (u Unit) Get(field UnitField) string {
	switch field {
	case FieldName:
		return u.Name
	case FieldParent:
		return u.ParentID.String()
	case FieldSuperior:
		return u.SuperiorID.String()
	case FieldBranchType:
		return string(u.BranchType)
	case FieldAddress:
		return u.Address
	case FieldPhone:
		return u.Phone
	case FieldHours:
		return u.Hours
	}
	if u.HandoverOn == nil {
		return ""
	}
	return string(*u.HandoverOn)
}

// Set makes the unit say what a fact says. Error: an id that is none.
func (u *Unit) Set(field UnitField, value string) (err error) {
	switch field {
	case FieldName:
		u.Name = value
	case FieldParent:
		err = u.ParentID.UnmarshalText([]byte(value))
	case FieldSuperior:
		err = u.SuperiorID.UnmarshalText([]byte(value))
	case FieldBranchType:
		u.BranchType = BranchType(value)
	case FieldAddress:
		u.Address = value
	case FieldPhone:
		u.Phone = value
	case FieldHours:
		u.Hours = value
	case FieldHandoverOn:
		u.HandoverOn = nil
		if day := Date(value); day != "" {
			u.HandoverOn = &day
		}
	}
	return err
}
